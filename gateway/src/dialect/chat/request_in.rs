//! Reads a Chat request.

use serde_json::value::RawValue;

use super::message_in;
use crate::translate::json::{Text, array, bool_of, kind_of, number_of, object, text_of};
use crate::translate::{
    Amount, Effort, Format, Notes, Reasoning, Refused, Request, Schema, ServiceTier, Tool,
    ToolChoice,
};

/// Reads `body`, naming in `notes` what has no counterpart anywhere else.
pub(crate) fn read<'a>(body: &'a RawValue, notes: &mut Notes) -> Result<Request<'a>, Refused> {
    let mut request = Request::default();
    let mut completion_limit = None;
    let mut messages = None;
    object(body, |key, value| {
        member(
            &mut request,
            &mut completion_limit,
            &mut messages,
            key,
            value,
            notes,
        )
        .map_err(|refused| refused.at(key))
    })?;
    // Either is accepted, the newer name wins (wire row 5).
    if completion_limit.is_some_and(|limit| request.max_tokens.is_some_and(|old| old != limit)) {
        notes.drop_named("max_tokens");
    }
    request.max_tokens = completion_limit.or(request.max_tokens);
    let messages = messages.ok_or_else(|| Refused::missing("messages"))?;
    request.turns = message_in::read(messages, notes).map_err(|why| why.at("messages"))?;
    Ok(request)
}

fn member<'a>(
    request: &mut Request<'a>,
    completion_limit: &mut Option<u64>,
    messages: &mut Option<&'a RawValue>,
    key: &str,
    value: &'a RawValue,
    notes: &mut Notes,
) -> Result<(), Refused> {
    match key {
        "model" => {}
        "messages" => *messages = Some(value),
        "stream" => request.stream = bool_of(value)?,
        "stream_options" => request.include_usage = include_usage(value, notes)?,
        "max_tokens" => request.max_tokens = Some(count(value)?),
        "max_completion_tokens" => *completion_limit = Some(count(value)?),
        "temperature" => request.temperature = Some(number_of(value)?),
        "top_p" => request.top_p = Some(number_of(value)?),
        "top_k" => request.top_k = Some(number_of(value)?),
        "presence_penalty" => request.presence_penalty = Some(number_of(value)?),
        "frequency_penalty" => request.frequency_penalty = Some(number_of(value)?),
        "seed" => request.seed = Some(number_of(value)?),
        "stop" => request.stop = stop(value)?,
        "tools" => request.tools = tools(value, notes)?,
        "tool_choice" => request.tool_choice = Some(tool_choice(value, notes)?),
        "parallel_tool_calls" => request.parallel_tool_calls = Some(bool_of(value)?),
        "response_format" => request.format = format(value, notes)?,
        "reasoning_effort" => {
            let reasoning = Reasoning {
                effort: effort(&text_of(value)?)?,
                shown: false,
                display_said: false,
                summary: None,
            };
            // Some say it twice; the later measure counts.
            if request.reasoning.replace(reasoning).is_some() {
                notes.drop_named("thinking");
            }
        }
        "thinking" => {
            if request.reasoning.replace(thinking(value, notes)?).is_some() {
                notes.drop_named("reasoning_effort");
            }
        }
        "verbosity" => request.verbosity = Some(text_of(value)?),
        "user" => request.user = Some(text_of(value)?),
        "metadata" => request.metadata = Some(value),
        "service_tier" => request.service_tier = Some(service_tier(text_of(value)?)),
        "store" => request.store = Some(bool_of(value)?),
        "prompt_cache_key" => request.prompt_cache_key = Some(text_of(value)?),
        "safety_identifier" => request.safety_identifier = Some(text_of(value)?),
        // One answer is what everyone gives; more cannot be asked for elsewhere (wire row 23).
        "n" if value.get() == "1" => {}
        "n" => return Err(Refused::unsupported("more than one answer")),
        "logprobs" if value.get() == "false" => {}
        "modalities" => modalities(value)?,
        "audio" => return Err(Refused::unsupported("a spoken answer")),
        "functions" | "function_call" => {
            return Err(Refused::new(
                "",
                "it is obsolete: use `tools` and `tool_choice`",
            ));
        }
        "web_search_options" => return Err(Refused::unsupported("a search by the provider")),
        other => notes.drop_named(other.to_owned()),
    }
    Ok(())
}

