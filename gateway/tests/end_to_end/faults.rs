//! Providers that fail before an answer has begun.

use std::io::Write;
use std::net::TcpListener;

use crate::rig::{
    CHAT, Connection, DIALECTS, Gateway, MESSAGES, Provider, json, post, request, stream,
};

const BODY: &str = r#"{"model":"m","stream":true}"#;

fn server_error(message: &str, code: &str) -> String {
    format!(
        r#"{{"error":{{"message":"{message}","type":"server_error","param":null,"code":{code}}}}}"#
    )
}

#[test]
fn a_provider_that_refuses_connections() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    drop(listener);
    let gateway = Gateway::before(address);
    let answer = post(gateway.address, CHAT.path, BODY);
    assert_eq!(answer.status, 502);
    assert_eq!(
        answer.body,
        server_error("The provider `openai` cannot be reached.", "null")
    );
    let answer = post(gateway.address, MESSAGES.path, BODY);
    assert_eq!(answer.status, 502);
    assert_eq!(
        answer.body_but_id(),
        r#"{"type":"error","error":{"type":"api_error","message":"The provider `anthropic` cannot be reached."},"request_id":"ID"}"#
    );
}

#[test]
fn a_provider_that_does_not_answer_in_time() {
    let provider = Provider::start(|_, number, tcp| {
        // The second request gets a head but no event, which is no answer either.
        number == 0 || tcp.write_all(stream(&[]).as_bytes()).is_ok()
    });
    let config = format!(
        "[providers.p]\ndialects = [\"chat\", \"messages\"]\nbase_url = \"http://{}/v1\"\n\
         timeouts = {{ first_byte = \"200ms\" }}\n",
        provider.address
    );
    let gateway = Gateway::with_config(&config, &[]);
    for _ in 0..2 {
        let answer = post(gateway.address, CHAT.path, BODY);
        assert_eq!(answer.status, 504);
        assert_eq!(
            answer.body,
            server_error(
                "The provider `p` did not answer within 200ms.",
                r#""timeout""#
            )
        );
    }
    let answer = post(gateway.address, MESSAGES.path, BODY);
    assert_eq!(answer.status, 504);
    assert!(
        answer.body.contains(r#""type":"timeout_error""#),
        "{}",
        answer.body
    );
}

#[test]
fn a_provider_that_closes_or_talks_nonsense() {
    for said in ["", "HTTP/1.1 200 OK\r\ncontent-le", "nonsense\r\n\r\n"] {
        let provider = Provider::start(move |_, _, tcp| {
            let _ = tcp.write_all(said.as_bytes());
            false
        });
        let gateway = Gateway::before(provider.address);
        let answer = post(gateway.address, CHAT.path, BODY);
        assert_eq!(answer.status, 502, "{said:?}");
        let message = "The provider `openai` gave no whole answer: the connection ended or was \
                       no HTTP/1.1.";
        assert_eq!(answer.body, server_error(message, "null"));
    }
}

#[test]
fn a_stream_that_ends_before_its_first_event() {
    for said in [
        stream(&[]),
        stream(&[]) + "0\r\n\r\n",
        stream(&["data: {\"id"]),
    ] {
        let provider = Provider::start(move |_, _, tcp| {
            let _ = tcp.write_all(said.as_bytes());
            false
        });
        let gateway = Gateway::before(provider.address);
        for dialect in DIALECTS {
            let answer = post(gateway.address, dialect.path, BODY);
            assert_eq!(answer.status, 502);
            assert_eq!(answer.header("content-type"), Some("application/json"));
            assert!(
                answer
                    .body
                    .contains("the stream ended before its first event")
            );
        }
    }
}

#[test]
fn a_provider_that_refuses_the_gateway_s_own_key() {
    let provider = Provider::saying(json("401 Unauthorized", r#"{"error":"bad sk-own"}"#));
    let url = format!("http://{}/v1", provider.address);
    let environment = [
        ("OPENAI_BASE_URL", url.as_str()),
        ("OPENAI_API_KEY", "sk-own"),
    ];
    let gateway = Gateway::with_environment(&environment);
    let answer = post(gateway.address, CHAT.path, BODY);
    assert_eq!(answer.status, 502);
    let message = "The provider `openai` refused the gateway's own key.";
    assert_eq!(answer.body, server_error(message, "null"));

    // The client's own key is the client's business.
    let gateway = Gateway::with_environment(&environment[..1]);
    assert_eq!(post(gateway.address, CHAT.path, BODY).status, 401);
}

/// The status of one more request over the client's connection: connections to a provider are
/// kept by the worker, and a connection stays with its worker.
fn status_of_next(client: &mut Connection) -> String {
    client.send(request(&format!("POST {}", CHAT.path), &[], "keep-alive", BODY).as_bytes());
    client.read_until("}")[9..12].to_owned()
}

#[test]
fn a_kept_connection_that_died_is_replaced_once() {
    // The first connection answers once and then dies on its next request; every later one
    // answers.
    let provider = Provider::start(|connection, number, tcp| {
        let dies = connection < 2 && number == 1;
        !dies && tcp.write_all(json("200 OK", "{}").as_bytes()).is_ok()
    });
    let gateway = Gateway::before(provider.address);
    let mut client = Connection::open(gateway.address);
    assert_eq!(status_of_next(&mut client), "200");
    assert_eq!(provider.seen().connection, 0);
    assert_eq!(status_of_next(&mut client), "200");
    assert_eq!(provider.seen().connection, 0);
    assert_eq!(provider.seen().connection, 1);
    assert!(provider.saw_no_more());
}

#[test]
fn a_request_that_was_being_answered_is_not_sent_again() {
    let provider = Provider::start(|_, number, tcp| {
        if number == 0 {
            return tcp.write_all(json("200 OK", "{}").as_bytes()).is_ok();
        }
        let _ = tcp.write_all(b"HTTP/1.1 200");
        false
    });
    let gateway = Gateway::before(provider.address);
    let mut client = Connection::open(gateway.address);
    assert_eq!(status_of_next(&mut client), "200");
    assert_eq!(status_of_next(&mut client), "502");
    assert_eq!(
        (provider.seen().connection, provider.seen().connection),
        (0, 0)
    );
    assert!(provider.saw_no_more());
}
