//! JSON as it is meant: texts decoded, members in any order, numbers as they are spelled.

use std::fmt;
use std::time::{SystemTime, UNIX_EPOCH};

use serde::de::{Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;

/// A JSON value. `1.50` and `1.5` are not the same, nor is one of two members of the same name
/// lost.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Json {
    /// `null`, `true` or `false`.
    Word(String),
    /// A number's digits.
    Number(String),
    /// A decoded text.
    Text(String),
    /// Elements in their order.
    Array(Vec<Json>),
    /// Members by name; those of the same name in their order.
    Object(Vec<(String, Json)>),
}

/// What a value stands for that follows from a test's run.
#[derive(Clone, Copy, Debug)]
pub struct Run {
    /// When its request was sent, in seconds since 1970.
    pub begun: u64,
    /// The bytes of the client's body.
    pub body_bytes: usize,
}

impl Json {
    /// Reads `text`.
    ///
    /// # Errors
    /// When it is no JSON.
    pub fn read(text: &str) -> Result<Self, serde_json::Error> {
        let raw: &RawValue = serde_json::from_str(text)?;
        Self::of(raw.get())
    }

    fn of(text: &str) -> Result<Self, serde_json::Error> {
        Ok(match text.as_bytes().first() {
            Some(b'"') => Self::Text(serde_json::from_str(text)?),
            Some(b'[') => {
                let elements: Vec<&RawValue> = serde_json::from_str(text)?;
                let elements = elements.into_iter().map(|raw| Self::of(raw.get()));
                Self::Array(elements.collect::<Result<_, _>>()?)
            }
            Some(b'{') => {
                let Members(members) = serde_json::from_str(text)?;
                let members = members
                    .into_iter()
                    .map(|(name, raw)| Ok((name, Self::of(raw.get())?)));
                let mut members: Vec<_> = members.collect::<Result<_, serde_json::Error>>()?;
                members.sort_by(|(one, _), (other, _)| one.cmp(other));
                Self::Object(members)
            }
            Some(b't' | b'f' | b'n') => Self::Word(text.to_owned()),
            _ => Self::Number(text.to_owned()),
        })
    }

    /// The value of a member.
    pub fn get(&self, name: &str) -> Option<&Self> {
        let Self::Object(members) = self else {
            return None;
        };
        let found = members.iter().find(|(other, _)| other == name);
        found.map(|(_, value)| value)
    }

    /// The text, if it is one.
    pub fn text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            _ => None,
        }
    }

    /// The same object, with the members of `other` in place of its own of those names.
    pub fn with(self, other: Self) -> Self {
        let (Self::Object(mut members), Self::Object(others)) = (self, other) else {
            panic!("only objects have members");
        };
        members.retain(|(name, _)| !others.iter().any(|(other, _)| other == name));
        members.extend(others);
        members.sort_by(|(one, _), (other, _)| one.cmp(other));
        Self::Object(members)
    }

    /// Every object in it with the members of `other` in place of its own, where it says that it
    /// is a `kind`.
    pub fn with_in(self, kind: &str, other: &Self) -> Self {
        let inside = |value: Self| value.with_in(kind, other);
        match self {
            Self::Array(elements) => Self::Array(elements.into_iter().map(inside).collect()),
            Self::Object(members) => {
                let members = members
                    .into_iter()
                    .map(|(name, value)| (name, inside(value)));
                let object = Self::Object(members.collect());
                if object.get("object").and_then(Self::text) == Some(kind) {
                    object.with(other.clone())
                } else {
                    object
                }
            }
            value => value,
        }
    }

    /// Whether `got` is what this expects. The text `$now` stands for the seconds of the run,
    /// `$estimate` for a quarter of the request's bytes.
    pub fn expects(&self, got: &Self, run: Run) -> bool {
        match (self, got) {
            (Self::Text(word), Self::Number(number)) if word == "$now" => number
                .parse::<u64>()
                .is_ok_and(|told| (run.begun..=now()).contains(&told)),
            (Self::Text(word), Self::Number(number)) if word == "$estimate" => {
                number.parse() == Ok(run.body_bytes / 4)
            }
            (Self::Array(ours), Self::Array(theirs)) => {
                ours.len() == theirs.len()
                    && ours
                        .iter()
                        .zip(theirs)
                        .all(|(our, their)| our.expects(their, run))
            }
            (Self::Object(ours), Self::Object(theirs)) => {
                ours.len() == theirs.len()
                    && ours
                        .iter()
                        .zip(theirs)
                        .all(|(our, their)| our.0 == their.0 && our.1.expects(&their.1, run))
            }
            (ours, theirs) => ours == theirs,
        }
    }

    /// Where `got` is not what this expects, a line a place.
    pub fn differences(&self, got: &Self, run: Run) -> Vec<String> {
        let mut found = Vec::new();
        self.differ(got, run, "", &mut found);
        found
    }

    fn differ(&self, got: &Self, run: Run, at: &str, found: &mut Vec<String>) {
        match (self, got) {
            _ if self.expects(got, run) => {}
            (Self::Array(ours), Self::Array(theirs)) if ours.len() == theirs.len() => {
                for (index, (our, their)) in ours.iter().zip(theirs).enumerate() {
                    our.differ(their, run, &format!("{at}[{index}]"), found);
                }
            }
            (Self::Object(ours), Self::Object(theirs))
                if ours.len() == theirs.len()
                    && ours.iter().zip(theirs).all(|(our, their)| our.0 == their.0) =>
            {
                for ((name, our), (_, their)) in ours.iter().zip(theirs) {
                    our.differ(their, run, &format!("{at}.{name}"), found);
                }
            }
            _ => found.push(format!("{at}\n  expected {self}\n  got      {got}")),
        }
    }
}

