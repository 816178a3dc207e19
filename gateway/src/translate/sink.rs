//! From a reader of one dialect to a writer of another.

use super::answer::Stop;
use super::event::{Block, Event};
use super::json::Text;
use super::plan::Plan;
use super::usage::Usage;
use crate::dialect::{Dialect, Fault, chat, messages, responses};

/// Takes a provider's events and writes them for the client.
pub(crate) struct Sink<'s> {
    pub(super) teller: &'s mut Teller,
    pub(super) plan: &'s Plan,
    pub(super) out: &'s mut Vec<u8>,
}

impl Sink<'_> {
    /// Tells one event.
    pub(crate) fn send(&mut self, event: Event<'_>) {
        self.teller.event(event, self.plan, self.out);
    }
}

/// What is kept of a stream between its events, on the client's side.
pub(super) struct Teller {
    encoder: Encoder,
    usage: Usage,
    ended: bool,
    failed: bool,
    /// A piece of text, thought or a call was told.
    generated: bool,
    /// The open block is the answer by a schema, which came as a call (wire row 25).
    in_schema_call: bool,
    /// Other functions were called.
    called: bool,
    /// The open block is a call, without arguments so far.
    bare_call: bool,
    /// A call without arguments has ended, and is told once it is known that it was not cut
    /// off (wire rows 31 and 34).
    held_close: bool,
}

enum Encoder {
    Chat(chat::stream_out::Encoder),
    Responses(Box<responses::stream_out::Encoder>),
    Messages(messages::stream_out::Encoder),
}

impl Teller {
    pub(super) fn new(client: Dialect) -> Self {
        Self {
            encoder: match client {
                Dialect::Chat => Encoder::Chat(Default::default()),
                Dialect::Responses => Encoder::Responses(Default::default()),
                Dialect::Messages => Encoder::Messages(Default::default()),
            },
            usage: Usage::default(),
            ended: false,
            failed: false,
            generated: false,
            in_schema_call: false,
            called: false,
            bare_call: false,
            held_close: false,
        }
    }

    pub(super) fn ended(&self) -> bool {
        self.ended
    }

    pub(super) fn failed(&self) -> bool {
        self.failed
    }

    pub(super) fn generated(&self) -> bool {
        self.generated
    }

    pub(super) fn usage(&self) -> Usage {
        self.usage
    }

    /// Ends the stream with an error.
    pub(super) fn fail(&mut self, fault: &Fault, plan: &Plan, out: &mut Vec<u8>) {
        (self.ended, self.failed) = (true, true);
        match &mut self.encoder {
            Encoder::Chat(encoder) => encoder.fail(fault, out),
            Encoder::Responses(encoder) => encoder.fail(fault, plan, out),
            Encoder::Messages(encoder) => encoder.fail(fault, plan, out),
        }
    }

    fn event(&mut self, event: Event<'_>, plan: &Plan, out: &mut Vec<u8>) {
        if self.ended {
            return;
        }
        // Usage says nothing about how the call ended.
        if !matches!(event, Event::Usage(_)) && std::mem::take(&mut self.held_close) {
            if !matches!(event, Event::Stop(Stop::Length)) {
                self.tell(Event::Delta(Text::escaped_already("{}")), plan, out);
            }
            self.tell(Event::Close, plan, out);
        }
        let event = match event {
            Event::Open(Block::Call { name, .. })
                if plan
                    .schema_tool
                    .as_deref()
                    .is_some_and(|tool| name.is(tool)) =>
            {
                self.in_schema_call = true;
                Event::Open(Block::Text)
            }
            Event::Open(block @ Block::Call { .. }) => {
                self.called = true;
                self.generated = true;
                self.bare_call = true;
                Event::Open(block)
            }
            Event::Delta(text) => {
                self.generated = true;
                self.bare_call = false;
                Event::Delta(text)
            }
            Event::Close => {
                self.in_schema_call = false;
                // Messages has no such piece.
                if std::mem::take(&mut self.bare_call) && plan.client != Dialect::Messages {
                    self.held_close = true;
                    return;
                }
                Event::Close
            }
            Event::Stop(Stop::Calls) if plan.schema_tool.is_some() && !self.called => {
                Event::Stop(Stop::End)
            }
            Event::Usage(usage) => {
                self.usage.update(usage);
                Event::Usage(usage)
            }
            event => event,
        };
        self.ended |= matches!(event, Event::End);
        self.tell(event, plan, out);
    }

    fn tell(&mut self, event: Event<'_>, plan: &Plan, out: &mut Vec<u8>) {
        match &mut self.encoder {
            Encoder::Chat(encoder) => encoder.event(event, plan, out),
            Encoder::Responses(encoder) => encoder.event(event, plan, out),
            Encoder::Messages(encoder) => encoder.event(event, plan, out),
        }
    }
}
