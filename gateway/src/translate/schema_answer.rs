//! Answers by a schema that came as a call of a function (wire row 25).

use super::answer::{Answer, Stop};
use super::json::Text;
use super::part::{Arguments, Part};

/// Makes the calls of `tool` the text that they hold.
pub(super) fn unwrap(answer: &mut Answer<'_>, tool: &str) {
    let mut called = false;
    for part in &mut answer.parts {
        let Part::Call(call) = part else { continue };
        if !call.name.is(tool) {
            called = true;
            continue;
        }
        let text = match std::mem::replace(&mut call.arguments, Arguments::Json("{}")) {
            Arguments::Json(json) => Text::plain(json),
            Arguments::Quoted(text) => text,
        };
        *part = Part::Text(text);
    }
    if answer.stop == Stop::Calls && !called {
        answer.stop = Stop::End;
    }
}
