//! What any client of HTTP/1.1 may do.

use std::thread;
use std::time::Duration;

use crate::client::{Client, request};
use crate::mock::Mock;

const ASK: &str = r#"{"model":"m","messages":[{"role":"user","content":"é"}]}"#;
const ASK_STREAM: &str = r#"{"model":"m","messages":[],"stream":true}"#;

fn client() -> (Mock, Client) {
    let mock = Mock::start(&["--chunks", "2"]);
    let client = Client::connect(mock.address);
    (mock, client)
}

#[test]
fn pipelined_requests_are_answered_in_order() {
    let (_mock, mut client) = client();
    client.send(
        [
            request("POST", "/v1/messages", ASK_STREAM),
            request("POST", "/v1/responses", ASK),
            request("GET", "/health", ""),
            request("POST", "/chat/completions", ASK),
        ]
        .concat(),
    );
    assert!(client.reply().text().contains("message_stop"));
    assert!(client.reply().text().contains(r#""object":"response""#));
    assert_eq!(client.reply().text(), r#"{"status":"ok"}"#);
    assert!(client.reply().text().contains("chat.completion"));
}

/// The same request again is known by its bytes; one that differs in a single
/// one is another.
#[test]
fn requests_repeated_and_changed_on_one_connection() {
    let (_mock, mut client) = client();
    let chat = request("POST", "/v1/chat/completions", ASK);
    let stream = request("POST", "/v1/chat/completions", ASK_STREAM);
    let responses = request("POST", "/v1/responses", ASK);
    client.send(
        [
            chat.clone(),
            chat.clone(),
            stream.clone(),
            stream,
            chat.clone(),
        ]
        .concat(),
    );
    for is_stream in [false, false, true, true, false] {
        let text = client.reply().text();
        assert_eq!(text.contains("data: [DONE]"), is_stream, "{text}");
    }
    client.send(chat);
    assert!(client.reply().text().contains("chat.completion"));
    client.send(responses);
    assert!(client.reply().text().contains(r#""object":"response""#));
}

#[test]
fn a_request_in_pieces_and_in_chunks() {
    let (_mock, mut client) = client();
    let head = "POST /v1/chat/completions HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n";
    let (first, second) = ASK.as_bytes().split_at(ASK.find('é').unwrap() + 1);
    let mut bytes = head.as_bytes().to_vec();
    for part in [first, second] {
        bytes.extend(format!("{:x}\r\n", part.len()).into_bytes());
        bytes.extend(part);
        bytes.extend(b"\r\n");
    }
    bytes.extend(b"0\r\n\r\n");
    for piece in bytes.chunks(bytes.len().div_ceil(6)) {
        client.send(piece);
        thread::sleep(Duration::from_millis(5));
    }
    assert_eq!(client.reply().status, 200);
    // The connection is still good.
    assert_eq!(client.ask("GET", "/health", "").status, 200);
}

#[test]
fn continue_is_said() {
    let (_mock, mut client) = client();
    let length = ASK.len();
    client.send(format!(
        "POST /v1/messages HTTP/1.1\r\nExpect: 100-continue\r\nContent-Length: {length}\r\n\r\n"
    ));
    assert_eq!(client.head().status, 100);
    client.send(ASK);
    assert_eq!(client.reply().status, 200);
}

#[test]
fn connections_that_close() {
    let mock = Mock::start(&["--chunks", "2"]);
    for (body, chunked) in [(ASK, false), (ASK_STREAM, true)] {
        let length = body.len();
        let mut client = Client::connect(mock.address);
        client.send(format!(
            "POST /v1/messages HTTP/1.1\r\nConnection: close\r\n\
             Content-Length: {length}\r\n\r\n{body}"
        ));
        let reply = client.reply();
        assert!(reply.has("connection: close"));
        assert_eq!(reply.has("transfer-encoding: chunked"), chunked);
        assert_eq!(client.rest(), b"");
    }
}

#[test]
fn an_old_client_gets_no_chunks() {
    let (_mock, mut client) = client();
    let length = ASK_STREAM.len();
    client.send(format!(
        "POST /v1/chat/completions HTTP/1.0\r\nContent-Length: {length}\r\n\r\n{ASK_STREAM}"
    ));
    let reply = client.reply();
    assert!(reply.has("connection: close"));
    assert!(!reply.has("transfer-encoding: chunked"));
    assert!(reply.text().starts_with("data: {"));
    assert!(reply.text().ends_with("data: [DONE]\n\n"));
}

#[test]
fn head_has_no_body() {
    let (_mock, mut client) = client();
    client.send("HEAD /health HTTP/1.1\r\n\r\n");
    assert!(client.head().has("content-length: 15"));
    client.send("HEAD /nowhere HTTP/1.1\r\n\r\n");
    assert_eq!(client.head().status, 404);
    assert_eq!(client.ask("GET", "/health", "").status, 200);
}

#[test]
fn models() {
    let (_mock, mut client) = client();
    for target in ["/v1/models", "/models?limit=5"] {
        let list = client.ask("GET", target, "").text();
        assert!(list.starts_with(r#"{"object":"list","data":[{"id":"gpt-4o-mini","#));
        client.send(format!(
            "GET {target} HTTP/1.1\r\nanthropic-version: 2023-06-01\r\n\r\n"
        ));
        assert!(client.reply().text().contains(r#""has_more":false"#));
    }
}

#[test]
fn errors_are_in_the_dialect_of_the_path() {
    let (_mock, mut client) = client();
    let cases = [
        ("POST", "/v1/chat/completions", "{", 400),
        ("POST", "/v1/responses", "{}", 400),
        ("POST", "/v1/messages", "{}", 400),
        ("POST", "/v1/messages", r#"{"model":7}"#, 400),
        ("GET", "/v1/chat/completions", "", 405),
        ("DELETE", "/messages", "", 405),
        ("POST", "/health", "", 405),
        ("POST", "/v1/completions", ASK, 404),
        ("GET", "/\"%", "", 404),
    ];
    for (method, target, body, status) in cases {
        let reply = client.ask(method, target, body);
        assert_eq!(reply.status, status, "{method} {target}");
        let json: serde_json::Value = serde_json::from_str(&reply.text()).unwrap();
        assert!(!json["error"]["message"].as_str().unwrap().is_empty());
        if target.ends_with("messages") {
            assert_eq!(json["type"], "error");
            assert_eq!(json["error"]["type"], "invalid_request_error");
        } else {
            let error = json["error"].as_object().unwrap();
            for key in ["message", "type", "param", "code"] {
                assert!(error.contains_key(key));
            }
        }
    }
    assert!(client.ask("GET", "/messages", "").has("allow: post"));
    // None of them has ended the connection.
    assert_eq!(client.ask("POST", "/v1/messages", ASK).status, 200);
}

#[test]
fn refusals_end_the_connection() {
    let mock = Mock::start(&["--chunks", "2"]);
    let too_large = "POST /v1/messages HTTP/1.1\r\nContent-Length: 33554433\r\n\r\n{";
    let long_head = format!("GET / HTTP/1.1\r\na: {}\r\n\r\n", "x".repeat(70_000));
    let cases = [
        ("no request\r\n\r\n", 400),
        (too_large, 413),
        (long_head.as_str(), 431),
        ("POST / HTTP/1.1\r\nTransfer-Encoding: gzip\r\n\r\n", 501),
    ];
    for (bytes, status) in cases {
        let mut client = Client::connect(mock.address);
        client.send(bytes);
        let reply = client.reply();
        assert_eq!(reply.status, status);
        assert!(reply.has("connection: close"));
        assert_eq!(client.rest(), b"");
        if status == 413 {
            assert!(reply.text().contains("request_too_large"));
        }
    }
}

#[test]
fn a_client_that_goes_away_harms_nobody() {
    let mock = Mock::start(&["--chunks", "20000"]);
    for _ in 0..20 {
        let mut client = Client::connect(mock.address);
        client.send(request("POST", "/v1/responses", ASK_STREAM));
        client.head();
    }
    let mut client = Client::connect(mock.address);
    assert_eq!(client.ask("GET", "/health", "").status, 200);
}
