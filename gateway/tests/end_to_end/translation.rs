//! Clients of one dialect, a provider of another.

use std::io::{Read, Write};
use std::net::SocketAddr;
use std::sync::mpsc::channel;
use std::time::Duration;

use serde_json::{Value, json};

use crate::rig::{
    self, CHAT, Connection, Gateway, LAST_CHUNK, MESSAGES, PATIENCE, Provider, RESPONSES, ask,
    post, request, stream,
};

/// A gateway before providers `c`, `r`, `m` and `g`, one for each dialect, all at `provider`.
fn before(provider: SocketAddr, extra: &str) -> Gateway {
    let mut toml = String::from(extra);
    for (name, dialect, path) in [
        ("c", "chat", "/v1"),
        ("r", "responses", "/v1"),
        ("m", "messages", ""),
        ("g", "gemini", "/v1beta"),
    ] {
        toml.push_str(&format!(
            "[providers.{name}]\ndialects = [\"{dialect}\"]\nbase_url = \"http://{provider}{path}\"\n\
             api_key_env = \"KEY_{}\"\n",
            name.to_uppercase()
        ));
    }
    let keys = [
        ("KEY_C", "kc"),
        ("KEY_R", "kr"),
        ("KEY_M", "km"),
        ("KEY_G", "kg"),
    ];
    Gateway::with_config(&toml, &keys)
}

const CHAT_ANSWER: &str = r#"{"id":"chatcmpl-1","object":"chat.completion","created":7,"model":"x","choices":[{"index":0,"message":{"role":"assistant","content":"é 😀"},"logprobs":null,"finish_reason":"stop"}],"usage":{"prompt_tokens":5,"completion_tokens":2,"total_tokens":7}}"#;

fn value(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or_else(|why| panic!("{why}: {text}"))
}

#[test]
fn a_messages_client_reaches_a_chat_provider() {
    let provider = Provider::saying(rig::json("200 OK", CHAT_ANSWER));
    let gateway = before(provider.address, "");
    let body = r#"{"model":"c/gpt-4o","max_tokens":5,"top_k":3,"system":"sois bref","messages":[{"role":"user","content":"hé"}]}"#;
    let headers = [
        ("x-api-key", "client"),
        ("anthropic-beta", "b"),
        ("anthropic-version", "2026-10-21"),
        ("traceparent", "00-1-2-01"),
    ];
    let answer = ask(
        gateway.address,
        "POST /v1/messages?beta=true",
        &headers,
        body,
    );
    assert_eq!(answer.status, 200, "{}", answer.body);
    assert_eq!(
        value(&answer.body),
        json!({"id": "msg_chatcmpl-1", "type": "message", "role": "assistant", "model": "x",
            "content": [{"type": "text", "text": "é 😀"}], "stop_reason": "end_turn", "stop_sequence": null,
            "usage": {"input_tokens": 5, "cache_creation_input_tokens": 0, "cache_read_input_tokens": 0, "output_tokens": 2}})
    );
    assert_eq!(answer.header("x-tollgate-dropped"), Some("top_k"));
    assert_eq!(answer.header("content-type"), Some("application/json"));
    let seen = provider.seen();
    assert_eq!(seen.request_line, "POST /v1/chat/completions HTTP/1.1");
    assert_eq!(
        seen.body,
        r#"{"model":"gpt-4o","messages":[{"role":"system","content":"sois bref"},{"role":"user","content":"hé"}],"max_completion_tokens":5}"#
    );
    assert_eq!(seen.header("authorization"), Some("Bearer kc"));
    assert_eq!(seen.header("content-type"), Some("application/json"));
    assert_eq!(seen.header("traceparent"), Some("00-1-2-01"));
    for name in [
        "x-api-key",
        "anthropic-beta",
        "anthropic-version",
        "accept-encoding",
    ] {
        assert_eq!(seen.header(name), None, "{name}");
    }
}

