//! Reads the messages of a Messages request.

use serde_json::value::RawValue;

use crate::translate::json::{Text, array, bool_of, kind_of, object, text_of};
use crate::translate::{
    Arguments, Call, CallResult, File, Image, Notes, Origin, Part, Refused, Role, Signature,
    Source, Thinking, Turn, is_media_type,
};

pub(super) fn read<'a>(
    raw: &'a RawValue,
    turns: &mut Vec<Turn<'a>>,
    notes: &mut Notes,
) -> Result<(), Refused> {
    array(raw, |index, value| {
        turns.push(message(value, notes).map_err(|why| why.at_index(index))?);
        Ok(())
    })
}

fn message<'a>(raw: &'a RawValue, notes: &mut Notes) -> Result<Turn<'a>, Refused> {
    let (mut role, mut parts) = (Text::default(), Vec::new());
    object(raw, |key, value| {
        match key {
            "role" => role = text_of(value).map_err(|why| why.at(key))?,
            "content" => parts = content(value, CONTENT, notes).map_err(|why| why.at(key))?,
            other => notes.drop_member("messages", other),
        }
        Ok(())
    })?;
    let role = match role.escaped() {
        "user" => Role::User,
        "assistant" => Role::Assistant,
        // Legal within a conversation since 2026 (wire formats, 0).
        "system" => Role::System,
        _ => return Err(Refused::wrong_type("`user`, `assistant` or `system`").at("role")),
    };
    Ok(Turn { role, parts })
}

/// Where the blocks of messages stand.
const CONTENT: &str = "messages.content";

/// Reads a message's content, a tool's result or `system`, which stands at `place`.
pub(super) fn content<'a>(
    raw: &'a RawValue,
    place: &str,
    notes: &mut Notes,
) -> Result<Vec<Part<'a>>, Refused> {
    Part::list(raw, |value| block(value, place, notes))
}

/// The members of all blocks that are known.
#[derive(Default)]
struct Members<'a> {
    text: Option<Text<'a>>,
    source: Option<&'a RawValue>,
    title: Option<Text<'a>>,
    id: Option<Text<'a>>,
    name: Option<Text<'a>>,
    input: Option<&'a RawValue>,
    signature: Option<Text<'a>>,
    content: Vec<Part<'a>>,
    is_error: bool,
}

fn block<'a>(raw: &'a RawValue, place: &str, notes: &mut Notes) -> Result<Part<'a>, Refused> {
    let kind = kind_of(raw)?;
    let mut members = Members::default();
    object(raw, |key, value| {
        let at = (place, kind.escaped(), key);
        member(&mut members, at, value, notes).map_err(|why| why.at(key))
    })?;
    let missing = |name: &str| Refused::missing(name);
    Ok(match kind.escaped() {
        "text" => Part::Text(members.text.ok_or_else(|| missing("text"))?),
        "image" => Part::Image(Image {
            source: source(members.source.ok_or_else(|| missing("source"))?, notes)?,
            detail: None,
        }),
        "document" => document(
            members.source.ok_or_else(|| missing("source"))?,
            members.title,
            notes,
        )?,
        "tool_use" => Part::Call(Call {
            id: members.id.ok_or_else(|| missing("id"))?,
            name: members.name.ok_or_else(|| missing("name"))?,
            arguments: Arguments::Json(members.input.map_or("{}", RawValue::get)),
            signature: None,
        }),
        "tool_result" => Part::Result(CallResult {
            id: members.id.ok_or_else(|| missing("tool_use_id"))?,
            parts: members.content,
            is_error: members.is_error,
        }),
        "thinking" => Part::Thinking(Thinking {
            text: members.text.unwrap_or_default(),
            signature: members
                .signature
                .filter(|text| !text.is_empty())
                .map(|text| {
                    // One of another provider's comes with a label.
                    Signature::unpack(&text).unwrap_or(Signature::new(Origin::Messages, text))
                }),
        }),
        "redacted_thinking" => Part::Thinking(Thinking {
            text: Text::default(),
            signature: members.signature.map(|text| {
                Signature::unpack(&text).unwrap_or(Signature::new(Origin::Redacted, text))
            }),
        }),
        // Wire row 22.
        _ => return Err(Refused::unsupported("content of this type").at("type")),
    })
}

