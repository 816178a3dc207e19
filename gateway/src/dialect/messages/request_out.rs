//! Writes a Messages request, for `anthropic-version: 2023-06-01`.

use std::collections::BTreeSet;

use super::message_out;
use crate::translate::family::Claude;
use crate::translate::json::{Text, Writer};
use crate::translate::{
    Amount, Effort, Format, Outgoing, Parameter, Part, Reasoning, Refused, Request, Schema,
    ServiceTier, ToolChoice, request::NO_PARAMETERS,
};

/// The least that Messages takes as a budget for thinking (wire row 26).
const LEAST_BUDGET_TOKENS: u64 = 1_024;
/// `max_tokens` for a model whose name tells nothing (wire row 5).
const DEFAULT_MAX_TOKENS: u64 = 8_192;
/// The function through which older models answer by a schema (wire row 25).
const SCHEMA_TOOL: &str = "respond_with_json";

/// What `thinking` is to say.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Thinking {
    Unsaid,
    Adaptive { effort: Option<Effort>, shown: bool },
    Budget(u64),
}

/// Writes `request` for `to.model`.
pub(crate) fn write(request: &Request<'_>, to: &mut Outgoing<'_>) -> Result<(), Refused> {
    to.only_text_instructs(request)?;
    let claude = Claude::of(to.model);
    let (max_tokens, thinking) = limits(request, claude, to);
    let schema = match &request.format {
        Some(Format::Schema(schema)) => Some(schema),
        Some(Format::JsonObject) => {
            to.notes.drop(Parameter::Format);
            None
        }
        None => None,
    };
    let native = claude.is_none_or(Claude::takes_schemas);
    if let Some(schema) = schema {
        to.drop_about_schema(schema, !native);
        // Older models are not held to a function's schema.
        if !native && schema.strict == Some(true) {
            to.notes.change(Parameter::SchemaStrict);
        }
    }
    let (schema, tool_schema) = if native {
        (schema, None)
    } else {
        (None, schema)
    };
    let mut out = std::mem::take(&mut to.body);
    let mut written = Ok(());
    Writer::new(&mut out).object(|w| {
        w.key("model").string(to.model);
        w.key("max_tokens").number(max_tokens);
        written = message_out::write(&request.turns, claude, w, to);
        sampling(request, claude, thinking != Thinking::Unsaid, w, to);
        stop(request, w, to);
        tools(request, tool_schema, thinking != Thinking::Unsaid, w, to);
        self::thinking(thinking, schema, w);
        who(request, w, to);
        if request.stream {
            w.key("stream").bool(true);
        }
    });
    to.body = out;
    written
}

/// Wire rows 5, 26 and 27.
fn limits(request: &Request<'_>, claude: Option<Claude>, to: &mut Outgoing<'_>) -> (u64, Thinking) {
    let default = claude.map_or(DEFAULT_MAX_TOKENS, Claude::default_max_tokens);
    let max_tokens = request.max_tokens.unwrap_or(default);
    let Some(reasoning) = &request.reasoning else {
        return (max_tokens, Thinking::Unsaid);
    };
    let Reasoning { effort, shown, .. } = reasoning;
    let Some(budget) = effort.budget_tokens() else {
        return (max_tokens, Thinking::Unsaid);
    };
    if claude.is_some_and(|claude| !claude.thinks()) {
        to.notes.drop(Parameter::Reasoning);
        return (max_tokens, Thinking::Unsaid);
    }
    let only = claude.is_some_and(Claude::thinks_only_adaptively);
    if reasoning.is_shown_in_a_way() {
        to.notes.change(Parameter::ReasoningDisplay);
    }
    // Older models always show their thoughts.
    if !only && reasoning.display_said && !shown {
        to.notes.drop(Parameter::ReasoningDisplay);
    }
    if claude.is_some_and(Claude::thinks_adaptively) {
        let level = match effort {
            Amount::Adaptive | Amount::Off => None,
            // A budget has no place here; the client is told.
            Amount::Budget(_) => {
                to.notes.change(Parameter::Reasoning);
                effort.effort()
            }
            Amount::Effort(_) => effort.effort(),
        };
        let thinking = Thinking::Adaptive {
            effort: level.map(|level| level.max(Effort::Low)),
            shown: *shown && only,
        };
        return (max_tokens, thinking);
    }
    let budget = budget.max(LEAST_BUDGET_TOKENS);
    let Some(set) = request.max_tokens else {
        return (default.saturating_add(budget), Thinking::Budget(budget));
    };
    if set <= LEAST_BUDGET_TOKENS {
        to.notes.drop(Parameter::Reasoning);
        return (set, Thinking::Unsaid);
    }
    if budget >= set {
        to.notes.change(Parameter::Reasoning);
    }
    (set, Thinking::Budget(budget.min(set - 1)))
}

