//! Answers that were posted are given as they are.

use crate::client::Client;
use crate::mock::Mock;

const CHAT: &str = r#"{"model":"m","messages":[{"role":"user","content":"?"}]}"#;

#[test]
fn the_next_request_gets_the_answer_that_was_posted() {
    let mock = Mock::start(&["--journal", "--strict"]);
    let mut client = Client::connect(mock.address);
    let posted = client.ask(
        "POST",
        "/__answer",
        r#"{"status":429,"headers":{"retry-after":"7"},"body":"{\"n\":1.50,\"é\":1e400}"}"#,
    );
    assert_eq!((posted.status, posted.text().as_str()), (200, "{}"));
    client.ask(
        "POST",
        "/__answer",
        r#"{"events":["data: {\"a\":1}\n\ndata: x","y\n\n"]}"#,
    );
    // What strict mode refuses takes none.
    let refused = client.ask("POST", "/v1/messages", r#"{"model":"m","messages":[]}"#);
    assert_eq!(refused.status, 400);
    let reply = client.ask("POST", "/v1/chat/completions", CHAT);
    assert_eq!(reply.status, 429);
    assert!(reply.has("retry-after: 7") && reply.has("content-type: application/json"));
    assert!(
        !reply
            .fields
            .iter()
            .any(|field| field.starts_with("x-request-id"))
    );
    assert_eq!(reply.text(), r#"{"n":1.50,"é":1e400}"#);
    let path = "/v1beta/models/m:streamGenerateContent?alt=sse";
    let reply = client.ask("POST", path, r#"{"contents":[{"parts":[{"text":"?"}]}]}"#);
    assert_eq!(reply.status, 200);
    assert!(reply.has("content-type: text/event-stream; charset=utf-8"));
    let parts: Vec<&[u8]> = reply.parts.iter().map(Vec::as_slice).collect();
    assert_eq!(parts, [b"data: {\"a\":1}\n\ndata: x".as_slice(), b"y\n\n"]);
    // Then the mock says its own again.
    let reply = client.ask("POST", "/v1/chat/completions", CHAT);
    assert!(reply.text().contains("chat.completion"));
}

#[test]
fn a_fault_of_the_way_applies_to_it() {
    let mock = Mock::start(&["--journal"]);
    let mut client = Client::connect(mock.address);
    client.ask(
        "POST",
        "/__answer",
        r#"{"events":["a\n\n","b\n\n","c\n\n"]}"#,
    );
    let cut = CHAT.replace("\"m\"", "\"m#fault:cut=2\"");
    client.send(crate::client::request("POST", "/v1/chat/completions", &cut));
    let heard = String::from_utf8(client.rest()).unwrap();
    assert!(heard.ends_with("a\n\n\r\n3\r\nb\n\n\r\n"), "{heard:?}");
}

#[test]
fn it_takes_a_journal_and_is_forgotten_with_it() {
    let mock = Mock::start(&[]);
    let reply = Client::connect(mock.address).ask("POST", "/__answer", r#"{"body":"a"}"#);
    assert_eq!(reply.status, 404);
    assert!(reply.text().contains("--journal"));
    let mock = Mock::start(&["--journal"]);
    let mut client = Client::connect(mock.address);
    assert_eq!(client.ask("POST", "/__answer", r#"{"body":5}"#).status, 400);
    assert_eq!(client.ask("GET", "/__answer", "").status, 405);
    client.ask("POST", "/__answer", r#"{"body":"a"}"#);
    client.ask("POST", "/__reset", "");
    let reply = client.ask("POST", "/v1/chat/completions", CHAT);
    assert!(reply.text().contains("chat.completion"));
}
