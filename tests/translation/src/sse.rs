//! Streams of server-sent events.

use crate::json::Json;

/// One event: its name, where it has one, and its data.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Event {
    /// What stands behind `event:`.
    pub name: Option<String>,
    /// What stands behind `data:`, a word that is no JSON being a text.
    pub data: Json,
}

impl std::fmt::Display for Event {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let name = self.name.as_deref().unwrap_or("-");
        write!(f, "{name} {}", self.data)
    }
}

/// Whether `text` is a stream and not a whole answer.
pub fn is_stream(text: &str) -> bool {
    ["data:", "event:", ":"]
        .iter()
        .any(|start| text.trim_start().starts_with(start))
}

/// The bytes of each event, cut after its blank line.
pub fn pieces(text: &str) -> Vec<String> {
    let text = text.trim();
    text.split("\n\n")
        .map(|event| format!("{}\n\n", event.trim()))
        .collect()
}

/// The events of a stream. What is none, a comment beside others, fails.
pub fn events(text: &str) -> Vec<Event> {
    let event = |text: &str| {
        let mut event = Event {
            name: None,
            data: Json::Word("null".to_owned()),
        };
        for line in text.lines() {
            match line.split_once(": ") {
                Some(("event", name)) => event.name = Some(name.to_owned()),
                Some(("data", data)) => {
                    event.data = Json::read(data).unwrap_or_else(|_| Json::Text(data.to_owned()));
                }
                _ => panic!("no line of an event: {line:?}"),
            }
        }
        event
    };
    text.split("\n\n")
        .map(str::trim)
        .filter(|text| !text.is_empty())
        .map(event)
        .collect()
}
