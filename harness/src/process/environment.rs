//! The environment in which processes are started.

use std::env;
use std::fs;
use std::process::Command;
use std::sync::atomic::{AtomicU64, Ordering};

use super::stat;

/// The variable that names the harness, by process id, in everything that it
/// starts.
pub const RUN_LABEL: &str = "TOLLGATE_RUN";
/// The variable that names one start: the harness's id and a number.
pub(super) const START_LABEL: &str = "TOLLGATE_START";

/// What an entrant sees of the user's environment.
const PASSED_ON: [&str; 4] = ["PATH", "HOME", "LANG", "TMPDIR"];

/// Clears the environment of `command` but for `PATH`, `HOME`, `LANG` and
/// `TMPDIR`, so that no key of the user reaches an entrant and two users
/// measure the same.
pub fn clean_environment(command: &mut Command) {
    command.env_clear();
    for name in PASSED_ON {
        if let Some(value) = env::var_os(name) {
            command.env(name, value);
        }
    }
}

/// Labels `command` as started by this harness and returns the value of
/// [`START_LABEL`], which no other start has.
pub(super) fn label(command: &mut Command) -> String {
    static STARTS: AtomicU64 = AtomicU64::new(0);
    let harness = std::process::id();
    let start = format!("{harness}-{}", STARTS.fetch_add(1, Ordering::Relaxed));
    command.env(RUN_LABEL, harness.to_string());
    command.env(START_LABEL, &start);
    start
}

/// The value of a variable in the environment that process `pid` was started
/// with, if it may be read and still holds it.
pub(super) fn label_of(pid: u32, name: &str) -> Option<String> {
    let environ = fs::read(stat::folder(pid).join("environ")).ok()?;
    environ.split(|&byte| byte == 0).find_map(|entry| {
        let value = std::str::from_utf8(entry)
            .ok()?
            .strip_prefix(name)?
            .strip_prefix('=')?;
        Some(value.to_owned())
    })
}
