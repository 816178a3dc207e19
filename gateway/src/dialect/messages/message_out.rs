//! Writes the messages of a Messages request: `system`, and turns that alternate.

use crate::translate::family::Claude;
use crate::translate::json::{Text, Writer};
use crate::translate::{
    Call, CallResult, File, Image, Notes, Origin, Outgoing, Parameter, Part, Refused, Role,
    Signature, Source, Thinking, Turn, tool_id,
};

/// A message to be: what consecutive turns of one role say together.
struct Message<'p, 'a> {
    role: Role,
    blocks: Vec<Block<'p, 'a>>,
}

enum Block<'p, 'a> {
    Part(&'p Part<'a>),
    /// An instruction that had to become part of a user's message.
    Folded(&'p Text<'a>),
}

/// Writes the members `system` and `messages`.
pub(super) fn write(
    turns: &[Turn<'_>],
    claude: Option<Claude>,
    w: &mut Writer<'_>,
    to: &mut Outgoing<'_>,
) -> Result<(), Refused> {
    let is_system = |turn: &Turn<'_>| matches!(turn.role, Role::System | Role::Developer);
    let leading = turns.iter().take_while(|turn| is_system(turn)).count();
    let (system, turns) = turns.split_at(leading);
    // Wire row 1.
    let texts = || system.iter().flat_map(|turn| texts(&turn.parts));
    if texts().next().is_some() {
        w.key("system").array(|w| {
            for text in texts() {
                w.item().object(|w| text_block(text, w));
            }
        });
    }
    let native = claude.is_some_and(Claude::takes_later_system);
    let messages = messages(turns, native, to.notes);
    let mut written = Ok(());
    w.key("messages").array(|w| {
        for message in &messages {
            w.item().object(|w| {
                w.key("role").string(match message.role {
                    Role::Assistant => "assistant",
                    Role::User => "user",
                    Role::System | Role::Developer => "system",
                });
                w.key("content").array(|w| {
                    for block in ordered(message) {
                        if written.is_ok() {
                            written = self::block(block, w, to);
                        }
                    }
                });
            });
        }
    });
    written
}

fn texts<'p, 'a>(parts: &'p [Part<'a>]) -> impl Iterator<Item = &'p Text<'a>> {
    parts.iter().filter_map(|part| match part {
        Part::Text(text) if !text.is_empty() => Some(text),
        _ => None,
    })
}

/// Brings turns together so that roles alternate (wire rows 2, 14, 18 and 46).
fn messages<'p, 'a>(
    turns: &'p [Turn<'a>],
    native: bool,
    notes: &mut Notes,
) -> Vec<Message<'p, 'a>> {
    let mut messages: Vec<Message<'p, 'a>> = Vec::new();
    for (index, turn) in turns.iter().enumerate() {
        let (mut role, mut blocks) = (turn.role, Vec::new());
        if matches!(role, Role::System | Role::Developer) {
            let follows = |message: &Message<'_, '_>| {
                matches!(message.role, Role::User | Role::System | Role::Developer)
            };
            let next = turns[index..]
                .iter()
                .find(|turn| !matches!(turn.role, Role::System | Role::Developer));
            // Wire row 2: after a user's turn, and last or before the assistant's.
            if native
                && messages.last().is_some_and(follows)
                && next.is_none_or(|turn| turn.role == Role::Assistant)
            {
                role = Role::System;
                blocks.extend(
                    turn.parts
                        .iter()
                        .filter(|part| keeps(part))
                        .map(Block::Part),
                );
            } else {
                notes.change_named("messages.role");
                role = Role::User;
                blocks.extend(texts(&turn.parts).map(Block::Folded));
            }
        } else {
            for part in &turn.parts {
                if keeps(part) {
                    blocks.push(Block::Part(part));
                } else if matches!(part, Part::Thinking(_)) {
                    notes.drop(Parameter::Thoughts);
                }
            }
        }
        if blocks.is_empty() {
            continue;
        }
        match messages.last_mut() {
            Some(last) if last.role == role => last.blocks.append(&mut blocks),
            _ => messages.push(Message { role, blocks }),
        }
    }
    messages
}

/// Wire rows 14 and 29: no empty text, and no thought without its signature.
fn keeps(part: &Part<'_>) -> bool {
    match part {
        Part::Text(text) | Part::Refusal(text) => !text.is_empty(),
        Part::Thinking(thinking) => matches!(
            &thinking.signature,
            Some(Signature {
                origin: Origin::Messages | Origin::Redacted,
                ..
            })
        ),
        _ => true,
    }
}

