//! From a client's dialect to the dialect that a provider is asked in.

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use workload::{Dialect, Workload};

/// A dialect that a provider is asked in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ProviderDialect {
    /// OpenAI Chat Completions.
    Chat,
    /// OpenAI Responses.
    Responses,
    /// Anthropic Messages.
    Messages,
    /// Gemini's own.
    Gemini,
}

impl ProviderDialect {
    /// All of them, in the order in which tables list them.
    pub const ALL: [Self; 4] = [Self::Chat, Self::Responses, Self::Messages, Self::Gemini];

    /// The name in manifests, records and tables.
    pub fn name(self) -> &'static str {
        match self {
            Self::Chat => "chat",
            Self::Responses => "responses",
            Self::Messages => "messages",
            Self::Gemini => "gemini",
        }
    }
}

impl From<Dialect> for ProviderDialect {
    fn from(dialect: Dialect) -> Self {
        match dialect {
            Dialect::Chat => Self::Chat,
            Dialect::Responses => Self::Responses,
            Dialect::Messages => Self::Messages,
        }
    }
}

impl fmt::Display for ProviderDialect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

impl FromStr for ProviderDialect {
    type Err = String;

    fn from_str(name: &str) -> Result<Self, Self::Err> {
        let mut all = Self::ALL.into_iter();
        all.find(|dialect| dialect.name() == name).ok_or_else(|| {
            let known = Self::ALL.map(Self::name).join(", ");
            format!("unknown dialect `{name}`; known: {known}")
        })
    }
}

/// What a client asks for, and the dialect that the provider is asked in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Route {
    /// The client's side.
    pub workload: Workload,
    /// The provider's side.
    pub provider: ProviderDialect,
}

impl Route {
    /// The route on which nothing is translated.
    pub fn own(workload: Workload) -> Self {
        Self {
            workload,
            provider: workload.dialect.into(),
        }
    }

    /// The routes on which nothing is translated, of every workload.
    pub fn own_routes() -> [Self; 6] {
        Workload::ALL.map(Self::own)
    }

    /// Whether the two sides speak different dialects.
    pub fn is_translated(self) -> bool {
        self.provider != self.workload.dialect.into()
    }
}

/// `messages-stream>chat`, the name in exports.
impl fmt::Display for Route {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}>{}", self.workload.name(), self.provider)
    }
}

/// How many requests the mock received in each dialect.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Received(BTreeMap<ProviderDialect, u64>);

impl Received {
    /// What came since `before`; dialects in which nothing came are left out.
    pub fn since(&self, before: &Self) -> Self {
        let counts = self.0.iter().map(|(dialect, count)| {
            let earlier = before.0.get(dialect).copied().unwrap_or(0);
            (*dialect, count.saturating_sub(earlier))
        });
        Self(counts.filter(|(_, count)| *count > 0).collect())
    }

    /// How many came in a dialect.
    pub fn in_dialect(&self, dialect: ProviderDialect) -> u64 {
        self.0.get(&dialect).copied().unwrap_or(0)
    }

    /// The dialects other than `dialect` in which something came.
    pub fn others(&self, dialect: ProviderDialect) -> Vec<ProviderDialect> {
        let others = self.0.iter();
        let others = others.filter(|(other, count)| **other != dialect && **count > 0);
        others.map(|(other, _)| *other).collect()
    }
}

impl FromIterator<(ProviderDialect, u64)> for Received {
    fn from_iter<I: IntoIterator<Item = (ProviderDialect, u64)>>(counts: I) -> Self {
        Self(counts.into_iter().collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_read_back() {
        for dialect in ProviderDialect::ALL {
            assert_eq!(dialect.name().parse(), Ok(dialect));
        }
        assert!("char".parse::<ProviderDialect>().is_err());
        let route = Route {
            workload: Workload::new(Dialect::Messages, true),
            provider: ProviderDialect::Chat,
        };
        assert_eq!(route.to_string(), "messages-stream>chat");
        assert!(route.is_translated() && !Route::own(route.workload).is_translated());
    }

    #[test]
    fn counts_are_told_apart() {
        let read = |json: &str| serde_json::from_str::<Received>(json).unwrap();
        let before = read(r#"{"chat":3,"responses":0,"messages":2,"gemini":0}"#);
        let after = read(r#"{"chat":8,"responses":0,"messages":3,"gemini":0}"#);
        let since = after.since(&before);
        assert_eq!(since, read(r#"{"chat":5,"messages":1}"#));
        assert_eq!(
            since.others(ProviderDialect::Chat),
            [ProviderDialect::Messages]
        );
        assert_eq!(since.in_dialect(ProviderDialect::Gemini), 0);
    }
}