/// Wire rows 6 and 7.
fn sampling(
    request: &Request<'_>,
    claude: Option<Claude>,
    thinks: bool,
    w: &mut Writer<'_>,
    to: &mut Outgoing<'_>,
) {
    // Beside thinking only the temperature 1 is taken.
    let none = thinks || claude.is_some_and(Claude::takes_no_sampling);
    let one = request.temperature.is_some()
        && claude.is_some_and(Claude::takes_one_of_temperature_and_top_p);
    if let Some(temperature) = request.temperature {
        if none {
            to.notes.drop(Parameter::Temperature);
        } else if temperature.parse::<f64>().is_ok_and(|value| value > 1.0) {
            to.notes.change(Parameter::Temperature);
            w.key("temperature").raw("1");
        } else {
            w.key("temperature").raw(temperature);
        }
    }
    for (name, parameter, value, dropped) in [
        ("top_p", Parameter::TopP, request.top_p, none || one),
        ("top_k", Parameter::TopK, request.top_k, none),
    ] {
        match value {
            Some(_) if dropped => to.notes.drop(parameter),
            Some(value) => w.key(name).raw(value),
            None => {}
        }
    }
    for (parameter, value) in [
        (Parameter::PresencePenalty, request.presence_penalty),
        (Parameter::FrequencyPenalty, request.frequency_penalty),
        (Parameter::Seed, request.seed),
    ] {
        if value.is_some() {
            to.notes.drop(parameter);
        }
    }
}

/// Wire row 8: Messages refuses sequences of white space.
fn stop(request: &Request<'_>, w: &mut Writer<'_>, to: &mut Outgoing<'_>) {
    let good = |stop: &&Text<'_>| !stop.decode().trim().is_empty();
    let count = request.stop.iter().filter(good).count();
    if count < request.stop.len() {
        to.notes.drop(Parameter::Stop);
    }
    if count > 0 {
        w.key("stop_sequences").array(|w| {
            for stop in request.stop.iter().filter(good) {
                w.item().text(stop);
            }
        });
    }
}

fn tools(
    request: &Request<'_>,
    schema: Option<&Schema<'_>>,
    thinks: bool,
    w: &mut Writer<'_>,
    to: &mut Outgoing<'_>,
) {
    // Wire row 13: a conversation with calls needs a list of tools.
    let called: BTreeSet<&str> = if request.tools.is_empty() {
        called(request).collect()
    } else {
        BTreeSet::new()
    };
    let schema = schema.map(|schema| (schema, unused_name(request)));
    if request.tools.is_empty() && called.is_empty() && schema.is_none() {
        to.drop_tool_choice(request);
        return;
    }
    w.key("tools").array(|w| {
        for tool in &request.tools {
            w.item().object(|w| {
                w.key("name").text(&tool.name);
                // Wire row 11: left out, never null.
                if let Some(description) = &tool.description {
                    w.key("description").text(description);
                }
                w.key("input_schema").raw(tool.schema());
                if let Some(strict @ true) = tool.strict {
                    w.key("strict").bool(strict);
                }
            });
        }
        for name in &called {
            w.item().object(|w| {
                w.key("name").joined([*name]);
                w.key("input_schema").raw(NO_PARAMETERS);
            });
        }
        if let Some((schema, name)) = &schema {
            w.item().object(|w| {
                w.key("name").string(name);
                match &schema.description {
                    Some(description) => w.key("description").text(description),
                    None => w.key("description").string("Gives the answer to the user."),
                }
                w.key("input_schema").raw(schema.schema.get());
            });
        }
    });
    let mut choice = match (&schema, &request.tool_choice) {
        // Other tools stay possible beside it (wire row 25).
        (Some((_, name)), None | Some(ToolChoice::None)) if request.tools.is_empty() => {
            Some(ToolChoice::Named(Text::plain(name.clone())))
        }
        (Some((_, name)), Some(ToolChoice::None)) => {
            Some(ToolChoice::Named(Text::plain(name.clone())))
        }
        (Some(_), None | Some(ToolChoice::Auto)) => Some(ToolChoice::Required),
        (None, _) if request.tools.is_empty() => {
            to.drop_tool_choice(request);
            Some(ToolChoice::None)
        }
        (_, choice) => choice.clone(),
    };
    if thinks && matches!(choice, Some(ToolChoice::Required | ToolChoice::Named(_))) {
        // Wire row 28: Messages refuses to force a tool while thinking.
        to.notes
            .change(if schema.is_some() && request.tool_choice.is_none() {
                Parameter::Format
            } else {
                Parameter::ToolChoice
            });
        choice = Some(ToolChoice::Auto);
    }
    to.schema_tool = schema.map(|(_, name)| name);
    let alone = request.parallel_tool_calls == Some(false);
    if choice.is_none() && alone {
        choice = Some(ToolChoice::Auto);
    }
    if let Some(choice) = choice {
        write_choice(&choice, alone, w);
    }
}

