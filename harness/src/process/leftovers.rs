//! Processes that an earlier harness left behind when it was killed.

use std::fs;
use std::io;
use std::os::unix::fs::MetadataExt;
use std::path::Path;
use std::thread;
use std::time::Duration;

use rustix::process::Signal;

use super::child;
use super::environment::{RUN_LABEL, label_of};
use super::stat;

/// The file that marks a scratch folder with the harness that made it.
const MARK: &str = ".tollgate-run";

/// A process of a dead harness that was found and ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Leftover {
    /// Its id.
    pub pid: u32,
    /// Its command line, arguments separated by spaces.
    pub command: String,
    /// The id of the harness that started it.
    pub harness: u32,
}

impl Leftover {
    /// The name of its program; its arguments may hold secrets.
    pub fn program(&self) -> &str {
        let program = self.command.split(' ').next().unwrap_or_default();
        program.rsplit('/').next().unwrap_or_default()
    }
}

/// Marks the scratch folder of an entrant with this harness's process id.
///
/// Some programs (nginx) write their title over the environment by which a
/// leftover is known; the mark in their working directory stays.
///
/// # Errors
/// The folder cannot be written to.
pub fn mark_folder(folder: &Path) -> io::Result<()> {
    fs::write(folder.join(MARK), std::process::id().to_string())
}

/// Ends all processes of the same user (as root: of any, since servers give
/// up root themselves) that a harness started which no longer
/// runs, and returns them.
///
/// # Errors
/// /proc cannot be read.
pub fn sweep() -> io::Result<Vec<Leftover>> {
    let found = find()?;
    for leftover in &found {
        child::signal(leftover.pid, Signal::KILL);
    }
    // Ports and memory are free only once they are gone.
    for _ in 0..200 {
        if !found.iter().any(|leftover| is_running(leftover.pid)) {
            break;
        }
        thread::sleep(Duration::from_millis(5));
    }
    Ok(found)
}

fn find() -> io::Result<Vec<Leftover>> {
    let user = rustix::process::geteuid().as_raw();
    let namespace = fs::read_link("/proc/self/ns/pid").ok();
    let mut found = Vec::new();
    for pid in stat::pids()?.filter(|&pid| pid != std::process::id()) {
        let folder = stat::folder(pid);
        let same_user = user == 0 || folder.metadata().is_ok_and(|found| found.uid() == user);
        // In another namespace (a container's) the label is another's number.
        if !same_user || fs::read_link(folder.join("ns/pid")).ok() != namespace {
            continue;
        }
        let Some(harness) = harness_of(pid) else {
            continue;
        };
        if is_running(pid) && !is_running(harness) {
            found.push(Leftover {
                pid,
                command: command_line(&folder),
                harness,
            });
        }
    }
    Ok(found)
}

fn harness_of(pid: u32) -> Option<u32> {
    let label = label_of(pid, RUN_LABEL)
        .or_else(|| fs::read_to_string(stat::folder(pid).join("cwd").join(MARK)).ok())?;
    label.trim().parse().ok()
}

fn is_running(pid: u32) -> bool {
    stat::read_stat(pid).is_ok_and(|stat| !stat.is_dead())
}

fn command_line(folder: &Path) -> String {
    let bytes = fs::read(folder.join("cmdline")).unwrap_or_default();
    String::from_utf8_lossy(&bytes)
        .replace('\0', " ")
        .trim()
        .to_owned()
}
