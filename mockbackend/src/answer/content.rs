//! What an answer holds, in whichever dialect it is given.

use workload::{Preset, Script};

use super::usage::Usage;
use crate::ask::{Ask, Reasoning};

/// The model's thoughts, in the pieces in which they are streamed.
pub(super) const THOUGHTS: [&str; 4] = ["A toll ", "is paid ", "at each ", "péage."];
/// What makes a provider believe that thoughts are its own.
pub(super) const SIGNATURE: &str = "dG9sbGdhdGUtc2lnbmF0dXJl";
/// The words of a refusal, in the pieces in which they are streamed.
pub(super) const REFUSAL: [&str; 3] = ["I’m sorry, ", "but I cannot ", "help with that."];

/// An answer, not yet in any dialect.
#[derive(Clone, Debug)]
pub(super) struct Content {
    pub(super) said: Said,
    pub(super) reasoning: Reasoning,
    cached: bool,
}

/// What an answer says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Said {
    /// The script's text.
    Text,
    /// That it will not.
    Refusal,
    /// Functions to be called, by their names.
    Calls(Vec<String>),
}

impl Content {
    /// The script's text and nothing else.
    pub(super) const TEXT: Self = Self {
        said: Said::Text,
        reasoning: Reasoning::None,
        cached: false,
    };

    /// What was asked for.
    pub(super) fn of(ask: &Ask) -> Self {
        Self {
            said: if ask.refuse {
                Said::Refusal
            } else if ask.calls.is_empty() {
                Said::Text
            } else {
                Said::Calls(ask.calls.clone())
            },
            reasoning: ask.reasoning,
            cached: ask.cached,
        }
    }

    /// Calls of these functions and nothing else.
    #[cfg(test)]
    pub(super) fn calls(functions: &[&str]) -> Self {
        let functions = functions.iter().map(ToString::to_string).collect();
        Self {
            said: Said::Calls(functions),
            ..Self::TEXT
        }
    }

    /// A text with all that can stand beside it.
    #[cfg(test)]
    pub(super) fn reasoned() -> Self {
        Self {
            reasoning: Reasoning::Shown,
            cached: true,
            ..Self::TEXT
        }
    }

    /// A refusal.
    #[cfg(test)]
    pub(super) fn refusal() -> Self {
        Self {
            said: Said::Refusal,
            ..Self::TEXT
        }
    }

    /// Whether it is the script's text and nothing else.
    pub(super) fn is_plain(&self) -> bool {
        self.said == Said::Text && self.reasoning == Reasoning::None && !self.cached
    }

    /// The shapes it is given in: only a plain text is framed as the published
    /// benchmark's.
    pub(super) fn preset(&self, script: &Script) -> Preset {
        if self.is_plain() {
            script.preset()
        } else {
            Preset::Stamped
        }
    }

    /// What it costs.
    pub(super) fn usage(&self, script: &Script) -> Usage {
        let mut usage = match &self.said {
            Said::Text => Usage::of(script),
            Said::Refusal => Usage::REFUSAL,
            Said::Calls(functions) => Usage::calls(functions.len()),
        };
        if self.reasoning != Reasoning::None {
            usage = usage.with_reasoning();
        }
        if self.cached {
            usage = usage.with_cache();
        }
        usage
    }
}
