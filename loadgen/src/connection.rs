//! One connection: a small state machine over a socket that never blocks.

use std::io::{self, ErrorKind, Read, Write};
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use mio::net::TcpStream;
use mio::{Interest, Registry, Token};
use workload::{AnswerCheck, EndOfBody, Expected, Outcome};

use crate::clock::now_ns;
use crate::exchange::{Exchange, Plan};
use crate::http::{Framing, ResponseReader};

/// How much of an error's body is kept to be shown.
const MAX_REFUSAL_BYTES: usize = 300;

/// How long an answer may take and how long it may be silent.
#[derive(Clone, Copy, Debug)]
pub struct Patience {
    /// From sending the request to the complete answer.
    pub timeout: Duration,
    /// Between two reads, once the response has begun.
    pub idle_gap: Duration,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    /// No socket.
    Down,
    /// The socket is being connected; a request is waiting for it.
    Connecting,
    /// So many bytes of the request have been written.
    Writing(usize),
    Reading,
    /// Connected, no request under way.
    Idle,
}

/// How an exchange ended.
#[derive(Clone, Debug)]
pub struct Ended {
    /// What became of it.
    pub outcome: Outcome,
    /// What was wrong, in words; empty where the outcome says it all.
    pub why: String,
}

impl Ended {
    fn new(outcome: Outcome, why: impl ToString) -> Self {
        Self {
            outcome,
            why: why.to_string(),
        }
    }
}

/// One of the generator's connections, with the exchange it carries.
#[derive(Debug)]
pub struct Connection {
    token: Token,
    target: SocketAddr,
    request: Arc<[u8]>,
    patience: Patience,
    socket: Option<TcpStream>,
    state: State,
    reader: ResponseReader,
    check: AnswerCheck,
    /// The times of the exchange under way or ended last.
    pub exchange: Exchange,
    plan: Option<Plan>,
    /// The beginning of the body that came with another status than 200.
    refusal: Vec<u8>,
    /// When the state was entered or bytes were read last.
    quiet_since_ns: u64,
    /// A stream's terminal event has come; only the framing's end is missing.
    answered: bool,
    /// Connections made so far.
    pub connects: u64,
}

impl Connection {
    /// A connection that is not open yet.
    pub fn new(
        token: Token,
        target: SocketAddr,
        request: Arc<[u8]>,
        expected: Arc<Expected>,
        patience: Patience,
    ) -> Self {
        let streamed = expected.workload().stream;
        Self {
            token,
            target,
            request,
            patience,
            socket: None,
            state: State::Down,
            reader: ResponseReader::new(),
            check: AnswerCheck::new(expected),
            exchange: Exchange::new(streamed),
            plan: None,
            refusal: Vec::with_capacity(MAX_REFUSAL_BYTES),
            quiet_since_ns: 0,
            answered: false,
            connects: 0,
        }
    }

    /// Whether an exchange is under way.
    pub fn busy(&self) -> bool {
        !matches!(self.state, State::Down | State::Idle)
    }

    /// Events of the answer read last.
    pub fn events(&self) -> u64 {
        self.check.events()
    }

    /// Sends the request, opening the connection first where there is none.
    ///
    /// Gives how the exchange ended when it ended at once.
    pub fn start(&mut self, registry: &Registry, plan: Option<Plan>) -> Option<Ended> {
        self.plan = plan;
        self.reader.reset();
        self.check.reset();
        self.refusal.clear();
        self.answered = false;
        if self.state == State::Idle {
            return self.begin_writing(registry, None);
        }
        self.quiet_since_ns = now_ns();
        let connected = TcpStream::connect(self.target).and_then(|mut socket| {
            registry.register(
                &mut socket,
                self.token,
                Interest::READABLE | Interest::WRITABLE,
            )?;
            Ok(socket)
        });
        match connected {
            Ok(socket) => {
                self.socket = Some(socket);
                self.state = State::Connecting;
                None
            }
            Err(error) => Some(connect_failed(&error)),
        }
    }

