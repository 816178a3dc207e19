//! Reads a Responses request.

use serde_json::value::RawValue;

use super::item_in;
use crate::dialect::chat::request_in as openai;
use crate::translate::json::{Text, array, bool_of, kind_of, number_of, object, text_of};
use crate::translate::{
    Amount, Format, Notes, Part, Reasoning, Refused, Request, Role, Tool, ToolChoice, Turn,
};

/// Reads `body`, naming in `notes` what has no counterpart anywhere else.
pub(crate) fn read<'a>(body: &'a RawValue, notes: &mut Notes) -> Result<Request<'a>, Refused> {
    let mut request = Request::default();
    let (mut instructions, mut input) = (None, None);
    object(body, |key, value| {
        match key {
            "instructions" => instructions = Some(text_of(value).map_err(|why| why.at(key))?),
            "input" => input = Some(value),
            _ => return member(&mut request, key, value, notes).map_err(|why| why.at(key)),
        }
        Ok(())
    })?;
    if let Some(text) = instructions {
        request.turns.push(Turn {
            role: Role::System,
            parts: vec![Part::Text(text)],
        });
    }
    let input = input.ok_or_else(|| Refused::missing("input"))?;
    item_in::read(input, &mut request.turns, notes).map_err(|why| why.at("input"))?;
    Ok(request)
}

fn member<'a>(
    request: &mut Request<'a>,
    key: &str,
    value: &'a RawValue,
    notes: &mut Notes,
) -> Result<(), Refused> {
    match key {
        "model" => {}
        "stream" => request.stream = bool_of(value)?,
        "stream_options" => object(value, |key, value| {
            openai::stream_option(key, value, notes);
            Ok(())
        })?,
        "max_output_tokens" => request.max_tokens = Some(openai::count(value)?),
        "temperature" => request.temperature = Some(number_of(value)?),
        "top_p" => request.top_p = Some(number_of(value)?),
        "tools" => {
            request.tools = Vec::new();
            array(value, |index, value| {
                request
                    .tools
                    .push(tool(value, notes).map_err(|why| why.at_index(index))?);
                Ok(())
            })?;
        }
        "tool_choice" => request.tool_choice = Some(tool_choice(value, notes)?),
        "parallel_tool_calls" => request.parallel_tool_calls = Some(bool_of(value)?),
        "text" => text(value, request, notes)?,
        "reasoning" => request.reasoning = Some(reasoning(value, notes)?),
        "user" => request.user = Some(text_of(value)?),
        "metadata" if value.get() == "{}" => {}
        "metadata" => request.metadata = Some(value),
        "service_tier" => request.service_tier = Some(openai::service_tier(text_of(value)?)),
        "store" => request.store = Some(bool_of(value)?),
        "prompt_cache_key" => request.prompt_cache_key = Some(text_of(value)?),
        "safety_identifier" => request.safety_identifier = Some(text_of(value)?),
        "include" => array(value, |_, value| {
            let what = text_of(value)?;
            // Thoughts always come with their proof.
            if !what.is("reasoning.encrypted_content") {
                notes.drop_named(format!("include.{}", what.decode()));
            }
            Ok(())
        })?,
        "truncation" if value.get() == "\"disabled\"" => {}
        "background" if value.get() == "false" => {}
        "background" => return Err(Refused::unsupported("work in the background")),
        // Wire row 50: nothing is kept here that these could refer to.
        "previous_response_id" | "conversation" => {
            return Err(Refused::new(
                "",
                "this model's provider keeps no conversations: send the whole of it as `input`",
            ));
        }
        "prompt" => return Err(Refused::unsupported("a prompt kept at OpenAI")),
        "top_logprobs" if value.get() == "0" => {}
        other => notes.drop_named(other.to_owned()),
    }
    Ok(())
}

/// Wire row 49: functions only.
fn tool<'a>(raw: &'a RawValue, notes: &mut Notes) -> Result<Tool<'a>, Refused> {
    if !kind_of(raw)?.is("function") {
        return Err(Refused::unsupported("a tool that is no function").at("type"));
    }
    openai::function(raw, "tools", notes)
}

/// Wire row 9.
fn tool_choice<'a>(raw: &'a RawValue, notes: &mut Notes) -> Result<ToolChoice<'a>, Refused> {
    if let Some(word) = Text::of(raw) {
        return openai::choice_word(&word);
    }
    let mut name = None;
    if !kind_of(raw)?.is("function") {
        return Err(Refused::unsupported("this kind of choice").at("type"));
    }
    object(raw, |key, value| {
        match key {
            "name" => name = Some(text_of(value).map_err(|why| why.at(key))?),
            "type" => {}
            other => notes.drop_member("tool_choice", other),
        }
        Ok(())
    })?;
    name.map(ToolChoice::Named)
        .ok_or_else(|| Refused::missing("name"))
}

fn text<'a>(
    raw: &'a RawValue,
    request: &mut Request<'a>,
    notes: &mut Notes,
) -> Result<(), Refused> {
    object(raw, |key, value| {
        match key {
            "verbosity" => request.verbosity = Some(text_of(value).map_err(|why| why.at(key))?),
            "format" => request.format = format(value, notes).map_err(|why| why.at(key))?,
            other => notes.drop_member("text", other),
        }
        Ok(())
    })
}

fn format<'a>(raw: &'a RawValue, notes: &mut Notes) -> Result<Option<Format<'a>>, Refused> {
    const PLACE: &str = "text.format";
    let format = match kind_of(raw)?.escaped() {
        "text" => None,
        "json_object" => Some(Format::JsonObject),
        "json_schema" => {
            return openai::schema(raw, PLACE, notes).map(|schema| Some(Format::Schema(schema)));
        }
        _ => return Err(Refused::unsupported("this format").at("type")),
    };
    object(raw, |key, _| {
        if key != "type" {
            notes.drop_member(PLACE, key);
        }
        Ok(())
    })?;
    Ok(format)
}

fn reasoning<'a>(raw: &'a RawValue, notes: &mut Notes) -> Result<Reasoning<'a>, Refused> {
    let mut reasoning = Reasoning {
        effort: Amount::Adaptive,
        shown: false,
        display_said: false,
        summary: None,
    };
    object(raw, |key, value| {
        match key {
            "effort" => {
                reasoning.effort = text_of(value)
                    .and_then(|word| openai::effort(&word))
                    .map_err(|why| why.at(key))?;
            }
            "summary" | "generate_summary" => {
                reasoning.summary = Some(text_of(value).map_err(|why| why.at(key))?);
                (reasoning.shown, reasoning.display_said) = (true, true);
            }
            other => notes.drop_member("reasoning", other),
        }
        Ok(())
    })?;
    Ok(reasoning)
}
