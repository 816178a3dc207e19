//! `/p/{provider}/…`: passed through unread, both ways.

use std::io::{Read, Write};
use std::time::Duration;

use crate::rig::{Connection, Gateway, LAST_CHUNK, Provider, ask, json, request, stream};

fn gateway(provider: &Provider) -> Gateway {
    let config = format!(
        "[providers.p]\ndialects = [\"chat\"]\nbase_url = \"http://{}/base/v1\"\n\
         api_key_env = \"KEY\"\nheaders = {{ x-team = \"ours\" }}\n",
        provider.address
    );
    Gateway::with_config(&config, &[("KEY", "sk-provider")])
}

#[test]
fn any_method_and_path_reach_the_provider_with_its_key() {
    let provider = Provider::saying(json("418 Teapot", "short"));
    let gateway = gateway(&provider);
    let headers = [("authorization", "Bearer client"), ("x-team", "theirs")];
    for (line, sent) in [
        (
            "GET /p/p/files?limit=2",
            "GET /base/v1/files?limit=2 HTTP/1.1",
        ),
        (
            "DELETE /p/p/v1/files/a%20b",
            "DELETE /base/v1/files/a%20b HTTP/1.1",
        ),
        ("POST /p/p/batches", "POST /base/v1/batches HTTP/1.1"),
        ("PATCH /p/p", "PATCH /base/v1 HTTP/1.1"),
    ] {
        let answer = ask(gateway.address, line, &headers, "{not json");
        assert_eq!((answer.status, answer.body.as_str()), (418, "short"));
        let seen = provider.seen();
        assert_eq!(seen.request_line, sent);
        assert_eq!(seen.body, "{not json");
        assert_eq!(seen.header("authorization"), Some("Bearer sk-provider"));
        let teams = seen.headers.iter().filter(|(name, _)| name == "x-team");
        assert_eq!(teams.collect::<Vec<_>>().len(), 1);
        assert_eq!(seen.header("x-team"), Some("ours"));
    }
}

#[test]
fn bodies_pass_as_they_come() {
    let provider = Provider::start(|_, _, tcp| {
        let said = stream(&["data: 1\n\n"]) + LAST_CHUNK;
        tcp.write_all(said.as_bytes()).is_ok()
    });
    let gateway = gateway(&provider);
    let large = "x".repeat(3 << 20);
    let answer = ask(gateway.address, "PUT /p/p/files", &[], &large);
    assert_eq!((answer.body.as_str(), answer.whole), ("data: 1\n\n", true));
    assert!(provider.seen().body == large);
}

#[test]
fn a_head_request_has_an_answer_without_a_body() {
    let provider = Provider::saying("HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\n");
    let gateway = gateway(&provider);
    let mut client = Connection::open(gateway.address);
    for _ in 0..2 {
        client.send(request("HEAD /p/p/files", &[], "keep-alive", "").as_bytes());
        let head = client.read_until("\r\n\r\n");
        assert!(head.contains("content-length: 9"), "{head}");
    }
}

#[test]
fn what_cannot_be_passed_is_refused() {
    let provider = Provider::saying(json("200 OK", "{}"));
    let gateway = gateway(&provider);
    for (path, status) in [
        ("/p/q/files", 404),
        ("/p/", 404),
        ("/p/p/../secret", 400),
        ("/p/p/%2e%2E/secret", 400),
    ] {
        let answer = ask(gateway.address, &format!("GET {path}"), &[], "");
        assert_eq!(answer.status, status, "{path}");
        assert!(answer.body.starts_with("{\"error\":"), "{}", answer.body);
    }
    assert!(provider.saw_no_more());
}

#[test]
fn an_answer_that_breaks_off_is_not_made_to_look_whole() {
    let provider = Provider::start(|_, _, tcp| {
        let _ = tcp.write_all(stream(&["data: 1\n\n"]).as_bytes());
        // So that what came before the break has been passed on.
        std::thread::sleep(std::time::Duration::from_millis(300));
        false
    });
    let gateway = gateway(&provider);
    let answer = ask(gateway.address, "GET /p/p/stream", &[], "");
    assert_eq!((answer.status, answer.whole), (200, false));
}

