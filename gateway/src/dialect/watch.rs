//! Watching a stream go by: has it come to its end, and how is it ended if it breaks?

use bytes::Bytes;

use super::responses::terminal::Progress;
use super::{Dialect, Fault, chat, messages};
use crate::request::json::{self, Kind};
use crate::sse::{Event, events};
use crate::trail::StreamNotes;

/// Follows one stream in its dialect. No I/O.
pub(crate) struct Watch {
    following: Following,
    dialect: Dialect,
    pub(crate) notes: StreamNotes,
}

enum Following {
    Chat { ended: bool },
    Responses(Progress),
    Messages { ended: bool },
}

impl Watch {
    pub(crate) fn new(dialect: Dialect) -> Self {
        let following = match dialect {
            Dialect::Chat => Following::Chat { ended: false },
            Dialect::Responses => Following::Responses(Progress::default()),
            Dialect::Messages => Following::Messages { ended: false },
        };
        Self {
            following,
            dialect,
            notes: StreamNotes::default(),
        }
    }

    /// Takes note of whole events.
    pub(crate) fn see(&mut self, bytes: &[u8]) {
        for event in events(bytes) {
            self.notes.see(self.dialect, &event);
            match &mut self.following {
                Following::Chat { ended } => *ended |= chat::terminal::ends(event),
                Following::Responses(progress) => progress.see(event),
                Following::Messages { ended } => *ended |= messages::terminal::ends(event),
            }
        }
    }

    /// Whether the event was seen that ends a stream of this dialect.
    pub(crate) fn ended(&self) -> bool {
        match &self.following {
            Following::Chat { ended } | Following::Messages { ended } => *ended,
            Following::Responses(progress) => progress.ended(),
        }
    }

    /// The events that tell a client of `fault` and end its stream.
    pub(crate) fn last_events(&self, fault: &Fault) -> Bytes {
        match &self.following {
            Following::Chat { .. } => chat::error::last_event(fault),
            Following::Responses(progress) => progress.last_events(fault),
            Following::Messages { .. } => messages::error::last_event(fault),
        }
    }
}

/// What `event` is: its `event:` field, or for providers that leave that out, the `type` in
/// its data.
pub(super) fn event_type<'a>(event: &Event<'a>) -> Option<&'a [u8]> {
    if let Some(name) = event.name {
        return Some(name);
    }
    let data = event.data?;
    let [kind] = json::top_level(data, ["type"]).ok()?;
    let kind = kind.filter(|kind| kind.kind == Kind::String)?;
    Some(&data[kind.span.start + 1..kind.span.end - 1])
}
