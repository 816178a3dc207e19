//! Each of the mock's faults, in each dialect, streaming or not, through the gateway: what a
//! client must see, written by hand. An error of the client's dialect or a right answer; never a
//! clean end of a broken stream, never a wait beyond the timeout.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;
use workload::{BENCH_API_KEY, Dialect, RequestSpec, Workload};

/// What the gateway gives a provider, for its first byte and for each silence.
const TIMEOUT: &str = "700ms";
/// Longer than any answer may take, on however slow a machine.
const PATIENCE: Duration = Duration::from_secs(15);

/// What a client sees.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Seen {
    /// 200, and the bytes that the mock sends without a fault, pieces and stamps aside.
    Right,
    /// 200, a proper end, and a text that differs: nobody in between can know better.
    AsSent,
    /// An error answer in the dialect, with this status.
    Error(u16),
    /// 200, the beginning of a stream, and an error event of the dialect as its end.
    ErrorEvent,
}

use Seen::{AsSent, Error, ErrorEvent, Right};

/// A fault; what is seen of a whole answer in each dialect, and of a stream.
type Cells = (&'static str, [Option<Seen>; 3], [Seen; 3]);

/// Fault; then for Chat, Responses and Messages what is seen of a whole answer, and of a stream.
/// `None` where the fault is one of streams alone.
#[rustfmt::skip]
const CELLS: [Cells; 27] = [
    ("status=400",      [Some(Error(400)); 3], [Error(400); 3]),
    // The mock's 401 is about the gateway's own key, which is none of the client's doing.
    ("status=401",      [Some(Error(502)); 3], [Error(502); 3]),
    ("status=404",      [Some(Error(404)); 3], [Error(404); 3]),
    ("status=408",      [Some(Error(408)); 3], [Error(408); 3]),
    ("status=429",      [Some(Error(429)); 3], [Error(429); 3]),
    ("status=500",      [Some(Error(500)); 3], [Error(500); 3]),
    ("status=503",      [Some(Error(503)); 3], [Error(503); 3]),
    ("status=529",      [Some(Error(529)); 3], [Error(529); 3]),
    ("delay=100ms",     [Some(Right); 3],      [Right; 3]),
    ("delay=30s",       [Some(Error(504)); 3], [Error(504); 3]),
    ("hang",            [Some(Error(504)); 3], [Error(504); 3]),
    ("close",           [Some(Error(502)); 3], [Error(502); 3]),
    ("cut=0",           [Some(Error(502)); 3], [Error(502); 3]),
    ("cut=4",           [Some(Error(502)); 3], [ErrorEvent; 3]),
    ("stall=0",         [Some(Error(504)); 3], [Error(504); 3]),
    ("stall=4",         [Some(Error(504)); 3], [ErrorEvent; 3]),
    ("error=4",         [None; 3],             [ErrorEvent; 3]),
    ("truncated-json",  [Some(Error(502)); 3], [ErrorEvent; 3]),
    ("wrong-text",      [Some(AsSent); 3],     [AsSent; 3]),
    ("reorder",         [None; 3],             [AsSent; 3]),
    // The usage of a Chat stream, which the client did not ask for, is not told to it anyway.
    ("no-usage",        [Some(AsSent); 3],     [Right, AsSent, AsSent]),
    ("no-terminal",     [None; 3],             [ErrorEvent; 3]),
    ("comments",        [None; 3],             [AsSent; 3]),
    ("crlf",            [None; 3],             [AsSent; 3]),
    ("several-events-in-one-write", [None; 3], [Right; 3]),
    ("split-utf8",      [Some(Right); 3],      [Right; 3]),
    ("one-byte-writes", [Some(Right); 3],      [Right; 3]),
];

/// A program of the project, stopped when dropped.
struct Program {
    child: Child,
    address: SocketAddr,
}

impl Program {
    /// Starts `command`, which says where it listens in a line that ends in its URL.
    fn start(command: &mut Command, says_on_stderr: bool) -> Self {
        let mut child = command
            .env("BENCH_API_KEY", BENCH_API_KEY)
            .stdin(Stdio::null())
            .stdout(if says_on_stderr {
                Stdio::null()
            } else {
                Stdio::piped()
            })
            .stderr(if says_on_stderr {
                Stdio::piped()
            } else {
                Stdio::null()
            })
            .spawn()
            .expect("it starts");
        let says: Box<dyn Read> = match (child.stdout.take(), child.stderr.take()) {
            (Some(says), _) => Box::new(says),
            (_, Some(says)) => Box::new(says),
            _ => panic!("one of them is piped"),
        };
        let address = BufReader::new(says)
            .lines()
            .map_while(Result::ok)
            .find_map(|line| line.rsplit_once("listening on http://")?.1.parse().ok())
            .expect("it says where it listens");
        Self { child, address }
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn program(name: &str) -> Command {
    let beside = Path::new(env!("CARGO_BIN_EXE_harness")).with_file_name(name);
    assert!(
        beside.exists(),
        "{} is not built; run `cargo test --workspace`",
        beside.display()
    );
    Command::new(beside)
}

/// An answer: its status, and its body without the chunked coding.
struct Answer {
    status: u16,
    body: String,
    /// Whether the body came to its end as HTTP goes.
    whole: bool,
}

fn ask(address: SocketAddr, workload: Workload, fault: Option<&str>) -> Answer {
    let spec = RequestSpec::new(workload, "gpt-4o-mini", "Hi", BENCH_API_KEY);
    let mut head = format!(
        "POST {} HTTP/1.1\r\nhost: g\r\nconnection: close\r\n",
        workload.dialect.path()
    );
    for (name, value) in &spec.headers {
        head.push_str(&format!("{name}: {value}\r\n"));
    }
    if let Some(fault) = fault {
        head.push_str(&format!("x-mock-fault: {fault}\r\n"));
    }
    head.push_str(&format!("content-length: {}\r\n\r\n", spec.body.len()));
    let mut tcp = TcpStream::connect(address).expect("it accepts");
    tcp.set_read_timeout(Some(PATIENCE)).expect("a timeout");
    tcp.write_all(head.as_bytes()).expect("it reads");
    tcp.write_all(&spec.body).expect("it reads");
    let mut bytes = Vec::new();
    tcp.read_to_end(&mut bytes).expect("it ends in time");
    parse(&String::from_utf8(bytes).expect("UTF-8"))
}

fn parse(text: &str) -> Answer {
    let (head, rest) = text.split_once("\r\n\r\n").expect("a whole head");
    let status = head[9..12].parse().expect("a status");
    if !head
        .to_ascii_lowercase()
        .contains("transfer-encoding: chunked")
    {
        return Answer {
            status,
            body: rest.to_owned(),
            whole: true,
        };
    }
    let (mut body, mut coded) = (String::new(), rest);
    loop {
        let Some((size, after)) = coded.split_once("\r\n") else {
            return Answer {
                status,
                body,
                whole: false,
            };
        };
        let size = usize::from_str_radix(size, 16).expect("a chunk's size");
        let Some(chunk) = after.get(..size).filter(|_| size > 0) else {
            return Answer {
                status,
                body,
                whole: size == 0,
            };
        };
        body.push_str(chunk);
        coded = after[size..].strip_prefix("\r\n").unwrap_or_default();
    }
}

/// `text` with the digits of stamps and everything counted from them masked.
fn masked(text: &str) -> String {
    text.chars()
        .map(|letter| if letter.is_ascii_digit() { '0' } else { letter })
        .collect()
}

/// The message of an error in the dialect's own form.
fn message(dialect: Dialect, json: &str) -> Option<String> {
    let value: Value = serde_json::from_str(json).ok()?;
    let right_shape = match dialect {
        Dialect::Messages => value["type"] == "error" && value["error"]["type"].is_string(),
        _ => value["error"].is_object(),
    };
    let message = value["error"]["message"].as_str()?.to_owned();
    right_shape.then_some(message)
}

/// The data of a stream's events.
fn events(body: &str) -> Vec<&str> {
    body.lines()
        .filter_map(|line| line.strip_prefix("data: "))
        .map(str::trim_end)
        .collect()
}

fn ends_well(dialect: Dialect, events: &[&str]) -> bool {
    let last = events.last().copied().unwrap_or_default();
    match dialect {
        Dialect::Chat => last == "[DONE]",
        Dialect::Responses => last.contains("\"response.completed\""),
        Dialect::Messages => last.contains("\"message_stop\""),
    }
}

fn ends_in_an_error(dialect: Dialect, events: &[&str]) -> bool {
    let terminal = |data: &&&str| **data == "[DONE]" || data.contains("message_stop");
    if events.iter().filter(terminal).count() > 0 {
        return false;
    }
    let [.., before, last] = events else {
        return false;
    };
    match dialect {
        Dialect::Responses => {
            message(dialect, before).is_some() && last.contains("\"response.failed\"")
        }
        _ => message(dialect, last).is_some(),
    }
}

fn seen(dialect: Dialect, stream: bool, answer: &Answer, good: &Answer) -> Result<Seen, String> {
    let wrong = |what: &str| Err(format!("{what}: {} {}", answer.status, answer.body));
    if !answer.whole {
        return wrong("the body was cut off");
    }
    if answer.status != 200 {
        return match message(dialect, &answer.body) {
            Some(_) => Ok(Error(answer.status)),
            None => wrong("not an error of the dialect"),
        };
    }
    if masked(&answer.body) == masked(&good.body) {
        return Ok(Right);
    }
    let events = events(&answer.body);
    if !stream {
        return match serde_json::from_str::<Value>(&answer.body) {
            Ok(_) => Ok(AsSent),
            Err(_) => wrong("half an answer"),
        };
    }
    if ends_in_an_error(dialect, &events) {
        Ok(ErrorEvent)
    } else if ends_well(dialect, &events) {
        Ok(AsSent)
    } else {
        wrong("neither an end nor an error")
    }
}

#[test]
fn every_fault_in_every_dialect() {
    let mock = Program::start(
        program("mockbackend").args(["--listen", "127.0.0.1:0"]),
        false,
    );
    let folder = tempfile::tempdir().expect("a folder");
    let config = folder.path().join("gateway.toml");
    let text = format!(
        "timeouts = {{ first_byte = \"{TIMEOUT}\", idle = \"{TIMEOUT}\" }}\n\
         breaker = {{ failures = 0 }}\nlog = {{ to = \"off\" }}\n\
         [providers.mock]\ndialects = [\"chat\", \"responses\", \"messages\"]\n\
         base_url = \"http://{}/v1\"\napi_key_env = \"BENCH_API_KEY\"\n",
        mock.address
    );
    std::fs::write(&config, text).expect("a file");
    let mut command = program("gateway");
    command
        .args(["--listen", "127.0.0.1:0", "--config"])
        .arg(&config);
    let gateway = Program::start(&mut command, true);
    let mut failures = Vec::new();
    for (index, dialect) in [Dialect::Chat, Dialect::Responses, Dialect::Messages]
        .into_iter()
        .enumerate()
    {
        for stream in [false, true] {
            let workload = Workload::ALL
                .into_iter()
                .find(|one| one.dialect == dialect && one.stream == stream)
                .expect("a workload");
            let good = ask(gateway.address, workload, None);
            assert_eq!(good.status, 200, "{}", good.body);
            for (fault, whole, streamed) in CELLS {
                let Some(expected) = (if stream {
                    Some(streamed[index])
                } else {
                    whole[index]
                }) else {
                    continue;
                };
                let begun = Instant::now();
                let answer = ask(gateway.address, workload, Some(fault));
                let found = seen(dialect, stream, &answer, &good);
                if found != Ok(expected) || begun.elapsed() > PATIENCE {
                    failures.push(format!("{workload:?} {fault}: {expected:?}, but {found:?}"));
                }
            }
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}
