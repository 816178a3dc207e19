//! Stopping at a signal.

use std::io::Write;
use std::net::TcpStream;
use std::process::Command;
use std::sync::mpsc::channel;
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use crate::rig::{Connection, Gateway, PATIENCE, Provider, json, request};

#[test]
fn requests_at_work_may_finish_and_new_ones_are_refused() {
    for signal in ["-TERM", "-INT"] {
        let (go, wait) = channel::<()>();
        let wait = Arc::new(Mutex::new(wait));
        let provider = Provider::start(move |_, _, tcp| {
            wait.lock().unwrap().recv().unwrap();
            tcp.write_all(json("200 OK", "{}").as_bytes()).is_ok()
        });
        let mut gateway = Gateway::before(provider.address);
        let mut client = Connection::open(gateway.address);
        let idle = Connection::open(gateway.address);
        let post = "POST /v1/chat/completions";
        client.send(request(post, &[], "keep-alive", r#"{"model":"m"}"#).as_bytes());
        provider.seen();

        let id = gateway.process.id().to_string();
        assert!(
            Command::new("kill")
                .args([signal, &id])
                .status()
                .unwrap()
                .success()
        );
        let begun = Instant::now();
        while TcpStream::connect(gateway.address).is_ok() {
            assert!(begun.elapsed() < PATIENCE, "it still accepts");
            thread::sleep(Duration::from_millis(5));
        }
        go.send(()).unwrap();
        let answer = client.answer();
        assert_eq!((answer.status, answer.body.as_str()), (200, "{}"));
        assert_eq!(gateway.process.wait().unwrap().code(), Some(0));
        drop(idle);
    }
}
