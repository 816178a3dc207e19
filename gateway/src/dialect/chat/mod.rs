//! OpenAI's Chat Completions. A stream is `data:` events and ends with `data: [DONE]`.

pub(crate) mod answer_in;
pub(crate) mod answer_out;
pub(super) mod error;
pub(crate) mod error_in;
mod message_in;
pub(crate) mod request_in;
pub(crate) mod request_out;
pub(crate) mod stream_in;
pub(crate) mod stream_out;
pub(super) mod terminal;
