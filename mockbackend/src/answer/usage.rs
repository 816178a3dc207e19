//! How many tokens an answer says it cost.

use workload::{Preset, Script};

/// What every request costs.
const INPUT: usize = 25;
/// How much of it a cache held.
const CACHED: usize = 16;
/// What a call of a function costs.
const CALL: usize = 12;
/// What reasoning costs.
const REASONING: usize = 7;

/// Token counts, which each dialect writes in its own form.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Usage {
    /// Of the request, cached ones included.
    pub(super) input: usize,
    /// Of those, the ones that a cache held.
    pub(super) cached: usize,
    /// Of the answer, reasoning included.
    pub(super) output: usize,
    /// Of those, the ones of reasoning.
    pub(super) reasoning: usize,
}

impl Usage {
    /// What a refusal costs.
    pub(super) const REFUSAL: Self = Self::of_output(3);

    const fn of_output(output: usize) -> Self {
        Self {
            input: INPUT,
            cached: 0,
            output,
            reasoning: 0,
        }
    }

    /// What calls of so many functions cost.
    pub(super) fn calls(functions: usize) -> Self {
        Self::of_output(CALL * functions)
    }

    /// What the script's text costs: a stamped one a token for each chunk.
    pub(super) fn of(script: &Script) -> Self {
        Self::of_output(match script.preset() {
            Preset::Stamped => script.chunks(),
            Preset::Published202606 => 35,
        })
    }

    pub(super) fn with_reasoning(self) -> Self {
        Self {
            output: self.output + REASONING,
            reasoning: REASONING,
            ..self
        }
    }

    pub(super) fn with_cache(self) -> Self {
        Self {
            cached: CACHED,
            ..self
        }
    }

    pub(super) fn total(self) -> usize {
        self.input + self.output
    }

    /// The tokens of a request alone.
    pub(super) fn of_request() -> usize {
        INPUT
    }
}
