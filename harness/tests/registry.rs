//! The size of an image as a registry serves it, asked of a stand-in on
//! loopback that wants a token, as public registries do.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;

use harness::image_size::{Reference, Registries};

const INDEX: &str = r#"{"manifests":[
    {"digest":"sha256:arm","platform":{"os":"linux","architecture":"arm64"}},
    {"digest":"sha256:amd","platform":{"os":"linux","architecture":"amd64"}}]}"#;
const IMAGE: &str = r#"{"config":{"size":1500},"layers":[{"size":3000000},{"size":250}]}"#;

/// A registry with the image `team/tool`; it answers until the test ends.
struct Registry {
    address: SocketAddr,
    /// The request lines it was sent.
    asked: Arc<Mutex<Vec<String>>>,
}

impl Registry {
    fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let address = listener.local_addr().expect("its address");
        let asked = Arc::default();
        let log = Arc::clone(&asked);
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let log: Arc<Mutex<Vec<String>>> = Arc::clone(&log);
                thread::spawn(move || {
                    // A client that went away wants no answer.
                    let _ = answer(stream, address, &log);
                });
            }
        });
        Self { address, asked }
    }

    fn size(&self, repository: &str, digest: &str, platform: &str) -> Result<u64, String> {
        let name = format!("{}/{repository}:latest", self.address);
        let reference = Reference::parse(&name).expect("a reference");
        Registries::new("").compressed_bytes(&reference, digest, platform)
    }

    fn asked(&self) -> Vec<String> {
        self.asked.lock().expect("the log").clone()
    }
}

fn answer(stream: TcpStream, address: SocketAddr, log: &Mutex<Vec<String>>) -> std::io::Result<()> {
    let mut reader = BufReader::new(stream.try_clone()?);
    let mut lines = Vec::new();
    loop {
        let mut line = String::new();
        if reader.read_line(&mut line)? <= 2 {
            break;
        }
        lines.push(line.trim_end().to_owned());
    }
    let Some(first) = lines.first() else {
        return Ok(());
    };
    log.lock().expect("the log").push(first.clone());
    let path = first.split(' ').nth(1).unwrap_or_default();
    let has_token = lines
        .iter()
        .any(|line| line.eq_ignore_ascii_case("authorization: bearer let-me-in"));
    let manifests: BTreeMap<&str, &str> = BTreeMap::from([
        ("/v2/team/tool/manifests/sha256:list", INDEX),
        ("/v2/team/tool/manifests/sha256:amd", IMAGE),
        ("/v2/team/tool/manifests/sha256:text", "no manifest at all"),
    ]);
    let wanted = "/token?service=stand-in&scope=repository%3Ateam%2Ftool%3Apull";
    let (status, header, body) = match manifests.get(path) {
        _ if path == wanted => ("200 OK", String::new(), r#"{"token":"let-me-in"}"#),
        _ if path.starts_with("/token") => ("400 Bad Request", String::new(), "{}"),
        _ if !has_token => (
            "401 Unauthorized",
            format!(
                "www-authenticate: Bearer realm=\"http://{address}/token\",service=\"stand-in\",\
                 scope=\"repository:team/tool:pull\"\r\n"
            ),
            "{}",
        ),
        Some(manifest) => ("200 OK", String::new(), *manifest),
        None => ("404 Not Found", String::new(), "{}"),
    };
    let mut stream = stream;
    write!(
        stream,
        "HTTP/1.1 {status}\r\n{header}content-length: {}\r\nconnection: close\r\n\r\n{body}",
        body.len()
    )
}

#[test]
fn the_platform_run_counts_and_a_token_is_fetched_once() {
    let registry = Registry::start();
    assert_eq!(
        registry.size("team/tool", "sha256:list", "linux/amd64"),
        Ok(3_001_750)
    );
    let asked = registry.asked();
    let tokens = asked.iter().filter(|line| line.contains("/token"));
    assert_eq!(tokens.count(), 1, "{asked:?}");
    assert_eq!(asked.len(), 4, "{asked:?}");
    assert_eq!(
        registry.size("team/tool", "sha256:amd", "linux/amd64"),
        Ok(3_001_750),
        "a digest of the platform's own manifest"
    );
}

#[test]
fn what_it_does_not_tell_is_said_in_words() {
    let registry = Registry::start();
    for (digest, platform, why) in [
        ("sha256:list", "linux/s390x", "has no linux/s390x"),
        ("sha256:list", "linux/arm64", "status 404"),
        ("sha256:other", "linux/amd64", "status 404"),
        ("sha256:text", "linux/amd64", "unknown form"),
    ] {
        let told = registry.size("team/tool", digest, platform).unwrap_err();
        assert!(told.contains(why), "{told}");
        assert!(told.contains(&registry.address.to_string()), "{told}");
    }
}

#[test]
fn one_that_does_not_answer_is_asked_once() {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = listener.local_addr().expect("its address");
    drop(listener);
    let mut registries = Registries::new("");
    let reference = Reference::parse(&format!("{address}/a")).expect("a reference");
    let mut ask = || registries.compressed_bytes(&reference, "sha256:a", "linux/amd64");
    let first = ask().unwrap_err();
    assert!(first.contains("does not answer"), "{first}");
    // One that answers now would be heard, if it were asked.
    let listener = TcpListener::bind(address).expect("the same port");
    listener.set_nonblocking(true).expect("a listener");
    assert_eq!(ask().unwrap_err(), first);
    assert!(listener.accept().is_err(), "it was asked again");
}
