//! Anthropic's Messages. A stream is named events and ends with `message_stop`.

pub(crate) mod adaptive;
pub(crate) mod answer_in;
pub(crate) mod answer_out;
pub(super) mod error;
pub(crate) mod error_in;
mod message_in;
mod message_out;
pub(crate) mod request_in;
pub(crate) mod request_out;
pub(crate) mod stream_in;
pub(crate) mod stream_out;
pub(super) mod terminal;
