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
    /// The items that are complete.
    output: Vec<Json>,
    events: Vec<Event>,
}

impl Events {
    /// A stream that has told of its response.
    pub(super) fn begin(usage: Usage, preset: Preset) -> Self {
        let mut begun = Self {
            usage,
            preset,
            output: Vec::new(),
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

    /// Where the item that comes next, or is under way, stands in the output.
    pub(super) fn output_index(&self) -> usize {
        self.output.len()
    }

    /// Begins the fields of events about the one part of the item `id`.
    pub(super) fn part_of(&self, id: &'static str) -> impl Fn() -> Fields + use<> {
        let index = self.output_index();
        move || fields! { "item_id": id, "output_index": index, "content_index": 0 }
    }

    /// An item of the output has begun.
    pub(super) fn item_added(&mut self, item: &Json) {
        let fields = fields! { "output_index": self.output_index(), "item": item };
        self.push("response.output_item.added", &fields);
    }

    /// The item under way is complete.
    pub(super) fn item_done(&mut self, item: Json) {
        let fields = fields! { "output_index": self.output_index(), "item": item };
        self.push("response.output_item.done", &fields);
        self.item_is(item);
    }

    /// The item under way is complete, and nothing says so.
    pub(super) fn item_is(&mut self, item: Json) {
        self.output.push(item);
    }

    /// The end: the whole response once more.
    pub(super) fn complete(mut self) -> Vec<Event> {
        let response = response(Status::Completed, &self.output, self.usage, self.preset);
        self.push("response.completed", &fields! { "response": response });
        self.events
    }
}
