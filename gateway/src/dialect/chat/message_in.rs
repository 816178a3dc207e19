//! Reads the messages of a Chat request.

use serde_json::value::RawValue;

use crate::translate::json::{Text, array, kind_of, object, text_of};
use crate::translate::{
    Arguments, Audio, Call, CallResult, File, Image, Notes, Origin, Part, Refused, Role, Signature,
    Source, Thinking, Turn,
};

pub(super) fn read<'a>(raw: &'a RawValue, notes: &mut Notes) -> Result<Vec<Turn<'a>>, Refused> {
    let mut turns = Vec::new();
    array(raw, |index, value| {
        turns.push(message(value, notes).map_err(|why| why.at_index(index))?);
        Ok(())
    })?;
    Ok(turns)
}

#[derive(Default)]
struct Members<'a> {
    role: Text<'a>,
    content: Vec<Part<'a>>,
    refusal: Option<Text<'a>>,
    calls: Vec<Part<'a>>,
    call_id: Option<Text<'a>>,
    reasoning: Option<Text<'a>>,
    thoughts: Vec<Part<'a>>,
}

fn message<'a>(raw: &'a RawValue, notes: &mut Notes) -> Result<Turn<'a>, Refused> {
    let mut members = Members::default();
    object(raw, |key, value| {
        member(&mut members, key, value, notes).map_err(|why| why.at(key))
    })?;
    name_misplaced(&members, notes);
    let mut parts = members.content;
    let role = match members.role.escaped() {
        "system" => Role::System,
        "developer" => Role::Developer,
        "user" => Role::User,
        "tool" => {
            let result = CallResult {
                id: members
                    .call_id
                    .ok_or_else(|| Refused::missing("tool_call_id"))?,
                parts,
                is_error: false,
            };
            return Ok(Turn {
                role: Role::User,
                parts: vec![Part::Result(result)],
            });
        }
        "assistant" => {
            let mut all = members.thoughts;
            if let (true, Some(text)) = (all.is_empty(), members.reasoning) {
                all.push(Part::Thinking(Thinking {
                    text,
                    signature: None,
                }));
            }
            all.append(&mut parts);
            all.extend(members.refusal.map(Part::Refusal));
            all.extend(members.calls);
            parts = all;
            Role::Assistant
        }
        "function" => {
            return Err(Refused::new("role", "`function` is obsolete: use `tool`"));
        }
        _ => {
            return Err(Refused::wrong_type(
                "`system`, `developer`, `user`, `assistant` or `tool`",
            )
            .at("role"));
        }
    };
    Ok(Turn { role, parts })
}

/// Members that are another role's say nothing where they stand.
fn name_misplaced(members: &Members<'_>, notes: &mut Notes) {
    let assistant = members.role.is("assistant");
    for (name, given) in [
        ("refusal", !assistant && members.refusal.is_some()),
        ("tool_calls", !assistant && !members.calls.is_empty()),
        (
            "reasoning_content",
            !assistant && members.reasoning.is_some(),
        ),
        (
            "reasoning_details",
            !assistant && !members.thoughts.is_empty(),
        ),
        (
            "tool_call_id",
            !members.role.is("tool") && members.call_id.is_some(),
        ),
    ] {
        if given {
            notes.drop_member("messages", name);
        }
    }
}

fn member<'a>(
    members: &mut Members<'a>,
    key: &str,
    value: &'a RawValue,
    notes: &mut Notes,
) -> Result<(), Refused> {
    match key {
        "role" => members.role = text_of(value)?,
        "content" => members.content = content(value, notes)?,
        "refusal" => members.refusal = Some(text_of(value)?),
        "tool_call_id" => members.call_id = Some(text_of(value)?),
        "tool_calls" => {
            members.calls = Vec::new();
            array(value, |index, value| {
                call(value, &mut members.calls, notes).map_err(|why| why.at_index(index))
            })?;
        }
        "reasoning_content" | "reasoning" => members.reasoning = Some(text_of(value)?),
        "reasoning_details" => members.thoughts = details(value, notes)?,
        "thinking_blocks" if members.thoughts.is_empty() => {
            members.thoughts = blocks(value, notes)?;
        }
        // The same thoughts once more.
        "thinking_blocks" => {}
        // Answers carry it; it says nothing.
        "annotations" if value.get() == "[]" => {}
        "function_call" => return Err(Refused::new("", "it is obsolete: use `tool_calls`")),
        "audio" => return Err(Refused::unsupported("an earlier spoken answer")),
        other => notes.drop_member("messages", other),
    }
    Ok(())
}

fn content<'a>(raw: &'a RawValue, notes: &mut Notes) -> Result<Vec<Part<'a>>, Refused> {
    Part::list(raw, |value| part(value, notes))
}

fn part<'a>(raw: &'a RawValue, notes: &mut Notes) -> Result<Part<'a>, Refused> {
    let kind = kind_of(raw)?;
    let mut part = None;
    object(raw, |key, value| {
        let read = match (kind.escaped(), key) {
            ("text", "text") => text_of(value).map(Part::Text),
            ("refusal", "refusal") => text_of(value).map(Part::Refusal),
            ("image_url", "image_url") => image(value, notes),
            ("input_audio", "input_audio") => audio(value, notes),
            ("file", "file") => file(value, notes),
            (_, "type") => return Ok(()),
            (_, other) => {
                notes.drop_member("messages.content", other);
                return Ok(());
            }
        };
        part = Some(read.map_err(|why| why.at(key))?);
        Ok(())
    })?;
    // Wire row 22: what is not known is refused, never left out.
    part.ok_or_else(|| Refused::unsupported("content of this type").at("type"))
}

