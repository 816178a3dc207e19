//! Installing an entrant's packages into a folder of the project.

mod mark;
mod progress;

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::thread;
use std::time::Duration;

pub use mark::installed_version;

use crate::entrant::{Entrant, Setup, UnknownPlaceholder, Values};
use crate::interrupt;
use crate::process::{ChildTree, Programs};
use crate::runner::{Availability, availability, cpus, tail};
use mark::{Mark, State};
use progress::Progress;

/// What the steps of a setup wrote, in the install folder.
const LOG: &str = "setup.log";
/// The entrant's own files, in the install folder.
const FOLDER: &str = "folder";
/// Lines of the log that an error shows.
const TAIL_LINES: usize = 15;
/// How often a running step is looked at.
const POLL: Duration = Duration::from_millis(50);

/// What came of an installation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Installed {
    /// It was installed now.
    Now,
    /// It was there already.
    Before,
}

/// Why an entrant could not be installed.
#[derive(Debug, thiserror::Error)]
pub enum InstallError {
    /// There is a folder in the way that no setup made.
    #[error(
        "{entrant}: {} exists and was not made by `harness setup`; move it away",
        .folder.display()
    )]
    InTheWay {
        /// The entrant's name.
        entrant: String,
        /// The folder.
        folder: PathBuf,
    },
    /// The install folder cannot be prepared.
    #[error("{entrant}: cannot write {}: {source}", .path.display())]
    Write {
        /// The entrant's name.
        entrant: String,
        /// Which file or folder.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// A step holds a placeholder without a value.
    #[error("{entrant}: {source}")]
    Placeholder {
        /// The entrant's name.
        entrant: String,
        /// Which placeholder.
        source: UnknownPlaceholder,
    },
    /// A program that a step needs is missing or cannot be executed.
    #[error("{entrant}: cannot execute {program}: {source}{hint}")]
    Execute {
        /// The entrant's name.
        entrant: String,
        /// Which program.
        program: String,
        /// Why.
        source: io::Error,
        /// What would help.
        hint: String,
    },
    /// A step failed.
    #[error(
        "{entrant}: `{step}` failed ({status}); the end of {}:{}",
        .log.display(),
        indent(.tail)
    )]
    Step {
        /// The entrant's name.
        entrant: String,
        /// The command.
        step: String,
        /// How it ended.
        status: String,
        /// The whole log.
        log: PathBuf,
        /// Its last lines.
        tail: String,
    },
    /// All steps succeeded, and still it cannot run.
    #[error("{entrant}: installed, but {availability}")]
    Incomplete {
        /// The entrant's name.
        entrant: String,
        /// What is missing.
        availability: Availability,
    },
    /// The user asked to stop.
    #[error("interrupted")]
    Interrupted,
}

fn indent(tail: &str) -> String {
    tail.lines().map(|line| format!("\n  | {line}")).collect()
}

/// Installs `entrant` by the steps of its `setup` into the folder of its name
/// in `installs`, unless the same version was installed there by the same
/// steps; `force` installs it anew.
///
/// # Errors
/// The first thing that failed. The folder is then left as it is, with the
/// log, and the next setup begins anew.
pub fn install(
    entrant: &Entrant,
    setup: &Setup,
    programs: &Programs,
    installs: &Path,
    force: bool,
) -> Result<Installed, InstallError> {
    let name = || entrant.name.clone();
    let folder = installs.join(&entrant.name);
    let mark = Mark::new(&folder, setup);
    match mark.state() {
        State::Finished if !force => return Ok(Installed::Before),
        State::Foreign => {
            return Err(InstallError::InTheWay {
                entrant: name(),
                folder,
            });
        }
        _ => {}
    }
    prepare(entrant, &folder, &mark).map_err(|(path, source)| InstallError::Write {
        entrant: name(),
        path,
        source,
    })?;

    let values = Values::default()
        .with("cpus", cpus())
        .with("folder", folder.join(FOLDER).display())
        .with("install", folder.display())
        .with("version", &setup.version);
    let progress = Progress::new(&entrant.name, setup.steps.len());
    for step in &setup.steps {
        let words: Result<Vec<String>, _> = step.iter().map(|word| values.fill(word)).collect();
        let words = words.map_err(|source| InstallError::Placeholder {
            entrant: name(),
            source,
        })?;
        progress.step(&words.join(" "));
        run_step(entrant, &words, programs, &folder, &progress)?;
    }
    let availability = availability(entrant, programs, installs);
    if availability != Availability::Here {
        return Err(InstallError::Incomplete {
            entrant: name(),
            availability,
        });
    }
    mark.finish().map_err(|source| InstallError::Write {
        entrant: name(),
        path: folder,
        source,
    })?;
    Ok(Installed::Now)
}

fn prepare(entrant: &Entrant, folder: &Path, mark: &Mark) -> Result<(), (PathBuf, io::Error)> {
    if folder.exists() {
        fs::remove_dir_all(folder).map_err(|error| (folder.to_owned(), error))?;
    }
    fs::create_dir_all(folder).map_err(|error| (folder.to_owned(), error))?;
    mark.begin().map_err(|error| (folder.to_owned(), error))?;
    let files = folder.join(FOLDER);
    entrant
        .folder
        .copy_to(&files)
        .map_err(|error| (files, error))
}

fn run_step(
    entrant: &Entrant,
    words: &[String],
    programs: &Programs,
    folder: &Path,
    progress: &Progress,
) -> Result<(), InstallError> {
    let name = || entrant.name.clone();
    let program = words.first().map(String::as_str).unwrap_or_default();
    let execute_error = |source| InstallError::Execute {
        entrant: name(),
        program: program.to_owned(),
        source,
        hint: hint(entrant),
    };
    let found = programs
        .find(program)
        .ok_or_else(|| execute_error(io::ErrorKind::NotFound.into()))?;
    let log = folder.join(LOG);
    let write_error = |source| InstallError::Write {
        entrant: name(),
        path: log.clone(),
        source,
    };
    let out = File::options()
        .create(true)
        .append(true)
        .open(&log)
        .map_err(write_error)?;
    let err = out.try_clone().map_err(write_error)?;
    // The user's whole environment: package managers are configured there.
    let mut command = Command::new(found);
    command
        .args(words.iter().skip(1))
        .current_dir(folder)
        .stdin(Stdio::null())
        .stdout(out)
        .stderr(err);
    let mut child = ChildTree::spawn(command).map_err(execute_error)?;
    let status = loop {
        if let Some(status) = child.exited() {
            break status;
        }
        if interrupt::requested() {
            return Err(InstallError::Interrupted);
        }
        progress.line(&log);
        thread::sleep(POLL);
    };
    if status.success() {
        return Ok(());
    }
    Err(InstallError::Step {
        entrant: name(),
        step: words.join(" "),
        status: status.to_string(),
        tail: tail(&log, TAIL_LINES),
        log,
    })
}

fn hint(entrant: &Entrant) -> String {
    let process = entrant.manifest.process.as_ref();
    match process.and_then(|process| process.how_to.as_ref()) {
        Some(how_to) => format!("; run: {how_to}"),
        None => String::new(),
    }
}
