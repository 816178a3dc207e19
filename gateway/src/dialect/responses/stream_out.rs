//! Writes a Responses stream.

use super::response_out::{self, Response};
use super::{error, output_item};
use crate::dialect::Fault;
use crate::translate::json::{Text, Writer};
use crate::translate::{Block, Event, Origin, Plan, Signature, Stop, Usage, ids};

/// What has been told of a stream.
#[derive(Default)]
pub(crate) struct Encoder {
    started: bool,
    sequence: u64,
    id: Text<'static>,
    model: Text<'static>,
    created: u64,
    item: Option<Item>,
    /// How many items were begun.
    items: usize,
    /// The finished items, with commas between; the last event repeats them (wire row 52).
    output: Vec<u8>,
    refusal_said: bool,
    stop: Option<Stop<'static>>,
    usage: Usage,
}

/// The open item.
struct Item {
    kind: Kind,
    id: String,
    index: u64,
    /// It was told of.
    begun: bool,
    /// All of its text so far, escaped.
    text: String,
    proof: Option<Text<'static>>,
}

enum Kind {
    Text,
    Refusal,
    Thinking,
    Call {
        call_id: Text<'static>,
        name: Text<'static>,
    },
}

impl Encoder {
    /// Tells one event.
    pub(crate) fn event(&mut self, event: Event<'_>, plan: &Plan, out: &mut Vec<u8>) {
        match event {
            Event::Delta(text) => self.delta(&text, out),
            Event::Start { id, model, created } => {
                self.id = ids::prefixed("resp_", &id, plan).into_owned();
                self.model = ids::model(&model, plan).into_owned();
                self.created = created.unwrap_or(plan.moment.unix_seconds);
                self.started = true;
                self.whole("response.created", None, plan, out);
                self.whole("response.in_progress", None, plan, out);
            }
            Event::Open(block) => self.open(block, out),
            Event::Signature(signature) => self.signature(&signature, out),
            Event::Close => self.close("completed", out),
            Event::Usage(usage) => self.usage.update(usage),
            Event::Stop(stop) => self.stop = Some(stop.into_owned()),
            Event::End => {
                let stop = self.stop.take().unwrap_or_default();
                let name = match response_out::status(&stop, self.refusal_said) {
                    ("completed", _) => "response.completed",
                    _ => "response.incomplete",
                };
                self.whole(name, Some(&stop), plan, out);
            }
        }
    }

    /// Ends the stream with an error and a failed response, numbered on.
    pub(crate) fn fail(&mut self, fault: &Fault, plan: &Plan, out: &mut Vec<u8>) {
        let mut response = Vec::new();
        if self.started {
            self.response(None, plan, &mut Writer::new(&mut response));
        }
        let response = self.started.then_some(response.as_slice());
        out.extend_from_slice(&error::last_events(fault, response, self.sequence));
    }

    fn response(&self, stop: Option<&Stop<'_>>, plan: &Plan, w: &mut Writer<'_>) {
        let response = Response {
            id: &self.id,
            created: self.created,
            model: &self.model,
            stop,
            refusal_said: self.refusal_said,
            output: &self.output,
            usage: stop.map(|_| &self.usage),
        };
        response_out::write(&response, plan, w);
    }

    /// An event that shows the whole response.
    fn whole(&mut self, name: &str, stop: Option<&Stop<'_>>, plan: &Plan, out: &mut Vec<u8>) {
        begin(name, out);
        let mut w = Writer::new(out);
        self.response(stop, plan, w.key("response"));
        self.end(out);
    }

    /// The event's number, from 0, and its end (wire row 53).
    fn end(&mut self, out: &mut Vec<u8>) {
        Writer::new(out)
            .key("sequence_number")
            .number(self.sequence);
        out.extend_from_slice(b"}\n\n");
        self.sequence += 1;
    }

    fn open(&mut self, block: Block<'_>, out: &mut Vec<u8>) {
        let kind = match block {
            Block::Text => Kind::Text,
            Block::Refusal => {
                self.refusal_said = true;
                Kind::Refusal
            }
            Block::Thinking => Kind::Thinking,
            Block::Call {
                id,
                name,
                signature,
            } => {
                if let Some(value) = signature {
                    self.open(Block::Thinking, out);
                    self.signature(&Signature::new(Origin::Gemini, value), out);
                    self.close("completed", out);
                }
                Kind::Call {
                    call_id: id.into_owned(),
                    name: name.into_owned(),
                }
            }
        };
        let at_once = matches!(kind, Kind::Call { .. });
        self.item = Some(Item {
            kind,
            id: String::new(),
            index: 0,
            begun: false,
            text: String::new(),
            proof: None,
        });
        if at_once {
            self.begin_item(out);
        }
    }

