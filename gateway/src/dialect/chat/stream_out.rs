//! Writes a Chat stream.

use super::answer_out::{extra_content, finish_reason, usage};
use crate::dialect::{Dialect, Fault};
use crate::translate::json::{Text, Writer};
use crate::translate::{Block, Event, Origin, Plan, Signature, Stop, Usage, ids};

/// What has been told of a stream.
#[derive(Default)]
pub(crate) struct Encoder {
    /// What every chunk begins with, up to the delta.
    head: Vec<u8>,
    open: Option<Open>,
    /// How many calls were begun; they are numbered by themselves (wire row 30).
    calls: u64,
    thoughts: u64,
    /// The open block's thoughts, escaped, until their proof comes.
    thought: String,
    /// Proven thoughts in a row, as JSON, until something else comes.
    proven: Vec<u8>,
    refusal_said: bool,
    include_usage: bool,
    usage: Usage,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Open {
    Text,
    Refusal,
    Thinking,
    Call,
}

impl Encoder {
    /// Tells one event.
    pub(crate) fn event(&mut self, event: Event<'_>, plan: &Plan, out: &mut Vec<u8>) {
        match event {
            Event::Delta(text) => self.delta(&text, out),
            Event::Start { id, model, created } => {
                self.start(&id, &model, created, plan);
                self.chunk(out, r#"{"role":"assistant","content":"","refusal":null}"#);
            }
            Event::Open(block) => self.open(block, out),
            Event::Signature(signature) => self.signature(&signature),
            Event::Close => {
                if self.open.take() == Some(Open::Thinking) {
                    self.thoughts += 1;
                    self.thought = String::new();
                }
            }
            Event::Usage(usage) => self.usage.update(usage),
            Event::Stop(stop) => self.stop(&stop, out),
            Event::End => self.end(out),
        }
    }

    /// Ends the stream with an error; no `[DONE]` follows.
    pub(crate) fn fail(&mut self, fault: &Fault, out: &mut Vec<u8>) {
        out.extend_from_slice(&Dialect::Chat.error_event(fault, None));
    }

    fn start(&mut self, id: &Text<'_>, model: &Text<'_>, created: Option<u64>, plan: &Plan) {
        self.include_usage = plan.include_usage;
        self.head = Vec::with_capacity(192);
        self.head.extend_from_slice(b"data: ");
        Writer::new(&mut self.head).object(|w| {
            w.key("id").text(&ids::prefixed("chatcmpl-", id, plan));
            w.key("object").string("chat.completion.chunk");
            w.key("created")
                .number(created.unwrap_or(plan.moment.unix_seconds));
            w.key("model").text(&ids::model(model, plan));
        });
        // The rest of the object follows in each chunk.
        self.head.pop();
        self.head.extend_from_slice(b",\"choices\":[");
    }

    fn chunk(&self, out: &mut Vec<u8>, delta: &str) {
        self.around(out, "null", |out| out.extend_from_slice(delta.as_bytes()));
    }

    /// Writes a chunk whose delta `delta` writes; `finish` is JSON.
    fn around(&self, out: &mut Vec<u8>, finish: &str, delta: impl FnOnce(&mut Vec<u8>)) {
        out.extend_from_slice(&self.head);
        out.extend_from_slice(b"{\"index\":0,\"delta\":");
        delta(out);
        out.extend_from_slice(b",\"logprobs\":null,\"finish_reason\":");
        out.extend_from_slice(finish.as_bytes());
        out.extend_from_slice(if self.include_usage {
            b"}],\"usage\":null}\n\n".as_slice()
        } else {
            b"}]}\n\n".as_slice()
        });
    }

    fn delta(&mut self, text: &Text<'_>, out: &mut Vec<u8>) {
        let Some(open) = self.open else { return };
        if open == Open::Thinking {
            self.thought.push_str(text.escaped());
        }
        self.around(out, "null", |out| {
            let mut w = Writer::new(out);
            match open {
                Open::Text => w.object(|w| w.key("content").text(text)),
                Open::Refusal => w.object(|w| w.key("refusal").text(text)),
                Open::Thinking => w.object(|w| w.key("reasoning_content").text(text)),
                // No more than the arguments: the SDKs add up all that comes.
                Open::Call => w.object(|w| {
                    w.key("tool_calls").array(|w| {
                        w.item().object(|w| {
                            w.key("index").number(self.calls - 1);
                            w.key("function").object(|w| w.key("arguments").text(text));
                        });
                    });
                }),
            }
        });
    }

    fn open(&mut self, block: Block<'_>, out: &mut Vec<u8>) {
        if !matches!(block, Block::Thinking) {
            self.proofs(out);
        }
        match block {
            Block::Text => self.open = Some(Open::Text),
            Block::Refusal => {
                self.open = Some(Open::Refusal);
                self.refusal_said = true;
            }
            Block::Thinking => self.open = Some(Open::Thinking),
            Block::Call {
                id,
                name,
                signature,
            } => {
                self.open = Some(Open::Call);
                let index = self.calls;
                self.calls += 1;
                self.around(out, "null", |out| {
                    Writer::new(out).object(|w| {
                        w.key("tool_calls").array(|w| {
                            w.item().object(|w| {
                                w.key("index").number(index);
                                w.key("id").text(&id);
                                w.key("type").string("function");
                                w.key("function").object(|w| {
                                    w.key("name").text(&name);
                                    w.key("arguments").string("");
                                });
                                if let Some(signature) = &signature {
                                    extra_content(signature, w);
                                }
                            });
                        });
                    });
                });
            }
        }
    }

    /// Wire row 29: to be sent back, with what it proves.
    fn signature(&mut self, signature: &Signature<'_>) {
        let thought = Text::escaped_already(std::mem::take(&mut self.thought));
        if !self.proven.is_empty() {
            self.proven.push(b',');
        }
        Writer::new(&mut self.proven).object(|w| {
            w.key("index").number(self.thoughts);
            if signature.origin == Origin::Redacted {
                w.key("type").string("reasoning.encrypted");
                w.key("data").text(&signature.packed());
            } else {
                w.key("type").string("reasoning.text");
                w.key("text").text(&thought);
                w.key("signature").text(&signature.packed());
            }
        });
    }

    /// Tells proven thoughts in one piece. Of members that they do not know, the helper of
    /// OpenAI's Python SDK adds up all that comes, and that of TypeScript keeps what came last:
    /// so both have the whole.
    fn proofs(&mut self, out: &mut Vec<u8>) {
        let proven = std::mem::take(&mut self.proven);
        if proven.is_empty() {
            return;
        }
        self.around(out, "null", |out| {
            out.extend_from_slice(b"{\"reasoning_details\":[");
            out.extend_from_slice(&proven);
            out.extend_from_slice(b"]}");
        });
    }

    fn stop(&mut self, stop: &Stop<'_>, out: &mut Vec<u8>) {
        self.proofs(out);
        let reason = finish_reason(stop, self.refusal_said);
        self.around(out, &format!("\"{reason}\""), |out| {
            out.extend_from_slice(b"{}");
        });
    }

    /// The usage comes in a chunk of its own, and only if it was asked for (wire row 41).
    fn end(&mut self, out: &mut Vec<u8>) {
        if self.include_usage && !self.head.is_empty() {
            out.extend_from_slice(&self.head);
            out.extend_from_slice(b"],\"usage\":");
            usage(&self.usage, &mut Writer::new(out));
            out.extend_from_slice(b"}\n\n");
        }
        out.extend_from_slice(b"data: [DONE]\n\n");
    }
}
