//! The two clocks that are read while measuring.

use rustix::time::{ClockId, clock_gettime};

/// `CLOCK_MONOTONIC` in nanoseconds: the clock of the stamps, so that a
/// reading here can be held against one of the mock on the same machine.
pub fn now_ns() -> u64 {
    read_ns(ClockId::Monotonic)
}

/// CPU time that this process has used, in nanoseconds.
pub fn cpu_ns() -> u64 {
    read_ns(ClockId::ProcessCPUTime)
}

fn read_ns(clock: ClockId) -> u64 {
    let time = clock_gettime(clock);
    // Neither clock can be negative: one counts from boot, one from exec.
    time.tv_sec.unsigned_abs() * 1_000_000_000 + time.tv_nsec.unsigned_abs()
}