    /// Tells of the open item, with its first piece or its proof.
    fn begin_item(&mut self, out: &mut Vec<u8>) {
        let Some(mut item) = self.item.take_if(|item| !item.begun) else {
            return;
        };
        let prefix = match item.kind {
            Kind::Text | Kind::Refusal => "msg_",
            Kind::Thinking => "rs_",
            Kind::Call { .. } => "fc_",
        };
        item.begun = true;
        item.id = ids::item(prefix, self.id.escaped(), self.items);
        item.index = self.items as u64;
        self.items += 1;
        begin("response.output_item.added", out);
        let mut w = Writer::new(out);
        w.key("output_index").number(item.index);
        w.key("item");
        match &item.kind {
            Kind::Text | Kind::Refusal => w.object(|w| {
                w.key("id").string(&item.id);
                w.key("type").string("message");
                w.key("status").string("in_progress");
                w.key("role").string("assistant");
                w.key("content").array(|_| {});
            }),
            Kind::Thinking => output_item::reasoning(&item.id, &Text::default(), None, &mut w),
            Kind::Call { call_id, name } => {
                let nothing = |w: &mut Writer<'_>| w.string("");
                output_item::call(&item.id, call_id, name, "in_progress", nothing, &mut w);
            }
        }
        self.end(out);
        if let Kind::Text | Kind::Refusal = item.kind {
            let refusal = matches!(item.kind, Kind::Refusal);
            place("response.content_part.added", &item, out);
            let mut w = Writer::new(out);
            output_item::content_part(refusal, &Text::default(), w.key("part"));
            self.end(out);
        }
        self.item = Some(item);
    }

    fn delta(&mut self, text: &Text<'_>, out: &mut Vec<u8>) {
        self.begin_item(out);
        let Some(mut item) = self.item.take() else {
            return;
        };
        let name = match item.kind {
            Kind::Text => "response.output_text.delta",
            Kind::Refusal => "response.refusal.delta",
            Kind::Thinking => {
                if item.text.is_empty() {
                    place("response.reasoning_summary_part.added", &item, out);
                    summary_part(&Text::default(), out);
                    self.end(out);
                }
                "response.reasoning_summary_text.delta"
            }
            Kind::Call { .. } => "response.function_call_arguments.delta",
        };
        place(name, &item, out);
        let mut w = Writer::new(out);
        w.key("delta").text(text);
        if let Kind::Text = item.kind {
            w.key("logprobs").array(|_| {});
        }
        self.end(out);
        item.text.push_str(text.escaped());
        self.item = Some(item);
    }

    fn signature(&mut self, signature: &Signature<'_>, out: &mut Vec<u8>) {
        self.begin_item(out);
        if let Some(item) = &mut self.item {
            item.proof = Some(signature.packed());
        }
    }

    /// Tells all of the item's text again, in every event that ends it (wire row 52).
    fn close(&mut self, status: &str, out: &mut Vec<u8>) {
        let Some(item) = self.item.take().filter(|item| item.begun) else {
            return;
        };
        let text = Text::escaped_already(item.text.as_str());
        match &item.kind {
            Kind::Text | Kind::Refusal => {
                let refusal = matches!(item.kind, Kind::Refusal);
                let (name, member) = if refusal {
                    ("response.refusal.done", "refusal")
                } else {
                    ("response.output_text.done", "text")
                };
                place(name, &item, out);
                let mut w = Writer::new(out);
                w.key(member).text(&text);
                if !refusal {
                    w.key("logprobs").array(|_| {});
                }
                self.end(out);
                place("response.content_part.done", &item, out);
                let mut w = Writer::new(out);
                output_item::content_part(refusal, &text, w.key("part"));
                self.end(out);
            }
            Kind::Thinking if item.text.is_empty() => {}
            Kind::Thinking => {
                place("response.reasoning_summary_text.done", &item, out);
                Writer::new(out).key("text").text(&text);
                self.end(out);
                place("response.reasoning_summary_part.done", &item, out);
                summary_part(&text, out);
                self.end(out);
            }
            Kind::Call { name, .. } => {
                place("response.function_call_arguments.done", &item, out);
                let mut w = Writer::new(out);
                w.key("name").text(name);
                w.key("arguments").text(&text);
                self.end(out);
            }
        }
        let mut finished = Vec::with_capacity(item.text.len() + 160);
        let mut w = Writer::new(&mut finished);
        match &item.kind {
            Kind::Text => output_item::message(&item.id, false, &text, status, &mut w),
            Kind::Refusal => output_item::message(&item.id, true, &text, status, &mut w),
            Kind::Thinking => {
                output_item::reasoning(&item.id, &text, item.proof.as_ref(), &mut w);
            }
            Kind::Call { call_id, name } => {
                let all = |w: &mut Writer<'_>| w.text(&text);
                output_item::call(&item.id, call_id, name, status, all, &mut w);
            }
        }
        begin("response.output_item.done", out);
        let mut w = Writer::new(out);
        w.key("output_index").number(item.index);
        w.key("item");
        out.extend_from_slice(&finished);
        self.end(out);
        if !self.output.is_empty() {
            self.output.push(b',');
        }
        self.output.append(&mut finished);
    }
}

/// Begins an event: its name twice, as Responses has it. [`Encoder::end`] ends it.
fn begin(name: &str, out: &mut Vec<u8>) {
    out.extend_from_slice(b"event: ");
    out.extend_from_slice(name.as_bytes());
    out.extend_from_slice(b"\ndata: {");
    Writer::new(out).key("type").string(name);
}

/// Begins an event about a place within `item`.
fn place(name: &str, item: &Item, out: &mut Vec<u8>) {
    begin(name, out);
    let mut w = Writer::new(out);
    w.key("item_id").string(&item.id);
    w.key("output_index").number(item.index);
    match item.kind {
        Kind::Text | Kind::Refusal => w.key("content_index").number(0),
        Kind::Thinking => w.key("summary_index").number(0),
        Kind::Call { .. } => {}
    }
}

fn summary_part(text: &Text<'_>, out: &mut Vec<u8>) {
    Writer::new(out).key("part").object(|w| {
        w.key("type").string("summary_text");
        w.key("text").text(text);
    });
}
