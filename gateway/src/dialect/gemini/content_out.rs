//! Writes the contents of a request to Gemini.

use std::collections::HashMap;

use serde_json::value::RawValue;

use crate::translate::json::{Text, Writer};
use crate::translate::{
    Call, CallResult, Origin, Outgoing, Parameter, Part, Refused, Role, Signature, Source, Turn,
    family,
};

/// Stands for a signature that Gemini never gave, in calls of another model's; documented by
/// Google for conversations brought from elsewhere.
const NO_SIGNATURE: &str = "skip_thought_signature_validator";

/// Writes the members `systemInstruction` and `contents`.
pub(super) fn write(
    turns: &[Turn<'_>],
    w: &mut Writer<'_>,
    to: &mut Outgoing<'_>,
) -> Result<(), Refused> {
    let is_system = |turn: &Turn<'_>| matches!(turn.role, Role::System | Role::Developer);
    let leading = turns.iter().take_while(|turn| is_system(turn)).count();
    let (system, turns) = turns.split_at(leading);
    let texts = || {
        let parts = system.iter().flat_map(|turn| &turn.parts);
        parts.filter_map(|part| match part {
            Part::Text(text) => Some(text),
            _ => None,
        })
    };
    if texts().next().is_some() {
        w.key("systemInstruction").object(|w| {
            w.key("parts").array(|w| {
                for text in texts() {
                    w.item().object(|w| w.key("text").text(text));
                }
            });
        });
    }
    let names = names(turns);
    let mut written = Ok(());
    w.key("contents").array(|w| {
        let mut rest = turns;
        while let Some(first) = rest.first() {
            let of_model = first.role == Role::Assistant;
            let together = rest
                .iter()
                .take_while(|turn| (turn.role == Role::Assistant) == of_model)
                .count();
            let (now, later) = rest.split_at(together);
            rest = later;
            w.item().object(|w| {
                w.key("role")
                    .string(if of_model { "model" } else { "user" });
                w.key("parts").array(|w| {
                    let result = if of_model {
                        model(now, w, to)
                    } else {
                        user(now, &names, w, to)
                    };
                    if written.is_ok() {
                        written = result;
                    }
                });
            });
        }
    });
    written
}

/// Gemini knows calls by the function's name alone; results come with the call's id.
fn names<'t>(turns: &'t [Turn<'_>]) -> HashMap<&'t str, &'t Text<'t>> {
    let parts = turns.iter().flat_map(|turn| &turn.parts);
    parts
        .filter_map(|part| match part {
            Part::Call(call) => Some((call.id.escaped(), &call.name)),
            _ => None,
        })
        .collect()
}

fn user(
    turns: &[Turn<'_>],
    names: &HashMap<&str, &Text<'_>>,
    w: &mut Writer<'_>,
    to: &mut Outgoing<'_>,
) -> Result<(), Refused> {
    let parts = || {
        let pairs = turns
            .iter()
            .flat_map(|turn| turn.parts.iter().map(|part| (turn.role, part)));
        pairs.filter(|(_, part)| !matches!(part, Part::Text(text) if text.is_empty()))
    };
    let results = || {
        parts().filter_map(|(_, part)| match part {
            Part::Result(result) => Some(result),
            _ => None,
        })
    };
    for result in results() {
        let name = names
            .get(result.id.escaped())
            .ok_or_else(|| Refused::new("messages", "a tool's result has no call before it"))?;
        w.item().object(|w| {
            w.key("functionResponse").object(|w| {
                w.key("name").text(name);
                response(result, w);
            });
        });
    }
    // What a response cannot hold stands beside it (wire row 21).
    for part in results().flat_map(|result| &result.parts) {
        if !matches!(part, Part::Text(_)) {
            self::part(part, w, to)?;
        }
    }
    for (role, part) in parts() {
        match (role, part) {
            (_, Part::Result(_)) => {}
            // Gemini takes instructions at the beginning only (wire row 2).
            (Role::System | Role::Developer, Part::Text(text)) => {
                to.notes.change_named("messages.role");
                w.item().object(|w| {
                    w.key("text")
                        .joined(["<system>\\n", text.escaped(), "\\n</system>"]);
                });
            }
            _ => self::part(part, w, to)?,
        }
    }
    Ok(())
}

/// A response is an object: the result itself if it is one.
fn response(result: &CallResult<'_>, w: &mut Writer<'_>) {
    let texts: Vec<&str> = result
        .parts
        .iter()
        .filter_map(|part| match part {
            Part::Text(text) => Some(text.escaped()),
            _ => None,
        })
        .collect();
    let joined = Text::escaped_already(texts.join("\\n"));
    let decoded = joined.decode();
    let json = decoded.trim();
    let is_object = json.starts_with('{') && serde_json::from_str::<&RawValue>(json).is_ok();
    if is_object && !result.is_error {
        w.key("response").raw(json);
        return;
    }
    w.key("response").object(|w| {
        w.key(if result.is_error { "error" } else { "result" })
            .text(&joined);
    });
}

fn model(turns: &[Turn<'_>], w: &mut Writer<'_>, to: &mut Outgoing<'_>) -> Result<(), Refused> {
    let mut parts = turns
        .iter()
        .flat_map(|turn| &turn.parts)
        .filter(|part| !matches!(part, Part::Text(text) if text.is_empty()))
        .peekable();
    let mut pending: Option<&Text<'_>> = None;
    let mut first_call = true;
    while let Some(part) = parts.next() {
        match part {
            Part::Thinking(thinking) => {
                let Some(Signature {
                    origin: Origin::Gemini,
                    value,
                    ..
                }) = &thinking.signature
                else {
                    to.notes.drop(Parameter::Thoughts);
                    continue;
                };
                if matches!(parts.peek(), Some(Part::Call(_))) {
                    // It belongs to the call that comes next (wire row 57).
                    pending = Some(value);
                    if !thinking.text.is_empty() {
                        w.item().object(|w| {
                            w.key("text").text(&thinking.text);
                            w.key("thought").bool(true);
                        });
                    }
                    continue;
                }
                w.item().object(|w| {
                    w.key("text").text(&thinking.text);
                    if !thinking.text.is_empty() {
                        w.key("thought").bool(true);
                    }
                    w.key("thoughtSignature").text(value);
                });
            }
            Part::Call(call) => {
                self::call(call, pending.take(), first_call, w, to);
                first_call = false;
            }
            _ => self::part(part, w, to)?,
        }
    }
    Ok(())
}

fn call(
    call: &Call<'_>,
    pending: Option<&Text<'_>>,
    first: bool,
    w: &mut Writer<'_>,
    to: &mut Outgoing<'_>,
) {
    let by_level = family::gemini_generation(to.model).is_some_and(|generation| generation >= 3);
    w.item().object(|w| {
        w.key("functionCall").object(|w| {
            w.key("name").text(&call.name);
            if call.arguments.write_object(w.key("args")).is_err() {
                to.notes.change(Parameter::Arguments);
            }
        });
        match call.signature.as_ref().or(pending) {
            Some(signature) => w.key("thoughtSignature").text(signature),
            // Gemini 3 refuses a step whose first call has none.
            None if first && by_level => w.key("thoughtSignature").string(NO_SIGNATURE),
            None => {}
        }
    });
}

fn part(part: &Part<'_>, w: &mut Writer<'_>, to: &mut Outgoing<'_>) -> Result<(), Refused> {
    match part {
        Part::Text(text) | Part::Refusal(text) => {
            w.item().object(|w| w.key("text").text(text));
        }
        Part::Image(image) => {
            if image
                .detail
                .as_ref()
                .is_some_and(|detail| !detail.is("auto"))
            {
                to.notes.drop(Parameter::ImageDetail);
            }
            blob(&image.source, w);
        }
        Part::File(file) => {
            if file.name.is_some() {
                to.notes.drop(Parameter::FileName);
            }
            blob(&file.source, w);
        }
        Part::Audio(audio) => w.item().object(|w| {
            w.key("inlineData").object(|w| {
                w.key("mimeType").joined(["audio/", audio.format.escaped()]);
                w.key("data").text(&audio.data);
            });
        }),
        Part::Thinking(_) | Part::Call(_) | Part::Result(_) => {
            return Err(Refused::unsupported("a call or a thought in this place").at("messages"));
        }
    }
    Ok(())
}

/// Wire row 20.
fn blob(source: &Source<'_>, w: &mut Writer<'_>) {
    w.item().object(|w| match source {
        Source::Data { media_type, data } => w.key("inlineData").object(|w| {
            w.key("mimeType").text(media_type);
            w.key("data").text(data);
        }),
        Source::Url(url) => w.key("fileData").object(|w| {
            if let Some(media_type) = media_type_of(&url.decode()) {
                w.key("mimeType").string(media_type);
            }
            w.key("fileUri").text(url);
        }),
    });
}

/// What a URL's ending says it points at.
fn media_type_of(url: &str) -> Option<&'static str> {
    let path = url.split(['?', '#']).next().unwrap_or(url);
    let (_, ending) = path.rsplit_once('.')?;
    Some(match ending.to_ascii_lowercase().as_str() {
        "png" => "image/png",
        "jpg" | "jpeg" => "image/jpeg",
        "webp" => "image/webp",
        "gif" => "image/gif",
        "heic" => "image/heic",
        "pdf" => "application/pdf",
        "txt" => "text/plain",
        _ => return None,
    })
}
