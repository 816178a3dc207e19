//! HTTP/1.1 towards clients: requests read, answers written, over one connection at a time.
//!
//! Written here and not taken from hyper because relaying is what the gateway is for, and what
//! hyper's server does beside it shows: with it in place of this, a relayed chat request cost
//! 14.5 µs of CPU instead of 13.6 at c=64, and 16.0 instead of 15.6 at c=10 (nginx: 11.5 and
//! 13.0; one run, interleaved, two shared cores). `head` reads a request's head and refuses what
//! is ambiguous, `body` hands out its content, `reply` writes an answer's head and chunks, `io` is
//! the socket and what came from it, `connection` runs one connection, `watch` knows all of
//! them. `head` and `reply` have no I/O in them.

mod body;
mod connection;
mod head;
mod io;
mod reply;
mod watch;

pub(crate) use body::ClientBody;
pub(super) use connection::serve;
pub(super) use head::Refusal;
pub(crate) use head::read;
#[cfg(any(test, fuzzing))]
pub(crate) use head::take_head;
pub(super) use watch::Connections;
