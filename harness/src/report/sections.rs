//! The tables of a document.

use workload::Workload;

use super::footnotes::{Footnotes, reason_text};
use super::grid::{Grid, Section};
use super::number::{significant, spread};
use super::{ranking, reproduction, trust};
use crate::journal::{EntrantRecord, Phase};
use crate::measured::{Measured, Reason};
use crate::summary::{Key, Metric, Summary, common_rate};

/// A column: its header and the figure it shows.
type Column = (String, Key);

pub(super) struct Sections<'a> {
    pub(super) summary: &'a Summary,
    notes: Footnotes,
}

impl<'a> Sections<'a> {
    pub(super) fn new(summary: &'a Summary) -> Self {
        Self {
            summary,
            notes: Footnotes::default(),
        }
    }

    /// All tables, and the notes they refer to.
    pub(super) fn all(mut self) -> (Vec<Section>, Vec<String>) {
        if !self.summary.run.profile.ranks() {
            return self.translation_alone();
        }
        let mut sections = vec![self.overview(), trust::section(self.summary)];
        sections.push(self.published());
        sections.extend(reproduction::sections(self.summary, &mut self.notes));
        sections.extend(ranking::section(self.summary));
        sections.push(self.latency(Metric::LatencyP50));
        sections.push(self.latency(Metric::LatencyP99));
        sections.push(self.ttft());
        sections.extend(self.overhead());
        sections.extend(self.open_loop());
        sections.extend(self.rungs());
        sections.push(self.capacity());
        sections.extend(self.beside());
        sections.extend(self.paced());
        sections.extend(self.frontier());
        sections.extend(self.translation());
        sections.push(self.cpu());
        sections.push(self.memory());
        sections.extend(self.memory_at_levels());
        sections.extend(self.limits());
        sections.push(self.cold_start());
        sections.extend(self.images());
        sections.push(self.coverage());
        sections.push(self.rig());
        sections.push(self.entrants());
        (sections, self.notes.into_notes())
    }

    /// What a profile has that holds every entrant against itself alone.
    fn translation_alone(mut self) -> (Vec<Section>, Vec<String>) {
        let mut sections = self.translation();
        sections.push(trust::section(self.summary));
        sections.push(self.cold_start());
        sections.push(self.coverage());
        sections.push(self.entrants());
        (sections, self.notes.into_notes())
    }

    fn overview(&mut self) -> Section {
        let chat = Workload::ALL[0];
        let stream = Workload::ALL[1];
        let latency = self.latency_level();
        let mut columns = vec![
            column("p50 ms", latency_key(chat, latency, Metric::LatencyP50)),
            column("p99 ms", latency_key(chat, latency, Metric::LatencyP99)),
            column("TTFT ms", latency_key(stream, latency, Metric::TtftP50)),
        ];
        if self.sweeps_from_one() {
            let key = Key::of_load(Phase::Capacity, chat, Some(1), Metric::OverheadP50);
            columns.push(column("overhead µs, c=1", key));
        }
        columns.extend([
            column("peak req/s", peak_key(chat)),
            column(
                "CPU µs/req",
                latency_key(chat, latency, Metric::CpuPerRequest),
            ),
            column("idle MB", Key::of_trial(Phase::Idle, Metric::MemoryIdle)),
            column("peak MB", Key::of_trial(Phase::Latency, Metric::MemoryPeak)),
            column(
                "cold start ms",
                Key::of_trial(Phase::Cold, Metric::ColdStart),
            ),
            column("served", Key::of_trial(Phase::Coverage, Metric::Served)),
        ]);
        let note = format!(
            "Chat, whole answers, closed loop at concurrency {latency}; TTFT of chat streams. At \
             such a concurrency latency restates throughput for a gateway near saturation: read \
             it beside the peak and the overhead at one request at a time. Memory is anonymous + \
             shared, all processes of the entrant."
        );
        self.section("Overview", &note, &columns)
    }

    fn latency(&mut self, metric: Metric) -> Section {
        let level = self.latency_level();
        let columns = self.workload_columns(&Workload::ALL, |workload| {
            latency_key(workload, level, metric)
        });
        let percentile = match metric {
            Metric::LatencyP99 => "p99",
            _ => "p50",
        };
        self.section(
            &format!("Latency {percentile}, ms, closed loop at concurrency {level}"),
            "From sending the request to the last byte of a whole answer or to a stream's \
             terminal event; right answers only.",
            &columns,
        )
    }

    fn ttft(&mut self) -> Section {
        let level = self.latency_level();
        let streams: Vec<Workload> = Workload::ALL.into_iter().filter(|w| w.stream).collect();
        let columns = self.workload_columns(&streams, |workload| {
            latency_key(workload, level, Metric::TtftP50)
        });
        self.section(
            &format!("Time to the first generated piece, p50, ms, concurrency {level}"),
            "The first non-empty piece of text, not the first byte.",
            &columns,
        )
    }

