//! Each of the mock's faults, for each dialect of a client before each dialect of a provider,
//! streaming or not, through the gateway: what the client must see, written by hand. An error of
//! the client's dialect or a right answer; never a clean end of a broken stream, never a wait
//! beyond the timeout. And whatever it was, it is logged and counted, and no key told.

mod asking;
mod cells;
mod programs;
#[path = "../../../tests/secrets/search.rs"]
mod search;
mod seeing;

use std::net::SocketAddr;
use std::thread;
use std::time::{Duration, Instant};

use workload::{BENCH_API_KEY, Dialect, Workload};

use asking::{ask, page};
use cells::{CELLS, Cells};
use programs::{Program, program};
use seeing::{is_right, seen};

/// What the gateway gives a provider, for its first byte and for each silence.
const TIMEOUT: Duration = Duration::from_secs(2);
/// What else an answer may take: a noisy machine, on which two dozen are asked at once.
const MARGIN: Duration = Duration::from_secs(3);
/// No answer may take longer: one may come just in time, and then fall silent once.
const PATIENCE: Duration = TIMEOUT.saturating_mul(2).saturating_add(MARGIN);
/// The client's key, which is for the gateway alone.
const CLIENT_KEY: &str = "sk-client-of-the-matrix";
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
        "timeouts = {{ first_byte = \"{TIMEOUT:?}\", idle = \"{TIMEOUT:?}\" }}\n\
         breaker = {{ failures = 0 }}\nlog = {{ to = \"{}\" }}\nmetrics = {{ open = true }}\n\
         keys = [{{ name = \"matrix\", key_env = \"CLIENT_KEY\" }}]\n",
        folder.path().join("log").display()
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
        .arg(&config)
        .env("CLIENT_KEY", CLIENT_KEY);
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
        let took = begun.elapsed();
        let found = seen(workload, &answer, &good);
        if found != Ok(expected) || took > PATIENCE {
            failures.push(format!(
                "{workload} by {model}, {fault}: {expected:?}, but {found:?} after {took:?}"
            ));
        }
    }
    failures
}

/// Each request has its line and its count, and no key stands in any.
fn is_told(gateway: SocketAddr, folder: &tempfile::TempDir) {
    let asked = asking::asked();
    let begun = Instant::now();
    let (log, page) = loop {
        let log = std::fs::read_to_string(folder.path().join("log")).expect("a log");
        let page = page(gateway);
        let logged = log
            .lines()
            .filter(|line| line.contains("\"key\":\"matrix\""))
            .count();
        let counted: usize = page
            .lines()
            .filter(|line| line.starts_with("gateway_requests_total{"))
            .filter(|line| !line.contains("dialect=\"other\""))
            .filter_map(|line| line.rsplit(' ').next()?.parse::<usize>().ok())
            .sum();
        if (logged, counted) == (asked, asked) {
            break (log, page);
        }
        let is_early = begun.elapsed() < MARGIN;
        assert!(
            is_early,
            "{asked} asked, {logged} logged, {counted} counted"
        );
        thread::sleep(Duration::from_millis(20));
    };
    let secrets = [CLIENT_KEY, BENCH_API_KEY];
    for told in [log, page] {
        assert_eq!(search::found(&told, &secrets), [""; 0]);
        let planted = format!("{told}{CLIENT_KEY}");
        assert_eq!(search::found(&planted, &secrets), [CLIENT_KEY]);
    }
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
    is_told(gateway.address, &folder);
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
