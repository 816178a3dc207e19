//! Streams that break off, on either side.

use std::io::{Read, Write};
use std::sync::mpsc::channel;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use crate::rig::{
    CHAT, Connection, Dialect, Gateway, LAST_CHUNK, MESSAGES, PATIENCE, Provider, RESPONSES, post,
    request, stream,
};

/// With the question for usage, which the gateway else would ask and take out again.
const BODY: &str = r#"{"model":"m","stream":true,"stream_options":{"include_usage":true}}"#;

/// What a client gets of a stream that has its first event and then ends: cut off, cut off
/// inside an event, and ended cleanly as HTTP goes.
fn broken(dialect: &Dialect) -> [String; 3] {
    let (first, _) = dialect.stream.split_once("\n\n").expect("two events");
    let first = format!("{first}\n\n");
    [
        stream(&[&first]),
        stream(&[&first, "event: x\ndata: {\"half"]),
        stream(&[&first]) + LAST_CHUNK,
    ]
    .map(|said| {
        let provider = Provider::start(move |_, _, tcp| {
            let _ = tcp.write_all(said.as_bytes());
            false
        });
        let gateway = Gateway::before(provider.address);
        let answer = post(gateway.address, dialect.path, BODY);
        assert_eq!(answer.status, 200);
        assert!(answer.whole);
        let body = answer.body_but_id();
        let rest = body.strip_prefix(&first).expect("the first event");
        rest.to_owned()
    })
}

#[test]
fn chat_ends_with_an_error_and_no_done() {
    for rest in broken(&CHAT) {
        assert_eq!(
            rest,
            concat!(
                r#"data: {"error":{"message":"The provider `openai` broke the stream off before "#,
                r#"its end.","type":"server_error","param":null,"code":null}}"#,
                "\n\n"
            )
        );
    }
}

#[test]
fn responses_end_with_error_and_failed() {
    for rest in broken(&RESPONSES) {
        assert_eq!(
            rest,
            concat!(
                "event: error\n",
                r#"data: {"type":"error","sequence_number":1,"error":{"message":"The provider "#,
                r#"`openai` broke the stream off before its end.","type":"server_error","#,
                r#""param":null,"code":null}}"#,
                "\n\nevent: response.failed\n",
                r#"data: {"type":"response.failed","response":{"created_at":0,"error":"#,
                r#"{"code":"server_error","message":"The provider `openai` broke the stream off "#,
                r#"before its end."},"id":"r","model":"","object":"response","output":[],"#,
                r#""parallel_tool_calls":true,"status":"failed","tool_choice":"auto","#,
                r#""tools":[]},"sequence_number":2}"#,
                "\n\n"
            )
        );
    }
}

#[test]
fn messages_end_with_an_error_event() {
    for rest in broken(&MESSAGES) {
        assert_eq!(
            rest,
            concat!(
                "event: error\n",
                r#"data: {"type":"error","error":{"type":"api_error","message":"The provider "#,
                r#"`anthropic` broke the stream off before its end."},"request_id":"ID"}"#,
                "\n\n"
            )
        );
    }
}

#[test]
fn a_stream_that_said_its_end_may_break_after_it() {
    let provider = Provider::start(|_, _, tcp| {
        let _ = tcp.write_all(stream(&[CHAT.stream]).as_bytes());
        false
    });
    let gateway = Gateway::before(provider.address);
    let answer = post(gateway.address, CHAT.path, BODY);
    assert_eq!((answer.body.as_str(), answer.whole), (CHAT.stream, true));
}

#[test]
fn a_whole_answer_that_breaks_off_becomes_an_error() {
    for said in [
        "content-length: 9\r\n\r\n{\"a\"",
        "transfer-encoding: chunked\r\n\r\n4\r\n{\"a\"\r\n",
        "transfer-encoding: chunked\r\n\r\n4\r\n{\"a\"oops\r\n",
    ] {
        let provider = Provider::start(move |_, _, tcp| {
            let head = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n";
            let _ = tcp.write_all(format!("{head}{said}").as_bytes());
            false
        });
        let gateway = Gateway::before(provider.address);
        let answer = post(gateway.address, CHAT.path, r#"{"model":"m"}"#);
        assert_eq!(answer.status, 502);
        let message = "The provider `openai` gave no whole answer: it broke off.";
        assert!(answer.body.contains(message), "{}", answer.body);
    }
}

#[test]
fn a_large_answer_that_breaks_off_is_not_made_to_look_whole() {
    let (go, wait) = channel::<()>();
    let wait = Arc::new(Mutex::new(wait));
    let provider = Provider::start(move |_, _, tcp| {
        let head = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n";
        let part = "x".repeat(200_000);
        let _ = tcp.write_all(format!("{head}content-length: 300000\r\n\r\n{part}y").as_bytes());
        let _ = wait.lock().unwrap().recv();
        false
    });
    let gateway = Gateway::before(provider.address);
    let mut client = Connection::open(gateway.address);
    client.send(request("POST /v1/chat/completions", &[], "close", BODY).as_bytes());
    assert!(client.read_until("xy").starts_with("HTTP/1.1 200 OK\r\n"));
    go.send(()).unwrap();
    let mut rest = Vec::new();
    // Either a reset or an early end, but nothing more.
    let _ = client.0.read_to_end(&mut rest);
    assert_eq!(rest, b"");
}

#[test]
fn a_client_that_goes_away_stops_the_provider() {
    // Before the answer has begun, and in the middle of a stream.
    for begun in [false, true] {
        let (tell, closed) = channel();
        let provider = Provider::start(move |_, _, tcp| {
            if begun {
                let _ = tcp.write_all(stream(&["data: 1\n\n"]).as_bytes());
            }
            let _ = tcp.set_read_timeout(Some(PATIENCE));
            let _ = tell.send(tcp.read(&mut [0; 1]).ok());
            false
        });
        let gateway = Gateway::before(provider.address);
        let mut client = Connection::open(gateway.address);
        client.send(request("POST /v1/chat/completions", &[], "keep-alive", BODY).as_bytes());
        provider.seen();
        if begun {
            client.read_until("data: 1\n\n");
        }
        assert!(closed.recv_timeout(Duration::from_millis(50)).is_err());
        drop(client);
        assert_eq!(closed.recv_timeout(PATIENCE), Ok(Some(0)));
    }
}

#[test]
fn a_stream_that_nobody_can_read_is_an_error() {
    for dialect in [CHAT, RESPONSES, MESSAGES] {
        let said = stream(&["not text"]).replacen(
            "transfer-encoding",
            "content-encoding: gzip\r\ntransfer-encoding",
            1,
        ) + LAST_CHUNK;
        let provider = Provider::saying(said);
        let gateway = Gateway::before(provider.address);
        let answer = post(gateway.address, dialect.path, BODY);
        assert_eq!(answer.status, 502);
        assert!(answer.body.contains("encoded"), "{}", answer.body);
    }
}
