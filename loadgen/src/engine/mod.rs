//! The event loop: sends what is to be sent and records what comes back.

mod closed;
mod open;
mod pool;
mod timer;

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use mio::{Events, Poll, Token};
use workload::{Expected, Outcome};

use crate::arrivals::{Arrivals, Schedule};
use crate::clock::{cpu_ns, now_ns};
use crate::connection::{Connection, Limits};
use crate::record::Recorder;
use closed::Closed;
use open::Open;
use pool::Pool;
use timer::Timer;

/// Bytes read from a socket at once.
const READ_BYTES: usize = 64 * 1024;
/// How often deadlines are looked at; they are exact to this much.
const TICK: Duration = Duration::from_millis(5);
/// Ticks between two calls of `on_tick`.
const TICKS_PER_CALL: u64 = 40;
/// The timer's events; connections have their index.
const TIMER: Token = Token(usize::MAX);

/// When a stretch of load stops sending.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Limit {
    /// After so many requests.
    Requests(u64),
    /// After this long.
    Duration(Duration),
}

/// When requests are sent.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Pacing {
    /// When an answer has come: each connection is a worker.
    Closed,
    /// At planned times.
    Open {
        /// Requests a second.
        rate_rps: f64,
        /// How they are spread.
        arrivals: Arrivals,
        /// What a random plan depends on.
        seed: u64,
    },
}

/// A stretch of load.
#[derive(Clone, Copy, Debug)]
pub struct Load {
    /// When requests are sent.
    pub pacing: Pacing,
    /// When it stops sending.
    pub limit: Limit,
    /// When what is under way is cut off.
    pub max_wall: Option<Duration>,
}

/// What a stretch of load brought.
#[derive(Debug)]
pub struct Stretch {
    /// Outcomes and times.
    pub recorder: Recorder,
    /// When it began, by the monotonic clock.
    pub started_ns: u64,
    /// From its beginning to the end of its duration, or to the last right
    /// answer where the number of requests was given.
    pub elapsed_ns: u64,
    /// Right answers within `elapsed_ns`.
    pub ok_in_time: u64,
    /// From its beginning to the last right answer.
    pub last_done_ns: u64,
    /// When the last request of an open loop was due, from its beginning.
    pub planned_to_ns: u64,
    /// CPU time of this process, in nanoseconds.
    pub cpu_ns: u64,
    /// Connections that were made.
    pub connects: u64,
}

/// The generator's connections to one target for one workload.
#[derive(Debug)]
pub struct Engine {
    poll: Poll,
    events: Events,
    timer: Timer,
    pool: Pool,
    buffer: Vec<u8>,
    timeout: Duration,
}

/// Who decides what is sent next.
#[derive(Debug)]
enum Sender {
    Closed(Closed),
    Open(Box<Open>),
}

impl Engine {
    /// An engine of at most `connections` connections, none of them open yet.
    ///
    /// # Errors
    /// When the kernel gives no event queue or no timer.
    pub fn new(
        target: SocketAddr,
        request: &Arc<[u8]>,
        expected: &Arc<Expected>,
        connections: usize,
        limits: Limits,
    ) -> io::Result<Self> {
        let poll = Poll::new()?;
        let timer = Timer::new(poll.registry(), TIMER)?;
        let registry = poll.registry().try_clone()?;
        let connection = |index| {
            let (request, expected) = (Arc::clone(request), Arc::clone(expected));
            Connection::new(Token(index), target, request, expected, limits)
        };
        Ok(Self {
            poll,
            events: Events::with_capacity(connections.clamp(64, 4096)),
            timer,
            pool: Pool::new(registry, (0..connections).map(connection).collect()),
            buffer: vec![0; READ_BYTES],
            timeout: limits.timeout,
        })
    }

    /// Lets the next stretch use so many of the connections.
    pub fn use_connections(&mut self, connections: usize) {
        self.pool.in_use = connections.min(self.pool.connections.len());
    }

    /// Runs one stretch of load to its end. `on_tick` is called a few times a
    /// second with the number of requests that have ended.
    ///
    /// # Errors
    /// When the kernel's event queue or timer fails.
    pub fn run(&mut self, load: Load, on_tick: &mut dyn FnMut(u64)) -> io::Result<Stretch> {
        let connects_before = self.pool.connects();
        let cpu_before_ns = cpu_ns();
        let started_ns = now_ns();
        let stop_at_ns = match load.limit {
            Limit::Requests(_) => u64::MAX,
            Limit::Duration(duration) => after(started_ns, duration),
        };
        let cut_off_ns = load
            .max_wall
            .map_or(u64::MAX, |wall| after(started_ns, wall));
        self.pool.begin(stop_at_ns.min(cut_off_ns));
        let mut sender = self.sender(load, started_ns, stop_at_ns.min(cut_off_ns));
        self.until_done(&mut sender, cut_off_ns, on_tick)?;
        let last_done_ns = self.pool.recorder.last_done_ns().max(started_ns) - started_ns;
        Ok(Stretch {
            started_ns,
            elapsed_ns: match load.limit {
                Limit::Duration(_) => stop_at_ns.min(cut_off_ns) - started_ns,
                Limit::Requests(_) => last_done_ns,
            },
            ok_in_time: self.pool.ok_in_time,
            last_done_ns,
            planned_to_ns: match &sender {
                Sender::Closed(_) => 0,
                Sender::Open(open) => open.planned_to_ns(),
            },
            cpu_ns: cpu_ns() - cpu_before_ns,
            connects: self.pool.connects() - connects_before,
            recorder: std::mem::take(&mut self.pool.recorder),
        })
    }

