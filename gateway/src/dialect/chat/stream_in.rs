//! Reads a Chat stream.

use serde::Deserialize;
use serde_json::value::RawValue;

use super::answer_in::{ExtraContent, Function, UsageObject, stop};
use super::error_in::ErrorObject;
use crate::translate::json::{Text, first};
use crate::translate::{AnswerFailure, Block, Event, Sink, Stop};

#[derive(Deserialize)]
struct Chunk<'a> {
    #[serde(borrow)]
    id: Option<Text<'a>>,
    created: Option<f64>,
    #[serde(borrow)]
    model: Option<Text<'a>>,
    #[serde(borrow, default, deserialize_with = "first", rename = "choices")]
    choice: Option<Choice<'a>>,
    usage: Option<UsageObject>,
    #[serde(borrow)]
    error: Option<ErrorObject<'a>>,
}

#[derive(Deserialize)]
struct Choice<'a> {
    #[serde(borrow)]
    delta: Option<Delta<'a>>,
    #[serde(borrow)]
    finish_reason: Option<Text<'a>>,
    #[serde(borrow)]
    stop_reason: Option<&'a RawValue>,
    #[serde(borrow)]
    matched_stop: Option<&'a RawValue>,
}

#[derive(Deserialize)]
struct Delta<'a> {
    #[serde(borrow)]
    content: Option<Text<'a>>,
    #[serde(borrow)]
    refusal: Option<Text<'a>>,
    #[serde(borrow)]
    reasoning_content: Option<Text<'a>>,
    #[serde(borrow)]
    reasoning: Option<Text<'a>>,
    #[serde(borrow)]
    tool_calls: Option<Vec<ToolDelta<'a>>>,
}

#[derive(Deserialize)]
struct ToolDelta<'a> {
    index: Option<u64>,
    #[serde(borrow)]
    id: Option<Text<'a>>,
    #[serde(borrow)]
    function: Option<Function<'a>>,
    #[serde(borrow)]
    extra_content: Option<ExtraContent<'a>>,
}

/// What has been seen of a stream.
#[derive(Default)]
pub(crate) struct Decoder {
    started: bool,
    open: Option<Open>,
    /// The index of the last call.
    last_call: Option<u64>,
    refused: bool,
    stopped: bool,
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
        if data == b"[DONE]" {
            if !self.started {
                return Err(AnswerFailure::Unreadable(
                    "its stream ended before it began",
                ));
            }
            self.stop(Stop::End, sink);
            sink.send(Event::End);
            return Ok(());
        }
        let chunk: Chunk<'_> = serde_json::from_slice(data)?;
        if let Some(error) = chunk.error {
            return Err(AnswerFailure::Problem(error.problem(None)));
        }
        if let Some(choice) = chunk.choice {
            if !self.started {
                self.started = true;
                sink.send(Event::Start {
                    id: chunk.id.unwrap_or_default(),
                    model: chunk.model.unwrap_or_default(),
                    created: chunk.created.map(|seconds| seconds as u64),
                });
            }
            self.choice(choice, sink)?;
        }
        if let Some(usage) = chunk.usage {
            sink.send(Event::Usage(usage.into()));
        }
        Ok(())
    }

    fn choice(&mut self, choice: Choice<'_>, sink: &mut Sink<'_>) -> Result<(), AnswerFailure> {
        if let Some(delta) = choice.delta {
            self.piece(
                Open::Thinking,
                delta.reasoning_content.or(delta.reasoning),
                sink,
            );
            self.piece(Open::Text, delta.content, sink);
            self.piece(Open::Refusal, delta.refusal, sink);
            for call in delta.tool_calls.unwrap_or_default() {
                self.call(call, sink)?;
            }
        }
        // A `null` is no reason (wire row 55).
        if let Some(reason) = &choice.finish_reason {
            let sequence = choice.matched_stop.or(choice.stop_reason);
            let called = self.last_call.is_some();
            self.stop(stop(Some(reason), sequence, called, self.refused), sink);
        }
        Ok(())
    }

    fn piece(&mut self, kind: Open, text: Option<Text<'_>>, sink: &mut Sink<'_>) {
        // Wire row 42: an empty piece opens nothing.
        let Some(text) = text.filter(|text| !text.is_empty()) else {
            return;
        };
        if self.open != Some(kind) {
            self.close(sink);
            self.open = Some(kind);
            self.refused |= kind == Open::Refusal;
            sink.send(Event::Open(match kind {
                Open::Text | Open::Call => Block::Text,
                Open::Refusal => Block::Refusal,
                Open::Thinking => Block::Thinking,
            }));
        }
        sink.send(Event::Delta(text));
    }

    fn call(&mut self, call: ToolDelta<'_>, sink: &mut Sink<'_>) -> Result<(), AnswerFailure> {
        let index = match (call.index, self.last_call) {
            (Some(index), _) => index,
            // Without an index, an id begins another call.
            (None, Some(last)) if call.id.is_none() => last,
            (None, last) => last.map_or(0, |last| last + 1),
        };
        let (name, arguments) = call
            .function
            .map_or((None, None), |function| (function.name, function.arguments));
        if self.last_call.is_none_or(|last| index > last) {
            self.close(sink);
            self.last_call = Some(index);
            self.open = Some(Open::Call);
            sink.send(Event::Open(Block::Call {
                id: call.id.unwrap_or_default(),
                name: name.unwrap_or_default(),
                signature: call.extra_content.and_then(ExtraContent::signature),
            }));
        } else if self.last_call != Some(index) || self.open != Some(Open::Call) {
            return Err(AnswerFailure::Unreadable("its calls of tools are mingled"));
        }
        if let Some(arguments) = arguments.filter(|text| !text.is_empty()) {
            sink.send(Event::Delta(arguments));
        }
        Ok(())
    }

    fn close(&mut self, sink: &mut Sink<'_>) {
        if self.open.take().is_some() {
            sink.send(Event::Close);
        }
    }

    fn stop(&mut self, stop: Stop<'_>, sink: &mut Sink<'_>) {
        self.close(sink);
        if self.started && !std::mem::replace(&mut self.stopped, true) {
            let called = self.last_call.is_some();
            sink.send(Event::Stop(match stop {
                Stop::End if called => Stop::Calls,
                stop => stop,
            }));
        }
    }
}
