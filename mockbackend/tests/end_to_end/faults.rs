//! Every fault in every dialect, whole and streamed.

use std::sync::Arc;
use std::time::{Duration, Instant};

use workload::{
    AnswerCheck, DEFAULT_PROMPT, Dialect, EndOfBody, Expected, Outcome, RequestSpec, Script, Sink,
    Workload, stamp,
};

use crate::client::{Client, Reply};
use crate::mock::{Mock, command};

/// Few enough that each event can be seen, enough for an `é`.
const CHUNKS: usize = 12;

/// No sink, only a verdict.
struct Nothing;

impl Sink for Nothing {
    fn piece(&mut self) {}

    fn stamp(&mut self, _: stamp::Stamp) {}
}

fn bytes(workload: Workload, model: &str, field: &str) -> Vec<u8> {
    let spec = RequestSpec::new(workload, model, DEFAULT_PROMPT, "key");
    let mut head = format!(
        "POST {} HTTP/1.1\r\nhost: mock\r\n",
        workload.dialect.path()
    );
    if !field.is_empty() {
        head += &format!("X-Mock-Fault: {field}\r\n");
    }
    head += &format!("content-length: {}\r\n\r\n", spec.body.len());
    [head.as_bytes(), &spec.body].concat()
}

fn judge(workload: Workload, reply: &Reply, end: EndOfBody) -> Outcome {
    let script = Script::stamped(CHUNKS);
    let mut check = AnswerCheck::new(Arc::new(Expected::new(workload, &script)));
    for part in &reply.parts {
        check.feed(part, &mut Nothing);
    }
    check.finish(end, &mut Nothing)
}

fn mock() -> Mock {
    Mock::start(&["--chunks", &CHUNKS.to_string()])
}

/// The answer to a request with this fault, asked for both ways: they must
/// not differ.
fn asked_both_ways(mock: &Mock, workload: Workload, fault: &str) -> Reply {
    let mut client = Client::connect(mock.address);
    client.send(bytes(workload, "m", fault));
    let by_field = client.reply();
    client.send(bytes(workload, &format!("m#fault:{fault}"), ""));
    let by_model = client.reply();
    assert_eq!(by_field.status, by_model.status, "{workload} {fault}");
    assert_eq!(
        by_field.parts.len(),
        by_model.parts.len(),
        "{workload} {fault}"
    );
    by_model
}

