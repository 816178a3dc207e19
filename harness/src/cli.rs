//! The arguments of `harness`.

mod gate;

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use clap::{ArgGroup, Args, Parser, Subcommand, ValueEnum};
use workload::Dialect;

use crate::plan::Profile;
use crate::report::Format;
use crate::runner::Network;
use crate::selftest::Check;

pub use gate::{CompareArgs, DescribedArgs, GateArgs, GateSelftestArgs, InstructionsArgs};

/// Benchmarks AI gateways: what each adds to a request, and what it costs.
#[derive(Debug, Parser)]
#[command(name = "harness", version, after_help = EXIT_STATUS)]
pub struct Cli {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
    /// Which entrants there are.
    #[command(flatten)]
    pub entrants: EntrantArgs,
}

const EXIT_STATUS: &str = "\
Exit status: 0 done, 1 regression (gate, instructions), 2 usage (also an unknown entrant or a \
wrong manifest), 3 too noisy to tell (gate), 4 the harness or an entrant failed, 130 interrupted.";

/// What `harness` can do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Show the entrants and whether each can run here
    List,
    /// Install entrants' packages into a folder of the project
    Setup(SetupArgs),
    /// Measure entrants in shuffled blocks, and print the tables
    Run(Box<RunArgs>),
    /// Measure two entrants side by side, or hold two stored runs together
    Compare(CompareArgs),
    /// Say whether head is slower, heavier or wrong beside base
    Gate(GateArgs),
    /// Hold two counts of instructions together
    Instructions(InstructionsArgs),
    /// Show on this machine that the instruments can be trusted
    Selftest(SelftestArgs),
    /// Print the tables of a run again, from its journal
    Report(ReportArgs),
    /// Make every report of a run again and fail where one in its folder
    /// differs by a digit
    Verify(VerifyArgs),
    /// Print a page that lists the published runs of a folder
    Index(IndexArgs),
    /// Look for what can spoil figures on this machine
    Doctor(DoctorArgs),
}

/// Where entrants come from and where they are installed.
#[derive(Clone, Debug, Default, Args)]
pub struct EntrantArgs {
    /// A folder of entrants that adds to the built-in ones or replaces them
    /// by name; may be given more than once
    #[arg(long = "entrants-dir", value_name = "DIR", global = true)]
    pub dirs: Vec<PathBuf>,
    /// Where `setup` installs [default: .entrants in the project's folder]
    #[arg(
        long,
        value_name = "DIR",
        env = "TOLLGATE_ENTRANTS",
        global = true,
        hide_env_values = true
    )]
    pub install_dir: Option<PathBuf>,
}

/// The arguments of `harness setup`.
#[derive(Debug, Args)]
pub struct SetupArgs {
    /// Which entrants to install
    #[arg(required = true, value_name = "ENTRANT")]
    pub entrants: Vec<String>,
    /// Install again what is installed already
    #[arg(long)]
    pub force: bool,
}

/// What starts the entrants.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum RunnerChoice {
    /// Containers where an engine answers, else processes
    Auto,
    /// Containers
    Docker,
    /// Processes of this machine
    Process,
}

