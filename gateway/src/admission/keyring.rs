//! The clients' keys, found by their hash.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};
use std::time::Instant;

use super::rate::Rate;
use crate::config::{ClientKey, KeyHash, ModelPattern};
use crate::dialect::Fault;
use crate::http::Headers;

/// Everybody who may use the gateway. Without keys that is everybody.
pub(crate) struct Keyring {
    members: Vec<Member>,
    by_hash: HashMap<KeyHash, usize, BuildHasherDefault<FirstBytes>>,
}

/// Who a key belongs to, and what they may do.
pub(crate) struct Member {
    pub(crate) name: String,
    models: Option<Vec<ModelPattern>>,
    rate: Option<Rate>,
}

impl Keyring {
    pub(crate) fn new(keys: &[ClientKey]) -> Self {
        let begun = Instant::now();
        let member = |key: &ClientKey| Member {
            name: key.name.clone(),
            models: key.models.clone(),
            rate: key
                .requests_per_minute
                .map(|most| Rate::per_minute(most, begun)),
        };
        Self {
            members: keys.iter().map(member).collect(),
            by_hash: keys
                .iter()
                .enumerate()
                .map(|(index, key)| (key.hash, index))
                .collect(),
        }
    }

    /// Whether clients need a key.
    pub(crate) fn is_needed(&self) -> bool {
        !self.members.is_empty()
    }

    /// Who sent a request with these headers: `None` where nobody needs to say.
    ///
    /// A hash is looked up, never a key: how long that takes tells nothing about any key.
    pub(crate) fn identify(&self, headers: &Headers) -> Result<Option<&Member>, Fault> {
        if self.members.is_empty() {
            return Ok(None);
        }
        let shown = shown(headers).ok_or(Fault::KeyMissing)?;
        let index = self
            .by_hash
            .get(&KeyHash::of(shown))
            .ok_or(Fault::KeyUnknown)?;
        Ok(Some(&self.members[*index]))
    }
}

impl Member {
    /// Takes one request off what the key has for the minute that it is at `now`.
    pub(crate) fn take(&self, now: Instant) -> Result<(), Fault> {
        match &self.rate {
            Some(rate) => rate.take(now).map_err(|retry_after| Fault::RateLimited {
                per_minute: rate.per_minute_limit(),
                retry_after,
            }),
            None => Ok(()),
        }
    }

    /// Whether the key may ask for the model that is called by any of `names`.
    pub(crate) fn may_ask(&self, names: &[&str]) -> bool {
        self.models.as_ref().is_none_or(|allowed| {
            allowed
                .iter()
                .any(|pattern| names.iter().any(|name| pattern.matches(name)))
        })
    }

    /// Whether the key may ask for everything that a provider has.
    pub(crate) fn may_ask_all_of(&self, provider: &str) -> bool {
        self.models.as_ref().is_none_or(|allowed| {
            allowed
                .iter()
                .any(|pattern| pattern.covers_provider(provider))
        })
    }
}

/// The key in a request: of Anthropic's `x-api-key` and `authorization: Bearer` the first that
/// is there, as Anthropic does it.
fn shown(headers: &Headers) -> Option<&[u8]> {
    if let Some(key) = headers.get("x-api-key") {
        return Some(key);
    }
    let value = headers.get("authorization")?;
    let (scheme, key) = value.split_at_checked(7)?;
    scheme
        .eq_ignore_ascii_case(b"bearer ")
        .then(|| key.trim_ascii())
}

/// A hash's first bytes are as good a hash.
#[derive(Default)]
struct FirstBytes(u64);

impl Hasher for FirstBytes {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        if let Some(first) = bytes.first_chunk() {
            self.0 = u64::from_le_bytes(*first);
        }
    }

    // How arrays say their length, which is always the same.
    fn write_usize(&mut self, _: usize) {}
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keyring() -> Keyring {
        let key = |name: &str, key: &str, models: Option<&[&str]>| ClientKey {
            name: name.to_owned(),
            hash: KeyHash::of(key.as_bytes()),
            models: models.map(|models| {
                models
                    .iter()
                    .map(|model| ModelPattern::new(model))
                    .collect()
            }),
            requests_per_minute: std::num::NonZeroU32::new(1),
        };
        Keyring::new(&[
            key("a", "sk-a", None),
            key("b", "sk-b", Some(&["fast", "p/*"])),
        ])
    }

    fn identify(fields: &[(&'static str, &'static str)]) -> Result<String, String> {
        match keyring().identify(&Headers::from(fields)) {
            Ok(member) => Ok(member.unwrap().name.clone()),
            Err(fault) => Err(format!("{fault:?}")),
        }
    }

    #[test]
    fn both_ways_of_showing_a_key_work() {
        for fields in [
            &[("authorization", "Bearer sk-a")][..],
            &[("authorization", "bearer  sk-a ")],
            &[("x-api-key", "sk-a")],
            &[("x-api-key", "sk-a"), ("authorization", "Bearer other")],
        ] {
            assert_eq!(identify(fields), Ok("a".to_owned()), "{fields:?}");
        }
        assert_eq!(identify(&[("x-api-key", "sk-b")]), Ok("b".to_owned()));
    }

    #[test]
    fn others_are_not_let_in() {
        for fields in [
            &[][..],
            &[("authorization", "Basic sk-a")],
            &[("authorization", "Beare")],
        ] {
            assert_eq!(identify(fields), Err("KeyMissing".to_owned()), "{fields:?}");
        }
        for fields in [
            &[("authorization", "Bearer sk-c")][..],
            &[("authorization", "Bearer ")],
            &[("x-api-key", "")],
        ] {
            assert_eq!(identify(fields), Err("KeyUnknown".to_owned()), "{fields:?}");
        }
    }

    #[test]
    fn a_key_may_ask_for_its_models() {
        let keyring = keyring();
        let [all, some] = &keyring.members[..] else {
            panic!("two members")
        };
        assert!(all.may_ask(&["x"]) && all.may_ask_all_of("q"));
        assert!(some.may_ask(&["quick", "fast"]) && some.may_ask(&["p/x"]));
        assert!(!some.may_ask(&["slow"]));
        assert!(some.may_ask_all_of("p") && !some.may_ask_all_of("q"));
    }
}
