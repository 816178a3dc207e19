//! All entrants there are: compiled in, added, replaced.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use include_dir::{Dir, include_dir};

use super::folder::{Folder, MANIFEST};
use super::{Manifest, ManifestError, validate};

static EMBEDDED: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/entrants");

/// The controls and the project's own, which tables list first.
const FIRST: [&str; 5] = ["direct", "relay", "nginx", "reference", "reference-twin"];

/// One entrant: its name, its manifest, its files.
#[derive(Clone, Debug)]
pub struct Entrant {
    /// The name of its folder.
    pub name: String,
    /// What its manifest says.
    pub manifest: Manifest,
    /// The folder with its manifest and configuration files.
    pub folder: Folder,
}

/// The entrants by name.
#[derive(Clone, Debug)]
pub struct Catalogue {
    entrants: Vec<Entrant>,
}

/// Why the entrants cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum CatalogueError {
    /// A manifest is wrong.
    #[error(transparent)]
    Manifest(#[from] ManifestError),
    /// A folder that holds no manifest where there should be one.
    #[error("{}: no {MANIFEST} in it; an entrants folder holds one folder for each entrant", .0.display())]
    NoManifest(PathBuf),
    /// A file or folder cannot be read.
    #[error("cannot read {}: {source}", .path.display())]
    Read {
        /// Which.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
}

/// A name that no entrant has.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("unknown entrant `{name}`; known: {known}")]
pub struct UnknownEntrant {
    name: String,
    known: String,
}

impl Catalogue {
    /// The entrants that are compiled in, and those of `folders`, where each
    /// adds to those before it or replaces them by name.
    ///
    /// # Errors
    /// The first manifest that is wrong, or a folder that cannot be read.
    pub fn load(folders: &[PathBuf]) -> Result<Self, CatalogueError> {
        let mut catalogue = Self {
            entrants: Vec::new(),
        };
        for dir in EMBEDDED.dirs() {
            catalogue.add(Folder::Embedded(dir))?;
        }
        for folder in folders {
            let mut entries = entrant_folders(folder)?;
            entries.sort();
            for path in entries {
                catalogue.add(Folder::Disk(path))?;
            }
        }
        catalogue.entrants.sort_by_cached_key(|entrant| {
            let first = FIRST.iter().position(|name| *name == entrant.name);
            (first.unwrap_or(FIRST.len()), entrant.name.clone())
        });
        Ok(catalogue)
    }

    fn add(&mut self, folder: Folder) -> Result<(), CatalogueError> {
        let path = folder.path();
        let text = match folder.read(MANIFEST) {
            Ok(text) => text,
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                return Err(CatalogueError::NoManifest(path));
            }
            Err(source) => {
                let path = path.join(MANIFEST);
                return Err(CatalogueError::Read { path, source });
            }
        };
        let name = path
            .file_name()
            .map(|name| name.to_string_lossy().into_owned())
            .unwrap_or_default();
        let manifest = validate::read(&name, &folder, &text)?;
        self.entrants.retain(|entrant| entrant.name != name);
        self.entrants.push(Entrant {
            name,
            manifest,
            folder,
        });
        Ok(())
    }

    /// The entrant of one folder alone.
    ///
    /// # Errors
    /// Its manifest is wrong, missing, or cannot be read.
    pub fn one(folder: &Path) -> Result<Entrant, CatalogueError> {
        let mut alone = Self {
            entrants: Vec::new(),
        };
        alone.add(Folder::Disk(folder.to_owned()))?;
        let nothing = || CatalogueError::NoManifest(folder.to_owned());
        alone.entrants.pop().ok_or_else(nothing)
    }

    /// All of them: controls first, then by name.
    pub fn all(&self) -> &[Entrant] {
        &self.entrants
    }

    /// The entrant of this name.
    ///
    /// # Errors
    /// There is none; the error lists those there are.
    pub fn get(&self, name: &str) -> Result<&Entrant, UnknownEntrant> {
        let found = self.entrants.iter().find(|entrant| entrant.name == name);
        found.ok_or_else(|| {
            let known: Vec<&str> = self.entrants.iter().map(|one| one.name.as_str()).collect();
            UnknownEntrant {
                name: name.to_owned(),
                known: known.join(", "),
            }
        })
    }

    /// The entrants of these names, in their order; a name given twice stands
    /// once.
    ///
    /// # Errors
    /// The first name that no entrant has.
    pub fn select<'a>(
        &self,
        names: impl IntoIterator<Item = &'a str>,
    ) -> Result<Vec<&Entrant>, UnknownEntrant> {
        let mut selected: Vec<&Entrant> = Vec::new();
        for name in names {
            let entrant = self.get(name.trim())?;
            if !selected.iter().any(|one| one.name == entrant.name) {
                selected.push(entrant);
            }
        }
        Ok(selected)
    }
}

fn entrant_folders(folder: &Path) -> Result<Vec<PathBuf>, CatalogueError> {
    let failed = |source| CatalogueError::Read {
        path: folder.to_owned(),
        source,
    };
    let mut folders = Vec::new();
    for entry in fs::read_dir(folder).map_err(failed)? {
        let entry = entry.map_err(failed)?;
        let hidden = entry.file_name().as_encoded_bytes().starts_with(b".");
        if entry.path().is_dir() && !hidden {
            folders.push(entry.path());
        }
    }
    if folders.is_empty() {
        return Err(CatalogueError::NoManifest(folder.to_owned()));
    }
    Ok(folders)
}
