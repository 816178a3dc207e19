//! HTTP/1.1 towards clients: requests read, answers written, over one connection at a time.
//!
//! Written here and not taken from hyper because this is what the gateway is for: hyper's server
//! was a tenth of the whole cost of a relayed request (README, "What a request costs"). `head`
//! reads a request's head and refuses what is ambiguous, `body` hands out its content, `reply`
//! writes an answer's head and chunks, `connection` runs one connection, `watch` knows all of
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
pub(super) use watch::Connections;
