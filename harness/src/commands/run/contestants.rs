//! Who takes part in a run, and who cannot and why.

use std::path::PathBuf;
use std::sync::Arc;

use super::images;
use super::starters::{Containers, Starters};
use crate::cli::RunArgs;
use crate::commands::CommandError;
use crate::docker::{Engine, Image};
use crate::entrant::{Catalogue, ContainerByHand, Entrant, Folder, Manifest};
use crate::journal::{EntrantRecord, Run};
use crate::measured::{Measured, Reason};
use crate::runner::{
    ContainerRunner, ExternalRunner, ProcessRunner, availability, find_version, installed_version,
};
use crate::trial::Contestant;

/// An entrant asked for, and what the run's first record says of it.
pub(super) struct Known {
    pub(super) record: EntrantRecord,
    pub(super) contestant: Contestant,
}

/// The entrants of the catalogue that `names` names, and the container of the
/// command line.
pub(super) fn asked_for(
    catalogue: &Catalogue,
    args: &RunArgs,
    names: &[String],
    by_hand: Option<&(Entrant, String)>,
) -> Result<Vec<Entrant>, CommandError> {
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
    let by_hand = by_hand.map(|(entrant, _)| entrant.clone());
    let of_catalogue = names.iter().filter(|name| {
        let is_target = args.targets.iter().any(|(target, _)| target == *name);
        !is_target && by_hand.as_ref().is_none_or(|one| one.name != **name)
    });
    let selected = catalogue
        .select(of_catalogue.map(String::as_str))
        .map_err(CommandError::usage)?;
    let mut entrants: Vec<Entrant> = selected.into_iter().cloned().collect();
    entrants.extend(by_hand);
    for (name, _) in &args.images {
        let known = entrants.iter().find(|entrant| entrant.name == *name);
        if known.is_none_or(|entrant| entrant.manifest.container.is_none()) {
            return Err(CommandError::usage(format!(
                "--image {name}: no entrant of this run that has a container is named so"
            )));
        }
    }
    Ok(entrants)
}

/// The container of `--container`, as an entrant and as a manifest's text.
pub(super) fn by_hand(
    catalogue: &Catalogue,
    args: &RunArgs,
) -> Result<Option<(Entrant, String)>, CommandError> {
    let Some(image) = &args.container else {
        return Ok(None);
    };
    let by_hand = ContainerByHand {
        image: image.clone(),
        port: args.port.unwrap_or_default(),
        env: args.env.clone(),
        model: args.model.clone(),
        headers: args.headers.clone(),
        paths: args.paths.clone(),
    };
    let mut name = by_hand.name();
    let is_target = |name: &String| args.targets.iter().any(|(target, _)| target == name);
    while catalogue.get(&name).is_ok() || is_target(&name) {
        name.push_str("-container");
    }
    let entrant = by_hand.entrant(name).map_err(CommandError::usage)?;
    Ok(Some((entrant, by_hand.manifest())))
}

/// All that take part, each with what starts it.
pub(super) fn known(
    entrants: &[Entrant],
    args: &RunArgs,
    starters: &Starters<'_>,
) -> Result<Vec<Known>, CommandError> {
    let mut known = Vec::new();
    for entrant in entrants {
        let image = starters.containers.as_ref().and_then(|containers| {
            let image = containers.images.get(&entrant.name)?;
            Some((containers, image))
        });
        known.push(match image {
            Some((containers, image)) => of_container(entrant, containers, image, starters),
            None => {
                if starters.containers.is_some() && !entrant.manifest.direct {
                    let name = &entrant.name;
                    eprintln!("harness: {name} runs as a process: its manifest has no container");
                }
                of_process(entrant, starters)
            }
        });
    }
    for (name, url) in &args.targets {
        known.push(of_target(name, url, args)?);
    }
    Ok(known)
}

