//! What it costs to run: rate, CPU, memory, cold start, image.

use workload::Workload;

use super::canvas::{Drawn, Fill};
use super::figure::{Absent, Figure};
use super::rows::{Mark, Row, rows};
use super::view::{Part, View};
use crate::journal::Phase;
use crate::measured::Measured;
use crate::report::Grid;
use crate::report::footnotes::reason_text;
use crate::report::number::{significant, spread};
use crate::summary::{Key, Metric};

const NS_PER_MS: f64 = 1e6;

/// The highest rate of a workload.
pub(super) fn peak_rate(view: View<'_>, workload: Workload) -> Drawn<Figure> {
    let key = Key::of_load(Phase::Capacity, workload, None, Metric::PeakRate);
    let note = "Right answers a second at the best concurrency of the sweep. More is better.";
    view.figure(
        &format!("Highest rate of {workload}"),
        note,
        &[Part::only(key)],
    )
}

/// CPU time of a request, of a workload.
pub(super) fn cpu(view: View<'_>, workload: Workload) -> Drawn<Figure> {
    let level = view.latency_level();
    let key = Key::of_load(Phase::Latency, workload, Some(level), Metric::CpuPerRequest);
    let note = format!("User and system time of all its processes, at concurrency {level}.");
    view.figure(
        &format!("CPU of a request, {workload}"),
        &note,
        &[Part::only(key)],
    )
}

/// The most memory under load.
pub(super) fn memory_peak(view: View<'_>) -> Drawn<Figure> {
    let key = Key::of_trial(Phase::Latency, Metric::MemoryPeak);
    let note = "The most anonymous + shared memory under any load, all processes.";
    view.figure("Peak memory", note, &[Part::only(key)])
}

/// What a pull downloads; none of a run without images.
pub(super) fn image(view: View<'_>) -> Drawn<Option<Figure>> {
    let mut entrants = view.summary.run.entrants.iter();
    if !entrants.any(|one| one.image_size.is_some()) {
        return Ok(None);
    }
    let key = Key::of_trial(Phase::Image, Metric::ImageCompressed);
    let note = "Compressed, as a pull downloads it; the table below says who told it.";
    view.figure("Image", note, &[Part::only(key)]).map(Some)
}

/// Every cold start as a point, and the estimate.
pub(super) fn cold_starts(view: View<'_>) -> Drawn<Figure> {
    let key = Key::of_trial(Phase::Cold, Metric::ColdStart);
    let mut table = Grid::new(1, ["entrant", "ms", "low", "high", "n", "each start, ms"]);
    let mut absent = Absent::default();
    let mut all = Vec::new();
    for entrant in view.entrants() {
        let starts: Vec<f64> = view
            .journal
            .counted_samples()
            .filter(|one| one.entrant == entrant && one.phase == Phase::Cold)
            .filter_map(|one| one.cold_start_ns.as_ref()?.value())
            .map(|ns| *ns as f64 / NS_PER_MS)
            .collect();
        let (text, estimate) = match view.summary.get(entrant, &key) {
            Measured::Value(one) => {
                let spread = spread(&one).map_or(String::new(), |spread| format!(" {spread}"));
                (format!("{}{spread} ms", significant(one.value)), Some(one))
            }
            Measured::Absent { absent: reason } => {
                absent.add(entrant, &reason_text(&reason));
                ("absent".to_owned(), None)
            }
        };
        let mut marks: Vec<Mark> = starts
            .iter()
            .map(|ms| Mark {
                value: *ms,
                ends: None,
                fill: Fill::Faint,
                lane: 0.0,
                words: format!("{entrant}, one start: {} ms", significant(*ms)),
            })
            .collect();
        if let Some(one) = estimate {
            marks.push(Mark {
                value: one.value,
                ends: Some((one.low, one.high)),
                fill: Fill::Hollow,
                lane: 0.0,
                words: super::view::words(entrant, "estimate", &one, "ms"),
            });
            let each: Vec<String> = starts.iter().map(|ms| significant(*ms)).collect();
            let mut row = vec![entrant.to_owned()];
            row.extend([one.value, one.low, one.high].map(significant));
            row.extend([one.n.to_string(), each.join(" ")]);
            table.rows.push(row);
        }
        all.push(Row {
            entrant: entrant.to_owned(),
            label: entrant.to_owned(),
            text,
            marks,
        });
    }
    let has_marks = all.iter().any(|row| !row.marks.is_empty());
    let picture = if has_marks {
        Some(rows("ms", &all)?)
    } else {
        None
    };
    Ok(Figure {
        title: "Cold start".to_owned(),
        note: "From the start call to the first right answer; pale: each start, ring: the \
               estimate. direct is the floor."
            .to_owned(),
        picture,
        table,
        absent,
    })
}
