//! Pieces shared by the three dialects' readers: borrowing text and lists.

use std::borrow::Cow;
use std::fmt;
use std::marker::PhantomData;

use serde::Deserialize;
use serde::de::{Deserializer, IgnoredAny, SeqAccess, Visitor};

/// A JSON string, borrowed from the input where it holds no escape.
#[derive(Debug, Deserialize)]
pub(super) struct Text<'a>(#[serde(borrow)] pub(super) Cow<'a, str>);

impl Text<'_> {
    pub(super) fn is(&self, other: &str) -> bool {
        self.0 == other
    }
}

/// The text of an optional field, empty where it is absent or null.
pub(super) fn or_empty(text: Option<Text<'_>>) -> Cow<'_, str> {
    text.map_or(Cow::Borrowed(""), |text| text.0)
}

/// A list of which only the first element matters; reading it allocates
/// nothing.
#[derive(Debug)]
pub(super) struct First<T>(pub(super) Option<T>);

impl<'de, T: Deserialize<'de>> Deserialize<'de> for First<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct FirstVisitor<T>(PhantomData<T>);

        impl<'de, T: Deserialize<'de>> Visitor<'de> for FirstVisitor<T> {
            type Value = First<T>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a list")
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Self::Value, A::Error> {
                let first = list.next_element()?;
                if first.is_some() {
                    while list.next_element::<IgnoredAny>()?.is_some() {}
                }
                Ok(First(first))
            }
        }

        deserializer.deserialize_seq(FirstVisitor(PhantomData))
    }
}

/// Something in a list that may hold a part of the answer's text.
pub(super) trait HasText<'a> {
    /// Its part of the text, empty where it is of another kind.
    fn text(self) -> Cow<'a, str>;
}

/// The texts of a list's elements, one after the other; borrowed where only
/// one has any, as is usual.
#[derive(Debug)]
pub(super) struct Joined<'a, T>(pub(super) Cow<'a, str>, PhantomData<T>);

impl<'de: 'a, 'a, T: Deserialize<'de> + HasText<'a>> Deserialize<'de> for Joined<'a, T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct JoinedVisitor<'a, T>(PhantomData<(&'a (), T)>);

        impl<'de, 'a, T: Deserialize<'de> + HasText<'a>> Visitor<'de> for JoinedVisitor<'a, T> {
            type Value = Joined<'a, T>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a list")
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Self::Value, A::Error> {
                let mut all = Cow::Borrowed("");
                while let Some(element) = list.next_element::<T>()? {
                    let text = element.text();
                    if all.is_empty() {
                        all = text;
                    } else if !text.is_empty() {
                        all.to_mut().push_str(&text);
                    }
                }
                Ok(Joined(all, PhantomData))
            }
        }

        deserializer.deserialize_seq(JoinedVisitor(PhantomData))
    }
}

/// Why a body or an event does not have its dialect's shape.
#[derive(Debug)]
pub(super) struct BadShape {
    pub(super) reason: String,
    /// The JSON was right as far as it went, but ended too early.
    pub(super) at_end: bool,
}

impl BadShape {
    pub(super) fn new(reason: impl Into<String>) -> Self {
        Self {
            reason: reason.into(),
            at_end: false,
        }
    }
}

/// Reads `bytes` as JSON, saying what was read when they are not.
pub(super) fn read<'a, T: Deserialize<'a>>(bytes: &'a [u8]) -> Result<T, BadShape> {
    serde_json::from_slice(bytes).map_err(|error| {
        let begin = String::from_utf8_lossy(&bytes[..bytes.len().min(200)]);
        BadShape {
            reason: format!("{error}: {begin}"),
            at_end: error.is_eof(),
        }
    })
}

/// The shape a reader asks for, as an error when it is not there.
pub(super) fn require(holds: bool, what: &str) -> Result<(), BadShape> {
    if holds {
        Ok(())
    } else {
        Err(BadShape::new(what))
    }
}
