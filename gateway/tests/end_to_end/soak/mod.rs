//! Minutes of everything at once: all dialects before all others, whole and streamed, with keys,
//! further tries, fallbacks and reloads, and faults at random. Memory stays flat, no connection is
//! leaked, and every request is told.
//!
//! In CI for some seconds. For longer:
//! `GATEWAY_SOAK_SECONDS=300 cargo test -p gateway --test end_to_end soak`.

mod client;
mod provider;

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::thread;
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::rig::{PATIENCE, Watched};
use client::{Client, Expected, KEYS};

const CLIENTS: u64 = 8;
/// How often the configuration is read again.
const RELOAD_EVERY: Duration = Duration::from_millis(700);
/// What memory may grow by in the second half.
const MOST_GROWTH_KIB: usize = 2048;
/// Descriptors that come and go besides connections: the page of metrics, the log.
const SPARE_DESCRIPTORS: usize = 4;

/// The configuration after the provider `p`; another one for each `generation`.
fn config(provider: SocketAddr, generation: u64) -> String {
    let mut text = format!(
        "[retries]\nmax = 1\nwait = \"1ms\"\n[breaker]\nfailures = 0\n[metrics]\nopen = true\n\
         [stream]\nkeepalive = \"{}s\"\n",
        20 + generation % 2
    );
    let all = "\"chat\", \"responses\", \"messages\"";
    for (name, dialects) in [
        ("c", "\"chat\""),
        ("r", "\"responses\""),
        ("m", "\"messages\""),
        ("g", "\"gemini\""),
        ("hasty-p", all),
        ("hasty-c", "\"chat\""),
        ("hasty-r", "\"responses\""),
        ("hasty-m", "\"messages\""),
        ("hasty-g", "\"gemini\""),
    ] {
        text.push_str(&format!(
            "[providers.{name}]\ndialects = [{dialects}]\nbase_url = \"http://{provider}/v1\"\n\
             api_key_env = \"PROVIDER_KEY\"\n"
        ));
        if name.starts_with("hasty") {
            text.push_str("timeouts = { first_byte = \"1s\", idle = \"1s\" }\n");
        }
    }
    for name in ["c", "m"] {
        text.push_str(&format!(
            "[[models]]\nname = \"fails-for-{name}\"\nprovider = \"p\"\nupstream = \"status\"\n\
             fallbacks = [\"{name}/whole\"]\n"
        ));
    }
    text.push_str(
        "[[keys]]\nname = \"a\"\nkey_env = \"KEY_A\"\n[[keys]]\nname = \"b\"\nkey_env = \"KEY_B\"\n\
         models = [\"p/*\", \"c/*\", \"r/*\", \"m/*\", \"g/*\", \"hasty-*\", \"fails-*\"]\n",
    );
    text
}

#[test]
fn soak() {
    let seconds = std::env::var("GATEWAY_SOAK_SECONDS").ok();
    let seconds: u64 = seconds.and_then(|text| text.parse().ok()).unwrap_or(12);
    let provider = provider::start();
    let environment: Vec<_> = KEYS
        .into_iter()
        .chain([("PROVIDER_KEY", "sk-soaked-provider")])
        .collect();
    let first = config(provider.address, 0);
    let gateway = Watched::before(provider.address, "", &first, &environment);
    let address = gateway.address();
    gateway.metrics();
    let descriptors = gateway.descriptors();
    let begun = Instant::now();
    let half = begun + Duration::from_secs(seconds) / 2;
    let end = begun + Duration::from_secs(seconds);
    let clients: Vec<_> = (1..=CLIENTS)
        .map(|seed| thread::spawn(move || Client::new(address, seed).run(end)))
        .collect();
    let mut reloads = 0;
    let mut resident_half = None;
    while Instant::now() < end {
        thread::sleep(RELOAD_EVERY);
        reloads += 1;
        gateway.configure(provider.address, "", &config(provider.address, reloads));
        gateway.signal("-HUP");
        gateway.awaits("gateway_reloads_total", &[], reloads);
        if Instant::now() >= half && resident_half.is_none() {
            resident_half = Some(gateway.resident_kib());
        }
        // Nobody asks what the provider has seen, which is more than is to be kept.
        while provider.try_seen().is_some() {}
    }
    let mut expected = Expected::default();
    for client in clients {
        expected.add(&client.join().expect("a client's expectations hold"));
    }
    is_told(&gateway, &expected);
    let all: u64 = expected.outcomes.values().sum();
    assert!(all > seconds * 20, "only {all} requests in {seconds} s");

    let before = resident_half.expect("half of the time passed");
    let more = gateway.resident_kib().saturating_sub(before);
    assert!(
        more < MOST_GROWTH_KIB,
        "{more} KiB more than at half time ({before} KiB)"
    );
    // All clients are gone, and idle connections to providers end with their configuration.
    gateway.signal("-HUP");
    gateway.awaits("gateway_reloads_total", &[], reloads + 1);
    let begun = Instant::now();
    while gateway.descriptors() > descriptors + SPARE_DESCRIPTORS {
        let open = gateway.descriptors();
        assert!(
            begun.elapsed() < PATIENCE,
            "{open} open, {descriptors} at first"
        );
        thread::sleep(Duration::from_millis(50));
    }
    eprintln!(
        "{all} requests and {reloads} reloads in {seconds} s, {more} KiB more since half time: \
         {expected:?}"
    );
}

