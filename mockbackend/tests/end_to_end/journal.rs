//! What was asked, shown again.

use serde_json::{Value, json};

use crate::client::Client;
use crate::mock::Mock;

#[test]
fn it_shows_what_was_asked() {
    let mock = Mock::start(&["--journal"]);
    let mut client = Client::connect(mock.address);
    let log = |client: &mut Client| -> Value {
        serde_json::from_str(&client.ask("GET", "/__log", "").text()).unwrap()
    };
    client.send(
        "POST /v1/messages HTTP/1.1\r\nX-API-Key: sk-ant-secret\r\nContent-Length: 2\r\n\r\n{ ",
    );
    assert_eq!(client.reply().status, 400);
    client.ask("GET", "/health", "");
    client.ask("GET", "/v1/models?limit=1", "");
    assert_eq!(
        log(&mut client),
        json!([
            {
                "method": "POST",
                "path": "/v1/messages",
                "headers": [["X-API-Key", "sk-…(13 bytes)"], ["Content-Length", "2"]],
                "body": "{ ",
                "end": "sent",
            },
            {
                "method": "GET",
                "path": "/v1/models?limit=1",
                "headers": [["Host", "mock"], ["Content-Length", "0"]],
                "body": "",
                "end": "sent",
            },
        ])
    );
    let reset = client.ask("POST", "/__reset", "").text();
    assert_eq!(reset, r#"{"removed":2}"#);
    assert_eq!(log(&mut client), json!([]));
    assert_eq!(client.ask("GET", "/__reset", "").status, 405);
}

#[test]
fn it_shows_how_answers_ended() {
    let mock = Mock::start(&["--journal"]);
    let ask = |fault: &str| {
        let mut client = Client::connect(mock.address);
        let body = format!(r#"{{"model":"m#fault:{fault}","stream":true,"messages":[]}}"#);
        client.send(format!(
            "POST /v1/chat/completions HTTP/1.1\r\nContent-Length: {}\r\n\r\n{body}",
            body.len()
        ));
        client
    };
    let ends = || -> Vec<Value> {
        let log = Client::connect(mock.address)
            .ask("GET", "/__log", "")
            .text();
        let log: Vec<Value> = serde_json::from_str(&log).unwrap();
        log.into_iter()
            .map(|mut entry| entry["end"].take())
            .collect()
    };
    let until = |expected: Value| {
        let begin = std::time::Instant::now();
        while Value::from(ends()) != expected {
            assert!(begin.elapsed().as_secs() < 10, "{:?}", ends());
            std::thread::sleep(std::time::Duration::from_millis(5));
        }
    };
    drop(ask("close"));
    until(json!(["closed"]));
    let silent = ask("stall=2");
    until(json!(["closed", null]));
    drop(silent);
    until(json!(["closed", "client_gone"]));
}

#[test]
fn it_is_off_unless_asked_for() {
    let mock = Mock::start(&[]);
    let mut client = Client::connect(mock.address);
    for (method, target) in [("GET", "/__log"), ("POST", "/__reset")] {
        let reply = client.ask(method, target, "");
        assert_eq!(reply.status, 404);
        assert!(reply.text().contains("--journal"));
    }
}
