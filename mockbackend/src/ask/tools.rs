//! Which functions a request wants called, if any.
//!
//! The mock calls one function: the one that `tool_choice` names, or else the
//! first that is offered. Asked for two, it calls the second as well, or the
//! same again where none is offered, unless calls in parallel are refused.
//! Once the conversation ends with a tool's result it
//! answers with text.

use std::borrow::Cow;

use serde::Deserialize;
use serde_json::value::RawValue;
use workload::Dialect;

use super::{BadAsk, Body};

/// A tool as any of the dialects offers it: Chat has the name in `function`,
/// the others beside `type`.
#[derive(Deserialize)]
struct Tool<'a> {
    #[serde(borrow, rename = "type")]
    kind: Option<Cow<'a, str>>,
    #[serde(borrow)]
    name: Option<Cow<'a, str>>,
    #[serde(borrow)]
    function: Option<Named<'a>>,
    /// In Messages' `tool_choice`.
    disable_parallel_tool_use: Option<bool>,
}

#[derive(Deserialize)]
struct Named<'a> {
    #[serde(borrow)]
    name: Cow<'a, str>,
}

impl<'a> Tool<'a> {
    /// The name of the function it is; nothing for a tool that the provider
    /// itself would run, a web search for example.
    fn function_name(self, dialect: Dialect) -> Option<Cow<'a, str>> {
        match (dialect, self.kind.as_deref()) {
            (Dialect::Chat, _) => self.function.map(|function| function.name),
            (Dialect::Responses, Some("function")) => self.name,
            (Dialect::Messages, None | Some("custom" | "tool")) => self.name,
            (Dialect::Responses | Dialect::Messages, _) => None,
        }
    }
}

/// `tool_choice`: a word, or an object that may name a function.
#[derive(Deserialize)]
#[serde(untagged)]
enum Choice<'a> {
    Word(#[serde(borrow)] Cow<'a, str>),
    Object(#[serde(borrow)] Tool<'a>),
}

/// The last piece of a conversation, in the fields that say whether it is a
/// tool's result.
#[derive(Deserialize)]
struct Turn<'a> {
    #[serde(borrow)]
    role: Option<Cow<'a, str>>,
    #[serde(borrow, rename = "type")]
    kind: Option<Cow<'a, str>>,
    #[serde(borrow)]
    content: Option<&'a RawValue>,
}

#[derive(Deserialize)]
struct Block<'a> {
    #[serde(borrow, rename = "type")]
    kind: Option<Cow<'a, str>>,
}

/// The names of the functions to call, or none when the answer is text.
pub(super) fn functions_to_call(
    dialect: Dialect,
    tools: &RawValue,
    body: &Body<'_>,
    two: bool,
) -> Result<Vec<String>, BadAsk> {
    let mut offered = read::<Vec<Tool<'_>>>(tools)?
        .into_iter()
        .filter_map(|tool| tool.function_name(dialect));
    let choice = body.tool_choice.map(read::<Choice<'_>>).transpose()?;
    let one_alone = body.parallel_tool_calls == Some(false)
        || matches!(&choice, Some(Choice::Object(choice)) if choice.disable_parallel_tool_use == Some(true));
    let name = match choice {
        Some(Choice::Word(word)) if word == "none" => return Ok(Vec::new()),
        Some(Choice::Object(choice)) if choice.kind.as_deref() == Some("none") => {
            return Ok(Vec::new());
        }
        Some(Choice::Object(choice)) => match choice.function_name(dialect) {
            Some(forced) => Some(
                offered
                    .find(|name| *name == forced)
                    .ok_or_else(|| BadAsk::UnknownFunction(forced.into_owned()))?,
            ),
            None => offered.next(),
        },
        Some(Choice::Word(_)) | None => offered.next(),
    };
    if ends_with_result(dialect, body)? {
        return Ok(Vec::new());
    }
    let Some(name) = name else {
        return Ok(Vec::new());
    };
    let second = (two && !one_alone).then(|| offered.next().unwrap_or_else(|| name.clone()));
    Ok([Some(name), second]
        .into_iter()
        .flatten()
        .map(Cow::into_owned)
        .collect())
}

fn ends_with_result(dialect: Dialect, body: &Body<'_>) -> Result<bool, BadAsk> {
    let conversation = match dialect {
        Dialect::Chat | Dialect::Messages => body.messages,
        Dialect::Responses => body.input,
    };
    // Responses takes its input as plain text too.
    let Some(conversation) = conversation.filter(|turns| turns.get().starts_with('[')) else {
        return Ok(false);
    };
    let Some(last) = read::<Vec<Turn<'_>>>(conversation)?.pop() else {
        return Ok(false);
    };
    Ok(match dialect {
        Dialect::Chat => last.role.as_deref() == Some("tool"),
        Dialect::Responses => last.kind.as_deref() == Some("function_call_output"),
        Dialect::Messages => match last.content.filter(|list| list.get().starts_with('[')) {
            Some(content) => read::<Vec<Block<'_>>>(content)?
                .iter()
                .any(|block| block.kind.as_deref() == Some("tool_result")),
            None => false,
        },
    })
}

