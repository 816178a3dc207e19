//! The folder of a run.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use crate::entrant::Entrant;
use crate::journal;

/// A folder that holds one run.
#[derive(Debug)]
pub(in crate::commands) struct RunFolder(PathBuf);

impl RunFolder {
    /// Makes a folder for a new run; one that is there must be empty.
    pub(in crate::commands) fn create(path: &Path) -> io::Result<Self> {
        let context =
            |error: io::Error| io::Error::new(error.kind(), format!("{}: {error}", path.display()));
        fs::create_dir_all(path).map_err(context)?;
        if path.join(journal::FILE).exists() {
            return Err(io::Error::other(format!(
                "{} holds a run already; go on with it by --resume, or choose another --out",
                path.display()
            )));
        }
        if fs::read_dir(path).map_err(context)?.next().is_some() {
            return Err(io::Error::other(format!(
                "{} is not empty; choose another --out",
                path.display()
            )));
        }
        Ok(Self(path.to_owned()))
    }

    /// The folder of a run that is resumed.
    pub(in crate::commands) fn existing(path: &Path) -> Self {
        Self(path.to_owned())
    }

    pub(in crate::commands) fn path(&self) -> &Path {
        &self.0
    }

    /// The last part of its path.
    pub(in crate::commands) fn name(&self) -> String {
        let path = self.0.canonicalize().unwrap_or_else(|_| self.0.clone());
        path.file_name().map_or_else(
            || "run".to_owned(),
            |name| name.to_string_lossy().into_owned(),
        )
    }

    pub(in crate::commands) fn keep_machine(&self, machine: &serde_json::Value) -> io::Result<()> {
        let text = serde_json::to_string_pretty(machine)?;
        fs::write(self.0.join("machine.json"), text + "\n")
    }

    pub(in crate::commands) fn keep_manifest(&self, entrant: &Entrant) -> io::Result<()> {
        // What the manifest does not name is nobody's business here.
        let mut names = vec!["entrant.toml"];
        names.extend(entrant.manifest.files.values().map(String::as_str));
        let target = self.0.join("manifests").join(&entrant.name);
        entrant.folder.copy_some_to(&target, &names)
    }

    /// Writes reports by their names.
    pub(in crate::commands) fn keep_reports(&self, reports: &[(&str, String)]) -> io::Result<()> {
        for (name, text) in reports {
            let path = self.0.join(name);
            fs::write(&path, text).map_err(|error| {
                io::Error::new(error.kind(), format!("{}: {error}", path.display()))
            })?;
        }
        Ok(())
    }
}
