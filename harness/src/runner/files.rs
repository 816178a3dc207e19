//! The files of one start, with their placeholders filled in.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use super::StartError;
use crate::entrant::{Entrant, Values};
use crate::process::mark_folder;

/// Makes the folder of a start, with the files that the manifest asks for.
///
/// # Errors
/// A file cannot be read or written, or holds an unknown placeholder.
pub(super) fn write_files(
    entrant: &Entrant,
    folder: &Path,
    values: &Values,
) -> Result<(), StartError> {
    let failed = |path: &Path, source| scratch_error(entrant, path, source);
    fs::create_dir_all(folder).map_err(|error| failed(folder, error))?;
    mark_folder(folder).map_err(|error| failed(folder, error))?;
    for name in entrant.manifest.files.keys() {
        let path = folder.join(name);
        let text = filled(entrant, name, values)?;
        let written = match path.parent() {
            Some(parent) => fs::create_dir_all(parent).and_then(|()| fs::write(&path, text)),
            None => fs::write(&path, text),
        };
        written.map_err(|error| failed(&path, error))?;
    }
    Ok(())
}

/// One of the manifest's files by the name it has in a start's folder, with
/// its placeholders filled in.
///
/// # Errors
/// There is none of this name, it cannot be read, or it holds an unknown
/// placeholder.
pub(super) fn filled(entrant: &Entrant, name: &str, values: &Values) -> Result<String, StartError> {
    let read = match entrant.manifest.files.get(name) {
        Some(source) => entrant.folder.read(source),
        None => Err(io::ErrorKind::NotFound.into()),
    };
    let text = read.map_err(|error| scratch_error(entrant, Path::new(name), error))?;
    values
        .fill(&text)
        .map_err(|source| StartError::Placeholder {
            entrant: entrant.name.clone(),
            source,
        })
}

fn scratch_error(entrant: &Entrant, path: &Path, source: io::Error) -> StartError {
    StartError::Scratch {
        entrant: entrant.name.clone(),
        path: PathBuf::from(path),
        source,
    }
}
