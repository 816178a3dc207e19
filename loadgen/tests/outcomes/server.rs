//! A server that answers every request with the same steps.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};

/// One thing the server does when a request has come.
#[derive(Clone, Debug)]
pub(crate) enum Step {
    /// Writes these bytes at once.
    Write(Vec<u8>),
    /// Says nothing more, and keeps the connection open.
    Hang,
    /// Closes the connection.
    Close,
}

/// All that the server does for a request; then it closes the connection
/// unless the answer was framed to its end.
#[derive(Clone, Debug)]
pub(crate) struct Answer(pub(crate) Vec<Step>);

impl Answer {
    /// A stream, each part in a chunk and a write of its own.
    pub(crate) fn chunked<T: AsRef<[u8]>>(parts: &[T]) -> Self {
        let head = "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n";
        let mut steps = vec![Step::Write(head.into())];
        for part in parts {
            let part = part.as_ref();
            let mut bytes = format!("{:x}\r\n", part.len()).into_bytes();
            bytes.extend_from_slice(part);
            bytes.extend_from_slice(b"\r\n");
            steps.push(Step::Write(bytes));
        }
        steps.push(Step::Write(b"0\r\n\r\n".to_vec()));
        Self(steps)
    }

    /// A stream whose connection ends before its last chunk.
    pub(crate) fn without_last_chunk(mut self) -> Self {
        self.0.pop();
        self.0.push(Step::Close);
        self
    }

    /// An answer that, where its end should be, falls silent.
    pub(crate) fn then_hang(mut self) -> Self {
        if matches!(self.0.last(), Some(Step::Write(bytes)) if bytes == b"0\r\n\r\n")
            || matches!(self.0.last(), Some(Step::Close))
        {
            self.0.pop();
        }
        self.0.push(Step::Hang);
        self
    }

    /// Whether nothing comes after a time, and the connection stays.
    pub(crate) fn hangs(&self) -> bool {
        matches!(self.0.last(), Some(Step::Hang))
    }

    /// A whole answer.
    pub(crate) fn whole(body: &str) -> Self {
        Self::whole_in_parts(&[body.as_bytes()])
    }

    /// A whole answer in several writes.
    pub(crate) fn whole_in_parts(parts: &[&[u8]]) -> Self {
        let length: usize = parts.iter().map(|part| part.len()).sum();
        let mut steps = vec![Step::Write(head(200, Some(length)))];
        steps.extend(parts.iter().map(|part| Step::Write(part.to_vec())));
        Self(steps)
    }

    /// A whole answer that announces `length` bytes, gives `part` and closes.
    pub(crate) fn whole_of(length: usize, part: &str) -> Self {
        let head = head(200, Some(length));
        Self(vec![
            Step::Write(head),
            Step::Write(part.into()),
            Step::Close,
        ])
    }

    /// A whole answer that ends with the connection.
    pub(crate) fn until_close(body: &str) -> Self {
        Self(vec![
            Step::Write(head(200, None)),
            Step::Write(body.into()),
            Step::Close,
        ])
    }

    /// Another status.
    pub(crate) fn status(status: u16, body: &str) -> Self {
        let head = head(status, Some(body.len()));
        Self(vec![Step::Write(head), Step::Write(body.into())])
    }
}

fn head(status: u16, length: Option<usize>) -> Vec<u8> {
    let length = length.map_or(String::new(), |n| format!("content-length: {n}\r\n"));
    format!("HTTP/1.1 {status} X\r\ncontent-type: application/json\r\n{length}\r\n").into_bytes()
}

/// Starts a server; it ends with the test's process. Gives its address.
pub(crate) fn serve(answer: Answer) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let address = listener.local_addr().expect("an address").to_string();
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let answer = answer.clone();
            std::thread::spawn(move || connection(stream, &answer));
        }
    });
    address
}

fn connection(mut stream: TcpStream, answer: &Answer) {
    let _ = stream.set_nodelay(true);
    while read_request(&mut stream) {
        for step in &answer.0 {
            match step {
                Step::Write(bytes) => {
                    if stream.write_all(bytes).is_err() {
                        return;
                    }
                }
                Step::Hang => {
                    // Until the client gives up.
                    let _ = stream.read(&mut [0; 1]);
                    return;
                }
                Step::Close => return,
            }
        }
    }
}

/// Reads one request with a body of the length it announces.
fn read_request(stream: &mut TcpStream) -> bool {
    let mut bytes = Vec::new();
    let mut buffer = [0; 4096];
    loop {
        let text = String::from_utf8_lossy(&bytes);
        if let Some((head, body)) = text.split_once("\r\n\r\n") {
            let length: usize = head
                .lines()
                .find_map(|line| line.strip_prefix("content-length: "))
                .and_then(|length| length.parse().ok())
                .unwrap_or(0);
            if body.len() >= length {
                return true;
            }
        }
        match stream.read(&mut buffer) {
            Ok(0) | Err(_) => return false,
            Ok(read) => bytes.extend_from_slice(&buffer[..read]),
        }
    }
}
