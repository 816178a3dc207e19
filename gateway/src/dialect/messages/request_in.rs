//! Reads a Messages request.

use serde_json::value::RawValue;

use super::message_in;
use crate::dialect::chat::request_in as openai;
use crate::translate::json::{Text, array, bool_of, kind_of, number_of, object, text_of};
use crate::translate::{
    Amount, Effort, Format, Notes, Reasoning, Refused, Request, Role, Schema, ServiceTier, Tool,
    ToolChoice, Turn,
};

/// Reads `body`, naming in `notes` what has no counterpart anywhere else.
pub(crate) fn read<'a>(body: &'a RawValue, notes: &mut Notes) -> Result<Request<'a>, Refused> {
    let mut request = Request::default();
    let mut effort = None;
    let (mut system, mut messages) = (None, None);
    object(body, |key, value| {
        match key {
            "system" => system = Some(value),
            "messages" => messages = Some(value),
            "output_config" => {
                return output_config(value, &mut request, &mut effort, notes)
                    .map_err(|why| why.at(key));
            }
            _ => return member(&mut request, key, value, notes).map_err(|why| why.at(key)),
        }
        Ok(())
    })?;
    if request.max_tokens.is_none() {
        return Err(Refused::missing("max_tokens"));
    }
    if let Some(effort) = effort {
        match &mut request.reasoning {
            // A budget says more exactly what the effort says.
            Some(Reasoning {
                effort: amount @ Amount::Adaptive,
                ..
            }) => {
                *amount = Amount::Effort(effort);
            }
            // Without thinking it is how many words the answer is worth.
            Some(_) | None => notes.drop_named("output_config.effort"),
        }
    }
    let messages = messages.ok_or_else(|| Refused::missing("messages"))?;
    if let Some(system) = system {
        let parts = message_in::content(system, "system", notes).map_err(|why| why.at("system"))?;
        request.turns.push(Turn {
            role: Role::System,
            parts,
        });
    }
    message_in::read(messages, &mut request.turns, notes).map_err(|why| why.at("messages"))?;
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
        "max_tokens" => request.max_tokens = Some(openai::count(value)?),
        "temperature" => request.temperature = Some(number_of(value)?),
        "top_p" => request.top_p = Some(number_of(value)?),
        "top_k" => request.top_k = Some(number_of(value)?),
        "stop_sequences" => {
            request.stop = Vec::new();
            array(value, |index, value| {
                request
                    .stop
                    .push(text_of(value).map_err(|why| why.at_index(index))?);
                Ok(())
            })?;
        }
        "tools" => {
            request.tools = Vec::new();
            array(value, |index, value| {
                request
                    .tools
                    .push(tool(value, notes).map_err(|why| why.at_index(index))?);
                Ok(())
            })?;
        }
        "tool_choice" => tool_choice(value, request, notes)?,
        "thinking" => request.reasoning = Some(openai::thinking(value, notes)?),
        "output_format" => request.format = Some(format(value, key, notes)?),
        "metadata" => object(value, |key, value| {
            match key {
                "user_id" => request.user = Some(text_of(value).map_err(|why| why.at(key))?),
                other => notes.drop_member("metadata", other),
            }
            Ok(())
        })?,
        "service_tier" => {
            let word = text_of(value)?;
            request.service_tier = Some(match word.escaped() {
                "auto" => ServiceTier::Auto,
                "standard_only" => ServiceTier::Standard,
                _ => ServiceTier::Other(word),
            });
        }
        "mcp_servers" if value.get() == "[]" => {}
        "mcp_servers" => return Err(Refused::unsupported("a tool that Anthropic runs")),
        "container" => return Err(Refused::unsupported("a container at Anthropic")),
        other => notes.drop_named(other.to_owned()),
    }
    Ok(())
}

fn output_config<'a>(
    raw: &'a RawValue,
    request: &mut Request<'a>,
    effort: &mut Option<Effort>,
    notes: &mut Notes,
) -> Result<(), Refused> {
    object(raw, |key, value| {
        match key {
            "effort" => match openai::effort(&text_of(value)?).map_err(|why| why.at(key))? {
                Amount::Effort(level) => *effort = Some(level),
                _ => return Err(Refused::wrong_type("an effort").at(key)),
            },
            "format" => {
                let read = format(value, "output_config.format", notes);
                request.format = Some(read.map_err(|why| why.at(key))?);
            }
            other => notes.drop_member("output_config", other),
        }
        Ok(())
    })
}

fn format<'a>(raw: &'a RawValue, place: &str, notes: &mut Notes) -> Result<Format<'a>, Refused> {
    let mut schema = None;
    if !kind_of(raw)?.is("json_schema") {
        return Err(Refused::unsupported("this format").at("type"));
    }
    object(raw, |key, value| {
        match key {
            "schema" => schema = Some(value),
            "type" => {}
            other => notes.drop_member(place, other),
        }
        Ok(())
    })?;
    Ok(Format::Schema(Schema {
        name: None,
        description: None,
        schema: schema.ok_or_else(|| Refused::missing("schema"))?,
        // Messages always holds the model to its schema.
        strict: Some(true),
    }))
}

fn tool<'a>(raw: &'a RawValue, notes: &mut Notes) -> Result<Tool<'a>, Refused> {
    let (mut kind, mut name) = (Text::default(), None);
    let mut tool = Tool {
        name: Text::default(),
        description: None,
        parameters: None,
        strict: None,
    };
    // A tool of Anthropic's own has other members, so its type is looked at first.
    object(raw, |key, value| {
        if key == "type" {
            kind = text_of(value).map_err(|why| why.at(key))?;
        }
        Ok(())
    })?;
    if !kind.is_empty() && !kind.is("custom") {
        return Err(Refused::unsupported("a tool of Anthropic's own").at("type"));
    }
    object(raw, |key, value| {
        match key {
            "name" => name = Some(text_of(value).map_err(|why| why.at(key))?),
            "description" => tool.description = Some(text_of(value).map_err(|why| why.at(key))?),
            "input_schema" => tool.parameters = Some(value),
            "strict" => tool.strict = Some(bool_of(value).map_err(|why| why.at(key))?),
            "type" => {}
            other => notes.drop_member("tools", other),
        }
        Ok(())
    })?;
    tool.name = name.ok_or_else(|| Refused::missing("name"))?;
    Ok(tool)
}

/// Wire rows 9 and 10.
fn tool_choice<'a>(
    raw: &'a RawValue,
    request: &mut Request<'a>,
    notes: &mut Notes,
) -> Result<(), Refused> {
    let kind = kind_of(raw)?;
    let mut name = None;
    object(raw, |key, value| {
        match key {
            "name" if kind.is("tool") => {
                name = Some(text_of(value).map_err(|why| why.at(key))?);
            }
            "disable_parallel_tool_use" => {
                let disabled = bool_of(value).map_err(|why| why.at(key))?;
                request.parallel_tool_calls = disabled.then_some(false);
            }
            "type" => {}
            other => notes.drop_member("tool_choice", other),
        }
        Ok(())
    })?;
    request.tool_choice = Some(match (kind.escaped(), name) {
        ("auto", _) => ToolChoice::Auto,
        ("any", _) => ToolChoice::Required,
        ("none", _) => ToolChoice::None,
        ("tool", Some(name)) => ToolChoice::Named(name),
        ("tool", None) => return Err(Refused::missing("name")),
        _ => {
            return Err(Refused::wrong_type("`auto`, `any`, `none` or `tool`").at("type"));
        }
    });
    Ok(())
}
