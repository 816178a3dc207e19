//! A started process with everything it starts itself.

use std::io;
use std::os::unix::process::CommandExt;
use std::process::{Child, Command, ExitStatus};
use std::thread;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, WaitOptions, kill_process, kill_process_group, waitpid};

use super::environment;
use super::tree::Tree;

/// How often a stop looks whether the processes are gone.
const POLL: Duration = Duration::from_millis(5);
/// How long a killed process may take to disappear.
const KILL_LIMIT: Duration = Duration::from_secs(10);

/// A child process in a process group of its own, and all that comes of it.
///
/// Dropping it kills whatever is left and waits for it.
#[derive(Debug)]
pub struct ChildTree {
    child: Child,
    label: String,
    started_at: Instant,
    status: Option<ExitStatus>,
    stopped: bool,
}

/// How a stop went.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stopped {
    /// From SIGTERM until nothing was left.
    pub took: Duration,
    /// Processes that outlived the grace period and were killed.
    pub killed: usize,
}

/// Processes that could not be ended.
#[derive(Debug, thiserror::Error)]
#[error("processes {0:?} do not end, not even by SIGKILL")]
pub struct StopError(Vec<u32>);

impl ChildTree {
    /// Starts `command` in a process group of its own, labelled as this
    /// harness's.
    ///
    /// # Errors
    /// The program cannot be executed.
    pub fn spawn(mut command: Command) -> io::Result<Self> {
        adopt_orphans();
        let label = environment::label(&mut command);
        command.process_group(0);
        let started_at = Instant::now();
        let child = command.spawn()?;
        Ok(Self {
            child,
            label,
            started_at,
            status: None,
            stopped: false,
        })
    }

    /// The moment just before the process was started.
    pub fn started_at(&self) -> Instant {
        self.started_at
    }

    /// The id of the started process, which is also its group's.
    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// The child itself, to take its pipes from.
    pub fn child_mut(&mut self) -> &mut Child {
        &mut self.child
    }

    /// The started process's exit status, once it has ended. Processes that
    /// it started may live on.
    pub fn exited(&mut self) -> Option<ExitStatus> {
        if self.status.is_none() {
            self.status = self.child.try_wait().ok().flatten();
        }
        self.status
    }

    /// Waits for a program that is known to start no other, without looking
    /// through all processes of the machine for what it may have left.
    ///
    /// # Errors
    /// It cannot be waited for.
    pub fn finish(mut self) -> io::Result<ExitStatus> {
        let status = self.child.wait()?;
        self.stopped = true;
        Ok(status)
    }

    /// The tree to sample or to look through.
    pub fn tree(&self) -> Tree {
        Tree::new(self.pid(), Some(self.label.clone()))
    }

    /// Ends the whole tree: SIGTERM first, SIGKILL to whatever is left after
    /// `grace`; returns when all are gone and waited for.
    ///
    /// # Errors
    /// [`StopError`] names processes that even SIGKILL did not end.
    pub fn stop(mut self, grace: Duration) -> Result<Stopped, StopError> {
        self.end(grace)
    }

    fn end(&mut self, grace: Duration) -> Result<Stopped, StopError> {
        self.stopped = true;
        let begin = Instant::now();
        let mut tree = self.tree();
        self.signal_group(Signal::TERM);
        let _ = tree.refresh();
        for stat in tree.live() {
            // Those in the group have it already; twice can mean "at once".
            if stat.group != self.pid() {
                signal(stat.pid, Signal::TERM);
            }
        }
        while begin.elapsed() < grace {
            if self.left(&mut tree).is_empty() {
                return Ok(Stopped {
                    took: begin.elapsed(),
                    killed: 0,
                });
            }
            thread::sleep(POLL);
        }
        let mut killed = 0;
        loop {
            let left = self.left(&mut tree);
            if left.is_empty() {
                return Ok(Stopped {
                    took: begin.elapsed(),
                    killed,
                });
            }
            if begin.elapsed() > grace + KILL_LIMIT {
                return Err(StopError(left));
            }
            killed = killed.max(left.len());
            self.signal_group(Signal::KILL);
            for pid in left {
                signal(pid, Signal::KILL);
            }
            thread::sleep(POLL);
        }
    }

    /// The members that still run, after waiting for those that do not.
    fn left(&mut self, tree: &mut Tree) -> Vec<u32> {
        let root = (self.exited().is_none()).then_some(self.pid());
        // Without /proc only the started process itself is known.
        if tree.refresh().is_err() {
            return root.into_iter().collect();
        }
        let mut left = Vec::new();
        for stat in tree.live() {
            let is_root = stat.pid == self.pid();
            // It may have ended since it was asked for above.
            if !stat.is_dead() || (is_root && self.exited().is_none()) {
                left.push(stat.pid);
            } else if !is_root {
                reap(stat.pid);
            }
        }
        left
    }

    fn signal_group(&self, signal: Signal) {
        // Once the leader was waited for, its id stays the group's for as
        // long as a member lives, and an empty group is no error here.
        if let Some(group) = Pid::from_raw(self.pid().cast_signed()) {
            let _ = kill_process_group(group, signal);
        }
    }
}

impl Drop for ChildTree {
    fn drop(&mut self) {
        if !self.stopped {
            let _ = self.end(Duration::ZERO);
        }
    }
}

/// Sends `signal` to one process; one that is gone already is no error.
pub(super) fn signal(pid: u32, signal: Signal) {
    if let Some(pid) = Pid::from_raw(pid.cast_signed()) {
        let _ = kill_process(pid, signal);
    }
}

/// Waits for a process that ended, if it is a child of this one.
fn reap(pid: u32) {
    if let Some(pid) = Pid::from_raw(pid.cast_signed()) {
        let _ = waitpid(Some(pid), WaitOptions::NOHANG);
    }
}

/// Has grandchildren whose parent ended become children of this process, so
/// that they can be waited for; in a container there may be no init that does.
fn adopt_orphans() {
    #[cfg(target_os = "linux")]
    let _ = rustix::process::set_child_subreaper(Some(rustix::process::getpid()));
}
