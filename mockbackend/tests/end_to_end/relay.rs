//! The null proxy, between a client and the mock.

use std::io::Read;
use std::net::{Shutdown, TcpListener, TcpStream};
use std::thread;
use std::time::{Duration, Instant};

use rustix::process::Signal;
use serde_json::Value;

use crate::client::{Client, request};
use crate::mock::Mock;

const ASK: &str = r#"{"model":"m","messages":[{"role":"user","content":"é"}]}"#;
const ASK_STREAM: &str = r#"{"model":"m","messages":[],"stream":true}"#;

/// A mock and a relay before it.
fn pair(arguments: &[&str]) -> (Mock, Mock) {
    let mock = Mock::start(&["--chunks", "3"]);
    let relay = Mock::relay(mock.address, arguments);
    (mock, relay)
}

fn log(relay: Mock) -> Value {
    let (status, out) = relay.stop_and_read(Signal::TERM);
    assert_eq!(status.code(), Some(0));
    assert_eq!(out.lines().count(), 1, "{out}");
    serde_json::from_str(&out).unwrap()
}

#[test]
fn bytes_are_forwarded_unchanged() {
    let (mock, relay) = pair(&[]);
    let mut behind = Client::connect(relay.address);
    let mut before = Client::connect(mock.address);
    for (target, body) in [
        ("/v1/messages", "{"),
        ("/v1/models", ""),
        ("/nowhere?x=%20", ASK),
    ] {
        let expected = before.ask("POST", target, body);
        let reply = behind.ask("POST", target, body);
        assert_eq!(reply.status, expected.status);
        assert_eq!(reply.fields, expected.fields);
        assert_eq!(reply.parts, expected.parts);
    }
    let stream = behind.ask("POST", "/v1/chat/completions", ASK_STREAM);
    assert!(stream.text().ends_with("data: [DONE]\n\n"));
    let log = log(relay);
    assert_eq!(log["requests"], 4);
    assert!(log["added_ns"]["max"].as_u64().unwrap() < 1_000_000_000);
}

#[test]
fn much_at_once_both_ways() {
    let echo = TcpListener::bind("127.0.0.1:0").unwrap();
    let relay = Mock::relay(echo.local_addr().unwrap(), &["--delay", "1ms"]);
    let echoing = thread::spawn(move || {
        let (mut stream, _) = echo.accept().unwrap();
        // Only once the client has sent all: whatever is between must hold it.
        thread::sleep(Duration::from_millis(100));
        let mut bytes = Vec::new();
        stream.read_to_end(&mut bytes).unwrap();
        std::io::Write::write_all(&mut stream, &bytes).unwrap();
    });
    let sent: Vec<u8> = (0..12_000_000_u32).map(|n| (n % 251) as u8).collect();
    let mut stream = TcpStream::connect(relay.address).unwrap();
    let mut receiving = stream.try_clone().unwrap();
    let bytes = sent.clone();
    let sending = thread::spawn(move || {
        std::io::Write::write_all(&mut stream, &bytes).unwrap();
        stream.shutdown(Shutdown::Write).unwrap();
    });
    let mut received = Vec::new();
    receiving.read_to_end(&mut received).unwrap();
    sending.join().unwrap();
    echoing.join().unwrap();
    assert!(received == sent, "{} bytes came back", received.len());
}

#[test]
fn the_delay_is_added_and_logged() {
    let (_mock, relay) = pair(&["--delay", "3ms"]);
    let mut clients = [0; 4].map(|_| Client::connect(relay.address));
    let begin = Instant::now();
    for _ in 0..10 {
        // All wait at once.
        for client in &mut clients {
            client.send(request("POST", "/v1/responses", ASK));
        }
        for client in &mut clients {
            assert_eq!(client.reply().status, 200);
        }
    }
    assert!(begin.elapsed() >= Duration::from_millis(30));
    let log = log(relay);
    assert_eq!(log["requests"], 40);
    let added_ns = |figure: &str| log["added_ns"][figure].as_u64().unwrap();
    // Never less; how much more is a matter of the machine, and not for a
    // test that others run beside.
    assert!(added_ns("p50") >= 3_000_000, "{log}");
    assert!(added_ns("mean") >= 3_000_000, "{log}");
    assert!(added_ns("max") >= added_ns("p99"), "{log}");
}

#[test]
fn a_stall_holds_everything_once() {
    let (_mock, relay) = pair(&["--stall", "500ms:1500ms"]);
    let mut client = Client::connect(relay.address);
    let begin = Instant::now();
    client.ask("POST", "/v1/responses", ASK);
    // The stall is counted from when the relay read the first request, which
    // may be later than it was sent, and is before it was answered.
    thread::sleep(Duration::from_millis(700));
    client.ask("POST", "/v1/responses", ASK);
    assert!(begin.elapsed() >= Duration::from_secs(2));
    client.ask("POST", "/v1/responses", ASK);
    let log = log(relay);
    assert_eq!(log["requests"], 3);
    assert!(log["added_ns"]["max"].as_u64().unwrap() > 500_000_000);
    assert!(log["added_ns"]["p50"].as_u64().unwrap() < 500_000_000);
}

#[test]
fn answers_are_held_by_a_stall_too() {
    let late = TcpListener::bind("127.0.0.1:0").unwrap();
    let relay = Mock::relay(late.local_addr().unwrap(), &["--stall", "100ms:2s"]);
    let mut client = Client::connect(relay.address);
    let begin = Instant::now();
    client.send("?");
    let (mut stream, _) = late.accept().unwrap();
    stream.read_exact(&mut [0]).unwrap();
    thread::sleep(Duration::from_millis(200));
    std::io::Write::write_all(&mut stream, b"!").unwrap();
    drop(stream);
    assert_eq!(client.rest(), b"!");
    assert!(begin.elapsed() >= Duration::from_millis(2_100));
}

#[test]
fn without_a_mock_connections_are_closed() {
    let nobody = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = nobody.local_addr().unwrap();
    drop(nobody);
    let relay = Mock::relay(address, &[]);
    let mut stream = TcpStream::connect(relay.address).unwrap();
    stream
        .set_read_timeout(Some(Duration::from_secs(5)))
        .unwrap();
    // Closed or reset, but not kept waiting.
    match stream.read(&mut [0; 8]) {
        Ok(count) => assert_eq!(count, 0),
        Err(error) => assert_eq!(error.kind(), std::io::ErrorKind::ConnectionReset),
    }
}
