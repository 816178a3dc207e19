//! The arguments of `harness compare`, `harness gate` and
//! `harness instructions`.

use std::path::PathBuf;
use std::time::Duration;

use clap::Args;

use crate::selftest::gate::Condition;

/// What a binary or an image that is measured is told.
#[derive(Clone, Debug, Default, Args)]
pub struct DescribedArgs {
    /// The entrant whose manifest says how binaries and images are started
    #[arg(long, value_name = "NAME", default_value = "reference")]
    pub like: String,
    /// The port that images listen on, where they are not --like an entrant
    #[arg(long, value_name = "P", value_parser = clap::value_parser!(u16).range(1..))]
    pub port: Option<u16>,
    /// Environment of such images, with the placeholders of a manifest; may be
    /// given more than once
    #[arg(long = "env", value_name = "K=V", requires = "port", value_parser = super::parse_env)]
    pub env: Vec<(String, String)>,
    /// Model name that such images are asked for
    #[arg(long, value_name = "M", requires = "port")]
    pub model: Option<String>,
    /// Header of every request to such images; may be given more than once
    #[arg(long = "header", value_name = "K: V", requires = "port", value_parser = workload::arguments::header)]
    pub headers: Vec<(String, String)>,
}

const SIDES: &str = "\
Each side is a manifest's name (`harness list` shows them), a manifest's file or its folder, \
a program as bin:PATH, or an image. A program and an image are started like the entrant --like, \
or an image by --port and --env.";

/// The arguments of `harness compare`.
#[derive(Debug, Args)]
#[command(after_help = SIDES)]
pub struct CompareArgs {
    /// The first: an entrant, or the folder of a run
    #[arg(value_name = "A")]
    pub a: String,
    /// The second
    #[arg(value_name = "B")]
    pub b: String,
    /// What binaries and images are told
    #[command(flatten)]
    pub described: DescribedArgs,
    /// Blocks; in each both run once, in an order of chance
    #[arg(long, value_name = "N", default_value_t = 12, value_parser = clap::value_parser!(u32).range(1..=1000))]
    pub blocks: u32,
    /// How long each sort of load is in a block, in two turns
    #[arg(long, value_name = "D", default_value = "200ms", value_parser = stretch)]
    pub stretch: Duration,
    /// Seed of every shuffle [default: from the time; it is printed]
    #[arg(long, value_name = "S")]
    pub seed: Option<u64>,
    /// Where to put the journal [default: results/local-compare-DAY-TIME]
    #[arg(long, value_name = "DIR")]
    pub out: Option<PathBuf>,
    /// Print one JSON document instead of a table
    #[arg(long)]
    pub json: bool,
}

const STATUS: &str = "\
Exit status: 0 pass, 1 regression, 2 usage, 3 too noisy to tell, 4 the harness or a side failed, \
130 interrupted.

Each side is a manifest's name (`harness list` shows them), a manifest's file or its folder, \
a program as bin:PATH, or an image. A program and an image are started like the entrant --like, \
or an image by --port and --env.";

/// The arguments of `harness gate`.
#[derive(Debug, Args)]
#[command(after_help = STATUS)]
pub struct GateArgs {
    /// What was
    #[arg(long, value_name = "A")]
    pub base: String,
    /// What is to be
    #[arg(long, value_name = "B")]
    pub head: String,
    /// What binaries and images are told
    #[command(flatten)]
    pub described: DescribedArgs,
    /// What is judged and how much worse it may become [default: five metrics,
    /// 5% each, or 15 µs of overhead where that is more]
    #[arg(long, value_name = "FILE")]
    pub policy: Option<PathBuf>,
    /// Judge what there is after so long; a clear answer comes sooner
    #[arg(long, value_name = "D", default_value = "8m", value_parser = humantime::parse_duration)]
    pub budget: Duration,
    /// How long each sort of load is in a block, in two turns
    #[arg(long, value_name = "D", default_value = "200ms", value_parser = stretch)]
    pub stretch: Duration,
    /// Seed of every shuffle [default: from the time; it is recorded]
    #[arg(long, value_name = "S")]
    pub seed: Option<u64>,
    /// Where to put journal, gate.json and gate.md
    /// [default: results/local-gate-DAY-TIME]
    #[arg(long, value_name = "DIR")]
    pub out: Option<PathBuf>,
    /// Go on with a gate that was cut off; its policy, seed and stretch are
    /// kept
    #[arg(long, value_name = "DIR", conflicts_with = "out")]
    pub resume: Option<PathBuf>,
    /// Print gate.json instead of a table
    #[arg(long)]
    pub json: bool,
}

/// The arguments of `harness instructions`.
#[derive(Debug, Args)]
pub struct InstructionsArgs {
    /// What `cargo bench --bench instructions` of base printed
    #[arg(value_name = "BASE")]
    pub base: PathBuf,
    /// The same of head
    #[arg(value_name = "HEAD")]
    pub head: PathBuf,
    /// How many instructions more a function may take, in percent
    #[arg(long, value_name = "PERCENT", default_value_t = 2.0, value_parser = percent)]
    pub limit: f64,
    /// Print the table as Markdown
    #[arg(long)]
    pub markdown: bool,
}

/// The arguments of `harness selftest gate`.
#[derive(Debug, Args)]
pub struct GateSelftestArgs {
    /// Where the records are; what is there already is kept, and the rest
    /// recorded
    #[arg(long, value_name = "DIR")]
    pub out: PathBuf,
    /// Blocks to record of each condition
    #[arg(long, value_name = "N", default_value_t = 150)]
    pub blocks: u32,
    /// Real gates to run of each condition
    #[arg(long, value_name = "N", default_value_t = 10)]
    pub gates: u32,
    /// Only these conditions
    #[arg(long, value_name = "CONDITION,…", value_delimiter = ',', value_parser = Condition::NAMES)]
    pub only: Vec<String>,
    /// The gateway that burns a tenth more CPU time [default: gateway-burning
    /// beside the harness]
    #[arg(long, value_name = "PATH", default_value = "gateway-burning")]
    pub burning: String,
    /// How long each sort of load is in a block, in two turns
    #[arg(long, value_name = "D", default_value = "200ms", value_parser = stretch)]
    pub stretch: Duration,
    /// Record for so long in this sitting
    #[arg(long = "for", value_name = "D", value_parser = humantime::parse_duration)]
    pub sitting: Option<Duration>,
    /// Judge the records that are there, measuring nothing
    #[arg(long)]
    pub judge: bool,
}

fn stretch(text: &str) -> Result<Duration, String> {
    let found = humantime::parse_duration(text).map_err(|error| error.to_string())?;
    let sensible = Duration::from_millis(50)..=Duration::from_secs(60);
    match sensible.contains(&found) {
        true => Ok(found),
        false => Err("a stretch of load takes 50ms to 60s".to_owned()),
    }
}

fn percent(text: &str) -> Result<f64, String> {
    match text.parse::<f64>() {
        Ok(value) if value.is_finite() && value >= 0.0 => Ok(value),
        _ => Err(format!("`{text}` is no percentage of 0 or more")),
    }
}