    fn overhead(&mut self) -> Option<Section> {
        if !self.sweeps_from_one() {
            return None;
        }
        let columns = self.workload_columns(&Workload::ALL, |workload| {
            Key::of_load(Phase::Capacity, workload, Some(1), Metric::OverheadP50)
        });
        Some(self.section(
            "Overhead p50, µs, one request at a time",
            "Measured, not subtracted: time on the way to the mock and back, by the mock's stamps \
             in the answer; of a stream, to its first piece.",
            &columns,
        ))
    }

    fn open_loop(&mut self) -> Option<Section> {
        let profile = &self.summary.run.profile;
        let rate = common_rate(profile, Workload::ALL[0])?;
        let columns = self.workload_columns(&Workload::ALL, |workload| {
            Key::of_load(Phase::Ladder, workload, Some(rate), Metric::OverheadP50)
        });
        Some(self.section(
            &format!("Overhead p50, µs, open loop at {rate} a second"),
            "The same load for everyone: requests are sent when they were planned to be. Absent \
             where an entrant does not carry the rate.",
            &columns,
        ))
    }

    fn rungs(&mut self) -> Option<Section> {
        let chat = Workload::ALL[0];
        let rates = self.summary.run.profile.ladder.as_ref()?.rates.clone();
        let mut columns = Vec::new();
        for rate in rates {
            let key = |metric| Key::of_load(Phase::Ladder, chat, Some(rate), metric);
            columns.extend([
                column(
                    &format!("{rate}/s: overhead p50 µs"),
                    key(Metric::OverheadP50),
                ),
                column(&format!("{rate}/s: p99 µs"), key(Metric::OverheadP99)),
                column(
                    &format!("{rate}/s: response p99 ms"),
                    key(Metric::ResponseP99),
                ),
            ]);
        }
        Some(self.section(
            "Chat at common rates, open loop",
            "Response time counts from the planned send. A percentile of it is absent where the \
             generator itself was late at that percentile.",
            &columns,
        ))
    }

    fn capacity(&mut self) -> Section {
        let plan = &self.summary.run.profile.capacity;
        let workloads: Vec<Workload> = Workload::ALL
            .into_iter()
            .filter(|workload| plan.workloads.iter().any(|name| name == workload.name()))
            .collect();
        let levels: Vec<String> = plan.concurrency.iter().map(u32::to_string).collect();
        let note = format!(
            "The highest rate of right answers a second over concurrencies {}; in brackets the \
             lowest concurrency that reaches 95% of it.",
            levels.join(", ")
        );
        let (headers, keys): (Vec<_>, Vec<_>) = self
            .workload_columns(&workloads, peak_key)
            .into_iter()
            .unzip();
        let mut grid = Grid::new(1, std::iter::once("entrant".to_owned()).chain(headers));
        for entrant in &self.summary.run.entrants {
            let mut row = vec![entrant.name.clone()];
            for key in &keys {
                let rate = self.cell(&entrant.name, key);
                let knee_key = Key {
                    metric: Metric::Knee,
                    ..key.clone()
                };
                let knee = self.summary.get(&entrant.name, &knee_key);
                row.push(match knee.value() {
                    Some(knee) => format!("{rate} ({})", knee.value),
                    None => rate,
                });
            }
            grid.rows.push(row);
        }
        Section {
            title: "Capacity, requests a second".to_owned(),
            note,
            grid,
        }
    }

    fn cpu(&mut self) -> Section {
        let level = self.latency_level();
        let columns = self.workload_columns(&Workload::ALL, |workload| {
            latency_key(workload, level, Metric::CpuPerRequest)
        });
        self.section(
            &format!("CPU of the entrant, µs a request, concurrency {level}"),
            "User and system time of all its processes over the window, warm-up requests counted.",
            &columns,
        )
    }

    fn coverage(&mut self) -> Section {
        let mut grid = Grid::new(
            7,
            std::iter::once("entrant").chain(Workload::ALL.map(Workload::name)),
        );
        let mut all = self.summary.coverage.iter().flat_map(|(_, all)| all);
        let is_translated = all.any(|one| one.translated_to.is_some());
        for (entrant, coverage) in &self.summary.coverage {
            let mut row = vec![entrant.clone()];
            for one in coverage {
                row.push(match &one.served {
                    Ok(()) => match (one.translated_to, one.mixed_with) {
                        (Some(provider), _) => format!("yes, as {provider}"),
                        (None, Some(provider)) => format!("yes, in part as {provider}"),
                        (None, None) => "yes".to_owned(),
                    },
                    Err(reason @ Reason::NotServed(_)) => {
                        format!("no {}", self.notes.mark(&reason.to_string()))
                    }
                    Err(reason) => format!("– {}", self.notes.mark(&reason.to_string())),
                });
            }
            grid.rows.push(row);
        }
        Section {
            title: "Coverage".to_owned(),
            note: format!(
                "Served: every request of the check was answered right.{}",
                if is_translated {
                    " As: the provider was asked in another dialect, so the entrant translated, \
                     and its figures stand in a column of their own."
                } else {
                    ""
                }
            ),
            grid,
        }
    }

