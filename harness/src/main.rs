//! The command line of the harness.

use std::process::ExitCode;

use clap::Parser;
use harness::cli::{Cli, Command};
use harness::commands;

fn main() -> ExitCode {
    let cli = Cli::parse();
    let outcome = match &cli.command {
        Command::List => commands::list(&cli.entrants),
        Command::Setup(args) => commands::setup(&cli.entrants, args),
        Command::Run(args) => commands::run(&cli.entrants, args),
        Command::Compare(args) => commands::compare(&cli.entrants, args),
        Command::Gate(args) => commands::gate(&cli.entrants, args),
        Command::Instructions(args) => commands::instructions(args),
        Command::Selftest(args) => commands::selftest(&cli.entrants, args),
        Command::Report(args) => commands::report(args),
        Command::Verify(args) => commands::verify(args),
        Command::Index(args) => commands::index(args),
        Command::Doctor(args) => commands::doctor(args),
    };
    commands::exit(outcome)
}
