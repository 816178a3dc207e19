//! Ids of requests and traces, carried through.

use crate::rig::{CHAT, Provider, Watched, ask, json};

const TRACE: &str = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

#[test]
fn a_clients_id_and_trace_reach_provider_answer_and_log() {
    let provider = Provider::saying(json("200 OK", "{}"));
    let gateway = Watched::before(provider.address, "", "", &[]);
    let headers = [
        ("x-request-id", "mine-1"),
        ("traceparent", TRACE),
        ("tracestate", "a=b"),
    ];
    let post = format!("POST {}", CHAT.path);
    let answer = ask(gateway.address(), &post, &headers, r#"{"model":"fast"}"#);
    assert_eq!(answer.header("x-request-id"), Some("mine-1"));
    let seen = provider.seen();
    for (name, value) in headers {
        assert_eq!(seen.header(name), Some(value));
    }
    let line = &gateway.log(1)[0];
    assert_eq!(line["id"], "mine-1");
    assert_eq!(line["trace"], "0af7651916cd43dd8448eb211c80319c");
}

#[test]
fn without_a_sane_id_there_is_a_new_one() {
    let provider = Provider::saying(json("200 OK", "{}"));
    let gateway = Watched::before(provider.address, "", "", &[]);
    let post = format!("POST {}", CHAT.path);
    for headers in [&[][..], &[("x-request-id", "a b\"c")]] {
        let answer = ask(gateway.address(), &post, headers, r#"{"model":"fast"}"#);
        let id = answer.header("x-request-id").expect("an id").to_owned();
        assert_eq!(id.len(), 32);
        assert_eq!(provider.seen().header("x-request-id"), Some(id.as_str()));
    }
    // Errors of the gateway's own have one too.
    let answer = ask(gateway.address(), &post, &[], "{");
    assert_eq!(answer.header("x-request-id").map(str::len), Some(32));
}

#[test]
fn the_providers_own_id_stays_and_is_logged() {
    let provider = Provider::saying(
        "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\nx-request-id: theirs\r\n\
         content-length: 2\r\n\r\n{}",
    );
    let gateway = Watched::before(provider.address, "", "", &[]);
    let headers = [("x-request-id", "mine")];
    let post = format!("POST {}", CHAT.path);
    let answer = ask(gateway.address(), &post, &headers, r#"{"model":"fast"}"#);
    assert_eq!(answer.header("x-request-id"), Some("theirs"));
    let line = &gateway.log(1)[0];
    assert_eq!(
        (&line["id"], &line["provider_id"]),
        (&"mine".into(), &"theirs".into())
    );
}