/// The arguments of `harness run`.
#[derive(Debug, Args)]
#[command(group = ArgGroup::new("described_here").args(["targets", "container"]).multiple(true))]
pub struct RunArgs {
    /// Which entrants to measure; `harness list` shows them. A run of six
    /// blocks or more has the controls direct, relay and, beside reference,
    /// reference-twin too; one of the profile gateway has direct and nginx
    #[arg(
        long,
        value_name = "A,B,…",
        value_delimiter = ',',
        default_value = "direct,nginx,reference"
    )]
    pub entrants: Vec<String>,
    /// A gateway that is running already and sends its requests to the mock
    /// at --mock-listen; may be given more than once
    #[arg(long = "target", value_name = "NAME=URL", value_parser = parse_target)]
    pub targets: Vec<(String, String)>,
    /// A container that nobody wrote a manifest for, by its image; prints the
    /// manifest that it is measured by
    #[arg(long, value_name = "REF", requires = "port", value_parser = parse_reference)]
    pub container: Option<String>,
    /// The port that --container listens on
    #[arg(long, value_name = "P", requires = "container", value_parser = clap::value_parser!(u16).range(1..))]
    pub port: Option<u16>,
    /// Environment of --container; `{mock_url}`, `{port}` and the other
    /// placeholders of a manifest are filled in; may be given more than once
    #[arg(long = "env", value_name = "K=V", requires = "container", value_parser = parse_env)]
    pub env: Vec<(String, String)>,
    /// Model name that --target and --container are asked for
    #[arg(long, value_name = "M", requires = "described_here")]
    pub model: Option<String>,
    /// Header of every request to --target and --container; may be given
    /// more than once
    #[arg(long = "header", value_name = "K: V", requires = "described_here", value_parser = workload::arguments::header)]
    pub headers: Vec<(String, String)>,
    /// Path of a dialect on --target and --container, where it is not the
    /// provider's own
    #[arg(long = "path", value_name = "DIALECT=PATH", requires = "described_here", value_parser = workload::arguments::path)]
    pub paths: Vec<(Dialect, String)>,
    /// How much to measure: smoke (1 block), quick (3), full (12), gateway (12;
    /// what a gateway costs beside nginx, paced streams), translation alone
    /// (12), the published method of June 2026, or aws (10), which is
    /// measured beside it
    #[arg(long, default_value = "quick", value_parser = Profile::NAMES)]
    pub profile: String,
    /// What starts the entrants; auto takes containers where an engine
    /// answers and their images are there or can be pulled, and says so
    #[arg(
        long,
        value_enum,
        default_value = "auto",
        hide_possible_values = true,
        value_name = "auto|docker|process"
    )]
    pub runner: RunnerChoice,
    /// Another image for an entrant: a local build, an older release; may be
    /// given more than once
    #[arg(long = "image", value_name = "NAME=REF", value_parser = parse_image)]
    pub images: Vec<(String, String)>,
    /// How containers are connected [default: host]: host, so that no bridge
    /// is charged to the gateway, or bridge, to see what that costs
    #[arg(long, value_name = "host|bridge", hide_possible_values = true)]
    pub network: Option<Network>,
    /// Entrants on half of the cores, mock and generator on the other half
    #[arg(long)]
    pub pin: bool,
    /// Memory of each container, as 512m or 2g; one that needs more is killed
    /// by the kernel and reported so
    #[arg(long, value_name = "SIZE", value_parser = parse_memory)]
    pub memory: Option<u64>,
    /// Blocks, instead of the profile's; in each every entrant runs once
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=1000))]
    pub blocks: Option<u32>,
    /// Seed of every shuffle [default: from the time; it is recorded]
    #[arg(long, value_name = "S")]
    pub seed: Option<u64>,
    /// Where to put the results [default: results/local-DAY-TIME]
    #[arg(long, value_name = "DIR")]
    pub out: Option<PathBuf>,
    /// Measure cold starts also after the kernel was told to forget the files
    /// that it had read: needs root, and slows down the whole machine for
    /// seconds at each; nothing is lost
    #[arg(long)]
    pub drop_caches: bool,
    /// Go on with a run that was cut off; its plan and seed are kept
    #[arg(long, value_name = "DIR", conflicts_with_all = ["out", "seed", "blocks", "profile", "entrants", "runner", "images", "network", "pin", "memory", "drop_caches"])]
    pub resume: Option<PathBuf>,
    /// Stop measuring after so long, as 90m, and report what there is
    #[arg(long, value_name = "D", value_parser = humantime::parse_duration)]
    pub budget: Option<Duration>,
    /// Print how many seconds the run will take, and measure nothing
    #[arg(long, conflicts_with = "resume")]
    pub estimate: bool,
    /// Where the mock listens [default: a free port; 127.0.0.1:9999 with
    /// --target]
    #[arg(long, value_name = "ADDR")]
    pub mock_listen: Option<SocketAddr>,
}

/// What else can be tested of itself.
#[derive(Debug, Subcommand)]
pub enum OtherSelftest {
    /// Show that the gate neither sleeps nor cries wolf
    Gate(GateSelftestArgs),
}

/// The arguments of `harness report`.
#[derive(Debug, Args)]
pub struct ReportArgs {
    /// Folders of runs; with --format html one, or two side by side
    #[arg(required = true, value_name = "DIR")]
    pub folders: Vec<PathBuf>,
    /// table, markdown, csv, json or html
    #[arg(long, default_value_t = Format::Table)]
    pub format: Format,
}

/// The arguments of `harness verify`.
#[derive(Debug, Args)]
pub struct VerifyArgs {
    /// Folders of runs
    #[arg(required = true, value_name = "DIR")]
    pub folders: Vec<PathBuf>,
}

/// The arguments of `harness index`.
#[derive(Debug, Args)]
pub struct IndexArgs {
    /// A folder of folders of runs
    #[arg(value_name = "DIR", default_value = "results")]
    pub folder: PathBuf,
}

