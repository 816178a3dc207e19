//! One server-sent event.

use super::object::Json;

/// An event before it is framed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Event {
    name: Option<&'static str>,
    data: String,
    generated: bool,
}

impl Event {
    /// An event with an `event` line.
    pub(super) fn named(name: &'static str, data: Json) -> Self {
        Self {
            name: Some(name),
            data: Box::<str>::from(data).into(),
            generated: name == "content_block_delta" || name.ends_with(".delta"),
        }
    }

    /// An event of `data` alone.
    pub(super) fn unnamed(data: impl Into<String>) -> Self {
        Self {
            name: None,
            data: data.into(),
            generated: false,
        }
    }

    /// The same event, carrying a piece of what the model generates.
    pub(super) fn generated(self) -> Self {
        Self {
            generated: true,
            ..self
        }
    }

    /// Whether it carries a piece of what the model generates.
    pub(super) fn is_generated(&self) -> bool {
        self.generated
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
