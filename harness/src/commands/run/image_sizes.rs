//! How large the images of a run's entrants are.

use crate::docker::{Engine, Image};
use crate::image_size::{ImageSize, Reference, Registries, Source, gzipped_layers};
use crate::measured::{Measured, Reason};
use crate::{commands::CommandError, interrupt};

use super::contestants::Known;

/// From this size on the user is told what is being waited for: compressing
/// takes some seconds.
const LARGE_BYTES: u64 = 100_000_000;

/// Finds out the size of the image of each that runs in a container, and puts
/// it into its record.
///
/// # Errors
/// The user asked to stop.
pub(super) fn measure(known: &mut [Known], engine: &Engine) -> Result<(), CommandError> {
    let mut registries = Registries::new(&engine.info().index_server);
    let mut sizes: Vec<(String, ImageSize)> = Vec::new();
    for one in known {
        let Some(image) = &one.record.image else {
            continue;
        };
        let known = sizes.iter().find(|(id, _)| *id == image.id);
        let size = match known {
            Some((_, size)) => size.clone(),
            None => size_of(image, engine, &mut registries),
        };
        if interrupt::requested() {
            return Err(CommandError::Interrupted);
        }
        sizes.push((image.id.clone(), size.clone()));
        one.record.image_size = Some(size);
    }
    Ok(())
}

/// As its registry serves it, or else of its layers compressed here.
fn size_of(image: &Image, engine: &Engine, registries: &mut Registries) -> ImageSize {
    let size = |compressed_bytes, source| ImageSize {
        compressed_bytes,
        source,
        disk_bytes: image.size_bytes,
    };
    let why = match served(image, registries) {
        Ok(bytes) => return size(Measured::Value(bytes), Some(Source::Registry)),
        Err(why) => why,
    };
    if image.size_bytes > LARGE_BYTES {
        eprintln!(
            "harness: compressing the layers of {} to know their size: {why}",
            image.reference
        );
    }
    match gzipped_layers(engine.export(&image.id)) {
        Ok(bytes) => size(Measured::Value(bytes), Some(Source::Layers(why))),
        Err(error) => {
            let why = format!("{why}, and its layers cannot be compressed: {error}");
            size(Measured::absent(Reason::NotAvailable(why)), None)
        }
    }
}

/// A registry is asked for the very image that runs, by its digest; the name
/// alone may be another image's there.
fn served(image: &Image, registries: &mut Registries) -> Result<u64, String> {
    let digest = match &image.digest {
        Measured::Value(digest) => digest,
        Measured::Absent {
            absent: Reason::NotAvailable(why),
        } => return Err(why.clone()),
        Measured::Absent { absent } => return Err(absent.to_string()),
    };
    let reference = Reference::parse(&image.reference)
        .ok_or_else(|| format!("{} names no registry", image.reference))?;
    registries.compressed_bytes(&reference, digest, &image.platform)
}
