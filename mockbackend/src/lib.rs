//! The instant provider: answers Chat Completions, Responses and Messages
//! requests at once, from bytes made before the first request came.
//!
//! What it says is fixed by [`workload::Script`]; every piece of it carries a
//! [stamp](workload::stamp) with the mock's own clock readings. A request goes
//! through the rooms in this order:
//!
//! - [`http`] reads it, bytes to request, without doing any I/O itself;
//! - [`route`](mod@route) says what its path and method ask for;
//! - [`ask`] reads the fields of its JSON that matter here;
//! - [`answer`] has the answer ready and stamps it;
//! - [`service`] says which answer it is and how it is sent: at once, or at
//!   the [`pace`](mod@pace) and with the [faults](fault) that were asked for;
//! - [`connection`] moves the bytes, and [`server`] starts it all.
//!
//! [`relay`] is another program in the same file: the null proxy.
//!
//! There is no HTTP framework beneath it, for two reasons. Each server-sent
//! event has to leave in one write of its own, as a provider's does, because
//! how events are cut into writes is part of what a gateway is measured on.
//! And the mock must never be what is measured: its yardstick is nginx
//! answering `return 200` with the same bytes.

pub mod answer;
pub mod ask;
mod cli;
mod clock;
pub mod connection;
mod deliver;
pub mod fault;
pub mod http;
mod journal;
pub mod pace;
mod random;
mod received;
mod relay;
pub mod route;
pub mod server;
pub mod service;
mod strict;
mod word_for_word;

pub use cli::{Cli, Command, ServeOptions};
pub use relay::{RelayOptions, relay};
pub use server::{StartError, serve};