#[test]
fn each_dialect_is_asked_at_its_own_path_with_its_own_key() {
    let provider = Provider::saying(rig::json(
        "404 Not Found",
        r#"{"error":{"message":"gone","type":"not_found_error","code":404,"status":"NOT_FOUND"}}"#,
    ));
    let gateway = before(provider.address, "");
    for (model, line, key) in [
        (
            "r/a",
            "POST /v1/responses HTTP/1.1",
            ("authorization", "Bearer kr"),
        ),
        ("m/a", "POST /v1/messages HTTP/1.1", ("x-api-key", "km")),
        (
            "g/a é",
            "POST /v1beta/models/a%20%C3%A9:generateContent HTTP/1.1",
            ("x-goog-api-key", "kg"),
        ),
    ] {
        let body =
            json!({"model": model, "messages": [{"role": "user", "content": "hé"}]}).to_string();
        let answer = post(gateway.address, CHAT.path, &body);
        assert_eq!(answer.status, 404, "{}", answer.body);
        assert_eq!(value(&answer.body)["error"]["message"], "gone");
        let seen = provider.seen();
        assert_eq!(seen.request_line, line);
        assert_eq!(seen.header(key.0), Some(key.1));
        let version = (key.0 == "x-api-key").then_some("2023-06-01");
        assert_eq!(seen.header("anthropic-version"), version);
    }
    let body = r#"{"model":"g/a","stream":true,"input":"hé"}"#;
    assert_eq!(post(gateway.address, RESPONSES.path, body).status, 404);
    assert_eq!(
        provider.seen().request_line,
        "POST /v1beta/models/a:streamGenerateContent?alt=sse HTTP/1.1"
    );
}

#[test]
fn a_clients_own_key_goes_where_the_provider_looks_for_it() {
    let provider = Provider::saying(rig::json("200 OK", CHAT_ANSWER));
    let toml = format!(
        "[providers.c]\ndialects = [\"chat\"]\nbase_url = \"http://{}/v1\"\n",
        provider.address
    );
    let gateway = Gateway::with_config(&toml, &[]);
    let body = r#"{"model":"c/m","max_tokens":5,"messages":[{"role":"user","content":"hé"}]}"#;
    for header in [("x-api-key", "own"), ("authorization", "Bearer own")] {
        let answer = ask(gateway.address, "POST /v1/messages", &[header], body);
        assert_eq!(answer.status, 200, "{}", answer.body);
        assert_eq!(provider.seen().header("authorization"), Some("Bearer own"));
    }
}

#[test]
fn a_stream_is_told_event_by_event() {
    let (go, wait) = channel::<()>();
    let wait = std::sync::Arc::new(std::sync::Mutex::new(wait));
    let provider = Provider::start(move |_, _, tcp| {
        let first = r#"{"id":"c","created":7,"model":"x","choices":[{"index":0,"delta":{"content":"é "}}]}"#;
        let begun = tcp.write_all(stream(&[&format!("data: {first}\n\n")]).as_bytes());
        wait.lock().unwrap().recv().unwrap();
        let rest = format!(
            "data: {}\n\ndata: [DONE]\n\n",
            r#"{"id":"c","created":7,"model":"x","choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}"#
        );
        begun.is_ok() && write!(tcp, "{:x}\r\n{rest}\r\n{LAST_CHUNK}", rest.len()).is_ok()
    });
    let gateway = before(provider.address, "");
    let mut client = Connection::open(gateway.address);
    let body = r#"{"model":"c/m","max_tokens":5,"stream":true,"messages":[{"role":"user","content":"hé"}]}"#;
    client.send(request(&format!("POST {}", MESSAGES.path), &[], "close", body).as_bytes());
    let begun = client.read_until("text_delta");
    assert!(begun.contains("content-type: text/event-stream"), "{begun}");
    assert!(!begun.contains("message_stop"));
    go.send(()).unwrap();
    let rest = client.read_until("event: message_stop\ndata: {\"type\":\"message_stop\"}\n\n");
    assert!(rest.contains("\"stop_reason\":\"end_turn\""), "{rest}");
}

#[test]
fn a_broken_stream_ends_as_an_error_of_the_clients_dialect() {
    let first =
        r#"{"id":"c","created":7,"model":"x","choices":[{"index":0,"delta":{"content":"é "}}]}"#;
    let text = format!("data: {first}\n\n");
    for end in ["", LAST_CHUNK] {
        let bytes = stream(&[&text]) + end;
        let provider = Provider::start(move |_, _, tcp| {
            let _ = tcp.write_all(bytes.as_bytes());
            false
        });
        let gateway = before(provider.address, "");
        let body = r#"{"model":"c/m","max_tokens":5,"stream":true,"messages":[{"role":"user","content":"hé"}]}"#;
        let answer = post(gateway.address, MESSAGES.path, body);
        assert_eq!(answer.status, 200);
        let last = answer.body.trim_end().rsplit("\n\n").next().unwrap();
        assert!(
            last.starts_with("event: error\ndata: {\"type\":\"error\""),
            "{last}"
        );
        let body = r#"{"model":"c/m","stream":true,"input":"hé"}"#;
        let answer = post(gateway.address, RESPONSES.path, body);
        let last = answer.body.trim_end().rsplit("\n\n").next().unwrap();
        assert!(last.starts_with("event: response.failed\n"), "{last}");
    }
}

