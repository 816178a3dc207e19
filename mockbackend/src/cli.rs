//! The command line.

use std::net::SocketAddr;

use clap::{Args, Parser, ValueEnum};
use workload::{DEFAULT_CHUNKS, MAX_CHUNKS, Preset, Script};

/// The instant provider: answers chat completions, Responses and Messages
/// requests at once, streaming or not.
///
/// Once ready it prints one line, `listening on http://ADDR`, and serves until
/// SIGTERM or SIGINT. Exit status: 0 stopped, 2 wrong usage, 4 could not
/// serve, for example because the port is taken.
#[derive(Debug, Parser)]
#[command(name = "mockbackend", version)]
pub struct Cli {
    /// What to serve, and where.
    #[command(flatten)]
    pub serve: ServeOptions,
}

/// What to serve, and where.
#[derive(Debug, Args)]
pub struct ServeOptions {
    /// Address to listen on, IP:PORT; port 0 takes any free one
    #[arg(long, value_name = "ADDR")]
    pub listen: SocketAddr,

    /// Answer as the mock of a published benchmark did, instead of with
    /// stamped text
    #[arg(long, value_name = "PRESET")]
    preset: Option<PresetName>,

    /// Content chunks of a streamed answer
    #[arg(
        long,
        value_name = "N",
        default_value_t = DEFAULT_CHUNKS as u32,
        value_parser = clap::value_parser!(u32).range(1..=MAX_CHUNKS as i64),
        conflicts_with = "preset"
    )]
    chunks: u32,

    /// Threads, each with a listening socket of its own
    #[arg(
        long,
        value_name = "N",
        default_value_t = 1,
        value_parser = clap::value_parser!(u16).range(1..=1024)
    )]
    pub workers: u16,
}

/// The presets that have a name on the command line.
#[derive(Clone, Copy, Debug, ValueEnum)]
enum PresetName {
    /// The benchmark published in June 2026: 31 pieces, no stamps
    #[value(name = Preset::PUBLISHED_NAME)]
    Published202606,
}

impl ServeOptions {
    /// The text of the answers.
    pub fn script(&self) -> Script {
        match self.preset {
            Some(PresetName::Published202606) => Script::published_2026_06(),
            None => Script::stamped(self.chunks as usize),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(arguments: &[&str]) -> Result<Cli, clap::Error> {
        let program = ["mockbackend", "--listen", "127.0.0.1:0"];
        Cli::try_parse_from(program.iter().chain(arguments))
    }

    #[test]
    fn the_command_line_is_well_formed() {
        use clap::CommandFactory;
        Cli::command().debug_assert();
    }

    #[test]
    fn scripts() {
        let script = |arguments: &[&str]| parse(arguments).unwrap().serve.script();
        assert_eq!(script(&[]), Script::stamped(DEFAULT_CHUNKS));
        assert_eq!(script(&["--chunks", "3"]), Script::stamped(3));
        assert_eq!(
            script(&["--preset", "published-2026-06"]),
            Script::published_2026_06()
        );
    }

    #[test]
    fn refused() {
        for arguments in [
            &["--chunks", "0"][..],
            &["--chunks", "100001"],
            &["--workers", "0"],
            &["--preset", "other"],
            &["--preset", "published-2026-06", "--chunks", "3"],
        ] {
            assert_eq!(parse(arguments).unwrap_err().exit_code(), 2);
        }
    }
}
