//! The reference gateway: what an AI gateway must do, at the cost of a bare proxy.
//!
//! A request comes in at `server`, which hands the dialects' paths to `relay` and all others to
//! `routes`. `relay` reads the model's name (`request`), finds its provider (`routing`), sends
//! the request there (`upstream`) and passes the answer on, watching streams (`sse`) for their
//! end. `dialect` knows each dialect's errors and endings. `config` says what is where.
//!
//! A library only so that benches and fuzz targets reach the hot functions; nothing else may
//! import it.
//!
//! Parts without I/O: `request`, `routing`, `sse`, `dialect`, `relay::follow`, and in
//! `upstream` the reading and writing of HTTP.

mod check;
mod cli;
mod config;
mod dialect;
mod relay;
mod request;
mod routes;
mod routing;
mod serve;
mod server;
mod sse;
mod upstream;

use std::io::{self, Write as _};
use std::process::ExitCode;

use clap::Parser;

use cli::{Cli, Command};
use config::{Config, ConfigError};
use serve::ServeError;

/// The program: reads its command line, does what it says, and tells how it ended.
#[must_use]
pub fn main() -> ExitCode {
    match run(&Cli::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("gateway: {error}");
            error.exit_code()
        }
    }
}

fn run(cli: &Cli) -> Result<(), Failure> {
    if let Some(Command::Check { config }) = &cli.command {
        let summary = check::Summary(&Config::load(Some(config))?).to_string();
        // A reader that has seen enough and closed its end is no failure.
        let _ = io::stdout().write_all(summary.as_bytes());
        return Ok(());
    }
    let mut config = Config::load(cli.config.as_deref())?;
    config.listen = cli.listen.unwrap_or(config.listen);
    Ok(serve::serve(&config)?)
}

/// Why the program ends without having done what it was asked.
#[derive(Debug, thiserror::Error)]
enum Failure {
    #[error(transparent)]
    Config(#[from] ConfigError),
    #[error(transparent)]
    Serve(#[from] ServeError),
}

impl Failure {
    /// 2 for a wrong configuration, as for wrong usage; 4 for a failure.
    fn exit_code(&self) -> ExitCode {
        match self {
            Self::Config(_) => ExitCode::from(2),
            Self::Serve(_) => ExitCode::from(4),
        }
    }
}
