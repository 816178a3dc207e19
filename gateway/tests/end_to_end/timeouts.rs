//! Everybody who makes others wait: providers that fall silent, clients that dribble.

use std::io::Write;
use std::time::{Duration, Instant};

use crate::rig::{CHAT, Connection, DIALECTS, Gateway, Provider, json, post, stream};

const STREAM: &str = r#"{"model":"m","stream":true}"#;

fn gateway(provider: &Provider, more: &str) -> Gateway {
    let config = format!(
        "{more}\n[providers.p]\ndialects = [\"chat\", \"responses\", \"messages\"]\n\
         base_url = \"http://{}/v1\"\n",
        provider.address
    );
    Gateway::with_config(&config, &[])
}

#[test]
fn a_stream_that_falls_silent_ends_with_an_error() {
    for dialect in DIALECTS {
        let (first, _) = dialect.stream.split_once("\n\n").expect("two events");
        let said = stream(&[&format!("{first}\n\n")]);
        let provider = Provider::start(move |_, _, tcp| tcp.write_all(said.as_bytes()).is_ok());
        let gateway = gateway(
            &provider,
            "timeouts = { idle = \"300ms\", total = \"10ms\" }",
        );
        let answer = post(gateway.address, dialect.path, STREAM);
        assert_eq!((answer.status, answer.whole), (200, true));
        let told = "fell silent in the middle of its answer";
        assert!(answer.body.contains(told), "{}", answer.body);
    }
}

#[test]
fn a_stream_that_goes_on_is_not_cut_off() {
    let provider = Provider::start(|_, _, tcp| {
        let mut going = tcp.write_all(stream(&[]).as_bytes()).is_ok();
        for _ in 0..8 {
            std::thread::sleep(Duration::from_millis(100));
            going &= tcp.write_all(b"b\r\ndata: {}\n\n\n\r\n").is_ok();
        }
        going && tcp.write_all(b"e\r\ndata: [DONE]\n\n\r\n0\r\n\r\n").is_ok()
    });
    let gateway = gateway(
        &provider,
        "timeouts = { idle = \"600ms\", total = \"200ms\" }",
    );
    let answer = post(gateway.address, CHAT.path, STREAM);
    assert!(
        answer.whole && answer.body.ends_with("[DONE]\n\n"),
        "{}",
        answer.body
    );
}

#[test]
fn a_whole_answer_must_be_there_in_time() {
    let half = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 9\r\n\r\n{";
    for timeouts in ["idle = \"1s\"", "total = \"1s\""] {
        let provider = Provider::start(|_, _, tcp| tcp.write_all(half.as_bytes()).is_ok());
        let gateway = gateway(&provider, &format!("timeouts = {{ {timeouts} }}"));
        let answer = post(gateway.address, CHAT.path, r#"{"model":"m"}"#);
        assert_eq!(answer.status, 504, "{timeouts}");
        assert!(answer.body.contains("fell silent"), "{}", answer.body);
    }
}

#[test]
fn half_an_answer_that_claims_to_be_whole_is_an_error() {
    let provider = Provider::saying(json("200 OK", r#"{"choices":[{"mess"#));
    let gateway = gateway(&provider, "");
    for dialect in DIALECTS {
        let answer = post(gateway.address, dialect.path, r#"{"model":"m"}"#);
        assert_eq!(answer.status, 502, "{}", answer.body);
    }
}

#[test]
fn a_client_that_dribbles_its_body_is_told_off() {
    let provider = Provider::saying(json("200 OK", "{}"));
    let gateway = gateway(&provider, "limits = { body_timeout = \"300ms\" }");
    let mut client = Connection::open(gateway.address);
    client.send(b"POST /v1/messages HTTP/1.1\r\nhost: g\r\ncontent-length: 50\r\n\r\n{\"mo");
    let answer = client.read_until("\"request_id\"");
    assert!(answer.starts_with("HTTP/1.1 408 "), "{answer}");
    assert!(
        answer.contains("Nothing more of the request body came for 300ms"),
        "{answer}"
    );
    assert!(provider.saw_no_more());
    assert_eq!(
        post(gateway.address, CHAT.path, r#"{"model":"m"}"#).status,
        200
    );
}

#[test]
fn a_client_that_dribbles_its_head_is_hung_up_on() {
    let provider = Provider::saying(json("200 OK", "{}"));
    let gateway = gateway(&provider, "limits = { header_timeout = \"300ms\" }");
    for said in ["", "POST /v1/messages HTTP/1.1\r\nhost"] {
        let begun = Instant::now();
        let mut client = Connection::open(gateway.address);
        client.send(said.as_bytes());
        let mut rest = Vec::new();
        std::io::Read::read_to_end(&mut client.0, &mut rest).unwrap();
        assert!(begun.elapsed() >= Duration::from_millis(250), "{said}");
    }
    assert_eq!(
        post(gateway.address, CHAT.path, r#"{"model":"m"}"#).status,
        200
    );
}