/// A message's blocks, results first (wire row 18).
fn ordered<'m, 'p, 'a>(message: &'m Message<'p, 'a>) -> impl Iterator<Item = &'m Block<'p, 'a>> {
    let is_result = |block: &&Block<'_, '_>| matches!(block, Block::Part(Part::Result(_)));
    let results = message.blocks.iter().filter(is_result);
    results.chain(message.blocks.iter().filter(move |block| !is_result(block)))
}

fn block(block: &Block<'_, '_>, w: &mut Writer<'_>, to: &mut Outgoing<'_>) -> Result<(), Refused> {
    let part = match block {
        Block::Folded(text) => {
            w.item().object(|w| {
                w.key("type").string("text");
                w.key("text")
                    .joined(["<system>\\n", text.escaped(), "\\n</system>"]);
            });
            return Ok(());
        }
        Block::Part(part) => part,
    };
    let mut written = Ok(());
    w.item().object(|w| written = self::part(part, w, to));
    written
}

fn part(part: &Part<'_>, w: &mut Writer<'_>, to: &mut Outgoing<'_>) -> Result<(), Refused> {
    match part {
        Part::Text(text) | Part::Refusal(text) => text_block(text, w),
        Part::Image(image) => self::image(image, w, to.notes),
        Part::File(file) => document(file, w),
        Part::Audio(_) => {
            // Wire row 22.
            return Err(Refused::unsupported("sound").at("messages.content.input_audio"));
        }
        Part::Thinking(thinking) => self::thinking(thinking, w),
        Part::Call(call) => tool_use(call, w, to.notes),
        Part::Result(result) => return tool_result(result, w, to),
    }
    Ok(())
}

fn text_block(text: &Text<'_>, w: &mut Writer<'_>) {
    w.key("type").string("text");
    w.key("text").text(text);
}

/// Wire row 20.
fn source(source: &Source<'_>, w: &mut Writer<'_>) {
    w.key("source").object(|w| match source {
        Source::Url(url) => {
            w.key("type").string("url");
            w.key("url").text(url);
        }
        Source::Data { media_type, data } => {
            w.key("type").string("base64");
            w.key("media_type").text(media_type);
            w.key("data").text(data);
        }
    });
}

fn image(image: &Image<'_>, w: &mut Writer<'_>, notes: &mut Notes) {
    w.key("type").string("image");
    source(&image.source, w);
    if image
        .detail
        .as_ref()
        .is_some_and(|detail| !detail.is("auto"))
    {
        notes.drop(Parameter::ImageDetail);
    }
}

fn document(file: &File<'_>, w: &mut Writer<'_>) {
    w.key("type").string("document");
    source(&file.source, w);
    if let Some(name) = &file.name {
        w.key("title").text(name);
    }
}

/// Wire row 29.
fn thinking(thinking: &Thinking<'_>, w: &mut Writer<'_>) {
    let Some(signature) = &thinking.signature else {
        return;
    };
    if signature.origin == Origin::Redacted {
        w.key("type").string("redacted_thinking");
        w.key("data").text(&signature.value);
    } else {
        w.key("type").string("thinking");
        w.key("thinking").text(&thinking.text);
        w.key("signature").text(&signature.value);
    }
}

/// Wire rows 15, 16, 17 and 19.
fn tool_use(call: &Call<'_>, w: &mut Writer<'_>, notes: &mut Notes) {
    w.key("type").string("tool_use");
    w.key("id").string(&tool_id::safe(&call.id));
    w.key("name").text(&call.name);
    if call.signature.is_some() {
        notes.drop(Parameter::CallSignature);
    }
    if call.arguments.write_object(w.key("input")).is_err() {
        notes.change(Parameter::Arguments);
    }
}

fn tool_result(
    result: &CallResult<'_>,
    w: &mut Writer<'_>,
    to: &mut Outgoing<'_>,
) -> Result<(), Refused> {
    w.key("type").string("tool_result");
    w.key("tool_use_id").string(&tool_id::safe(&result.id));
    let mut written = Ok(());
    match result.parts.as_slice() {
        [] => {}
        [Part::Text(text)] => w.key("content").text(text),
        parts => w.key("content").array(|w| {
            for part in parts.iter().filter(|part| keeps(part)) {
                w.item().object(|w| {
                    if written.is_ok() {
                        written = self::part(part, w, to);
                    }
                });
            }
        }),
    }
    if result.is_error {
        w.key("is_error").bool(true);
    }
    written
}
