//! A timer finer than a millisecond, as a source of events.

use std::io;
use std::os::fd::{AsRawFd, OwnedFd};

use mio::unix::SourceFd;
use mio::{Interest, Registry, Token};
use rustix::time::{
    Itimerspec, TimerfdClockId, TimerfdFlags, TimerfdTimerFlags, Timespec, timerfd_create,
    timerfd_settime,
};

/// A timer of the kernel by the monotonic clock. It fires once for each
/// setting; it need not be read, because a new setting clears it.
#[derive(Debug)]
pub(super) struct Timer {
    fd: OwnedFd,
    set_to_ns: u64,
}

impl Timer {
    /// A timer that is not set and reports to `registry` under `token`.
    pub(super) fn new(registry: &Registry, token: Token) -> io::Result<Self> {
        let flags = TimerfdFlags::NONBLOCK | TimerfdFlags::CLOEXEC;
        let fd = timerfd_create(TimerfdClockId::Monotonic, flags)?;
        registry.register(&mut SourceFd(&fd.as_raw_fd()), token, Interest::READABLE)?;
        Ok(Self { fd, set_to_ns: 0 })
    }

    /// Sets it to fire at `at_ns`, unless it is set to that already.
    pub(super) fn set(&mut self, at_ns: u64) -> io::Result<()> {
        if self.set_to_ns == at_ns {
            return Ok(());
        }
        self.set_to_ns = at_ns;
        let at = Itimerspec {
            it_interval: Timespec {
                tv_sec: 0,
                tv_nsec: 0,
            },
            it_value: Timespec {
                tv_sec: (at_ns / 1_000_000_000).cast_signed(),
                tv_nsec: (at_ns % 1_000_000_000).cast_signed(),
            },
        };
        timerfd_settime(&self.fd, TimerfdTimerFlags::ABSTIME, &at)?;
        Ok(())
    }
}
