//! The event loop: keeps the connections busy and records what they bring.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use mio::{Events, Poll, Token};
use workload::{Expected, Outcome};

use crate::clock::{cpu_ns, now_ns};
use crate::connection::{Connection, Ended, Limits};
use crate::record::Recorder;

/// Bytes read from a socket at once.
const READ_BYTES: usize = 64 * 1024;
/// How often deadlines are looked at; they are exact to this much.
const TICK: Duration = Duration::from_millis(5);
/// How long a worker that could not connect waits before it tries again.
const RETRY: Duration = Duration::from_millis(10);

/// When a closed loop stops sending.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Limit {
    /// After so many requests.
    Requests(u64),
    /// After this long.
    Duration(Duration),
}

/// A stretch of load: workers that each send their next request as soon as
/// they have the answer to the one before.
#[derive(Clone, Copy, Debug)]
pub struct Closed {
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
    /// When the first request was sent, by the monotonic clock.
    pub started_ns: u64,
    /// From the first request to the end of the duration, or to the last
    /// answer where the number of requests was given.
    pub elapsed_ns: u64,
    /// Right answers within `elapsed_ns`.
    pub ok_in_time: u64,
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
    connections: Vec<Connection>,
    /// Until when a worker whose connection failed stays quiet.
    quiet_until_ns: Vec<u64>,
    buffer: Vec<u8>,
}

/// The counters of a stretch that is under way.
struct Progress<'a> {
    closed: Closed,
    started_ns: u64,
    stop_sending_ns: u64,
    cut_off_ns: u64,
    sent: u64,
    stretch: Stretch,
    on_tick: &'a mut dyn FnMut(u64),
}

impl Engine {
    /// An engine of `concurrency` connections, none of them open yet.
    ///
    /// # Errors
    /// When the kernel gives no event queue.
    pub fn new(
        target: SocketAddr,
        request: &Arc<[u8]>,
        expected: &Arc<Expected>,
        concurrency: usize,
        limits: Limits,
    ) -> io::Result<Self> {
        Ok(Self {
            poll: Poll::new()?,
            events: Events::with_capacity(concurrency.clamp(64, 4096)),
            connections: (0..concurrency)
                .map(|index| {
                    Connection::new(
                        Token(index),
                        target,
                        Arc::clone(request),
                        Arc::clone(expected),
                        limits,
                    )
                })
                .collect(),
            quiet_until_ns: vec![0; concurrency],
            buffer: vec![0; READ_BYTES],
        })
    }

    /// Runs one stretch of closed-loop load to its end. `on_tick` is called a
    /// few times a second with the number of requests that have ended.
    ///
    /// # Errors
    /// When the kernel's event queue fails.
    pub fn run(&mut self, closed: Closed, on_tick: &mut dyn FnMut(u64)) -> io::Result<Stretch> {
        let connects_before = self.connects();
        let cpu_before_ns = cpu_ns();
        let started_ns = now_ns();
        let after = |duration: Duration| {
            started_ns.saturating_add(u64::try_from(duration.as_nanos()).unwrap_or(u64::MAX))
        };
        let mut progress = Progress {
            closed,
            started_ns,
            stop_sending_ns: match closed.limit {
                Limit::Requests(_) => u64::MAX,
                Limit::Duration(duration) => after(duration),
            },
            cut_off_ns: closed.max_wall.map_or(u64::MAX, after),
            sent: 0,
            stretch: Stretch {
                recorder: Recorder::new(),
                started_ns,
                elapsed_ns: 0,
                ok_in_time: 0,
                cpu_ns: 0,
                connects: 0,
            },
            on_tick,
        };
        self.quiet_until_ns.fill(0);
        for index in 0..self.connections.len() {
            self.send_next(index, &mut progress);
        }
        let mut next_tick_ns = started_ns;
        let mut ticks = 0_u64;
        loop {
            match self.poll.poll(&mut self.events, Some(TICK)) {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                polled => polled?,
            }
            let events = std::mem::replace(&mut self.events, Events::with_capacity(0));
            for event in &events {
                let index = event.token().0;
                let ready = self.connections[index].on_ready(
                    self.poll.registry(),
                    event.is_read_closed(),
                    &mut self.buffer,
                );
                if let Some(ended) = ready {
                    self.take_ended(index, ended, &mut progress);
                    self.send_next(index, &mut progress);
                }
            }
            self.events = events;
            let now_ns = now_ns();
            if now_ns < next_tick_ns {
                continue;
            }
            next_tick_ns = now_ns + TICK.as_nanos() as u64;
            ticks += 1;
            if ticks.is_multiple_of(40) {
                (progress.on_tick)(progress.stretch.recorder.total());
            }
            if !self.tick(now_ns, &mut progress) {
                break;
            }
        }
        let mut stretch = progress.stretch;
        stretch.elapsed_ns = match closed.limit {
            Limit::Duration(duration) => {
                (duration.as_nanos() as u64).min(progress.cut_off_ns.saturating_sub(started_ns))
            }
            Limit::Requests(_) => {
                stretch
                    .recorder
                    .last_done_ns()
                    .max(started_ns)
                    .min(progress.cut_off_ns)
                    - started_ns
            }
        };
        stretch.cpu_ns = cpu_ns() - cpu_before_ns;
        stretch.connects = self.connects() - connects_before;
        Ok(stretch)
    }

