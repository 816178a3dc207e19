//! Waiting to the microsecond.

use std::io;
use std::os::fd::OwnedFd;

use rustix::time::{
    Itimerspec, TimerfdClockId, TimerfdFlags, TimerfdTimerFlags, Timespec, timerfd_create,
    timerfd_settime,
};
use tokio::io::unix::AsyncFd;

use crate::clock::now_ns;

/// A connection's timer, made when it first has to wait.
///
/// Tokio's own timer counts whole milliseconds. The kernel's is exact to what
/// waking a thread takes, keeps all connections' deadlines in one tree, and
/// is awaited through the same poll as their sockets; it costs one more file
/// for each connection that is paced.
#[derive(Debug, Default)]
pub(crate) struct Timer {
    file: Option<AsyncFd<OwnedFd>>,
}

impl Timer {
    /// Waits until `at_ns` of the monotonic clock.
    pub(crate) async fn wait_until(&mut self, at_ns: u64) -> io::Result<()> {
        if at_ns <= now_ns() {
            return Ok(());
        }
        let file = match &mut self.file {
            Some(file) => file,
            none => {
                let flags = TimerfdFlags::NONBLOCK | TimerfdFlags::CLOEXEC;
                let file = timerfd_create(TimerfdClockId::Monotonic, flags)?;
                none.insert(register(file)?)
            }
        };
        let once = Itimerspec {
            it_interval: Timespec::default(),
            it_value: Timespec {
                tv_sec: (at_ns / 1_000_000_000) as i64,
                tv_nsec: (at_ns % 1_000_000_000) as i64,
            },
        };
        timerfd_settime(file.get_ref(), TimerfdTimerFlags::ABSTIME, &once)?;
        loop {
            let mut ready = file.readable().await?;
            let read = ready.try_io(|file| Ok(rustix::io::read(file.get_ref(), &mut [0; 8])?));
            if let Ok(read) = read {
                return read.map(drop);
            }
        }
    }
}

#[expect(
    deprecated,
    reason = "sound for a file that is owned and never replaced; its successor needs `unsafe`"
)]
fn register(file: OwnedFd) -> io::Result<AsyncFd<OwnedFd>> {
    AsyncFd::new(file)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn it_waits_again_and_again_and_never_too_short() {
        let mut timer = Timer::default();
        for wait_ns in [0, 300_000, 2_000_000, 50_000] {
            let at_ns = now_ns() + wait_ns;
            timer.wait_until(at_ns).await.unwrap();
            assert!(now_ns() >= at_ns);
        }
    }
}
