//! Google's Gemini: `models/MODEL:generateContent`. A stream is `data:` events, each an answer
//! of its own, and its last one says why it ends. Providers speak it, clients do not.

pub(crate) mod answer_in;
mod content_out;
pub(crate) mod error_in;
pub(crate) mod request_out;
pub(crate) mod stream_in;
