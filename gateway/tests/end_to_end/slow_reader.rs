//! A client that reads slowly slows its provider, and does not fill the gateway's memory.

use std::io::Write;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use crate::rig::{Connection, PATIENCE, Provider, Watched, request, stream};

/// More than both sockets' buffers ever hold.
const MOST_BYTES: usize = 256 << 20;

#[test]
fn what_nobody_reads_is_not_taken_from_the_provider() {
    let sent = Arc::new(AtomicUsize::new(0));
    let counter = sent.clone();
    let provider = Provider::start(move |_, _, tcp| {
        let event = format!("data: {{\"x\":\"{}\"}}\n\n", "x".repeat(16 * 1024));
        let chunk = format!("{:x}\r\n{event}\r\n", event.len());
        let mut going = tcp.write_all(stream(&[]).as_bytes()).is_ok();
        while going && counter.load(Ordering::Relaxed) < MOST_BYTES {
            going = tcp.write_all(chunk.as_bytes()).is_ok();
            counter.fetch_add(chunk.len(), Ordering::Relaxed);
        }
        false
    });
    let gateway = Watched::before(provider.address, "", "", &[]);
    let before = gateway.resident_kib();
    let mut client = Connection::open(gateway.address());
    let body = r#"{"model":"m","stream":true}"#;
    client.send(request("POST /v1/chat/completions", &[], "close", body).as_bytes());
    client.read_until("data: ");

    // Until the provider cannot write on.
    let begun = Instant::now();
    let mut last = usize::MAX;
    loop {
        thread::sleep(Duration::from_millis(300));
        let now = sent.load(Ordering::Relaxed);
        if now == last {
            break;
        }
        last = now;
        assert!(
            begun.elapsed() < PATIENCE,
            "it takes all that comes: {now} bytes"
        );
    }
    assert!(last < MOST_BYTES, "{last} bytes were taken");
    let more = gateway.resident_kib().saturating_sub(before);
    assert!(more < 8 * 1024, "{more} KiB more for one stream");
    assert_eq!(gateway.sum("gateway_requests_in_flight", &[]), 2);
    drop(client);
    // The scrape itself is one.
    gateway.awaits("gateway_requests_in_flight", &[], 1);
    gateway.awaits("gateway_requests_total", &["outcome=\"cancelled\""], 1);
}
