//! The file by which a finished setup is known.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use crate::entrant::{Entrant, Setup};

const NAME: &str = ".tollgate-setup";
const UNFINISHED: &str = "unfinished\n";

/// The mark of one install folder: the version and the steps, once they are
/// done.
pub(super) struct Mark {
    folder: PathBuf,
    finished: String,
}

/// What an install folder is.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum State {
    /// Not there, or empty.
    Missing,
    /// Made by a setup that failed, or by other steps.
    Stale,
    /// Made by this setup.
    Finished,
    /// Made by somebody else.
    Foreign,
}

impl Mark {
    pub(super) fn new(folder: &Path, setup: &Setup) -> Self {
        let steps: String = setup
            .steps
            .iter()
            .map(|step| format!("{}\n", step.join(" ")))
            .collect();
        Self {
            folder: folder.to_owned(),
            finished: format!("{}\n{steps}", setup.version),
        }
    }

    pub(super) fn state(&self) -> State {
        let is_empty = fs::read_dir(&self.folder).map_or(true, |mut found| found.next().is_none());
        match fs::read_to_string(self.folder.join(NAME)) {
            Ok(text) if text == self.finished => State::Finished,
            Ok(_) => State::Stale,
            Err(_) if is_empty => State::Missing,
            Err(_) => State::Foreign,
        }
    }

    pub(super) fn begin(&self) -> io::Result<()> {
        fs::write(self.folder.join(NAME), UNFINISHED)
    }

    pub(super) fn finish(&self) -> io::Result<()> {
        fs::write(self.folder.join(NAME), &self.finished)
    }
}

/// The version of `entrant` that a finished setup put into `installs`.
pub fn installed_version(entrant: &Entrant, installs: &Path) -> Option<String> {
    let text = fs::read_to_string(installs.join(&entrant.name).join(NAME)).ok()?;
    if text == UNFINISHED {
        return None;
    }
    text.lines().next().map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_is_known_by_its_mark() {
        let folder = tempfile::tempdir().unwrap();
        let setup = |version: &str| Setup {
            version: version.into(),
            steps: vec![vec!["true".into()]],
        };
        let mark = Mark::new(folder.path(), &setup("1"));
        assert_eq!(mark.state(), State::Missing);
        fs::write(folder.path().join("mine"), "").unwrap();
        assert_eq!(mark.state(), State::Foreign);
        mark.begin().unwrap();
        assert_eq!(mark.state(), State::Stale);
        mark.finish().unwrap();
        assert_eq!(mark.state(), State::Finished);
        assert_eq!(Mark::new(folder.path(), &setup("2")).state(), State::Stale);
    }
}
