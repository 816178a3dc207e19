//! Streams whose pieces come at a pace, as a model's do.

use serde::{Deserialize, Serialize};

/// Many paced streams at once: each worker has so many of them, one after
/// another, and every one is let come to its end.
///
/// The first piece of a stream is due at a moment drawn evenly from one gap, so
/// that streams do not walk in step, and each further piece a gap after the one
/// before.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PacedPlan {
    /// The workloads, by name.
    pub workloads: Vec<String>,
    /// Streams that are open at once.
    pub concurrency: u32,
    /// Between two pieces of a stream, in milliseconds.
    pub gap_ms: u32,
    /// Streams that each worker has, one after another.
    pub rounds: u32,
    /// When all is cut off, in milliseconds.
    pub max_wall_ms: u64,
    /// Only in so many blocks, from the first; in all of them where it is not
    /// said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub blocks: Option<u32>,
}

/// Pieces of a stream of the mock's.
const PIECES: u64 = workload::DEFAULT_CHUNKS as u64;

impl PacedPlan {
    /// Streams of chat.
    pub(super) fn chat(concurrency: u32, gap_ms: u32, rounds: u32, blocks: Option<u32>) -> Self {
        let plan = Self {
            workloads: vec!["chat-stream".to_owned()],
            concurrency,
            gap_ms,
            rounds,
            max_wall_ms: 0,
            blocks,
        };
        Self {
            max_wall_ms: plan.load_ms() + 10_000,
            ..plan
        }
    }

    /// Whether it is carried out in a block, counted from 1.
    pub fn is_in(&self, block: u32) -> bool {
        self.blocks.is_none_or(|blocks| block <= blocks)
    }

    /// All streams of one stretch.
    pub fn streams(&self) -> u64 {
        u64::from(self.concurrency) * u64::from(self.rounds)
    }

    /// About how long one stretch takes, in milliseconds.
    pub(super) fn load_ms(&self) -> u64 {
        u64::from(self.rounds) * PIECES * u64::from(self.gap_ms)
    }

    /// What the mock is told: its pace, as the body of `POST /__pace`.
    pub fn pace(&self) -> String {
        let gap = self.gap_ms;
        format!(r#"{{"ttft":"p0=0ms,p100={gap}ms","inter_chunk":"{gap}ms"}}"#)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_thousand_streams_stay_open_for_ten_seconds() {
        let plan = PacedPlan::chat(1_000, 100, 4, Some(3));
        assert_eq!(plan.streams(), 4_000);
        // Of the last round the streams end as they began: within a gap.
        assert!(plan.load_ms() >= 10_000, "{} ms", plan.load_ms());
        assert!(plan.max_wall_ms > plan.load_ms());
        assert!(plan.is_in(3) && !plan.is_in(4));
        assert_eq!(
            plan.pace(),
            r#"{"ttft":"p0=0ms,p100=100ms","inter_chunk":"100ms"}"#
        );
    }
}
