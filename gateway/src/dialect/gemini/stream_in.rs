//! Reads a stream of Gemini's.

use serde_json::value::RawValue;

use super::answer_in::{self, Candidate, Piece, Response, stop};
use crate::translate::json::Text;
use crate::translate::{AnswerFailure, Block, Event, Origin, Signature, Sink, Stop, Usage};

/// What has been seen of a stream.
#[derive(Default)]
pub(crate) struct Decoder {
    started: bool,
    open: Option<Open>,
    id: Text<'static>,
    /// How many functions were called.
    calls: usize,
    stopped: bool,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Open {
    Text,
    Thinking,
}

impl Decoder {
    /// Reads the data of one event.
    pub(crate) fn event(&mut self, data: &[u8], sink: &mut Sink<'_>) -> Result<(), AnswerFailure> {
        let response: Response<'_> = serde_json::from_slice(data)?;
        if let Some(error) = response.error {
            return Err(AnswerFailure::Problem(error.problem(None)));
        }
        if let Some(usage) = response.usage_metadata {
            sink.send(Event::Usage(Usage::from(usage)));
        }
        let blocked = response
            .prompt_feedback
            .and_then(|feedback| feedback.block_reason);
        let candidate = response.candidate;
        if !self.started && (candidate.is_some() || blocked.is_some()) {
            self.started = true;
            let id = response.response_id.unwrap_or_default();
            self.id = id.clone().into_owned();
            sink.send(Event::Start {
                id,
                model: response.model_version.unwrap_or_default(),
                created: None,
            });
        }
        if let Some(candidate) = candidate {
            self.candidate(candidate, sink)?;
        } else if blocked.is_some() {
            self.stop(Stop::Refusal, sink);
        }
        Ok(())
    }

    /// The stream's bytes are over. Gemini has no event for that; its end is good if the
    /// reason for it was told.
    pub(crate) fn end(&mut self, sink: &mut Sink<'_>) {
        if self.stopped {
            sink.send(Event::End);
        }
    }

    fn candidate(
        &mut self,
        candidate: Candidate<'_>,
        sink: &mut Sink<'_>,
    ) -> Result<(), AnswerFailure> {
        let pieces = candidate.content.and_then(|content| content.parts);
        for piece in pieces.unwrap_or_default() {
            self.piece(piece, sink);
        }
        if let Some(reason) = &candidate.finish_reason {
            // The call may have come long before (wire row 56).
            let stop = stop(Some(reason), self.calls > 0)?;
            self.stop(stop, sink);
        }
        Ok(())
    }

    fn piece(&mut self, piece: Piece<'_>, sink: &mut Sink<'_>) {
        if let Some(call) = piece.function_call {
            self.close(sink);
            let id = call
                .id
                .unwrap_or_else(|| answer_in::call_id(&self.id, self.calls));
            self.calls += 1;
            sink.send(Event::Open(Block::Call {
                id,
                name: call.name.unwrap_or_default(),
                signature: piece.thought_signature,
            }));
            let arguments = call.args.map_or("{}", RawValue::get);
            sink.send(Event::Delta(Text::plain(arguments)));
            sink.send(Event::Close);
            return;
        }
        let kind = if piece.thought == Some(true) {
            Open::Thinking
        } else {
            Open::Text
        };
        if let Some(text) = piece.text.filter(|text| !text.is_empty()) {
            self.open(kind, sink);
            sink.send(Event::Delta(text));
        }
        if let Some(value) = piece.thought_signature {
            // Of a text, it stands behind it as a thought without words.
            if kind == Open::Text {
                self.close(sink);
            }
            self.open(Open::Thinking, sink);
            sink.send(Event::Signature(Signature::new(Origin::Gemini, value)));
            self.close(sink);
        }
    }

    fn open(&mut self, kind: Open, sink: &mut Sink<'_>) {
        if self.open == Some(kind) {
            return;
        }
        self.close(sink);
        self.open = Some(kind);
        sink.send(Event::Open(match kind {
            Open::Text => Block::Text,
            Open::Thinking => Block::Thinking,
        }));
    }

    fn close(&mut self, sink: &mut Sink<'_>) {
        if self.open.take().is_some() {
            sink.send(Event::Close);
        }
    }

    fn stop(&mut self, stop: Stop<'_>, sink: &mut Sink<'_>) {
        self.close(sink);
        if !std::mem::replace(&mut self.stopped, true) {
            sink.send(Event::Stop(stop));
        }
    }
}
