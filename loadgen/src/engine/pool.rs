//! The connections, and what their exchanges brought.

use mio::Registry;
use workload::Outcome;

use crate::clock::now_ns;
use crate::connection::{Connection, Ended};
use crate::exchange::Plan;
use crate::record::Recorder;

/// How long a connection that failed stays unused: a target that refuses is
/// not hammered, it may be about to come back.
const REST_NS: u64 = 10_000_000;

/// All connections of a generator, and the recorder of the stretch under way.
#[derive(Debug)]
pub(super) struct Pool {
    pub(super) registry: Registry,
    pub(super) connections: Vec<Connection>,
    /// Connections of the beginning of the list that a stretch may use.
    pub(super) in_use: usize,
    /// Until when a connection that failed stays unused.
    resting_until_ns: Vec<u64>,
    pub(super) recorder: Recorder,
    /// Right answers up to this moment count for the rate.
    count_until_ns: u64,
    pub(super) ok_in_time: u64,
    /// When the last exchange ended, whatever became of it.
    pub(super) last_ended_ns: u64,
}

impl Pool {
    pub(super) fn new(registry: Registry, connections: Vec<Connection>) -> Self {
        Self {
            registry,
            in_use: connections.len(),
            resting_until_ns: vec![0; connections.len()],
            connections,
            recorder: Recorder::new(),
            count_until_ns: u64::MAX,
            ok_in_time: 0,
            last_ended_ns: 0,
        }
    }

    /// Begins a stretch: what was recorded before is forgotten.
    pub(super) fn begin(&mut self, count_until_ns: u64) {
        self.recorder = Recorder::new();
        self.resting_until_ns.fill(0);
        self.count_until_ns = count_until_ns;
        self.ok_in_time = 0;
        self.last_ended_ns = 0;
    }

    /// Counts for the rate what was right so far and what will be until then.
    pub(super) fn count_all_until(&mut self, count_until_ns: u64) {
        self.count_until_ns = count_until_ns;
        self.ok_in_time = self.recorder.ok();
    }

    /// Sends a request on connection `index`; says whether it is under way.
    pub(super) fn send(&mut self, index: usize, plan: Option<Plan>) -> bool {
        match self.connections[index].start(&self.registry, plan) {
            None => true,
            Some(ended) => {
                self.take(index, &ended);
                false
            }
        }
    }

    /// Records how the exchange of connection `index` ended.
    pub(super) fn take(&mut self, index: usize, ended: &Ended) {
        let connection = &self.connections[index];
        if ended.outcome == Outcome::Ok {
            self.recorder
                .take_right(&connection.exchange, connection.events());
            let done_ns = connection.exchange.done_ns();
            self.last_ended_ns = self.last_ended_ns.max(done_ns);
            if done_ns <= self.count_until_ns {
                self.ok_in_time += 1;
            }
            return;
        }
        self.last_ended_ns = now_ns();
        self.recorder.count(ended.outcome, &ended.why);
        if matches!(
            ended.outcome,
            Outcome::Connect | Outcome::Closed | Outcome::Exhausted
        ) {
            self.resting_until_ns[index] = now_ns() + REST_NS;
        }
    }

    pub(super) fn is_resting(&self, index: usize, now_ns: u64) -> bool {
        now_ns < self.resting_until_ns[index]
    }

    /// Ends the exchanges that have taken or been silent too long, and calls
    /// `on_free` for each connection that this leaves free.
    pub(super) fn check_deadlines(&mut self, now_ns: u64, freed: &mut Vec<usize>) {
        for index in 0..self.connections.len() {
            let ended = self.connections[index].check_deadlines(&self.registry, now_ns);
            if let Some(ended) = ended {
                self.take(index, &ended);
                freed.push(index);
            }
        }
    }

    /// Cuts off everything that is under way.
    pub(super) fn cut_off(&mut self) {
        for index in 0..self.connections.len() {
            if let Some(ended) = self.connections[index].cut_off(&self.registry) {
                self.take(index, &ended);
            }
        }
    }

    pub(super) fn any_busy(&self) -> bool {
        self.connections.iter().any(Connection::busy)
    }

    /// Connections made so far.
    pub(super) fn connects(&self) -> u64 {
        self.connections.iter().map(|c| c.connects).sum()
    }
}
