//! Server-sent events, as bytes: where events end, and what one says. No I/O.
//!
//! Source: the WHATWG HTML standard, section 9.2. Of its three line ends, `\n` and `\r\n` are
//! known here; a lone `\r`, which no provider sends, is not.

mod boundary;
mod event;

pub(crate) use boundary::whole_events;
pub(crate) use event::{Event, events};
