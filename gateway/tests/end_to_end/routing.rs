//! What happens when a provider fails before the client was told anything: further tries,
//! fallbacks, breakers; and how requests are spread over several.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use crate::rig::{
    CHAT, Connection, DIALECTS, Gateway, PATIENCE, Provider, ask, json, post, request, stream,
};

const BODY: &str = r#"{"model":"m"}"#;
/// Usage is asked for, so that nothing is taken out of the stream.
const STREAM: &str = r#"{"model":"m","stream":true,"stream_options":{"include_usage":true}}"#;

/// An address where nobody listens.
fn nobody() -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    listener.local_addr().expect("an address")
}

/// A gateway whose model `m` is at `first`, and falls back to `second`.
fn gateway(first: SocketAddr, second: SocketAddr, more: &str) -> Gateway {
    waiting_for_first(first, "10s", second, more)
}

/// The same, where `first` must have begun to answer in so much time.
fn waiting_for_first(first: SocketAddr, wait: &str, second: SocketAddr, more: &str) -> Gateway {
    let config = format!(
        r#"
        {more}
        [providers.first]
        dialects = ["chat", "responses", "messages"]
        base_url = "http://{first}/v1"
        timeouts = {{ first_byte = "{wait}" }}

        [providers.second]
        dialects = ["chat", "responses", "messages"]
        base_url = "http://{second}/v1"

        [[models]]
        name = "m"
        provider = "first"
        upstream = "one"
        fallbacks = ["second/two"]
        "#
    );
    Gateway::with_config(&config, &[])
}

