//! Writes the input items of a Responses request.

use crate::translate::json::{Text, Writer};
use crate::translate::{
    CallResult, Origin, Outgoing, Parameter, Part, Refused, Role, Signature, Source, Thinking, Turn,
};

pub(super) fn write(
    turns: &[Turn<'_>],
    w: &mut Writer<'_>,
    to: &mut Outgoing<'_>,
) -> Result<(), Refused> {
    for turn in turns {
        match turn.role {
            Role::System => message(
                "system",
                "input_text",
                &turn.parts.iter().collect::<Vec<_>>(),
                w,
            )?,
            Role::Developer => {
                message(
                    "developer",
                    "input_text",
                    &turn.parts.iter().collect::<Vec<_>>(),
                    w,
                )?;
            }
            Role::User => user(turn, w, to)?,
            Role::Assistant => assistant(turn, w, to)?,
        }
    }
    Ok(())
}

/// Results first, each an item of its own (wire row 48).
fn user(turn: &Turn<'_>, w: &mut Writer<'_>, to: &mut Outgoing<'_>) -> Result<(), Refused> {
    let mut rest = Vec::new();
    let mut results = false;
    for part in &turn.parts {
        let Part::Result(result) = part else {
            rest.push(part);
            continue;
        };
        results = true;
        if result.is_error {
            to.notes.drop(Parameter::IsError);
        }
        let mut written = Ok(());
        w.item().object(|w| {
            w.key("type").string("function_call_output");
            w.key("call_id").text(&result.id);
            written = output(result, w);
        });
        written?;
    }
    if rest.is_empty() && results {
        return Ok(());
    }
    message("user", "input_text", &rest, w)
}

fn output(result: &CallResult<'_>, w: &mut Writer<'_>) -> Result<(), Refused> {
    match result.parts.as_slice() {
        [] => w.key("output").string(""),
        [Part::Text(text)] => w.key("output").text(text),
        parts => {
            let mut written = Ok(());
            w.key("output").array(|w| {
                for part in parts {
                    if written.is_ok() {
                        written = self::part(part, "input_text", w);
                    }
                }
            });
            return written;
        }
    }
    Ok(())
}

fn assistant(turn: &Turn<'_>, w: &mut Writer<'_>, to: &mut Outgoing<'_>) -> Result<(), Refused> {
    let mut said: Vec<&Part<'_>> = Vec::new();
    for part in &turn.parts {
        if !matches!(part, Part::Thinking(_) | Part::Call(_)) {
            let empty = matches!(part, Part::Text(text) if text.is_empty());
            if !empty {
                said.push(part);
            }
            continue;
        }
        if !said.is_empty() {
            message("assistant", "output_text", &std::mem::take(&mut said), w)?;
        }
        match part {
            Part::Thinking(thinking) => reasoning(thinking, w, to),
            Part::Call(call) => {
                if call.signature.is_some() {
                    to.notes.drop(Parameter::CallSignature);
                }
                w.item().object(|w| {
                    w.key("type").string("function_call");
                    w.key("call_id").text(&call.id);
                    w.key("name").text(&call.name);
                    call.arguments.write_string(w.key("arguments"));
                });
            }
            _ => {}
        }
    }
    if said.is_empty() {
        return Ok(());
    }
    message("assistant", "output_text", &said, w)
}

/// A thought that Responses gave goes back to it; no other does (wire row 29).
fn reasoning(thinking: &Thinking<'_>, w: &mut Writer<'_>, to: &mut Outgoing<'_>) {
    let Some(Signature {
        origin: Origin::Responses,
        id,
        value,
    }) = &thinking.signature
    else {
        to.notes.drop(Parameter::Thoughts);
        return;
    };
    w.item().object(|w| {
        w.key("type").string("reasoning");
        if !id.is_empty() {
            w.key("id").text(id);
        }
        w.key("summary").array(|w| {
            if !thinking.text.is_empty() {
                w.item().object(|w| {
                    w.key("type").string("summary_text");
                    w.key("text").text(&thinking.text);
                });
            }
        });
        w.key("encrypted_content").text(value);
    });
}

fn message(
    role: &str,
    text_type: &str,
    parts: &[&Part<'_>],
    w: &mut Writer<'_>,
) -> Result<(), Refused> {
    let mut written = Ok(());
    w.item().object(|w| {
        w.key("type").string("message");
        w.key("role").string(role);
        if let ([Part::Text(text)], "input_text") = (parts, text_type) {
            w.key("content").text(text);
            return;
        }
        w.key("content").array(|w| {
            for part in parts {
                if written.is_ok() {
                    written = self::part(part, text_type, w);
                }
            }
        });
    });
    written
}

fn part(part: &Part<'_>, text_type: &str, w: &mut Writer<'_>) -> Result<(), Refused> {
    match part {
        Part::Text(text) => w.item().object(|w| {
            w.key("type").string(text_type);
            w.key("text").text(text);
        }),
        Part::Refusal(text) => w.item().object(|w| {
            w.key("type").string("refusal");
            w.key("refusal").text(text);
        }),
        Part::Image(image) => w.item().object(|w| {
            w.key("type").string("input_image");
            image.source.write_url(w.key("image_url"));
            let unsaid = Text::plain("auto");
            w.key("detail")
                .text(image.detail.as_ref().unwrap_or(&unsaid));
        }),
        Part::File(file) => w.item().object(|w| {
            w.key("type").string("input_file");
            if let Some(name) = &file.name {
                w.key("filename").text(name);
            }
            match &file.source {
                Source::Url(url) => w.key("file_url").text(url),
                Source::Data { .. } => {
                    if file.name.is_none() {
                        w.key("filename").string("document.pdf");
                    }
                    file.source.write_url(w.key("file_data"));
                }
            }
        }),
        // Wire row 22.
        Part::Audio(_) => {
            return Err(Refused::unsupported("sound").at("messages.content.input_audio"));
        }
        Part::Thinking(_) | Part::Call(_) | Part::Result(_) => {
            return Err(Refused::unsupported("a call or a thought in this place").at("messages"));
        }
    }
    Ok(())
}
