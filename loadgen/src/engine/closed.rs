//! The closed loop: workers that each send their next request as soon as they
//! have the answer to the one before.

use std::time::Duration;

use super::pool::Pool;
use super::{StopAfter, after};
use crate::clock::cpu_ns;
use crate::record::Recorder;

/// How far a duration is stretched at a time, when it brought too little.
const STRETCH: Duration = Duration::from_millis(5);

/// Decides when the workers of a closed loop send.
///
/// A duration is a window into a loop that is in its stride: it opens when the
/// ramp's answers have come, without the workers stopping in between, so that
/// it neither begins nor ends with an empty pipeline. It stays open until
/// there was an answer a worker, for a target so slow that the duration alone
/// would show nothing.
#[derive(Debug)]
pub(super) struct Closed {
    stop: StopAfter,
    /// Answers before the window opens; `None`: it is open.
    ramp: Option<u64>,
    /// What the ramp brought.
    ramped: Option<Recorder>,
    /// The recorder of the window, made before it opens.
    spare: Option<Recorder>,
    started_ns: u64,
    cpu_before_ns: u64,
    stop_at_ns: u64,
    /// A window is stretched at most to this part of the wall cap.
    longest: Duration,
    stopped: bool,
    sent: u64,
}

impl Closed {
    pub(super) fn new(stop: StopAfter, ramp: u64, longest: Duration, started_ns: u64) -> Self {
        let ramp = match stop {
            StopAfter::Duration(_) if ramp > 0 => Some(ramp),
            _ => None,
        };
        Self {
            stop,
            ramp,
            ramped: None,
            spare: ramp.map(|_| Recorder::new()),
            started_ns,
            cpu_before_ns: cpu_ns(),
            stop_at_ns: match (stop, ramp) {
                (StopAfter::Duration(duration), None) => after(started_ns, duration),
                _ => u64::MAX,
            },
            longest,
            stopped: false,
            sent: 0,
        }
    }

    /// Lets worker `index` send, unless it is to stop or to rest.
    pub(super) fn on_free(&mut self, pool: &mut Pool, index: usize, now_ns: u64) {
        if !self.wants_more(pool, now_ns) || pool.is_resting(index, now_ns) {
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

    pub(super) fn wants_more(&mut self, pool: &mut Pool, now_ns: u64) -> bool {
        let duration = match self.stop {
            StopAfter::Requests(requests) => return self.sent < requests,
            StopAfter::Duration(duration) => duration,
        };
        if let Some(ramp) = self.ramp {
            if pool.recorder.total() < ramp {
                return true;
            }
            self.open_window(pool, duration, now_ns);
        }
        if self.stopped || now_ns < self.stop_at_ns {
            return !self.stopped;
        }
        let enough = pool.recorder.total() >= pool.in_use as u64;
        if enough || now_ns >= after(self.started_ns, self.longest.max(duration)) {
            self.stopped = true;
            return false;
        }
        self.stop_at_ns = after(now_ns, STRETCH);
        pool.count_all_until(self.stop_at_ns);
        true
    }

    fn open_window(&mut self, pool: &mut Pool, duration: Duration, now_ns: u64) {
        self.ramp = None;
        let fresh = self.spare.take().unwrap_or_default();
        self.ramped = Some(std::mem::replace(&mut pool.recorder, fresh));
        self.started_ns = now_ns;
        self.cpu_before_ns = cpu_ns();
        self.stop_at_ns = after(now_ns, duration);
        pool.count_all_until(self.stop_at_ns);
    }

    /// When the measured stretch began.
    pub(super) fn started_ns(&self) -> u64 {
        self.started_ns
    }

    /// CPU time of this process when it began.
    pub(super) fn cpu_before_ns(&self) -> u64 {
        self.cpu_before_ns
    }

    /// When it stopped sending, in a duration.
    pub(super) fn stop_at_ns(&self) -> u64 {
        self.stop_at_ns
    }

    /// What the ramp brought; all of a run that was cut off in it.
    pub(super) fn into_ramped(self) -> Option<Recorder> {
        self.ramped
    }
}
