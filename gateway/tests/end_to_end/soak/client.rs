//! A client that does everything at random, and knows how each of its requests must be told.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::thread;
use std::time::{Duration, Instant};

use crate::rig::{Answer, CHAT, Connection, DIALECTS, MESSAGES, RESPONSES, request};

/// Between two requests of a client: closed connections keep their ports for a minute, and there
/// are only so many.
const PAUSE: Duration = Duration::from_millis(5);
/// The clients' keys, and the names by which they are told.
pub(super) const KEYS: [(&str, &str); 2] = [
    ("KEY_A", "sk-soaked-client-a"),
    ("KEY_B", "sk-soaked-client-b"),
];
const DIALECT_NAMES: [&str; 3] = ["chat", "responses", "messages"];
/// Of all dialects, and of one each.
const PROVIDERS: [&str; 5] = ["p", "c", "r", "m", "g"];

/// How many requests there were, by dialect and outcome; further tries; and fallbacks.
#[derive(Debug, Default)]
pub(super) struct Expected {
    pub(super) outcomes: BTreeMap<(&'static str, &'static str), u64>,
    pub(super) retries: u64,
    pub(super) fallbacks: u64,
}

impl Expected {
    pub(super) fn add(&mut self, other: &Self) {
        for (told, count) in &other.outcomes {
            *self.outcomes.entry(*told).or_default() += count;
        }
        self.retries += other.retries;
        self.fallbacks += other.fallbacks;
    }
}

/// A fault, and what becomes of it.
struct Fault {
    model: &'static str,
    /// `None` where either will do.
    streams: Option<bool>,
    /// In the same dialect, and translated.
    statuses: [u16; 2],
    outcome: &'static str,
    /// How often it is tried again.
    retries: u64,
}

const fn fault(
    model: &'static str,
    streams: Option<bool>,
    statuses: [u16; 2],
    outcome: &'static str,
    retries: u64,
) -> Fault {
    Fault {
        model,
        streams,
        statuses,
        outcome,
        retries,
    }
}

const FAULTS: [Fault; 4] = [
    fault("status", None, [500, 502], "provider_error", 1),
    fault("garbage", None, [502, 502], "failed", 1),
    fault("close", None, [502, 502], "failed", 1),
    fault("cut", Some(true), [200, 200], "broken", 0),
];
/// Those that take as long as the gateway is patient.
const SLOW_FAULTS: [Fault; 2] = [
    fault("stall", Some(true), [200, 200], "broken", 0),
    fault("silent", None, [504, 504], "failed", 0),
];

/// One client, until `end`.
pub(super) struct Client {
    address: SocketAddr,
    state: u64,
    kept: Option<Connection>,
    expected: Expected,
}

impl Client {
    pub(super) fn new(address: SocketAddr, seed: u64) -> Self {
        Self {
            address,
            state: seed,
            kept: None,
            expected: Expected::default(),
        }
    }

    pub(super) fn run(mut self, end: Instant) -> Expected {
        while Instant::now() < end {
            match self.draw(200) {
                0..130 => self.good(),
                130..140 => self.passed_through(),
                140..150 => self.tried_again(),
                150..160 => self.fallen_back(),
                160..185 => self.faulty(&FAULTS, ""),
                185..186 => self.faulty(&SLOW_FAULTS, "hasty-"),
                186..194 => self.refused(),
                _ => self.leaves(),
            }
            thread::sleep(PAUSE);
        }
        self.expected
    }

