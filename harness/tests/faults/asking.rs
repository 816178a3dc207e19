//! A client that writes a workload's request and keeps what comes back.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::sync::atomic::{AtomicUsize, Ordering};

use workload::{RequestSpec, Workload};

use super::{CLIENT_KEY, PATIENCE};

static ASKED: AtomicUsize = AtomicUsize::new(0);

/// How often a model was asked for so far.
pub(crate) fn asked() -> usize {
    ASKED.load(Ordering::SeqCst)
}

/// The page of metrics.
pub(crate) fn page(address: SocketAddr) -> String {
    let head = "GET /metrics HTTP/1.1\r\nhost: g\r\nconnection: close\r\n\r\n";
    exchange(address, head, b"").expect("a page")
}

/// An answer: its status, and its body without the chunked coding.
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) body: String,
    /// Whether the body came to its end as HTTP goes.
    pub(crate) whole: bool,
}

/// Asks for `model`.
pub(crate) fn ask(address: SocketAddr, workload: Workload, model: &str) -> Answer {
    let spec = RequestSpec::new(workload, model, "Hé", CLIENT_KEY);
    let mut head = format!(
        "POST {} HTTP/1.1\r\nhost: g\r\nconnection: close\r\n",
        workload.dialect.path()
    );
    for (name, value) in &spec.headers {
        head.push_str(&format!("{name}: {value}\r\n"));
    }
    head.push_str(&format!("content-length: {}\r\n\r\n", spec.body.len()));
    ASKED.fetch_add(1, Ordering::SeqCst);
    let answer = exchange(address, &head, &spec.body);
    parse(&answer.unwrap_or_else(|error| panic!("{workload} by {model}: {error}")))
}

/// All that is answered, which must go on coming.
fn exchange(address: SocketAddr, head: &str, body: &[u8]) -> std::io::Result<String> {
    let mut tcp = TcpStream::connect(address)?;
    tcp.set_read_timeout(Some(PATIENCE))?;
    tcp.write_all(head.as_bytes())?;
    tcp.write_all(body)?;
    let mut text = String::new();
    tcp.read_to_string(&mut text)?;
    Ok(text)
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