    /// Does what the socket is ready for, reading into `buffer`.
    pub fn on_ready(
        &mut self,
        registry: &Registry,
        peer_closed: bool,
        buffer: &mut [u8],
    ) -> Option<Ended> {
        match self.state {
            State::Down => None,
            State::Connecting => match self.connected() {
                Ok(false) => None,
                Ok(true) => self.begin_writing(registry, Some(self.quiet_since_ns)),
                Err(error) => {
                    self.close(registry);
                    Some(connect_failed(&error))
                }
            },
            State::Writing(written) => self
                .write(registry, written)
                .or_else(|| self.read(registry, peer_closed, buffer)),
            State::Reading | State::Idle => self.read(registry, peer_closed, buffer),
        }
    }

    /// Ends the exchange under way if it has taken or been silent too long.
    pub fn check_deadlines(&mut self, registry: &Registry, now_ns: u64) -> Option<Ended> {
        let over = |since_ns: u64, limit: Duration| {
            u128::from(now_ns.saturating_sub(since_ns)) > limit.as_nanos()
        };
        match self.state {
            State::Down | State::Idle => None,
            State::Connecting if over(self.quiet_since_ns, self.patience.timeout) => {
                self.close(registry);
                Some(Ended::new(Outcome::Connect, "no answer to the connection"))
            }
            State::Connecting => None,
            _ if over(self.exchange.sent_ns(), self.patience.timeout) => {
                if self.answered {
                    // Only the framing's end is missing: the answer is there.
                    return Some(self.finish(registry, EndOfBody::Idle));
                }
                self.close(registry);
                Some(Ended::new(Outcome::Timeout, ""))
            }
            State::Reading
                if self.exchange.first_byte_ns().is_some()
                    && over(self.quiet_since_ns, self.patience.idle_gap) =>
            {
                Some(self.finish(registry, EndOfBody::Idle))
            }
            State::Writing(_) | State::Reading => None,
        }
    }

    /// Drops the exchange under way because the run is over.
    pub fn cut_off(&mut self, registry: &Registry) -> Option<Ended> {
        if !self.busy() {
            return None;
        }
        if self.state == State::Reading && self.answered {
            return Some(self.finish(registry, EndOfBody::Idle));
        }
        self.close(registry);
        Some(Ended::new(Outcome::Capped, ""))
    }

    fn connected(&mut self) -> io::Result<bool> {
        let Some(socket) = &self.socket else {
            return Ok(false);
        };
        if let Some(error) = socket.take_error()? {
            return Err(error);
        }
        match socket.peer_addr() {
            Ok(_) => {
                socket.set_nodelay(true)?;
                self.connects += 1;
                Ok(true)
            }
            Err(error) if error.kind() == ErrorKind::NotConnected => Ok(false),
            Err(error) => Err(error),
        }
    }

    /// `ready_ns`: since when only the connection was missing, if it was.
    fn begin_writing(&mut self, registry: &Registry, ready_ns: Option<u64>) -> Option<Ended> {
        let now_ns = now_ns();
        let connect_ns = ready_ns.map_or(0, |ready_ns| now_ns - ready_ns);
        self.exchange.begin(self.plan, connect_ns, now_ns);
        self.quiet_since_ns = now_ns;
        self.write(registry, 0)
    }

