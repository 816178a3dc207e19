//! Reads a Responses stream.

use serde::Deserialize;

use super::answer_in::{Item, Response};
use crate::dialect::chat::error_in::ErrorObject;
use crate::translate::json::Text;
use crate::translate::{AnswerFailure, Block, Event, Origin, Signature, Sink, Usage};

/// The members of all kinds of events.
#[derive(Deserialize)]
struct Wire<'a> {
    #[serde(borrow, rename = "type")]
    kind: Text<'a>,
    #[serde(borrow)]
    delta: Option<Text<'a>>,
    #[serde(borrow)]
    item: Option<Item<'a>>,
    #[serde(borrow)]
    response: Option<Response<'a>>,
    #[serde(borrow)]
    error: Option<ErrorObject<'a>>,
    #[serde(borrow)]
    message: Option<Text<'a>>,
    summary_index: Option<u64>,
}

/// What has been seen of a stream.
#[derive(Default)]
pub(crate) struct Decoder {
    started: bool,
    open: Option<Open>,
    /// Something of the open block was passed on.
    begun: bool,
    called: bool,
    refused: bool,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Open {
    Text,
    Refusal,
    Thinking,
    Call,
}

impl Decoder {
    /// Reads the data of one event.
    pub(crate) fn event(&mut self, data: &[u8], sink: &mut Sink<'_>) -> Result<(), AnswerFailure> {
        let wire: Wire<'_> = serde_json::from_slice(data)?;
        let kind = wire.kind.escaped();
        match kind {
            "response.output_text.delta" => self.piece(Open::Text, wire.delta, sink),
            "response.refusal.delta" => self.piece(Open::Refusal, wire.delta, sink),
            "response.function_call_arguments.delta" if self.open == Some(Open::Call) => {
                self.piece(Open::Call, wire.delta, sink);
            }
            "response.reasoning_summary_text.delta"
            | "response.reasoning_text.delta"
            | "response.reasoning.delta" => self.piece(Open::Thinking, wire.delta, sink),
            "response.reasoning_summary_part.added" if wire.summary_index.unwrap_or(0) > 0 => {
                self.piece(Open::Thinking, Some(Text::escaped_already("\\n\\n")), sink);
            }
            "response.created" | "response.in_progress" => self.start(wire.response, sink),
            "response.output_item.added" => {
                if let Some(item) = wire.item {
                    self.added(item, sink);
                }
            }
            "response.output_item.done" => {
                if let Some(item) = wire.item {
                    self.done(item, sink);
                }
            }
            "response.completed" | "response.incomplete" if !self.started => {
                return Err(AnswerFailure::Unreadable(
                    "its stream ended before it began",
                ));
            }
            "response.completed" | "response.incomplete" => {
                let response = wire
                    .response
                    .ok_or(AnswerFailure::Unreadable("its last event has no response"))?;
                self.close(sink);
                if let Some(usage) = response.usage {
                    sink.send(Event::Usage(Usage::from(usage)));
                }
                sink.send(Event::Stop(response.stop(self.called, self.refused)?));
                sink.send(Event::End);
            }
            "response.failed" => {
                let error = wire.response.and_then(|response| response.error);
                return Err(failure(error, None));
            }
            // Both the nested form and the flat one.
            "error" => return Err(failure(wire.error, wire.message)),
            _ => {}
        }
        Ok(())
    }

    fn start(&mut self, response: Option<Response<'_>>, sink: &mut Sink<'_>) {
        if std::mem::replace(&mut self.started, true) {
            return;
        }
        let (id, model, created) = response.map_or((None, None, None), |response| {
            (response.id, response.model, response.created_at)
        });
        sink.send(Event::Start {
            id: id.unwrap_or_default(),
            model: model.unwrap_or_default(),
            created: created.map(|seconds| seconds as u64),
        });
    }

    fn added(&mut self, item: Item<'_>, sink: &mut Sink<'_>) {
        self.close(sink);
        match item.kind.escaped() {
            "function_call" => {
                self.open(Open::Call, sink, || Block::Call {
                    id: item.call_id.unwrap_or_default(),
                    name: item.name.unwrap_or_default(),
                    signature: None,
                });
                self.called = true;
                self.piece(Open::Call, item.arguments, sink);
            }
            "reasoning" => self.open(Open::Thinking, sink, || Block::Thinking),
            // A message opens with its first text.
            _ => {}
        }
    }

    fn done(&mut self, item: Item<'_>, sink: &mut Sink<'_>) {
        match (item.kind.escaped(), self.open) {
            ("function_call", Some(Open::Call)) if !self.begun => {
                // All at once instead of in pieces.
                self.piece(Open::Call, item.arguments, sink);
            }
            ("reasoning", Some(Open::Thinking)) => {
                if let Some(value) = item.encrypted_content {
                    sink.send(Event::Signature(Signature {
                        origin: Origin::Responses,
                        id: item.id.unwrap_or_default(),
                        value,
                    }));
                }
            }
            _ => {}
        }
        self.close(sink);
    }

    fn piece(&mut self, kind: Open, text: Option<Text<'_>>, sink: &mut Sink<'_>) {
        let Some(text) = text.filter(|text| !text.is_empty()) else {
            return;
        };
        if self.open != Some(kind) {
            self.open(kind, sink, || match kind {
                Open::Text | Open::Call => Block::Text,
                Open::Refusal => Block::Refusal,
                Open::Thinking => Block::Thinking,
            });
        }
        self.begun = true;
        sink.send(Event::Delta(text));
    }

    fn open<'e>(&mut self, kind: Open, sink: &mut Sink<'_>, block: impl FnOnce() -> Block<'e>) {
        self.close(sink);
        self.open = Some(kind);
        self.refused |= kind == Open::Refusal;
        sink.send(Event::Open(block()));
    }

    fn close(&mut self, sink: &mut Sink<'_>) {
        self.begun = false;
        if self.open.take().is_some() {
            sink.send(Event::Close);
        }
    }
}

fn failure(error: Option<ErrorObject<'_>>, message: Option<Text<'_>>) -> AnswerFailure {
    match (error, message) {
        (Some(error), _) => AnswerFailure::Problem(error.problem(None)),
        (None, Some(message)) => AnswerFailure::Problem(crate::translate::Problem::new(
            hyper::StatusCode::INTERNAL_SERVER_ERROR,
            &message.decode(),
        )),
        (None, None) => AnswerFailure::Unreadable("its error says nothing"),
    }
}
