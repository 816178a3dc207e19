//! A client of HTTP/1.1 that takes nothing for granted.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

/// No answer may take longer.
pub const PATIENCE: Duration = Duration::from_secs(30);

/// An answer.
#[derive(Debug)]
pub struct Answer {
    /// Its status.
    pub status: u16,
    /// Its fields, with names in lower case.
    pub headers: Vec<(String, String)>,
    /// Its body, without the chunked coding.
    pub body: String,
    /// The body came to its end as HTTP goes.
    pub whole: bool,
}

impl Answer {
    /// The value of a field.
    pub fn header(&self, name: &str) -> Option<&str> {
        let found = self.headers.iter().find(|(other, _)| other == name);
        found.map(|(_, value)| value.as_str())
    }
}

/// A request's bytes; the connection ends with its answer.
pub fn request(line: &str, headers: &[(String, String)], body: &[u8]) -> Vec<u8> {
    let mut head = format!("{line} HTTP/1.1\r\nhost: test\r\nconnection: close\r\n");
    for (name, value) in headers {
        head.push_str(&format!("{name}: {value}\r\n"));
    }
    head.push_str(&format!("content-length: {}\r\n\r\n", body.len()));
    [head.as_bytes(), body].concat()
}

/// A connection on which nothing waits for ever.
pub fn connect(address: SocketAddr) -> TcpStream {
    let tcp = TcpStream::connect(address).expect("it accepts");
    tcp.set_read_timeout(Some(PATIENCE)).expect("a timeout");
    tcp
}

/// Asks, and reads the answer to its end.
pub fn ask(address: SocketAddr, line: &str, headers: &[(String, String)], body: &[u8]) -> Answer {
    let mut tcp = connect(address);
    tcp.write_all(&request(line, headers, body))
        .expect("it reads");
    let mut bytes = Vec::new();
    tcp.read_to_end(&mut bytes).expect("it ends in time");
    answer(&String::from_utf8(bytes).expect("an answer in UTF-8"))
}

/// The answer that `text` is.
pub fn answer(text: &str) -> Answer {
    let (head, rest) = text.split_once("\r\n\r\n").expect("a whole head");
    let mut lines = head.split("\r\n");
    let status = lines.next().and_then(|line| line.get(9..12)?.parse().ok());
    let headers: Vec<(String, String)> = lines
        .filter_map(|line| line.split_once(": "))
        .map(|(name, value)| (name.to_ascii_lowercase(), value.to_owned()))
        .collect();
    let mut answer = Answer {
        status: status.expect("a status"),
        headers,
        body: rest.to_owned(),
        whole: true,
    };
    if answer.header("transfer-encoding") == Some("chunked") {
        (answer.body, answer.whole) = unchunked(rest);
    }
    answer
}

/// A body without its chunked coding, and whether that came to its end.
fn unchunked(mut coded: &str) -> (String, bool) {
    let mut body = String::new();
    while let Some((size, after)) = coded.split_once("\r\n") {
        let size = usize::from_str_radix(size, 16).expect("a chunk's size");
        match after.get(..size) {
            Some(chunk) if size > 0 => body.push_str(chunk),
            _ => return (body, size == 0),
        }
        coded = after[size..].strip_prefix("\r\n").unwrap_or_default();
    }
    (body, false)
}
