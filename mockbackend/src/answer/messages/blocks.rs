//! The blocks of a message.

use workload::Script;

use super::super::content::{Content, REFUSAL, SIGNATURE, Said, THOUGHTS};
use super::super::identity::tool_use_id;
use super::super::object::{Json, object};
use crate::ask::Reasoning;

/// How the message is given, which decides the stamps in its text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Mode {
    Whole,
    Stream,
}

/// One block in all its forms.
pub(super) struct Block {
    /// As it begins in a stream.
    pub(super) begun: Json,
    /// What a stream then adds to it.
    pub(super) deltas: Vec<Json>,
    /// As it stands in a whole answer.
    pub(super) whole: Json,
}

/// The blocks of the message, in order.
pub(super) fn blocks(script: &Script, content: &Content, mode: Mode) -> Vec<Block> {
    let mut blocks = Vec::new();
    if content.reasoning == Reasoning::Shown {
        blocks.push(thinking());
    }
    match &content.said {
        Said::Text => {
            let pieces = match mode {
                Mode::Whole => vec![content.whole_text(script)],
                Mode::Stream => content.text_pieces(script),
            };
            blocks.push(text(&pieces));
        }
        Said::Refusal => blocks.push(text(&REFUSAL.map(str::to_owned))),
        Said::Calls(functions) => {
            for (index, function) in functions.iter().enumerate() {
                blocks.push(tool_use(index, function, content));
            }
        }
    }
    blocks
}

fn text(pieces: &[String]) -> Block {
    Block {
        begun: object! { "type": "text", "text": "" },
        deltas: pieces
            .iter()
            .map(|piece| object! { "type": "text_delta", "text": piece })
            .collect(),
        whole: object! { "type": "text", "text": pieces.concat() },
    }
}

/// The thoughts, which their signature ends.
fn thinking() -> Block {
    let signature = object! { "type": "signature_delta", "signature": SIGNATURE };
    Block {
        begun: object! { "type": "thinking", "thinking": "", "signature": "" },
        deltas: THOUGHTS
            .into_iter()
            .map(|piece| object! { "type": "thinking_delta", "thinking": piece })
            .chain([signature])
            .collect(),
        whole: object! {
            "type": "thinking",
            "thinking": THOUGHTS.concat(),
            "signature": SIGNATURE,
        },
    }
}

/// A call. The first delta is empty, as the provider's is.
fn tool_use(index: usize, function: &str, content: &Content) -> Block {
    let block = |input: Json| {
        object! {
            "type": "tool_use",
            "id": tool_use_id(index),
            "name": function,
            "input": input,
        }
    };
    Block {
        begun: block(object! {}),
        deltas: [""]
            .into_iter()
            .chain(content.argument_pieces())
            .map(|piece| object! { "type": "input_json_delta", "partial_json": piece })
            .collect(),
        whole: block(content.arguments_json()),
    }
}
