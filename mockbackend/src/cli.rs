//! The command line.

use std::net::SocketAddr;

use clap::{Args, Parser, Subcommand, ValueEnum};
use workload::{DEFAULT_CHUNKS, MAX_CHUNKS, Preset, Script};

use crate::fault::Rate;
use crate::pace::{Distribution, Pace};
use crate::relay::RelayOptions;
use crate::service::Options;

/// The most bytes a chunk's text is filled up to.
const MAX_CHUNK_BYTES: i64 = 65_536;

/// The instant provider: answers chat completions, Responses and Messages
/// requests at once, streaming or not.
///
/// Once ready it prints one line, `listening on http://ADDR`, and serves until
/// SIGTERM or SIGINT. Exit status: 0 stopped, 2 wrong usage, 4 could not
/// serve, for example because the port is taken. GET /__received tells how many
/// requests came in each dialect. POST /__pace changes the pace of all answers
/// that begin from then on: {"ttft":WAIT,"inter_chunk":WAIT}, as on the command
/// line; what is left out does not wait, and {} is no pace.
#[derive(Debug, Parser)]
#[command(
    name = "mockbackend",
    version,
    args_conflicts_with_subcommands = true,
    subcommand_negates_reqs = true
)]
pub struct Cli {
    /// What to do instead of serving.
    #[command(subcommand)]
    pub command: Option<Command>,

    /// What to serve, and where.
    #[command(flatten)]
    pub serve: Option<ServeOptions>,
}

/// What the program does besides serving.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Be the null proxy.
    Relay(RelayOptions),
    /// List the faults that can be asked for.
    Faults,
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

    /// Fill the text of each streamed chunk up to N bytes, stamp included
    #[arg(
        long,
        value_name = "N",
        default_value_t = 0,
        value_parser = clap::value_parser!(u32).range(0..=MAX_CHUNK_BYTES),
        conflicts_with = "preset"
    )]
    chunk_bytes: u32,

    /// When the first piece of an answer is due, after its request: 20ms,
    /// lognormal:MEDIAN:SIGMA (MEDIAN·e^(SIGMA·z), z standard normal),
    /// p50=20ms,p90=40ms,… (linear between the percentiles, level outside of
    /// them) or table:PATH, a file of such entries. GET /__pace says how late
    /// the pieces were
    #[arg(long, value_name = "WAIT")]
    ttft: Option<Distribution>,

    /// When each further piece is due, after the one before: as --ttft
    #[arg(long, value_name = "WAIT")]
    inter_chunk: Option<Distribution>,

    /// A fault in a share of all answers, NAME[=ARG]=SHARE, for example
    /// status=429=0.01; may be given again. `mockbackend faults` lists them
    #[arg(long, value_name = "FAULT=SHARE")]
    fault_rate: Vec<Rate>,

    /// What all that is random follows from
    #[arg(long, value_name = "N", default_value_t = 1)]
    seed: u64,

    /// Keep every request: GET /__log shows them and how their answers ended
    /// (sent, closed, client_gone), POST /__reset forgets them. POST /__answer
    /// says the answer to the next request for one, word for word:
    /// {"status":200,"headers":{},"body":TEXT}, or "events":[TEXT,…], each of
    /// them one write of a stream; posted several times, they go in their order
    #[arg(long)]
    journal: bool,

    /// Refuse what the real providers refuse: unknown parameters, Messages
    /// without max_tokens, results of tools without their calls, …
    #[arg(long)]
    strict: bool,

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
            None => Script::stamped_padded(self.chunks as usize, self.chunk_bytes as usize),
        }
    }

    /// How the answers are given.
    pub(crate) fn behaviour(&self) -> Options {
        Options {
            pace: Pace {
                ttft: self.ttft.clone(),
                inter_chunk: self.inter_chunk.clone(),
            },
            rates: self.fault_rate.clone(),
            seed: self.seed,
            journal: self.journal,
            strict: self.strict,
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
        let script = |arguments: &[&str]| parse(arguments).unwrap().serve.unwrap().script();
        assert_eq!(script(&[]), Script::stamped(DEFAULT_CHUNKS));
        assert_eq!(script(&["--chunks", "3"]), Script::stamped(3));
        assert_eq!(
            script(&["--chunks", "3", "--chunk-bytes", "90"]),
            Script::stamped_padded(3, 90)
        );
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
            &["--ttft", "20"],
            &["--inter-chunk", "lognormal:1ms"],
            &["--fault-rate", "hang"],
            &["--chunk-bytes", "65537"],
            &["--preset", "published-2026-06", "--chunks", "3"],
        ] {
            assert_eq!(parse(arguments).unwrap_err().exit_code(), 2);
        }
    }

    #[test]
    fn the_relay_stands_alone() {
        let relay = ["relay", "--listen", "127.0.0.1:0", "--to"];
        let parse = |before: &[&'static str], to| {
            Cli::try_parse_from([&["mockbackend"], before, &relay, &[to]].concat())
        };
        let cli = parse(&[], "http://127.0.0.1:1").unwrap();
        assert!(cli.serve.is_none());
        assert!(matches!(cli.command, Some(Command::Relay(_))));
        assert!(parse(&[], "127.0.0.1:1").is_err());
        assert!(parse(&["--listen", "127.0.0.1:0"], "http://127.0.0.1:1").is_err());
    }
}
