//! The times of one request and its answer.

use workload::Sink;
use workload::stamp::Stamp;

/// Why the stamps of an answer say nothing about overhead.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum ClockFault {
    /// The answer's text has no stamps.
    NoStamps,
    /// The stamps hold zeros: whoever answers does not fill them in.
    NotFilledIn,
    /// The mock's times do not lie between sending and receiving: its clock is
    /// another one.
    OtherClock,
}

impl ClockFault {
    /// The reason as it stands in a report.
    pub fn reason(self) -> &'static str {
        match self {
            Self::NoStamps => "the answers carry no stamps",
            Self::NotFilledIn => "the backend does not fill in its stamps",
            Self::OtherClock => "the backend's clock is not this machine's",
        }
    }
}

/// When a request of an open loop was to be sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Plan {
    /// The planned moment.
    pub planned_ns: u64,
    /// For how long no connection was free for it.
    pub queue_wait_ns: u64,
}

/// The times of one exchange, all by the monotonic clock in nanoseconds.
///
/// Made once for a connection and begun anew for each request, so that its
/// lists keep their memory.
#[derive(Debug)]
pub struct Exchange {
    streamed: bool,
    plan: Option<Plan>,
    sent_ns: u64,
    /// When the bytes being looked at had been read.
    now_ns: u64,
    first_byte_at_ns: Option<u64>,
    first_piece_at_ns: Option<u64>,
    last_piece_at_ns: u64,
    done_at_ns: u64,
    gaps_ns: Vec<u64>,
    overhead_ns: Option<u64>,
    chunk_overheads_ns: Vec<u64>,
    stamps: u64,
    clock_fault: Option<ClockFault>,
}

impl Exchange {
    /// An exchange that has not begun; `streamed` tells what its answer is.
    pub fn new(streamed: bool) -> Self {
        Self {
            streamed,
            plan: None,
            sent_ns: 0,
            now_ns: 0,
            first_byte_at_ns: None,
            first_piece_at_ns: None,
            last_piece_at_ns: 0,
            done_at_ns: 0,
            gaps_ns: Vec::with_capacity(64),
            overhead_ns: None,
            chunk_overheads_ns: Vec::with_capacity(64),
            stamps: 0,
            clock_fault: None,
        }
    }

    /// Begins: the request is about to be written. It had to wait for
    /// `connect_ns` while its connection was made.
    pub fn begin(&mut self, plan: Option<Plan>, connect_ns: u64, sent_ns: u64) {
        self.plan = plan.map(|plan| Plan {
            queue_wait_ns: plan.queue_wait_ns + connect_ns,
            ..plan
        });
        self.sent_ns = sent_ns;
        self.now_ns = sent_ns;
        self.first_byte_at_ns = None;
        self.first_piece_at_ns = None;
        self.gaps_ns.clear();
        self.overhead_ns = None;
        self.chunk_overheads_ns.clear();
        self.stamps = 0;
        self.clock_fault = None;
    }

    /// Bytes of the response have been read at `now_ns`.
    pub fn read_at(&mut self, now_ns: u64) {
        self.now_ns = now_ns;
        self.first_byte_at_ns.get_or_insert(now_ns);
    }

    /// The answer became complete with the bytes read last.
    pub fn complete(&mut self) {
        self.done_at_ns = self.now_ns;
        if self.stamps == 0 {
            self.clock_fault.get_or_insert(ClockFault::NoStamps);
        }
    }

    /// When the request was about to be written.
    pub fn sent_ns(&self) -> u64 {
        self.sent_ns
    }

    /// When the answer was complete.
    pub fn done_ns(&self) -> u64 {
        self.done_at_ns
    }

    /// When bytes were read last, or else when the request was sent.
    pub fn last_read_ns(&self) -> u64 {
        self.now_ns
    }

    /// From the planned moment to the complete answer.
    pub fn response_ns(&self) -> Option<u64> {
        let plan = self.plan?;
        Some(self.done_at_ns.saturating_sub(plan.planned_ns))
    }

    /// How late the generator itself was.
    pub fn send_lag_ns(&self) -> Option<u64> {
        let plan = self.plan?;
        Some(
            self.sent_ns
                .saturating_sub(plan.planned_ns)
                .saturating_sub(plan.queue_wait_ns),
        )
    }

    /// For how long no connection was free.
    pub fn queue_wait_ns(&self) -> Option<u64> {
        Some(self.plan?.queue_wait_ns)
    }

    /// Whether the answer is a stream.
    pub fn streamed(&self) -> bool {
        self.streamed
    }

    /// From sending to the complete answer.
    pub fn service_ns(&self) -> u64 {
        self.since_sent(self.done_at_ns)
    }

