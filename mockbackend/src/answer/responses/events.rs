//! The events of a stream.

use workload::Preset;

use super::super::event::Event;
use super::super::object::{Fields, Json, fields};
use super::super::usage::Usage;
use super::response::{Status, response};

/// The events of one stream, numbered as they are added.
pub(super) struct Events {
    usage: Usage,
    preset: Preset,
    events: Vec<Event>,
}

impl Events {
    /// A stream that has told of its response.
    pub(super) fn begin(usage: Usage, preset: Preset) -> Self {
        let mut begun = Self {
            usage,
            preset,
            events: Vec::new(),
        };
        let response = fields! { "response": response(Status::InProgress, &[], usage, preset) };
        begun.push("response.created", &response);
        if preset == Preset::Stamped {
            begun.push("response.in_progress", &response);
        }
        begun
    }

    /// An event, its `type` before the fields and its number behind them.
    pub(super) fn push(&mut self, kind: &'static str, fields: &Fields) {
        let mut data = fields! { "type": kind };
        data.extend(fields);
        data.push("sequence_number", &self.events.len());
        self.events.push(Event::named(kind, data.close()));
    }

    /// The output's one item has begun.
    pub(super) fn item_added(&mut self, item: &Json) {
        let fields = fields! { "output_index": 0, "item": item };
        self.push("response.output_item.added", &fields);
    }

    /// The output's one item is complete.
    pub(super) fn item_done(&mut self, item: &Json) {
        let fields = fields! { "output_index": 0, "item": item };
        self.push("response.output_item.done", &fields);
    }

    /// The end: the whole response once more.
    pub(super) fn complete(mut self, item: Json) -> Vec<Event> {
        let response = response(Status::Completed, &[item], self.usage, self.preset);
        self.push("response.completed", &fields! { "response": response });
        self.events
    }
}