    fn connects(&self) -> u64 {
        self.connections.iter().map(|c| c.connects).sum()
    }

    /// Looks at deadlines and at workers that wait; says whether to go on.
    fn tick(&mut self, now_ns: u64, progress: &mut Progress<'_>) -> bool {
        if now_ns >= progress.cut_off_ns {
            for index in 0..self.connections.len() {
                if let Some(ended) = self.connections[index].cut_off(self.poll.registry()) {
                    self.take_ended(index, ended, progress);
                }
            }
            return false;
        }
        let mut under_way = progress.may_send(now_ns);
        for index in 0..self.connections.len() {
            let connection = &mut self.connections[index];
            if let Some(ended) = connection.check_deadlines(self.poll.registry(), now_ns) {
                self.take_ended(index, ended, progress);
            }
            if !self.connections[index].busy() {
                self.send_next(index, progress);
            }
            under_way |= self.connections[index].busy();
        }
        under_way
    }

    /// Lets an idle worker send, again and again while its requests end at
    /// once without a connection having failed.
    fn send_next(&mut self, index: usize, progress: &mut Progress<'_>) {
        let now_ns = now_ns();
        if !progress.may_send(now_ns) || now_ns < self.quiet_until_ns[index] {
            return;
        }
        progress.sent += 1;
        if let Some(ended) = self.connections[index].start(self.poll.registry()) {
            self.take_ended(index, ended, progress);
        }
    }

    fn take_ended(&mut self, index: usize, ended: Ended, progress: &mut Progress<'_>) {
        let connection = &self.connections[index];
        let recorder = &mut progress.stretch.recorder;
        if ended.outcome == Outcome::Ok {
            recorder.take_right(&connection.exchange, connection.events());
            let done_ns = connection.exchange.done_ns();
            if done_ns <= progress.stop_sending_ns {
                progress.stretch.ok_in_time += 1;
            }
            return;
        }
        recorder.count(ended.outcome, &ended.why);
        // A target that refuses is not hammered; it may be about to come back.
        if matches!(
            ended.outcome,
            Outcome::Connect | Outcome::Closed | Outcome::Exhausted
        ) {
            self.quiet_until_ns[index] = now_ns() + RETRY.as_nanos() as u64;
        }
    }
}

impl Progress<'_> {
    fn may_send(&self, now_ns: u64) -> bool {
        now_ns < self.stop_sending_ns
            && now_ns < self.cut_off_ns
            && match self.closed.limit {
                Limit::Requests(requests) => self.sent < requests,
                Limit::Duration(_) => now_ns >= self.started_ns,
            }
    }
}