    /// From sending to the first byte of the response.
    pub fn first_byte_ns(&self) -> Option<u64> {
        self.first_byte_at_ns.map(|at| self.since_sent(at))
    }

    /// From sending to the first generated piece.
    pub fn ttft_ns(&self) -> Option<u64> {
        self.first_piece_at_ns.map(|at| self.since_sent(at))
    }

    /// Between each piece and the one before; pieces of one read are 0 apart.
    pub fn gaps_ns(&self) -> &[u64] {
        &self.gaps_ns
    }

    /// Time on the way, both directions: of the whole answer, or of a
    /// stream's request and first chunk.
    pub fn overhead_ns(&self) -> Option<u64> {
        self.overhead_ns
    }

    /// Of each streamed chunk, the time from the mock's write to its arrival.
    pub fn chunk_overheads_ns(&self) -> &[u64] {
        &self.chunk_overheads_ns
    }

    /// Why no overhead can be read, if so.
    pub fn clock_fault(&self) -> Option<ClockFault> {
        self.clock_fault
    }

    fn since_sent(&self, at_ns: u64) -> u64 {
        at_ns.saturating_sub(self.sent_ns)
    }
}

impl Sink for Exchange {
    fn piece(&mut self) {
        if self.first_piece_at_ns.is_none() {
            self.first_piece_at_ns = Some(self.now_ns);
        } else {
            self.gaps_ns
                .push(self.now_ns.saturating_sub(self.last_piece_at_ns));
        }
        self.last_piece_at_ns = self.now_ns;
    }

    fn stamp(&mut self, stamp: Stamp) {
        self.stamps += 1;
        let (received, sent) = (stamp.received_ns, stamp.sent_ns);
        if received == 0 || sent == 0 {
            self.clock_fault.get_or_insert(ClockFault::NotFilledIn);
        } else if received < self.sent_ns || sent < received || self.now_ns < sent {
            self.clock_fault = Some(ClockFault::OtherClock);
        } else {
            let back_ns = self.now_ns - sent;
            if stamp.index == 0 {
                self.overhead_ns = Some(received - self.sent_ns + back_ns);
            }
            self.chunk_overheads_ns.push(back_ns);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stamp(index: u32, received_ns: u64, sent_ns: u64) -> Stamp {
        Stamp {
            index,
            received_ns,
            sent_ns,
        }
    }

    #[test]
    fn the_times_of_a_stream() {
        let mut exchange = Exchange::new(true);
        exchange.begin(None, 0, 1_000);
        exchange.read_at(1_500);
        exchange.read_at(1_600);
        exchange.piece();
        exchange.stamp(stamp(0, 1_200, 1_450));
        exchange.read_at(1_900);
        exchange.piece();
        exchange.stamp(stamp(1, 1_200, 1_860));
        exchange.complete();
        assert_eq!(exchange.first_byte_ns(), Some(500));
        assert_eq!(exchange.ttft_ns(), Some(600));
        assert_eq!(exchange.gaps_ns(), [300]);
        assert_eq!(exchange.overhead_ns(), Some(200 + 150));
        assert_eq!(exchange.chunk_overheads_ns(), [150, 40]);
        assert_eq!(exchange.service_ns(), 900);
        assert_eq!(exchange.clock_fault(), None);
    }

    #[test]
    fn lateness_has_two_causes_that_are_kept_apart() {
        let mut exchange = Exchange::new(false);
        let plan = Plan {
            planned_ns: 1_000,
            queue_wait_ns: 500,
        };
        exchange.begin(Some(plan), 100, 1_620);
        exchange.read_at(1_900);
        exchange.complete();
        assert_eq!(exchange.queue_wait_ns(), Some(600));
        assert_eq!(exchange.send_lag_ns(), Some(20));
        assert_eq!(exchange.service_ns(), 280);
        assert_eq!(exchange.response_ns(), Some(600 + 20 + 280));
    }

    #[test]
    fn a_clock_that_is_not_ours_is_told() {
        for (received, sent, fault) in [
            (0, 0, ClockFault::NotFilledIn),
            (999, 1_400, ClockFault::OtherClock),
            (1_400, 1_300, ClockFault::OtherClock),
            (1_100, 1_501, ClockFault::OtherClock),
        ] {
            let mut exchange = Exchange::new(false);
            exchange.begin(None, 0, 1_000);
            exchange.read_at(1_500);
            exchange.stamp(stamp(0, received, sent));
            exchange.complete();
            assert_eq!(exchange.clock_fault(), Some(fault), "{received} {sent}");
            assert_eq!(exchange.overhead_ns(), None);
        }
        let mut exchange = Exchange::new(false);
        exchange.begin(None, 0, 1);
        exchange.read_at(2);
        exchange.complete();
        assert_eq!(exchange.clock_fault(), Some(ClockFault::NoStamps));
    }
}