/// The arguments of `harness doctor`.
#[derive(Debug, Args)]
pub struct DoctorArgs {
    /// Leave out what the generator and the mock reach, which takes seconds
    #[arg(long)]
    pub quick: bool,
    /// Print one JSON document instead of a table
    #[arg(long)]
    pub json: bool,
}

fn parse_reference(reference: &str) -> Result<String, String> {
    if reference.is_empty() || reference.contains(char::is_whitespace) {
        return Err(format!("`{reference}` is no reference of an image"));
    }
    Ok(reference.to_owned())
}

fn parse_image(text: &str) -> Result<(String, String), String> {
    let (name, reference) = text
        .split_once('=')
        .filter(|(name, _)| !name.is_empty())
        .ok_or_else(|| format!("`{text}` is not `NAME=REF`"))?;
    Ok((name.to_owned(), parse_reference(reference)?))
}

fn parse_env(text: &str) -> Result<(String, String), String> {
    match text.split_once('=') {
        Some((name, value)) if !name.is_empty() => Ok((name.to_owned(), value.to_owned())),
        // Not repeated: it may be a key.
        _ => Err("not `NAME=VALUE`".to_owned()),
    }
}

/// Bytes, from `512m` and its kind: powers of 1024, as the engine counts.
fn parse_memory(text: &str) -> Result<u64, String> {
    /// Less than this the engine refuses.
    const LEAST: u64 = 6 << 20;
    let wrong = || format!("`{text}` is no size of memory, as 512m or 2g");
    let digits = text.trim_end_matches(|one: char| one.is_ascii_alphabetic());
    let shift = match text[digits.len()..].to_ascii_lowercase().as_str() {
        "" | "b" => 0,
        "k" | "kb" => 10,
        "m" | "mb" => 20,
        "g" | "gb" => 30,
        _ => return Err(wrong()),
    };
    let number: u64 = digits.parse().map_err(|_| wrong())?;
    let bytes = number.checked_mul(1 << shift).ok_or_else(wrong)?;
    if bytes < LEAST {
        return Err(format!(
            "`{text}` is less than the 6m that an engine accepts"
        ));
    }
    Ok(bytes)
}

fn parse_target(target: &str) -> Result<(String, String), String> {
    let (name, url) = target
        .split_once('=')
        .ok_or_else(|| format!("`{target}` is not `NAME=URL`"))?;
    let named = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte);
    if name.is_empty() || !name.bytes().all(named) {
        return Err(format!(
            "`{name}` is no name: letters, digits, `-`, `_`, `.`"
        ));
    }
    let url = url.trim_end_matches('/');
    match url.strip_prefix("http://") {
        Some(authority) if !authority.is_empty() && !authority.contains(['/', '@', '?', '#']) => {
            Ok((name.to_owned(), url.to_owned()))
        }
        // Not repeated: it may hold a password.
        _ => Err(format!("the URL of `{name}` is not `http://HOST:PORT`")),
    }
}

/// The arguments of `harness selftest`.
#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true)]
pub struct SelftestArgs {
    /// Another self-test than that of the instruments
    #[command(subcommand)]
    pub other: Option<OtherSelftest>,
    /// Only these checks
    #[arg(long, value_name = "CHECK,…", value_delimiter = ',', value_parser = Check::NAMES)]
    pub only: Vec<String>,
    /// Blocks of relays to record for the checks of the statistics
    #[arg(long, value_name = "N", default_value_t = 150)]
    pub blocks: u32,
    /// Pairs of each interleaved comparison
    #[arg(long, value_name = "N", default_value_t = 10)]
    pub pairs: u32,
    /// Where to put records and table
    #[arg(long, value_name = "DIR")]
    pub out: Option<PathBuf>,
    /// Judge the records of an earlier run again, measuring nothing
    #[arg(long, value_name = "DIR", conflicts_with_all = ["out", "only"])]
    pub judge: Option<PathBuf>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_of_memory() {
        assert_eq!(parse_memory("512m"), Ok(512 << 20));
        assert_eq!(parse_memory("2G"), Ok(2 << 30));
        assert_eq!(parse_memory("8388608"), Ok(8 << 20));
        for wrong in ["", "m", "1t", "-1m", "1.5g", "99999999999999999999g", "1m"] {
            assert!(parse_memory(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn the_arguments_are_consistent() {
        use clap::CommandFactory;
        Cli::command().debug_assert();
    }
}
