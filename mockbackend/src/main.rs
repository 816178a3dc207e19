//! The instant provider: see the library's documentation.

use std::process::ExitCode;

use clap::{CommandFactory, Parser, error::ErrorKind};
use mockbackend::fault::list;
use mockbackend::{Cli, Command, relay, serve};

/// Exit status when the mock cannot do its work, for example because its port
/// is taken; 2 is clap's, for a wrong command line.
const FAILED: u8 = 4;

fn main() -> ExitCode {
    let cli = Cli::parse();
    let done = match (&cli.command, &cli.serve) {
        (Some(Command::Relay(options)), _) => relay(options),
        (Some(Command::Faults), _) => {
            print!("{}", list());
            Ok(())
        }
        (None, Some(options)) => serve(options),
        (None, None) => Cli::command()
            .error(ErrorKind::MissingRequiredArgument, "--listen is required")
            .exit(),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("mockbackend: {error}");
            ExitCode::from(FAILED)
        }
    }
}
