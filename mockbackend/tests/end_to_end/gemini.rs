//! What is served beside the three dialects.

use serde_json::Value;

use crate::client::Client;
use crate::mock::Mock;

const ASK: &str = r#"{"contents":[{"role":"user","parts":[{"text":"?"}]}]}"#;

#[test]
fn gemini() {
    let mock = Mock::start(&["--chunks", "3"]);
    let mut client = Client::connect(mock.address);
    let target = "/v1beta/models/gemini-2.5-flash:generateContent";
    let whole: Value = serde_json::from_str(&client.ask("POST", target, ASK).text()).unwrap();
    let candidate = &whole["candidates"][0];
    let text = candidate["content"]["parts"][0]["text"].as_str().unwrap();
    assert!(text.starts_with("[i=00000 r=") && text.ends_with("]A gateway sits "));
    assert_eq!(candidate["finishReason"], "STOP");

    let stream = "/v1beta/models/gemini-2.5-flash:streamGenerateContent";
    assert_eq!(client.ask("POST", stream, ASK).status, 400);
    let reply = client.ask("POST", &format!("{stream}?alt=sse"), ASK);
    assert!(reply.has("content-type: text/event-stream; charset=utf-8"));
    assert_eq!(reply.parts.len(), 4);

    let faulty = "/v1beta/models/m%23fault%3Astatus%3D429:generateContent";
    let reply = client.ask("POST", faulty, ASK);
    assert_eq!(reply.status, 429);
    assert!(reply.text().contains("RESOURCE_EXHAUSTED"));
    let reply = client.ask("POST", "/v1beta/models/m:generateContent", "{");
    assert_eq!(reply.status, 400);
    assert!(reply.text().contains(r#""status":"INVALID_ARGUMENT""#));
}

#[test]
fn embeddings_and_token_counts() {
    let mock = Mock::start(&[]);
    let mut client = Client::connect(mock.address);
    let body = r#"{"model":"text-embedding-3-small","input":["a","b"],"dimensions":4}"#;
    let list: Value =
        serde_json::from_str(&client.ask("POST", "/v1/embeddings", body).text()).unwrap();
    assert_eq!(list["data"][1]["embedding"].as_array().unwrap().len(), 4);
    let body = r#"{"model":"m#fault:status=503","input":"a"}"#;
    assert_eq!(client.ask("POST", "/v1/embeddings", body).status, 503);
    let body = r#"{"model":"m","messages":[]}"#;
    let count = client.ask("POST", "/v1/messages/count_tokens", body);
    assert_eq!(count.text(), r#"{"input_tokens":25}"#);
}
