//! The table of the benchmark published in June 2026, of this run's figures.

use workload::Workload;

use super::grid::{Grid, Section};
use super::sections::{Sections, latency_key, peak_key};
use crate::journal::Phase;
use crate::summary::{Key, Metric};

impl Sections<'_> {
    /// One row an entrant, with every column of the published headline table.
    pub(super) fn published(&mut self) -> Section {
        let chat = Workload::ALL[0];
        let level = self.latency_level();
        let phase = match self.summary.run.profile.resources {
            Some(_) => Phase::Resources,
            None => Phase::Latency,
        };
        let columns: [(&str, Key); 8] = [
            ("p50 ms", latency_key(chat, level, Metric::LatencyP50)),
            ("p99 ms", latency_key(chat, level, Metric::LatencyP99)),
            ("req/s", peak_key(chat)),
            ("peak MB", Key::of_trial(Phase::Latency, Metric::MemoryPeak)),
            (
                "req/s per CPU %",
                Key::of_load(phase, chat, Some(level), Metric::Efficiency),
            ),
            (
                "cold start ms",
                Key::of_trial(Phase::Cold, Metric::ColdStart),
            ),
            (
                "image MB",
                Key::of_trial(Phase::Image, Metric::ImageCompressed),
            ),
            ("served", Key::of_trial(Phase::Coverage, Metric::Served)),
        ];
        let words = [
            "entrant",
            "runtime",
            "vendor-neutral core",
            "source and licence",
        ];
        let headers = columns.iter().map(|(header, _)| *header);
        let mut grid = Grid::new(words.len(), words.into_iter().chain(headers));
        let summary = self.summary;
        for entrant in &summary.run.entrants {
            let text = |text: &Option<String>| text.clone().unwrap_or_default();
            let mut row = vec![
                entrant.name.clone(),
                entrant.runtime.clone(),
                text(&entrant.neutrality),
                text(&entrant.licence),
            ];
            row.extend(columns.iter().map(|(_, key)| self.cell(&entrant.name, key)));
            grid.rows.push(row);
        }
        Section {
            title: "The published table".to_owned(),
            note: format!(
                "Columns of the benchmark published in June 2026. Chat, whole answers, \
                 concurrency {level}; req/s is the highest of the sweep; req/s per CPU % counts a \
                 percent of one CPU, user and system; the image as a pull downloads it."
            ),
            grid,
        }
    }
}