fn image<'a>(raw: &'a RawValue, notes: &mut Notes) -> Result<Part<'a>, Refused> {
    let (mut url, mut detail) = (None, None);
    object(raw, |key, value| {
        match key {
            "url" => url = Some(text_of(value).map_err(|why| why.at(key))?),
            "detail" => detail = Some(text_of(value).map_err(|why| why.at(key))?),
            other => notes.drop_member("messages.content.image_url", other),
        }
        Ok(())
    })?;
    let url = url.ok_or_else(|| Refused::missing("url"))?;
    Ok(Part::Image(Image {
        source: Source::of_url(url),
        detail,
    }))
}

fn audio<'a>(raw: &'a RawValue, notes: &mut Notes) -> Result<Part<'a>, Refused> {
    let (mut data, mut format) = (None, None);
    object(raw, |key, value| {
        match key {
            "data" => data = Some(text_of(value)?),
            "format" => format = Some(text_of(value)?),
            other => notes.drop_member("messages.content.input_audio", other),
        }
        Ok(())
    })?;
    match (data, format) {
        (Some(data), Some(format)) => Ok(Part::Audio(Audio { data, format })),
        _ => Err(Refused::new("", "`data` and `format` are required")),
    }
}

fn file<'a>(raw: &'a RawValue, notes: &mut Notes) -> Result<Part<'a>, Refused> {
    let (mut data, mut name) = (None, None);
    object(raw, |key, value| {
        match key {
            "file_data" => data = Some(text_of(value)?),
            "filename" => name = Some(text_of(value)?),
            "file_id" => return Err(Refused::unsupported("a file kept at OpenAI").at(key)),
            other => notes.drop_member("messages.content.file", other),
        }
        Ok(())
    })?;
    let data = data.ok_or_else(|| Refused::missing("file_data"))?;
    Ok(Part::File(File {
        source: Source::of_url(data),
        name,
    }))
}

fn call<'a>(
    raw: &'a RawValue,
    calls: &mut Vec<Part<'a>>,
    notes: &mut Notes,
) -> Result<(), Refused> {
    let (mut id, mut name, mut arguments, mut signature) = (None, None, None, None);
    object(raw, |key, value| match key {
        "id" => {
            id = Some(text_of(value).map_err(|why| why.at(key))?);
            Ok(())
        }
        "function" => object(value, |key, value| {
            match key {
                "name" => name = Some(text_of(value).map_err(|why| why.at(key))?),
                "arguments" => arguments = Some(text_of(value).map_err(|why| why.at(key))?),
                other => notes.drop_member("messages.tool_calls.function", other),
            }
            Ok(())
        })
        .map_err(|why| why.at(key)),
        "custom" => Err(Refused::unsupported("a call of a custom tool")),
        "extra_content" => {
            signature = google_signature(value, notes)?;
            Ok(())
        }
        "type" | "index" => Ok(()),
        other => {
            notes.drop_member("messages.tool_calls", other);
            Ok(())
        }
    })?;
    calls.push(Part::Call(Call {
        id: id.ok_or_else(|| Refused::missing("id"))?,
        name: name.ok_or_else(|| Refused::missing("function.name"))?,
        arguments: Arguments::Quoted(arguments.unwrap_or_default()),
        signature,
    }));
    Ok(())
}

/// `extra_content.google.thought_signature`, Google's own way through Chat (wire row 57).
fn google_signature<'a>(raw: &'a RawValue, notes: &mut Notes) -> Result<Option<Text<'a>>, Refused> {
    const PLACE: &str = "messages.tool_calls.extra_content";
    let mut signature = None;
    object(raw, |key, value| {
        if key != "google" {
            notes.drop_member(PLACE, key);
            return Ok(());
        }
        object(value, |key, value| {
            match key {
                "thought_signature" => signature = Some(text_of(value)?),
                other => notes.drop_member(&format!("{PLACE}.google"), other),
            }
            Ok(())
        })
    })?;
    Ok(signature)
}

/// Thoughts as this gateway's answers carry them: `reasoning.text` with its text and signature,
/// `reasoning.encrypted` with data alone.
fn details<'a>(raw: &'a RawValue, notes: &mut Notes) -> Result<Vec<Part<'a>>, Refused> {
    let mut thoughts = Vec::new();
    array(raw, |_, value| {
        let (mut text, mut proof) = (Text::default(), None);
        object(value, |key, value| {
            match key {
                "text" | "summary" => text = text_of(value)?,
                "signature" | "data" => proof = Some(text_of(value)?),
                "type" | "index" => {}
                other => notes.drop_member("messages.reasoning_details", other),
            }
            Ok(())
        })?;
        thoughts.push(Part::Thinking(Thinking {
            text,
            signature: proof.as_ref().and_then(Signature::unpack),
        }));
        Ok(())
    })?;
    Ok(thoughts)
}

/// Messages' own blocks, as some gateways put them beside a Chat message.
fn blocks<'a>(raw: &'a RawValue, notes: &mut Notes) -> Result<Vec<Part<'a>>, Refused> {
    let mut thoughts = Vec::new();
    array(raw, |_, value| {
        let (mut text, mut signature) = (Text::default(), None);
        object(value, |key, value| {
            match key {
                "thinking" => text = text_of(value)?,
                "signature" => signature = Some((Origin::Messages, text_of(value)?)),
                "data" => signature = Some((Origin::Redacted, text_of(value)?)),
                "type" => {}
                other => notes.drop_member("messages.thinking_blocks", other),
            }
            Ok(())
        })?;
        thoughts.push(Part::Thinking(Thinking {
            text,
            signature: signature
                .filter(|(_, value)| !value.is_empty())
                .map(|(origin, value)| Signature::new(origin, value)),
        }));
        Ok(())
    })?;
    Ok(thoughts)
}
