//! The six workloads and their names.

use std::fmt;
use std::str::FromStr;

/// A client dialect: one of the three request and answer formats measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Dialect {
    /// OpenAI Chat Completions.
    Chat,
    /// OpenAI Responses.
    Responses,
    /// Anthropic Messages.
    Messages,
}

impl Dialect {
    /// All dialects, in the order in which tables list them.
    pub const ALL: [Self; 3] = [Self::Chat, Self::Responses, Self::Messages];

    /// The path a client of this dialect posts to.
    pub fn path(self) -> &'static str {
        match self {
            Self::Chat => "/v1/chat/completions",
            Self::Responses => "/v1/responses",
            Self::Messages => "/v1/messages",
        }
    }

    /// The dialect's name on the command line and in records.
    pub fn name(self) -> &'static str {
        match self {
            Self::Chat => "chat",
            Self::Responses => "responses",
            Self::Messages => "messages",
        }
    }
}

impl fmt::Display for Dialect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

impl FromStr for Dialect {
    type Err = UnknownWorkload;

    fn from_str(name: &str) -> Result<Self, Self::Err> {
        Self::ALL
            .into_iter()
            .find(|dialect| dialect.name() == name)
            .ok_or_else(|| UnknownWorkload {
                name: name.to_owned(),
                what: "dialect",
                known: Self::ALL.map(Self::name).join(", "),
            })
    }
}

/// One of the six things measured: a dialect, answered whole or as a stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Workload {
    /// The format of the request and the answer.
    pub dialect: Dialect,
    /// Whether the answer comes as server-sent events.
    pub stream: bool,
}

impl Workload {
    /// All six, in the order in which tables list them.
    pub const ALL: [Self; 6] = [
        Self::new(Dialect::Chat, false),
        Self::new(Dialect::Chat, true),
        Self::new(Dialect::Responses, false),
        Self::new(Dialect::Responses, true),
        Self::new(Dialect::Messages, false),
        Self::new(Dialect::Messages, true),
    ];

    /// The workload of a dialect, streamed or whole.
    pub const fn new(dialect: Dialect, stream: bool) -> Self {
        Self { dialect, stream }
    }

    /// `chat`, `chat-stream`, `responses`, `responses-stream`, `messages` or
    /// `messages-stream`.
    pub fn name(self) -> &'static str {
        match (self.dialect, self.stream) {
            (Dialect::Chat, false) => "chat",
            (Dialect::Chat, true) => "chat-stream",
            (Dialect::Responses, false) => "responses",
            (Dialect::Responses, true) => "responses-stream",
            (Dialect::Messages, false) => "messages",
            (Dialect::Messages, true) => "messages-stream",
        }
    }

    /// Reads a comma-separated list of workload names, or `all`.
    ///
    /// A name given twice stands once.
    ///
    /// # Errors
    /// [`UnknownWorkload`] names the first name that is none of the six.
    pub fn parse_list(list: &str) -> Result<Vec<Self>, UnknownWorkload> {
        if list == "all" {
            return Ok(Self::ALL.to_vec());
        }
        let mut workloads = Vec::new();
        for name in list.split(',') {
            let workload = name.trim().parse()?;
            if !workloads.contains(&workload) {
                workloads.push(workload);
            }
        }
        Ok(workloads)
    }
}

impl fmt::Display for Workload {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

impl FromStr for Workload {
    type Err = UnknownWorkload;

    fn from_str(name: &str) -> Result<Self, Self::Err> {
        Self::ALL
            .into_iter()
            .find(|workload| workload.name() == name)
            .ok_or_else(|| UnknownWorkload {
                name: name.to_owned(),
                what: "workload",
                known: Self::ALL.map(Self::name).join(", "),
            })
    }
}

/// A name that is no workload or no dialect.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("unknown {what} `{name}`; known: {known}")]
pub struct UnknownWorkload {
    name: String,
    what: &'static str,
    known: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_read_back() {
        for workload in Workload::ALL {
            assert_eq!(workload.name().parse(), Ok(workload));
        }
        for dialect in Dialect::ALL {
            assert_eq!(dialect.name().parse(), Ok(dialect));
        }
    }

    #[test]
    fn lists() {
        assert_eq!(Workload::parse_list("all"), Ok(Workload::ALL.to_vec()));
        assert_eq!(
            Workload::parse_list("messages, chat,messages"),
            Ok(vec![
                Workload::new(Dialect::Messages, false),
                Workload::new(Dialect::Chat, false)
            ])
        );
        assert_eq!(
            Workload::parse_list("chat,char").unwrap_err().to_string(),
            "unknown workload `char`; known: chat, chat-stream, responses, \
             responses-stream, messages, messages-stream"
        );
    }
}
