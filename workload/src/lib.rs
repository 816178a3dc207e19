//! What is sent to a gateway and what must come back.
//!
//! A [`Workload`] is a [`Dialect`] and whether the answer is streamed. A
//! [`Script`] fixes the text of every answer; the mock backend says it and the
//! load generator and the harness hold what they receive against it with an
//! [`AnswerCheck`]. Nothing in this crate opens a socket or reads a clock.

pub mod answer;
pub mod arguments;
mod catalogue;
mod outcome;
mod request;
mod script;
pub mod sse;
pub mod stamp;

pub use answer::{AnswerCheck, EndOfBody, Expected, Sink};
pub use catalogue::{Dialect, UnknownWorkload, Workload};
pub use outcome::Outcome;
pub use request::{BENCH_API_KEY, DEFAULT_MODEL, DEFAULT_PROMPT, RequestSpec};
pub use script::{DEFAULT_CHUNKS, MAX_CHUNKS, Preset, Script};
