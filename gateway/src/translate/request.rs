//! A request in no dialect's words: what every dialect's reader fills and every writer says.

use serde_json::value::RawValue;

use super::json::Text;
use super::part::{Part, Role};

/// What a client asks for. Everything is borrowed from its body.
///
/// Parameters that only one dialect knows never come here: its reader refuses them or names
/// them in the [`Notes`](super::Notes).
#[derive(Clone, Debug, Default)]
pub(crate) struct Request<'a> {
    /// The conversation, instructions included, in the client's order.
    pub(crate) turns: Vec<Turn<'a>>,
    pub(crate) tools: Vec<Tool<'a>>,
    pub(crate) tool_choice: Option<ToolChoice<'a>>,
    pub(crate) parallel_tool_calls: Option<bool>,
    pub(crate) max_tokens: Option<u64>,
    /// Numbers are kept as they were spelled.
    pub(crate) temperature: Option<&'a str>,
    pub(crate) top_p: Option<&'a str>,
    pub(crate) top_k: Option<&'a str>,
    pub(crate) presence_penalty: Option<&'a str>,
    pub(crate) frequency_penalty: Option<&'a str>,
    pub(crate) seed: Option<&'a str>,
    pub(crate) stop: Vec<Text<'a>>,
    pub(crate) format: Option<Format<'a>>,
    pub(crate) reasoning: Option<Reasoning<'a>>,
    pub(crate) verbosity: Option<Text<'a>>,
    pub(crate) user: Option<Text<'a>>,
    pub(crate) metadata: Option<&'a RawValue>,
    pub(crate) service_tier: Option<ServiceTier<'a>>,
    pub(crate) store: Option<bool>,
    pub(crate) prompt_cache_key: Option<Text<'a>>,
    pub(crate) safety_identifier: Option<Text<'a>>,
    pub(crate) stream: bool,
    /// Chat's `stream_options.include_usage`.
    pub(crate) include_usage: bool,
}

/// One message, or one item of Responses' input.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Turn<'a> {
    pub(crate) role: Role,
    pub(crate) parts: Vec<Part<'a>>,
}

/// A function that the model may call.
#[derive(Clone, Debug)]
pub(crate) struct Tool<'a> {
    pub(crate) name: Text<'a>,
    pub(crate) description: Option<Text<'a>>,
    /// The arguments' JSON schema.
    pub(crate) parameters: Option<&'a RawValue>,
    pub(crate) strict: Option<bool>,
}

/// The schema of a function without parameters (wire row 12).
pub(crate) const NO_PARAMETERS: &str = r#"{"type":"object","properties":{}}"#;

impl Tool<'_> {
    pub(crate) fn schema(&self) -> &str {
        self.parameters.map_or(NO_PARAMETERS, RawValue::get)
    }
}

/// Wire row 9.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum ToolChoice<'a> {
    Auto,
    None,
    Required,
    Named(Text<'a>),
}

/// The form that the answer's text must have.
#[derive(Clone, Debug)]
pub(crate) enum Format<'a> {
    /// Some JSON object.
    JsonObject,
    /// JSON by a schema (wire row 24).
    Schema(Schema<'a>),
}

#[derive(Clone, Debug)]
pub(crate) struct Schema<'a> {
    /// Chat and Responses must have one.
    pub(crate) name: Option<Text<'a>>,
    pub(crate) description: Option<Text<'a>>,
    pub(crate) schema: &'a RawValue,
    pub(crate) strict: Option<bool>,
}

/// How much the model is to think before it answers (wire row 26).
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Reasoning<'a> {
    pub(crate) effort: Amount,
    /// The client wants to read the thoughts, in its dialect's way of asking.
    pub(crate) shown: bool,
    /// It said so, or the contrary, in so many words.
    pub(crate) display_said: bool,
    /// Responses' `reasoning.summary`, as it was.
    pub(crate) summary: Option<Text<'a>>,
}

impl Reasoning<'_> {
    /// Thoughts are to be shown in a way that only Responses has.
    pub(crate) fn is_shown_in_a_way(&self) -> bool {
        self.summary.as_ref().is_some_and(|word| !word.is("auto"))
    }
}

/// A measure of thinking.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Amount {
    /// None at all.
    Off,
    /// As much as the model thinks right.
    Adaptive,
    Effort(Effort),
    /// At most so many tokens.
    Budget(u64),
}

/// The levels that the dialects name, least first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Effort {
    Minimal,
    Low,
    Medium,
    High,
    XHigh,
    Max,
}

impl Effort {
    const ALL: [(Self, &'static str); 6] = [
        (Self::Minimal, "minimal"),
        (Self::Low, "low"),
        (Self::Medium, "medium"),
        (Self::High, "high"),
        (Self::XHigh, "xhigh"),
        (Self::Max, "max"),
    ];

    pub(crate) fn named(name: &Text<'_>) -> Option<Self> {
        Self::ALL
            .iter()
            .find(|(_, known)| name.is(known))
            .map(|(effort, _)| *effort)
    }

    pub(crate) fn name(self) -> &'static str {
        Self::ALL[self as usize].1
    }

    /// The budget that stands for it where there are no levels.
    pub(crate) fn budget_tokens(self) -> u64 {
        match self {
            Self::Minimal => 1_024,
            Self::Low => 2_048,
            Self::Medium => 8_192,
            Self::High => 16_384,
            Self::XHigh | Self::Max => 32_768,
        }
    }

    /// The level that stands for a budget where there are no budgets.
    pub(crate) fn of_budget(tokens: u64) -> Self {
        match tokens {
            0..=4_095 => Self::Low,
            4_096..=12_287 => Self::Medium,
            _ => Self::High,
        }
    }
}

impl Amount {
    /// As a level; a model that measures for itself is asked for a medium one.
    pub(crate) fn effort(self) -> Option<Effort> {
        match self {
            Self::Off => None,
            Self::Adaptive => Some(Effort::Medium),
            Self::Effort(effort) => Some(effort),
            Self::Budget(tokens) => Some(Effort::of_budget(tokens)),
        }
    }

    /// As a number of tokens.
    pub(crate) fn budget_tokens(self) -> Option<u64> {
        match self {
            Self::Off => None,
            Self::Adaptive => Some(Effort::Medium.budget_tokens()),
            Self::Effort(effort) => Some(effort.budget_tokens()),
            Self::Budget(tokens) => Some(tokens),
        }
    }
}

/// The two kinds of tier that all dialects know; others keep their own word.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum ServiceTier<'a> {
    Auto,
    Standard,
    Other(Text<'a>),
}
