//! The way to a provider and back.
//!
//! The relaying client is the gateway's own, over `httparse`, rather than hyper's client or
//! reqwest, for three reasons. A request's head is written straight from the client's headers
//! and the provider's fixed ones, and can be written again when a kept connection turns out to
//! be dead; hyper's client wants a header map of its own for each try. An answer is read in the
//! task that writes it to the client, without a second task and the channel between. And what
//! one read brought, however many chunks, leaves as one piece, so that it is written at once,
//! which is where nginx wins over hyper in streams. Measured when it was written, on two cores
//! shared with mock and generator: 62-69 k requests/s at c=10 against nginx's 54-61 k, streams
//! 0.9-1.0 of nginx's; the prototype over hyper's client reached 0.8 of them.
//!
//! `target` is what is known of a provider beforehand, `request` writes heads, `response` reads
//! them (neither with any I/O); `connect`, `tls` and `stream` make connections, `pool` keeps
//! them, `permits` limits them, `exchange` does one request with them and `body` is what then
//! arrives.

mod body;
mod connect;
mod connection;
mod exchange;
mod permits;
mod pool;
mod request;
mod response;
mod stream;
mod target;
mod tls;

pub(crate) use body::{BodyError, UpstreamBody};
pub(crate) use exchange::{Answer, Client, ExchangeError};
pub(crate) use request::{Announced, Outgoing, Passing};
#[cfg(any(test, fuzzing))]
pub(crate) use response::take_head;
pub(crate) use target::Target;
pub(crate) use tls::forget_certificates;

/// Reads a response that is all there, for benches; the length of its body.
pub(crate) fn read_whole(mut received: bytes::BytesMut) -> usize {
    let Ok(Some(mut head)) = response::take_head(&mut received) else {
        return 0;
    };
    let mut length = 0;
    while let Ok(Some(piece)) = head.framing.take(&mut received) {
        length += piece.len();
    }
    length
}