#[test]
fn an_error_before_the_first_event_is_a_plain_one() {
    let error = "data: {\"error\":{\"message\":\"trop\",\"type\":\"server_error\",\"param\":null,\"code\":null}}\n\n";
    let provider = Provider::saying(stream(&[error]) + LAST_CHUNK);
    let gateway = before(provider.address, "[retries]\nmax = 0\n");
    let body = r#"{"model":"c/m","max_tokens":5,"stream":true,"messages":[{"role":"user","content":"hé"}]}"#;
    let answer = post(gateway.address, MESSAGES.path, body);
    assert_eq!(answer.status, 502, "{}", answer.body);
    assert_eq!(
        value(&answer.body)["error"],
        json!({"type": "api_error", "message": "trop"})
    );
}

#[test]
fn an_error_within_a_stream_is_the_providers() {
    let first =
        r#"{"id":"c","created":7,"model":"x","choices":[{"index":0,"delta":{"content":"é "}}]}"#;
    let error = r#"{"error":{"message":"trop","type":"server_error","param":null,"code":null}}"#;
    let events = format!("data: {first}\n\ndata: {error}\n\n");
    let provider = Provider::saying(stream(&[&events]) + LAST_CHUNK);
    let gateway = before(provider.address, "");
    let body = r#"{"model":"c/m","max_tokens":5,"stream":true,"messages":[{"role":"user","content":"hé"}]}"#;
    let answer = post(gateway.address, MESSAGES.path, body);
    let expected = concat!(
        "event: error\n",
        r#"data: {"type":"error","error":{"type":"api_error","message":"trop"},"request_id":"ID"}"#,
        "\n\n"
    );
    let told = answer.body_but_id();
    assert!(told.ends_with(expected), "{told}");
    let page = ask(gateway.address, "GET /metrics", &[], "").body;
    assert!(page.contains("outcome=\"stream_error\"} 1"), "{page}");
}

#[test]
fn limits_of_the_provider_are_told_under_the_clients_names() {
    let body = r#"{"error":{"message":"trop","type":"requests","param":null,"code":"rate_limit_exceeded"}}"#;
    let provider = Provider::saying(format!(
        "HTTP/1.1 429 Too Many Requests\r\ncontent-type: application/json\r\nretry-after: 77\r\n\
         x-ratelimit-limit-requests: 10\r\nx-request-id: req_1\r\ncontent-length: {}\r\n\r\n{body}",
        body.len()
    ));
    let gateway = before(provider.address, "");
    let asked = r#"{"model":"c/m","max_tokens":5,"messages":[{"role":"user","content":"hé"}]}"#;
    let answer = post(gateway.address, MESSAGES.path, asked);
    assert_eq!(answer.status, 429);
    assert_eq!(answer.header("retry-after"), Some("77"));
    assert_eq!(
        answer.header("anthropic-ratelimit-requests-limit"),
        Some("10")
    );
    assert_eq!(answer.header("request-id"), Some("req_1"));
    assert_eq!(
        value(&answer.body),
        json!({"type": "error", "error": {"type": "rate_limit_error", "message": "trop"}, "request_id": "req_1"})
    );
}

#[test]
fn what_cannot_be_said_is_refused_before_the_provider_is_asked() {
    let provider = Provider::saying(rig::json("200 OK", CHAT_ANSWER));
    let gateway = before(provider.address, "");
    let body = r#"{"model":"m/a","n":2,"messages":[{"role":"user","content":"hé"}]}"#;
    let answer = post(gateway.address, CHAT.path, body);
    assert_eq!(answer.status, 400);
    assert_eq!(value(&answer.body)["error"]["param"], "n");
    assert!(provider.saw_no_more());
}

