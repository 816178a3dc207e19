//! `loadgen`: see `loadgen --help`.

use std::io::{self, Write as _};
use std::process::ExitCode;
use std::time::Duration;

use clap::Parser;
use indicatif::{ProgressBar, ProgressStyle};
use loadgen::cli::Cli;
use loadgen::frontier::frontier;
use loadgen::point::Bench;
use loadgen::report;

/// The harness or the machine failed, not the target.
const FAILED: u8 = 4;
/// The duration of a point where neither it nor a number of requests is given.
const DURATION: Duration = Duration::from_secs(5);
/// The same of one try of a frontier.
const TRY_DURATION: Duration = Duration::from_secs(1);

fn main() -> ExitCode {
    match run(&Cli::parse()) {
        Ok(output) => {
            // A reader that has seen enough and closed its end is no failure.
            let _ = writeln!(io::stdout(), "{}", output.trim_end());
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("loadgen: {error}");
            ExitCode::from(FAILED)
        }
    }
}

fn run(cli: &Cli) -> Result<String, Box<dyn std::error::Error>> {
    let script = cli.script();
    let bench = Bench {
        cli,
        target: cli.url.resolve()?,
        script: &script,
    };
    if cli.frontier {
        return frontiers(&bench);
    }
    let pacings = cli.pacings();
    let bar = progress_bar((cli.workload.len() * pacings.len()) as u64);
    let mut points = Vec::new();
    for &workload in &cli.workload {
        for &pacing in &pacings {
            let about = format!("{workload}, {pacing}");
            bar.set_message(about.clone());
            let mut on_tick = |ended| bar.set_message(format!("{about}: {ended} answers"));
            let stop = bench.stop(DURATION);
            points.push(bench.measure(workload, pacing, stop, &mut on_tick)?);
            bar.inc(1);
        }
    }
    bar.finish_and_clear();
    if cli.json {
        report::document(&points)
    } else {
        Ok(report::table(&points))
    }
}

fn frontiers(bench: &Bench<'_>) -> Result<String, Box<dyn std::error::Error>> {
    let cli = bench.cli;
    let bar = progress_bar(cli.workload.len() as u64);
    let mut frontiers = Vec::new();
    for &workload in &cli.workload {
        let mut on_try = |pacing| bar.set_message(format!("{workload}, {pacing}"));
        let stop = bench.stop(TRY_DURATION);
        frontiers.push(frontier(
            bench,
            workload,
            &cli.concurrency,
            stop,
            &mut on_try,
        )?);
        bar.inc(1);
    }
    bar.finish_and_clear();
    if cli.json {
        report::frontier_document(&frontiers)
    } else {
        Ok(report::frontier_table(&frontiers))
    }
}

/// Drawn on standard error, and only where that is a terminal.
fn progress_bar(points: u64) -> ProgressBar {
    let style = ProgressStyle::with_template("{bar:30} {pos}/{len} {msg}")
        .unwrap_or_else(|_| ProgressStyle::default_bar());
    ProgressBar::new(points).with_style(style)
}
