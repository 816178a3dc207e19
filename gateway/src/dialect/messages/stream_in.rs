//! Reads a Messages stream.

use serde::Deserialize;
use serde_json::value::RawValue;

use super::answer_in::{self, UsageObject, stop};
use super::error_in::ErrorObject;
use crate::translate::json::Text;
use crate::translate::{AnswerFailure, Block, Event, Origin, Signature, Sink};

/// The members of all kinds of events.
#[derive(Deserialize)]
struct Wire<'a> {
    #[serde(borrow, rename = "type")]
    kind: Text<'a>,
    #[serde(borrow)]
    message: Option<Message<'a>>,
    #[serde(borrow)]
    content_block: Option<answer_in::Block<'a>>,
    #[serde(borrow)]
    delta: Option<Delta<'a>>,
    usage: Option<UsageObject>,
    #[serde(borrow)]
    error: Option<ErrorObject<'a>>,
}

#[derive(Deserialize)]
struct Message<'a> {
    #[serde(borrow)]
    id: Option<Text<'a>>,
    #[serde(borrow)]
    model: Option<Text<'a>>,
    usage: Option<UsageObject>,
}

/// The members of all kinds of deltas.
#[derive(Deserialize)]
struct Delta<'a> {
    #[serde(borrow)]
    text: Option<Text<'a>>,
    #[serde(borrow)]
    thinking: Option<Text<'a>>,
    #[serde(borrow)]
    signature: Option<Text<'a>>,
    #[serde(borrow)]
    partial_json: Option<Text<'a>>,
    #[serde(borrow)]
    stop_reason: Option<Text<'a>>,
    #[serde(borrow)]
    stop_sequence: Option<Text<'a>>,
}

/// What has been seen of a stream.
#[derive(Default)]
pub(crate) struct Decoder {
    started: bool,
    /// A block is open that is passed on.
    open: bool,
    stopped: bool,
}

impl Decoder {
    /// Reads the data of one event.
    pub(crate) fn event(&mut self, data: &[u8], sink: &mut Sink<'_>) -> Result<(), AnswerFailure> {
        let wire: Wire<'_> = serde_json::from_slice(data)?;
        let kind = wire.kind.escaped();
        if !self.started && !matches!(kind, "message_start" | "error" | "ping") {
            return Err(AnswerFailure::Unreadable(
                "its stream has no `message_start`",
            ));
        }
        match kind {
            "content_block_delta" => {
                if let Some(delta) = wire.delta.filter(|_| self.open) {
                    piece(delta, sink);
                }
            }
            "message_start" => self.start(wire.message, sink),
            "content_block_start" => {
                self.close(sink);
                if let Some(block) = wire.content_block {
                    self.open(block, sink);
                }
            }
            "content_block_stop" => self.close(sink),
            "message_delta" => {
                self.close(sink);
                // Its figures are totals (wire row 38).
                if let Some(usage) = wire.usage {
                    sink.send(Event::Usage(usage.into()));
                }
                if let Some(delta) = wire.delta {
                    self.stopped = true;
                    sink.send(Event::Stop(stop(
                        delta.stop_reason.as_ref(),
                        delta.stop_sequence,
                    )));
                }
            }
            "message_stop" if !self.stopped => {
                return Err(AnswerFailure::Unreadable(
                    "its stream has no `message_delta`",
                ));
            }
            "message_stop" => {
                self.close(sink);
                sink.send(Event::End);
            }
            "error" => {
                return Err(match wire.error {
                    Some(error) => AnswerFailure::Problem(error.problem(None)),
                    None => AnswerFailure::Unreadable("its error says nothing"),
                });
            }
            // `ping`, and what is not known yet.
            _ => {}
        }
        Ok(())
    }

    fn start(&mut self, message: Option<Message<'_>>, sink: &mut Sink<'_>) {
        if std::mem::replace(&mut self.started, true) {
            return;
        }
        let (id, model, usage) = message.map_or((None, None, None), |message| {
            (message.id, message.model, message.usage)
        });
        // Before the start, so that it can tell what the prompt cost.
        if let Some(usage) = usage {
            sink.send(Event::Usage(usage.into()));
        }
        sink.send(Event::Start {
            id: id.unwrap_or_default(),
            model: model.unwrap_or_default(),
            created: None,
        });
    }

    fn open(&mut self, block: answer_in::Block<'_>, sink: &mut Sink<'_>) {
        let filled = |text: &Text<'_>| !text.is_empty();
        self.open = true;
        match block.kind.escaped() {
            "text" => {
                sink.send(Event::Open(Block::Text));
                if let Some(text) = block.text.filter(filled) {
                    sink.send(Event::Delta(text));
                }
            }
            "thinking" => {
                sink.send(Event::Open(Block::Thinking));
                if let Some(text) = block.thinking.filter(filled) {
                    sink.send(Event::Delta(text));
                }
                if let Some(text) = block.signature.filter(filled) {
                    sink.send(Event::Signature(Signature::new(Origin::Messages, text)));
                }
            }
            "redacted_thinking" => {
                sink.send(Event::Open(Block::Thinking));
                if let Some(data) = block.data {
                    sink.send(Event::Signature(Signature::new(Origin::Redacted, data)));
                }
            }
            "tool_use" => {
                sink.send(Event::Open(Block::Call {
                    id: block.id.unwrap_or_default(),
                    name: block.name.unwrap_or_default(),
                    signature: None,
                }));
                // Some put all of it here.
                let input = block.input.map_or("{}", RawValue::get);
                if input.bytes().any(|byte| !b"{} \t\r\n".contains(&byte)) {
                    sink.send(Event::Delta(Text::plain(input)));
                }
            }
            _ => self.open = false,
        }
    }

    fn close(&mut self, sink: &mut Sink<'_>) {
        if std::mem::take(&mut self.open) {
            sink.send(Event::Close);
        }
    }
}

fn piece(delta: Delta<'_>, sink: &mut Sink<'_>) {
    if let Some(text) = delta.text.or(delta.thinking).or(delta.partial_json) {
        if !text.is_empty() {
            sink.send(Event::Delta(text));
        }
    } else if let Some(text) = delta.signature.filter(|text| !text.is_empty()) {
        sink.send(Event::Signature(Signature::new(Origin::Messages, text)));
    }
}
