//! However requests end, they are counted: in metrics, in the log, and once.

use std::collections::BTreeMap;
use std::io::Write;

use crate::rig::{
    CHAT, Connection, DIALECTS, LAST_CHUNK, MESSAGES, Provider, Watched, json, post, request,
    stream,
};

/// Answers by the name of the model.
fn provider() -> Provider {
    Provider::answering(|seen, tcp| {
        let usage = r#"{"usage":{"prompt_tokens":9,"completion_tokens":2,"input_tokens":9,"output_tokens":2}}"#;
        let said = if seen.contains("whole") {
            json("200 OK", usage)
        } else if seen.contains("refuse") {
            json("429 Too Many Requests", "{}")
        } else if seen.contains("stream-chat") {
            stream(&[
                "data: {\"choices\":[{}]}\n\n",
                "data: {\"choices\":[],\"usage\":{\"prompt_tokens\":9,\"completion_tokens\":2}}\n\n",
                "data: [DONE]\n\n",
            ]) + LAST_CHUNK
        } else if seen.contains("stream-messages") {
            stream(&[MESSAGES.stream]) + LAST_CHUNK
        } else if seen.contains("fail-chat") {
            stream(&["data: {\"choices\":[{}]}\n\n", "data: {\"error\":{}}\n\n"]) + LAST_CHUNK
        } else if seen.contains("fail-responses") {
            stream(&[
                "data: {\"type\":\"response.created\"}\n\n",
                "data: {\"type\":\"response.failed\"}\n\n",
            ]) + LAST_CHUNK
        } else if seen.contains("fail-messages") {
            stream(&["event: ping\ndata: {}\n\n", "event: error\ndata: {}\n\n"]) + LAST_CHUNK
        } else if seen.contains("break") {
            let _ = tcp.write_all(stream(&["data: {\"choices\":[{}]}\n\n"]).as_bytes());
            return false;
        } else if seen.contains("hang") {
            // The client goes away; until then there is one event.
            return tcp
                .write_all(stream(&["data: {\"choices\":[{}]}\n\n"]).as_bytes())
                .is_ok();
        } else {
            return false;
        };
        tcp.write_all(said.as_bytes()).is_ok()
    })
}

#[test]
fn every_request_is_counted_and_logged_once_by_how_it_ended() {
    let provider = provider();
    let end = "[retries]\nmax = 0\n[breaker]\nfailures = 1000000\n";
    let gateway = Watched::before(provider.address, "max_body_bytes = 200", end, &[]);
    let address = gateway.address();
    let mut expected: BTreeMap<&str, u64> = BTreeMap::new();
    let mut expect = |outcome, count| *expected.entry(outcome).or_default() += count;
    const ROUNDS: u64 = 5;
    for _ in 0..ROUNDS {
        for dialect in DIALECTS {
            assert_eq!(
                post(address, dialect.path, r#"{"model":"p/whole"}"#).status,
                200
            );
            assert_eq!(
                post(address, dialect.path, r#"{"model":"p/refuse"}"#).status,
                429
            );
            assert_eq!(
                post(address, dialect.path, r#"{"model":"p/close"}"#).status,
                502
            );
            assert_eq!(post(address, dialect.path, r#"{"model":"p"#).status, 400);
            assert_eq!(
                post(address, dialect.path, r#"{"model":"q/m"}"#).status,
                404
            );
            assert_eq!(post(address, dialect.path, &"x".repeat(201)).status, 413);
            expect("ok", 1);
            expect("provider_error", 1);
            expect("failed", 1);
            expect("refused", 3);
        }
        let asked = r#"{"model":"p/stream-chat","stream":true}"#;
        assert!(post(address, CHAT.path, asked).body.ends_with("[DONE]\n\n"));
        let asked = r#"{"model":"p/stream-messages","stream":true}"#;
        assert!(post(address, MESSAGES.path, asked).whole);
        expect("ok", 2);
        let answer = post(address, CHAT.path, r#"{"model":"p/break","stream":true}"#);
        assert!(answer.body.contains("error"));
        expect("broken", 1);
        for (dialect, name) in DIALECTS.iter().zip(["chat", "responses", "messages"]) {
            let asked = format!(r#"{{"model":"p/fail-{name}","stream":true}}"#);
            assert!(post(address, dialect.path, &asked).whole);
            expect("stream_error", 1);
        }
        let mut client = Connection::open(address);
        let asked = r#"{"model":"p/hang","stream":true}"#;
        client.send(request("POST /v1/chat/completions", &[], "close", asked).as_bytes());
        client.read_until("data: ");
        drop(client);
        expect("cancelled", 1);
    }
    let all: u64 = expected.values().sum();
    for (outcome, count) in &expected {
        let label = format!("outcome=\"{outcome}\"");
        let known = [
            "dialect=\"chat\"",
            "dialect=\"responses\"",
            "dialect=\"messages\"",
        ];
        let begun = std::time::Instant::now();
        while known
            .iter()
            .map(|dialect| gateway.sum("gateway_requests_total", &[&label, dialect]))
            .sum::<u64>()
            != *count
        {
            assert!(
                begun.elapsed() < crate::rig::PATIENCE,
                "{outcome}\n{}",
                gateway.metrics()
            );
        }
    }
    let log = gateway.log(usize::try_from(all).unwrap());
    let mut logged: BTreeMap<&str, u64> = BTreeMap::new();
    for line in &log {
        *logged.entry(line["outcome"].as_str().unwrap()).or_default() += 1;
    }
    assert_eq!(logged, expected);
    let ids: std::collections::HashSet<_> = log.iter().map(|line| line["id"].as_str()).collect();
    assert_eq!(ids.len() as u64, all);
    let kind = &["kind=\"stream_error\""];
    assert_eq!(
        gateway.sum("gateway_upstream_errors_total", kind),
        3 * ROUNDS
    );
    // Usage is known of the whole answers and of the stream that told it.
    assert_eq!(gateway.sum("gateway_usage_requests_total", &[]), 4 * ROUNDS);
    assert_eq!(
        gateway.sum("gateway_tokens_total", &["kind=\"input\""]),
        4 * 9 * ROUNDS
    );
    assert_eq!(gateway.sum("gateway_log_dropped_total", &[]), 0);
    // Only the scrape itself is under way.
    assert_eq!(gateway.sum("gateway_requests_in_flight", &[]), 1);
}
