//! Writes a Chat request.

use crate::translate::json::{Text, Writer};
use crate::translate::{
    Amount, CallResult, Format, Outgoing, Parameter, Part, Refused, Request, Role, ServiceTier,
    Source, ToolChoice, Turn, family,
};

/// The most stop sequences that Chat takes.
const MOST_STOPS: usize = 4;

/// Writes `request` for `to.model`.
pub(crate) fn write(request: &Request<'_>, to: &mut Outgoing<'_>) -> Result<(), Refused> {
    let mut out = std::mem::take(&mut to.body);
    let mut written = Ok(());
    Writer::new(&mut out).object(|w| {
        w.key("model").string(to.model);
        w.key("messages")
            .array(|w| written = messages(request, w, to));
        limits(request, w, to);
        tools(request, w, to);
        format(request, w);
        who(request, w, to);
        if request.stream {
            w.key("stream").bool(true);
            // Always asked for; the client gets it if it asked too (wire row 41).
            w.key("stream_options").raw(r#"{"include_usage":true}"#);
        }
    });
    to.body = out;
    written
}

fn limits(request: &Request<'_>, w: &mut Writer<'_>, to: &mut Outgoing<'_>) {
    if let Some(max_tokens) = request.max_tokens {
        // Wire row 5.
        let name = if family::is_openai(to.model) {
            "max_completion_tokens"
        } else {
            "max_tokens"
        };
        w.key(name).number(max_tokens);
    }
    for (name, value) in [
        ("temperature", request.temperature),
        ("top_p", request.top_p),
        ("presence_penalty", request.presence_penalty),
        ("frequency_penalty", request.frequency_penalty),
        ("seed", request.seed),
    ] {
        if let Some(value) = value {
            w.key(name).raw(value);
        }
    }
    if request.top_k.is_some() {
        to.notes.drop(Parameter::TopK);
    }
    if !request.stop.is_empty() {
        if request.stop.len() > MOST_STOPS {
            to.notes.change(Parameter::Stop);
        }
        w.key("stop").array(|w| {
            for stop in request.stop.iter().take(MOST_STOPS) {
                w.item().text(stop);
            }
        });
    }
    if let Some(reasoning) = &request.reasoning {
        // Chat shows no thoughts, or all.
        if reasoning.display_said && reasoning.effort != Amount::Off {
            to.notes.drop(Parameter::ReasoningDisplay);
        }
        match reasoning.effort.effort() {
            Some(effort) => w.key("reasoning_effort").string(effort.name()),
            // Only the newest know the word; for others it is what they do unasked.
            None if family::reasons(to.model) && reasoning.effort == Amount::Off => {
                w.key("reasoning_effort").string("none");
            }
            None => {}
        }
    }
}

fn tools(request: &Request<'_>, w: &mut Writer<'_>, to: &mut Outgoing<'_>) {
    if request.tools.is_empty() {
        to.drop_tool_choice(request);
        return;
    }
    w.key("tools").array(|w| {
        for tool in &request.tools {
            w.item().object(|w| {
                w.key("type").string("function");
                w.key("function").object(|w| {
                    w.key("name").text(&tool.name);
                    if let Some(description) = &tool.description {
                        w.key("description").text(description);
                    }
                    w.key("parameters").raw(tool.schema());
                    if let Some(strict) = tool.strict {
                        w.key("strict").bool(strict);
                    }
                });
            });
        }
    });
    match &request.tool_choice {
        None => {}
        Some(ToolChoice::Auto) => w.key("tool_choice").string("auto"),
        Some(ToolChoice::None) => w.key("tool_choice").string("none"),
        Some(ToolChoice::Required) => w.key("tool_choice").string("required"),
        Some(ToolChoice::Named(name)) => w.key("tool_choice").object(|w| {
            w.key("type").string("function");
            w.key("function").object(|w| w.key("name").text(name));
        }),
    }
    if let Some(parallel) = request.parallel_tool_calls {
        w.key("parallel_tool_calls").bool(parallel);
    }
}

fn format(request: &Request<'_>, w: &mut Writer<'_>) {
    match &request.format {
        None => {}
        Some(Format::JsonObject) => w.key("response_format").raw(r#"{"type":"json_object"}"#),
        Some(Format::Schema(schema)) => w.key("response_format").object(|w| {
            w.key("type").string("json_schema");
            w.key("json_schema").object(|w| {
                let unnamed = Text::plain("response");
                w.key("name").text(schema.name.as_ref().unwrap_or(&unnamed));
                if let Some(description) = &schema.description {
                    w.key("description").text(description);
                }
                w.key("schema").raw(schema.schema.get());
                if let Some(strict) = schema.strict {
                    w.key("strict").bool(strict);
                }
            });
        }),
    }
}

fn who(request: &Request<'_>, w: &mut Writer<'_>, to: &mut Outgoing<'_>) {
    for (name, value) in [
        ("verbosity", &request.verbosity),
        ("user", &request.user),
        ("prompt_cache_key", &request.prompt_cache_key),
        ("safety_identifier", &request.safety_identifier),
    ] {
        if let Some(value) = value {
            w.key(name).text(value);
        }
    }
    match (request.metadata, request.store) {
        // OpenAI takes it for stored answers only.
        (Some(metadata), Some(true)) => w.key("metadata").raw(metadata.get()),
        (Some(_), _) => to.notes.drop(Parameter::Metadata),
        (None, _) => {}
    }
    if let Some(store) = request.store {
        w.key("store").bool(store);
    }
    match &request.service_tier {
        None => {}
        Some(ServiceTier::Auto) => w.key("service_tier").string("auto"),
        Some(ServiceTier::Standard) => w.key("service_tier").string("default"),
        Some(ServiceTier::Other(tier)) => w.key("service_tier").text(tier),
    }
}

fn messages(
    request: &Request<'_>,
    w: &mut Writer<'_>,
    to: &mut Outgoing<'_>,
) -> Result<(), Refused> {
    let mut turns = request.turns.as_slice();
    while let Some(turn) = turns.first() {
        // Items of one answer become one message again (wire rows 46 and 47).
        let together = match turn.role {
            Role::Assistant => turns
                .iter()
                .take_while(|turn| turn.role == Role::Assistant)
                .count(),
            _ => 1,
        };
        let (now, later) = turns.split_at(together);
        turns = later;
        match turn.role {
            Role::System => message("system", w, |w| content(&turn.parts, w))?,
            // Wire row 4.
            Role::Developer if family::is_openai(to.model) => {
                message("developer", w, |w| content(&turn.parts, w))?;
            }
            Role::Developer => message("system", w, |w| content(&turn.parts, w))?,
            Role::User => user(turn, w, to)?,
            Role::Assistant => assistant(now, w, to)?,
        }
    }
    Ok(())
}

fn message(
    role: &str,
    w: &mut Writer<'_>,
    members: impl FnOnce(&mut Writer<'_>) -> Result<(), Refused>,
) -> Result<(), Refused> {
    let mut written = Ok(());
    w.item().object(|w| {
        w.key("role").string(role);
        written = members(w);
    });
    written
}

/// Writes the member `content`: plain where one text is all there is.
fn content<'p, 'a: 'p>(
    parts: impl IntoIterator<Item = &'p Part<'a>, IntoIter: Clone>,
    w: &mut Writer<'_>,
) -> Result<(), Refused> {
    let parts = parts.into_iter();
    let mut two = parts.clone();
    match (two.next(), two.next()) {
        (None, _) => {
            w.key("content").string("");
            return Ok(());
        }
        (Some(Part::Text(text)), None) => {
            w.key("content").text(text);
            return Ok(());
        }
        _ => {}
    }
    let mut written = Ok(());
    w.key("content").array(|w| {
        for part in parts {
            if written.is_ok() {
                written = self::part(part, w);
            }
        }
    });
    written
}

fn part(part: &Part<'_>, w: &mut Writer<'_>) -> Result<(), Refused> {
    match part {
        Part::Text(text) => w.item().object(|w| {
            w.key("type").string("text");
            w.key("text").text(text);
        }),
        Part::Refusal(text) => w.item().object(|w| {
            w.key("type").string("refusal");
            w.key("refusal").text(text);
        }),
        Part::Image(image) => w.item().object(|w| {
            w.key("type").string("image_url");
            w.key("image_url").object(|w| {
                image.source.write_url(w.key("url"));
                if let Some(detail) = &image.detail {
                    w.key("detail").text(detail);
                }
            });
        }),
        Part::Audio(audio) => w.item().object(|w| {
            w.key("type").string("input_audio");
            w.key("input_audio").object(|w| {
                w.key("data").text(&audio.data);
                w.key("format").text(&audio.format);
            });
        }),
        Part::File(file) if matches!(file.source, Source::Data { .. }) => {
            w.item().object(|w| {
                w.key("type").string("file");
                w.key("file").object(|w| {
                    let unnamed = Text::plain("document.pdf");
                    w.key("filename")
                        .text(file.name.as_ref().unwrap_or(&unnamed));
                    file.source.write_url(w.key("file_data"));
                });
            });
        }
        Part::File(_) => return Err(Refused::unsupported("a file behind a URL").at("messages")),
        Part::Thinking(_) | Part::Call(_) | Part::Result(_) => {
            return Err(Refused::unsupported("a call or a thought in this place").at("messages"));
        }
    }
    Ok(())
}

/// Results come first, each a message of its own; then what a result cannot hold and what else
/// the user said (wire rows 21 and 45).
fn user(turn: &Turn<'_>, w: &mut Writer<'_>, to: &mut Outgoing<'_>) -> Result<(), Refused> {
    let results = || {
        turn.parts.iter().filter_map(|part| match part {
            Part::Result(result) => Some(result),
            _ => None,
        })
    };
    for result in results() {
        if result.is_error {
            to.notes.drop(Parameter::IsError);
        }
        message("tool", w, |w| {
            w.key("tool_call_id").text(&result.id);
            result_text(result, w);
            Ok(())
        })?;
    }
    let rest: Vec<&Part<'_>> = results()
        .flat_map(|result| &result.parts)
        .filter(|part| !matches!(part, Part::Text(_)))
        .chain(
            turn.parts
                .iter()
                .filter(|part| !matches!(part, Part::Result(_))),
        )
        .collect();
    if rest.is_empty() && results().next().is_some() {
        return Ok(());
    }
    message("user", w, |w| content(rest.iter().copied(), w))
}

/// A tool's message holds text alone.
fn result_text(result: &CallResult<'_>, w: &mut Writer<'_>) {
    let texts: Vec<&Text<'_>> = result
        .parts
        .iter()
        .filter_map(|part| match part {
            Part::Text(text) => Some(text),
            _ => None,
        })
        .collect();
    match texts.as_slice() {
        [] if !result.parts.is_empty() => {
            w.key("content")
                .string("The result is in the next message.");
        }
        [] => w.key("content").string(""),
        [text] => w.key("content").text(text),
        _ => w.key("content").array(|w| {
            for text in texts {
                w.item().object(|w| {
                    w.key("type").string("text");
                    w.key("text").text(text);
                });
            }
        }),
    }
}

fn assistant(turns: &[Turn<'_>], w: &mut Writer<'_>, to: &mut Outgoing<'_>) -> Result<(), Refused> {
    let parts = || turns.iter().flat_map(|turn| &turn.parts);
    let said = || {
        parts().filter(|part| match part {
            Part::Text(text) => !text.is_empty(),
            Part::Thinking(_) | Part::Call(_) | Part::Refusal(_) => false,
            _ => true,
        })
    };
    let calls = || {
        parts().filter_map(|part| match part {
            Part::Call(call) => Some(call),
            _ => None,
        })
    };
    let refusals: Vec<&Text<'_>> = parts()
        .filter_map(|part| match part {
            Part::Refusal(text) => Some(text),
            _ => None,
        })
        .collect();
    let thoughts: Vec<&Text<'_>> = parts()
        .filter_map(|part| match part {
            Part::Thinking(thinking) => Some(&thinking.text),
            _ => None,
        })
        .collect();
    if said().next().is_none() && calls().next().is_none() && refusals.is_empty() {
        // Thoughts alone are no message.
        if !thoughts.is_empty() {
            to.notes.drop(Parameter::Thoughts);
        }
        return Ok(());
    }
    message("assistant", w, |w| {
        if said().next().is_some() {
            content(said(), w)?;
        } else {
            w.key("content").null();
        }
        if !refusals.is_empty() {
            w.key("refusal")
                .joined(refusals.iter().map(|text| text.escaped()));
        }
        if family::takes_reasoning_content(to.model) && !thoughts.is_empty() {
            w.key("reasoning_content")
                .joined(thoughts.iter().map(|text| text.escaped()));
        } else if !thoughts.is_empty() {
            to.notes.drop(Parameter::Thoughts);
        }
        if calls().next().is_some() {
            w.key("tool_calls").array(|w| {
                for call in calls() {
                    w.item().object(|w| {
                        w.key("id").text(&call.id);
                        w.key("type").string("function");
                        w.key("function").object(|w| {
                            w.key("name").text(&call.name);
                            call.arguments.write_string(w.key("arguments"));
                        });
                    });
                }
            });
        }
        Ok(())
    })
}
