//! Answers in their own time.

use std::time::{Duration, Instant};

use crate::client::Client;
use crate::mock::Mock;

const ASK: &str = r#"{"model":"m","messages":[]}"#;
const ASK_STREAM: &str = r#"{"model":"m","messages":[],"stream":true}"#;

/// The `s` of the stamps in a text, in order.
fn sent_ns(text: &str) -> Vec<u64> {
    text.split(" s=")
        .skip(1)
        .map(|rest| rest[..19].parse().unwrap())
        .collect()
}

fn received_ns(text: &str) -> u64 {
    text.split(" r=").nth(1).unwrap()[..19].parse().unwrap()
}

#[test]
fn pieces_keep_their_deadlines() {
    let mock = Mock::start(&["--chunks", "6", "--ttft", "20ms", "--inter-chunk", "5ms"]);
    let mut client = Client::connect(mock.address);
    for (target, pieces) in [
        ("/v1/chat/completions", 6),
        ("/v1/messages", 6),
        ("/v1/responses", 6),
    ] {
        let text = client.ask("POST", target, ASK_STREAM).text();
        let start_ns = received_ns(&text);
        let sent = sent_ns(&text);
        for (piece, sent_ns) in sent.iter().take(pieces).enumerate() {
            let due_ns = start_ns + 20_000_000 + 5_000_000 * piece as u64;
            assert!(*sent_ns >= due_ns, "{target}: piece {piece} was early");
        }
    }
    let begin = Instant::now();
    let whole = client.ask("POST", "/v1/messages", ASK).text();
    assert!(begin.elapsed() >= Duration::from_millis(45));
    assert!(sent_ns(&whole)[0] >= received_ns(&whole) + 45_000_000);

    let report = client.ask("GET", "/__pace", "").text();
    let report: serde_json::Value = serde_json::from_str(&report).unwrap();
    assert_eq!(report["events"], 19);
    let late_ns = |figure: &str| report["late_ns"][figure].as_u64().unwrap();
    assert!(late_ns("p50") <= late_ns("p99") && late_ns("p99") <= late_ns("max"));
    // Far above what waking takes, for a machine that does much else.
    assert!(late_ns("p50") < 100_000_000, "{report}");
}

#[test]
fn an_instant_mock_reports_nothing() {
    let mock = Mock::start(&[]);
    let mut client = Client::connect(mock.address);
    client.ask("POST", "/v1/messages", ASK_STREAM);
    assert_eq!(
        client.ask("GET", "/__pace", "").text(),
        r#"{"events":0,"late_ns":{"p50":null,"p99":null,"max":null}}"#
    );
}

#[test]
fn the_pace_changes_while_it_runs_and_no_known_request_is_answered_without() {
    let mock = Mock::start(&["--chunks", "3"]);
    let mut client = Client::connect(mock.address);
    let mut took = |pace: &str| {
        // Another connection: this one has its request by heart.
        let mut other = Client::connect(mock.address);
        assert_eq!(other.ask("POST", "/__pace", pace).status, 200);
        let text = client.ask("POST", "/v1/messages", ASK_STREAM).text();
        let sent = sent_ns(&text);
        Duration::from_nanos(sent[2] - received_ns(&text))
    };
    let paced = r#"{"ttft":"50ms","inter_chunk":"50ms"}"#;
    let least = Duration::from_millis(150);
    assert!(took("{}") < least);
    assert!(took("{}") < least);
    assert!(took(paced) >= least);
    assert!(took(paced) >= least);
    assert!(took("{}") < least);
    let mut client = Client::connect(mock.address);
    let refused = client.ask("POST", "/__pace", r#"{"ttft":"table:/etc/hostname"}"#);
    assert_eq!(refused.status, 400);
    let report = client.ask("GET", "/__pace", "").text();
    assert!(report.starts_with(r#"{"events":6,"#), "{report}");
    assert_eq!(client.ask("PUT", "/__pace", "").status, 405);
}
