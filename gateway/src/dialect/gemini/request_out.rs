//! Writes a request to Gemini. The model and whether it streams stand in its path.

use super::content_out;
use crate::translate::json::Writer;
use crate::translate::{
    Amount, Effort, Format, Outgoing, Parameter, Reasoning, Refused, Request, ToolChoice, family,
};

/// The most stop sequences that Gemini takes.
const MOST_STOPS: usize = 5;
/// The most tokens that Gemini 2.5 takes for thinking, in its smaller models.
const MOST_THINKING_TOKENS: u64 = 24_576;

/// Writes `request` for `to.model`.
pub(crate) fn write(request: &Request<'_>, to: &mut Outgoing<'_>) -> Result<(), Refused> {
    to.only_text_instructs(request)?;
    let mut out = std::mem::take(&mut to.body);
    let mut written = Ok(());
    Writer::new(&mut out).object(|w| {
        written = content_out::write(&request.turns, w, to);
        tools(request, w, to);
        generation_config(request, w, to);
    });
    for (parameter, given) in [
        (Parameter::User, request.user.is_some()),
        (Parameter::ServiceTier, request.service_tier.is_some()),
    ] {
        if given {
            to.notes.drop(parameter);
        }
    }
    to.drop_openai_only(request);
    to.body = out;
    written
}

fn tools(request: &Request<'_>, w: &mut Writer<'_>, to: &mut Outgoing<'_>) {
    if request.tools.is_empty() {
        to.drop_tool_choice(request);
        return;
    }
    w.key("tools").array(|w| {
        w.item().object(|w| {
            w.key("functionDeclarations").array(|w| {
                for tool in &request.tools {
                    if tool.strict == Some(true) {
                        to.notes.drop(Parameter::ToolStrict);
                    }
                    w.item().object(|w| {
                        w.key("name").text(&tool.name);
                        if let Some(description) = &tool.description {
                            w.key("description").text(description);
                        }
                        // The member that takes JSON schemas as they are.
                        if let Some(parameters) = tool.parameters {
                            w.key("parametersJsonSchema").raw(parameters.get());
                        }
                    });
                }
            });
        });
    });
    if request.parallel_tool_calls == Some(false) {
        to.notes.drop(Parameter::ParallelToolCalls);
    }
    let Some(choice) = &request.tool_choice else {
        return;
    };
    w.key("toolConfig").object(|w| {
        w.key("functionCallingConfig").object(|w| {
            w.key("mode").string(match choice {
                ToolChoice::Auto => "AUTO",
                ToolChoice::None => "NONE",
                ToolChoice::Required | ToolChoice::Named(_) => "ANY",
            });
            if let ToolChoice::Named(name) = choice {
                w.key("allowedFunctionNames").array(|w| w.item().text(name));
            }
        });
    });
}

fn generation_config(request: &Request<'_>, w: &mut Writer<'_>, to: &mut Outgoing<'_>) {
    let mut config = Vec::new();
    Writer::new(&mut config).object(|w| {
        if let Some(max_tokens) = request.max_tokens {
            w.key("maxOutputTokens").number(max_tokens);
        }
        for (name, value) in [
            ("temperature", request.temperature),
            ("topP", request.top_p),
            ("topK", request.top_k),
            ("presencePenalty", request.presence_penalty),
            ("frequencyPenalty", request.frequency_penalty),
            ("seed", request.seed),
        ] {
            if let Some(value) = value {
                w.key(name).raw(value);
            }
        }
        if !request.stop.is_empty() {
            if request.stop.len() > MOST_STOPS {
                to.notes.change(Parameter::Stop);
            }
            w.key("stopSequences").array(|w| {
                for stop in request.stop.iter().take(MOST_STOPS) {
                    w.item().text(stop);
                }
            });
        }
        match &request.format {
            None => {}
            Some(Format::JsonObject) => w.key("responseMimeType").string("application/json"),
            Some(Format::Schema(schema)) => {
                to.drop_about_schema(schema, false);
                w.key("responseMimeType").string("application/json");
                w.key("responseJsonSchema").raw(schema.schema.get());
            }
        }
        if let Some(reasoning) = &request.reasoning {
            w.key("thinkingConfig")
                .object(|w| thinking(reasoning, w, to));
        }
    });
    if config != b"{}" {
        w.key("generationConfig")
            .raw(std::str::from_utf8(&config).unwrap_or("{}"));
    }
}

/// Wire row 26: by levels since Gemini 3, by tokens before.
fn thinking(reasoning: &Reasoning<'_>, w: &mut Writer<'_>, to: &mut Outgoing<'_>) {
    let by_level = family::gemini_generation(to.model).is_some_and(|generation| generation >= 3);
    match (reasoning.effort, by_level) {
        (Amount::Adaptive, true) => {}
        (Amount::Adaptive, false) => w.key("thinkingBudget").raw("-1"),
        (Amount::Off, false) => {
            w.key("thinkingBudget").number(0);
            return;
        }
        // There is no off; the least is the nearest.
        (Amount::Off, true) => {
            to.notes.change(Parameter::Reasoning);
            w.key("thinkingLevel").string("low");
            return;
        }
        (amount, true) => w.key("thinkingLevel").string(match amount.effort() {
            Some(Effort::Minimal | Effort::Low) => "low",
            Some(Effort::Medium) => "medium",
            _ => "high",
        }),
        (amount, false) => {
            let budget = amount.budget_tokens().unwrap_or(0);
            w.key("thinkingBudget")
                .number(budget.min(MOST_THINKING_TOKENS));
        }
    }
    // Shown unless that is declined: they are what the client pays for.
    let declined = reasoning.display_said && !reasoning.shown;
    w.key("includeThoughts").bool(!declined);
    if reasoning.is_shown_in_a_way() {
        to.notes.change(Parameter::ReasoningDisplay);
    }
}
