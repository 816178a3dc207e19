//! Minutes of everything at once, faults at random: memory stays flat, no connection is leaked,
//! and every request is told.
//!
//! In CI for some seconds. For longer:
//! `GATEWAY_SOAK_SECONDS=300 cargo test -p gateway --test end_to_end soak`.

use std::collections::BTreeMap;
use std::io::Write;
use std::thread;
use std::time::{Duration, Instant};

use crate::rig::{
    Connection, LAST_CHUNK, PATIENCE, Provider, Watched, json, post, request, stream,
};

const CLIENTS: u64 = 8;
/// Between two requests of a client: closed connections keep their ports for a minute, and there
/// are only so many.
const PAUSE: Duration = Duration::from_millis(5);
const EVENT: &str = "data: {\"choices\":[{}]}\n\n";
const POST: &str = "POST /v1/chat/completions";

fn provider() -> Provider {
    Provider::answering(|body, tcp| {
        let fault = |name: &str| body.contains(&format!("\"model\":\"{name}\""));
        let said = if fault("whole") {
            json(
                "200 OK",
                r#"{"usage":{"prompt_tokens":9,"completion_tokens":2},"x":"end"}"#,
            )
        } else if fault("stream") {
            stream(&[EVENT, EVENT, "data: [DONE]\n\n"]) + LAST_CHUNK
        } else if fault("status") {
            json("500 Internal Server Error", "{}")
        } else if fault("cut") {
            stream(&[EVENT, "data: {\"half"])
        } else if fault("garbage") {
            "garbage\r\n\r\n".to_owned()
        } else if fault("hang") {
            stream(&[EVENT])
        } else {
            return false;
        };
        let written = tcp.write_all(said.as_bytes()).is_ok();
        written && !fault("cut") && !fault("garbage")
    })
}

/// A small generator of numbers, one a client: what happens is the same in every run.
fn next(state: &mut u64) -> u64 {
    *state = state
        .wrapping_mul(6_364_136_223_846_793_005)
        .wrapping_add(1_442_695_040_888_963_407);
    *state >> 33
}

fn asked(kind: &str, streams: bool) -> String {
    format!(
        r#"{{"model":"p/{kind}","stream":{streams},"stream_options":{{"include_usage":true}}}}"#
    )
}

/// One client until `end`: how its requests must have been told.
fn client(address: std::net::SocketAddr, seed: u64, end: Instant) -> BTreeMap<&'static str, u64> {
    let mut told = BTreeMap::new();
    let mut state = seed;
    let mut kept = Connection::open(address);
    while Instant::now() < end {
        let outcome = match next(&mut state) % 10 {
            0..4 => {
                kept.send(request(POST, &[], "keep-alive", &asked("whole", false)).as_bytes());
                kept.read_until("\"end\"}");
                "ok"
            }
            4..7 => {
                kept.send(request(POST, &[], "keep-alive", &asked("stream", true)).as_bytes());
                kept.read_until("[DONE]\n\n\r\n0\r\n\r\n");
                "ok"
            }
            7 => {
                let mut leaving = Connection::open(address);
                leaving.send(request(POST, &[], "close", &asked("hang", true)).as_bytes());
                leaving.read_until(EVENT);
                "cancelled"
            }
            8 => {
                let answer = post(address, "/v1/chat/completions", &asked("cut", true));
                assert!(answer.body.contains("error") && answer.whole);
                "broken"
            }
            _ => {
                let (kind, status, outcome) = [
                    ("status", 500, "provider_error"),
                    ("garbage", 502, "failed"),
                    ("close", 502, "failed"),
                    ("", 404, "refused"),
                ][next(&mut state) as usize % 4];
                let body = match kind {
                    "" => r#"{"model":"nobody/m"}"#.to_owned(),
                    _ => asked(kind, false),
                };
                assert_eq!(post(address, "/v1/chat/completions", &body).status, status);
                outcome
            }
        };
        *told.entry(outcome).or_default() += 1;
        thread::sleep(PAUSE);
    }
    told
}

#[test]
fn soak() {
    let seconds = std::env::var("GATEWAY_SOAK_SECONDS").ok();
    let seconds: u64 = seconds.and_then(|text| text.parse().ok()).unwrap_or(10);
    let provider = provider();
    let end = "[retries]\nmax = 0\n[breaker]\nfailures = 1000000\n";
    let gateway = Watched::before(provider.address, "", end, &[]);
    let address = gateway.address();
    let begun = Instant::now();
    let half = begun + Duration::from_secs(seconds) / 2;
    let end = begun + Duration::from_secs(seconds);
    let clients: Vec<_> = (0..CLIENTS)
        .map(|seed| thread::spawn(move || client(address, seed + 1, end)))
        .collect();
    thread::sleep(half.saturating_duration_since(Instant::now()));
    let resident_half = gateway.resident_kib();
    let mut expected: BTreeMap<&str, u64> = BTreeMap::new();
    for client in clients {
        for (outcome, count) in client.join().expect("a client's expectations hold") {
            *expected.entry(outcome).or_default() += count;
        }
    }
    for (outcome, count) in &expected {
        let labels = [
            "dialect=\"chat\"".to_owned(),
            format!("outcome=\"{outcome}\""),
        ];
        gateway.awaits("gateway_requests_total", &[&labels[0], &labels[1]], *count);
    }
    let all: u64 = expected.values().sum();
    let labels = ["dialect=\"chat\""];
    assert_eq!(gateway.sum("gateway_requests_total", &labels), all);
    assert_eq!(
        gateway.log(usize::try_from(all).expect("a count")).len() as u64,
        all
    );
    assert_eq!(gateway.sum("gateway_log_dropped_total", &[]), 0);
    assert_eq!(gateway.sum("gateway_requests_in_flight", &[]), 1);
    assert!(all > seconds * 20, "only {all} requests in {seconds} s");

    let more = gateway.resident_kib().saturating_sub(resident_half);
    assert!(
        more < 2048,
        "{more} KiB more than at half time ({resident_half} KiB)"
    );
    // All clients are gone: what is still open to the provider are idle connections, as many as
    // were ever in use at once, and the gateway's own descriptors.
    let most = 2 * CLIENTS as usize + 24;
    let begun = Instant::now();
    while gateway.descriptors() > most {
        assert!(
            begun.elapsed() < PATIENCE,
            "{} descriptors",
            gateway.descriptors()
        );
        thread::sleep(Duration::from_millis(50));
    }
    eprintln!("{all} requests in {seconds} s: {expected:?}, {more} KiB more since half time");
}