/// Seconds since 1970.
pub fn now() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    since.expect("a clock after 1970").as_secs()
}

impl fmt::Display for Json {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let quoted = |text: &str| serde_json::to_string(text).unwrap_or_default();
        match self {
            Self::Word(text) | Self::Number(text) => f.write_str(text),
            Self::Text(text) => f.write_str(&quoted(text)),
            Self::Array(elements) => {
                f.write_str("[")?;
                for (index, element) in elements.iter().enumerate() {
                    let comma = if index > 0 { "," } else { "" };
                    write!(f, "{comma}{element}")?;
                }
                f.write_str("]")
            }
            Self::Object(members) => {
                f.write_str("{")?;
                for (index, (name, value)) in members.iter().enumerate() {
                    let comma = if index > 0 { "," } else { "" };
                    write!(f, "{comma}{}:{value}", quoted(name))?;
                }
                f.write_str("}")
            }
        }
    }
}

/// An object's members as they come, all of them.
struct Members<'a>(Vec<(String, &'a RawValue)>);

impl<'de: 'a, 'a> Deserialize<'de> for Members<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Read;
        impl<'de> Visitor<'de> for Read {
            type Value = Vec<(String, &'de RawValue)>;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut members = Vec::new();
                while let Some(member) = map.next_entry()? {
                    members.push(member);
                }
                Ok(members)
            }

            fn visit_seq<A: SeqAccess<'de>>(self, _: A) -> Result<Self::Value, A::Error> {
                Ok(Vec::new())
            }
        }
        deserializer.deserialize_map(Read).map(Members)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const RUN: Run = Run {
        begun: 0,
        body_bytes: 40,
    };

    fn same(one: &str, other: &str) -> bool {
        let [one, other] = [one, other].map(|text| Json::read(text).unwrap());
        let same = one.expects(&other, RUN);
        assert_eq!(one.differences(&other, RUN).is_empty(), same);
        same
    }

    #[test]
    fn texts_are_decoded_and_numbers_are_not() {
        assert!(same(
            r#"{"a":"\u00e9","b":[1.50]}"#,
            r#"{ "b": [1.50], "a": "é" }"#
        ));
        for (one, other) in [
            ("1.50", "1.5"),
            ("1e2", "100"),
            ("12345678901234567890123", "12345678901234567890124"),
            (r#"{"a":1,"a":2}"#, r#"{"a":2}"#),
            (r#"{"a":null}"#, "{}"),
            ("[1,2]", "[2,1]"),
            ("\"1\"", "1"),
        ] {
            assert!(!same(one, other), "{one} {other}");
        }
        assert!(Json::read("{").is_err() && Json::read("[1,]").is_err());
    }

    #[test]
    fn what_follows_from_the_run() {
        assert!(same("\"$estimate\"", "10") && !same("\"$estimate\"", "11"));
        assert!(same("\"$now\"", &now().to_string()) && !same("\"$now\"", "99999999999"));
    }

    #[test]
    fn differences_say_where() {
        let [one, other] =
            [r#"{"a":[1,{"b":2}]}"#, r#"{"a":[1,{"b":3}]}"#].map(|text| Json::read(text).unwrap());
        assert_eq!(
            one.differences(&other, RUN),
            [".a[1].b\n  expected 2\n  got      3"]
        );
    }

    #[test]
    fn members_are_put_in_place_of_others() {
        let json = Json::read(r#"{"x":{"object":"response","a":1,"b":2}}"#).unwrap();
        let with = json.with_in("response", &Json::read(r#"{"b":3,"c":4}"#).unwrap());
        assert_eq!(
            with.to_string(),
            r#"{"x":{"a":1,"b":3,"c":4,"object":"response"}}"#
        );
    }
}