#[test]
fn a_fallback_answers_whatever_the_first_did() {
    let failing: [fn() -> SocketAddr; 8] = [
        nobody,
        || Provider::start(|_, _, _| false).address,
        || Provider::start(|_, _, _| true).address,
        || Provider::saying(json("503 Busy", r#"{"error":{}}"#)).address,
        || Provider::saying(json("429 Slow", r#"{"error":{}}"#)).address,
        || {
            let dying = |_, _, tcp: &mut std::net::TcpStream| {
                let _ = tcp.write_all(stream(&["data: {\"half"]).as_bytes());
                false
            };
            Provider::start(dying).address
        },
        // Comments are no events: one that dies or falls silent after them has said nothing yet.
        || {
            let dying = |_, _, tcp: &mut std::net::TcpStream| {
                let _ = tcp.write_all(stream(&[": one\n\n", ": two\n\n"]).as_bytes());
                std::thread::sleep(Duration::from_millis(50));
                false
            };
            Provider::start(dying).address
        },
        || Provider::saying(stream(&[": one\n\n"])).address,
    ];
    for first in failing {
        for dialect in DIALECTS {
            let good = stream(&[dialect.stream]) + "0\r\n\r\n";
            let second = Provider::saying(good);
            let gateway = waiting_for_first(first(), "300ms", second.address, "");
            let answer = post(gateway.address, dialect.path, STREAM);
            assert_eq!(answer.status, 200, "{}", answer.body);
            assert_eq!(answer.body, dialect.stream);
            assert!(second.seen().body.contains(r#""model":"two""#));
        }
    }
}

#[test]
fn a_provider_that_only_shows_that_it_lives_is_passed_on_after_a_while() {
    const COMMENT: &str = ": one\n\n";
    for (keepalive, before_event) in [("100ms", true), ("1h", false), ("0s", false)] {
        let is_enough = Arc::new(AtomicBool::new(false));
        let enough = is_enough.clone();
        let provider = Provider::start(move |_, _, tcp| {
            let mut said = stream(&[COMMENT]);
            while tcp.write_all(said.as_bytes()).is_ok() && !enough.load(Ordering::SeqCst) {
                std::thread::sleep(Duration::from_millis(20));
                said = format!("7\r\n{COMMENT}\r\n");
            }
            tcp.write_all(b"e\r\ndata: [DONE]\n\n\r\n0\r\n\r\n").is_ok()
        });
        let config = format!(
            "stream = {{ keepalive = \"{keepalive}\" }}\n[providers.p]\ndialects = [\"chat\"]\n\
             base_url = \"http://{}/v1\"\n",
            provider.address
        );
        let gateway = Gateway::with_config(&config, &[]);
        let mut client = Connection::open(gateway.address);
        let line = format!("POST {}", CHAT.path);
        client.send(request(&line, &[], "close", STREAM).as_bytes());
        if before_event {
            let told = client.read_until(COMMENT);
            assert!(told.starts_with("HTTP/1.1 200 "), "{told}");
        } else {
            let wait = Some(Duration::from_millis(500));
            client.0.set_read_timeout(wait).expect("a timeout");
            assert!(client.0.read(&mut [0]).is_err(), "nothing is told yet");
            client
                .0
                .set_read_timeout(Some(PATIENCE))
                .expect("a timeout");
        }
        is_enough.store(true, Ordering::SeqCst);
        let told = client.read_until("data: [DONE]\n\n\r\n0\r\n\r\n");
        assert!(told.contains(COMMENT) || before_event, "{told}");
    }
}

/// The events by which a provider says at once that it cannot.
const FIRST_ERRORS: [&str; 3] = [
    "data: {\"error\":{\"message\":\"busy\",\"type\":\"server_error\"}}\n\n",
    "event: error\ndata: {\"type\":\"error\",\"code\":\"server_error\",\"message\":\"busy\"}\n\n",
    "event: error\ndata: {\"type\":\"error\",\"error\":{\"type\":\"overloaded_error\",\"message\":\"busy\"}}\n\n",
];

#[test]
fn a_stream_that_begins_with_an_error_is_given_up_for_a_fallback() {
    for (dialect, error) in DIALECTS.into_iter().zip(FIRST_ERRORS) {
        let first = Provider::saying(stream(&[error]) + "0\r\n\r\n");
        let second = Provider::saying(stream(&[dialect.stream]) + "0\r\n\r\n");
        let gateway = gateway(first.address, second.address, "");
        let answer = post(gateway.address, dialect.path, STREAM);
        assert_eq!(answer.status, 200, "{}", answer.body);
        assert_eq!(answer.body, dialect.stream);
        let page = ask(gateway.address, "GET /metrics", &[], "").body;
        let line = r#"gateway_upstream_errors_total{provider="first",kind="stream_error"} 1"#;
        assert!(page.contains(line), "{page}");
    }
}

#[test]
fn the_error_is_passed_on_where_nobody_is_left() {
    for (dialect, error) in DIALECTS.into_iter().zip(FIRST_ERRORS) {
        let said = || Provider::saying(stream(&[error]) + "0\r\n\r\n").address;
        let gateway = gateway(said(), said(), "");
        let answer = post(gateway.address, dialect.path, STREAM);
        assert_eq!(answer.status, 200);
        assert!(answer.body.starts_with(error), "{}", answer.body);
        let page = ask(gateway.address, "GET /metrics", &[], "").body;
        for provider in ["first", "second"] {
            let line = format!(
                r#"gateway_upstream_errors_total{{provider="{provider}",kind="stream_error"}} 1"#
            );
            assert!(page.contains(&line), "{page}");
        }
    }
}

#[test]
fn an_answer_that_has_begun_is_never_begun_again() {
    let first = Provider::start(|_, _, tcp| {
        let _ = tcp.write_all(stream(&["data: {\"a\":1}\n\n"]).as_bytes());
        false
    });
    let second = Provider::saying(json("200 OK", "{}"));
    let gateway = gateway(first.address, second.address, "retries = { max = 3 }");
    let answer = post(gateway.address, CHAT.path, STREAM);
    assert_eq!(answer.status, 200);
    assert!(
        answer.body.contains("broke the stream off"),
        "{}",
        answer.body
    );
    first.seen();
    assert!(first.saw_no_more() && second.saw_no_more());
}

#[test]
fn errors_that_are_the_client_s_own_are_passed_on() {
    for status in ["400 Bad", "401 No", "404 None", "422 Wrong"] {
        let first = Provider::saying(json(status, r#"{"error":{"message":"x"}}"#));
        let second = Provider::saying(json("200 OK", "{}"));
        let gateway = gateway(first.address, second.address, "retries = { max = 3 }");
        let answer = post(gateway.address, CHAT.path, BODY);
        assert_eq!(answer.status.to_string(), status[..3]);
        assert_eq!(answer.body, r#"{"error":{"message":"x"}}"#);
        first.seen();
        assert!(first.saw_no_more() && second.saw_no_more());
    }
}

/// A provider that fails `failures` times with `said` and then answers.
fn recovering(failures: usize, said: &str) -> Provider {
    let said = said.to_owned();
    let asked = std::sync::Arc::new(std::sync::atomic::AtomicUsize::new(0));
    Provider::start(move |_, _, tcp| {
        let before = asked.fetch_add(1, std::sync::atomic::Ordering::SeqCst);
        let good = json("200 OK", "{\"good\":1}");
        let said = if before < failures { &said } else { &good };
        tcp.write_all(said.as_bytes()).is_ok()
    })
}

#[test]
fn further_tries_wait_as_long_as_the_provider_asks() {
    let busy = "HTTP/1.1 503 Busy\r\nretry-after-ms: 400\r\ncontent-length: 0\r\n\r\n";
    let provider = recovering(2, busy);
    let retries = "retries = { max = 2, wait = \"10ms\" }";
    let gateway = gateway(provider.address, nobody(), retries);
    let begun = Instant::now();
    let answer = post(gateway.address, CHAT.path, BODY);
    assert_eq!((answer.status, answer.body.as_str()), (200, "{\"good\":1}"));
    assert!(begun.elapsed() >= Duration::from_millis(800));
    let metrics = ask(gateway.address, "GET /metrics", &[], "").body;
    let line = "gateway_retries_total{provider=\"first\"} 2";
    assert!(metrics.contains(line), "{metrics}");
}

#[test]
fn a_provider_that_asks_for_too_long_is_not_waited_for() {
    let busy = "HTTP/1.1 503 Busy\r\nretry-after: 3600\r\ncontent-type: text/html\r\n\
                content-length: 4\r\n\r\nbusy";
    let provider = recovering(9, busy);
    let gateway = gateway(provider.address, nobody(), "retries = { max = 2 }");
    let answer = post(gateway.address, CHAT.path, BODY);
    // The fallback is not there either, and its failure is the last.
    assert_eq!(answer.status, 502);
    provider.seen();
    assert!(provider.saw_no_more());
}

#[test]
fn a_page_for_people_becomes_an_error_of_the_dialect() {
    let page = "HTTP/1.1 502 Bad\r\ncontent-type: text/html\r\nretry-after: 9\r\n\
                content-length: 6\r\n\r\n<html>";
    let provider = Provider::saying(page);
    let gateway = Gateway::before(provider.address);
    for dialect in DIALECTS {
        let answer = post(gateway.address, dialect.path, BODY);
        assert_eq!(answer.status, 502);
        assert!(answer.whole);
        assert_eq!(answer.header("retry-after"), Some("9"));
        assert_eq!(answer.header("content-type"), Some("application/json"));
        let error: serde_json::Value = serde_json::from_str(&answer.body).unwrap();
        assert!(error["error"]["message"].as_str().unwrap().contains("502"));
    }
}

#[test]
fn a_provider_that_keeps_failing_is_left_alone_for_a_while() {
    let failing = json("500 Oh", r#"{"error":{}}"#);
    let provider = recovering(2, &failing);
    let config = format!(
        "breaker = {{ failures = 2, cooldown = \"1s\" }}\n[providers.p]\ndialects = [\"chat\"]\n\
         base_url = \"http://{}/v1\"\n",
        provider.address
    );
    let gateway = Gateway::with_config(&config, &[]);
    for _ in 0..2 {
        assert_eq!(post(gateway.address, CHAT.path, BODY).status, 500);
        provider.seen();
    }
    let answer = post(gateway.address, CHAT.path, BODY);
    assert_eq!(answer.status, 503);
    assert!(answer.body.contains("left alone"), "{}", answer.body);
    assert_eq!(answer.header("retry-after"), Some("1"));
    let ready = ask(gateway.address, "GET /ready", &[], "");
    assert_eq!(ready.status, 503);
    assert!(ready.body.contains("left_alone"), "{}", ready.body);
    let metrics = ask(gateway.address, "GET /metrics", &[], "").body;
    assert!(
        metrics.contains("gateway_breaker_open{provider=\"p\"} 1"),
        "{metrics}"
    );
    assert!(provider.saw_no_more());
    // It is tried again, and does well.
    std::thread::sleep(Duration::from_millis(1100));
    // Whoever sends nothing until it is ready must not wait for ever.
    assert_eq!(ask(gateway.address, "GET /ready", &[], "").status, 200);
    assert_eq!(post(gateway.address, CHAT.path, BODY).status, 200);
    assert_eq!(post(gateway.address, CHAT.path, BODY).status, 200);
    assert_eq!(ask(gateway.address, "GET /ready", &[], "").status, 200);
}

#[test]
fn targets_share_requests_by_weight() {
    let answering = || Provider::saying(json("200 OK", "{}"));
    let (one, two) = (answering(), answering());
    let config = format!(
        r#"
        [providers.one]
        dialects = ["chat"]
        base_url = "http://{}"
        [providers.two]
        dialects = ["chat"]
        base_url = "http://{}"
        [[models]]
        name = "m"
        targets = [{{ provider = "one", weight = 3 }}, {{ provider = "two" }}]
        "#,
        one.address, two.address
    );
    let gateway = Gateway::with_config(&config, &[]);
    for _ in 0..200 {
        assert_eq!(post(gateway.address, CHAT.path, BODY).status, 200);
    }
    let count = |provider: &Provider| std::iter::from_fn(|| provider.try_seen()).count();
    let (first, second) = (count(&one), count(&two));
    assert_eq!(first + second, 200);
    // 50 are expected at the second; fewer than 20 or more than 90 come once in millions.
    assert!((20..90).contains(&second), "{second}");
}

#[test]
fn connections_are_limited_and_some_requests_wait() {
    let provider = Provider::start(|_, _, tcp| {
        // The third must have come by then, on a busy machine too.
        std::thread::sleep(Duration::from_millis(1500));
        tcp.write_all(json("200 OK", "{}").as_bytes()).is_ok()
    });
    let config = format!(
        "[providers.p]\ndialects = [\"chat\"]\nbase_url = \"http://{}/v1\"\n\
         max_connections = 1\nmax_waiting = 1\n",
        provider.address
    );
    let gateway = Gateway::with_config(&config, &[]);
    let asking: Vec<_> = (0..3)
        .map(|_| {
            let address = gateway.address;
            let asking = std::thread::spawn(move || post(address, CHAT.path, BODY));
            std::thread::sleep(Duration::from_millis(100));
            asking
        })
        .collect();
    let mut answers: Vec<_> = asking
        .into_iter()
        .map(|asking| asking.join().unwrap())
        .collect();
    answers.sort_by_key(|answer| answer.status);
    let statuses: Vec<_> = answers.iter().map(|answer| answer.status).collect();
    assert_eq!(statuses, [200, 200, 503]);
    assert_eq!(answers[2].header("retry-after"), Some("1"));
    assert!(
        answers[2].body.contains("as many requests"),
        "{}",
        answers[2].body
    );
}
