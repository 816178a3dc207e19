//! What an answer holds, in whichever dialect it is given.

use workload::{Preset, Script};

use super::call;
use super::object::Json;
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
    /// The text is the arguments of a call.
    json: bool,
    foreign_keys: bool,
    /// Thoughts come with what proves them.
    pub(super) encrypted: bool,
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
        json: false,
        foreign_keys: false,
        encrypted: false,
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
            json: ask.json,
            foreign_keys: ask.foreign_keys,
            encrypted: ask.encrypted,
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

    /// A text that is JSON with keys outside ASCII, after proven thoughts.
    #[cfg(test)]
    pub(super) fn json() -> Self {
        Self {
            json: true,
            foreign_keys: true,
            encrypted: true,
            ..Self::reasoned()
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
        self.said == Said::Text && self.reasoning == Reasoning::None && !self.cached && !self.json
    }

    /// The pieces in which the arguments of a call are streamed.
    pub(super) fn argument_pieces(&self) -> [&'static str; 4] {
        if self.foreign_keys {
            call::FOREIGN
        } else {
            call::PIECES
        }
    }

    /// The arguments of a call: a JSON object, as text.
    pub(super) fn arguments(&self) -> String {
        self.argument_pieces().concat()
    }

    /// The arguments of a call as JSON.
    pub(super) fn arguments_json(&self) -> Json {
        serde_json::from_str(&self.arguments()).expect("the arguments are JSON; a test says so")
    }

    /// The pieces in which the text is streamed.
    pub(super) fn text_pieces(&self, script: &Script) -> Vec<String> {
        if self.json {
            self.argument_pieces().map(str::to_owned).to_vec()
        } else {
            script.chunk_texts().collect()
        }
    }

    /// The text of a whole answer.
    pub(super) fn whole_text(&self, script: &Script) -> String {
        if self.json {
            self.arguments()
        } else {
            script.whole_text()
        }
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
