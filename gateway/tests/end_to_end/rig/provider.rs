//! A provider that keeps what it was asked and answers as a test scripts it.

use std::io::{BufRead, BufReader, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::mpsc::{Receiver, channel};
use std::thread;

use super::PATIENCE;

/// A request as it arrived.
#[derive(Clone, Debug)]
pub(crate) struct Seen {
    /// Which connection it came over, counted from 0.
    pub(crate) connection: usize,
    pub(crate) request_line: String,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: String,
}

pub(crate) struct Provider {
    pub(crate) address: SocketAddr,
    seen: Receiver<Seen>,
}

impl Provider {
    /// Listens; for each request `answer` gets its connection's number, its number on that
    /// connection, and the socket. The connection is closed once it gives `false`.
    pub(crate) fn start<F>(answer: F) -> Self
    where
        F: Fn(usize, usize, &mut TcpStream) -> bool + Send + Clone + 'static,
    {
        Self::serve(move |seen, number, tcp| answer(seen.connection, number, tcp))
    }

    /// The same; `answer` gets the request itself and its number on its connection.
    pub(crate) fn serve<F>(answer: F) -> Self
    where
        F: Fn(&Seen, usize, &mut TcpStream) -> bool + Send + Clone + 'static,
    {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let address = listener.local_addr().expect("an address");
        let (tell, seen) = channel();
        thread::spawn(move || {
            for (connection, tcp) in listener.incoming().map_while(Result::ok).enumerate() {
                let (tell, answer) = (tell.clone(), answer.clone());
                thread::spawn(move || {
                    let mut writer = tcp.try_clone().expect("a second handle");
                    let mut reader = BufReader::new(tcp);
                    let mut number = 0;
                    while let Some(seen) = read(connection, &mut reader) {
                        let copy = seen.clone();
                        // The test may be over before the gateway is.
                        let _ = tell.send(seen);
                        if !answer(&copy, number, &mut writer) {
                            break;
                        }
                        number += 1;
                    }
                });
            }
        });
        Self { address, seen }
    }

    /// Answers every request with the same bytes, on connections that stay open.
    pub(crate) fn saying(bytes: impl Into<Vec<u8>>) -> Self {
        let bytes = bytes.into();
        Self::start(move |_, _, tcp| tcp.write_all(&bytes).is_ok())
    }

    /// Answers by what the request's body holds; keeps the connection while that gives `true`.
    pub(crate) fn answering<F>(answer: F) -> Self
    where
        F: Fn(&str, &mut TcpStream) -> bool + Send + Clone + 'static,
    {
        Self::serve(move |seen, _, tcp| answer(&seen.body, tcp))
    }

    /// The next request that arrived.
    pub(crate) fn seen(&self) -> Seen {
        self.seen
            .recv_timeout(PATIENCE)
            .expect("a request reaches the provider")
    }

    /// The next request that arrived, if one did.
    pub(crate) fn try_seen(&self) -> Option<Seen> {
        self.seen.try_recv().ok()
    }

    /// That no request arrived but those already taken.
    pub(crate) fn saw_no_more(&self) -> bool {
        self.seen.try_recv().is_err()
    }
}

impl Seen {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers
            .iter()
            .find(|(other, _)| other == name)
            .map(|(_, value)| value.as_str())
    }
}

/// A whole answer with a JSON body.
pub(crate) fn json(status: &str, body: &str) -> String {
    format!(
        "HTTP/1.1 {status}\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
        body.len()
    )
}

/// The head of a stream, and each of `pieces` as a chunk; without the last chunk.
pub(crate) fn stream(pieces: &[&str]) -> String {
    let mut text = String::from(
        "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n",
    );
    for piece in pieces {
        text.push_str(&format!("{:x}\r\n{piece}\r\n", piece.len()));
    }
    text
}

/// The end of a chunked body.
pub(crate) const LAST_CHUNK: &str = "0\r\n\r\n";

/// The next request of `connection`.
pub(super) fn read(connection: usize, reader: &mut impl BufRead) -> Option<Seen> {
    let mut lines = Vec::new();
    loop {
        let mut line = String::new();
        if reader.read_line(&mut line).ok()? == 0 {
            return None;
        }
        if line == "\r\n" {
            break;
        }
        lines.push(line.trim_end().to_owned());
    }
    let headers: Vec<(String, String)> = lines[1..]
        .iter()
        .filter_map(|line| line.split_once(": "))
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .collect();
    let length = headers
        .iter()
        .find(|(name, _)| name == "content-length")
        .and_then(|(_, length)| length.parse().ok());
    let body = match length {
        Some(length) => exactly(length, reader)?,
        None if headers.iter().any(|(name, _)| name == "transfer-encoding") => chunks(reader)?,
        None => Vec::new(),
    };
    Some(Seen {
        connection,
        request_line: lines.swap_remove(0),
        headers,
        body: String::from_utf8(body).ok()?,
    })
}

fn exactly(length: usize, reader: &mut impl BufRead) -> Option<Vec<u8>> {
    let mut bytes = vec![0; length];
    reader.read_exact(&mut bytes).ok()?;
    Some(bytes)
}

/// A body in chunks, without trailers.
fn chunks(reader: &mut impl BufRead) -> Option<Vec<u8>> {
    let mut body = Vec::new();
    loop {
        let mut size = String::new();
        reader.read_line(&mut size).ok()?;
        let size = usize::from_str_radix(size.strip_suffix("\r\n")?, 16).ok()?;
        let chunk = exactly(size + 2, reader)?;
        body.extend_from_slice(chunk.strip_suffix(b"\r\n")?);
        if size == 0 {
            return Some(body);
        }
    }
}
