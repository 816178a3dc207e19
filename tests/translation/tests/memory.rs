//! What translated streams cost in memory: the bounds that hold for streams that are passed on
//! hold for them too.

#![allow(
    clippy::unwrap_used,
    reason = "clippy knows a test only by its attribute"
)]

use std::io::{ErrorKind, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::sync::{Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use translation_tests::client::{PATIENCE, connect, request};
use translation_tests::memory::own_kib;
use translation_tests::programs::Program;

/// Open at once, at a pace.
const PACED: usize = 1_000;
const MOST_PACED_KIB: u64 = 40_000;
/// While they end, all within a moment: Responses repeats the whole text four times then.
const MOST_AT_THE_END_KIB: u64 = 44_000;
/// At work at once, as fast as they can.
const BUSY: usize = 128;
const MOST_BUSY_KIB: u64 = 12_000;
/// Pieces of a stream, as many as the mock's own streams have.
const PIECES: &str = "32";
/// So many pieces make six seconds, which is long enough for all to be opened meanwhile.
const GAP: &str = "200ms";
/// Streams of each of the busy connections.
const BUSY_STREAMS: usize = 12;

/// One test at a time: streams at a pace must all be opened before the first
/// one ends, which those that go as fast as they can would hinder.
static ALONE: Mutex<()> = Mutex::new(());

/// A client's path, its request, and the end of a stream that ended well.
struct Pair {
    name: &'static str,
    line: &'static str,
    body: &'static str,
    end: &'static str,
}

const PAIRS: [Pair; 2] = [
    Pair {
        name: "messages in, chat upstream",
        line: "POST /v1/messages",
        body: r#"{"model":"c/gpt-4o","max_tokens":500,"stream":true,"messages":[{"role":"user","content":"Tell me about été."}]}"#,
        end: "event: message_stop",
    },
    Pair {
        name: "responses in, messages upstream",
        line: "POST /v1/responses",
        body: r#"{"model":"m/claude-sonnet-4-5","stream":true,"input":"Tell me about été."}"#,
        end: "event: response.completed",
    },
];

/// As many sockets as the system lets this process, and those it starts, have.
fn raise_limit() {
    let limit = getrlimit(Resource::Nofile);
    let raised = Rlimit {
        current: limit.maximum,
        maximum: limit.maximum,
    };
    setrlimit(Resource::Nofile, raised).unwrap();
}

fn bytes(pair: &Pair, connection: &str) -> Vec<u8> {
    let headers = [("content-type".to_owned(), "application/json".to_owned())];
    let text = String::from_utf8(request(pair.line, &headers, pair.body.as_bytes())).unwrap();
    let said = format!("connection: {connection}");
    text.replacen("connection: close", &said, 1).into_bytes()
}

/// A stream as it is read: its end is kept, to see how it ended.
struct Reading {
    tcp: TcpStream,
    begun: bool,
    tail: Vec<u8>,
    over: bool,
}

impl Reading {
    fn open(address: SocketAddr, bytes: &[u8]) -> Self {
        let mut tcp = connect(address);
        tcp.write_all(bytes).unwrap();
        tcp.set_nonblocking(true).unwrap();
        Self {
            tcp,
            begun: false,
            tail: Vec::new(),
            over: false,
        }
    }

    /// Reads what is there.
    fn read(&mut self) {
        let mut piece = [0; 16 * 1024];
        while !self.over {
            match self.tcp.read(&mut piece) {
                Ok(0) => self.over = true,
                Ok(count) => {
                    self.begun = true;
                    self.tail.extend_from_slice(&piece[..count]);
                    // The last event of Responses repeats the whole answer.
                    let surplus = self.tail.len().saturating_sub(16 * 1024);
                    self.tail.drain(..surplus);
                }
                Err(error) if error.kind() == ErrorKind::WouldBlock => return,
                Err(error) => panic!("{error}"),
            }
        }
    }
}

#[test]
fn a_thousand_translated_streams_at_a_pace() {
    let _alone = ALONE.lock().unwrap_or_else(PoisonError::into_inner);
    raise_limit();
    for pair in PAIRS {
        let mock = Program::mock(&["--chunks", PIECES, "--ttft", GAP, "--inter-chunk", GAP]);
        let gateway = Program::gateway(mock.address, "");
        let bytes = bytes(&pair, "close");
        let mut streams: Vec<Reading> = (0..PACED)
            .map(|_| Reading::open(gateway.address, &bytes))
            .collect();
        let (mut most, mut most_open, mut all_open) = (0, 0, 0);
        let begun = Instant::now();
        while streams.iter().any(|stream| !stream.over) {
            assert!(begun.elapsed() < 2 * PATIENCE, "{}", pair.name);
            streams.iter_mut().for_each(Reading::read);
            most = most.max(own_kib(gateway.id()));
            if streams.iter().all(|stream| stream.begun && !stream.over) {
                all_open += 1;
                most_open = most;
            }
            thread::sleep(Duration::from_millis(50));
        }
        for stream in &streams {
            let tail = String::from_utf8_lossy(&stream.tail);
            assert!(tail.contains(pair.end), "{}: {tail}", pair.name);
        }
        assert!(all_open >= 10, "{}: all open {all_open} times", pair.name);
        let name = pair.name;
        eprintln!("{name}: {most_open} KiB with {PACED} streams open, {most} KiB at most");
        assert!(most_open <= MOST_PACED_KIB, "{name}: {most_open} KiB");
        assert!(most <= MOST_AT_THE_END_KIB, "{name}: {most} KiB");
    }
}

#[test]
fn translated_streams_on_128_busy_connections() {
    let _alone = ALONE.lock().unwrap_or_else(PoisonError::into_inner);
    raise_limit();
    for pair in PAIRS {
        let mock = Program::mock(&["--chunks", PIECES]);
        let gateway = Program::gateway(mock.address, "");
        let (address, bytes) = (gateway.address, bytes(&pair, "keep-alive"));
        let clients: Vec<_> = (0..BUSY)
            .map(|_| {
                let bytes = bytes.clone();
                thread::spawn(move || busy(address, &bytes, pair.end))
            })
            .collect();
        let mut most = 0;
        while clients.iter().any(|client| !client.is_finished()) {
            most = most.max(own_kib(gateway.id()));
            thread::sleep(Duration::from_millis(10));
        }
        for client in clients {
            client.join().unwrap();
        }
        eprintln!("{}: {most} KiB with {BUSY} busy connections", pair.name);
        assert!(most <= MOST_BUSY_KIB, "{}: {most} KiB", pair.name);
    }
}

/// One stream after the other on one connection.
fn busy(address: SocketAddr, bytes: &[u8], end: &str) {
    let mut tcp = connect(address);
    let mut piece = [0; 16 * 1024];
    for _ in 0..BUSY_STREAMS {
        tcp.write_all(bytes).unwrap();
        let mut heard = Vec::new();
        while !heard.ends_with(b"\r\n0\r\n\r\n") {
            let count = tcp.read(&mut piece).unwrap();
            assert!(count > 0, "{}", String::from_utf8_lossy(&heard));
            heard.extend_from_slice(&piece[..count]);
        }
        assert!(String::from_utf8_lossy(&heard).contains(end));
    }
}
