//! When a burst is due. No clock: all times come from outside, in nanoseconds.

/// A time in which nothing is forwarded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Stall {
    /// From the first request on.
    pub(super) after_ns: u64,
    pub(super) length_ns: u64,
}

/// A delay for every burst, and at most one stall for all.
///
/// Bursts are due in the order in which they came, whatever the two are, so
/// those that wait are a queue.
#[derive(Debug)]
pub(super) struct Schedule {
    delay_ns: u64,
    stall: Option<Stall>,
    /// The stall's begin and end, known once the first request has come.
    window_ns: Option<(u64, u64)>,
}

impl Schedule {
    pub(super) fn new(delay_ns: u64, stall: Option<Stall>) -> Self {
        Self {
            delay_ns,
            stall,
            window_ns: None,
        }
    }

    /// When a burst read at `read_ns` goes on. The first burst of all begins
    /// the time that the stall is counted from.
    pub(super) fn due_ns(&mut self, read_ns: u64) -> u64 {
        if let Some(stall) = self.stall.take() {
            let begin_ns = read_ns + stall.after_ns;
            self.window_ns = Some((begin_ns, begin_ns + stall.length_ns));
        }
        let due_ns = read_ns + self.delay_ns;
        self.stalled_until_ns(due_ns).unwrap_or(due_ns)
    }

    /// The end of the stall, if it is on.
    pub(super) fn stalled_until_ns(&self, now_ns: u64) -> Option<u64> {
        self.window_ns
            .filter(|(begin_ns, end_ns)| (*begin_ns..*end_ns).contains(&now_ns))
            .map(|(_, end_ns)| end_ns)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_delay() {
        let mut schedule = Schedule::new(100, None);
        assert_eq!([5, 9].map(|read_ns| schedule.due_ns(read_ns)), [105, 109]);
        assert_eq!(schedule.stalled_until_ns(105), None);
    }

    #[test]
    fn a_stall_is_counted_from_the_first_request() {
        let stall = Stall {
            after_ns: 1000,
            length_ns: 50,
        };
        let mut schedule = Schedule::new(10, Some(stall));
        assert_eq!(schedule.stalled_until_ns(1010), None);
        assert_eq!(schedule.due_ns(7), 17);
        // Due before it, in it by their delay, in it, at its end, after it.
        let due = [996, 997, 1007, 1047, 1060].map(|read_ns| schedule.due_ns(read_ns));
        assert_eq!(due, [1006, 1057, 1057, 1057, 1070]);
        let until = [1006, 1007, 1056, 1057].map(|now_ns| schedule.stalled_until_ns(now_ns));
        assert_eq!(until, [None, Some(1057), Some(1057), None]);
    }

    proptest! {
        #[test]
        fn bursts_keep_their_order(
            delay_ns in 0..50_u64,
            after_ns in 0..100_u64,
            length_ns in 0..100_u64,
            mut reads in proptest::collection::vec(0..300_u64, 1..20),
        ) {
            reads.sort_unstable();
            let mut schedule = Schedule::new(delay_ns, Some(Stall { after_ns, length_ns }));
            let due: Vec<u64> = reads.iter().map(|&read_ns| schedule.due_ns(read_ns)).collect();
            prop_assert!(due.is_sorted());
            prop_assert!(due.iter().all(|&due_ns| schedule.stalled_until_ns(due_ns).is_none()));
        }
    }
}
