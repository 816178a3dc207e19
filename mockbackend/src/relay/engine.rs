//! The relay's one thread.

use std::collections::{HashMap, VecDeque};
use std::io::{self, ErrorKind};
use std::net::SocketAddr;
use std::os::unix::net::UnixStream;
use std::time::Duration;

use mio::event::Event;
use mio::net::{TcpListener, TcpStream};
use mio::{Events, Interest, Poll, Token};
use signal_hook::consts::{SIGINT, SIGTERM};

use super::RelayOptions;
use super::link::{Found, Link, READ_BYTES, Side};
use super::log::Log;
use super::schedule::Schedule;
use super::timer::Timer;
use crate::clock::now_ns;
use crate::http::listener::listen;
use crate::server::{StartError, announce};

/// How long before a burst is due the thread begins to wait actively: longer
/// than the system takes to wake it.
const SPIN_NS: u64 = 100_000;
/// The last of it, in which not even the sockets are looked at: a look takes
/// about a microsecond.
const BLIND_NS: u64 = 3_000;

const LISTENER: Token = Token(0);
const TIMER: Token = Token(1);
const SIGNAL: Token = Token(2);
/// The tokens of links follow, two for each: its client's, its mock's.
const FIRST_LINK: usize = 2;

/// Forwards until SIGTERM or SIGINT, then prints what it did.
///
/// # Errors
/// [`StartError`], when the address is taken or the system refuses a file.
pub fn relay(options: &RelayOptions) -> Result<(), StartError> {
    let listener = listen(options.listen, 1)
        .map_err(|source| StartError::Listen {
            address: options.listen,
            source,
        })?
        .swap_remove(0);
    let listener = TcpListener::from_std(listener);
    let address = listener.local_addr()?;
    let mut engine = Engine::new(listener, options)?;
    announce(address)?;
    engine.run()?;
    println!("{}", engine.log.json());
    Ok(())
}

/// Bytes from a client that wait for their time.
#[derive(Debug)]
struct Burst {
    link: usize,
    bytes: Vec<u8>,
    read_ns: u64,
    due_ns: u64,
}

struct Engine {
    poll: Poll,
    listener: TcpListener,
    to: SocketAddr,
    /// Never to sleep.
    spin: bool,
    timer: Timer,
    /// Written to by the signals' handler; only the poll looks at it.
    _signal: mio::net::UnixStream,
    schedule: Schedule,
    links: HashMap<usize, Link>,
    next_link: usize,
    /// In the order in which they are due.
    bursts: VecDeque<Burst>,
    /// The buffers of bursts gone by.
    spare: Vec<Vec<u8>>,
    buffer: Box<[u8]>,
    /// Answers are being held back by the stall.
    holding_answers: bool,
    log: Log,
}

impl Engine {
    fn new(mut listener: TcpListener, options: &RelayOptions) -> io::Result<Self> {
        let poll = Poll::new()?;
        let registry = poll.registry();
        registry.register(&mut listener, LISTENER, Interest::READABLE)?;
        let timer = Timer::new(registry, TIMER)?;
        let (heard, told) = UnixStream::pair()?;
        heard.set_nonblocking(true)?;
        for signal in [SIGTERM, SIGINT] {
            signal_hook::low_level::pipe::register(signal, told.try_clone()?)?;
        }
        let mut signal = mio::net::UnixStream::from_std(heard);
        registry.register(&mut signal, SIGNAL, Interest::READABLE)?;
        Ok(Self {
            poll,
            listener,
            to: options.to,
            spin: options.spin,
            timer,
            _signal: signal,
            schedule: options.schedule(),
            links: HashMap::new(),
            next_link: FIRST_LINK,
            bursts: VecDeque::new(),
            spare: Vec::new(),
            buffer: vec![0; READ_BYTES].into(),
            holding_answers: false,
            log: Log::new(),
        })
    }

    fn run(&mut self) -> io::Result<()> {
        let mut events = Events::with_capacity(256);
        loop {
            self.wait(&mut events)?;
            for event in &events {
                match event.token() {
                    LISTENER => self.accept(),
                    TIMER => {}
                    SIGNAL => return Ok(()),
                    Token(token) => self.serve(token / 2, token % 2 == 1, event),
                }
                // A burst that has become due does not wait for the others.
                self.release();
            }
            self.release();
        }
    }

    /// Waits for events, or until the next burst is due.
    fn wait(&mut self, events: &mut Events) -> io::Result<()> {
        let timeout = match self.next_due_ns() {
            None => None,
            Some(due_ns) => {
                let left_ns = due_ns.saturating_sub(now_ns());
                if left_ns > SPIN_NS {
                    self.timer.wake_at(due_ns - SPIN_NS)?;
                    None
                } else {
                    if left_ns <= BLIND_NS {
                        while now_ns() < due_ns {
                            std::hint::spin_loop();
                        }
                        self.release();
                    }
                    Some(Duration::ZERO)
                }
            }
        };
        let timeout = if self.spin {
            Some(Duration::ZERO)
        } else {
            timeout
        };
        match self.poll.poll(events, timeout) {
            Err(error) if error.kind() == ErrorKind::Interrupted => Ok(()),
            polled => polled,
        }
    }

    /// When there is something to do that no event will announce.
    fn next_due_ns(&self) -> Option<u64> {
        let burst_ns = self.bursts.front().map(|burst| burst.due_ns);
        if !self.holding_answers {
            return burst_ns;
        }
        // Over already, unless it is on: then the answers are due now.
        let end_ns = self.schedule.stalled_until_ns(now_ns()).unwrap_or(0);
        Some(burst_ns.map_or(end_ns, |burst_ns| burst_ns.min(end_ns)))
    }

