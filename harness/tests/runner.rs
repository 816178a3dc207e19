//! Entrants as processes, started and stopped through the runner.
#![allow(clippy::unwrap_used)]

use std::fs;
use std::io::{Read, Write};
use std::net::TcpListener;
use std::path::Path;
use std::time::Duration;

use harness::entrant::Catalogue;
use harness::measured::Reason;
use harness::process::{Programs, read_stat};
use harness::runner::{
    ProcessRunner, Runner, Running, Site, StartError, answers_200, free_port, wait_until_ready,
};

/// Starts the entrant `fake`, which is this script run by `sh`.
fn start(folder: &Path, script: &str, port: u16) -> Result<Box<dyn Running>, StartError> {
    let entrant = folder.join("entrants/fake");
    fs::create_dir_all(&entrant).unwrap();
    fs::write(entrant.join("run.sh"), script).unwrap();
    fs::write(
        entrant.join("entrant.toml"),
        r#"
title = "Fake"
runtime = "sh"
model = "m"
headers = { x-mock = "{mock_url}/v1" }
paths = { messages = "/other" }
files = { "deep/run.sh" = "run.sh" }
process = { command = ["sh", "{run}/deep/run.sh", "{port}"], env = { WHERE = "{run}", N = "{mock_port}" } }
"#,
    )
    .unwrap();
    let catalogue = Catalogue::load(&[folder.join("entrants")]).unwrap();
    let runner = ProcessRunner::new(Programs::new(), folder.join("installs"));
    let site = Site {
        mock: ([127, 0, 0, 1], 4321).into(),
        port,
        scratch: folder.join("scratch"),
    };
    runner.start(catalogue.get("fake").unwrap(), &site)
}

#[test]
fn fills_in_files_arguments_environment_and_target() {
    let folder = tempfile::tempdir().unwrap();
    let port = free_port().unwrap();
    let script = "echo mock {mock_url} cpus {cpus} arg $1; pwd; env; exec sleep 1000\n";
    let mut running = start(folder.path(), script, port).unwrap();
    let scratch = folder.path().join("scratch").canonicalize().unwrap();
    let read = || fs::read_to_string(scratch.join("output.log")).unwrap();
    wait_until_ready(
        "fake",
        &mut *running,
        Duration::from_secs(20),
        || match read().contains("TOLLGATE_START=") {
            true => Ok(()),
            false => Err("no output yet".into()),
        },
    )
    .unwrap();
    let output = read();
    assert!(
        output.starts_with(&format!(
            "mock http://127.0.0.1:4321 cpus {} arg {port}\n{}\n",
            std::thread::available_parallelism().unwrap(),
            scratch.display()
        )),
        "{output}"
    );
    assert!(output.contains("\nN=4321\n"), "{output}");
    assert!(
        output.contains(&format!("\nTOLLGATE_RUN={}\n", std::process::id())),
        "{output}"
    );
    // Cargo sets this one for tests; it is not the entrant's business.
    assert!(std::env::var_os("CARGO_MANIFEST_DIR").is_some());
    assert!(!output.contains("CARGO_MANIFEST_DIR"), "{output}");

    let target = running.target();
    assert_eq!(target.base_url, format!("http://127.0.0.1:{port}"));
    assert_eq!(target.model, "m");
    assert_eq!(
        target.headers,
        [("x-mock".into(), "http://127.0.0.1:4321/v1".into())]
    );
    assert_eq!(
        target.paths,
        [(workload::Dialect::Messages, "/other".into())]
    );
    assert!(running.meter().unwrap().read().unwrap().rss_bytes > Some(0));

    let pid = running.pid().unwrap();
    assert!(running.exited().is_none());
    running.stop(Duration::from_secs(20)).unwrap();
    assert!(read_stat(pid).is_err());
}

