use std::time::Duration;

use super::*;
use crate::metrics::Label;
use crate::usage::Tokens;

fn process() -> Process {
    Process {
        log_lost: 2,
        reloads: 1,
        reloads_refused: 0,
        breakers: vec![("p".to_owned(), true)],
    }
}

/// Two workers that did the same.
fn page() -> String {
    let names = Names::default();
    let (provider, model) = (names.label("p"), names.label("a\"b\\\n"));
    let key = SeriesKey {
        dialect: "chat",
        provider,
        model,
    };
    let mut metrics = Metrics::default();
    metrics.ended(key, Outcome::Ok, 200, Duration::from_millis(3), None);
    let ttft = Some(Duration::from_millis(1));
    metrics.ended(key, Outcome::Cancelled, 0, Duration::from_secs(400), ttft);
    metrics.used(
        Label::NONE,
        model,
        &Tokens {
            input: 9,
            output: 2,
            cached: 4,
            reasoning: 1,
        },
    );
    metrics.upstream_error(provider, UpstreamError::Timeout);
    metrics.retried(provider);
    metrics.breaker_opened(provider);
    metrics.in_flight = 1;
    metrics.log_dropped = 3;
    let mut sum = metrics.clone();
    sum.add(&metrics);
    render(&sum, &process(), &names)
}

#[test]
fn tells_the_sum_of_all_workers() {
    let page = page();
    let labels = r#"dialect="chat",provider="p",model="a\"b\\\n""#;
    for line in [
        format!(r#"gateway_requests_total{{{labels},status="2xx",outcome="ok"}} 2"#),
        format!(r#"gateway_requests_total{{{labels},status="none",outcome="cancelled"}} 2"#),
        format!(r#"gateway_request_duration_seconds_bucket{{{labels},le="0.0025"}} 0"#),
        format!(r#"gateway_request_duration_seconds_bucket{{{labels},le="0.005"}} 2"#),
        format!(r#"gateway_request_duration_seconds_bucket{{{labels},le="300"}} 2"#),
        format!(r#"gateway_request_duration_seconds_bucket{{{labels},le="+Inf"}} 4"#),
        format!(r#"gateway_request_duration_seconds_sum{{{labels}}} 800.006000"#),
        format!(r#"gateway_time_to_first_token_seconds_count{{{labels}}} 2"#),
        r#"gateway_tokens_total{key="",model="a\"b\\\n",kind="input"} 18"#.to_owned(),
        r#"gateway_usage_requests_total{key="",model="a\"b\\\n"} 2"#.to_owned(),
        r#"gateway_upstream_errors_total{provider="p",kind="timeout"} 2"#.to_owned(),
        r#"gateway_retries_total{provider="p"} 2"#.to_owned(),
        r#"gateway_breaker_opens_total{provider="p"} 2"#.to_owned(),
        r#"gateway_breaker_open{provider="p"} 1"#.to_owned(),
        "gateway_requests_in_flight 2".to_owned(),
        "gateway_log_dropped_total 8".to_owned(),
    ] {
        assert!(page.lines().any(|other| other == line), "{line}\n{page}");
    }
}

#[test]
fn every_sample_belongs_to_the_family_above_it() {
    let mut family = String::new();
    for line in page().lines() {
        if let Some(rest) = line.strip_prefix("# TYPE ") {
            family = rest.split(' ').next().unwrap().to_owned();
        } else if !line.starts_with('#') {
            assert!(line.starts_with(&family), "{line}");
        }
    }
}
