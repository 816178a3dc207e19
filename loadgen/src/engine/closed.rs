//! The closed loop: workers that each send their next request as soon as they
//! have the answer to the one before.

use super::Limit;
use super::pool::Pool;

/// Decides when the workers of a closed loop send.
#[derive(Debug)]
pub(super) struct Closed {
    limit: Limit,
    stop_at_ns: u64,
    sent: u64,
}

impl Closed {
    pub(super) fn new(limit: Limit, stop_at_ns: u64) -> Self {
        Self {
            limit,
            stop_at_ns,
            sent: 0,
        }
    }

    /// Lets worker `index` send, unless it is to stop or to rest.
    pub(super) fn on_free(&mut self, pool: &mut Pool, index: usize, now_ns: u64) {
        if !self.wants_more(now_ns) || pool.is_resting(index, now_ns) {
            return;
        }
        self.sent += 1;
        pool.send(index, None);
    }

    /// Lets all workers send that do nothing.
    pub(super) fn wake(&mut self, pool: &mut Pool, now_ns: u64) {
        for index in 0..pool.in_use {
            if !pool.connections[index].busy() {
                self.on_free(pool, index, now_ns);
            }
        }
    }

    pub(super) fn wants_more(&self, now_ns: u64) -> bool {
        match self.limit {
            Limit::Requests(requests) => self.sent < requests,
            Limit::Duration(_) => now_ns < self.stop_at_ns,
        }
    }
}
