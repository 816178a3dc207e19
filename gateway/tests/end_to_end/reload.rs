//! Reloading the configuration, and the end.

use std::io::Write;
use std::net::SocketAddr;
use std::sync::mpsc::channel;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use crate::rig::{
    CHAT, Connection, LAST_CHUNK, PATIENCE, Provider, TlsProvider, Watched, json, post, request,
    stream,
};

const STREAM: &str = r#"{"model":"fast","stream":true,"stream_options":{"include_usage":true}}"#;

/// A provider whose streams wait for a word before they end.
fn waiting() -> (Provider, std::sync::mpsc::Sender<()>) {
    let (go, wait) = channel::<()>();
    let wait = Arc::new(Mutex::new(wait));
    let provider = Provider::start(move |_, _, tcp| {
        let begun = tcp.write_all(stream(&["data: {\"one\":1}\n\n"]).as_bytes());
        let _ = wait.lock().expect("no panic").recv();
        let rest = format!("e\r\ndata: [DONE]\n\n\r\n{LAST_CHUNK}");
        begun.is_ok() && tcp.write_all(rest.as_bytes()).is_ok()
    });
    (provider, go)
}

fn streaming(gateway: &Watched) -> Connection {
    let mut client = Connection::open(gateway.address());
    client.send(request("POST /v1/chat/completions", &[], "keep-alive", STREAM).as_bytes());
    client.read_until("data: {\"one\":1}\n\n");
    client
}

#[test]
fn a_reload_drops_no_stream_and_serves_the_next_request_anew() {
    let (old, go) = waiting();
    let new = Provider::saying(json("200 OK", r#"{"new":1}"#));
    let gateway = Watched::before(old.address, "", "", &[]);
    let mut client = streaming(&gateway);
    gateway.configure(new.address, "", "");
    gateway.signal("-HUP");
    gateway.awaits("gateway_reloads_total", &[], 1);
    assert_eq!(
        post(gateway.address(), CHAT.path, r#"{"model":"fast"}"#).body,
        r#"{"new":1}"#
    );

    // The stream goes on where it was, and its connection then serves by the new one.
    go.send(()).unwrap();
    client.read_until("data: [DONE]\n\n\r\n0\r\n\r\n");
    let again = request(
        "POST /v1/chat/completions",
        &[],
        "close",
        r#"{"model":"fast"}"#,
    );
    client.send(again.as_bytes());
    assert_eq!(client.answer().body, r#"{"new":1}"#);
    // Counts go on.
    let labels = ["dialect=\"chat\"", "outcome=\"ok\""];
    assert_eq!(gateway.sum("gateway_requests_total", &labels), 3);
}

#[test]
fn a_bad_configuration_is_refused_and_the_old_one_stays() {
    let provider = Provider::saying(json("200 OK", "{}"));
    let gateway = Watched::before(provider.address, "", "", &[]);
    gateway.configure(provider.address, "listne = 1", "");
    gateway.signal("-HUP");
    gateway.awaits("gateway_reloads_refused_total", &[], 1);
    assert_eq!(
        post(gateway.address(), CHAT.path, r#"{"model":"fast"}"#).status,
        200
    );
    let begun = Instant::now();
    while !gateway
        .log_text()
        .contains("gateway.toml:1:1: listne: unknown field")
    {
        assert!(begun.elapsed() < PATIENCE, "{}", gateway.log_text());
        std::thread::sleep(Duration::from_millis(10));
    }
}

/// Certificates are renewed under the same name.
#[test]
fn a_reload_reads_certificates_again() {
    let new = TlsProvider::saying(json("200 OK", "{}"));
    let old = TlsProvider::saying(json("200 OK", "{}"));
    let trusted = tempfile::NamedTempFile::new().expect("a temporary file");
    let path = trusted.path();
    let end = format!(
        "[providers.secure]\ndialects = [\"chat\"]\nbase_url = \"{}\"\nca_file = \"{}\"\n",
        new.base_url(),
        path.display()
    );
    old.vouch(path);
    let nobody = SocketAddr::from(([127, 0, 0, 1], 9));
    let gateway = Watched::before(nobody, "", &end, &[]);
    let status = || post(gateway.address(), CHAT.path, r#"{"model":"secure/m"}"#).status;
    assert_eq!(status(), 502);
    new.vouch(path);
    assert_eq!(status(), 502, "nobody asked for it to be read again");
    gateway.signal("-HUP");
    gateway.awaits("gateway_reloads_total", &[], 1);
    assert_eq!(status(), 200);
    // One that is only half written is refused, and the old one stays.
    std::fs::write(path, "-----BEGIN CERTIFICATE-----\nMIIB").expect("it is written");
    gateway.signal("-HUP");
    gateway.awaits("gateway_reloads_refused_total", &[], 1);
    assert_eq!(status(), 200);
    // Nor is a connection used again that was made when another certificate was good.
    old.vouch(path);
    gateway.signal("-HUP");
    gateway.awaits("gateway_reloads_total", &[], 2);
    assert_eq!(status(), 502);
}

#[test]
fn a_reload_opens_the_log_again() {
    let provider = Provider::saying(json("200 OK", "{}"));
    let gateway = Watched::before(provider.address, "", "", &[]);
    post(gateway.address(), CHAT.path, r#"{"model":"fast"}"#);
    gateway.log(1);
    let old = gateway.log_path().with_extension("1");
    std::fs::rename(gateway.log_path(), &old).unwrap();
    gateway.signal("-HUP");
    gateway.awaits("gateway_reloads_total", &[], 1);
    let begun = Instant::now();
    while !gateway.log_path().exists() {
        assert!(begun.elapsed() < PATIENCE);
        std::thread::sleep(Duration::from_millis(10));
    }
    post(gateway.address(), CHAT.path, r#"{"model":"fast"}"#);
    assert_eq!(gateway.log(1).len(), 1);
}

#[test]
fn a_stop_waits_so_long_and_a_second_signal_not_at_all() {
    for (timeout, signals) in [("200ms", 1), ("1h", 2)] {
        let (provider, _go) = waiting();
        let top = format!("shutdown_timeout = \"{timeout}\"");
        let mut gateway = Watched::before(provider.address, &top, "", &[]);
        let _client = streaming(&gateway);
        for number in 0..signals {
            gateway.signal("-TERM");
            if number == 0 {
                // It is told apart from the first, which two signals at once would not be.
                let begun = Instant::now();
                while !gateway.log_text().contains("\"event\":\"stopping\"") {
                    assert!(begun.elapsed() < PATIENCE);
                    std::thread::sleep(Duration::from_millis(5));
                }
            }
        }
        let begun = Instant::now();
        let status = loop {
            if let Some(status) = gateway.gateway.process.try_wait().unwrap() {
                break status;
            }
            assert!(begun.elapsed() < PATIENCE, "it does not end");
            std::thread::sleep(Duration::from_millis(5));
        };
        assert_eq!(status.code(), Some(0));
        // What was cut off is told too.
        assert_eq!(gateway.log(1)[0]["outcome"], "cancelled");
    }
}
