//! A silent stream is kept alive.

use std::io::Write;
use std::sync::mpsc::channel;
use std::sync::{Arc, Mutex};

use crate::rig::{Connection, DIALECTS, LAST_CHUNK, Provider, Watched, request, stream};

#[test]
fn a_silent_stream_says_that_it_lives_between_events_only() {
    for dialect in DIALECTS {
        let (go, wait) = channel::<()>();
        let wait = Arc::new(Mutex::new(wait));
        let at = dialect.stream.find("\n\n").expect("two events") + 2;
        // The silence falls into the middle of the second event.
        let (one, two) = dialect.stream.split_at(at + 5);
        let rest = format!("{:x}\r\n{two}\r\n{LAST_CHUNK}", two.len());
        let provider = Provider::start(move |_, _, tcp| {
            let begun = tcp.write_all(stream(&[one]).as_bytes());
            let _ = wait.lock().unwrap().recv();
            begun.is_ok() && tcp.write_all(rest.as_bytes()).is_ok()
        });
        let end = "[stream]\nkeepalive = \"50ms\"";
        let gateway = Watched::before(provider.address, "", end, &[]);
        let mut client = Connection::open(gateway.address());
        let body = r#"{"model":"m","stream":true,"stream_options":{"include_usage":true}}"#;
        client.send(request(&format!("POST {}", dialect.path), &[], "close", body).as_bytes());
        let sign = if dialect.path == "/v1/messages" {
            "event: ping\ndata: {\"type\": \"ping\"}\n\n"
        } else {
            ": keep-alive\n\n"
        };
        let begun = client.read_until(sign);
        assert!(begun.contains(&dialect.stream[..at]), "{begun}");
        go.send(()).unwrap();
        let rest = client.read_until("0\r\n\r\n");
        assert!(rest.contains(&dialect.stream[at..]), "{rest}");
    }
}
