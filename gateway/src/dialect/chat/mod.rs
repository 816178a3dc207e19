//! OpenAI's Chat Completions. A stream is `data:` events and ends with `data: [DONE]`.

pub(super) mod error;
pub(super) mod terminal;