#[test]
fn statuses_come_with_the_providers_own_fields() {
    let mock = mock();
    for workload in Workload::ALL {
        let reply = asked_both_ways(&mock, workload, "status=429");
        assert_eq!(reply.status, 429);
        assert!(reply.has("retry-after: 1"));
        let messages = workload.dialect == Dialect::Messages;
        assert_eq!(reply.has("retry-after-ms: 1000"), !messages);
        assert_eq!(reply.has("x-ratelimit-remaining-requests: 0"), !messages);
        assert_eq!(
            reply.has("anthropic-ratelimit-requests-remaining: 0"),
            messages
        );
        let json: serde_json::Value = serde_json::from_str(&reply.text()).unwrap();
        if messages {
            assert_eq!(json["error"]["type"], "rate_limit_error");
            let reply = asked_both_ways(&mock, workload, "status=529");
            assert!(reply.text().contains(r#""type":"overloaded_error""#));
        } else {
            assert_eq!(json["error"]["code"], "rate_limit_exceeded");
        }
    }
}

/// What the judge of answers says of each fault that leaves the answer's
/// framing whole: of a whole answer and of a stream.
const VERDICTS: [(&str, Option<Outcome>, Outcome); 11] = [
    ("delay=1ms", Some(Outcome::Ok), Outcome::Ok),
    (
        "truncated-json",
        Some(Outcome::WrongBody),
        Outcome::WrongBody,
    ),
    ("wrong-text", Some(Outcome::WrongBody), Outcome::WrongBody),
    ("no-usage", Some(Outcome::Ok), Outcome::Ok),
    ("split-utf8", Some(Outcome::Ok), Outcome::Ok),
    ("one-byte-writes", Some(Outcome::Ok), Outcome::Ok),
    ("reorder", None, Outcome::WrongBody),
    ("no-terminal", None, Outcome::NoTerminal),
    ("error=6", None, Outcome::ErrorEvent),
    ("crlf", None, Outcome::Ok),
    ("comments,several-events-in-one-write", None, Outcome::Ok),
];

#[test]
fn verdicts() {
    let mock = mock();
    for workload in Workload::ALL {
        for (fault, whole, stream) in VERDICTS {
            let expected = if workload.stream { Some(stream) } else { whole };
            let reply = asked_both_ways(&mock, workload, fault);
            match expected {
                Some(outcome) => {
                    assert_eq!(reply.status, 200, "{workload} {fault}");
                    let found = judge(workload, &reply, EndOfBody::Framed);
                    assert_eq!(found, outcome, "{workload} {fault}");
                }
                // A fault of streams.
                None => {
                    assert_eq!(reply.status, 400, "{workload} {fault}");
                    assert!(reply.text().contains("streams alone"), "{}", reply.text());
                }
            }
        }
    }
}

#[test]
fn faults_are_seen_on_the_wire() {
    let mock = mock();
    for dialect in Dialect::ALL {
        let stream = Workload::new(dialect, true);
        let asked = |fault| asked_both_ways(&mock, stream, fault);
        let plain = asked("delay=0s");
        assert!(asked("crlf").text().contains("\r\n\r\n"));
        assert!(!plain.text().contains("\r\n"));
        assert!(asked("comments").text().contains("\n\n: keep-alive\n\n"));
        let split = asked("split-utf8");
        assert!(split.parts.iter().any(|part| str::from_utf8(part).is_err()));
        let several = asked("several-events-in-one-write").parts.len();
        assert_eq!(several, plain.parts.len().div_ceil(3));
        let without = asked("no-usage").text();
        assert!(!without.contains("\"usage\":{"), "{without}");
        if dialect != Dialect::Chat {
            assert!(plain.text().contains("\"usage\":{"));
        }
        let whole = asked_both_ways(&mock, Workload::new(dialect, false), "no-usage");
        assert!(!whole.text().contains("\"usage\":{"));
        let error = asked("error=5");
        let events = if dialect == Dialect::Responses { 7 } else { 6 };
        assert_eq!(error.parts.len(), events);
    }
}

#[test]
fn answers_that_are_cut() {
    let mock = mock();
    for workload in Workload::ALL {
        let ask = |fault: &str| {
            let mut client = Client::connect(mock.address);
            client.send(bytes(workload, "m", fault));
            client
        };
        assert_eq!(ask("close").rest(), b"", "{workload}");
        let mut cut = ask("cut=5");
        let head = cut.head();
        assert_eq!(head.status, 200);
        let rest = String::from_utf8(cut.rest()).unwrap();
        if workload.stream {
            // Chunks of five events, and not the coding's end.
            assert_eq!(rest.matches("data: ").count(), 5);
            assert!(rest.ends_with("\n\n\r\n") && !rest.ends_with("0\r\n\r\n"));
        } else {
            assert!(rest.len() == 5 && rest.starts_with("{\""), "{rest}");
        }
    }
}

#[test]
fn answers_that_fall_silent() {
    let mock = mock();
    let patience = Duration::from_millis(250);
    for workload in Workload::ALL {
        let mut client = Client::connect(mock.address);
        client.send(bytes(workload, "m", "hang"));
        assert_eq!(client.heard_in(patience), b"", "{workload}");
        let mut client = Client::connect(mock.address);
        client.send(bytes(workload, "m", "stall=3"));
        client.head();
        let heard = String::from_utf8(client.heard_in(patience)).unwrap();
        if workload.stream {
            assert_eq!(heard.matches("data: ").count(), 3);
        } else {
            assert!(heard.len() == 3 && heard.starts_with("{\""), "{heard}");
        }
    }
}

#[test]
fn a_delay_comes_before_the_head() {
    let mock = mock();
    let mut client = Client::connect(mock.address);
    let begin = Instant::now();
    client.send(bytes(Workload::ALL[1], "m", "delay=30ms"));
    client.head();
    assert!(begin.elapsed() >= Duration::from_millis(30));
}

#[test]
fn unknown_faults_are_refused() {
    let mock = mock();
    for workload in Workload::ALL {
        for fault in ["nothing", "cut=x", "status=200"] {
            let reply = asked_both_ways(&mock, workload, fault);
            assert_eq!(reply.status, 400);
            assert!(reply.text().contains("mockbackend faults"));
        }
    }
}

#[test]
fn a_share_of_all_answers() {
    let outcomes = |seed: &str| -> Vec<u16> {
        let mock = Mock::start(&[
            "--fault-rate",
            "status=503=0.3",
            "--fault-rate",
            "no-terminal=1",
            "--seed",
            seed,
        ]);
        let mut client = Client::connect(mock.address);
        (0..100)
            .map(|_| {
                client.send(bytes(Workload::ALL[0], "m", ""));
                client.reply().status
            })
            .collect()
    };
    let first = outcomes("7");
    assert_eq!(first, outcomes("7"));
    assert_ne!(first, outcomes("8"));
    let failed = first.iter().filter(|status| **status == 503).count();
    assert!((10..50).contains(&failed), "{failed}");
    assert!(first.iter().all(|status| [200, 503].contains(status)));
}

#[test]
fn they_are_listed() {
    let output = command().arg("faults").output().unwrap();
    assert_eq!(output.status.code(), Some(0));
    let list = String::from_utf8(output.stdout).unwrap();
    for name in ["status=NNN", "one-byte-writes", "stall[=N] (4)"] {
        assert!(list.contains(name), "{list}");
    }
}