    fn write(&mut self, registry: &Registry, mut written: usize) -> Option<Ended> {
        let socket = self.socket.as_mut()?;
        while written < self.request.len() {
            match socket.write(&self.request[written..]) {
                Ok(length) => written += length,
                Err(error) if error.kind() == ErrorKind::WouldBlock => {
                    self.state = State::Writing(written);
                    return None;
                }
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) => {
                    self.close(registry);
                    return Some(Ended::new(Outcome::Closed, error));
                }
            }
        }
        self.state = State::Reading;
        None
    }

    fn read(&mut self, registry: &Registry, peer_closed: bool, buffer: &mut [u8]) -> Option<Ended> {
        loop {
            let read = match self.socket.as_mut()?.read(buffer) {
                Ok(read) => read,
                Err(error) if error.kind() == ErrorKind::WouldBlock => return None,
                Err(error) if error.kind() == ErrorKind::Interrupted => continue,
                Err(error) => return self.on_closed(registry, &error.to_string()),
            };
            if read == 0 {
                return self.on_closed(registry, "");
            }
            let now_ns = now_ns();
            if self.state == State::Idle {
                // Bytes that answer nothing: the connection is of no use.
                self.close(registry);
                return None;
            }
            if let Some(ended) = self.take_bytes(registry, &buffer[..read], now_ns) {
                if peer_closed {
                    // Its end is told only once, and has been.
                    self.close(registry);
                }
                return Some(ended);
            }
            // The socket is watched edge by edge: a short read has emptied it,
            // but an end that came with the bytes is told only once.
            if read < buffer.len() && !peer_closed {
                return None;
            }
        }
    }

    fn take_bytes(&mut self, registry: &Registry, bytes: &[u8], now_ns: u64) -> Option<Ended> {
        self.quiet_since_ns = now_ns;
        self.exchange.read_at(now_ns);
        let (check, exchange) = (&mut self.check, &mut self.exchange);
        let refusal = &mut self.refusal;
        let fed = self.reader.feed(bytes, |status, body| {
            if status == 200 {
                check.feed(body, exchange);
            } else {
                let room = body.len().min(MAX_REFUSAL_BYTES - refusal.len());
                refusal.extend_from_slice(&body[..room]);
            }
        });
        let fed = match fed {
            Ok(fed) => fed,
            Err(malformed) => {
                let ended = self.status_ended().unwrap_or_else(|| {
                    let outcome = match self.reader.status() {
                        Some(_) => Outcome::WrongBody,
                        None => Outcome::Closed,
                    };
                    Ended::new(outcome, malformed)
                });
                self.close(registry);
                return Some(ended);
            }
        };
        if self.check.terminal_seen() && !self.answered {
            self.answered = true;
            self.exchange.complete();
        }
        if !fed.done {
            return None;
        }
        if fed.taken < bytes.len() {
            let ended = self.end(EndOfBody::Framed);
            self.close(registry);
            return Some(ended);
        }
        Some(self.finish(registry, EndOfBody::Framed))
    }

    fn on_closed(&mut self, registry: &Registry, error: &str) -> Option<Ended> {
        let state = self.state;
        let ended = match self.reader.status() {
            _ if state == State::Idle => None,
            None => Some(Ended::new(Outcome::Closed, error)),
            Some(_) if self.reader.framing() == Framing::UntilClose && error.is_empty() => {
                Some(self.end(EndOfBody::Closed))
            }
            Some(_) => Some(self.end(EndOfBody::Cut)),
        };
        self.close(registry);
        ended
    }

    /// Names the outcome and keeps the connection where it may be kept.
    fn finish(&mut self, registry: &Registry, end: EndOfBody) -> Ended {
        let ended = self.end(end);
        if end == EndOfBody::Framed && self.reader.keep_alive() {
            self.state = State::Idle;
        } else {
            self.close(registry);
        }
        ended
    }

    fn end(&mut self, end: EndOfBody) -> Ended {
        if let Some(ended) = self.status_ended() {
            return ended;
        }
        let outcome = self.check.finish(end, &mut self.exchange);
        if !self.answered {
            self.exchange.complete();
        }
        Ended::new(outcome, self.check.reason().unwrap_or_default())
    }

    fn status_ended(&self) -> Option<Ended> {
        match self.reader.status() {
            Some(status) if status != 200 => Some(Ended::new(
                Outcome::Http(status),
                String::from_utf8_lossy(&self.refusal),
            )),
            _ => None,
        }
    }

    fn close(&mut self, registry: &Registry) {
        if let Some(mut socket) = self.socket.take() {
            // Closing the socket takes it off the list anyway.
            let _ = registry.deregister(&mut socket);
        }
        self.state = State::Down;
    }
}

/// Errors of the generator's own machine are told apart from the target's.
fn connect_failed(error: &io::Error) -> Ended {
    use rustix::io::Errno;
    let own = [
        Errno::MFILE,
        Errno::NFILE,
        Errno::ADDRNOTAVAIL,
        Errno::NOBUFS,
        Errno::NOMEM,
    ];
    let exhausted = error
        .raw_os_error()
        .is_some_and(|code| own.iter().any(|errno| errno.raw_os_error() == code));
    let outcome = if exhausted {
        Outcome::Exhausted
    } else {
        Outcome::Connect
    };
    Ended::new(outcome, error)
}