    /// A number below `below`. What happens is the same in every run.
    fn draw(&mut self, below: u64) -> u64 {
        self.state = self
            .state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.state >> 33) % below
    }

    fn pick<T: Copy>(&mut self, of: &[T]) -> T {
        of[self.draw(of.len() as u64) as usize]
    }

    fn told(&mut self, dialect: &'static str, outcome: &'static str) {
        let outcomes = &mut self.expected.outcomes;
        *outcomes.entry((dialect, outcome)).or_default() += 1;
    }

    /// Asks over the kept connection, or a fresh one if the gateway closed that.
    fn ask(&mut self, line: &str, key: (&str, &str), body: &str) -> Answer {
        let mut connection = match self.kept.take() {
            Some(kept) => kept,
            None => Connection::open(self.address),
        };
        connection.send(request(line, &[key], "keep-alive", body).as_bytes());
        let answer = connection.next_answer();
        if answer.header("connection") != Some("close") {
            self.kept = Some(connection);
        }
        answer
    }

    fn asked(&mut self, dialect: usize, model: &str, streams: bool) -> Answer {
        let (key, bearer) = (self.pick(&KEYS).1, self.draw(2) == 0);
        let bearer_key = format!("Bearer {key}");
        let key = match bearer {
            true => ("authorization", bearer_key.as_str()),
            false => ("x-api-key", key),
        };
        let line = format!("POST {}", DIALECTS[dialect].path);
        self.ask(&line, key, &body(dialect, model, streams))
    }

    /// Any dialect before any other, and how it must come out.
    fn good_answer(&mut self, model: &str) {
        let (dialect, streams) = (self.draw(3) as usize, self.draw(2) == 0);
        let answer = self.asked(dialect, model, streams);
        let told = format!("{} {model}: {answer:?}", DIALECT_NAMES[dialect]);
        assert!(answer.status == 200 && answer.whole, "{told}");
        assert!(answer.body.contains("gateway "), "{told}");
        assert!(!streams || ends_well(dialect, &answer.body), "{told}");
        self.told(DIALECT_NAMES[dialect], "ok");
    }

    fn good(&mut self) {
        let provider = self.pick(&PROVIDERS);
        self.good_answer(&format!("{provider}/whole"));
    }

    /// The provider answers at the second try.
    fn tried_again(&mut self) {
        let provider = self.pick(&PROVIDERS);
        self.good_answer(&format!("{provider}/once"));
        self.expected.retries += 1;
    }

    /// The first provider fails twice, and its fallback, of any dialect, answers.
    fn fallen_back(&mut self) {
        let model = self.pick(&["fails-for-c", "fails-for-m"]);
        self.good_answer(model);
        self.expected.retries += 1;
        self.expected.fallbacks += 1;
    }

    fn passed_through(&mut self) {
        let answer = self.ask("POST /p/c/files", ("x-api-key", KEYS[0].1), "{}");
        assert_eq!((answer.status, answer.body.as_str()), (200, "{}"));
        self.told("other", "ok");
    }

    fn faulty(&mut self, faults: &[Fault], prefix: &str) {
        let dialect = self.draw(3) as usize;
        let provider = self.pick(&PROVIDERS);
        let fault = &faults[self.draw(faults.len() as u64) as usize];
        let either = self.draw(2) == 0;
        let model = format!("{prefix}{provider}/{}", fault.model);
        let answer = self.asked(dialect, &model, fault.streams.unwrap_or(either));
        let is_same = provider == "p" || provider.starts_with(["c", "r", "m"][dialect]);
        let told = format!("{} {model}: {answer:?}", DIALECT_NAMES[dialect]);
        assert_eq!(
            answer.status,
            fault.statuses[usize::from(!is_same)],
            "{told}"
        );
        assert!(answer.whole && answer.body.contains("error"), "{told}");
        assert!(!ends_well(dialect, &answer.body), "{told}");
        self.told(DIALECT_NAMES[dialect], fault.outcome);
        self.expected.retries += fault.retries;
    }

    fn refused(&mut self) {
        let dialect = self.draw(3) as usize;
        let line = format!("POST {}", DIALECTS[dialect].path);
        let good = ("x-api-key", KEYS[1].1);
        let (key, body, status) = match self.draw(5) {
            0 => (("x-api-key", "sk-soaked-stranger"), "{}", 401),
            1 => (good, "{\"model\":\"nobody/m\"}", 404),
            2 => (good, "{\"model\":", 400),
            // The second key may not ask for it.
            3 => (good, "{\"model\":\"denied\"}", 403),
            _ => {
                let mut connection = Connection::open(self.address);
                connection.send(b"GET / HTTP/1.1\r\nno host: here\r\n\r\n");
                assert_eq!(connection.answer().status, 400);
                return self.told("other", "refused");
            }
        };
        assert_eq!(self.ask(&line, key, body).status, status, "{body}");
        self.told(DIALECT_NAMES[dialect], "refused");
    }

    /// Goes away in the middle of a stream.
    fn leaves(&mut self) {
        let dialect = self.draw(3) as usize;
        let provider = self.pick(&PROVIDERS);
        let mut connection = Connection::open(self.address);
        let body = body(dialect, &format!("{provider}/stall"), true);
        let line = format!("POST {}", DIALECTS[dialect].path);
        let key = ("x-api-key", KEYS[0].1);
        connection.send(request(&line, &[key], "close", &body).as_bytes());
        connection.read_until("gateway ");
        self.told(DIALECT_NAMES[dialect], "cancelled");
    }
}

/// A request of the dialect that can be translated into any other.
fn body(dialect: usize, model: &str, streams: bool) -> String {
    let asked = match DIALECTS[dialect].path {
        path if path == RESPONSES.path => r#""input":"hi""#,
        path if path == MESSAGES.path => {
            r#""max_tokens":9,"messages":[{"role":"user","content":"hi"}]"#
        }
        _ => r#""messages":[{"role":"user","content":"hi"}]"#,
    };
    format!(r#"{{"model":"{model}","stream":{streams},{asked}}}"#)
}

fn ends_well(dialect: usize, body: &str) -> bool {
    match DIALECTS[dialect].path {
        path if path == CHAT.path => body.ends_with("data: [DONE]\n\n"),
        path if path == RESPONSES.path => body.contains("\"response.completed\""),
        _ => body.contains("\"message_stop\""),
    }
}
