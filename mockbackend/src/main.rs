//! The instant provider: see the library's documentation.

use std::process::ExitCode;

use clap::Parser;
use mockbackend::{Cli, serve};

/// Exit status when the mock cannot do its work, for example because its port
/// is taken; 2 is clap's, for a wrong command line.
const FAILED: u8 = 4;

fn main() -> ExitCode {
    let cli = Cli::parse();
    match serve(&cli.serve) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("mockbackend: {error}");
            ExitCode::from(FAILED)
        }
    }
}