fn read<'a, T: Deserialize<'a>>(raw: &'a RawValue) -> Result<T, BadAsk> {
    serde_json::from_str(raw.get()).map_err(BadAsk::BadShape)
}

#[cfg(test)]
mod tests {
    use super::super::Ask;
    use super::*;

    fn call(dialect: Dialect, fields: &str) -> Option<String> {
        let body = format!(r#"{{"model":"m",{fields}}}"#);
        let calls = Ask::read(dialect, body.as_bytes()).unwrap().calls;
        assert!(calls.len() < 2);
        calls.into_iter().next()
    }

    #[test]
    fn two_at_once() {
        let calls = |dialect, fields: &str| {
            let body = format!(r#"{{"model":"m","user":"[[two tools]]",{fields}}}"#);
            Ask::read(dialect, body.as_bytes()).unwrap().calls
        };
        let two = r#""tools":[{"type":"function","name":"a"},{"type":"function","name":"b"}]"#;
        let one = r#""tools":[{"name":"a"}]"#;
        assert_eq!(calls(Dialect::Responses, two), ["a", "b"]);
        assert_eq!(calls(Dialect::Messages, one), ["a", "a"]);
        let not = format!(r#"{two},"parallel_tool_calls":false"#);
        assert_eq!(calls(Dialect::Responses, &not), ["a"]);
        let not = r#""tool_choice":{"type":"auto","disable_parallel_tool_use":true}"#;
        assert_eq!(calls(Dialect::Messages, &format!("{one},{not}")), ["a"]);
    }

    #[test]
    fn chat() {
        let tools = r#""tools":[{"type":"function","function":{"name":"a"}},{"type":"function","function":{"name":"b"}}]"#;
        let call = |fields: &str| call(Dialect::Chat, &format!("{tools}{fields}"));
        assert_eq!(call("").as_deref(), Some("a"));
        assert_eq!(call(r#","tool_choice":"required""#).as_deref(), Some("a"));
        assert_eq!(call(r#","tool_choice":null"#).as_deref(), Some("a"));
        assert_eq!(call(r#","tool_choice":"none""#), None);
        let forced = r#","tool_choice":{"type":"function","function":{"name":"b"}}"#;
        assert_eq!(call(forced).as_deref(), Some("b"));
        assert_eq!(
            call(r#","messages":[{"role":"tool","content":"1"},{"role":"user","content":"?"}]"#)
                .as_deref(),
            Some("a")
        );
        assert_eq!(
            call(r#","messages":[{"role":"user","content":"?"},{"role":"tool","content":"1"}]"#),
            None
        );
    }

    #[test]
    fn responses() {
        let tools = r#""tools":[{"type":"web_search"},{"type":"function","name":"a"},{"type":"function","name":"b"}]"#;
        let call = |fields: &str| call(Dialect::Responses, &format!("{tools}{fields}"));
        assert_eq!(call(r#","input":"hello""#).as_deref(), Some("a"));
        assert_eq!(
            call(r#","tool_choice":{"type":"function","name":"b"}"#).as_deref(),
            Some("b")
        );
        assert_eq!(
            call(r#","input":[{"type":"function_call_output","call_id":"c","output":"1"}]"#),
            None
        );
    }

    #[test]
    fn messages() {
        let tools = r#""tools":[{"type":"web_search_20250305","name":"web_search"},{"name":"a","input_schema":{}},{"type":"custom","name":"b"}]"#;
        let call = |fields: &str| call(Dialect::Messages, &format!("{tools}{fields}"));
        assert_eq!(call("").as_deref(), Some("a"));
        assert_eq!(
            call(r#","tool_choice":{"type":"any"}"#).as_deref(),
            Some("a")
        );
        assert_eq!(call(r#","tool_choice":{"type":"none"}"#), None);
        assert_eq!(
            call(r#","tool_choice":{"type":"tool","name":"b"}"#).as_deref(),
            Some("b")
        );
        assert_eq!(
            call(r#","messages":[{"role":"user","content":"tool_result"}]"#).as_deref(),
            Some("a")
        );
        assert_eq!(
            call(r#","messages":[{"role":"user","content":[{"type":"tool_result"}]}]"#),
            None
        );
    }

    #[test]
    fn nothing_offered() {
        for dialect in Dialect::ALL {
            assert_eq!(call(dialect, r#""tools":[]"#), None);
            assert_eq!(call(dialect, r#""tools":null"#), None);
        }
    }

    #[test]
    fn a_function_that_is_not_offered() {
        let body = br#"{"model":"m","tools":[],"tool_choice":{"type":"function","name":"z"}}"#;
        let bad = Ask::read(Dialect::Responses, body).unwrap_err();
        assert_eq!(
            bad.to_string(),
            "tool_choice: no function named `z` in `tools`"
        );
    }
}
