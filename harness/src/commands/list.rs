//! `harness list`: the entrants, and whether each can run here.

use comfy_table::{ContentArrangement, LineStyle, Table, TableStyle};
use workload::Workload;

use super::CommandError;
use crate::cli::EntrantArgs;
use crate::docker::{Engine, EngineError};
use crate::entrant::{Catalogue, Entrant, Manifest};
use crate::process::Programs;
use crate::project;
use crate::runner::{Availability, availability, installed_version};

/// Nothing but a line below the header.
const STYLE: TableStyle = TableStyle::new().header_separator(LineStyle::new('─', '─', '─', '─'));

/// Prints a table of all entrants to standard output.
///
/// # Errors
/// A manifest is wrong.
pub fn list(args: &EntrantArgs) -> Result<(), CommandError> {
    let catalogue = Catalogue::load(&args.dirs).map_err(CommandError::usage)?;
    let installs = project::installs(args.install_dir.as_deref()).map_err(CommandError::failure)?;
    let programs = Programs::new();

    let mut table = Table::new();
    table
        .load_style(STYLE)
        .set_content_arrangement(ContentArrangement::Dynamic)
        .set_header([
            "entrant",
            "runtime",
            "version",
            "workloads",
            "runs here",
            "in a container",
        ]);
    let engine = Engine::connect();
    for entrant in catalogue.all() {
        let here = availability(entrant, &programs, &installs);
        let version = match here {
            Availability::Here => installed_version(entrant, &programs, &installs),
            _ => None,
        };
        table.add_row([
            entrant.name.clone(),
            entrant.manifest.runtime.clone(),
            version.unwrap_or_else(|| "-".into()),
            coverage(&entrant.manifest),
            match here {
                Availability::Here => "yes".into(),
                not_here => format!("no: {not_here}"),
            },
            in_a_container(&entrant.manifest, engine.as_ref()),
        ]);
    }
    let notes: String = catalogue.all().iter().map(not_served).collect();
    super::print(&format!("{table}\n{notes}"))
}

fn in_a_container(manifest: &Manifest, engine: Result<&Engine, &EngineError>) -> String {
    let Some(container) = &manifest.container else {
        return "-".to_owned();
    };
    let reference = &container.image;
    let found = match engine {
        Ok(engine) => engine.image(reference),
        Err(_) => return format!("{reference}: no engine answers"),
    };
    match (found, &container.how_to) {
        (Ok(Some(_)), _) => format!("yes: {reference} is here"),
        (Ok(None), Some(how_to)) => format!("no: {reference} is not here; run: {how_to}"),
        (Ok(None), None) => format!("{reference} is pulled when it is needed"),
        (Err(error), _) => format!("no: {error}"),
    }
}

fn coverage(manifest: &Manifest) -> String {
    let all = Workload::ALL.len();
    format!("{} of {all}", all - manifest.not_served.len())
}

/// A line for each reason, with the workloads it holds for.
fn not_served(entrant: &Entrant) -> String {
    let mut reasons: Vec<(&str, Vec<&str>)> = Vec::new();
    for (workload, reason) in &entrant.manifest.not_served {
        match reasons.iter_mut().find(|(known, _)| known == reason) {
            Some((_, workloads)) => workloads.push(workload.name()),
            None => reasons.push((reason, vec![workload.name()])),
        }
    }
    let lines = reasons.into_iter().map(|(reason, workloads)| {
        let workloads = workloads.join(", ");
        format!("{} does not serve {workloads}: {reason}\n", entrant.name)
    });
    lines.collect()
}