/// Wire rows 9 and 10.
fn write_choice(choice: &ToolChoice<'_>, alone: bool, w: &mut Writer<'_>) {
    w.key("tool_choice").object(|w| {
        w.key("type").string(match choice {
            ToolChoice::Auto => "auto",
            ToolChoice::None => "none",
            ToolChoice::Required => "any",
            ToolChoice::Named(_) => "tool",
        });
        if let ToolChoice::Named(name) = choice {
            w.key("name").text(name);
        }
        if alone && *choice != ToolChoice::None {
            w.key("disable_parallel_tool_use").bool(true);
        }
    });
}

/// The names of the functions that were called.
fn called<'r>(request: &'r Request<'_>) -> impl Iterator<Item = &'r str> {
    let parts = request.turns.iter().flat_map(|turn| &turn.parts);
    parts.filter_map(|part| match part {
        Part::Call(call) => Some(call.name.escaped()),
        _ => None,
    })
}

fn unused_name(request: &Request<'_>) -> String {
    let mut name = String::from(SCHEMA_TOOL);
    while request.tools.iter().any(|tool| tool.name.is(&name)) {
        name.push('_');
    }
    name
}

fn thinking(thinking: Thinking, schema: Option<&Schema<'_>>, w: &mut Writer<'_>) {
    let mut level = None;
    match thinking {
        Thinking::Unsaid => {}
        Thinking::Adaptive { effort, shown } => {
            level = effort;
            w.key("thinking").object(|w| {
                w.key("type").string("adaptive");
                if shown {
                    w.key("display").string("summarized");
                }
            });
        }
        Thinking::Budget(tokens) => w.key("thinking").object(|w| {
            w.key("type").string("enabled");
            w.key("budget_tokens").number(tokens);
        }),
    }
    if level.is_none() && schema.is_none() {
        return;
    }
    w.key("output_config").object(|w| {
        if let Some(level) = level {
            w.key("effort").string(level.name());
        }
        // Wire row 24.
        if let Some(schema) = schema {
            w.key("format").object(|w| {
                w.key("type").string("json_schema");
                w.key("schema").raw(schema.schema.get());
            });
        }
    });
}

fn who(request: &Request<'_>, w: &mut Writer<'_>, to: &mut Outgoing<'_>) {
    if let Some(user) = &request.user {
        w.key("metadata").object(|w| w.key("user_id").text(user));
    }
    match &request.service_tier {
        None => {}
        Some(ServiceTier::Auto) => w.key("service_tier").string("auto"),
        Some(ServiceTier::Standard) => w.key("service_tier").string("standard_only"),
        Some(ServiceTier::Other(_)) => to.notes.drop(Parameter::ServiceTier),
    }
    to.drop_openai_only(request);
}
