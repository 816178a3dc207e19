//! OpenAI's Responses. A stream is typed, numbered events and ends with `response.completed`,
//! `response.incomplete` or `response.failed`.

pub(super) mod error;
pub(super) mod terminal;