/// Every request is in the metrics and in the log, each as it was for its client.
fn is_told(gateway: &Watched, expected: &Expected) {
    for ((dialect, outcome), count) in &expected.outcomes {
        if *dialect == "other" {
            // Among these is the page that tells them.
            continue;
        }
        let labels = [
            format!("dialect=\"{dialect}\""),
            format!("outcome=\"{outcome}\""),
        ];
        gateway.awaits("gateway_requests_total", &[&labels[0], &labels[1]], *count);
    }
    let of_dialects = || {
        expected
            .outcomes
            .iter()
            .filter(|((dialect, _), _)| *dialect != "other")
    };
    let all: u64 = of_dialects().map(|(_, count)| count).sum();
    let of_dialect = |name: &str| {
        let label = format!("dialect=\"{name}\"");
        gateway.sum("gateway_requests_total", &[&label])
    };
    let counted: u64 = ["chat", "responses", "messages"]
        .map(of_dialect)
        .iter()
        .sum();
    assert_eq!(counted, all);
    let malformed = ["dialect=\"other\"", "outcome=\"refused\""];
    let passed = ["dialect=\"other\"", "provider=\"c\"", "outcome=\"ok\""];
    let other = |outcome| {
        expected
            .outcomes
            .get(&("other", outcome))
            .copied()
            .unwrap_or(0)
    };
    gateway.awaits("gateway_requests_total", &malformed, other("refused"));
    gateway.awaits("gateway_requests_total", &passed, other("ok"));
    assert_eq!(gateway.sum("gateway_retries_total", &[]), expected.retries);
    assert_eq!(
        gateway.sum("gateway_fallbacks_total", &[]),
        expected.fallbacks
    );
    assert_eq!(gateway.sum("gateway_log_dropped_total", &[]), 0);
    assert_eq!(gateway.sum("gateway_requests_in_flight", &[]), 1);

    let lines = gateway.log(usize::try_from(all).expect("a count"));
    assert_eq!(lines.len() as u64, all);
    let mut logged: BTreeMap<(&str, &str), u64> = BTreeMap::new();
    for line in &lines {
        let told = (text(&line["dialect"]), text(&line["outcome"]));
        *logged.entry(told).or_default() += 1;
    }
    let of_dialects: BTreeMap<_, _> = of_dialects().map(|(told, count)| (*told, *count)).collect();
    assert_eq!(logged, of_dialects);
    let sum = |field: &str| -> u64 { lines.iter().filter_map(|line| line[field].as_u64()).sum() };
    assert_eq!(
        (sum("retries"), sum("fallbacks")),
        (expected.retries, expected.fallbacks)
    );
    for kind in ["input", "output", "cached", "reasoning"] {
        let label = format!("kind=\"{kind}\"");
        let counted = gateway.sum("gateway_tokens_total", &[&label]);
        assert_eq!(sum(&format!("{kind}_tokens")), counted, "{kind}");
    }
    assert!(sum("input_tokens") > all, "usage is read");
}

fn text(value: &Value) -> &str {
    value.as_str().expect("a text")
}
