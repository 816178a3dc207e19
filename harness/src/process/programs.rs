//! Where programs are found.

use std::env;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

/// Folders of system programs that a user's PATH often lacks; nginx is there.
const SYSTEM_FOLDERS: [&str; 3] = ["/usr/local/sbin", "/usr/sbin", "/sbin"];

/// The folders in which programs are looked for, in order: beside the running
/// program, those of PATH, the system's.
#[derive(Clone, Debug)]
pub struct Programs {
    folders: Vec<PathBuf>,
}

impl Programs {
    /// The folders of this process.
    pub fn new() -> Self {
        let beside = env::current_exe()
            .ok()
            .and_then(|program| program.parent().map(Path::to_owned));
        let path = env::var_os("PATH").unwrap_or_default();
        let folders = beside
            .into_iter()
            .chain(env::split_paths(&path))
            .chain(SYSTEM_FOLDERS.map(PathBuf::from))
            .collect();
        Self { folders }
    }

    /// Exactly these folders.
    pub fn within(folders: Vec<PathBuf>) -> Self {
        Self { folders }
    }

    /// The program of this name, or the one at this path if it has a `/`.
    pub fn find(&self, name: &str) -> Option<PathBuf> {
        if name.contains('/') {
            let path = PathBuf::from(name);
            return is_executable(&path).then_some(path);
        }
        self.folders
            .iter()
            .map(|folder| folder.join(name))
            .find(|path| is_executable(path))
    }
}

impl Default for Programs {
    fn default() -> Self {
        Self::new()
    }
}

/// Whether `path` is a file that somebody may execute.
pub fn is_executable(path: &Path) -> bool {
    path.metadata()
        .is_ok_and(|found| found.is_file() && found.permissions().mode() & 0o111 != 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_by_name_and_by_path() {
        let programs = Programs::within(vec!["/nowhere".into(), "/bin".into()]);
        assert_eq!(programs.find("sh"), Some("/bin/sh".into()));
        assert_eq!(programs.find("/bin/sh"), Some("/bin/sh".into()));
        assert_eq!(programs.find("no-such-program"), None);
        assert_eq!(programs.find("/etc/passwd"), None, "not executable");
        assert_eq!(programs.find("/bin"), None, "a folder");
    }
}
