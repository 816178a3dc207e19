//! A run from its beginning to its end.

use std::fs;

use super::{of_type, out, records, run};

#[test]
fn a_smoke_run_measures_reports_and_can_be_reported_again() {
    let (_keep, folder) = out();
    let path = folder.to_str().expect("text");
    let ran = run(&[
        "run",
        "--profile",
        "smoke",
        "--runner",
        "process",
        "--entrants",
        "direct,reference,gomodel",
        "--seed",
        "7",
        "--out",
        path,
    ]);
    assert_eq!(ran.status, 0, "{}", ran.stderr);
    assert!(ran.stdout.contains("Overview"), "{}", ran.stdout);

    let records = records(&folder);
    assert!(records.iter().all(|record| record["v"] == 1));
    assert_eq!(records[0]["type"], "run");
    assert_eq!(records[0]["seed"], 7);
    assert_eq!(of_type(&records, "trial").len(), 2);
    assert_eq!(records.last().expect("records")["complete"], true);

    // Each trial: six workloads covered, six at the published concurrency,
    // and the sweep.
    let samples = of_type(&records, "sample");
    for entrant in ["direct", "reference"] {
        let count = |phase: &str| {
            let of_phase = samples.iter().filter(|s| s["phase"] == phase);
            of_phase.filter(|s| s["entrant"] == entrant).count()
        };
        assert_eq!(count("coverage"), 6, "{entrant}");
        assert_eq!(count("latency"), 6, "{entrant}");
        assert_eq!(count("capacity"), 12, "{entrant}");
        assert!(count("cold") >= 1, "{entrant}");
    }
    // Every client's dialect over a provider of every other, whole and
    // streamed; and nothing that is not declared.
    let on_routes = samples.iter().filter(|s| s["phase"] == "translation");
    let mut pairs = Vec::new();
    for sample in on_routes {
        let provider = sample["provider"].as_str().expect("a dialect");
        assert_eq!(sample["entrant"], "reference");
        assert_eq!(sample["point"]["outcomes"]["ok"], 2, "{sample}");
        assert_eq!(sample["received"], serde_json::json!({ provider: 2 }));
        pairs.push(format!("{}>{provider}", sample["workload"]));
    }
    pairs.sort();
    pairs.dedup();
    assert_eq!(pairs.len(), 18, "{pairs:?}");
    // None of its own figures is of a translation.
    for sample in samples.iter().filter(|s| s["phase"] == "coverage") {
        let workload = sample["workload"].as_str().expect("a workload");
        let dialect = workload.trim_end_matches("-stream");
        assert_eq!(sample["received"], serde_json::json!({ dialect: 2 }));
    }
    for sample in samples.iter().filter(|s| s["phase"] == "latency") {
        let outcomes = &sample["point"]["outcomes"];
        assert!(outcomes["ok"].as_u64().expect("a count") > 10, "{outcomes}");
        assert_eq!(
            outcomes.as_object().expect("outcomes").len(),
            1,
            "{outcomes}"
        );
    }
    // Streams at the mock's pace, which it has for them alone.
    for entrant in ["direct", "reference"] {
        let mut paced = samples
            .iter()
            .filter(|s| s["phase"] == "paced" && s["entrant"] == entrant);
        let paced = paced.next().expect("a sample");
        assert_eq!((&paced["level"], &paced["gap_ms"]), (&8.into(), &10.into()));
        assert_eq!(paced["point"]["outcomes"], serde_json::json!({"ok": 8}));
        let gap_ns = &paced["point"]["histograms"]["gap_ns"]["p50"];
        let gap_ms = gap_ns.as_u64().expect("a time") / 1_000_000;
        assert!((5..20).contains(&gap_ms), "{gap_ms} ms");
    }
    let before = samples
        .iter()
        .filter(|s| s["phase"] == "latency" && s["workload"] == "chat-stream");
    for sample in before {
        let gap_ns = &sample["point"]["histograms"]["gap_ns"]["p50"];
        assert!(gap_ns.as_u64().expect("a time") < 5_000_000, "{gap_ns}");
    }
    let latency = |entrant: &str| {
        let mut of_chat = samples.iter().filter(|s| {
            s["entrant"] == entrant && s["phase"] == "latency" && s["workload"] == "chat"
        });
        of_chat.next().expect("a sample")["resources"].clone()
    };
    let usage = &latency("reference")["entrant"];
    assert!(usage["cpu_ns"].as_u64().expect("CPU time") > 0);
    assert!(usage["peak_anon_shmem_bytes"].as_u64().expect("memory") > 100_000);
    let per_second = usage["samples"].as_f64().expect("samples") * 1e9
        / usage["elapsed_ns"].as_f64().expect("a time");
    assert!(per_second >= 20.0, "{per_second} samples a second");
    assert!(latency("direct")["mock_cpu_ns"].as_u64().expect("CPU time") > 0);
    assert_eq!(
        latency("direct")["entrant"]["absent"]["kind"],
        "not-available"
    );

    // One that cannot run here is a row with its reason.
    assert!(ran.stdout.contains("gomodel"));
    assert!(ran.stdout.contains("runs only as a container"));

    for file in ["machine.json", "manifests/reference/entrant.toml"] {
        assert!(folder.join(file).exists(), "{file}");
    }
    let again = |format: &str| {
        let report = run(&["report", path, "--format", format]);
        assert_eq!(report.status, 0, "{}", report.stderr);
        report.stdout
    };
    let kept = |file: &str| fs::read_to_string(folder.join(file)).expect("a report");
    assert_eq!(again("markdown").trim_end(), kept("tables.md").trim_end());
    assert_eq!(again("csv").trim_end(), kept("measurements.csv").trim_end());
    assert!(ran.stdout.contains(again("table").trim_end()));
    assert_eq!(again("html").trim_end(), kept("report.html").trim_end());
    let last = ran.stdout.trim_end().lines().next_back().expect("a line");
    assert_eq!(last, format!("The page: {path}/report.html"));
    let json: serde_json::Value = serde_json::from_str(&again("json")).expect("JSON");
    let figures = json["figures"].as_array().expect("figures");
    let rows = kept("measurements.csv").lines().count() - 1;
    assert_eq!(figures.len(), rows);
    assert!(
        kept("measurements.csv")
            .starts_with("run,entrant,workload,phase,level,metric,value,low,high,n,unit,absent\n")
    );
    // A figure is a value or a reason, never both and never neither.
    for figure in figures {
        let (value, why) = (&figure["value"], &figure["why"]);
        assert!(value.is_number() != why.is_string(), "{figure}");
    }
}

