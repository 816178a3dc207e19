//! The keys of clients. Only their hashes are kept, so nothing can show them.

use std::fmt;
use std::num::NonZeroU32;

/// A client's key and what it may do.
#[derive(Debug)]
pub(crate) struct ClientKey {
    /// For logs and metrics.
    pub(crate) name: String,
    pub(crate) hash: KeyHash,
    /// The models it may ask for; `None` is all.
    pub(crate) models: Option<Vec<ModelPattern>>,
    /// `None` is as many as it likes.
    pub(crate) requests_per_minute: Option<NonZeroU32>,
}

/// The SHA-256 of a key.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct KeyHash(pub(crate) [u8; 32]);

impl KeyHash {
    pub(crate) fn of(key: &[u8]) -> Self {
        let digest = ring::digest::digest(&ring::digest::SHA256, key);
        let mut hash = [0; 32];
        hash.copy_from_slice(digest.as_ref());
        Self(hash)
    }

    /// Reads 64 hexadecimal digits; an error is a phrase that does not repeat them, for a key
    /// may have been put here by mistake.
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        let wrong = || {
            "must be the 64 hexadecimal digits that `gateway hash-key` prints for a key".to_owned()
        };
        if text.len() != 64 || !text.is_ascii() {
            return Err(wrong());
        }
        let mut hash = [0; 32];
        for (byte, digits) in hash.iter_mut().zip(text.as_bytes().chunks(2)) {
            let digits = std::str::from_utf8(digits).map_err(|_| wrong())?;
            if digits.starts_with('+') {
                return Err(wrong());
            }
            *byte = u8::from_str_radix(digits, 16).map_err(|_| wrong())?;
        }
        Ok(Self(hash))
    }
}

impl fmt::Display for KeyHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for KeyHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("***")
    }
}

/// A model's name, or the beginning of one before a `*`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum ModelPattern {
    Exactly(String),
    BeginsWith(String),
}

impl ModelPattern {
    pub(crate) fn new(text: &str) -> Self {
        match text.strip_suffix('*') {
            Some(beginning) => Self::BeginsWith(beginning.to_owned()),
            None => Self::Exactly(text.to_owned()),
        }
    }

    pub(crate) fn matches(&self, model: &str) -> bool {
        match self {
            Self::Exactly(name) => name == model,
            Self::BeginsWith(beginning) => model.starts_with(beginning),
        }
    }

    /// Whether every model of a provider is meant.
    pub(crate) fn covers_provider(&self, provider: &str) -> bool {
        match self {
            Self::Exactly(_) => false,
            Self::BeginsWith(beginning) => {
                beginning.is_empty() || beginning.strip_suffix('/') == Some(provider)
            }
        }
    }
}

impl fmt::Display for ModelPattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Exactly(name) => f.write_str(name),
            Self::BeginsWith(beginning) => write!(f, "{beginning}*"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hashes_as_every_tool_does() {
        let hash = KeyHash::of(b"abc");
        let text = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
        assert_eq!(hash.to_string(), text);
        assert_eq!(KeyHash::parse(text), Ok(hash));
        assert_eq!(KeyHash::parse(&text.to_uppercase()), Ok(hash));
    }

    #[test]
    fn what_is_no_hash_is_not_repeated() {
        for text in ["", "sk-hidden", &"+1".repeat(32), &"é".repeat(32)] {
            let error = KeyHash::parse(text).unwrap_err();
            assert!(!error.contains("hidden"), "{error}");
        }
    }

    #[test]
    fn patterns_match_names() {
        let pattern = ModelPattern::new("openai/*");
        assert!(pattern.matches("openai/gpt"));
        assert!(!pattern.matches("openai2/gpt"));
        assert!(pattern.covers_provider("openai"));
        assert!(!pattern.covers_provider("open"));
        assert!(!ModelPattern::new("openai/gpt*").covers_provider("openai"));
        assert!(ModelPattern::new("*").covers_provider("openai"));
        assert!(ModelPattern::new("fast").matches("fast"));
        assert!(!ModelPattern::new("fast").matches("faster"));
    }
}
