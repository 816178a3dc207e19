//! An entrant's folder: compiled in, or on disk.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use include_dir::Dir;

/// The name of the manifest in an entrant's folder.
pub(super) const MANIFEST: &str = "entrant.toml";

/// A folder of files, wherever it is kept. Folders inside it are not seen.
#[derive(Clone, Debug)]
pub enum Folder {
    /// Compiled into the harness.
    Embedded(&'static Dir<'static>),
    /// On disk.
    Disk(PathBuf),
}

impl Folder {
    /// Where it is, for messages.
    pub fn path(&self) -> PathBuf {
        match self {
            Self::Embedded(dir) => Path::new("harness/entrants").join(dir.path()),
            Self::Disk(path) => path.clone(),
        }
    }

    /// The text of a file of the folder.
    ///
    /// # Errors
    /// There is no such file, or it is not UTF-8.
    pub fn read(&self, name: &str) -> io::Result<String> {
        match self {
            Self::Disk(path) => fs::read_to_string(path.join(name)),
            Self::Embedded(dir) => dir
                .get_file(dir.path().join(name))
                .ok_or_else(|| io::Error::from(io::ErrorKind::NotFound))?
                .contents_utf8()
                .map(str::to_owned)
                .ok_or_else(|| io::Error::from(io::ErrorKind::InvalidData)),
        }
    }

    /// The names of its files, sorted.
    ///
    /// # Errors
    /// The folder cannot be read.
    pub fn names(&self) -> io::Result<Vec<String>> {
        let mut names = Vec::new();
        match self {
            Self::Embedded(dir) => {
                let files = dir.files().filter_map(|file| file.path().file_name());
                names.extend(files.filter_map(|name| name.to_str().map(str::to_owned)));
            }
            Self::Disk(path) => {
                for entry in fs::read_dir(path)? {
                    let entry = entry?;
                    if entry.path().is_file() {
                        names.extend(entry.file_name().into_string());
                    }
                }
            }
        }
        names.sort();
        Ok(names)
    }

    /// Writes its files into the folder `target`, which is made if need be.
    ///
    /// # Errors
    /// A file cannot be read or written.
    pub fn copy_to(&self, target: &Path) -> io::Result<()> {
        fs::create_dir_all(target)?;
        for name in self.names()? {
            fs::write(target.join(&name), self.read(&name)?)?;
        }
        Ok(())
    }
}
