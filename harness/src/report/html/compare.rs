//! Two runs side by side: published and reproduced, yesterday and today.

use std::collections::BTreeSet;

use workload::Workload;

use super::canvas::{Drawn, Fill};
use super::figure::{Absent, Figure};
use super::markup::escape;
use super::page::Page;
use super::rows::{Mark, Row, rows};
use super::view::{View, words};
use super::{coverage, distributions, paced, tables, trust};
use crate::journal::Phase;
use crate::measured::{Measured, Reason};
use crate::plan::PacedPlan;
use crate::report::footnotes::reason_text;
use crate::report::number::significant;
use crate::report::{Document, Grid};
use crate::summary::{Key, Metric, common_rate};

/// A figure that is compared: its title, and where each run has it.
type Compared = (String, fn(View<'_>, Workload) -> Option<Key>);

/// The page of both.
pub(super) fn html(one: View<'_>, other: View<'_>) -> Drawn<String> {
    let names = [one, other].map(|view| view.summary.run.run.clone());
    let title = format!("{} and {}", names[0], names[1]);
    let mut page = Page::new(&title, head(one, other));
    page.section("trust", "Can you trust these runs?", "");
    for view in [one, other] {
        page.add(&format!("<h3>{}</h3>\n", escape(&view.summary.run.run)));
        page.add(&trust::html(view.summary));
    }
    page.section(
        "figures",
        "Figure by figure",
        "Full and above: the first run; ring and below: the second; bars are intervals, or ranges \
         under six blocks. The ratio is the second to the first. Where the machines differ, only \
         ratios between entrants can be compared; where bars overlap, a difference need not be one.",
    );
    let chat = Workload::ALL[0];
    page.plots(&of_workload(one, other, chat)?);
    page.plots(&of_trial(one, other)?);
    page.more_plots("Streams at a pace", &of_paced(one, other)?);
    for workload in &Workload::ALL[1..] {
        page.more_plots(workload.name(), &of_workload(one, other, *workload)?);
    }
    page.section(
        "distribution",
        "Latency by percentile",
        "Service time, each run's own; the axes may differ.",
    );
    page.legend(union(one, other).into_iter());
    let mut pairs = Vec::new();
    for view in [one, other] {
        let figures = distributions::service(view)?.into_iter().take(2);
        pairs.extend(figures.map(|figure| Figure {
            title: format!("{}: {}", view.summary.run.run, figure.title),
            ..figure
        }));
    }
    page.plots(&pairs);
    page.section("coverage", "Coverage", "");
    for view in [one, other] {
        page.add(&format!("<h3>{}</h3>\n", escape(&view.summary.run.run)));
        page.add(&coverage::html(view));
    }
    page.section("overview", "Both overviews", "");
    for view in [one, other] {
        page.add(&format!("<h3>{}</h3>\n", escape(&view.summary.run.run)));
        let document = Document::of(view.summary);
        if let Some(section) = document.sections.first() {
            page.add(&tables::section(section));
        }
        for (index, note) in document.notes.iter().enumerate() {
            page.add(&format!(
                "<p class=\"meta\">[{}] {}</p>\n",
                index + 1,
                escape(note)
            ));
        }
    }
    Ok(page.html("<p>Made by Tollgate from the journals of both runs.</p>\n"))
}

fn head(one: View<'_>, other: View<'_>) -> String {
    let lines = [("First", one), ("Second", other)].map(|(which, view)| {
        let document = Document::of(view.summary);
        let intro: Vec<String> = document
            .intro
            .iter()
            .take(2)
            .map(|line| escape(line))
            .collect();
        format!(
            "<p class=\"meta\"><b>{which}: {}</b> {}</p>\n",
            escape(&view.summary.run.run),
            intro.join(" ")
        )
    });
    let warning = if one.summary.run.profile == other.summary.run.profile {
        String::new()
    } else {
        format!(
            "<p>Their profiles differ ({} and {}): a figure is compared only where both have it \
             at the same level.</p>\n",
            escape(&one.summary.run.profile.name),
            escape(&other.summary.run.profile.name)
        )
    };
    lines.concat() + &warning
}

/// The entrants of both, those of the first first.
fn union<'a>(one: View<'a>, other: View<'a>) -> Vec<&'a str> {
    let mut seen = BTreeSet::new();
    let all = one.entrants().chain(other.entrants());
    all.filter(|name| seen.insert(*name)).collect()
}

fn of_workload(one: View<'_>, other: View<'_>, workload: Workload) -> Drawn<Vec<Figure>> {
    let compared: [Compared; 6] = [
        (
            "overhead p50, one at a time".to_owned(),
            |view, workload| {
                let profile = &view.summary.run.profile;
                let has_it = profile.capacity.concurrency.contains(&1) && !profile.published_preset;
                let metric = Metric::OverheadP50;
                has_it.then(|| Key::of_load(Phase::Capacity, workload, Some(1), metric))
            },
        ),
        ("overhead p99, open loop".to_owned(), |view, workload| {
            let rate = common_rate(&view.summary.run.profile, workload)?;
            Some(Key::of_load(
                Phase::Ladder,
                workload,
                Some(rate),
                Metric::OverheadP99,
            ))
        }),
        ("latency p50".to_owned(), |view, workload| {
            let level = Some(view.latency_level());
            Some(Key::of_load(
                Phase::Latency,
                workload,
                level,
                Metric::LatencyP50,
            ))
        }),
        ("latency p99".to_owned(), |view, workload| {
            let level = Some(view.latency_level());
            Some(Key::of_load(
                Phase::Latency,
                workload,
                level,
                Metric::LatencyP99,
            ))
        }),
        ("highest rate".to_owned(), |_, workload| {
            Some(Key::of_load(
                Phase::Capacity,
                workload,
                None,
                Metric::PeakRate,
            ))
        }),
        ("CPU of a request".to_owned(), |view, workload| {
            let level = Some(view.latency_level());
            Some(Key::of_load(
                Phase::Latency,
                workload,
                level,
                Metric::CpuPerRequest,
            ))
        }),
    ];
    let mut figures = Vec::new();
    for (title, key) in compared {
        let keys = [key(one, workload), key(other, workload)];
        if let [Some(first), Some(second)] = keys
            && first == second
        {
            figures.push(figure(one, other, &format!("{workload}: {title}"), &first)?);
        }
    }
    Ok(figures)
}

fn of_trial(one: View<'_>, other: View<'_>) -> Drawn<Vec<Figure>> {
    let keys = [
        ("Idle memory", Phase::Idle, Metric::MemoryIdle),
        ("Peak memory", Phase::Latency, Metric::MemoryPeak),
        ("Cold start", Phase::Cold, Metric::ColdStart),
    ];
    keys.into_iter()
        .map(|(title, phase, metric)| figure(one, other, title, &Key::of_trial(phase, metric)))
        .collect()
}

/// At each pace that both have.
fn of_paced(one: View<'_>, other: View<'_>) -> Drawn<Vec<Figure>> {
    let compared = [
        ("overhead of a piece, p50", Metric::ChunkOverheadP50),
        ("overhead of a piece, p99", Metric::ChunkOverheadP99),
        ("overhead of the first piece, p50", Metric::OverheadP50),
        ("memory", Metric::MemoryPeak),
    ];
    let theirs = paced::points(other);
    let mut figures = Vec::new();
    for (workload, plan) in paced::points(one) {
        let is_same = |(of, known): &(Workload, &PacedPlan)| {
            *of == workload && (known.concurrency, known.gap_ms) == (plan.concurrency, plan.gap_ms)
        };
        if !theirs.iter().any(is_same) {
            continue;
        }
        for (title, metric) in compared {
            let key = Key::of_paced(workload, plan.concurrency, plan.gap_ms, metric);
            let title = format!("{}: {title}", paced::name(workload, plan));
            figures.push(figure(one, other, &title, &key)?);
        }
    }
    Ok(figures)
}

fn figure(one: View<'_>, other: View<'_>, title: &str, key: &Key) -> Drawn<Figure> {
    let unit = key.metric.unit();
    let mut table = Grid::new(
        2,
        [
            "entrant",
            "run",
            unit,
            "low",
            "high",
            "n",
            "absent, because",
        ],
    );
    let mut absent = Absent::default();
    let mut all = Vec::new();
    for entrant in union(one, other) {
        let mut marks = Vec::new();
        let mut values = Vec::new();
        for (view, fill, lane) in [(one, Fill::Full, 0.09), (other, Fill::Hollow, -0.14)] {
            let run = &view.summary.run.run;
            let (label, found) = if view.entrants().any(|name| name == entrant) {
                view.get(entrant, key)
            } else {
                let reason = Reason::NotAvailable("it is not in this run".to_owned());
                (entrant.to_owned(), Measured::absent(reason))
            };
            match found {
                Measured::Value(found) => {
                    let mut row = vec![label.clone(), run.clone()];
                    row.extend([found.value, found.low, found.high].map(significant));
                    row.extend([found.n.to_string(), String::new()]);
                    table.rows.push(row);
                    marks.push(Mark {
                        value: found.value,
                        ends: Some((found.low, found.high)),
                        fill,
                        lane,
                        words: words(&label, run, &found, unit),
                    });
                    values.push(found.value);
                }
                Measured::Absent { absent: reason } => {
                    let why = reason_text(&reason);
                    absent.add(&format!("{label} in {run}"), &why);
                    let empty = std::iter::repeat_n(String::new(), 4);
                    let begin = [label, run.clone()].into_iter();
                    table.rows.push(begin.chain(empty).chain([why]).collect());
                }
            }
        }
        let text = match values[..] {
            [first, second] if first > 0.0 => format!(
                "{} → {}, ×{:.2}",
                significant(first),
                significant(second),
                second / first
            ),
            [first, second] => format!("{} → {}", significant(first), significant(second)),
            [only] => format!("{} in one of them", significant(only)),
            _ => "absent".to_owned(),
        };
        all.push(Row {
            entrant: entrant.to_owned(),
            label: entrant.to_owned(),
            text,
            marks,
        });
    }
    let has_marks = all.iter().any(|row| !row.marks.is_empty());
    let picture = if has_marks {
        Some(rows(unit, &all)?)
    } else {
        None
    };
    Ok(Figure {
        title: title.to_owned(),
        note: String::new(),
        picture,
        table,
        absent,
    })
}
