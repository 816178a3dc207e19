//! Reads the input items of a Responses request.

use serde_json::value::RawValue;

use crate::translate::json::{Text, array, kind_of, object, text_of};
use crate::translate::{
    Arguments, Call, CallResult, File, Image, Notes, Origin, Part, Refused, Role, Signature,
    Source, Thinking, Turn,
};

pub(super) fn read<'a>(
    raw: &'a RawValue,
    turns: &mut Vec<Turn<'a>>,
    notes: &mut Notes,
) -> Result<(), Refused> {
    if let Some(text) = Text::of(raw) {
        turns.push(Turn {
            role: Role::User,
            parts: vec![Part::Text(text)],
        });
        return Ok(());
    }
    array(raw, |index, value| {
        turns.push(item(value, notes).map_err(|why| why.at_index(index))?);
        Ok(())
    })
}

/// The members of all items that are known.
#[derive(Default)]
struct Members<'a> {
    id: Text<'a>,
    role: Text<'a>,
    content: Option<&'a RawValue>,
    call_id: Option<Text<'a>>,
    name: Option<Text<'a>>,
    arguments: Text<'a>,
    output: Vec<Part<'a>>,
    summary: Option<&'a RawValue>,
    encrypted: Option<Text<'a>>,
}

fn item<'a>(raw: &'a RawValue, notes: &mut Notes) -> Result<Turn<'a>, Refused> {
    let kind = kind_of(raw)?;
    let mut members = Members::default();
    object(raw, |key, value| {
        member(&mut members, kind.escaped(), key, value, notes).map_err(|why| why.at(key))
    })?;
    let missing = |name: &str| Refused::missing(name);
    let (role, part) = match kind.escaped() {
        "" | "message" => return message(members, notes),
        "function_call" => (
            Role::Assistant,
            Part::Call(Call {
                id: members.call_id.ok_or_else(|| missing("call_id"))?,
                name: members.name.ok_or_else(|| missing("name"))?,
                arguments: Arguments::Quoted(members.arguments),
                signature: None,
            }),
        ),
        "function_call_output" => (
            Role::User,
            Part::Result(CallResult {
                id: members.call_id.ok_or_else(|| missing("call_id"))?,
                parts: members.output,
                is_error: false,
            }),
        ),
        "reasoning" => (Role::Assistant, Part::Thinking(reasoning(members, notes)?)),
        _ => return Err(Refused::unsupported("an item of this type").at("type")),
    };
    Ok(Turn {
        role,
        parts: vec![part],
    })
}

fn member<'a>(
    members: &mut Members<'a>,
    kind: &str,
    key: &str,
    value: &'a RawValue,
    notes: &mut Notes,
) -> Result<(), Refused> {
    match (kind, key) {
        (_, "id") => members.id = text_of(value)?,
        ("" | "message", "role") => members.role = text_of(value)?,
        ("" | "message" | "reasoning", "content") => members.content = Some(value),
        ("function_call" | "function_call_output", "call_id") => {
            members.call_id = Some(text_of(value)?);
        }
        ("function_call", "name") => members.name = Some(text_of(value)?),
        ("function_call", "arguments") => members.arguments = text_of(value)?,
        // Wire row 48: a string or a list.
        ("function_call_output", "output") => members.output = content(value, notes)?,
        ("reasoning", "summary") => members.summary = Some(value),
        ("reasoning", "encrypted_content") => members.encrypted = Some(text_of(value)?),
        // They come with what the model said before, and say nothing to it.
        (_, "type" | "status") => {}
        (_, other) => notes.drop_member("input", other),
    }
    Ok(())
}

fn message<'a>(members: Members<'a>, notes: &mut Notes) -> Result<Turn<'a>, Refused> {
    let role = match members.role.escaped() {
        "system" => Role::System,
        "developer" => Role::Developer,
        "user" => Role::User,
        "assistant" => Role::Assistant,
        _ => {
            return Err(
                Refused::wrong_type("`system`, `developer`, `user` or `assistant`").at("role"),
            );
        }
    };
    let raw = members.content.ok_or_else(|| Refused::missing("content"))?;
    Ok(Turn {
        role,
        parts: content(raw, notes).map_err(|why| why.at("content"))?,
    })
}

/// A thought and its proof (wire row 29).
fn reasoning<'a>(members: Members<'a>, notes: &mut Notes) -> Result<Thinking<'a>, Refused> {
    let mut texts = Vec::new();
    for (list, place) in [
        (members.summary, "input.summary"),
        (members.content, "input.content"),
    ] {
        let Some(list) = list else { continue };
        array(list, |_, value| {
            object(value, |key, value| {
                match key {
                    "text" => texts.push(text_of(value)?),
                    "type" => {}
                    other => notes.drop_member(place, other),
                }
                Ok(())
            })
        })?;
    }
    let text = if texts.len() > 1 {
        let texts: Vec<&str> = texts.iter().map(Text::escaped).collect();
        Text::escaped_already(texts.join("\\n\\n"))
    } else {
        texts.pop().unwrap_or_default()
    };
    let signature = members.encrypted.map(|encrypted| {
        // One of another provider's comes with a label.
        Signature::unpack(&encrypted).unwrap_or(Signature {
            origin: Origin::Responses,
            id: members.id,
            value: encrypted,
        })
    });
    Ok(Thinking { text, signature })
}

fn content<'a>(raw: &'a RawValue, notes: &mut Notes) -> Result<Vec<Part<'a>>, Refused> {
    Part::list(raw, |value| part(value, notes))
}

fn part<'a>(raw: &'a RawValue, notes: &mut Notes) -> Result<Part<'a>, Refused> {
    let kind = kind_of(raw)?;
    let (mut text, mut url, mut detail, mut name) = (None, None, None, None);
    object(raw, |key, value| {
        let slot = match (kind.escaped(), key) {
            ("input_text" | "output_text" | "text", "text") | ("refusal", "refusal") => &mut text,
            ("input_image", "image_url") | ("input_file", "file_url" | "file_data") => &mut url,
            ("input_image", "detail") => &mut detail,
            ("input_file", "filename") => &mut name,
            (_, "file_id") => return Err(Refused::unsupported("a file kept at OpenAI").at(key)),
            (_, "type") => return Ok(()),
            // They come with what the model said before.
            (_, "annotations" | "logprobs") if value.get() == "[]" => return Ok(()),
            (_, other) => {
                notes.drop_member("input.content", other);
                return Ok(());
            }
        };
        *slot = Some(text_of(value).map_err(|why| why.at(key))?);
        Ok(())
    })?;
    let missing = |name: &str| Refused::missing(name);
    Ok(match kind.escaped() {
        "input_text" | "output_text" | "text" => Part::Text(text.ok_or_else(|| missing("text"))?),
        "refusal" => Part::Refusal(text.ok_or_else(|| missing("refusal"))?),
        "input_image" => Part::Image(Image {
            source: Source::of_url(url.ok_or_else(|| missing("image_url"))?),
            detail,
        }),
        "input_file" => Part::File(File {
            source: Source::of_url(url.ok_or_else(|| missing("file_data"))?),
            name,
        }),
        // Wire row 22.
        _ => return Err(Refused::unsupported("content of this type").at("type")),
    })
}
