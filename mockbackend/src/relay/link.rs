//! One client's connection and the one to the mock behind it.

use std::io::{self, ErrorKind, Read, Write};
use std::net::Shutdown;

use mio::net::TcpStream;

/// What one read may bring; more than a benchmark's request, so that one
/// request is one burst.
pub(super) const READ_BYTES: usize = 64 * 1024;

/// Bytes that one direction may hold before it stops reading.
const HELD_BYTES: usize = 4 * 1024 * 1024;

/// What a read found.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Found {
    /// So many bytes, in the buffer.
    Bytes(usize),
    /// None for now.
    Nothing,
    /// None any more.
    End,
}

/// One connection, and what waits to be written to it.
#[derive(Debug)]
pub(super) struct Side {
    pub(super) stream: TcpStream,
    waiting: Vec<u8>,
    /// When the bursts among `waiting` had been read.
    read_ns: Vec<u64>,
    /// There may be bytes to read.
    readable: bool,
    /// It has been announced that its peer sends no more.
    last_readable: bool,
    /// Its peer will send no more.
    pub(super) ended: bool,
    /// It is to be told that no more will come, once all has been written.
    closing: bool,
    closed: bool,
}

impl Side {
    pub(super) fn new(stream: TcpStream) -> Self {
        Self {
            stream,
            waiting: Vec::new(),
            read_ns: Vec::new(),
            readable: true,
            last_readable: false,
            ended: false,
            closing: false,
            closed: false,
        }
    }

    /// An event has said that there is something to read, and whether it is
    /// the last.
    pub(super) fn announced(&mut self, last: bool) {
        self.readable = true;
        self.last_readable |= last;
    }

    /// Reads once. A read that did not fill the buffer has emptied the socket,
    /// and whatever comes later is announced anew; only the end may have been
    /// announced already.
    pub(super) fn read(&mut self, buffer: &mut [u8]) -> io::Result<Found> {
        if !self.readable || self.ended {
            return Ok(Found::Nothing);
        }
        loop {
            return match self.stream.read(buffer) {
                Ok(0) => {
                    self.ended = true;
                    Ok(Found::End)
                }
                Ok(count) => {
                    self.readable = self.last_readable || count == buffer.len();
                    Ok(Found::Bytes(count))
                }
                // A connection that is still being made has nothing to say.
                Err(error)
                    if matches!(
                        error.kind(),
                        ErrorKind::WouldBlock | ErrorKind::NotConnected
                    ) =>
                {
                    self.readable = false;
                    Ok(Found::Nothing)
                }
                Err(error) if error.kind() == ErrorKind::Interrupted => continue,
                Err(error) => Err(error),
            };
        }
    }

    /// Writes `bytes`, read at `read_ns`, behind all that still waits; what
    /// the socket does not take waits too.
    pub(super) fn write(&mut self, bytes: &[u8], read_ns: u64) -> io::Result<bool> {
        let taken = if self.waiting.is_empty() {
            try_write(&mut self.stream, bytes)?
        } else {
            0
        };
        if taken == bytes.len() {
            return Ok(true);
        }
        self.waiting.extend_from_slice(&bytes[taken..]);
        self.read_ns.push(read_ns);
        Ok(false)
    }

    /// Writes what waits; gives the bursts that have been written by it.
    pub(super) fn flush(&mut self) -> io::Result<impl Iterator<Item = u64>> {
        let taken = try_write(&mut self.stream, &self.waiting)?;
        self.waiting.drain(..taken);
        // The bursts among them are told apart only when all are gone: a
        // socket that is full is not what the relay is measured with.
        let written = if self.waiting.is_empty() {
            self.read_ns.len()
        } else {
            0
        };
        self.shut()?;
        Ok(self.read_ns.drain(..written))
    }

    /// No more will be written after what waits.
    pub(super) fn close(&mut self) -> io::Result<()> {
        self.closing = true;
        self.shut()
    }

    fn shut(&mut self) -> io::Result<()> {
        if self.closing && !self.closed && self.waiting.is_empty() {
            self.stream.shutdown(Shutdown::Write)?;
            self.closed = true;
        }
        Ok(())
    }
}

fn try_write(stream: &mut TcpStream, mut bytes: &[u8]) -> io::Result<usize> {
    let whole = bytes.len();
    while !bytes.is_empty() {
        match stream.write(bytes) {
            Ok(count) => bytes = &bytes[count..],
            Err(error)
                if matches!(
                    error.kind(),
                    ErrorKind::WouldBlock | ErrorKind::NotConnected
                ) =>
            {
                break;
            }
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(whole - bytes.len())
}

/// A client's connection and the one behind it.
#[derive(Debug)]
pub(super) struct Link {
    pub(super) client: Side,
    pub(super) mock: Side,
    /// Bytes from the client that wait for their time.
    pub(super) delayed_bytes: usize,
}

impl Link {
    pub(super) fn new(client: TcpStream, mock: TcpStream) -> Self {
        Self {
            client: Side::new(client),
            mock: Side::new(mock),
            delayed_bytes: 0,
        }
    }

    /// Whether more may be read from the client.
    pub(super) fn takes_requests(&self) -> bool {
        self.delayed_bytes + self.mock.waiting.len() < HELD_BYTES
    }

    /// Whether more may be read from the mock.
    pub(super) fn takes_answers(&self) -> bool {
        self.client.waiting.len() < HELD_BYTES
    }

    /// Both directions have come to their end.
    pub(super) fn is_over(&self) -> bool {
        self.client.closed && self.mock.closed
    }
}
