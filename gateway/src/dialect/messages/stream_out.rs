//! Writes a Messages stream.

use super::answer_out::{self, told};
use crate::dialect::{Dialect, Fault};
use crate::translate::json::{Text, Writer};
use crate::translate::{Block, Event, Origin, Plan, Signature, Stop, Usage, ids};

/// What has been told of a stream.
#[derive(Default)]
pub(crate) struct Encoder {
    open: Option<Open>,
    /// The open block was told of.
    begun: bool,
    /// Blocks are numbered without gaps.
    index: u64,
    stop: Option<Stop<'static>>,
    usage: Usage,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Open {
    Text,
    Thinking,
    Call,
}

impl Encoder {
    /// Tells one event.
    pub(crate) fn event(&mut self, event: Event<'_>, plan: &Plan, out: &mut Vec<u8>) {
        match event {
            Event::Delta(text) => self.delta(&text, out),
            Event::Start { id, model, .. } => self.start(&id, &model, plan, out),
            Event::Open(block) => self.open(block, out),
            Event::Signature(signature) => self.signature(&signature, out),
            Event::Close => self.close(out),
            Event::Usage(usage) => self.usage.update(usage),
            // Held until the usage is known (wire row 40).
            Event::Stop(stop) => self.stop = Some(stop.into_owned()),
            Event::End => self.end(out),
        }
    }

    /// Ends the stream with an error; no `message_stop` follows.
    pub(crate) fn fail(&mut self, fault: &Fault, plan: &Plan, out: &mut Vec<u8>) {
        out.extend_from_slice(&Dialect::Messages.error_event(fault, plan.request_id.as_deref()));
    }

    fn start(&mut self, id: &Text<'_>, model: &Text<'_>, plan: &Plan, out: &mut Vec<u8>) {
        let mut usage = self.usage;
        // Chat tells at its end only; until then an estimate stands (wire row 39).
        usage.uncached_input = usage.uncached_input.or(Some(plan.estimated_input));
        event("message_start", out, |w| {
            w.key("message").object(|w| {
                w.key("id").text(&ids::prefixed("msg_", id, plan));
                w.key("type").string("message");
                w.key("role").string("assistant");
                w.key("model").text(&ids::model(model, plan));
                w.key("content").array(|_| {});
                w.key("stop_reason").null();
                w.key("stop_sequence").null();
                w.key("usage").object(|w| answer_out::usage(&usage, 1, w));
            });
        });
    }

    fn open(&mut self, block: Block<'_>, out: &mut Vec<u8>) {
        self.begun = false;
        match block {
            // Told of with their first piece (wire row 42).
            Block::Text | Block::Refusal => self.open = Some(Open::Text),
            Block::Thinking => self.open = Some(Open::Thinking),
            Block::Call {
                id,
                name,
                signature,
            } => {
                if let Some(value) = signature {
                    self.open = Some(Open::Thinking);
                    self.signature(&Signature::new(Origin::Gemini, value), out);
                    self.close(out);
                }
                self.open = Some(Open::Call);
                self.begun = true;
                event("content_block_start", out, |w| {
                    w.key("index").number(self.index);
                    w.key("content_block").object(|w| {
                        w.key("type").string("tool_use");
                        w.key("id").text(&id);
                        w.key("name").text(&name);
                        w.key("input").object(|_| {});
                    });
                });
                // The first piece is empty, and the only one without arguments.
                self.piece("input_json_delta", "partial_json", &Text::default(), out);
            }
        }
    }

    fn begin(&mut self, out: &mut Vec<u8>) {
        if std::mem::replace(&mut self.begun, true) {
            return;
        }
        let block = match self.open {
            Some(Open::Thinking) => r#"{"type":"thinking","thinking":"","signature":""}"#,
            _ => r#"{"type":"text","text":""}"#,
        };
        event("content_block_start", out, |w| {
            w.key("index").number(self.index);
            w.key("content_block").raw(block);
        });
    }

    fn delta(&mut self, text: &Text<'_>, out: &mut Vec<u8>) {
        self.begin(out);
        match self.open {
            Some(Open::Text) => self.piece("text_delta", "text", text, out),
            Some(Open::Thinking) => self.piece("thinking_delta", "thinking", text, out),
            Some(Open::Call) => self.piece("input_json_delta", "partial_json", text, out),
            None => {}
        }
    }

    fn signature(&mut self, signature: &Signature<'_>, out: &mut Vec<u8>) {
        self.begin(out);
        self.piece("signature_delta", "signature", &told(signature), out);
    }

    fn piece(&self, kind: &str, name: &str, text: &Text<'_>, out: &mut Vec<u8>) {
        event("content_block_delta", out, |w| {
            w.key("index").number(self.index);
            w.key("delta").object(|w| {
                w.key("type").string(kind);
                w.key(name).text(text);
            });
        });
    }

    fn close(&mut self, out: &mut Vec<u8>) {
        if self.open.take().is_none() || !std::mem::take(&mut self.begun) {
            return;
        }
        event("content_block_stop", out, |w| {
            w.key("index").number(self.index)
        });
        self.index += 1;
    }

    fn end(&mut self, out: &mut Vec<u8>) {
        let stop = self.stop.take().unwrap_or_default();
        let output = self.usage.output.unwrap_or(0);
        event("message_delta", out, |w| {
            w.key("delta").object(|w| answer_out::stop(&stop, w));
            w.key("usage")
                .object(|w| answer_out::usage(&self.usage, output, w));
        });
        event("message_stop", out, |_| {});
    }
}

/// Writes an event: its name twice, as Messages has it, and what `members` writes.
fn event(name: &str, out: &mut Vec<u8>, members: impl FnOnce(&mut Writer<'_>)) {
    out.extend_from_slice(b"event: ");
    out.extend_from_slice(name.as_bytes());
    out.extend_from_slice(b"\ndata: ");
    Writer::new(out).object(|w| {
        w.key("type").string(name);
        members(w);
    });
    out.extend_from_slice(b"\n\n");
}
