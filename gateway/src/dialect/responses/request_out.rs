//! Writes a Responses request.

use super::item_out;
use crate::translate::json::{Text, Writer};
use crate::translate::{
    Format, Outgoing, Parameter, Part, Reasoning, Refused, Request, Role, ServiceTier, ToolChoice,
    Turn, family,
};

/// Writes `request` for `to.model`.
pub(crate) fn write(request: &Request<'_>, to: &mut Outgoing<'_>) -> Result<(), Refused> {
    let mut out = std::mem::take(&mut to.body);
    let mut written = Ok(());
    Writer::new(&mut out).object(|w| {
        w.key("model").string(to.model);
        let (instructions, turns) = instructions(&request.turns);
        if let Some(instructions) = instructions {
            w.key("instructions").text(instructions);
        }
        w.key("input")
            .array(|w| written = item_out::write(turns, w, to));
        limits(request, w, to);
        tools(request, w, to);
        text(request, w);
        reasoning(request, w, to);
        who(request, w);
        if request.stream {
            w.key("stream").bool(true);
        }
    });
    to.body = out;
    written
}

/// One leading text of the system is the instructions; several keep their order and their
/// roles as items (wire row 1).
fn instructions<'r, 'a>(turns: &'r [Turn<'a>]) -> (Option<&'r Text<'a>>, &'r [Turn<'a>]) {
    let is_system = |turn: &Turn<'_>| matches!(turn.role, Role::System | Role::Developer);
    match turns {
        [first, rest @ ..]
            if first.role == Role::System && !rest.first().is_some_and(is_system) =>
        {
            match first.parts.as_slice() {
                [Part::Text(text)] => (Some(text), rest),
                _ => (None, turns),
            }
        }
        _ => (None, turns),
    }
}

fn limits(request: &Request<'_>, w: &mut Writer<'_>, to: &mut Outgoing<'_>) {
    if let Some(max_tokens) = request.max_tokens {
        w.key("max_output_tokens").number(max_tokens);
    }
    for (name, value) in [
        ("temperature", request.temperature),
        ("top_p", request.top_p),
    ] {
        if let Some(value) = value {
            w.key(name).raw(value);
        }
    }
    for (parameter, given) in [
        // Wire row 8: Responses has none.
        (Parameter::Stop, !request.stop.is_empty()),
        (Parameter::TopK, request.top_k.is_some()),
        (
            Parameter::PresencePenalty,
            request.presence_penalty.is_some(),
        ),
        (
            Parameter::FrequencyPenalty,
            request.frequency_penalty.is_some(),
        ),
        (Parameter::Seed, request.seed.is_some()),
    ] {
        if given {
            to.notes.drop(parameter);
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
                w.key("name").text(&tool.name);
                if let Some(description) = &tool.description {
                    w.key("description").text(description);
                }
                w.key("parameters").raw(tool.schema());
                // Unsaid it would be true, unlike everywhere else.
                w.key("strict").bool(tool.strict.unwrap_or(false));
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
            w.key("name").text(name);
        }),
    }
    if let Some(parallel) = request.parallel_tool_calls {
        w.key("parallel_tool_calls").bool(parallel);
    }
}

fn text(request: &Request<'_>, w: &mut Writer<'_>) {
    if request.format.is_none() && request.verbosity.is_none() {
        return;
    }
    w.key("text").object(|w| {
        match &request.format {
            None => {}
            Some(Format::JsonObject) => w.key("format").raw(r#"{"type":"json_object"}"#),
            Some(Format::Schema(schema)) => w.key("format").object(|w| {
                w.key("type").string("json_schema");
                let unnamed = Text::plain("response");
                w.key("name").text(schema.name.as_ref().unwrap_or(&unnamed));
                if let Some(description) = &schema.description {
                    w.key("description").text(description);
                }
                w.key("schema").raw(schema.schema.get());
                if let Some(strict) = schema.strict {
                    w.key("strict").bool(strict);
                }
            }),
        }
        if let Some(verbosity) = &request.verbosity {
            w.key("verbosity").text(verbosity);
        }
    });
}

/// Wire row 26; and thoughts are asked for with their proof, as nothing is stored (row 29).
fn reasoning(request: &Request<'_>, w: &mut Writer<'_>, to: &mut Outgoing<'_>) {
    let mut thinks = family::reasons(to.model);
    if let Some(Reasoning {
        effort,
        shown,
        summary,
        ..
    }) = &request.reasoning
    {
        w.key("reasoning").object(|w| {
            w.key("effort")
                .string(effort.effort().map_or("none", |effort| effort.name()));
            match summary {
                Some(summary) => w.key("summary").text(summary),
                None if *shown => w.key("summary").string("auto"),
                None => {}
            }
        });
        thinks |= effort.effort().is_some();
    }
    if thinks {
        w.key("include").raw(r#"["reasoning.encrypted_content"]"#);
    }
}

fn who(request: &Request<'_>, w: &mut Writer<'_>) {
    for (name, value) in [
        ("user", &request.user),
        ("prompt_cache_key", &request.prompt_cache_key),
        ("safety_identifier", &request.safety_identifier),
    ] {
        if let Some(value) = value {
            w.key(name).text(value);
        }
    }
    if let Some(metadata) = request.metadata {
        w.key("metadata").raw(metadata.get());
    }
    match &request.service_tier {
        None => {}
        Some(ServiceTier::Auto) => w.key("service_tier").string("auto"),
        Some(ServiceTier::Standard) => w.key("service_tier").string("default"),
        Some(ServiceTier::Other(tier)) => w.key("service_tier").text(tier),
    }
    // Other dialects keep nothing unless they are asked to.
    w.key("store").bool(request.store.unwrap_or(false));
}
