//! HTTP/1.x (RFC 9112), the part that an API's server needs.

pub mod chunked;
pub mod head;
pub mod listener;
pub mod request;

pub use head::{Method, Refusal};
pub use request::{Progress, Request, RequestReader};
