//! What a method and a path ask for.

use workload::Dialect;

use crate::answer::Provider;
use crate::http::Method;

/// Something the mock serves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Route {
    /// An answer of a model, in this dialect.
    Generate(Dialect),
    /// An answer of Gemini's.
    Gemini {
        /// It is to come as a stream of events.
        stream: bool,
    },
    /// Embeddings.
    Embeddings,
    /// How many tokens a Messages request has.
    CountTokens,
    /// The list of models.
    Models,
    /// A sign of life.
    Health,
    /// The journal.
    Log,
    /// Emptying the journal.
    Reset,
    /// What the next answer says, word for word.
    Answer,
    /// How late paced answers were; posted, the pace of those to come.
    Pace,
    /// How many requests came in each dialect.
    Received,
}

impl Route {
    /// The provider in whose form an error on this route is told, OpenAI
    /// where the route has none.
    pub fn provider(self) -> Provider {
        match self {
            Self::Generate(dialect) => dialect.into(),
            Self::Gemini { .. } => Provider::Gemini,
            Self::CountTokens => Provider::Anthropic,
            _ => Provider::OpenAi,
        }
    }

    /// Whether it is no provider's, but the mock's own.
    pub fn is_about_the_mock(self) -> bool {
        matches!(
            self,
            Self::Health | Self::Log | Self::Reset | Self::Answer | Self::Pace | Self::Received
        )
    }

    /// The method it is served under, as the `allow` field names it.
    pub fn allowed(self) -> &'static str {
        if self == Self::Pace {
            "GET, HEAD, POST"
        } else if self.is_posted() {
            "POST"
        } else {
            "GET, HEAD"
        }
    }

    /// Whether it is served under `method`.
    pub fn allows(self, method: Method) -> bool {
        if self == Self::Pace && method == Method::Post {
            true
        } else if self.is_posted() {
            method == Method::Post
        } else {
            matches!(method, Method::Get | Method::Head)
        }
    }

    fn is_posted(self) -> bool {
        matches!(
            self,
            Self::Generate(_)
                | Self::Gemini { .. }
                | Self::Embeddings
                | Self::CountTokens
                | Self::Reset
                | Self::Answer
        )
    }
}

/// The route of a request target, if it has one; `/v1` may be left out.
pub fn route(target: &str) -> Option<Route> {
    let path = path_of(target);
    match path {
        "/health" => return Some(Route::Health),
        "/__log" => return Some(Route::Log),
        "/__reset" => return Some(Route::Reset),
        "/__answer" => return Some(Route::Answer),
        "/__pace" => return Some(Route::Pace),
        "/__received" => return Some(Route::Received),
        _ => {}
    }
    Some(match path.strip_prefix("/v1").unwrap_or(path) {
        "/chat/completions" => Route::Generate(Dialect::Chat),
        "/responses" => Route::Generate(Dialect::Responses),
        "/messages" => Route::Generate(Dialect::Messages),
        "/models" => Route::Models,
        "/embeddings" => Route::Embeddings,
        "/messages/count_tokens" => Route::CountTokens,
        _ => match gemini_model(target)?.1 {
            "generateContent" => Route::Gemini { stream: false },
            "streamGenerateContent" => Route::Gemini { stream: true },
            _ => return None,
        },
    })
}

/// The model and the method that the path of a request to Gemini names.
pub fn gemini_model(target: &str) -> Option<(&str, &str)> {
    let path = path_of(target);
    let path = path.strip_prefix("/v1beta").or(path.strip_prefix("/v1"))?;
    path.strip_prefix("/models/")?.rsplit_once(':')
}

/// Whether a stream of Gemini's is asked for as events; otherwise it would be
/// an array that grows.
pub fn wants_events(target: &str) -> bool {
    let query = target.split_once('?').map_or("", |(_, query)| query);
    query.split('&').any(|parameter| parameter == "alt=sse")
}

/// The path of a target in origin form or, as a proxy sends it, in absolute
/// form (RFC 9112, section 3.2), without its query.
fn path_of(target: &str) -> &str {
    let target = match target.split_once("://") {
        Some((scheme, rest)) if !scheme.contains('/') => {
            rest.find('/').map_or("/", |slash| &rest[slash..])
        }
        _ => target,
    };
    target.split('?').next().unwrap_or(target)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths() {
        for dialect in Dialect::ALL {
            let path = dialect.path();
            assert_eq!(route(path), Some(Route::Generate(dialect)));
            assert_eq!(route(&path[3..]), Some(Route::Generate(dialect)));
        }
        assert_eq!(route("/v1/models?limit=20"), Some(Route::Models));
        assert_eq!(route("/models"), Some(Route::Models));
        assert_eq!(route("/health"), Some(Route::Health));
        assert_eq!(route("http://mock:1/v1/models"), Some(Route::Models));
        for unknown in ["/", "/v1", "/v1/v1/models", "/v1/messages/", "http://mock"] {
            assert_eq!(route(unknown), None);
        }
        assert_eq!(route("/?next=http://x/health"), None);
    }

    #[test]
    fn gemini() {
        let target = "/v1beta/models/gemini-2.5-flash:streamGenerateContent?alt=sse&key=k";
        assert_eq!(route(target), Some(Route::Gemini { stream: true }));
        assert!(wants_events(target) && !wants_events("/?alt=sse2"));
        let target = "/v1beta/models/m#fault:cut=3:generateContent";
        assert_eq!(route(target), Some(Route::Gemini { stream: false }));
        assert_eq!(
            gemini_model(target),
            Some(("m#fault:cut=3", "generateContent"))
        );
        assert_eq!(route("/v1beta/models/m:embedContent"), None);
        assert_eq!(route("/v1beta/models"), None);
    }
}