fn member<'a>(
    members: &mut Members<'a>,
    (place, kind, key): (&str, &str, &str),
    value: &'a RawValue,
    notes: &mut Notes,
) -> Result<(), Refused> {
    match (kind, key) {
        (_, "type") => {}
        ("text", "text") | ("thinking", "thinking") => members.text = Some(text_of(value)?),
        ("image" | "document", "source") => members.source = Some(value),
        ("document", "title") => members.title = Some(text_of(value)?),
        ("tool_use", "id") | ("tool_result", "tool_use_id") => {
            members.id = Some(text_of(value)?);
        }
        ("tool_use", "name") => members.name = Some(text_of(value)?),
        ("tool_use", "input") if value.get().starts_with('{') => members.input = Some(value),
        ("tool_use", "input") => return Err(Refused::wrong_type("an object")),
        ("tool_result", "content") => members.content = content(value, CONTENT, notes)?,
        ("tool_result", "is_error") => members.is_error = bool_of(value)?,
        ("thinking", "signature") | ("redacted_thinking", "data") => {
            members.signature = Some(text_of(value)?);
        }
        ("text", "citations") if value.get() == "[]" => {}
        ("tool_use", "caller") => caller(value, notes)?,
        (_, other) => notes.drop_member(place, other),
    }
    Ok(())
}

/// Who called: the model, or code that it wrote, of which no other dialect knows.
fn caller(raw: &RawValue, notes: &mut Notes) -> Result<(), Refused> {
    object(raw, |key, value| {
        if key != "type" || value.get() != "\"direct\"" {
            notes.drop_member("messages.content.caller", key);
        }
        Ok(())
    })
}

/// Where the members of a source stand.
const SOURCE: &str = "messages.content.source";

fn source<'a>(raw: &'a RawValue, notes: &mut Notes) -> Result<Source<'a>, Refused> {
    let kind = kind_of(raw)?;
    let (mut media_type, mut data, mut url) = (None, None, None);
    object(raw, |key, value| {
        match (kind.escaped(), key) {
            ("base64", "media_type") => media_type = Some(text_of(value)?),
            ("base64", "data") => data = Some(text_of(value)?),
            ("url", "url") => url = Some(text_of(value)?),
            (_, "type") => {}
            (_, other) => notes.drop_member(SOURCE, other),
        }
        Ok(())
    })
    .map_err(|why| why.at("source"))?;
    match (kind.escaped(), media_type, data, url) {
        ("base64", Some(media_type), Some(data), _) if is_media_type(&media_type.decode()) => {
            Ok(Source::Data { media_type, data })
        }
        ("base64", Some(_), Some(_), _) => {
            Err(Refused::wrong_type("a media type").at("source.media_type"))
        }
        ("url", _, _, Some(url)) => Ok(Source::of_url(url)),
        ("file", ..) => Err(Refused::unsupported("a file kept at Anthropic").at("source")),
        _ => Err(Refused::unsupported("a source of this type").at("source.type")),
    }
}

/// A document of plain text is text everywhere else.
fn document<'a>(
    raw: &'a RawValue,
    title: Option<Text<'a>>,
    notes: &mut Notes,
) -> Result<Part<'a>, Refused> {
    if !kind_of(raw)?.is("text") {
        return Ok(Part::File(File {
            source: source(raw, notes)?,
            name: title,
        }));
    }
    let mut text = None;
    if title.is_some() {
        notes.drop_named("messages.content.title");
    }
    object(raw, |key, value| {
        match key {
            "data" => text = Some(text_of(value)?),
            "type" => {}
            "media_type" if value.get() == "\"text/plain\"" => {}
            other => notes.drop_member(SOURCE, other),
        }
        Ok(())
    })?;
    text.map(Part::Text)
        .ok_or_else(|| Refused::missing("source.data"))
}
