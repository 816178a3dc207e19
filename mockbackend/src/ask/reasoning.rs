//! Whether a request wants the model to reason.

use std::borrow::Cow;

use serde::Deserialize;
use serde_json::value::RawValue;
use workload::Dialect;

use super::{BadAsk, Body};

/// What `include` says to ask for the proof of what was thought.
pub(super) const PROOF: &str = "reasoning.encrypted_content";

/// What becomes of the model's reasoning.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Reasoning {
    /// There is none.
    #[default]
    None,
    /// It is counted, but not told.
    Counted,
    /// It is told, as far as the dialect has words for it.
    Shown,
}

/// Responses' `reasoning`.
#[derive(Deserialize)]
struct Options<'a> {
    #[serde(borrow)]
    effort: Option<Cow<'a, str>>,
    #[serde(borrow)]
    summary: Option<Cow<'a, str>>,
}

/// Messages' `thinking`.
#[derive(Deserialize)]
struct Thinking<'a> {
    #[serde(borrow, rename = "type")]
    kind: Cow<'a, str>,
}

/// What the request says about it, each dialect in its own field.
pub(super) fn reasoning(dialect: Dialect, body: &Body<'_>) -> Result<Reasoning, BadAsk> {
    Ok(match dialect {
        Dialect::Chat => match body.reasoning_effort.as_deref() {
            None | Some("none") => Reasoning::None,
            Some(_) => Reasoning::Counted,
        },
        Dialect::Responses => match read::<Options<'_>>(body.reasoning)? {
            Some(Options {
                summary: Some(_), ..
            }) => Reasoning::Shown,
            Some(Options {
                effort: Some(effort),
                ..
            }) if effort != "none" => Reasoning::Counted,
            _ => Reasoning::None,
        },
        Dialect::Messages => match read::<Thinking<'_>>(body.thinking)? {
            Some(thinking) if matches!(&*thinking.kind, "enabled" | "adaptive") => Reasoning::Shown,
            _ => Reasoning::None,
        },
    })
}

fn read<'a, T: Deserialize<'a>>(raw: Option<&'a RawValue>) -> Result<Option<T>, BadAsk> {
    raw.map(|raw| serde_json::from_str(raw.get()))
        .transpose()
        .map_err(BadAsk::BadShape)
}

#[cfg(test)]
mod tests {
    use super::super::Ask;
    use super::*;

    #[test]
    fn each_dialect_has_its_own_field() {
        let read = |dialect, fields: &str| {
            let body = format!(r#"{{"model":"m",{fields}}}"#);
            Ask::read(dialect, body.as_bytes()).unwrap().reasoning
        };
        let cases = [
            (
                Dialect::Chat,
                r#""reasoning_effort":"low""#,
                Reasoning::Counted,
            ),
            (
                Dialect::Chat,
                r#""reasoning_effort":"none""#,
                Reasoning::None,
            ),
            (Dialect::Chat, r#""reasoning_effort":null"#, Reasoning::None),
            (
                Dialect::Chat,
                r#""reasoning":{"summary":"auto"}"#,
                Reasoning::None,
            ),
            (
                Dialect::Responses,
                r#""reasoning":{"effort":"low"}"#,
                Reasoning::Counted,
            ),
            (
                Dialect::Responses,
                r#""reasoning":{"effort":"none"}"#,
                Reasoning::None,
            ),
            (
                Dialect::Responses,
                r#""reasoning":{"summary":"auto"}"#,
                Reasoning::Shown,
            ),
            (Dialect::Responses, r#""reasoning":{}"#, Reasoning::None),
            (Dialect::Responses, r#""reasoning":null"#, Reasoning::None),
            (
                Dialect::Messages,
                r#""thinking":{"type":"adaptive"}"#,
                Reasoning::Shown,
            ),
            (
                Dialect::Messages,
                r#""thinking":{"type":"enabled","budget_tokens":1024}"#,
                Reasoning::Shown,
            ),
            (
                Dialect::Messages,
                r#""thinking":{"type":"disabled"}"#,
                Reasoning::None,
            ),
        ];
        for (dialect, fields, expected) in cases {
            assert_eq!(read(dialect, fields), expected, "{dialect} {fields}");
        }
    }
}
