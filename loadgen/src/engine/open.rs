//! The open loop: requests are sent when they were planned to be, whether or
//! not earlier ones have been answered.

use std::collections::VecDeque;
use std::iter::Peekable;

use workload::Outcome;

use super::pool::Pool;
use crate::arrivals::Schedule;
use crate::clock::cpu_ns;
use crate::exchange::Plan;

/// A request that is due while no connection is free.
#[derive(Clone, Copy, Debug)]
struct Waiting {
    planned_ns: u64,
    noticed_ns: u64,
}

/// Decides what an open loop sends, and on which connection.
#[derive(Debug)]
pub(super) struct Open {
    schedule: Peekable<Schedule>,
    started_ns: u64,
    cpu_before_ns: u64,
    /// When the last request planned so far was due, from the beginning.
    planned_to_ns: u64,
    /// Requests that are still to come, and the end of the plan.
    remaining: u64,
    stop_at_ns: u64,
    waiting: VecDeque<Waiting>,
    /// Connections without a request; the one used last is on top, so that
    /// few are kept busy rather than many now and then.
    free: Vec<usize>,
    give_up_after_ns: u64,
}

impl Open {
    pub(super) fn new(
        schedule: Schedule,
        started_ns: u64,
        requests: u64,
        stop_at_ns: u64,
        connections: usize,
        give_up_after_ns: u64,
    ) -> Self {
        Self {
            schedule: schedule.peekable(),
            started_ns,
            cpu_before_ns: cpu_ns(),
            planned_to_ns: 0,
            remaining: requests,
            stop_at_ns,
            waiting: VecDeque::with_capacity(4096),
            free: (0..connections).rev().collect(),
            give_up_after_ns,
        }
    }

    /// When the next request is due; `None` when the plan is done.
    pub(super) fn next_due_ns(&mut self) -> Option<u64> {
        if self.remaining == 0 {
            return None;
        }
        let at_ns = self.started_ns.saturating_add(*self.schedule.peek()?);
        (at_ns < self.stop_at_ns).then_some(at_ns)
    }

    /// Sends what is due; what finds no connection waits for one.
    pub(super) fn send_due(&mut self, pool: &mut Pool, now_ns: u64) {
        while let Some(planned_ns) = self.next_due_ns() {
            if planned_ns > now_ns {
                return;
            }
            self.schedule.next();
            self.planned_to_ns = planned_ns - self.started_ns;
            self.remaining -= 1;
            match self.free.pop() {
                Some(index) => {
                    let plan = Plan {
                        planned_ns,
                        queue_wait_ns: 0,
                    };
                    if !pool.send(index, Some(plan)) {
                        self.free.push(index);
                    }
                }
                None => self.waiting.push_back(Waiting {
                    planned_ns,
                    noticed_ns: now_ns,
                }),
            }
        }
    }

    /// Connection `index` has no request any more: it takes the one that has
    /// waited longest.
    pub(super) fn on_free(&mut self, pool: &mut Pool, index: usize, now_ns: u64) {
        while let Some(waiting) = self.waiting.pop_front() {
            let plan = Plan {
                planned_ns: waiting.planned_ns,
                queue_wait_ns: now_ns.saturating_sub(waiting.noticed_ns),
            };
            if pool.send(index, Some(plan)) {
                return;
            }
        }
        self.free.push(index);
    }

    /// Gives up what has waited for a connection as long as an answer may take.
    pub(super) fn give_up_old(&mut self, pool: &mut Pool, now_ns: u64) {
        while let Some(waiting) = self.waiting.front() {
            if now_ns.saturating_sub(waiting.planned_ns) <= self.give_up_after_ns {
                return;
            }
            self.waiting.pop_front();
            pool.recorder.count(
                Outcome::Exhausted,
                "no connection was free within the timeout; raise --max-connections",
            );
        }
    }

    /// Names what was never sent because the run was cut off.
    pub(super) fn cut_off(&mut self, pool: &mut Pool) {
        for _ in self.waiting.drain(..) {
            pool.recorder.count(
                Outcome::Capped,
                "due, but never sent: no connection was free",
            );
        }
    }

    /// When the plan began.
    pub(super) fn started_ns(&self) -> u64 {
        self.started_ns
    }

    /// When the plan ends, if it ends with time.
    pub(super) fn stop_at_ns(&self) -> u64 {
        self.stop_at_ns
    }

    /// CPU time of this process when it began.
    pub(super) fn cpu_before_ns(&self) -> u64 {
        self.cpu_before_ns
    }

    /// When the last request was due, from the beginning.
    pub(super) fn planned_to_ns(&self) -> u64 {
        self.planned_to_ns
    }

    pub(super) fn wants_more(&mut self) -> bool {
        !self.waiting.is_empty() || self.next_due_ns().is_some()
    }
}
