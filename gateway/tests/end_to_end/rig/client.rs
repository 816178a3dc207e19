//! A client that writes what it is told and keeps every byte that comes back.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};

use super::{PATIENCE, secrets};

/// An answer, read until the gateway closed.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(String, String)>,
    /// Without the chunked coding.
    pub(crate) body: String,
    /// Whether the body came to its proper end.
    pub(crate) whole: bool,
}

/// An open connection to the gateway.
pub(crate) struct Connection(pub(crate) TcpStream);

impl Connection {
    pub(crate) fn open(address: SocketAddr) -> Self {
        let tcp = TcpStream::connect(address).expect("the gateway accepts");
        tcp.set_read_timeout(Some(PATIENCE)).expect("a timeout");
        Self(tcp)
    }

    pub(crate) fn send(&mut self, bytes: &[u8]) {
        self.0.write_all(bytes).expect("the gateway reads");
    }

    /// Reads until what came contains `end`.
    pub(crate) fn read_until(&mut self, end: &str) -> String {
        let mut bytes = Vec::new();
        let mut buffer = [0; 4096];
        while !String::from_utf8_lossy(&bytes).contains(end) {
            let read = self.0.read(&mut buffer).expect("more comes in time");
            assert!(read > 0, "closed before {end:?}");
            bytes.extend_from_slice(&buffer[..read]);
        }
        String::from_utf8(bytes).expect("UTF-8")
    }

    /// The answer to the request sent last, on a connection that goes on.
    pub(crate) fn next_answer(&mut self) -> Answer {
        let mut bytes = Vec::new();
        let mut buffer = [0; 4096];
        loop {
            let read = self.0.read(&mut buffer).expect("more comes in time");
            bytes.extend_from_slice(&buffer[..read]);
            let has_head = bytes.windows(4).any(|four| four == b"\r\n\r\n");
            if has_head {
                let answer = parse(&bytes);
                // One that ended early is for the test to judge.
                if answer.whole || read == 0 {
                    return answer;
                }
            }
            assert!(read > 0, "closed before a whole head");
        }
    }

    pub(crate) fn answer(mut self) -> Answer {
        let mut bytes = Vec::new();
        self.0
            .read_to_end(&mut bytes)
            .expect("the gateway closes in time");
        parse(&bytes)
    }
}

/// Sends a request that closes the connection, with `body`; gives the answer.
pub(crate) fn ask(
    address: SocketAddr,
    request_line: &str,
    headers: &[(&str, &str)],
    body: &str,
) -> Answer {
    let mut connection = Connection::open(address);
    connection.send(request(request_line, headers, "close", body).as_bytes());
    connection.answer()
}

/// Posts `body` to `path` without further headers.
pub(crate) fn post(address: SocketAddr, path: &str, body: &str) -> Answer {
    ask(address, &format!("POST {path}"), &[], body)
}

/// The bytes of a request.
pub(crate) fn request(
    request_line: &str,
    headers: &[(&str, &str)],
    connection: &str,
    body: &str,
) -> String {
    secrets::are_in_request(request_line, headers);
    let mut text =
        format!("{request_line} HTTP/1.1\r\nhost: gateway\r\nconnection: {connection}\r\n");
    for (name, value) in headers {
        text.push_str(&format!("{name}: {value}\r\n"));
    }
    text.push_str(&format!("content-length: {}\r\n\r\n{body}", body.len()));
    text
}

impl Answer {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers
            .iter()
            .find(|(other, _)| other == name)
            .map(|(_, value)| value.as_str())
    }

    /// The body, in which `ID` stands for the request's id as the headers tell it.
    pub(crate) fn body_but_id(&self) -> String {
        let id = self.header("x-request-id").expect("an id");
        self.body.replace(&format!("\"{id}\""), "\"ID\"")
    }
}

fn parse(bytes: &[u8]) -> Answer {
    let text = String::from_utf8_lossy(bytes);
    let (head, body) = text.split_once("\r\n\r\n").expect("a whole head");
    let mut lines = head.lines();
    let status = lines
        .next()
        .and_then(|line| line.split(' ').nth(1))
        .and_then(|status| status.parse().ok())
        .expect("a status");
    let headers: Vec<(String, String)> = lines
        .filter_map(|line| line.split_once(": "))
        .map(|(name, value)| (name.to_ascii_lowercase(), value.to_owned()))
        .collect();
    let chunked = headers.iter().any(|(name, _)| name == "transfer-encoding");
    let length = headers
        .iter()
        .find(|(name, _)| name == "content-length")
        .and_then(|(_, length)| length.parse::<usize>().ok());
    let (body, whole) = if chunked {
        dechunk(body)
    } else {
        (
            body.to_owned(),
            length.is_none_or(|length| length == body.len()),
        )
    };
    Answer {
        status,
        headers,
        body,
        whole,
    }
}

fn dechunk(mut coded: &str) -> (String, bool) {
    let mut body = String::new();
    while let Some((size, rest)) = coded.split_once("\r\n") {
        let size = usize::from_str_radix(size, 16).expect("a chunk's size");
        if size == 0 {
            return (body, rest == "\r\n");
        }
        let Some(chunk) = rest.get(..size) else {
            body.push_str(rest);
            break;
        };
        body.push_str(chunk);
        coded = rest[size..].strip_prefix("\r\n").unwrap_or_default();
    }
    (body, false)
}