#[test]
fn one_that_exits_at_start_shows_the_end_of_its_log() {
    let folder = tempfile::tempdir().unwrap();
    let script = "echo starting; echo 'bad key' >&2; exit 9\n";
    let mut running = start(folder.path(), script, free_port().unwrap()).unwrap();
    let error = wait_until_ready("fake", &mut *running, Duration::from_secs(20), || {
        Err("connection refused".into())
    })
    .unwrap_err();
    assert_eq!(
        error.to_string(),
        "fake exited at start (exit status: 9); the end of its log:\n  | starting\n  | bad key"
    );
}

#[test]
fn one_that_is_never_ready_says_what_was_tried() {
    let folder = tempfile::tempdir().unwrap();
    let port = free_port().unwrap();
    let script = "echo waiting for nothing; exec sleep 1000\n";
    let mut running = start(folder.path(), script, port).unwrap();
    let address = ([127, 0, 0, 1], port).into();
    let error = wait_until_ready("fake", &mut *running, Duration::from_millis(300), || {
        answers_200(address, "/health")
    })
    .unwrap_err()
    .to_string();
    assert!(
        error.starts_with("fake was not ready after ")
            && error.contains("ms: GET /health: Connection refused")
            && error.ends_with("; the end of its log:\n  | waiting for nothing"),
        "{error}"
    );
    let pid = running.pid().unwrap();
    drop(running);
    assert!(read_stat(pid).is_err());
}

#[test]
fn a_port_that_is_taken_is_named_before_anything_is_started() {
    let folder = tempfile::tempdir().unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let Err(error) = start(folder.path(), "", port) else {
        panic!("it was started");
    };
    let error = error.to_string();
    assert!(
        error.starts_with(&format!("fake: port {port} is taken: ")),
        "{error}"
    );
    assert!(!folder.path().join("scratch").exists());
}

#[test]
fn a_status_other_than_200_is_not_ready() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let server = std::thread::spawn(move || {
        for status in ["503 Busy", "200 OK"] {
            let (mut stream, _) = listener.accept().unwrap();
            let mut request = [0; 1024];
            let length = stream.read(&mut request).unwrap();
            assert!(request[..length].starts_with(b"GET /health HTTP/1.1\r\n"));
            write!(stream, "HTTP/1.1 {status}\r\ncontent-length: 0\r\n\r\n").unwrap();
        }
    });
    assert_eq!(
        answers_200(address, "/health"),
        Err("GET /health was answered `HTTP/1.1 503 Busy`".into())
    );
    assert_eq!(answers_200(address, "/health"), Ok(()));
    server.join().unwrap();
}

#[test]
fn direct_is_the_mock_itself() {
    let folder = tempfile::tempdir().unwrap();
    let catalogue = Catalogue::load(&[]).unwrap();
    let runner = ProcessRunner::new(Programs::new(), folder.path().to_owned());
    let site = Site {
        mock: ([127, 0, 0, 1], 4321).into(),
        port: 1,
        scratch: folder.path().join("scratch"),
    };
    let running = runner
        .start(catalogue.get("direct").unwrap(), &site)
        .unwrap();
    assert_eq!(running.target().base_url, "http://127.0.0.1:4321");
    assert_eq!(running.pid(), None);
    assert!(matches!(running.meter(), Err(Reason::NotAvailable(_))));
}

#[test]
fn the_entrants_that_are_compiled_in_are_right() {
    let catalogue = Catalogue::load(&[]).unwrap();
    let names: Vec<&str> = catalogue
        .all()
        .iter()
        .map(|one| one.name.as_str())
        .collect();
    let first = ["direct", "relay", "nginx", "reference", "reference-twin"];
    assert_eq!(names[..5], first);
    for name in ["bifrost", "crabllm", "gomodel", "litellm", "portkey"] {
        assert!(names.contains(&name), "{name}");
    }
    assert!(names[5..].is_sorted(), "{names:?}");
    let folder = tempfile::tempdir().unwrap();
    let nginx = catalogue.get("nginx").unwrap();
    nginx.folder.copy_to(folder.path()).unwrap();
    assert!(folder.path().join("entrant.toml").exists());
    assert!(folder.path().join("nginx.conf").exists());
}
