//! The proportional set size of several processes.

use std::io;

use rustix::io::Errno;

use super::none_runs;
use crate::measured::{Measured, Reason};
use crate::process::{pss_bytes, read_stat};

/// The sum over `pids`, in bytes. A process that has ended since it was listed
/// holds nothing and is left out; where all have, there is no figure.
pub(super) fn pss_of(pids: impl IntoIterator<Item = u32>) -> Measured<u64> {
    let mut sum = None;
    for pid in pids {
        match pss_bytes(pid) {
            Ok(bytes) => sum = Some(sum.unwrap_or(0) + bytes),
            Err(error) if has_ended(pid, &error) => {}
            Err(error) => {
                return Measured::absent(Reason::NotAvailable(format!(
                    "PSS of process {pid}: {error}; root may read it"
                )));
            }
        }
    }
    sum.ok_or_else(none_runs).into()
}

/// A kernel without this file tells the same error as one whose process is
/// gone; a process that has exited, but whose parent has not waited for it
/// yet, has its folder and no memory.
fn has_ended(pid: u32, error: &io::Error) -> bool {
    error.raw_os_error() == Some(Errno::SRCH.raw_os_error()) || read_stat(pid).is_err()
}

#[cfg(test)]
mod tests {
    use std::process::{Command, id};
    use std::thread;
    use std::time::Duration;

    use super::*;

    #[test]
    fn what_has_ended_is_left_out() {
        let alone = *pss_of([id()]).value().unwrap();
        assert!(alone > 100_000, "{alone}");

        let mut child = Command::new("true").spawn().unwrap();
        while !read_stat(child.id()).unwrap().is_dead() {
            thread::sleep(Duration::from_millis(1));
        }
        let zombie = child.id();
        assert_eq!(pss_of([zombie]), Measured::absent(none_runs()));
        assert!(*pss_of([zombie, id()]).value().unwrap() > 100_000);

        child.wait().unwrap();
        assert_eq!(pss_of([zombie]), Measured::absent(none_runs()));
        assert!(*pss_of([id(), zombie]).value().unwrap() > 100_000);
    }

    #[test]
    fn no_process_is_no_figure() {
        assert_eq!(pss_of([]), Measured::absent(none_runs()));
    }
}
