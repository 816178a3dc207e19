//! The chunks of a stream.

use workload::Preset;

use super::super::event::Event;
use super::super::identity::{CHAT_ID, CREATED, FINGERPRINT, MODEL};
use super::super::object::{EMPTY, Fields, Json, NULL, fields, object};
use super::super::usage::Usage;
use super::usage;

/// The chunks of one stream, one after the other.
///
/// With `include_usage` each chunk says `"usage":null`, and one without a
/// choice gives the usage before the end.
pub(super) struct Chunks {
    preset: Preset,
    include_usage: bool,
    events: Vec<Event>,
}

impl Chunks {
    pub(super) fn new(preset: Preset, include_usage: bool) -> Self {
        Self {
            preset,
            include_usage: include_usage && preset == Preset::Stamped,
            events: Vec::new(),
        }
    }

    /// A chunk with this delta.
    pub(super) fn delta(&mut self, delta: Json) {
        let chunk = Box::<str>::from(self.chunk(delta, None).close());
        let event = Event::unnamed(chunk);
        // The first only says whose the message is.
        self.events.push(if self.events.is_empty() {
            event
        } else {
            event.generated()
        });
    }

    /// The chunk that says why the stream ends, the usage, and the end.
    pub(super) fn finish(mut self, reason: &str, cost: Usage) -> Vec<Event> {
        let mut last = self.chunk(object! {}, Some(reason));
        if self.preset == Preset::Published202606 {
            last.push("usage", &usage(cost, self.preset));
        }
        self.push(last);
        if self.include_usage {
            let mut chunk = self.opening();
            chunk.extend(&fields! { "choices": EMPTY, "usage": usage(cost, self.preset) });
            self.push(chunk);
        }
        self.events.push(Event::unnamed("[DONE]"));
        self.events
    }

    fn opening(&self) -> Fields {
        let mut chunk = fields! {
            "id": CHAT_ID,
            "object": "chat.completion.chunk",
            "created": CREATED,
            "model": MODEL,
        };
        if self.preset == Preset::Stamped {
            chunk.extend(&fields! {
                "service_tier": "default",
                "system_fingerprint": FINGERPRINT,
            });
        }
        chunk
    }

    fn chunk(&self, delta: Json, finish_reason: Option<&str>) -> Fields {
        let mut chunk = self.opening();
        chunk.push(
            "choices",
            &[object! {
                "index": 0,
                "delta": delta,
                "logprobs": NULL,
                "finish_reason": finish_reason,
            }],
        );
        if self.include_usage {
            chunk.push("usage", &NULL);
        }
        chunk
    }

    fn push(&mut self, chunk: Fields) {
        let data = Box::<str>::from(chunk.close());
        self.events.push(Event::unnamed(data));
    }
}
