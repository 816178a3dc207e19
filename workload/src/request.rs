//! The requests of the six workloads.

use serde::Serialize;

use crate::{Dialect, Workload};

/// The model asked for unless another is named.
pub const DEFAULT_MODEL: &str = "gpt-4o-mini";
/// The prompt sent unless another is given; the published benchmark's.
pub const DEFAULT_PROMPT: &str = "Say hello for a benchmark test.";
/// The key of the published benchmark, which every entrant accepts.
pub const BENCH_API_KEY: &str = "sk-bench-test-key";
/// `max_tokens` of a Messages request, which that dialect requires.
const MAX_TOKENS: u32 = 256;
/// The version of the Anthropic API that is asked for.
const ANTHROPIC_VERSION: &str = "2023-06-01";

/// A request of one workload, its parameters filled in.
#[derive(Clone, Debug)]
pub struct RequestSpec {
    /// The workload it belongs to.
    pub workload: Workload,
    /// Header names in lower case with their values; `host` and
    /// `content-length` are left to whoever sends it.
    pub headers: Vec<(&'static str, String)>,
    /// The JSON body.
    pub body: Vec<u8>,
}

#[derive(Serialize)]
struct Message<'a> {
    role: &'a str,
    content: &'a str,
}

#[derive(Serialize)]
struct Body<'a> {
    model: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    input: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    max_tokens: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    messages: Option<[Message<'a>; 1]>,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    stream: bool,
}

impl RequestSpec {
    /// The request of `workload` for `model` with `prompt`, authenticated with
    /// `api_key` the way the dialect's own SDK does it.
    pub fn new(workload: Workload, model: &str, prompt: &str, api_key: &str) -> Self {
        let messages = || {
            Some([Message {
                role: "user",
                content: prompt,
            }])
        };
        let body = Body {
            model,
            input: (workload.dialect == Dialect::Responses).then_some(prompt),
            max_tokens: (workload.dialect == Dialect::Messages).then_some(MAX_TOKENS),
            messages: match workload.dialect {
                Dialect::Chat | Dialect::Messages => messages(),
                Dialect::Responses => None,
            },
            stream: workload.stream,
        };
        let mut headers = vec![("content-type", "application/json".to_owned())];
        match workload.dialect {
            Dialect::Chat | Dialect::Responses => {
                headers.push(("authorization", format!("Bearer {api_key}")));
            }
            Dialect::Messages => {
                headers.push(("x-api-key", api_key.to_owned()));
                headers.push(("anthropic-version", ANTHROPIC_VERSION.to_owned()));
            }
        }
        Self {
            workload,
            headers,
            body: serde_json::to_vec(&body).unwrap_or_default(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn body(name: &str) -> String {
        let spec = RequestSpec::new(name.parse().unwrap(), "m\"1", "Grüß", "k");
        String::from_utf8(spec.body).unwrap()
    }

    #[test]
    fn bodies() {
        assert_eq!(
            body("chat"),
            r#"{"model":"m\"1","messages":[{"role":"user","content":"Grüß"}]}"#
        );
        assert_eq!(
            body("responses-stream"),
            r#"{"model":"m\"1","input":"Grüß","stream":true}"#
        );
        assert_eq!(
            body("messages-stream"),
            r#"{"model":"m\"1","max_tokens":256,"messages":[{"role":"user","content":"Grüß"}],"stream":true}"#
        );
    }

    #[test]
    fn each_dialect_authenticates_as_its_sdk_does() {
        let chat = RequestSpec::new("chat".parse().unwrap(), "m", "p", "k");
        assert!(chat.headers.contains(&("authorization", "Bearer k".into())));
        let messages = RequestSpec::new("messages".parse().unwrap(), "m", "p", "k");
        assert!(messages.headers.contains(&("x-api-key", "k".into())));
        assert!(
            messages
                .headers
                .contains(&("anthropic-version", "2023-06-01".into()))
        );
    }
}
