//! Figures of images.

use super::{Estimate, Figure, Key, Metric};
use crate::journal::{EntrantRecord, Phase, Run};
use crate::measured::{Measured, Reason};

const BYTES_PER_MB: f64 = 1e6;

/// How large an entrant's image is, compressed and on disk.
pub(super) fn figures(run: &Run, entrant: &EntrantRecord) -> Vec<Figure> {
    let (compressed, disk) = match &entrant.image_size {
        Some(size) => (
            size.compressed_bytes.clone(),
            Measured::Value(size.disk_bytes),
        ),
        None => {
            let reason = missing(run, entrant);
            (Measured::absent(reason.clone()), Measured::absent(reason))
        }
    };
    [
        (Metric::ImageCompressed, compressed),
        (Metric::ImageDisk, disk),
    ]
    .into_iter()
    .map(|(metric, bytes)| Figure {
        entrant: entrant.name.clone(),
        key: Key::of_trial(Phase::Image, metric),
        value: bytes.map(|bytes| Estimate::exact(bytes as f64 / BYTES_PER_MB, 1)),
    })
    .collect()
}

fn missing(run: &Run, entrant: &EntrantRecord) -> Reason {
    match &entrant.absent {
        Some(reason) => reason.clone(),
        None if run.runner == "process" => {
            Reason::NotAvailable("it ran as a process: no image".to_owned())
        }
        None => Reason::NotAvailable("it did not run in a container".to_owned()),
    }
}
