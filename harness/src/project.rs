//! Where the project is.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// The folder of installed entrants in the project's folder.
const INSTALLS: &str = ".entrants";

/// The project's folder: the nearest folder from `start` upwards that holds
/// its workspace and a `harness` folder, else `start` itself.
pub fn root_from(start: &Path) -> &Path {
    start
        .ancestors()
        .find(|folder| {
            folder.join("harness").is_dir()
                && fs::read_to_string(folder.join("Cargo.toml"))
                    .is_ok_and(|text| text.lines().any(|line| line.trim() == "[workspace]"))
        })
        .unwrap_or(start)
}

/// Where entrants are installed: `chosen`, or the project's folder for them.
///
/// # Errors
/// The current directory is unknown.
pub fn installs(chosen: Option<&Path>) -> io::Result<PathBuf> {
    match chosen {
        Some(chosen) => std::path::absolute(chosen),
        None => Ok(root_from(&std::env::current_dir()?).join(INSTALLS)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_root_is_the_workspace_with_a_harness() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path().join("a");
        let deep = root.join("b/c");
        fs::create_dir_all(&deep).unwrap();
        assert_eq!(root_from(&deep), deep);
        fs::create_dir(root.join("harness")).unwrap();
        fs::write(root.join("Cargo.toml"), "[package]\n").unwrap();
        assert_eq!(root_from(&deep), deep);
        fs::write(root.join("Cargo.toml"), "[workspace]\nmembers = []\n").unwrap();
        assert_eq!(root_from(&deep), root);
    }
}