#[test]
fn a_gateway_that_is_running_already_is_measured() {
    let port = || {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
        listener.local_addr().expect("an address").port()
    };
    let (mock, gateway) = (port(), port());
    let program = env!("CARGO_BIN_EXE_harness");
    let program = std::path::Path::new(program).with_file_name("gateway");
    let mut child = std::process::Command::new(program)
        .args(["--listen", &format!("127.0.0.1:{gateway}")])
        .env("OPENAI_BASE_URL", format!("http://127.0.0.1:{mock}/v1"))
        .env("OPENAI_API_KEY", "sk-a")
        .env("ANTHROPIC_BASE_URL", format!("http://127.0.0.1:{mock}"))
        .env("ANTHROPIC_API_KEY", "sk-b")
        .spawn()
        .expect("the gateway starts");
    let (_keep, folder) = out();
    let ran = run(&[
        "run",
        "--profile",
        "smoke",
        "--runner",
        "process",
        "--entrants",
        "direct",
        "--target",
        &format!("mine=http://127.0.0.1:{gateway}"),
        "--mock-listen",
        &format!("127.0.0.1:{mock}"),
        "--out",
        folder.to_str().expect("text"),
    ]);
    let _ = child.kill();
    let _ = child.wait();
    assert_eq!(ran.status, 0, "{}", ran.stderr);
    let records = records(&folder);
    let served = of_type(&records, "sample")
        .iter()
        .filter(|s| s["entrant"] == "mine" && s["phase"] == "coverage")
        .filter(|s| s["point"]["outcomes"]["ok"] == 2)
        .count();
    assert_eq!(served, 6, "{}", ran.stdout);
    assert!(
        ran.stdout.contains("it was running already"),
        "{}",
        ran.stdout
    );
}
