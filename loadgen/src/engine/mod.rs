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
use crate::connection::{Connection, Patience};
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
pub enum StopAfter {
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
    pub stop: StopAfter,
    /// Answers of a closed loop before its duration begins; they flow into it.
    pub ramp: u64,
    /// When what is under way is cut off.
    pub max_wall: Option<Duration>,
}

/// What a stretch of load brought.
#[derive(Debug)]
pub struct Stretch {
    /// Outcomes and times.
    pub recorder: Recorder,
    /// What the ramp before it brought, where there was one.
    pub ramped: Option<Recorder>,
    /// When it began, by the monotonic clock.
    pub started_ns: u64,
    /// From its beginning to the end of its duration, or to the end of the
    /// last request where their number was given.
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
    Closed(Box<Closed>),
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
        patience: Patience,
    ) -> io::Result<Self> {
        let poll = Poll::new()?;
        let timer = Timer::new(poll.registry(), TIMER)?;
        let registry = poll.registry().try_clone()?;
        let connection = |index| {
            let (request, expected) = (Arc::clone(request), Arc::clone(expected));
            Connection::new(Token(index), target, request, expected, patience)
        };
        Ok(Self {
            poll,
            events: Events::with_capacity(connections.clamp(64, 4096)),
            timer,
            pool: Pool::new(registry, (0..connections).map(connection).collect()),
            buffer: vec![0; READ_BYTES],
            timeout: patience.timeout,
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
        let started_ns = now_ns();
        let stop_at_ns = match load.stop {
            StopAfter::Requests(_) => u64::MAX,
            StopAfter::Duration(duration) => after(started_ns, duration),
        };
        self.pool.begin(stop_at_ns);
        let mut sender = self.sender(load, started_ns, stop_at_ns);
        self.until_done(&mut sender, load.max_wall, on_tick)?;
        let started_ns = sender.started_ns();
        let recorder = std::mem::take(&mut self.pool.recorder);
        // Without a duration, or before it began, the load ends with its last
        // exchange.
        let stop_at_ns = match sender.stop_at_ns() {
            u64::MAX => self.pool.last_ended_ns.max(started_ns),
            stop_at_ns => stop_at_ns,
        };
        let cut_off_ns = load.max_wall.map(|wall| after(started_ns, wall));
        Ok(Stretch {
            started_ns,
            elapsed_ns: stop_at_ns.min(cut_off_ns.unwrap_or(u64::MAX)) - started_ns,
            ok_in_time: self.pool.ok_in_time,
            last_done_ns: recorder.last_done_ns().saturating_sub(started_ns),
            planned_to_ns: sender.planned_to_ns(),
            cpu_ns: cpu_ns() - sender.cpu_before_ns(),
            connects: self.pool.connects() - connects_before,
            ramped: sender.into_ramped(),
            recorder,
        })
    }

    fn sender(&self, load: Load, started_ns: u64, stop_at_ns: u64) -> Sender {
        match load.pacing {
            Pacing::Closed => {
                let longest = load.max_wall.unwrap_or(self.timeout) / 2;
                Sender::Closed(Box::new(Closed::new(
                    load.stop, load.ramp, longest, started_ns,
                )))
            }
            Pacing::Open {
                rate_rps,
                arrivals,
                seed,
            } => Sender::Open(Box::new(Open::new(
                Schedule::new(arrivals, rate_rps, seed),
                started_ns,
                match load.stop {
                    StopAfter::Requests(requests) => requests,
                    StopAfter::Duration(_) => u64::MAX,
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
        max_wall: Option<Duration>,
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
                let cut_off_ns = max_wall.map(|wall| after(sender.started_ns(), wall));
                if cut_off_ns.is_some_and(|cut_off_ns| now >= cut_off_ns) {
                    self.pool.cut_off();
                    sender.cut_off(&mut self.pool);
                    return Ok(());
                }
                self.pool.check_deadlines(now, &mut freed);
                for index in freed.drain(..) {
                    sender.on_free(&mut self.pool, index, now);
                }
                sender.on_tick(&mut self.pool, now);
                if !sender.wants_more(&mut self.pool, now) && !self.pool.any_busy() {
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

    /// When the measured stretch began.
    fn started_ns(&self) -> u64 {
        match self {
            Self::Closed(closed) => closed.started_ns(),
            Self::Open(open) => open.started_ns(),
        }
    }

    fn cpu_before_ns(&self) -> u64 {
        match self {
            Self::Closed(closed) => closed.cpu_before_ns(),
            Self::Open(open) => open.cpu_before_ns(),
        }
    }

    /// When it was to stop sending; `u64::MAX` where a number is to be sent.
    fn stop_at_ns(&self) -> u64 {
        match self {
            Self::Closed(closed) => closed.stop_at_ns(),
            Self::Open(open) => open.stop_at_ns(),
        }
    }

    fn planned_to_ns(&self) -> u64 {
        match self {
            Self::Closed(_) => 0,
            Self::Open(open) => open.planned_to_ns(),
        }
    }

    fn into_ramped(self) -> Option<Recorder> {
        match self {
            Self::Closed(closed) => closed.into_ramped(),
            Self::Open(_) => None,
        }
    }

    fn wants_more(&mut self, pool: &mut Pool, now_ns: u64) -> bool {
        match self {
            Self::Closed(closed) => closed.wants_more(pool, now_ns),
            Self::Open(open) => open.wants_more(),
        }
    }
}

fn after(from_ns: u64, duration: Duration) -> u64 {
    from_ns.saturating_add(u64::try_from(duration.as_nanos()).unwrap_or(u64::MAX))
}
