//! A client that shows what is on the wire.

use std::io::{ErrorKind, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

/// One connection.
pub(crate) struct Client {
    stream: TcpStream,
    input: Vec<u8>,
}

/// One answer.
#[derive(Debug)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    /// The fields' lines in lower case.
    pub(crate) fields: Vec<String>,
    /// The body: one part, or the chunks it came in.
    pub(crate) parts: Vec<Vec<u8>>,
}

impl Reply {
    pub(crate) fn has(&self, field: &str) -> bool {
        self.fields.iter().any(|line| line == field)
    }

    pub(crate) fn text(&self) -> String {
        String::from_utf8(self.parts.concat()).unwrap()
    }
}

impl Client {
    pub(crate) fn connect(address: SocketAddr) -> Self {
        let stream = TcpStream::connect(address).unwrap();
        stream.set_nodelay(true).unwrap();
        stream
            .set_read_timeout(Some(Duration::from_secs(10)))
            .unwrap();
        Self {
            stream,
            input: Vec::new(),
        }
    }

    pub(crate) fn send(&mut self, bytes: impl AsRef<[u8]>) {
        self.stream.write_all(bytes.as_ref()).unwrap();
    }

    /// Sends `method target` with a body of known length.
    pub(crate) fn ask(&mut self, method: &str, target: &str, body: &str) -> Reply {
        self.send(request(method, target, body));
        self.reply()
    }

    /// The next answer.
    pub(crate) fn reply(&mut self) -> Reply {
        let mut reply = self.head();
        let length = reply
            .fields
            .iter()
            .find_map(|line| line.strip_prefix("content-length: "))
            .map(|length| length.parse().unwrap());
        if reply.has("transfer-encoding: chunked") {
            loop {
                let size = self.line();
                let size = usize::from_str_radix(&size, 16).unwrap();
                let part = self.take(size);
                assert_eq!(self.take(2), b"\r\n");
                if size == 0 {
                    break;
                }
                reply.parts.push(part);
            }
        } else if let Some(length) = length {
            reply.parts.push(self.take(length));
        } else {
            reply.parts.push(self.rest());
        }
        reply
    }

    /// The next answer's head alone.
    pub(crate) fn head(&mut self) -> Reply {
        let status = self.line();
        let status = status.strip_prefix("HTTP/1.1 ").unwrap()[..3]
            .parse()
            .unwrap();
        let fields = std::iter::from_fn(|| {
            let line = self.line();
            (!line.is_empty()).then(|| line.to_lowercase())
        })
        .collect();
        Reply {
            status,
            fields,
            parts: Vec::new(),
        }
    }

    /// Everything until the mock closes the connection.
    pub(crate) fn rest(&mut self) -> Vec<u8> {
        self.stream.read_to_end(&mut self.input).unwrap();
        std::mem::take(&mut self.input)
    }

    /// Everything that comes until nothing has come for `patience`.
    pub(crate) fn heard_in(&mut self, patience: Duration) -> Vec<u8> {
        self.stream.set_read_timeout(Some(patience)).unwrap();
        let error = self.stream.read_to_end(&mut self.input).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::WouldBlock);
        std::mem::take(&mut self.input)
    }

    fn line(&mut self) -> String {
        loop {
            if let Some(end) = self.input.windows(2).position(|pair| pair == b"\r\n") {
                let line = self.take(end);
                self.take(2);
                return String::from_utf8(line).unwrap();
            }
            self.read();
        }
    }

    fn take(&mut self, length: usize) -> Vec<u8> {
        while self.input.len() < length {
            self.read();
        }
        self.input.drain(..length).collect()
    }

    fn read(&mut self) {
        let mut bytes = [0; 4096];
        let count = self.stream.read(&mut bytes).unwrap();
        assert!(count > 0, "the mock closed the connection");
        self.input.extend_from_slice(&bytes[..count]);
    }
}

/// A request's bytes, its body of known length.
pub(crate) fn request(method: &str, target: &str, body: &str) -> String {
    let length = body.len();
    format!("{method} {target} HTTP/1.1\r\nHost: mock\r\nContent-Length: {length}\r\n\r\n{body}")
}
