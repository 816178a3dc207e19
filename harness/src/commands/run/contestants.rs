//! Who takes part in a run, and who cannot and why.

use std::path::{Path, PathBuf};

use crate::cli::{EntrantArgs, RunArgs};
use crate::commands::CommandError;
use crate::entrant::{Catalogue, Entrant, Folder, Manifest};
use crate::journal::{EntrantRecord, Run};
use crate::measured::{Measured, Reason};
use crate::process::Programs;
use crate::runner::{ExternalRunner, ProcessRunner, availability, installed_version};
use crate::trial::Contestant;

/// An entrant asked for, and what the run's first record says of it.
pub(super) struct Known {
    pub(super) record: EntrantRecord,
    pub(super) contestant: Contestant,
}

/// The entrants of `names` and the targets of the command line.
pub(super) fn known(
    entrants: &EntrantArgs,
    args: &RunArgs,
    names: &[String],
    programs: &Programs,
    installs: &Path,
) -> Result<Vec<Known>, CommandError> {
    let catalogue = Catalogue::load(&entrants.dirs).map_err(CommandError::usage)?;
    for (index, (name, _)) in args.targets.iter().enumerate() {
        if args.targets[..index]
            .iter()
            .any(|(before, _)| before == name)
        {
            return Err(CommandError::usage(format!(
                "two targets are named `{name}`"
            )));
        }
        if catalogue.get(name).is_ok() {
            return Err(CommandError::usage(format!(
                "`{name}` is the name of an entrant; give the target another"
            )));
        }
    }
    let is_target = |name: &String| args.targets.iter().any(|(target, _)| target == name);
    let of_catalogue: Vec<String> = names.iter().filter(|n| !is_target(n)).cloned().collect();
    let mut known: Vec<Known> = catalogue
        .select(of_catalogue.iter().map(String::as_str))
        .map_err(CommandError::usage)?
        .into_iter()
        .map(|entrant| of_entrant(entrant, programs, installs))
        .collect();
    for (name, url) in &args.targets {
        known.push(of_target(name, url, args)?);
    }
    Ok(known)
}

/// Holds the entrants of a run that is resumed against those it began with:
/// the same take part, or its blocks would not be whole.
pub(super) fn same_as_before(before: &Run, now: &[Known]) -> Result<(), CommandError> {
    for record in before.entrants.iter().filter(|one| one.absent.is_none()) {
        let found = now.iter().find(|one| one.record.name == record.name);
        let why = match found.map(|one| &one.record.absent) {
            Some(None) => continue,
            Some(Some(reason)) => reason.to_string(),
            None => format!("give it again: --target {}=URL", record.name),
        };
        return Err(CommandError::usage(format!(
            "{} took part when the run began, and cannot now: {why}",
            record.name
        )));
    }
    let is_known = |name: &str| before.entrants.iter().any(|one| one.name == name);
    match now.iter().find(|one| !is_known(&one.record.name)) {
        Some(new) => Err(CommandError::usage(format!(
            "{} did not take part when the run began",
            new.record.name
        ))),
        None => Ok(()),
    }
}

/// One line for the user.
pub(super) fn why_absent(known: &Known) -> String {
    let reason = known.record.absent.as_ref();
    format!(
        "  {}: {}",
        known.record.name,
        reason.map_or(String::new(), Reason::to_string)
    )
}

fn of_entrant(entrant: &Entrant, programs: &Programs, installs: &Path) -> Known {
    let absent = availability(entrant, programs, installs).reason();
    let version = match &absent {
        Some(reason) => Measured::absent(reason.clone()),
        None if entrant.manifest.direct => {
            Measured::absent(Reason::NotAvailable("no gateway is started".to_owned()))
        }
        None => installed_version(entrant, programs, installs).map_or_else(
            || {
                Measured::absent(Reason::NotAvailable(
                    "it does not tell its version".to_owned(),
                ))
            },
            Measured::Value,
        ),
    };
    Known {
        record: record(entrant, true, version, absent),
        contestant: Contestant {
            entrant: entrant.clone(),
            runner: Box::new(ProcessRunner::new(programs.clone(), installs.to_owned())),
        },
    }
}

fn of_target(name: &str, url: &str, args: &RunArgs) -> Result<Known, CommandError> {
    let text = format!("title = {name:?}\nruntime = \"unknown\"\nnotes = \"already running\"\n");
    let mut manifest: Manifest = toml::from_str(&text).map_err(CommandError::usage)?;
    if let Some(model) = &args.model {
        manifest.model.clone_from(model);
    }
    manifest.headers = args.headers.iter().cloned().collect();
    manifest.paths = args.paths.iter().cloned().collect();
    let entrant = Entrant {
        name: name.to_owned(),
        manifest,
        folder: Folder::Disk(PathBuf::new()),
    };
    let version = Measured::absent(Reason::NotAvailable("it was running already".to_owned()));
    Ok(Known {
        record: record(&entrant, false, version, None),
        contestant: Contestant {
            entrant,
            runner: Box::new(ExternalRunner::new(url.to_owned())),
        },
    })
}

/// A target of the command line has no manifest, and what it was given may
/// hold secrets, which belong into no results folder.
fn record(
    entrant: &Entrant,
    has_manifest: bool,
    version: Measured<String>,
    absent: Option<Reason>,
) -> EntrantRecord {
    let manifest = &entrant.manifest;
    EntrantRecord {
        name: entrant.name.clone(),
        title: manifest.title.clone(),
        runtime: manifest.runtime.clone(),
        licence: manifest.licence.clone(),
        notes: manifest.notes.clone(),
        neutrality: manifest.neutrality.clone(),
        image_size: None,
        has_manifest,
        version,
        absent,
        not_served: manifest
            .not_served
            .iter()
            .map(|(workload, why)| (workload.name().to_owned(), why.clone()))
            .collect(),
    }
}
