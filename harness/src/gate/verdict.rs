//! What a gate says in the end.

use serde::Serialize;

use super::Metric;
use super::comparison::Compared;
use super::policy::Tolerance;

/// Pass, fail, or neither.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    /// Nothing became worse by more than is tolerated.
    Pass,
    /// Something did, and a second set of blocks confirms it; or answers are
    /// wrong.
    Regression,
    /// It cannot be told.
    TooNoisy,
}

impl Outcome {
    /// The exit status of `harness gate`.
    pub fn exit_status(self) -> u8 {
        match self {
            Self::Pass => 0,
            Self::Regression => 1,
            Self::TooNoisy => 3,
        }
    }
}

/// How one metric stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum State {
    /// Not worse than is tolerated, as far as was looked.
    Within,
    /// Worse than is tolerated, and confirmed.
    Regressed,
    /// Seemed worse, and a second set of blocks neither confirmed nor refuted
    /// it.
    NotConfirmed,
    /// Too noisy to tell.
    Unclear,
    /// One side or both have no figure.
    NotMeasured,
    /// Something else decided first.
    NotJudged,
}

impl State {
    /// Whether it keeps no gate from passing.
    pub fn passes(self) -> bool {
        matches!(self, Self::Within | Self::NotMeasured)
    }
}

/// What is known of one metric.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Finding {
    /// Which.
    pub metric: Metric,
    /// How much worse it may become.
    pub tolerance: Tolerance,
    /// How it stands.
    pub state: State,
    /// Head against base and its twin over all blocks.
    pub all: Option<Compared>,
    /// The same over the blocks of the confirmation, where there was one.
    pub confirmation: Option<Compared>,
    /// Base against its twin over all blocks: the p-value, by Holm adjusted
    /// for all metrics.
    pub twin_p: Option<f64>,
}

/// What a gate says.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Verdict {
    /// Pass, fail, or neither.
    pub outcome: Outcome,
    /// Every primary metric.
    pub findings: Vec<Finding>,
    /// Metrics that seemed worse in the first stage.
    pub suspected: Vec<Metric>,
    /// What was answered wrongly, in words.
    pub reasons: Vec<String>,
    /// Metrics in which base differs from its twin.
    pub twins_differ: Vec<Metric>,
    /// Blocks of the first stage.
    pub screening: usize,
    /// Blocks of the confirmation.
    pub confirmation: usize,
}

impl Verdict {
    pub(super) fn new(outcome: Outcome, findings: Vec<Finding>) -> Self {
        Self {
            outcome,
            findings,
            suspected: Vec::new(),
            reasons: Vec::new(),
            twins_differ: Vec::new(),
            screening: 0,
            confirmation: 0,
        }
    }
}
