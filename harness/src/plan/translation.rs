//! What is measured of entrants that translate.

use serde::{Deserialize, Serialize};

/// Load on every route from a client's dialect to a provider's that an entrant
/// declares, and on those on which nothing is translated, in one shuffled
/// order: each is held against its neighbours of the same minute.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TranslationPlan {
    /// Requests on each route that tell whether it is served.
    pub coverage_requests: u64,
    /// Numbers of workers of a closed loop, one point each; none where it is
    /// only asked what is served.
    pub concurrency: Vec<u32>,
    /// How long such a point is loaded, in milliseconds.
    pub duration_ms: u64,
    /// Requests a second of an open loop, one point on each route.
    pub rate: Option<u32>,
    /// How long such a point is loaded, in milliseconds.
    pub rate_ms: u64,
    /// Requests before each point that are not measured.
    pub warmup: u64,
    /// Connections that the open loop may use.
    pub max_connections: u32,
    /// A point is cut off so long after its load should have ended, in
    /// milliseconds.
    pub grace_ms: u64,
}

impl TranslationPlan {
    /// Coverage alone.
    pub(super) fn coverage() -> Self {
        Self {
            coverage_requests: 2,
            concurrency: Vec::new(),
            duration_ms: 0,
            rate: None,
            rate_ms: 0,
            warmup: 20,
            max_connections: 512,
            grace_ms: 5_000,
        }
    }

    /// Coverage, two closed loops of `duration_ms`, and an open loop.
    pub(super) fn loaded(duration_ms: u64) -> Self {
        Self {
            concurrency: vec![10, 64],
            duration_ms,
            rate: Some(1_000),
            // Twelve of them are more than the 10,000 samples that a p99
            // stands on.
            rate_ms: 900,
            ..Self::coverage()
        }
    }

    /// Whether there is load, beyond the question what is served.
    pub fn is_loaded(&self) -> bool {
        !self.concurrency.is_empty() || self.rate.is_some()
    }
}
