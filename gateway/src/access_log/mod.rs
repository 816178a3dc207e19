//! The log: one line of JSON a request, and one for each event of the gateway's own.
//!
//! A worker writes its lines into a batch of its own memory ([`Pen`]); full or some time old,
//! the batch goes through a bounded channel to the one thread that writes it out ([`Writer`]).
//! Where that cannot keep up, the batch is dropped and counted: a request never waits.
//!
//! Never in a line: bodies, headers, queries, keys. A client's key is there by its name.
//!
//! `tracing` was weighed and left out: with two kinds of lines and one place they go to, its
//! spans and subscribers would only stand between.

mod batch;
mod clock;
mod event;
mod line;
mod writer;

pub(crate) use batch::Pen;
pub(crate) use event::{Level, event};
pub(crate) use writer::{LogTo, Writer};
