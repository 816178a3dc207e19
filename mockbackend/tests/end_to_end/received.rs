//! How many requests came in each dialect.

use crate::client::Client;
use crate::mock::Mock;

#[test]
fn every_request_is_counted_in_its_dialect_and_no_other_is() {
    let mock = Mock::start(&["--chunks", "3"]);
    let mut client = Client::connect(mock.address);
    let received = |client: &mut Client| client.ask("GET", "/__received", "").text();
    // The same bytes again are answered without being read again.
    for _ in 0..3 {
        client.ask("POST", "/v1/chat/completions", r#"{"model":"m"}"#);
    }
    for _ in 0..2 {
        client.ask(
            "POST",
            "/v1/messages",
            r#"{"model":"m","stream":true,"max_tokens":1}"#,
        );
    }
    // A request that is refused was asked nevertheless.
    client.ask("POST", "/v1/responses", "{");
    for target in ["/v1/models", "/health", "/v1/messages"] {
        client.ask("GET", target, "");
    }
    client.ask("POST", "/v1/embeddings", r#"{"model":"m","input":"a"}"#);
    assert_eq!(
        received(&mut client),
        r#"{"chat":3,"responses":1,"messages":2,"gemini":0}"#
    );
    client.ask(
        "POST",
        "/v1beta/models/m:generateContent",
        r#"{"contents":[{"parts":[{"text":"?"}]}]}"#,
    );
    assert!(received(&mut client).ends_with(r#""gemini":1}"#));
}
