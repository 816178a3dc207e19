//! The commands, one file each.

mod compare;
mod doctor;
mod gate;
mod index;
mod instructions;
mod list;
mod report;
mod run;
mod selftest;
mod setup;
mod verify;

use std::error::Error;
use std::io::{self, Write};
use std::process::ExitCode;

use crate::journal::JournalError;

pub use compare::compare;
pub use doctor::doctor;
pub use gate::gate;
pub use index::index;
pub use instructions::instructions;
pub use list::list;
pub use report::report;
pub use run::run;
pub use selftest::selftest;
pub use setup::setup;
pub use verify::verify;

/// Why a command did not do what was asked; it decides the exit status.
#[derive(Debug)]
pub enum CommandError {
    /// It was asked for something that does not exist or makes no sense: 2.
    Usage(Box<dyn Error + Send + Sync>),
    /// Something became worse than is tolerated: 1. What, was printed.
    Regression,
    /// It cannot be told whether something did: 3. Why, was printed.
    TooNoisy,
    /// The harness or an entrant failed: 4.
    Failure(Box<dyn Error + Send + Sync>),
    /// The user ended it: 130.
    Interrupted,
}

impl CommandError {
    /// A usage error, exit status 2.
    pub fn usage(error: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self::Usage(error.into())
    }

    /// A failure, exit status 4.
    pub fn failure(error: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self::Failure(error.into())
    }
}

/// A folder without a journal was named wrongly; a journal that cannot be read
/// is a failure.
fn journal_error(error: JournalError) -> CommandError {
    match error {
        JournalError::NoJournal(_) => CommandError::usage(error),
        _ => CommandError::failure(error),
    }
}

/// Writes `text` to standard output; a reader who has seen enough is no error.
///
/// # Errors
/// Anything else that keeps it from being written.
pub fn print(text: &str) -> Result<(), CommandError> {
    let mut out = io::stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
            Err(CommandError::failure(error))
        }
        _ => Ok(()),
    }
}

/// Tells an error in one message on standard error and gives the exit status.
pub fn exit(outcome: Result<(), CommandError>) -> ExitCode {
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(CommandError::Usage(error)) => {
            eprintln!("harness: {error}");
            ExitCode::from(2)
        }
        Err(CommandError::Failure(error)) => {
            eprintln!("harness: {error}");
            ExitCode::from(4)
        }
        Err(CommandError::Regression) => ExitCode::from(1),
        Err(CommandError::TooNoisy) => ExitCode::from(3),
        Err(CommandError::Interrupted) => {
            eprintln!("harness: interrupted");
            ExitCode::from(130)
        }
    }
}
