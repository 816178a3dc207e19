//! Reading JSON member by member, so that none is passed over unseen.

use std::borrow::Cow;
use std::fmt;
use std::marker::PhantomData;

use serde::de::{Deserialize, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;

use super::Text;
use crate::translate::Refused;

/// Calls `each` with every member of the object `raw` whose value is not `null`. A `null` is
/// taken for an absent member everywhere.
pub(crate) fn object<'a>(
    raw: &'a RawValue,
    each: impl FnMut(&str, &'a RawValue) -> Result<(), Refused>,
) -> Result<(), Refused> {
    if !raw.get().starts_with('{') {
        return Err(Refused::wrong_type("an object"));
    }
    let mut members = Members { each, failed: None };
    let mut json = serde_json::Deserializer::from_str(raw.get());
    let read = json.deserialize_map(&mut members);
    end(read, members.failed)
}

/// Calls `each` with every element of the array `raw` and its index.
pub(crate) fn array<'a>(
    raw: &'a RawValue,
    each: impl FnMut(usize, &'a RawValue) -> Result<(), Refused>,
) -> Result<(), Refused> {
    if !raw.get().starts_with('[') {
        return Err(Refused::wrong_type("an array"));
    }
    let mut elements = Elements { each, failed: None };
    let mut json = serde_json::Deserializer::from_str(raw.get());
    let read = json.deserialize_seq(&mut elements);
    end(read, elements.failed)
}

fn end(read: serde_json::Result<()>, failed: Option<Refused>) -> Result<(), Refused> {
    match (failed, read) {
        (Some(refused), _) => Err(refused),
        (None, Err(_)) => Err(Refused::wrong_type("valid JSON")),
        (None, Ok(())) => Ok(()),
    }
}

struct Members<F> {
    each: F,
    failed: Option<Refused>,
}

impl<'de, F> Visitor<'de> for &mut Members<F>
where
    F: FnMut(&str, &'de RawValue) -> Result<(), Refused>,
{
    type Value = ();

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        while let Some(Key(key)) = map.next_key()? {
            let value = map.next_value::<&'de RawValue>()?;
            if value.get() == "null" {
                continue;
            }
            if let Err(refused) = (self.each)(&key, value) {
                self.failed = Some(refused);
                return Err(A::Error::custom("stopped"));
            }
        }
        Ok(())
    }
}

struct Elements<F> {
    each: F,
    failed: Option<Refused>,
}

impl<'de, F> Visitor<'de> for &mut Elements<F>
where
    F: FnMut(usize, &'de RawValue) -> Result<(), Refused>,
{
    type Value = ();

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("an array")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut elements: A) -> Result<(), A::Error> {
        let mut index = 0;
        while let Some(element) = elements.next_element::<&'de RawValue>()? {
            if let Err(refused) = (self.each)(index, element) {
                self.failed = Some(refused);
                return Err(A::Error::custom("stopped"));
            }
            index += 1;
        }
        Ok(())
    }
}

/// The first element of an array, for serde's `deserialize_with`; of an empty one, and of `null`,
/// there is none. No list is made of the others.
pub(crate) fn first<'de, D, T>(deserializer: D) -> Result<Option<T>, D::Error>
where
    D: Deserializer<'de>,
    T: Deserialize<'de>,
{
    struct First<T>(PhantomData<T>);
    impl<'de, T: Deserialize<'de>> Visitor<'de> for First<T> {
        type Value = Option<T>;

        fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
            formatter.write_str("an array or null")
        }

        fn visit_unit<E>(self) -> Result<Option<T>, E> {
            Ok(None)
        }

        fn visit_seq<A: SeqAccess<'de>>(self, mut elements: A) -> Result<Option<T>, A::Error> {
            let first = elements.next_element()?;
            while elements.next_element::<IgnoredAny>()?.is_some() {}
            Ok(first)
        }
    }
    deserializer.deserialize_any(First(PhantomData))
}

struct Key<'a>(Cow<'a, str>);

impl<'de> Deserialize<'de> for Key<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Read;
        impl<'de> Visitor<'de> for Read {
            type Value = Key<'de>;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("a member's name")
            }

            fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Key<'de>, E> {
                Ok(Key(Cow::Borrowed(text)))
            }

            fn visit_str<E>(self, text: &str) -> Result<Key<'de>, E> {
                Ok(Key(Cow::Owned(text.to_owned())))
            }
        }
        deserializer.deserialize_str(Read)
    }
}

/// The string `raw`.
pub(crate) fn text_of(raw: &RawValue) -> Result<Text<'_>, Refused> {
    Text::of(raw).ok_or_else(|| Refused::wrong_type("a string"))
}

/// The boolean `raw`.
pub(crate) fn bool_of(raw: &RawValue) -> Result<bool, Refused> {
    match raw.get() {
        "true" => Ok(true),
        "false" => Ok(false),
        _ => Err(Refused::wrong_type("a boolean")),
    }
}

/// The number `raw`, spelled as it was.
pub(crate) fn number_of(raw: &RawValue) -> Result<&str, Refused> {
    match raw.get().as_bytes().first() {
        Some(b'-' | b'0'..=b'9') => Ok(raw.get()),
        _ => Err(Refused::wrong_type("a number")),
    }
}

/// The `type` member of the object `raw`; empty if it has none.
pub(crate) fn kind_of(raw: &RawValue) -> Result<Text<'_>, Refused> {
    let mut kind = Text::default();
    object(raw, |key, value| {
        if key == "type" {
            kind = text_of(value).map_err(|refused| refused.at("type"))?;
        }
        Ok(())
    })?;
    Ok(kind)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn raw(json: &str) -> &RawValue {
        serde_json::from_str(json).unwrap()
    }

    #[test]
    fn gives_every_member_that_is_not_null() {
        let mut seen = Vec::new();
        object(
            raw(r#"{"a":1.50,"\u0062":null,"\u00e9":"x"}"#),
            |key, value| {
                seen.push(format!("{key}={}", value.get()));
                Ok(())
            },
        )
        .unwrap();
        assert_eq!(seen, ["a=1.50", "é=\"x\""]);
    }

    #[test]
    fn errors_name_the_place() {
        let refused = object(raw(r#"{"a":[1,2]}"#), |_, value| {
            array(value, |index, element| {
                text_of(element)
                    .map(drop)
                    .map_err(|why| why.at_index(index))
            })
            .map_err(|why| why.at("a"))
        })
        .unwrap_err();
        assert_eq!(refused.param, "a[0]");
        assert!(object(raw("[]"), |_, _| Ok(())).is_err());
        assert!(array(raw("{}"), |_, _| Ok(())).is_err());
    }

    #[test]
    fn the_first_of_an_array() {
        let first = |json: &'static str| {
            let mut json = serde_json::Deserializer::from_str(json);
            first::<_, &str>(&mut json).map_err(drop)
        };
        assert_eq!(first(r#"["a",{"b":[1]}]"#), Ok(Some("a")));
        assert_eq!(first("[]"), Ok(None));
        assert_eq!(first("null"), Ok(None));
        assert_eq!(first(r#"{"a":1}"#), Err(()));
    }

    #[test]
    fn kinds() {
        assert!(
            kind_of(raw(r#"{"x":{"type":"b"},"type":"a"}"#))
                .unwrap()
                .is("a")
        );
        assert!(kind_of(raw("{}")).unwrap().is_empty());
        assert!(kind_of(raw(r#"{"type":5}"#)).is_err());
    }
}
