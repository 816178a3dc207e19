//! Anthropic's Messages. A stream is named events and ends with `message_stop`.

pub(super) mod error;
pub(super) mod terminal;