    /// Forwards everything that is due.
    fn release(&mut self) {
        while let Some(burst) = self.bursts.pop_front_if(|burst| burst.due_ns <= now_ns()) {
            self.forward(burst);
        }
        if self.holding_answers && self.schedule.stalled_until_ns(now_ns()).is_none() {
            self.holding_answers = false;
            let held: Vec<usize> = self.links.keys().copied().collect();
            for id in held {
                self.with_link(id, |engine, _, link| engine.answers(link));
            }
        }
    }

    fn forward(&mut self, burst: Burst) {
        self.with_link(burst.link, |engine, id, link| {
            let full = !link.takes_requests();
            link.delayed_bytes -= burst.bytes.len();
            let written_ns = now_ns();
            if link.mock.write(&burst.bytes, burst.read_ns)? {
                engine.log.forwarded(burst.read_ns, written_ns);
            }
            if full || (link.client.ended && link.delayed_bytes == 0) {
                engine.requests(id, link)?;
            }
            Ok(())
        });
        self.spare.push(burst.bytes);
    }

    fn accept(&mut self) {
        loop {
            match self.listener.accept() {
                // A client whose connection fails here sees it closed.
                Ok((client, _)) => drop(self.open(client)),
                Err(error)
                    if matches!(
                        error.kind(),
                        ErrorKind::Interrupted | ErrorKind::ConnectionAborted
                    ) => {}
                // Nobody is waiting; or files are short, and whoever waits is
                // accepted with the next one who comes.
                Err(_) => return,
            }
        }
    }

    fn open(&mut self, mut client: TcpStream) -> io::Result<()> {
        let mut mock = TcpStream::connect(self.to)?;
        client.set_nodelay(true)?;
        mock.set_nodelay(true)?;
        let id = self.next_link;
        self.next_link += 1;
        let both = Interest::READABLE | Interest::WRITABLE;
        let registry = self.poll.registry();
        registry.register(&mut client, Token(2 * id), both)?;
        registry.register(&mut mock, Token(2 * id + 1), both)?;
        self.links.insert(id, Link::new(client, mock));
        Ok(())
    }

    /// Does what the event of one side of a link asks for.
    fn serve(&mut self, id: usize, of_mock: bool, event: &Event) {
        self.with_link(id, |engine, id, link| {
            let side = if of_mock {
                &mut link.mock
            } else {
                &mut link.client
            };
            let error = event.is_error().then(|| side.stream.take_error());
            if let Some(error) = error.transpose()?.flatten() {
                return Err(error);
            }
            if event.is_readable() {
                side.announced(event.is_read_closed());
            }
            if event.is_writable() {
                engine.flush(side, of_mock)?;
            }
            // Room on one side is room to read from the other.
            if !of_mock || event.is_writable() {
                engine.requests(id, link)?;
            }
            if of_mock || event.is_writable() {
                engine.answers(link)?;
            }
            Ok(())
        });
    }

    fn flush(&mut self, side: &mut Side, of_mock: bool) -> io::Result<()> {
        let written_ns = now_ns();
        for read_ns in side.flush()? {
            if of_mock {
                self.log.forwarded(read_ns, written_ns);
            }
        }
        Ok(())
    }

    /// Reads from the client; what it brings goes on when it is due.
    fn requests(&mut self, id: usize, link: &mut Link) -> io::Result<()> {
        while link.takes_requests() {
            match link.client.read(&mut self.buffer)? {
                Found::Bytes(count) => {
                    let read_ns = now_ns();
                    let due_ns = self.schedule.due_ns(read_ns);
                    if due_ns > read_ns {
                        self.delay(id, link, count, read_ns, due_ns);
                        continue;
                    }
                    let written_ns = now_ns();
                    if link.mock.write(&self.buffer[..count], read_ns)? {
                        self.log.forwarded(read_ns, written_ns);
                    }
                }
                Found::Nothing | Found::End => break,
            }
        }
        if link.client.ended && link.delayed_bytes == 0 {
            link.mock.close()?;
        }
        Ok(())
    }

    fn delay(&mut self, id: usize, link: &mut Link, count: usize, read_ns: u64, due_ns: u64) {
        let mut bytes = self.spare.pop().unwrap_or_default();
        bytes.clear();
        bytes.extend_from_slice(&self.buffer[..count]);
        link.delayed_bytes += count;
        self.bursts.push_back(Burst {
            link: id,
            bytes,
            read_ns,
            due_ns,
        });
    }

    /// Reads from the mock and passes it on at once.
    fn answers(&mut self, link: &mut Link) -> io::Result<()> {
        if self.schedule.stalled_until_ns(now_ns()).is_some() {
            self.holding_answers = true;
            return Ok(());
        }
        while link.takes_answers() {
            match link.mock.read(&mut self.buffer)? {
                Found::Bytes(count) => {
                    link.client.write(&self.buffer[..count], 0)?;
                }
                Found::Nothing | Found::End => break,
            }
        }
        if link.mock.ended {
            link.client.close()?;
        }
        Ok(())
    }

    /// Takes a link out, does something with it, and puts it back unless that
    /// failed or was its end.
    fn with_link(
        &mut self,
        id: usize,
        work: impl FnOnce(&mut Self, usize, &mut Link) -> io::Result<()>,
    ) {
        let Some(mut link) = self.links.remove(&id) else {
            return;
        };
        // What fails here, fails because one of the two is gone; dropping the
        // link tells the other.
        if work(self, id, &mut link).is_ok() && !link.is_over() {
            self.links.insert(id, link);
        }
    }
}
