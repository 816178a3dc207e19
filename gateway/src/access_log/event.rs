//! Lines about the gateway itself: a reload, a provider left alone.

use std::time::Instant;

use super::clock::Clock;
use super::line::Line;

/// How much an event matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Level {
    Info,
    Warn,
    Error,
}

impl Level {
    fn name(self) -> &'static str {
        match self {
            Self::Info => "info",
            Self::Warn => "warn",
            Self::Error => "error",
        }
    }
}

/// The line of an event: its level, what happened in one word, and in one sentence.
pub(crate) fn event(level: Level, event: &str, message: &str) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(256);
    let mut line = Line::begin(&mut bytes, Instant::now(), &mut Clock::new());
    line.bare(r#","level":""#, Some(level.name().as_bytes()));
    line.text(r#","event":""#, event);
    line.text(r#","message":""#, message);
    line.end();
    bytes
}
