use std::rc::Rc;
use std::sync::Arc;

use hyper::StatusCode;

use super::*;
use crate::access_log::{LogTo, Writer};
use crate::http::Headers;
use crate::metrics::{Names, Process, render};
use crate::server::read_head;

struct Told {
    page: String,
    log: String,
}

/// What is told of the trails that `walk` makes.
fn told(walk: impl FnOnce(&Rc<Recorder>)) -> Told {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("log");
    let writer = Writer::start(&LogTo::File(path.clone())).unwrap().unwrap();
    let names = Arc::new(Names::default());
    let recorder = Rc::new(Recorder::new(names.clone(), Some(writer.pen())));
    walk(&recorder);
    let process = Process {
        log_lost: 0,
        reloads: 0,
        reloads_refused: 0,
        breakers: Vec::new(),
    };
    let page = render(&recorder.counts(), &process, &names);
    drop(recorder);
    assert_eq!(writer.finish(), 0);
    let log = std::fs::read_to_string(path).unwrap();
    Told { page, log }
}

fn headers() -> Headers {
    read_head(
        "POST /v1/chat/completions?secret=1 HTTP/1.1\r\nhost: h\r\nx-request-id: mine-1\r\n\
         traceparent: 00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01\r\n\r\n",
    )
    .unwrap()
    .headers
}

#[test]
fn a_trail_is_told_once_in_full() {
    let told = told(|recorder| {
        let mut trail = recorder.begin(Some("chat"), "/v1/chat/completions", &headers());
        trail.key("team-a");
        trail.asked("fast", true, 100);
        trail.listed("fast");
        trail.trying("one", "gpt");
        trail.upstream_error(UpstreamError::Connect);
        trail.fell_back();
        trail.trying("two", "gpt-2");
        trail.answered(StatusCode::OK, Outcome::Ok);
        trail.streamed(&StreamNotes {
            generated: true,
            ..StreamNotes::default()
        });
        trail.sent(50);
        trail.sent(7);
        trail.used(Some(Tokens {
            input: 9,
            output: 2,
            cached: 4,
            reasoning: 0,
        }));
        trail.complete();
        assert_eq!(trail.id().unwrap(), "mine-1");
    });
    let line: serde_json::Value = serde_json::from_str(&told.log).unwrap();
    for (name, expected) in [
        ("id", serde_json::json!("mine-1")),
        ("trace", "0af7651916cd43dd8448eb211c80319c".into()),
        ("key", "team-a".into()),
        ("dialect", "chat".into()),
        ("path", "/v1/chat/completions".into()),
        ("model", "fast".into()),
        ("provider", "two".into()),
        ("upstream_model", "gpt-2".into()),
        ("stream", true.into()),
        ("status", 200.into()),
        ("outcome", "ok".into()),
        ("bytes_in", 100.into()),
        ("bytes_out", 57.into()),
        ("input_tokens", 9.into()),
        ("output_tokens", 2.into()),
        ("cached_tokens", 4.into()),
        ("fallbacks", 1.into()),
    ] {
        assert_eq!(line[name], expected, "{name}");
    }
    assert!(line["ms"].is_f64() && line["ttft_ms"].is_f64());
    assert!(line.get("retries").is_none());
    let chat = r#"dialect="chat",provider="two",model="fast""#;
    for sample in [
        &format!(r#"gateway_requests_total{{{chat},status="2xx",outcome="ok"}} 1"#),
        r#"gateway_tokens_total{key="team-a",model="fast",kind="input"} 9"#,
        r#"gateway_upstream_errors_total{provider="one",kind="connect"} 1"#,
        r#"gateway_fallbacks_total{provider="one"} 1"#,
        "gateway_requests_in_flight 0",
        "gateway_log_lines_total 1",
    ] {
        assert!(told.page.contains(sample), "{sample}\n{}", told.page);
    }
}

#[test]
fn a_trail_that_is_only_dropped_was_cancelled() {
    let told = told(|recorder| {
        drop(recorder.begin(Some("chat"), "/v1/chat/completions", &headers()));
        let mut trail = recorder.begin(Some("chat"), "/v1/chat/completions", &headers());
        // The answer had begun.
        trail.answered(StatusCode::OK, Outcome::Ok);
    });
    assert_eq!(told.log.lines().count(), 2);
    assert_eq!(told.log.matches(r#""outcome":"cancelled""#).count(), 2);
    let none = r#"gateway_requests_total{dialect="chat",provider="",model="",status="none",outcome="cancelled"} 1"#;
    assert!(told.page.contains(none), "{}", told.page);
}

#[test]
fn nothing_is_left_over_from_the_trail_before() {
    let told = told(|recorder| {
        let mut trail = recorder.begin(Some("chat"), "/v1/chat/completions", &headers());
        trail.key("k");
        trail.asked("m", true, 1);
        trail.listed("m");
        trail.trying("p", "u");
        trail.used(Some(Tokens::default()));
        drop(trail);
        let mut trail = recorder.begin(None, "/health", &Headers::default());
        assert_eq!(trail.id().unwrap().len(), 32);
        trail.answered(StatusCode::OK, Outcome::Ok);
        trail.complete();
    });
    let last: serde_json::Value = serde_json::from_str(told.log.lines().last().unwrap()).unwrap();
    let mut names: Vec<_> = last
        .as_object()
        .unwrap()
        .keys()
        .map(String::as_str)
        .collect();
    names.sort_unstable();
    assert_eq!(
        names,
        [
            "bytes_in",
            "bytes_out",
            "dialect",
            "id",
            "ms",
            "outcome",
            "path",
            "status",
            "time"
        ]
    );
}

#[test]
fn a_clients_model_is_a_label_only_if_it_is_listed() {
    let told = told(|recorder| {
        for number in 0..100 {
            let mut trail = recorder.begin(Some("chat"), "/v1/chat/completions", &headers());
            trail.asked(&format!("m{number}é{}", "x".repeat(200)), false, 1);
        }
    });
    assert_eq!(told.page.matches("gateway_requests_total{").count(), 1);
    assert!(told.page.contains(r#"model="other""#));
    assert!(told.log.lines().all(|line| line.len() < 600));
}