/// What starts the program that answers at once in the way gateways are
/// started, or why nothing does.
pub(super) fn floor(
    entrant: &Entrant,
    starters: &Starters<'_>,
) -> Result<Result<Contestant, Reason>, CommandError> {
    let known = match &starters.containers {
        None => of_process(entrant, starters),
        Some(containers) => {
            let Some(container) = &entrant.manifest.container else {
                let why = format!("{} has no [container] in its manifest", entrant.name);
                return Ok(Err(Reason::NotAvailable(why)));
            };
            let how_to = container.how_to.as_deref();
            let image = images::find(&containers.engine, &container.image, how_to)?;
            of_container(entrant, containers, &image, starters)
        }
    };
    Ok(match known.record.absent {
        Some(reason) => Err(reason),
        None => Ok(known.contestant),
    })
}

/// Holds the entrants of a run that is resumed against those it began with:
/// the same take part, or its blocks would not be whole.
pub(super) fn same_as_before(before: &Run, now: &[Known]) -> Result<(), CommandError> {
    for record in before.entrants.iter().filter(|one| one.absent.is_none()) {
        let found = now.iter().find(|one| one.record.name == record.name);
        let why = match found.map(|one| &one.record.absent) {
            Some(None) => continue,
            Some(Some(reason)) => reason.to_string(),
            None if record.image.is_some() => "give it again: --container REF --port P".to_owned(),
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

fn of_process(entrant: &Entrant, starters: &Starters<'_>) -> Known {
    let (programs, installs) = (starters.programs, starters.installs);
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
    let runner = ProcessRunner::new(programs.clone(), installs.to_owned());
    Known {
        record: record(entrant, true, version, absent),
        contestant: Contestant {
            entrant: entrant.clone(),
            runner: Box::new(runner.placed(starters.placement.clone())),
        },
    }
}

fn of_container(
    entrant: &Entrant,
    containers: &Containers,
    image: &Result<Image, Reason>,
    starters: &Starters<'_>,
) -> Known {
    let has_manifest = entrant.folder.read("entrant.toml").is_ok();
    let image = match image {
        Ok(image) => image,
        Err(reason) => {
            let version = Measured::absent(reason.clone());
            let mut known = of_process(entrant, starters);
            known.record = record(entrant, has_manifest, version, Some(reason.clone()));
            return known;
        }
    };
    let version = container_version(entrant, &containers.engine, image);
    let mut record = record(entrant, has_manifest, version, None);
    record.image = Some(image.clone());
    Known {
        record,
        contestant: Contestant {
            entrant: entrant.clone(),
            runner: Box::new(ContainerRunner::new(
                Arc::clone(&containers.engine),
                image.clone(),
                containers.settings.clone(),
                starters.placement.clone(),
            )),
        },
    }
}

/// What the manifest's command says inside, or else the image's label.
fn container_version(entrant: &Entrant, engine: &Engine, image: &Image) -> Measured<String> {
    let container = entrant.manifest.container.as_ref();
    let said = container
        .and_then(|container| container.version.clone())
        .and_then(|command| engine.output_of(&image.id, command).ok())
        .and_then(|output| find_version(&output));
    said.map_or_else(|| image.version.clone(), Measured::Value)
}

fn of_target(name: &str, url: &str, args: &RunArgs) -> Result<Known, CommandError> {
    let text = format!("title = {name:?}\nruntime = \"unknown\"\nnotes = \"already running\"\n");
    let mut manifest: Manifest = toml::from_str(&text).map_err(CommandError::usage)?;
    manifest.by_hand = true;
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
        image: None,
        not_served: manifest
            .not_served
            .iter()
            .map(|(workload, why)| (workload.name().to_owned(), why.clone()))
            .collect(),
        translation: manifest
            .translation
            .iter()
            .map(|(client, providers)| {
                let providers = providers.iter();
                let providers =
                    providers.map(|(provider, one)| (*provider, one.not_served.clone()));
                (client.name().to_owned(), providers.collect())
            })
            .collect(),
    }
}
