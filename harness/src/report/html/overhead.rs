//! What a gateway adds to a request: at one request at a time, and in an open
//! loop at common rates.

use workload::Workload;

use super::canvas::Drawn;
use super::figure::Figure;
use super::view::{Part, View};
use crate::journal::Phase;
use crate::summary::{Key, Metric, common_rate};

/// Four percentiles of chat at each rung, then of every other workload at the
/// rung at which entrants are compared; none where the profile has no rungs.
pub(super) fn at_common_rates(view: View<'_>) -> Drawn<[Vec<Figure>; 2]> {
    let profile = &view.summary.run.profile;
    let Some(ladder) = &profile.ladder else {
        return Ok([Vec::new(), Vec::new()]);
    };
    let chat = Workload::ALL[0];
    let of_chat = ladder
        .rates
        .iter()
        .map(|rate| percentiles(view, chat, *rate))
        .collect::<Drawn<Vec<_>>>()?;
    let of_others = Workload::ALL[1..]
        .iter()
        .filter_map(|workload| Some((*workload, common_rate(profile, *workload)?)))
        .map(|(workload, rate)| percentiles(view, workload, rate))
        .collect::<Drawn<Vec<_>>>()?;
    Ok([of_chat, of_others])
}

fn percentiles(view: View<'_>, workload: Workload, rate: u32) -> Drawn<Figure> {
    let part = |name, metric| Part {
        name,
        key: Key::of_load(Phase::Ladder, workload, Some(rate), metric),
    };
    view.figure(
        &format!("{workload}, {rate} a second"),
        "",
        &[
            part("p50", Metric::OverheadP50),
            part("p90", Metric::OverheadP90),
            part("p99", Metric::OverheadP99),
            part("p99.9", Metric::OverheadP999),
        ],
    )
}

/// The median overhead of chat with one request at a time.
pub(super) fn one_at_a_time(view: View<'_>) -> Drawn<Option<Figure>> {
    let profile = &view.summary.run.profile;
    if profile.published_preset || !profile.capacity.concurrency.contains(&1) {
        return Ok(None);
    }
    let key = Key::of_load(
        Phase::Capacity,
        Workload::ALL[0],
        Some(1),
        Metric::OverheadP50,
    );
    let note = "Median time that a request spends on the way, one request at a time.";
    view.figure("Overhead of chat", note, &[Part::only(key)])
        .map(Some)
}

/// For each streamed workload: the first piece, and each further one.
pub(super) fn of_streams(view: View<'_>) -> Drawn<Vec<Figure>> {
    let level = view.latency_level();
    let streams = || Workload::ALL.into_iter().filter(|one| one.stream);
    let key = |workload, metric| Key::of_load(Phase::Latency, workload, Some(level), metric);
    let mut figures = Vec::new();
    for workload in streams() {
        figures.push(view.figure(
            &format!("{workload}: time to the first piece"),
            &format!("Median, at concurrency {level}."),
            &[Part::only(key(workload, Metric::TtftP50))],
        )?);
    }
    if view.summary.run.profile.published_preset {
        return Ok(figures);
    }
    for workload in streams() {
        figures.push(view.figure(
            &format!("{workload}: overhead of a piece"),
            &format!(
                "Median time from the mock's write to the arrival, of every piece, at \
                 concurrency {level}."
            ),
            &[Part::only(key(workload, Metric::ChunkOverheadP50))],
        )?);
    }
    Ok(figures)
}