/// Answers are text.
fn modalities(raw: &RawValue) -> Result<(), Refused> {
    array(raw, |index, value| {
        if text_of(value)
            .map_err(|why| why.at_index(index))?
            .is("text")
        {
            return Ok(());
        }
        Err(Refused::unsupported("an answer that is not text").at_index(index))
    })
}

fn include_usage(raw: &RawValue, notes: &mut Notes) -> Result<bool, Refused> {
    let mut asked = false;
    object(raw, |key, value| {
        match key {
            "include_usage" => asked = bool_of(value).map_err(|why| why.at(key))?,
            other => stream_option(other, value, notes),
        }
        Ok(())
    })?;
    Ok(asked)
}

/// A stream option that Chat and Responses share, or that nobody knows.
pub(in crate::dialect) fn stream_option(key: &str, value: &RawValue, notes: &mut Notes) {
    // Obfuscation pads what is sent; there is none to leave out.
    if key != "include_obfuscation" || value.get() != "false" {
        notes.drop_member("stream_options", key);
    }
}

/// A count of tokens.
pub(in crate::dialect) fn count(raw: &RawValue) -> Result<u64, Refused> {
    raw.get()
        .parse()
        .map_err(|_| Refused::wrong_type("a whole number"))
}

/// Wire row 8: one or several.
fn stop<'a>(raw: &'a RawValue) -> Result<Vec<Text<'a>>, Refused> {
    if let Some(one) = Text::of(raw) {
        return Ok(vec![one]);
    }
    let mut stops = Vec::new();
    array(raw, |index, value| {
        stops.push(text_of(value).map_err(|why| why.at_index(index))?);
        Ok(())
    })?;
    Ok(stops)
}

fn tools<'a>(raw: &'a RawValue, notes: &mut Notes) -> Result<Vec<Tool<'a>>, Refused> {
    let mut tools = Vec::new();
    array(raw, |index, value| {
        tools.push(tool(value, notes).map_err(|why| why.at_index(index))?);
        Ok(())
    })?;
    Ok(tools)
}

fn tool<'a>(raw: &'a RawValue, notes: &mut Notes) -> Result<Tool<'a>, Refused> {
    let mut function = None;
    let mut kind = Text::default();
    object(raw, |key, value| {
        match key {
            "type" => kind = text_of(value).map_err(|why| why.at(key))?,
            "function" => function = Some(value),
            other => notes.drop_member("tools", other),
        }
        Ok(())
    })?;
    match function {
        Some(function) if kind.is("function") || kind.is_empty() => {
            self::function(function, "tools.function", notes).map_err(|why| why.at("function"))
        }
        _ => Err(Refused::unsupported("a tool that is no function").at("type")),
    }
}

/// A function's members, which Chat nests and Responses does not.
pub(in crate::dialect) fn function<'a>(
    raw: &'a RawValue,
    place: &str,
    notes: &mut Notes,
) -> Result<Tool<'a>, Refused> {
    let mut name = None;
    let mut tool = Tool {
        name: Text::default(),
        description: None,
        parameters: None,
        strict: None,
    };
    object(raw, |key, value| {
        let read = || -> Result<(), Refused> {
            match key {
                "name" => name = Some(text_of(value)?),
                "description" => tool.description = Some(text_of(value)?),
                "parameters" => tool.parameters = Some(value),
                "strict" => tool.strict = Some(bool_of(value)?),
                "type" => {}
                other => notes.drop_member(place, other),
            }
            Ok(())
        };
        let mut read = read;
        read().map_err(|why| why.at(key))
    })?;
    tool.name = name.ok_or_else(|| Refused::missing("name"))?;
    Ok(tool)
}

fn tool_choice<'a>(raw: &'a RawValue, notes: &mut Notes) -> Result<ToolChoice<'a>, Refused> {
    if let Some(word) = Text::of(raw) {
        return choice_word(&word);
    }
    let mut name = None;
    if !kind_of(raw)?.is("function") {
        return Err(Refused::unsupported("this kind of choice").at("type"));
    }
    object(raw, |key, value| {
        match key {
            "function" => object(value, |key, value| {
                match key {
                    "name" => name = Some(text_of(value)?),
                    other => notes.drop_member("tool_choice.function", other),
                }
                Ok(())
            })?,
            "type" => {}
            other => notes.drop_member("tool_choice", other),
        }
        Ok(())
    })?;
    name.map(ToolChoice::Named)
        .ok_or_else(|| Refused::missing("function.name"))
}

