//! Whose API an answer imitates, where that decides more than the dialect.

use workload::Dialect;

/// A provider: the form of its errors and the names of its fields.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Provider {
    /// Chat Completions, Responses and embeddings.
    OpenAi,
    /// Messages.
    Anthropic,
    /// Google's Gemini.
    Gemini,
}

impl Provider {
    /// The field in which the provider names a request, for support.
    pub(super) fn request_id_field(self) -> Option<&'static str> {
        match self {
            Self::OpenAi => Some("x-request-id"),
            Self::Anthropic => Some("request-id"),
            Self::Gemini => None,
        }
    }
}

impl From<Dialect> for Provider {
    fn from(dialect: Dialect) -> Self {
        match dialect {
            Dialect::Chat | Dialect::Responses => Self::OpenAi,
            Dialect::Messages => Self::Anthropic,
        }
    }
}