    fn sender(&self, load: Load, started_ns: u64, stop_at_ns: u64) -> Sender {
        match load.pacing {
            Pacing::Closed => Sender::Closed(Closed::new(load.limit, stop_at_ns)),
            Pacing::Open {
                rate_rps,
                arrivals,
                seed,
            } => Sender::Open(Box::new(Open::new(
                Schedule::new(arrivals, rate_rps, seed),
                started_ns,
                match load.limit {
                    Limit::Requests(requests) => requests,
                    Limit::Duration(_) => u64::MAX,
                },
                stop_at_ns,
                self.pool.in_use,
                u64::try_from(self.timeout.as_nanos()).unwrap_or(u64::MAX),
            ))),
        }
    }

    fn until_done(
        &mut self,
        sender: &mut Sender,
        cut_off_ns: u64,
        on_tick: &mut dyn FnMut(u64),
    ) -> io::Result<()> {
        let mut next_tick_ns = 0;
        let mut ticks = 0_u64;
        let mut freed = Vec::with_capacity(self.pool.connections.len());
        loop {
            let now = now_ns();
            if now >= next_tick_ns {
                next_tick_ns = after(now, TICK);
                ticks += 1;
                if ticks.is_multiple_of(TICKS_PER_CALL) {
                    on_tick(self.pool.recorder.total());
                }
                if now >= cut_off_ns {
                    self.pool.cut_off();
                    sender.cut_off(&mut self.pool);
                    return Ok(());
                }
                self.pool.check_deadlines(now, &mut freed);
                for index in freed.drain(..) {
                    sender.on_free(&mut self.pool, index, now);
                }
                sender.on_tick(&mut self.pool, now);
                if !sender.wants_more(now) && !self.pool.any_busy() {
                    return Ok(());
                }
            }
            sender.send_due(&mut self.pool, now);
            if let Some(due_ns) = sender.next_due_ns() {
                self.timer.set(due_ns)?;
            }
            match self.poll.poll(&mut self.events, Some(TICK)) {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                polled => polled?,
            }
            self.take_events(sender);
        }
    }

    fn take_events(&mut self, sender: &mut Sender) {
        for event in &self.events {
            let index = event.token().0;
            // The timer only ends the wait; the loop looks what is due.
            let Some(connection) = self.pool.connections.get_mut(index) else {
                continue;
            };
            let ended = connection.on_ready(
                &self.pool.registry,
                event.is_read_closed(),
                &mut self.buffer,
            );
            if let Some(ended) = ended {
                self.pool.take(index, &ended);
                let now_ns = match ended.outcome {
                    Outcome::Ok => self.pool.connections[index].exchange.last_read_ns(),
                    _ => now_ns(),
                };
                sender.on_free(&mut self.pool, index, now_ns);
                // What became due while others were being read is not late
                // because of the order of events.
                if let Sender::Open(open) = sender {
                    open.send_due(&mut self.pool, now_ns);
                }
            }
        }
    }
}

impl Sender {
    fn on_free(&mut self, pool: &mut Pool, index: usize, now_ns: u64) {
        match self {
            Self::Closed(closed) => closed.on_free(pool, index, now_ns),
            Self::Open(open) => open.on_free(pool, index, now_ns),
        }
    }

    fn on_tick(&mut self, pool: &mut Pool, now_ns: u64) {
        match self {
            Self::Closed(closed) => closed.wake(pool, now_ns),
            Self::Open(open) => open.give_up_old(pool, now_ns),
        }
    }

    fn send_due(&mut self, pool: &mut Pool, now_ns: u64) {
        if let Self::Open(open) = self {
            open.send_due(pool, now_ns);
        }
    }

    fn next_due_ns(&mut self) -> Option<u64> {
        match self {
            Self::Closed(_) => None,
            Self::Open(open) => open.next_due_ns(),
        }
    }

    fn cut_off(&mut self, pool: &mut Pool) {
        if let Self::Open(open) = self {
            open.cut_off(pool);
        }
    }

    fn wants_more(&mut self, now_ns: u64) -> bool {
        match self {
            Self::Closed(closed) => closed.wants_more(now_ns),
            Self::Open(open) => open.wants_more(),
        }
    }
}

fn after(from_ns: u64, duration: Duration) -> u64 {
    from_ns.saturating_add(u64::try_from(duration.as_nanos()).unwrap_or(u64::MAX))
}
