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
    /// Where in the latest bytes an event begins to be said whose JSON is not all there.
    torn: Option<usize>,
}

/// How a provider ends a stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum End {
    Well,
    /// With an error of its own.
    Error,
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
            torn: None,
        }
    }

    /// Takes note of whole events.
    pub(crate) fn see(&mut self, bytes: &[u8]) {
        for event in events(bytes) {
            if is_torn(&event) {
                let data = event.data.unwrap_or_default();
                self.torn = Some(data.as_ptr().addr() - bytes.as_ptr().addr());
                return;
            }
            self.notes.see(self.dialect, &event);
            match &mut self.following {
                Following::Chat { ended } => {
                    let end = chat::terminal::end(event);
                    *ended |= end.is_some();
                    self.notes.failed |= end == Some(End::Error);
                }
                Following::Responses(progress) => {
                    progress.see(event);
                    self.notes.failed |= progress.provider_told_error();
                }
                Following::Messages { ended } => {
                    let end = messages::terminal::end(event);
                    *ended |= end.is_some();
                    self.notes.failed |= end == Some(End::Error);
                }
            }
        }
    }

    /// Where in the bytes seen last the data stands of an event that nobody can read.
    pub(crate) fn torn(&self) -> Option<usize> {
        self.torn
    }

    /// Whether the event was seen that ends a stream of this dialect.
    pub(crate) fn ended(&self) -> bool {
        match &self.following {
            Following::Chat { ended } | Following::Messages { ended } => *ended,
            Following::Responses(progress) => progress.ended(),
        }
    }

    /// The events that tell a client of `fault` and end its stream.
    pub(crate) fn last_events(&self, fault: &Fault, request_id: Option<&[u8]>) -> Bytes {
        match &self.following {
            Following::Chat { .. } => chat::error::last_event(fault),
            Following::Responses(progress) => progress.last_events(fault),
            Following::Messages { .. } => messages::error::last_event(fault, request_id),
        }
    }
}

/// Whether an event's data begins as a JSON object and does not end as one. Data on several
/// lines, of which only the first is known here, is not judged.
fn is_torn(event: &Event<'_>) -> bool {
    !event.goes_on
        && event.data.is_some_and(|data| {
            let data = data.trim_ascii();
            data.first() == Some(&b'{') && data.last() != Some(&b'}')
        })
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
