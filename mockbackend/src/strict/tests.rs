//! What is refused, why, and that nothing else is.

use workload::{DEFAULT_PROMPT, RequestSpec, Workload};

use super::*;

/// The words and the place of the violation, if there is one.
fn refused(dialect: Dialect, fields: &str) -> Option<(String, String)> {
    let body = format!(r#"{{"model":"m",{fields}}}"#);
    serde_json::from_str::<Value>(&body).unwrap();
    let violation = check(Asked::Generate(dialect), b"", body.as_bytes()).err()?;
    Some((violation.param.unwrap_or_default(), violation.message))
}

/// Each of these is refused at this place.
fn all_refused(dialect: Dialect, cases: &[(&str, &str)]) {
    for (fields, place) in cases {
        let (found, message) = refused(dialect, fields).expect(fields);
        assert_eq!(&found, place, "{fields}: {message}");
    }
}

#[test]
fn the_six_workloads_pass() {
    for workload in Workload::ALL {
        let spec = RequestSpec::new(workload, "gpt-4o-mini", DEFAULT_PROMPT, "k");
        assert_eq!(
            check(Asked::Generate(workload.dialect), b"", &spec.body),
            Ok(())
        );
    }
}

#[test]
fn chat() {
    let user = r#"{"role":"user","content":"?"}"#;
    let call = r#"{"role":"assistant","content":null,"tool_calls":[{"id":"c","type":"function"}]}"#;
    let result = r#"{"role":"tool","tool_call_id":"c","content":"1"}"#;
    let turns = |turns: &[&str]| format!(r#""messages":[{}]"#, turns.join(","));
    for good in [
        turns(&[user]),
        turns(&[user, call, result]),
        turns(&[user, call, result, user]) + r#","stop":["a","b","c","d"],"max_tokens":1"#,
    ] {
        assert_eq!(refused(Dialect::Chat, &good), None);
    }
    all_refused(
        Dialect::Chat,
        &[
            (r#""stream":true"#, "messages"),
            (&turns(&[]), "messages"),
            (&turns(&[user, result]), "messages[1].role"),
            (&turns(&[user, call, user]), "messages[2].role"),
            (&turns(&[user, call]), "messages[2].role"),
            (&turns(&[user, call, result, result]), "messages[3].role"),
            (
                &turns(&[r#"{"role":"human","content":""}"#]),
                "messages[0].role",
            ),
            (
                &turns(&[r#"{"role":"assistant","content":null}"#]),
                "messages[0].content",
            ),
            (
                &(turns(&[user]) + r#","stop":["1","2","3","4","5"]"#),
                "stop",
            ),
            (
                &(turns(&[user]) + r#","max_output_tokens":5"#),
                "max_output_tokens",
            ),
        ],
    );
    for (model, taken) in [
        ("o3-mini", false),
        ("openai/gpt-5", false),
        ("gpt-4o", true),
    ] {
        let body = format!(r#"{{"model":"{model}","max_tokens":1,{}}}"#, turns(&[user]));
        assert_eq!(
            check(Asked::Generate(Dialect::Chat), b"", body.as_bytes()).is_ok(),
            taken,
            "{model}"
        );
    }
    let (_, words) = refused(Dialect::Chat, &(turns(&[user]) + r#","top_k":5"#)).unwrap();
    assert_eq!(words, "Unknown parameter: 'top_k'.");
}

#[test]
fn responses() {
    let call = r#"{"type":"function_call","call_id":"c","name":"f","arguments":"{}"}"#;
    let result = r#"{"type":"function_call_output","call_id":"c","output":"1"}"#;
    let items = |items: &[&str]| format!(r#""input":[{}]"#, items.join(","));
    for good in [
        r#""input":"hello""#.to_owned(),
        items(&[r#"{"role":"user","content":"?"}"#, call, result]),
        items(&[result]) + r#","previous_response_id":"resp_1""#,
    ] {
        assert_eq!(refused(Dialect::Responses, &good), None);
    }
    all_refused(
        Dialect::Responses,
        &[
            (r#""stream":true"#, "input"),
            (&items(&[result]), "input"),
            (&items(&[r#"{"type":"tool_result"}"#]), "input[0].type"),
            (
                &items(&[r#"{"role":"tool","content":"1"}"#]),
                "input[0].role",
            ),
            (r#""input":"","messages":[]"#, "messages"),
        ],
    );
}

#[test]
fn messages() {
    let user = r#"{"role":"user","content":"?"}"#;
    let call =
        r#"{"role":"assistant","content":[{"type":"tool_use","id":"t","name":"f","input":{}}]}"#;
    let result = r#"{"type":"tool_result","tool_use_id":"t","content":"1"}"#;
    let text = r#"{"type":"text","text":"a"}"#;
    let content = |role: &str, blocks: &[&str]| {
        format!(r#"{{"role":"{role}","content":[{}]}}"#, blocks.join(","))
    };
    let turns = |turns: &[&str]| format!(r#""max_tokens":1,"messages":[{}]"#, turns.join(","));
    for good in [
        turns(&[user, call, &content("user", &[result, text])]),
        // The live API makes one turn of messages of one role.
        turns(&[user, user, call, &content("user", &[result]), user]),
        turns(&[
            user,
            r#"{"role":"system","content":"x"}"#,
            call,
            &content("user", &[result]),
        ]),
    ] {
        assert_eq!(refused(Dialect::Messages, &good), None);
    }
    let bad_id = r#"{"type":"tool_use","id":"call:1","name":"f","input":{}}"#;
    let text_input = r#"{"type":"tool_use","id":"t","name":"f","input":"{}"}"#;
    all_refused(
        Dialect::Messages,
        &[
            (r#""messages":[]"#, "max_tokens"),
            (r#""max_tokens":1"#, "messages"),
            (&turns(&[]), "messages"),
            (
                &turns(&[r#"{"role":"tool","content":"1"}"#]),
                "messages.0.role",
            ),
            (
                &turns(&[r#"{"role":"system","content":"1"}"#]),
                "messages.0.role",
            ),
            (
                &turns(&[r#"{"role":"user","content":""}"#]),
                "messages.0.content",
            ),
            (
                &turns(&[&content("user", &[r#"{"type":"text","text":""}"#])]),
                "messages.0.content.0",
            ),
            (
                &turns(&[user, &content("user", &[result])]),
                "messages.1.content.0",
            ),
            (
                &turns(&[user, call, user, &content("user", &[result])]),
                "messages.3.content.0",
            ),
            (
                &turns(&[&content("user", &[result])]),
                "messages.0.content.0",
            ),
            (
                &turns(&[user, call, &content("user", &[text, result])]),
                "messages.2.content.1",
            ),
            (&turns(&[user, call, user]), "messages.2"),
            (
                &turns(&[user, &content("assistant", &[bad_id])]),
                "messages.1.content.0.tool_use.id",
            ),
            (
                &turns(&[user, &content("assistant", &[text_input])]),
                "messages.1.content.0.tool_use.input",
            ),
            (&(turns(&[user]) + r#","stop":[]"#), "stop"),
        ],
    );
    let (_, words) = refused(Dialect::Messages, r#""messages":[]"#).unwrap();
    assert_eq!(words, "max_tokens: Field required");
}

/// Where a request that is not to generate, or has a head, is refused.
fn place(asked: Asked, head: &str, body: &str) -> Option<String> {
    serde_json::from_str::<Value>(body).unwrap();
    let violation = check(asked, head.as_bytes(), body.as_bytes()).err()?;
    Some(violation.param.unwrap_or_default())
}

#[test]
fn sampling_under_the_newer_anthropic_version() {
    let messages = Asked::Generate(Dialect::Messages);
    let head = |version: &str| {
        format!("POST /v1/messages HTTP/1.1\r\nAnthropic-Version: {version}\r\n\r\n")
    };
    for field in ["temperature", "top_p", "top_k"] {
        let body = format!(
            r#"{{"model":"m","max_tokens":1,"{field}":1,"messages":[{{"role":"user","content":"?"}}]}}"#
        );
        assert_eq!(
            place(messages, &head("2026-10-21"), &body),
            Some(field.into())
        );
        assert_eq!(place(messages, &head("2023-06-01"), &body), None);
        assert_eq!(place(messages, "", &body), None);
    }
}

#[test]
fn count_tokens() {
    let turns = r#""messages":[{"role":"user","content":"?"}]"#;
    let count = |fields: &str| {
        place(
            Asked::CountTokens,
            "",
            &format!(r#"{{"model":"m",{fields}}}"#),
        )
    };
    assert_eq!(count(turns), None);
    assert_eq!(count(r#""system":"s""#), Some("messages".into()));
    for field in ["max_tokens", "stream", "temperature"] {
        assert_eq!(
            count(&format!(r#"{turns},"{field}":1"#)),
            Some(field.into()),
            "only a request to generate has it"
        );
    }
}

#[test]
fn embeddings() {
    let ask = |fields: &str| {
        place(
            Asked::Embeddings,
            "",
            &format!(r#"{{"model":"m"{fields}}}"#),
        )
    };
    assert_eq!(ask(r#","input":["a","b"],"dimensions":8"#), None);
    assert_eq!(ask(r#","input":[1,2]"#), None);
    assert_eq!(ask(""), Some("input".into()));
    for input in [r#""""#, "[]", r#"["a",""]"#, "7"] {
        assert_eq!(
            ask(&format!(r#","input":{input}"#)),
            Some("input".into()),
            "{input}"
        );
    }
    assert_eq!(
        ask(r#","input":"a","messages":[]"#),
        Some("messages".into())
    );
}
