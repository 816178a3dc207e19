//! How many tokens an answer says it cost.

use workload::{Preset, Script};

/// Token counts, which each dialect writes in its own form.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Usage {
    pub(super) input: usize,
    pub(super) output: usize,
}

impl Usage {
    /// What a call of a function costs.
    pub(super) const CALL: Self = Self {
        input: 25,
        output: 12,
    };

    /// What the script's text costs: a stamped one a token for each chunk.
    pub(super) fn of(script: &Script) -> Self {
        Self {
            input: 25,
            output: match script.preset() {
                Preset::Stamped => script.chunks(),
                Preset::Published202606 => 35,
            },
        }
    }

    pub(super) fn total(self) -> usize {
        self.input + self.output
    }
}
