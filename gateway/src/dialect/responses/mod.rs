//! OpenAI's Responses. A stream is typed, numbered events and ends with `response.completed`,
//! `response.incomplete` or `response.failed`.

pub(crate) mod answer_in;
pub(crate) mod answer_out;
pub(crate) mod echo;
pub(super) mod error;
mod item_in;
mod item_out;
mod output_item;
pub(crate) mod request_in;
pub(crate) mod request_out;
mod response_out;
pub(crate) mod stream_in;
pub(crate) mod stream_out;
pub(super) mod terminal;
