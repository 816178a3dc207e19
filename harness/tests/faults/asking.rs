//! A client that writes a workload's request and keeps what comes back.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};

use workload::{BENCH_API_KEY, RequestSpec, Workload};

use super::PATIENCE;

/// An answer: its status, and its body without the chunked coding.
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) body: String,
    /// Whether the body came to its end as HTTP goes.
    pub(crate) whole: bool,
}

/// Asks for `model`.
pub(crate) fn ask(address: SocketAddr, workload: Workload, model: &str) -> Answer {
    let spec = RequestSpec::new(workload, model, "Hé", BENCH_API_KEY);
    let mut head = format!(
        "POST {} HTTP/1.1\r\nhost: g\r\nconnection: close\r\n",
        workload.dialect.path()
    );
    for (name, value) in &spec.headers {
        head.push_str(&format!("{name}: {value}\r\n"));
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
