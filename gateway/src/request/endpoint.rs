//! The paths at which the gateway takes requests that name a model.

use crate::dialect::Dialect;

/// What a client asks for, by its path.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Endpoint {
    Chat,
    Responses,
    Messages,
    /// Anthropic's count of a request's tokens; shaped as a Messages request.
    CountTokens,
    /// OpenAI's embeddings.
    Embeddings,
}

impl Endpoint {
    pub(crate) const ALL: [Self; 5] = [
        Self::Chat,
        Self::Responses,
        Self::Messages,
        Self::CountTokens,
        Self::Embeddings,
    ];

    /// The path at which the gateway serves it.
    pub(crate) const fn path(self) -> &'static str {
        match self {
            Self::Chat => "/v1/chat/completions",
            Self::Responses => "/v1/responses",
            Self::Messages => "/v1/messages",
            Self::CountTokens => "/v1/messages/count_tokens",
            Self::Embeddings => "/v1/embeddings",
        }
    }

    /// What it is called in metrics and the log.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Chat => "chat",
            Self::Responses => "responses",
            Self::Messages => "messages",
            Self::CountTokens => "count_tokens",
            Self::Embeddings => "embeddings",
        }
    }

    /// What is served at exactly `path`.
    pub(crate) fn at_path(path: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|endpoint| endpoint.path() == path)
    }

    /// The dialect in which it is asked and answered. Embeddings are no conversation, but a
    /// provider that speaks Chat has them at the same base URL, and their errors look alike.
    pub(crate) const fn dialect(self) -> Dialect {
        match self {
            Self::Chat | Self::Embeddings => Dialect::Chat,
            Self::Responses => Dialect::Responses,
            Self::Messages | Self::CountTokens => Dialect::Messages,
        }
    }
}

impl Endpoint {
    /// Whether a provider of another dialect can answer it.
    pub(crate) const fn is_translated(self) -> bool {
        matches!(self, Self::Chat | Self::Responses | Self::Messages)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_endpoint_is_found_at_its_own_path_only() {
        for endpoint in Endpoint::ALL {
            assert_eq!(Endpoint::at_path(endpoint.path()), Some(endpoint));
        }
        for path in ["/v1/messages/", "/v1", "/messages", "/v1/messages/batches"] {
            assert_eq!(Endpoint::at_path(path), None);
        }
    }
}
