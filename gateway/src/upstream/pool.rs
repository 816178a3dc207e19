//! Connections that wait for their next request. One pool a worker, so nothing is locked.

use std::cell::RefCell;
use std::time::{Duration, Instant};

use super::connection::Connection;

/// How long a connection may wait: less than the minute after which many servers close.
const LONGEST_IDLE: Duration = Duration::from_secs(50);

struct Idle {
    connection: Connection,
    since: Instant,
}

pub(super) struct Pool {
    /// A list a provider, in the configuration's order; the longest waiting first.
    idle: RefCell<Vec<Vec<Idle>>>,
}

impl Pool {
    pub(super) fn new(providers: usize) -> Self {
        let mut idle = Vec::new();
        idle.resize_with(providers, Vec::new);
        Self {
            idle: RefCell::new(idle),
        }
    }

    /// The connection used last that is still good.
    pub(super) fn take(&self, provider: usize) -> Option<Connection> {
        let mut idle = self.idle.borrow_mut();
        let waiting = idle.get_mut(provider)?;
        while let Some(Idle { connection, .. }) = waiting.pop() {
            if connection.is_quiet() {
                return Some(connection);
            }
        }
        None
    }

    /// Keeps a connection whose response was read to its end, unless `max_idle` are kept.
    pub(super) fn put(&self, provider: usize, connection: Connection, max_idle: usize) {
        if let Some(waiting) = self.idle.borrow_mut().get_mut(provider)
            && waiting.len() < max_idle
        {
            waiting.push(Idle {
                connection,
                since: Instant::now(),
            });
        }
    }

    /// Closes the connections that have waited too long.
    pub(super) fn close_idle(&self, now: Instant) {
        for waiting in self.idle.borrow_mut().iter_mut() {
            waiting.retain(|idle| now.saturating_duration_since(idle.since) < LONGEST_IDLE);
        }
    }
}
