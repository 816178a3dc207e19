//! What /proc tells of one process.
//!
//! Read here and not through a general parser because a sampler reads these
//! files hundreds of times a second on the cores that are being measured.
//! Formats: proc(5).

use std::fs;
use std::io;
use std::path::PathBuf;

/// Some fields of `/proc/PID/stat`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stat {
    /// The process's id.
    pub pid: u32,
    /// `R`, `S`, …; `Z` for a process that ended and was not waited for.
    pub state: char,
    /// The parent's id.
    pub parent: u32,
    /// The process group's id.
    pub group: u32,
    /// CPU time of the process itself, user and system, in clock ticks.
    pub own_ticks: u64,
    /// CPU time of its children that ended and were waited for, and of
    /// theirs, in clock ticks.
    pub waited_ticks: u64,
    /// Threads.
    pub threads: u64,
    /// When it started, in clock ticks since boot; with the id it names a
    /// process for good.
    pub started_ticks: u64,
}

impl Stat {
    /// Whether the process has ended and only waits to be waited for.
    pub fn is_dead(&self) -> bool {
        matches!(self.state, 'Z' | 'X')
    }
}

/// Some fields of `/proc/PID/status`, in bytes. A zombie has none of them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct MemoryStatus {
    /// Resident anonymous memory and resident shared memory (`RssAnon` +
    /// `RssShmem`).
    pub anon_shmem_bytes: u64,
    /// All resident memory, mapped files too (`VmRSS`).
    pub rss_bytes: u64,
}

/// The ids of all processes that can be seen.
///
/// # Errors
/// /proc cannot be read, as on systems that have none.
pub fn pids() -> io::Result<impl Iterator<Item = u32>> {
    Ok(fs::read_dir("/proc")?
        .filter_map(Result::ok)
        .filter_map(|entry| entry.file_name().to_str()?.parse().ok()))
}

/// Reads `/proc/PID/stat`.
///
/// # Errors
/// The process is gone, or the file is not as proc(5) has it.
pub fn read_stat(pid: u32) -> io::Result<Stat> {
    // The name of a process may hold any byte, so this need not be UTF-8.
    let bytes = fs::read(format!("/proc/{pid}/stat"))?;
    parse_stat(&String::from_utf8_lossy(&bytes))
        .ok_or_else(|| io::Error::other(format!("/proc/{pid}/stat has an unknown format")))
}

/// Reads the memory lines of `/proc/PID/status`.
///
/// # Errors
/// The process is gone, has ended, or the kernel does not tell them.
pub fn read_memory(pid: u32) -> io::Result<MemoryStatus> {
    let bytes = fs::read(format!("/proc/{pid}/status"))?;
    parse_status(&String::from_utf8_lossy(&bytes)).ok_or_else(|| {
        io::Error::other(format!(
            "/proc/{pid}/status has no RssAnon, RssShmem, VmRSS"
        ))
    })
}

/// Reads the proportional set size of a process from `smaps_rollup`, in bytes.
///
/// The kernel walks the whole address space for it: not for a tight loop.
///
/// # Errors
/// The process is gone, is another user's, or the kernel has no such file.
pub fn pss_bytes(pid: u32) -> io::Result<u64> {
    let text = fs::read_to_string(format!("/proc/{pid}/smaps_rollup"))?;
    kilobytes(&text, "Pss:")
        .ok_or_else(|| io::Error::other(format!("/proc/{pid}/smaps_rollup has no Pss")))
}

fn parse_stat(text: &str) -> Option<Stat> {
    let (pid, rest) = text.split_once(" (")?;
    // The name ends at the last parenthesis: it may hold any others.
    let (_, rest) = rest.rsplit_once(") ")?;
    let fields: Vec<&str> = rest.split_ascii_whitespace().collect();
    // proc(5) counts from 1, and the state, first here, is its number 3.
    let number = |field: usize| fields.get(field - 3)?.parse::<u64>().ok();
    Some(Stat {
        pid: pid.trim().parse().ok()?,
        state: fields.first()?.chars().next()?,
        parent: u32::try_from(number(4)?).ok()?,
        group: u32::try_from(number(5)?).ok()?,
        own_ticks: number(14)? + number(15)?,
        waited_ticks: number(16)? + number(17)?,
        threads: number(20)?,
        started_ticks: number(22)?,
    })
}

fn parse_status(text: &str) -> Option<MemoryStatus> {
    Some(MemoryStatus {
        anon_shmem_bytes: kilobytes(text, "RssAnon:")? + kilobytes(text, "RssShmem:")?,
        rss_bytes: kilobytes(text, "VmRSS:")?,
    })
}

fn kilobytes(text: &str, name: &str) -> Option<u64> {
    let line = text.lines().find_map(|line| line.strip_prefix(name))?;
    let kilobytes: u64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    Some(kilobytes * 1024)
}

/// The folder of a process in /proc.
pub(super) fn folder(pid: u32) -> PathBuf {
    PathBuf::from(format!("/proc/{pid}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stat_whose_name_looks_like_fields() {
        let text = "77 (a) S 1 (b) R 12 34 34 0 -1 4194304 1 0 0 0 5 6 7 8 20 0 9 0 4321 1 1\n";
        assert_eq!(
            parse_stat(text),
            Some(Stat {
                pid: 77,
                state: 'R',
                parent: 12,
                group: 34,
                own_ticks: 11,
                waited_ticks: 15,
                threads: 9,
                started_ticks: 4321,
            })
        );
        assert_eq!(parse_stat("77 (a) R 12"), None);
        assert_eq!(parse_stat(""), None);
    }

    #[test]
    fn a_status() {
        let text = "Name:\tx\nVmRSS:\t  300 kB\nRssAnon:\t  100 kB\nRssFile:\t 190 kB\nRssShmem:\t 10 kB\n";
        assert_eq!(
            parse_status(text),
            Some(MemoryStatus {
                anon_shmem_bytes: 110 * 1024,
                rss_bytes: 300 * 1024,
            })
        );
        assert_eq!(parse_status("Name:\tzombie\nState:\tZ\n"), None);
    }

    #[test]
    fn this_process() {
        let stat = read_stat(std::process::id()).unwrap();
        assert_eq!(stat.pid, std::process::id());
        assert!(stat.threads >= 1);
        assert!(read_memory(stat.pid).unwrap().rss_bytes > 100_000);
        assert!(pids().unwrap().any(|pid| pid == stat.pid));
    }
}
