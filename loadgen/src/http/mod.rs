//! HTTP/1.1 as a client needs it, free of sockets: the request's bytes, made
//! once, and a reader of responses that is fed bytes cut in any way.
//!
//! Written here rather than taken from an HTTP client, because the moment at
//! which each byte arrives is what is measured.

mod chunked;
mod request;
mod response;

pub use request::request_bytes;
pub use response::{Fed, Framing, Malformed, ResponseReader};
