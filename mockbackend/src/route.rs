//! What a method and a path ask for.

use workload::Dialect;

use crate::http::Method;

/// Something the mock serves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Route {
    /// An answer of a model, in this dialect.
    Generate(Dialect),
    /// The list of models.
    Models,
    /// A sign of life.
    Health,
}

impl Route {
    /// The dialect in which an error on this route is told, OpenAI's where
    /// the route has none.
    pub fn dialect(self) -> Dialect {
        match self {
            Self::Generate(dialect) => dialect,
            Self::Models | Self::Health => Dialect::Chat,
        }
    }

    /// The method it is served under, as the `allow` field names it.
    pub fn allowed(self) -> &'static str {
        match self {
            Self::Generate(_) => "POST",
            Self::Models | Self::Health => "GET, HEAD",
        }
    }

    /// Whether it is served under `method`.
    pub fn allows(self, method: Method) -> bool {
        match self {
            Self::Generate(_) => method == Method::Post,
            Self::Models | Self::Health => matches!(method, Method::Get | Method::Head),
        }
    }
}

/// The route of a request target, if it has one; `/v1` may be left out.
pub fn route(target: &str) -> Option<Route> {
    let path = path_of(target);
    if path == "/health" {
        return Some(Route::Health);
    }
    Some(match path.strip_prefix("/v1").unwrap_or(path) {
        "/chat/completions" => Route::Generate(Dialect::Chat),
        "/responses" => Route::Generate(Dialect::Responses),
        "/messages" => Route::Generate(Dialect::Messages),
        "/models" => Route::Models,
        _ => return None,
    })
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
}
