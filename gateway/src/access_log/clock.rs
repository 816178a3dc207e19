//! The time of a line, without asking the system for each.

use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

/// Tells wall-clock times by the monotonic clock, and keeps the text of the current second.
pub(super) struct Clock {
    anchor: Instant,
    wall: Duration,
    second: u64,
    /// `2026-11-22T18:00:00`, of `second`.
    text: Vec<u8>,
}

impl Clock {
    pub(super) fn new() -> Self {
        Self {
            anchor: Instant::now(),
            wall: wall(),
            second: u64::MAX,
            text: Vec::new(),
        }
    }

    /// Follows the wall clock, which may be set.
    pub(super) fn set(&mut self) {
        self.anchor = Instant::now();
        self.wall = wall();
    }

    /// Appends `at` in RFC 3339, to the millisecond.
    pub(super) fn write(&mut self, at: Instant, line: &mut Vec<u8>) {
        let wall = self.wall + at.saturating_duration_since(self.anchor);
        if wall.as_secs() != self.second {
            self.second = wall.as_secs();
            let time = UNIX_EPOCH + Duration::from_secs(self.second);
            self.text = humantime::format_rfc3339_seconds(time).to_string().into();
            // The `Z` comes after the milliseconds.
            self.text.pop();
        }
        line.extend_from_slice(&self.text);
        let ms = wall.subsec_millis();
        let digit = |number: u32| b'0' + (number % 10) as u8;
        line.extend_from_slice(&[b'.', digit(ms / 100), digit(ms / 10), digit(ms), b'Z']);
    }
}

fn wall() -> Duration {
    SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn writes_what_the_wall_clock_would() {
        let mut clock = Clock::new();
        clock.wall = Duration::from_millis(1_763_834_121_007);
        for (later, expected) in [
            (0, "2025-11-22T17:55:21.007Z"),
            (992, "2025-11-22T17:55:21.999Z"),
            (993, "2025-11-22T17:55:22.000Z"),
        ] {
            let mut line = Vec::new();
            clock.write(clock.anchor + Duration::from_millis(later), &mut line);
            assert_eq!(String::from_utf8(line).unwrap(), expected);
        }
    }
}
