//! The names of everything that can become of a request.

use std::fmt;

/// What became of one request: the first of these that fits, in this order.
///
/// Only [`Outcome::Ok`] is a success; every other has its own count and never
/// enters a latency histogram.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Outcome {
    /// No connection could be made.
    Connect,
    /// The connection ended before the response's headers were complete.
    Closed,
    /// The answer was not complete within the request's time limit.
    Timeout,
    /// A status other than 200.
    Http(u16),
    /// A stream held an error in the dialect's form.
    ErrorEvent,
    /// Not the dialect's shape, or not the expected text.
    WrongBody,
    /// The stream or body ended while its text, right so far, was incomplete.
    Truncated,
    /// Nothing arrived for the idle gap while the text was incomplete.
    Stalled,
    /// The text was complete, but the terminal event never came.
    NoTerminal,
    /// Cut off by the wall cap of the run.
    Capped,
    /// The generator itself had no port, file or connection left.
    Exhausted,
    /// Status, shape, text and terminal event were all right.
    Ok,
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Connect => "connect",
            Self::Closed => "closed",
            Self::Timeout => "timeout",
            Self::Http(status) => return write!(f, "http-{status:03}"),
            Self::ErrorEvent => "error-event",
            Self::WrongBody => "wrong-body",
            Self::Truncated => "truncated",
            Self::Stalled => "stalled",
            Self::NoTerminal => "no-terminal",
            Self::Capped => "capped",
            Self::Exhausted => "exhausted",
            Self::Ok => "ok",
        })
    }
}
