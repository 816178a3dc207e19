//! The six workloads pass byte for byte, both ways.

use std::io::Write;
use std::sync::mpsc::channel;
use std::sync::{Arc, Mutex};

use crate::rig::{
    CHAT, Connection, DIALECTS, Gateway, LAST_CHUNK, Provider, ask, json, post, request, stream,
};

/// Key order, spaces, number spellings, escapes and unknown members must all survive.
const ODD: &str = "{ \"z\":1.50, \"stream\" : STREAM,\r\n\"model\":\"gpt-4o\", \"a\":1e400,\
    \"t\":\"caf\\u00e9 é 😀\",\"big\":12345678901234567890123, \"n\":{\"model\":\"x\"},\
    \"stream_options\":{\"include_usage\" :true} }\n";

#[test]
fn whole_answers_pass_unchanged() {
    let body = "{ \"b\":1.0,\"a\": \"é\" }\n";
    let provider = Provider::saying(json("200 OK", body));
    let gateway = Gateway::before(provider.address);
    for dialect in DIALECTS {
        let sent = ODD.replace("STREAM", "false");
        let answer = post(gateway.address, dialect.path, &sent);
        assert_eq!((answer.status, answer.body.as_str()), (200, body));
        assert_eq!(answer.header("content-type"), Some("application/json"));
        let seen = provider.seen();
        assert_eq!(seen.request_line, format!("POST {} HTTP/1.1", dialect.path));
        assert_eq!(seen.body, sent);
    }
}

#[test]
fn streams_pass_unchanged() {
    for dialect in DIALECTS {
        // Cut where no event ends, inside a letter's line, to be sure that cuts do not show.
        let (one, two) = dialect.stream.split_at(20);
        let provider = Provider::saying(stream(&[one, two]) + LAST_CHUNK);
        let gateway = Gateway::before(provider.address);
        let sent = ODD.replace("STREAM", "true");
        let answer = post(gateway.address, dialect.path, &sent);
        assert_eq!(answer.status, 200);
        assert_eq!(answer.body, dialect.stream);
        assert!(answer.whole);
        assert_eq!(answer.header("content-type"), Some("text/event-stream"));
        assert_eq!(provider.seen().body, sent);
    }
}

#[test]
fn an_event_reaches_the_client_before_the_next_is_sent() {
    let (go, wait) = channel::<()>();
    let wait = Arc::new(Mutex::new(wait));
    let provider = Provider::start(move |_, _, tcp| {
        let begun = tcp.write_all(stream(&["data: 1\n\n"]).as_bytes());
        wait.lock().unwrap().recv().unwrap();
        let rest = format!("e\r\ndata: [DONE]\n\n\r\n{LAST_CHUNK}");
        begun.is_ok() && tcp.write_all(rest.as_bytes()).is_ok()
    });
    let gateway = Gateway::before(provider.address);
    let mut client = Connection::open(gateway.address);
    let body = r#"{"model":"m","stream":true}"#;
    client.send(request(&format!("POST {}", CHAT.path), &[], "close", body).as_bytes());
    client.read_until("data: 1\n\n");
    go.send(()).unwrap();
    client.read_until("data: [DONE]\n\n\r\n0\r\n\r\n");
}

#[test]
fn errors_of_the_provider_pass_with_their_headers() {
    let body = r#"{"error":{"message":"slow down","type":"requests","param":null,"code":null}}"#;
    let provider = Provider::saying(format!(
        "HTTP/1.1 429 Too Many Requests\r\nretry-after: 7\r\nx-ratelimit-limit-requests: 1\r\n\
         connection: x-hop\r\nx-hop: 1\r\ncontent-length: {}\r\n\r\n{body}",
        body.len()
    ));
    let gateway = Gateway::before(provider.address);
    let answer = post(gateway.address, CHAT.path, r#"{"model":"m","stream":true}"#);
    assert_eq!((answer.status, answer.body.as_str()), (429, body));
    assert_eq!(answer.header("retry-after"), Some("7"));
    assert_eq!(answer.header("x-ratelimit-limit-requests"), Some("1"));
    assert_eq!(answer.header("x-hop"), None);
}

#[test]
fn a_body_that_ends_with_the_connection_passes() {
    let provider = Provider::start(|_, _, tcp| {
        let _ = tcp.write_all(b"HTTP/1.0 200 OK\r\ncontent-type: application/json\r\n\r\n{}");
        false
    });
    let gateway = Gateway::before(provider.address);
    for _ in 0..2 {
        let answer = post(gateway.address, CHAT.path, r#"{"model":"m"}"#);
        assert_eq!(
            (answer.status, answer.body.as_str(), answer.whole),
            (200, "{}", true)
        );
    }
}

#[test]
fn a_chunked_request_and_a_large_body_pass() {
    let large = "x".repeat(3 << 20);
    let sent = format!(r#"{{"model":"m","input":"{large}"}}"#);
    let provider = Provider::saying(json("200 OK", &sent));
    let gateway = Gateway::before(provider.address);
    let answer = post(gateway.address, CHAT.path, &sent);
    assert!(answer.body == sent && answer.whole);
    assert!(provider.seen().body == sent);

    let mut client = Connection::open(gateway.address);
    let (one, two) = sent.split_at(1000);
    let head = format!(
        "POST {} HTTP/1.1\r\nhost: g\r\nconnection: close\r\ntransfer-encoding: chunked\r\n\r\n",
        CHAT.path
    );
    client.send(head.as_bytes());
    for part in [one, two] {
        client.send(format!("{:x}\r\n{part}\r\n", part.len()).as_bytes());
    }
    client.send(LAST_CHUNK.as_bytes());
    assert_eq!(client.answer().status, 200);
    let seen = provider.seen();
    assert!(seen.body == sent);
    assert_eq!(seen.header("transfer-encoding"), None);
}

#[test]
fn a_query_reaches_the_provider() {
    let provider = Provider::saying(json("200 OK", "{}"));
    let gateway = Gateway::before(provider.address);
    let answer = ask(
        gateway.address,
        "POST /v1/messages?beta=true",
        &[],
        r#"{"model":"m"}"#,
    );
    assert_eq!(answer.status, 200);
    assert_eq!(
        provider.seen().request_line,
        "POST /v1/messages?beta=true HTTP/1.1"
    );
}
