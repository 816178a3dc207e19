//! What a Responses answer repeats of its request.

use serde_json::value::RawValue;

use crate::translate::json::{Writer, object};
use crate::translate::{Format, Reasoning, Refused, Request};

/// Raw members of the request, as far as they are repeated unread.
#[derive(Default)]
struct Raw<'a> {
    instructions: Option<&'a str>,
    max_output_tokens: Option<&'a str>,
    max_tool_calls: Option<&'a str>,
    metadata: Option<&'a str>,
    prompt_cache_key: Option<&'a str>,
    safety_identifier: Option<&'a str>,
    service_tier: Option<&'a str>,
    temperature: Option<&'a str>,
    tool_choice: Option<&'a str>,
    top_p: Option<&'a str>,
    truncation: Option<&'a str>,
}

/// The members that the SDKs and OpenResponses require of every response object, without
/// braces.
pub(crate) fn members(body: &RawValue, request: &Request<'_>) -> Result<Vec<u8>, Refused> {
    let mut raw = Raw::default();
    object(body, |key, value| {
        let slot = match key {
            "instructions" => &mut raw.instructions,
            "max_output_tokens" => &mut raw.max_output_tokens,
            "max_tool_calls" => &mut raw.max_tool_calls,
            "metadata" => &mut raw.metadata,
            "prompt_cache_key" => &mut raw.prompt_cache_key,
            "safety_identifier" => &mut raw.safety_identifier,
            "service_tier" => &mut raw.service_tier,
            "temperature" => &mut raw.temperature,
            "tool_choice" => &mut raw.tool_choice,
            "top_p" => &mut raw.top_p,
            "truncation" => &mut raw.truncation,
            _ => return Ok(()),
        };
        *slot = Some(value.get());
        Ok(())
    })?;
    let mut out = Vec::with_capacity(512);
    Writer::new(&mut out).object(|w| write(&raw, request, w));
    // Braces come with the object that these are members of.
    out.pop();
    out.remove(0);
    Ok(out)
}

fn write(raw: &Raw<'_>, request: &Request<'_>, w: &mut Writer<'_>) {
    w.key("background").bool(false);
    w.key("frequency_penalty").raw("0.0");
    for (name, value, unsaid) in [
        ("instructions", raw.instructions, "null"),
        ("max_output_tokens", raw.max_output_tokens, "null"),
        ("max_tool_calls", raw.max_tool_calls, "null"),
        ("metadata", raw.metadata, "{}"),
        ("prompt_cache_key", raw.prompt_cache_key, "null"),
        ("safety_identifier", raw.safety_identifier, "null"),
        ("service_tier", raw.service_tier, "\"auto\""),
        ("temperature", raw.temperature, "1.0"),
        ("tool_choice", raw.tool_choice, "\"auto\""),
        ("top_p", raw.top_p, "1.0"),
        ("truncation", raw.truncation, "\"disabled\""),
    ] {
        w.key(name).raw(value.unwrap_or(unsaid));
    }
    w.key("parallel_tool_calls")
        .bool(request.parallel_tool_calls.unwrap_or(true));
    w.key("presence_penalty").raw("0.0");
    w.key("previous_response_id").null();
    w.key("reasoning").object(|w| {
        let effort = request
            .reasoning
            .as_ref()
            .and_then(|reasoning| reasoning.effort.effort());
        match effort {
            Some(effort) => w.key("effort").string(effort.name()),
            None => w.key("effort").null(),
        }
        match &request.reasoning {
            Some(Reasoning { summary, .. }) => w.key("summary").text_or_null(summary.as_ref()),
            None => w.key("summary").null(),
        }
    });
    // Nothing is kept here, whatever was asked for.
    w.key("store").bool(false);
    w.key("text").object(|w| text(request, w));
    w.key("tools").array(|w| {
        for tool in &request.tools {
            w.item().object(|w| {
                w.key("type").string("function");
                w.key("name").text(&tool.name);
                w.key("description").text_or_null(tool.description.as_ref());
                w.key("parameters").raw(tool.schema());
                w.key("strict").bool(tool.strict.unwrap_or(true));
            });
        }
    });
    w.key("top_logprobs").number(0);
}

fn text(request: &Request<'_>, w: &mut Writer<'_>) {
    w.key("format").object(|w| match &request.format {
        None => w.key("type").string("text"),
        Some(Format::JsonObject) => w.key("type").string("json_object"),
        Some(Format::Schema(schema)) => {
            w.key("type").string("json_schema");
            w.key("name").text_or_null(schema.name.as_ref());
            w.key("description")
                .text_or_null(schema.description.as_ref());
            w.key("schema").raw(schema.schema.get());
            match schema.strict {
                Some(strict) => w.key("strict").bool(strict),
                None => w.key("strict").null(),
            }
        }
    });
    match &request.verbosity {
        Some(verbosity) => w.key("verbosity").text(verbosity),
        None => w.key("verbosity").string("medium"),
    }
}
