//! One server-sent event.

use super::object::Json;

/// An event before it is framed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Event {
    name: Option<&'static str>,
    data: String,
}

impl Event {
    /// An event with an `event` line.
    pub(super) fn named(name: &'static str, data: Json) -> Self {
        Self {
            name: Some(name),
            data: Box::<str>::from(data).into(),
        }
    }

    /// An event of `data` alone.
    pub(super) fn unnamed(data: impl Into<String>) -> Self {
        Self {
            name: None,
            data: data.into(),
        }
    }

    /// The event as it stands in the stream, its blank line included.
    pub(super) fn text(&self) -> String {
        let data = &self.data;
        match self.name {
            Some(name) => format!("event: {name}\ndata: {data}\n\n"),
            None => format!("data: {data}\n\n"),
        }
    }
}
