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
//! Parts without I/O: `http`, `request`, `routing`, `sse`, `dialect`, `translate`,
//! `relay::follow`, and in `server` and `upstream` the reading and writing of heads.

mod access_log;
mod admission;
#[cfg(feature = "burn-a-tenth")]
mod burn;
mod check;
mod cli;
mod config;
mod deadline;
mod dialect;
#[doc(hidden)]
pub mod hot;
mod http;
mod lifecycle;
mod metrics;
#[cfg(any(test, fuzzing))]
#[doc(hidden)]
pub mod properties;
mod relay;
mod request;
mod routes;
mod routing;
mod serve;
mod server;
mod sse;
mod trail;
mod translate;
mod upstream;
mod usage;

use std::io::{self, Read as _, Write as _};
use std::process::ExitCode;

use clap::Parser;

use cli::{Cli, Command};
use config::{Config, ConfigError, KeyHash};
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
    match &cli.command {
        Some(Command::Check { config }) => {
            let config = Config::load(Some(config))?;
            config.check_exposure()?;
            tell(&check::Summary(&config).to_string());
            Ok(())
        }
        Some(Command::HashKey) => {
            let mut key = String::new();
            io::stdin().read_to_string(&mut key).map_err(Failure::Key)?;
            tell(&format!("{}\n", KeyHash::of(key.trim().as_bytes())));
            Ok(())
        }
        None => {
            let load = || {
                let mut config = Config::load(cli.config.as_deref())?;
                config.listen = cli.listen.unwrap_or(config.listen);
                config.allow_open |= cli.allow_open;
                config.check_exposure()?;
                Ok(config)
            };
            Ok(serve::serve(load()?, load)?)
        }
    }
}

fn tell(text: &str) {
    // A reader that has seen enough and closed its end is no failure.
    let _ = io::stdout().write_all(text.as_bytes());
}

/// Why the program ends without having done what it was asked.
#[derive(Debug, thiserror::Error)]
enum Failure {
    #[error(transparent)]
    Config(#[from] ConfigError),
    #[error(transparent)]
    Serve(#[from] ServeError),
    #[error("cannot read a key from standard input: {0}")]
    Key(#[source] io::Error),
}

impl Failure {
    /// 2 for a wrong configuration, as for wrong usage; 4 for a failure.
    fn exit_code(&self) -> ExitCode {
        match self {
            Self::Config(_) => ExitCode::from(2),
            Self::Serve(_) | Self::Key(_) => ExitCode::from(4),
        }
    }
}