#[test]
fn a_client_that_breaks_off_is_not_the_provider_s_fault() {
    let provider = Provider::saying(json("200 OK", "{}"));
    let config = format!(
        "breaker = {{ failures = 1 }}\n[providers.p]\ndialects = [\"chat\"]\n\
         base_url = \"http://{}/v1\"\n",
        provider.address
    );
    let gateway = Gateway::with_config(&config, &[]);
    let head = "POST /p/p/files HTTP/1.1\r\nhost: h\r\n";
    for rest in [
        "content-length: 9\r\n\r\nabc",
        "transfer-encoding: chunked\r\n\r\nzz\r\n",
    ] {
        let mut connection = Connection::open(gateway.address);
        connection.send(format!("{head}{rest}").as_bytes());
        let _ = connection.0.shutdown(std::net::Shutdown::Write);
        let mut answer = String::new();
        // One that is gone may be answered or not.
        let _ = connection.0.read_to_string(&mut answer);
        assert!(
            answer.is_empty() || answer.starts_with("HTTP/1.1 400 "),
            "{answer}"
        );
    }
    let good = ask(gateway.address, "POST /p/p/files", &[], "{}");
    assert_eq!(good.status, 200, "{}", good.body);
}

/// Sends an upload of `pieces`, one every `pause`; gives the answer's first line. Six bytes are
/// announced.
fn upload(gateway: &Gateway, framing: &str, pieces: &[&str], pause: Duration) -> String {
    let mut client = Connection::open(gateway.address);
    let head = format!("POST /p/p/files HTTP/1.1\r\nhost: h\r\n{framing}\r\n\r\n");
    client.send(head.as_bytes());
    for piece in pieces {
        std::thread::sleep(pause);
        client.send(piece.as_bytes());
    }
    client.read_until("\r\n\r\n")
}

#[test]
fn a_slow_upload_is_no_provider_that_is_late() {
    let answering = Provider::saying(json("200 OK", "{}"));
    let silent = Provider::start(|_, _, _| true);
    let config = |provider: &Provider| {
        format!(
            "limits = {{ body_timeout = \"1s\" }}\ntimeouts = {{ first_byte = \"1s\" }}\n\
             [providers.p]\ndialects = [\"chat\"]\nbase_url = \"http://{}/v1\"\n",
            provider.address
        )
    };
    let gateway = Gateway::with_config(&config(&answering), &[]);
    // All of it takes longer than the provider may.
    let pause = Duration::from_millis(300);
    for (framing, pieces) in [
        ("content-length: 6", ["a", "b", "c", "d", "e", "f"]),
        (
            "transfer-encoding: chunked",
            [
                "2\r\nab",
                "\r\n",
                "2\r\ncd\r\n",
                "2\r\nef",
                "\r\n0\r\n",
                "\r\n",
            ],
        ),
    ] {
        let answer = upload(&gateway, framing, &pieces, pause);
        assert!(answer.starts_with("HTTP/1.1 200 "), "{framing}: {answer}");
        assert_eq!(answering.seen().body, "abcdef");
    }
    // A client that sends nothing more is told so, and no provider is blamed.
    let answer = upload(&gateway, "content-length: 6", &["abc"], pause);
    assert!(answer.starts_with("HTTP/1.1 408 "), "{answer}");
    let page = ask(gateway.address, "GET /metrics", &[], "").body;
    assert!(!page.contains("gateway_upstream_errors_total{"), "{page}");

    // Once all is there, the provider has its time and no more.
    let gateway = Gateway::with_config(&config(&silent), &[]);
    let answer = upload(&gateway, "content-length: 6", &["abc", "def"], pause);
    assert!(answer.starts_with("HTTP/1.1 504 "), "{answer}");
}

#[test]
fn a_provider_s_words_on_the_gateway_s_key_are_not_passed_on() {
    let provider = Provider::saying(json("401 No", "wrong key: sk-prov***ider"));
    let gateway = gateway(&provider);
    let answer = ask(gateway.address, "GET /p/p/files", &[], "");
    assert_eq!(answer.status, 502);
    assert!(!answer.body.contains("sk-prov"), "{}", answer.body);
}
