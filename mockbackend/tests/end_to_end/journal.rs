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
            },
            {
                "method": "GET",
                "path": "/v1/models?limit=1",
                "headers": [["Host", "mock"], ["Content-Length", "0"]],
                "body": "",
            },
        ])
    );
    let reset = client.ask("POST", "/__reset", "").text();
    assert_eq!(reset, r#"{"removed":2}"#);
    assert_eq!(log(&mut client), json!([]));
    assert_eq!(client.ask("GET", "/__reset", "").status, 405);
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
