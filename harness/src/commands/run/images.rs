//! The images of a run's entrants: there, pulled, or missing for a reason.

use std::collections::BTreeMap;
use std::io::IsTerminal;
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressStyle};

use crate::cli::RunArgs;
use crate::commands::CommandError;
use crate::docker::{Engine, EngineError, Image};
use crate::entrant::{Container, Entrant};
use crate::journal::Run;
use crate::measured::Reason;

/// The reference of an entrant's image: that of `--image`, or its manifest's.
pub(super) fn reference<'a>(
    args: &'a RunArgs,
    entrant: &Entrant,
    container: &'a Container,
) -> &'a str {
    let mut others = args.images.iter();
    match others.find(|(name, _)| *name == entrant.name) {
        Some((_, reference)) => reference,
        None => &container.image,
    }
}

/// The image of each of `entrants` that has one in its manifest; of a run that
/// is resumed, the very one that it began with.
pub(super) fn of_entrants(
    args: &RunArgs,
    begun: Option<&Run>,
    entrants: &[&Entrant],
    engine: &Engine,
) -> Result<BTreeMap<String, Result<Image, Reason>>, CommandError> {
    let mut images = BTreeMap::new();
    for entrant in entrants {
        let Some(container) = &entrant.manifest.container else {
            continue;
        };
        let before = begun
            .and_then(|run| run.entrants.iter().find(|one| one.name == entrant.name))
            .and_then(|record| record.image.as_ref());
        let found = match before {
            Some(before) => Ok(same_as_before(engine, &entrant.name, before)?),
            None => {
                let reference = reference(args, entrant, container);
                let how_to = container.how_to.as_deref();
                find(
                    engine,
                    reference,
                    how_to.filter(|_| reference == container.image),
                )?
            }
        };
        images.insert(entrant.name.clone(), found);
    }
    Ok(images)
}

/// The image of this reference, pulled unless it is there or is one that is
/// made on this machine by `how_to`; or why there is none.
pub(in crate::commands) fn find(
    engine: &Engine,
    reference: &str,
    how_to: Option<&str>,
) -> Result<Result<Image, Reason>, CommandError> {
    if let Some(image) = engine.image(reference).map_err(CommandError::failure)? {
        return Ok(Ok(image));
    }
    if let Some(how_to) = how_to {
        return Ok(Err(Reason::NotInstalled(format!(
            "there is no image {reference} here; run: {how_to}"
        ))));
    }
    match pull(engine, reference) {
        Ok(image) => Ok(Ok(image)),
        Err(EngineError::Interrupted) => Err(CommandError::Interrupted),
        Err(error) if error.is_gone() => Err(CommandError::failure(error)),
        Err(error) => Ok(Err(Reason::NotAvailable(format!(
            "the image {reference} is not here and cannot be pulled: {error}"
        )))),
    }
}

fn same_as_before(engine: &Engine, name: &str, before: &Image) -> Result<Image, CommandError> {
    // Its name may be another image's by now.
    if let Some(image) = engine.image(&before.id).map_err(CommandError::failure)? {
        return Ok(Image {
            reference: before.reference.clone(),
            ..image
        });
    }
    let now = find(engine, &before.reference, None)?;
    let why = match now {
        Ok(now) if now.id == before.id => return Ok(now),
        Ok(now) => format!("{} is now {}", before.reference, now.id),
        Err(reason) => reason.to_string(),
    };
    Err(CommandError::usage(format!(
        "{name}: the image that the run began with ({}) is gone: {why}",
        before.id
    )))
}

/// Pulls with a line that shows how far it is.
fn pull(engine: &Engine, reference: &str) -> Result<Image, EngineError> {
    let begin = Instant::now();
    if !std::io::stderr().is_terminal() {
        eprintln!("harness: pulling {reference}");
    }
    // Draws nothing where there is no terminal.
    let bar = ProgressBar::new(0);
    let style = ProgressStyle::with_template(
        "pulling {prefix}: {bytes} of {total_bytes} [{bar:24}] {bytes_per_sec} {msg}",
    );
    bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
    bar.set_prefix(reference.to_owned());
    bar.enable_steady_tick(Duration::from_millis(250));
    let pulled = engine.pull(reference, |progress| {
        bar.set_length(progress.total_bytes);
        bar.set_position(progress.done_bytes);
        bar.set_message(progress.status.clone());
    });
    bar.finish_and_clear();
    if pulled.is_ok() {
        eprintln!("harness: pulled {reference} in {:.0?}", begin.elapsed());
    }
    pulled
}
