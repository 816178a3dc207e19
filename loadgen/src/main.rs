//! `loadgen`: see `loadgen --help`.

use std::process::ExitCode;

use clap::Parser;
use indicatif::{ProgressBar, ProgressStyle};
use loadgen::cli::Cli;
use loadgen::{point, report};

/// The harness or the machine failed, not the target.
const FAILED: u8 = 4;

fn main() -> ExitCode {
    match run(&Cli::parse()) {
        Ok(output) => {
            println!("{}", output.trim_end());
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("loadgen: {error}");
            ExitCode::from(FAILED)
        }
    }
}

fn run(cli: &Cli) -> Result<String, Box<dyn std::error::Error>> {
    let target = cli.url.resolve()?;
    let script = cli.script();
    let pacings = cli.pacings();
    let bar = progress_bar((cli.workload.len() * pacings.len()) as u64);
    let mut points = Vec::new();
    for &workload in &cli.workload {
        for &pacing in &pacings {
            let about = format!("{workload} {pacing:?}");
            bar.set_message(about.clone());
            let mut on_tick = |ended| bar.set_message(format!("{about}: {ended} answers"));
            points.push(point::measure(
                cli,
                target,
                workload,
                pacing,
                &script,
                &mut on_tick,
            )?);
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

/// Drawn on standard error, and only where that is a terminal.
fn progress_bar(points: u64) -> ProgressBar {
    let style = ProgressStyle::with_template("{bar:30} {pos}/{len} {msg}")
        .unwrap_or_else(|_| ProgressStyle::default_bar());
    ProgressBar::new(points).with_style(style)
}