    fn rig(&mut self) -> Section {
        let chat = Workload::ALL[0];
        let stream = Workload::ALL[1];
        let level = self.latency_level();
        let columns = [
            column(
                "generator, chat",
                latency_key(chat, level, Metric::GeneratorCpuPerRequest),
            ),
            column(
                "mock, chat",
                latency_key(chat, level, Metric::MockCpuPerRequest),
            ),
            column(
                "generator, stream",
                latency_key(stream, level, Metric::GeneratorCpuPerRequest),
            ),
            column(
                "mock, stream",
                latency_key(stream, level, Metric::MockCpuPerRequest),
            ),
            column("wrong ‰, chat", latency_key(chat, level, Metric::Wrong)),
            column("wrong ‰, stream", latency_key(stream, level, Metric::Wrong)),
        ];
        self.section(
            "The rig: its CPU, µs a request, and wrong answers",
            "What the generator and the mock took of the cores they share with the entrant.",
            &columns,
        )
    }

    fn entrants(&mut self) -> Section {
        let mut grid = Grid::new(
            6,
            [
                "entrant",
                "version",
                "runtime",
                "licence",
                "neutrality",
                "as configured here",
            ],
        );
        for entrant in &self.summary.run.entrants {
            let version = match &entrant.version {
                Measured::Value(version) => version.clone(),
                Measured::Absent { absent } => {
                    format!("– {}", self.notes.mark(&absent.to_string()))
                }
            };
            let text = |text: &Option<String>| text.clone().unwrap_or_default();
            grid.rows.push(vec![
                title(entrant),
                version,
                entrant.runtime.clone(),
                text(&entrant.licence),
                text(&entrant.neutrality),
                text(&entrant.notes),
            ]);
        }
        Section {
            title: "Entrants".to_owned(),
            note: String::new(),
            grid,
        }
    }

    pub(super) fn section(&mut self, title: &str, note: &str, columns: &[Column]) -> Section {
        let headers = columns.iter().map(|(header, _)| header.clone());
        let mut grid = Grid::new(1, std::iter::once("entrant".to_owned()).chain(headers));
        for entrant in &self.summary.run.entrants {
            let mut row = vec![entrant.name.clone()];
            row.extend(columns.iter().map(|(_, key)| self.cell(&entrant.name, key)));
            grid.rows.push(row);
        }
        Section {
            title: title.to_owned(),
            note: note.to_owned(),
            grid,
        }
    }

    pub(super) fn cell(&mut self, entrant: &str, key: &Key) -> String {
        match self.summary.get(entrant, key) {
            Measured::Absent { absent } => self.absent(&absent),
            Measured::Value(estimate) => {
                let mut text = if key.metric == Metric::Served {
                    format!("{} {}", estimate.value, key.metric.unit())
                } else {
                    significant(estimate.value)
                };
                if estimate.pooled {
                    text.push('ᵖ');
                }
                if self.summary.is_near_ceiling(entrant, key, &estimate) {
                    text.push('‡');
                }
                match spread(&estimate) {
                    Some(spread) => format!("{text} {spread}"),
                    None => text,
                }
            }
        }
    }

    /// A column for each workload, and beside it one for each dialect that
    /// entrants translated it to: what is passed on and what is translated
    /// have no column in common.
    fn workload_columns(
        &self,
        workloads: &[Workload],
        key: impl Fn(Workload) -> Key,
    ) -> Vec<Column> {
        let mut columns = Vec::new();
        for &workload in workloads {
            columns.push((workload.name().to_owned(), key(workload)));
            for provider in self.summary.translated_to(workload) {
                let key = Key {
                    provider: Some(provider),
                    ..key(workload)
                };
                columns.push((format!("{workload} → {provider}"), key));
            }
        }
        columns
    }

    /// The mark of a note of any kind.
    pub(super) fn note(&mut self, text: &str) -> String {
        self.notes.mark(text)
    }

    fn absent(&mut self, reason: &Reason) -> String {
        format!("– {}", self.notes.mark(&reason_text(reason)))
    }

    pub(super) fn latency_level(&self) -> u32 {
        let levels = &self.summary.run.profile.latency.concurrency;
        levels.first().copied().unwrap_or_default()
    }

    fn sweeps_from_one(&self) -> bool {
        let profile = &self.summary.run.profile;
        profile.capacity.concurrency.contains(&1) && !profile.published_preset
    }
}

fn title(entrant: &EntrantRecord) -> String {
    if entrant.title.eq_ignore_ascii_case(&entrant.name) {
        entrant.title.clone()
    } else {
        format!("{} ({})", entrant.name, entrant.title)
    }
}

pub(super) fn column(header: &str, key: Key) -> Column {
    (header.to_owned(), key)
}

pub(super) fn latency_key(workload: Workload, level: u32, metric: Metric) -> Key {
    Key::of_load(Phase::Latency, workload, Some(level), metric)
}

pub(super) fn peak_key(workload: Workload) -> Key {
    Key::of_load(Phase::Capacity, workload, None, Metric::PeakRate)
}
