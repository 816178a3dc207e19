//! HTTP/1.1 as both sides need it: headers, messages, and where a body ends. No I/O.
//!
//! The types of the `http` crate own every name and hash it. A relay looks at a handful of
//! headers and copies the rest: here they stay where they were read, in the order they came.

mod chunked;
mod framing;
mod headers;
mod message;

pub(crate) use chunked::{BadChunk, Chunked};
pub(crate) use framing::Framing;
pub(crate) use headers::{Headers, MOST_HEADERS, Places};
pub(crate) use message::{Request, RequestTarget, Response};
