//! `harness compare`: two entrants in one job, or two stored runs.

mod stored;

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use serde::Serialize;
use workload::Workload;

use super::CommandError;
use super::gate::contender::{Contender, Finder};
use super::gate::under_way::UnderWay;
use super::gate::warn_of_runners;
use super::run::folder::RunFolder;
use super::run::{begin_cleanly, default_folder, seed_from};
use crate::cli::{CompareArgs, EntrantArgs};
use crate::entrant::Catalogue;
use crate::gate::{About, Block, BlockError, Metric, Row, Side, plan};
use crate::journal::{EntrantRecord, FILE, JournalWriter, Record, Run};
use crate::plan::Profile;
use crate::process::Programs;
use crate::report::{Document, Grid, Section, render_document};
use crate::trial::Contestant;
use crate::{machine, project};

/// Both contenders of the comparison, as they take part.
const SIDES: [Side; 2] = [Side::Base, Side::Head];

/// Compares two entrants, measured now side by side, or two stored runs.
///
/// # Errors
/// Usage: a side that does not exist. Failure: one that cannot run, or that
/// failed; what was measured is kept where --out says so.
pub fn compare(entrants: &EntrantArgs, args: &CompareArgs) -> Result<(), CommandError> {
    let is_run = |text: &str| Path::new(text).join(FILE).is_file();
    match (is_run(&args.a), is_run(&args.b)) {
        (true, true) => stored::compare(Path::new(&args.a), Path::new(&args.b), args.json),
        (false, false) => measured(entrants, args),
        (a_is, _) => {
            let (run, other) = if a_is {
                (&args.a, &args.b)
            } else {
                (&args.b, &args.a)
            };
            Err(CommandError::usage(format!(
                "{run} is a stored run, and {other} is none: compare two runs or two entrants"
            )))
        }
    }
}

/// What is told of two entrants.
#[derive(Serialize)]
struct Compared<'a> {
    schema: u32,
    a: &'a About,
    b: &'a About,
    rows: Vec<Row>,
    served: [Vec<&'static str>; 2],
    blocks: usize,
    seed: u64,
    machine: &'a serde_json::Value,
}

fn measured(entrants: &EntrantArgs, args: &CompareArgs) -> Result<(), CommandError> {
    let catalogue = Catalogue::load(&entrants.dirs).map_err(CommandError::usage)?;
    let installs =
        project::installs(entrants.install_dir.as_deref()).map_err(CommandError::failure)?;
    let programs = Programs::new();
    let engine = begin_cleanly()?;
    let finder = Finder {
        catalogue: &catalogue,
        programs: &programs,
        installs: &installs,
        engine: engine.map(Arc::new),
    };
    let a = finder.find(&args.a, &args.described)?;
    let b = finder.find(&args.b, &args.described)?;
    let now = SystemTime::now();
    let seed = args.seed.unwrap_or_else(|| seed_from(now));
    let metrics = Metric::compared();
    let profile = plan::profile("compare", &metrics, args.blocks, args.stretch);
    let path = (args.out.clone()).unwrap_or_else(|| default_folder(now, "compare-"));
    let folder = RunFolder::create(&path).map_err(CommandError::usage)?;
    warn_of_runners(&a.about, &b.about);
    let machine = serde_json::to_value(machine::fingerprint()).map_err(CommandError::failure)?;
    folder
        .keep_machine(&machine)
        .map_err(CommandError::failure)?;
    let writer = begin(&folder, &profile, seed, &machine, [&a, &b], now)?;
    let contestants: BTreeMap<Side, Contestant> =
        [(Side::Base, a.contestant()), (Side::Head, b.contestant())].into();
    let budget = Duration::from_secs(3) * 2 * args.blocks;
    let mut under_way = UnderWay::new(
        &programs,
        &profile,
        &metrics,
        seed,
        &contestants,
        writer,
        budget,
    )?;
    let outcome = (1..=args.blocks).try_for_each(|_| under_way.one_more_of(args.blocks));
    under_way.end(outcome.is_ok())?;
    let where_it_is = format!("the journal is in {}", path.display());
    outcome.map_err(|error| match error {
        BlockError::Interrupted => {
            eprintln!("harness: {where_it_is}");
            CommandError::Interrupted
        }
        other => CommandError::failure(format!("{other}\n{where_it_is}")),
    })?;
    let blocks = &under_way.blocks;
    let compared = Compared {
        schema: 1,
        a: &a.about,
        b: &b.about,
        rows: (metrics.iter())
            .filter_map(|metric| Row::of(*metric, blocks, seed))
            .collect(),
        served: SIDES.map(|side| served(blocks, side)),
        blocks: blocks.len(),
        seed,
        machine: &machine,
    };
    if args.json {
        let text = serde_json::to_string_pretty(&compared).map_err(CommandError::failure)?;
        return super::print(&format!("{text}\n"));
    }
    let table = render_document(&document(&compared), false);
    super::print(&format!("{table}\n{where_it_is}\n"))
}

