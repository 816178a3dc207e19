//! Entrants that fail are named rows; the others are measured.

use super::{entrant, of_type, out, records, run};

fn run_with(folder: &std::path::Path, names: &str, entrants: &std::path::Path) -> super::Ran {
    run(&[
        "run",
        "--profile",
        "smoke",
        "--runner",
        "process",
        "--entrants",
        names,
        "--entrants-dir",
        entrants.to_str().expect("text"),
        "--out",
        folder.to_str().expect("text"),
    ])
}

#[test]
fn one_that_exits_at_start_and_one_that_is_never_ready() {
    let (keep, folder) = out();
    let entrants = keep.path().join("entrants");
    entrant(
        &entrants,
        "exits",
        "echo no licence found >&2; exit 3",
        "5s",
    );
    entrant(&entrants, "mute", "echo thinking; exec sleep 100", "500ms");
    let ran = run_with(&folder, "direct,exits,mute", &entrants);
    assert_eq!(ran.status, 4, "{}", ran.stderr);
    assert!(ran.stdout.contains("no licence found"), "{}", ran.stdout);
    assert!(
        ran.stdout.contains("exits exited at start"),
        "{}",
        ran.stdout
    );
    assert!(
        ran.stdout.contains("mute was not ready after"),
        "{}",
        ran.stdout
    );
    assert!(ran.stdout.contains("thinking"), "{}", ran.stdout);
    let records = records(&folder);
    let ends: Vec<String> = of_type(&records, "trial")
        .iter()
        .map(|trial| trial["end"].to_string())
        .collect();
    assert_eq!(ends.len(), 3);
    assert_eq!(ends.iter().filter(|end| *end == "\"done\"").count(), 1);
    assert_eq!(records.last().expect("records")["complete"], true);
}

#[test]
fn one_that_dies_under_load() {
    let (keep, folder) = out();
    let entrants = keep.path().join("entrants");
    let gateway = std::path::Path::new(env!("CARGO_BIN_EXE_harness")).with_file_name("gateway");
    let shell = format!(
        "OPENAI_API_KEY=a OPENAI_BASE_URL={{mock_url}}/v1 ANTHROPIC_API_KEY=b \
         ANTHROPIC_BASE_URL={{mock_url}} '{}' --listen 127.0.0.1:{{port}} & \
         sleep 2; echo out of memory >&2; kill -9 $!; exit 9",
        gateway.display()
    );
    entrant(&entrants, "dies", &shell, "5s");
    let ran = run_with(&folder, "dies,direct", &entrants);
    assert_eq!(ran.status, 4, "{}", ran.stderr);
    assert!(ran.stdout.contains("it ended under load"), "{}", ran.stdout);
    assert!(ran.stdout.contains("out of memory"), "{}", ran.stdout);
    let records = records(&folder);
    let direct = of_type(&records, "trial")
        .iter()
        .any(|trial| trial["entrant"] == "direct" && trial["end"] == "done");
    assert!(direct, "the other entrant is measured");
}

#[test]
fn one_that_answers_but_never_right() {
    let (keep, folder) = out();
    let entrants = keep.path().join("entrants");
    let server = "exec python3 -c \"
import http.server as h
class S(h.BaseHTTPRequestHandler):
    def do_POST(self):
        self.rfile.read(int(self.headers['content-length']))
        self.send_response(500); self.end_headers(); self.wfile.write(b'on fire')
    def log_message(self, *a): pass
h.HTTPServer(('127.0.0.1', {port}), S).serve_forever()
\"";
    entrant(&entrants, "burns", server, "6s");
    let ran = run_with(&folder, "direct,burns", &entrants);
    assert_eq!(ran.status, 4, "{}", ran.stderr);
    assert!(
        ran.stdout.contains("burns was not ready after"),
        "{}",
        ran.stdout
    );
    assert!(ran.stdout.contains("status 500"), "{}", ran.stdout);
    assert!(ran.stdout.contains("on fire"), "{}", ran.stdout);
}
