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

    /// Writes all its files into the folder `target`, which is made if need be.
    ///
    /// # Errors
    /// A file cannot be read or written.
    pub fn copy_to(&self, target: &Path) -> io::Result<()> {
        self.copy_some_to(target, &self.names()?)
    }

    /// The same with the files named only.
    ///
    /// # Errors
    /// A file cannot be read or written; the message names it.
    pub fn copy_some_to<T: AsRef<str>>(&self, target: &Path, names: &[T]) -> io::Result<()> {
        fs::create_dir_all(target)?;
        for name in names.iter().map(AsRef::as_ref) {
            self.read_bytes(name)
                .and_then(|bytes| fs::write(target.join(name), bytes))
                .map_err(|error| io::Error::new(error.kind(), format!("{name}: {error}")))?;
        }
        Ok(())
    }

    fn read_bytes(&self, name: &str) -> io::Result<Vec<u8>> {
        match self {
            Self::Disk(path) => fs::read(path.join(name)),
            Self::Embedded(dir) => dir
                .get_file(dir.path().join(name))
                .map(|file| file.contents().to_vec())
                .ok_or_else(|| io::Error::from(io::ErrorKind::NotFound)),
        }
    }
}
