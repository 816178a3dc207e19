//! Keys, which no log, error or debug output ever shows.

use std::fmt;

use hyper::header::HeaderValue;

/// A key as it is sent: a valid header value whose text only leaves through [`ApiKey::expose`].
#[derive(Clone)]
pub(crate) struct ApiKey(String);

impl ApiKey {
    /// Takes a key; an error is a phrase that does not hold it.
    pub(crate) fn new(text: String) -> Result<Self, String> {
        let sendable = HeaderValue::from_str(&text).is_ok_and(|value| value.to_str().is_ok());
        if sendable && text.trim() == text {
            Ok(Self(text))
        } else {
            Err("the key holds spaces at an end, line breaks or other characters that cannot be sent".to_owned())
        }
    }

    /// The key itself, to be sent to the provider, or to be hashed, and for nothing else.
    pub(crate) fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for ApiKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("***")
    }
}

/// Where a provider's key comes from.
#[derive(Debug)]
pub(crate) struct Key {
    /// The environment variable named for it, if any.
    pub(crate) variable: Option<String>,
    /// Its value, if that variable is set. Without one, the client's own key is passed on.
    pub(crate) value: Option<ApiKey>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_output_shows_no_key() {
        let key = Key {
            variable: Some("OPENAI_API_KEY".to_owned()),
            value: Some(ApiKey::new("sk-hidden".to_owned()).unwrap()),
        };
        let shown = format!("{key:?}");
        assert!(
            shown.contains("***") && !shown.contains("hidden"),
            "{shown}"
        );
    }

    #[test]
    fn refuses_keys_that_cannot_be_sent() {
        for text in ["a\nb", "a\r\nx-evil: 1", " a", "a\n", "é", "a\0"] {
            let error = ApiKey::new(text.to_owned()).unwrap_err();
            assert!(
                !error.contains(text.trim()) || text.trim() == "a",
                "{error}"
            );
        }
    }
}
