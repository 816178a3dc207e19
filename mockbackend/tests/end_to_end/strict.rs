//! What the real providers refuse.

use crate::client::Client;
use crate::mock::Mock;

/// A request that each dialect's provider refuses, and the words it does so
/// with.
const REFUSED: [(&str, &str, &str); 3] = [
    (
        "/v1/chat/completions",
        r#"{"model":"m","messages":[{"role":"user","content":"?"}],"top_k":1}"#,
        r#""message":"Unknown parameter: 'top_k'.","type":"invalid_request_error","param":"top_k""#,
    ),
    (
        "/v1/responses",
        r#"{"model":"m","input":[{"type":"function_call_output","call_id":"c","output":""}]}"#,
        "No tool call found for function call output with call_id c.",
    ),
    (
        "/v1/messages",
        r#"{"model":"m","messages":[{"role":"user","content":"?"}]}"#,
        r#"{"type":"error","error":{"type":"invalid_request_error","message":"max_tokens: Field required"}"#,
    ),
];

#[test]
fn only_when_asked_for() {
    let strict = Mock::start(&["--strict"]);
    let lenient = Mock::start(&[]);
    for (target, body, words) in REFUSED {
        let reply = Client::connect(strict.address).ask("POST", target, body);
        assert_eq!(reply.status, 400, "{target}");
        assert!(reply.text().contains(words), "{}", reply.text());
        let reply = Client::connect(lenient.address).ask("POST", target, body);
        assert_eq!(reply.status, 200, "{target}");
    }
}
