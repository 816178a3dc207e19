//! Each of the mock's faults, for each dialect of a client before each dialect of a provider,
//! streaming or not, through the gateway: what the client must see, written by hand. An error of
//! the client's dialect or a right answer; never a clean end of a broken stream, never a wait
//! beyond the timeout.

mod asking;
mod cells;
mod programs;
mod seeing;

use std::net::SocketAddr;
use std::thread;
use std::time::{Duration, Instant};

use workload::{Dialect, Workload};

use asking::ask;
use cells::{CELLS, Cells};
use programs::{Program, program};
use seeing::{is_right, seen};

/// What the gateway gives a provider, for its first byte and for each silence.
const TIMEOUT: &str = "700ms";
/// Longer than any answer may take, on however slow a machine.
const PATIENCE: Duration = Duration::from_secs(15);
/// The providers' dialects, in the order of the table, and the paths of their base URLs.
const PROVIDERS: [(&str, &str); 4] = [
    ("chat", "/v1"),
    ("responses", "/v1"),
    ("messages", "/v1"),
    ("gemini", "/v1beta"),
];

/// A gateway before one provider a dialect, all of them the mock.
fn gateway_before(mock: SocketAddr, folder: &tempfile::TempDir) -> Program {
    let mut text = format!(
        "timeouts = {{ first_byte = \"{TIMEOUT}\", idle = \"{TIMEOUT}\" }}\n\
         breaker = {{ failures = 0 }}\nlog = {{ to = \"off\" }}\n"
    );
    for (dialect, path) in PROVIDERS {
        text.push_str(&format!(
            "[providers.{dialect}]\ndialects = [\"{dialect}\"]\n\
             base_url = \"http://{mock}{path}\"\napi_key_env = \"BENCH_API_KEY\"\n"
        ));
    }
    let config = folder.path().join("gateway.toml");
    std::fs::write(&config, text).expect("a file");
    let mut command = program("gateway");
    command
        .args(["--listen", "127.0.0.1:0", "--config"])
        .arg(&config);
    Program::start(&mut command, true)
}

/// All faults of one pair and mode; what differs from the table.
fn pair(gateway: SocketAddr, workload: Workload, provider: usize) -> Vec<String> {
    let client = workload.dialect as usize;
    let model = format!("{}/gpt-4o-mini", PROVIDERS[provider].0);
    let good = ask(gateway, workload, &model);
    if let Err(why) = is_right(workload, &good) {
        return vec![format!("{workload} by {model}, no fault: {why}")];
    }
    let mut failures = Vec::new();
    for Cells {
        fault,
        whole,
        streamed,
    } in CELLS
    {
        let expected = if workload.stream {
            streamed[client][provider]
        } else if let Some(whole) = whole {
            whole[client][provider]
        } else {
            continue;
        };
        let begun = Instant::now();
        let answer = ask(gateway, workload, &format!("{model}#fault:{fault}"));
        let found = seen(workload, &answer, &good);
        if found != Ok(expected) || begun.elapsed() > PATIENCE {
            failures.push(format!(
                "{workload} by {model}, {fault}: {expected:?}, but {found:?}"
            ));
        }
    }
    failures
}

#[test]
fn every_fault_in_every_pair() {
    let mock = Program::start(
        program("mockbackend").args(["--listen", "127.0.0.1:0", "--strict"]),
        false,
    );
    let folder = tempfile::tempdir().expect("a folder");
    let gateway = gateway_before(mock.address, &folder);
    assert_eq!(Dialect::ALL.map(|dialect| dialect as usize), [0, 1, 2]);
    let mut pairs = Vec::new();
    for workload in Workload::ALL {
        for provider in 0..PROVIDERS.len() {
            let address = gateway.address;
            pairs.push(thread::spawn(move || pair(address, workload, provider)));
        }
    }
    let failures: Vec<String> = pairs
        .into_iter()
        .flat_map(|pair| pair.join().expect("a client ends"))
        .collect();
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

/// A fault that the mock learns has its row here.
#[test]
fn every_fault_of_the_mocks_is_in_the_table() {
    let output = program("mockbackend")
        .arg("faults")
        .output()
        .expect("it runs");
    let list = String::from_utf8(output.stdout).expect("UTF-8");
    let names: Vec<&str> = list
        .lines()
        .filter_map(|line| line.strip_prefix("  ")?.split([' ', '=', '[']).next())
        .collect();
    assert!(names.len() >= 17, "{list}");
    for name in names {
        let has_row = CELLS
            .iter()
            .any(|cells| cells.fault.split('=').next() == Some(name));
        assert!(has_row, "{name}");
    }
}
