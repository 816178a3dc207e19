//! The kernel's memory of files that were read.

use std::fs::OpenOptions;
use std::io::{self, Write};
use std::path::Path;

use crate::measured::Reason;

/// The kernel's switch; see `vm.drop_caches` in its `admin-guide/sysctl/vm`.
const SWITCH: &str = "/proc/sys/vm/drop_caches";
/// Pages, and what is known of names and files.
const EVERYTHING: &str = "3\n";

/// Writes what is not on disk yet and makes the kernel forget all files that
/// no process has mapped. The whole machine reads them from disk again: what
/// else runs on it is slowed down for seconds. Nothing is lost.
///
/// # Errors
/// The reason why it cannot be done here: only root may.
pub fn drop_page_cache() -> Result<(), Reason> {
    rustix::fs::sync();
    ask(Path::new(SWITCH)).map_err(|error| {
        Reason::NotAvailable(format!(
            "the page cache cannot be dropped: {error} (needs root)"
        ))
    })
}

fn ask(switch: &Path) -> io::Result<()> {
    OpenOptions::new()
        .write(true)
        .open(switch)?
        .write_all(EVERYTHING.as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The real switch is not for tests: it slows down the whole machine.
    #[test]
    fn asks_for_everything_and_makes_no_file() {
        let folder = tempfile::tempdir().unwrap();
        let switch = folder.path().join("drop_caches");
        assert!(ask(&switch).is_err());
        std::fs::write(&switch, "").unwrap();
        ask(&switch).unwrap();
        assert_eq!(std::fs::read_to_string(&switch).unwrap(), EVERYTHING);
    }
}