#[test]
fn a_fallback_may_speak_another_dialect() {
    let chat = Provider::saying(rig::json("200 OK", CHAT_ANSWER));
    let messages = Provider::saying(rig::json(
        "529 Overloaded",
        r#"{"type":"error","error":{"type":"overloaded_error","message":"x"}}"#,
    ));
    let toml = format!(
        "[retries]\nmax = 0\n[providers.m]\ndialects = [\"messages\"]\nbase_url = \"http://{}\"\n\
         [providers.c]\ndialects = [\"chat\"]\nbase_url = \"http://{}/v1\"\n\
         [[models]]\nname = \"fast\"\nprovider = \"m\"\nupstream = \"claude\"\n\
         fallbacks = [\"c/gpt\"]\n",
        messages.address, chat.address
    );
    let gateway = Gateway::with_config(&toml, &[]);
    let body = r#"{"model":"fast","max_tokens":5,"messages":[{"role":"user","content":"hé"}]}"#;
    let answer = post(gateway.address, MESSAGES.path, body);
    assert_eq!(answer.status, 200, "{}", answer.body);
    assert_eq!(value(&answer.body)["content"][0]["text"], "é 😀");
    assert_eq!(messages.seen().body, body.replace("fast", "claude"));
    assert_eq!(value(&chat.seen().body)["model"], "gpt");
}

#[test]
fn usage_is_counted_under_translation() {
    let provider = Provider::saying(rig::json("200 OK", CHAT_ANSWER));
    let gateway = before(provider.address, "");
    let body = r#"{"model":"c/m","max_tokens":5,"messages":[{"role":"user","content":"hé"}]}"#;
    assert_eq!(post(gateway.address, MESSAGES.path, body).status, 200);
    let page = ask(gateway.address, "GET /metrics", &[], "").body;
    let counted = page
        .lines()
        .any(|line| line.contains("tokens") && line.contains("input") && line.ends_with(" 5"));
    assert!(counted, "{page}");
}

/// Wire row 59: a coding that is not read is refused, never taken for JSON.
#[test]
fn row_59_an_encoded_body_is_refused() {
    let provider = Provider::saying(rig::json("200 OK", CHAT_ANSWER));
    let gateway = before(provider.address, "");
    let answer = ask(
        gateway.address,
        "POST /v1/responses",
        &[("content-encoding", "zstd")],
        "(\u{b5}/\u{fd}",
    );
    assert_eq!(answer.status, 415);
    assert!(
        value(&answer.body)["error"]["message"]
            .as_str()
            .unwrap()
            .contains("zstd")
    );
    assert!(provider.saw_no_more());
}

/// Wire row 60: a client that goes away stops the provider's work.
#[test]
fn row_60_a_client_that_leaves_ends_the_providers_stream() {
    let (closed, wait) = channel::<bool>();
    let provider = Provider::start(move |_, _, tcp| {
        let first = r#"{"id":"c","created":7,"model":"x","choices":[{"index":0,"delta":{"content":"é "}}]}"#;
        let _ = tcp.write_all(stream(&[&format!("data: {first}\n\n")]).as_bytes());
        tcp.set_read_timeout(Some(PATIENCE)).unwrap();
        let _ = closed.send(matches!(tcp.read(&mut [0]), Ok(0) | Err(_)));
        false
    });
    let gateway = before(provider.address, "");
    let mut client = Connection::open(gateway.address);
    let body = r#"{"model":"c/m","max_tokens":5,"stream":true,"messages":[{"role":"user","content":"hé"}]}"#;
    client.send(request(&format!("POST {}", MESSAGES.path), &[], "close", body).as_bytes());
    client.read_until("text_delta");
    let left = std::time::Instant::now();
    drop(client);
    assert!(
        wait.recv_timeout(PATIENCE)
            .expect("the provider's connection is closed")
    );
    assert!(
        left.elapsed() < PATIENCE - Duration::from_secs(1),
        "closed by the gateway, not by time"
    );
}

/// Wire row 27, where client and provider speak the same dialect.
#[test]
fn row_27_thinking_by_budget_reaches_an_adaptive_model_as_its_own() {
    let provider = Provider::saying(rig::json("200 OK", "{}"));
    let gateway = before(provider.address, "");
    let body = r#"{"model":"m/MODEL", "max_tokens":9000,"thinking":{"type":"enabled","budget_tokens":2000},"x":1.50}"#;
    for (model, expected, changed) in [
        (
            "claude-opus-4-7",
            r#"{"model":"claude-opus-4-7", "max_tokens":9000,"thinking":{"type":"adaptive","display":"summarized"},"x":1.50}"#,
            Some("thinking"),
        ),
        (
            "claude-opus-4-5",
            r#"{"model":"claude-opus-4-5", "max_tokens":9000,"thinking":{"type":"enabled","budget_tokens":2000},"x":1.50}"#,
            None,
        ),
    ] {
        let answer = post(
            gateway.address,
            MESSAGES.path,
            &body.replace("MODEL", model),
        );
        assert_eq!(answer.status, 200);
        assert_eq!(answer.header("x-tollgate-changed"), changed);
        assert_eq!(provider.seen().body, expected);
    }
}