/// The words that Chat and Responses share (wire row 9).
pub(in crate::dialect) fn choice_word<'a>(word: &Text<'_>) -> Result<ToolChoice<'a>, Refused> {
    match word.escaped() {
        "auto" => Ok(ToolChoice::Auto),
        "none" => Ok(ToolChoice::None),
        "required" => Ok(ToolChoice::Required),
        _ => Err(Refused::wrong_type(
            "`auto`, `none`, `required` or a function",
        )),
    }
}

fn format<'a>(raw: &'a RawValue, notes: &mut Notes) -> Result<Option<Format<'a>>, Refused> {
    let mut schema = None;
    let kind = kind_of(raw)?;
    object(raw, |key, value| {
        match key {
            "json_schema" if kind.is("json_schema") => {
                let read = self::schema(value, "response_format.json_schema", notes);
                schema = Some(read.map_err(|why| why.at(key))?);
            }
            "type" => {}
            other => notes.drop_member("response_format", other),
        }
        Ok(())
    })?;
    match kind.escaped() {
        "text" => Ok(None),
        "json_object" => Ok(Some(Format::JsonObject)),
        "json_schema" => schema
            .map(|schema| Some(Format::Schema(schema)))
            .ok_or_else(|| Refused::missing("json_schema")),
        _ => Err(Refused::unsupported("this format").at("type")),
    }
}

/// A schema's members, which Chat nests and Responses does not.
pub(in crate::dialect) fn schema<'a>(
    raw: &'a RawValue,
    place: &str,
    notes: &mut Notes,
) -> Result<Schema<'a>, Refused> {
    let (mut name, mut description, mut schema, mut strict) = (None, None, None, None);
    object(raw, |key, value| {
        match key {
            "name" => name = Some(text_of(value)?),
            "description" => description = Some(text_of(value)?),
            "schema" => schema = Some(value),
            "strict" => strict = Some(bool_of(value)?),
            "type" => {}
            other => notes.drop_member(place, other),
        }
        Ok(())
    })?;
    Ok(Schema {
        name,
        description,
        schema: schema.ok_or_else(|| Refused::missing("schema"))?,
        strict,
    })
}

/// Wire row 26: an effort that nobody knows is an error.
pub(in crate::dialect) fn effort(word: &Text<'_>) -> Result<Amount, Refused> {
    if word.is("none") {
        return Ok(Amount::Off);
    }
    Effort::named(word).map(Amount::Effort).ok_or_else(|| {
        Refused::wrong_type("`none`, `minimal`, `low`, `medium`, `high`, `xhigh` or `max`")
    })
}

/// Messages' `thinking`, which some clients of Chat send as well (wire row 27).
pub(in crate::dialect) fn thinking<'a>(
    raw: &'a RawValue,
    notes: &mut Notes,
) -> Result<Reasoning<'a>, Refused> {
    let (mut amount, mut budget, mut display) = (Amount::Adaptive, None, None);
    let kind = kind_of(raw)?;
    object(raw, |key, value| {
        match key {
            "budget_tokens" if kind.is("enabled") => {
                budget = Some(count(value).map_err(|why| why.at(key))?);
            }
            "display" => display = Some(text_of(value).map_err(|why| why.at(key))?),
            "type" => {}
            other => notes.drop_member("thinking", other),
        }
        Ok(())
    })?;
    let mut shown = display.as_ref().is_none_or(|word| !word.is("omitted"));
    match (kind.escaped(), budget) {
        ("enabled", Some(budget)) => amount = Amount::Budget(budget),
        ("enabled" | "adaptive", _) => {}
        ("disabled", _) => (amount, shown) = (Amount::Off, false),
        _ => return Err(Refused::wrong_type("`enabled`, `adaptive` or `disabled`").at("type")),
    }
    Ok(Reasoning {
        effort: amount,
        shown,
        display_said: display.is_some(),
        summary: None,
    })
}

/// OpenAI's tiers, `default` being the plain one.
pub(in crate::dialect) fn service_tier(word: Text<'_>) -> ServiceTier<'_> {
    match word.escaped() {
        "auto" => ServiceTier::Auto,
        "default" => ServiceTier::Standard,
        _ => ServiceTier::Other(word),
    }
}