fn begin(
    folder: &RunFolder,
    profile: &Profile,
    seed: u64,
    machine: &serde_json::Value,
    both: [&Contender; 2],
    now: SystemTime,
) -> Result<JournalWriter, CommandError> {
    let mut writer = JournalWriter::create(folder.path()).map_err(CommandError::failure)?;
    let run = Run {
        run: folder.name(),
        started_at: humantime::format_rfc3339_seconds(now).to_string(),
        harness: env!("CARGO_PKG_VERSION").to_owned(),
        seed,
        runner: match both[1].about.runner.as_str() {
            "container" => "docker".to_owned(),
            other => other.to_owned(),
        },
        engine: None,
        containers: None,
        placement: None,
        profile: profile.clone(),
        entrants: SIDES
            .iter()
            .zip(both)
            .map(|(side, one)| EntrantRecord {
                name: side.name().to_owned(),
                ..one.record.clone()
            })
            .collect(),
        machine: machine.clone(),
    };
    writer
        .append(&Record::Run(Box::new(run)))
        .map_err(CommandError::failure)?;
    Ok(writer)
}

/// The workloads that were answered rightly in every block.
fn served(blocks: &[Block], side: Side) -> Vec<&'static str> {
    let names = Workload::ALL.into_iter().map(Workload::name);
    let always = |name: &str| {
        blocks
            .iter()
            .all(|block| block.of(side).served.iter().any(|one| one == name))
    };
    names.filter(|name| always(name)).collect()
}

fn document(compared: &Compared<'_>) -> Document {
    let mut grid = Grid::new(1, ["metric", "A", "B", "change", "evidence"]);
    for row in &compared.rows {
        grid.rows.push(vec![
            row.metric.title(),
            row.side(row.base),
            row.side(row.head),
            row.change(),
            row.evidence(),
        ]);
    }
    let size = |about: &About| {
        about.size_bytes.map_or("not known".to_owned(), |bytes| {
            format!("{:.2} MB", bytes as f64 / 1e6)
        })
    };
    let change = match (compared.a.size_bytes, compared.b.size_bytes) {
        (Some(a), Some(b)) if a == b => "~".to_owned(),
        (Some(a), Some(b)) if a > 0 => {
            format!("{:+.1}%", 100.0 * (b as f64 / a as f64 - 1.0))
        }
        _ => "–".to_owned(),
    };
    grid.rows.push(vec![
        "size on disk".to_owned(),
        size(compared.a),
        size(compared.b),
        change,
        "exact".to_owned(),
    ]);
    let [of_a, of_b] = &compared.served;
    let all = Workload::ALL.len();
    let lost: Vec<&str> = of_a
        .iter()
        .filter(|one| !of_b.contains(one))
        .copied()
        .collect();
    let gained: Vec<&str> = of_b
        .iter()
        .filter(|one| !of_a.contains(one))
        .copied()
        .collect();
    let mut differing: Vec<String> = lost.iter().map(|one| format!("−{one}")).collect();
    differing.extend(gained.iter().map(|one| format!("+{one}")));
    grid.rows.push(vec![
        "workloads served".to_owned(),
        format!("{} of {all}", of_a.len()),
        format!("{} of {all}", of_b.len()),
        match differing.is_empty() {
            true => "~".to_owned(),
            false => differing.join(" "),
        },
        format!("(n={})", compared.blocks),
    ]);
    let mut intro = Vec::new();
    if compared.a.is_same(compared.b) {
        intro.push("A and B are the same: what differs here is chance.".to_owned());
    }
    Document {
        title: "Compared, side by side".to_owned(),
        intro: [
            intro,
            vec![
                format!("A: {}", compared.a.words()),
                format!("B: {}", compared.b.words()),
                format!(
                    "{} blocks, seed {}; medians and their 95% intervals, the change by Hodges and \
                 Lehmann over pairs of a block; ~ where p > 0.05.",
                    compared.blocks, compared.seed
                ),
            ],
        ]
        .concat(),
        sections: vec![Section {
            title: "A and B".to_owned(),
            note: String::new(),
            grid,
        }],
        failures: Vec::new(),
        notes: Vec::new(),
    }
}
