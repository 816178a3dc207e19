//! What a gateway costs beside a plain proxy: every entrant against nginx.

use workload::Workload;

use super::grid::{Grid, Section};
use super::number::significant;
use super::sections::{Sections, latency_key};
use crate::journal::Phase;
use crate::measured::Measured;
use crate::summary::{Key, Metric, NGINX, common_rate};

impl Sections<'_> {
    /// The table; none where nginx took no part, or under six blocks.
    pub(super) fn beside(&mut self) -> Option<Section> {
        let summary = self.summary;
        if !summary.has_nginx() || !summary.is_ranked() {
            return None;
        }
        let profile = &summary.run.profile;
        let level = self.latency_level();
        let rate = common_rate(profile, Workload::ALL[0]);
        let mut headers = vec!["entrant".to_owned(), "workload".to_owned()];
        let levels = profile.capacity.concurrency.iter();
        headers.extend(levels.map(|level| format!("× req/s, c={level}")));
        headers.push(format!("× CPU/req, c={level}"));
        if let Some(rate) = rate {
            headers.push(format!("overhead p50 less nginx's, µs, {rate}/s"));
            headers.push(format!("× overhead p99, {rate}/s"));
        }
        let mut grid = Grid::new(2, headers);
        for entrant in &summary.run.entrants {
            if entrant.name == NGINX {
                continue;
            }
            for workload in Workload::ALL {
                if let Some(cells) = self.beside_row(&entrant.name, workload) {
                    grid.rows.push(cells);
                }
            }
        }
        if grid.rows.is_empty() {
            return None;
        }
        Some(Section {
            title: "Beside nginx".to_owned(),
            note: "Each against nginx in the same block, which serves as a plain proxy here: × is \
                   a part of nginx's figure, 1 being the same, and in brackets is the 95% \
                   interval. Rates are of the sweep, or of the latency pass where the sweep \
                   leaves a workload out; CPU is of the latency pass. The p99 of a block may \
                   stand on fewer than 10,000 samples; all blocks together have more."
                .to_owned(),
            grid,
        })
    }

    /// None of a workload of which nothing is measured.
    fn beside_row(&mut self, entrant: &str, workload: Workload) -> Option<Vec<String>> {
        let profile = &self.summary.run.profile;
        let is_in = |names: &[String]| names.iter().any(|name| name == workload.name());
        let [in_latency, in_sweep] =
            [&profile.latency, &profile.capacity].map(|plan| is_in(&plan.workloads));
        if !in_latency && !in_sweep {
            return None;
        }
        let latency_level = self.latency_level();
        let mut row = vec![entrant.to_owned(), workload.name().to_owned()];
        for &level in &profile.capacity.concurrency {
            let key = if in_sweep {
                let phase = Phase::Capacity;
                Key::of_load(phase, workload, Some(level), Metric::RateBesideNginx)
            } else if level == latency_level {
                latency_key(workload, level, Metric::RateBesideNginx)
            } else {
                row.push(String::new());
                continue;
            };
            row.push(self.ratio(entrant, &key));
        }
        row.push(if in_latency {
            let key = latency_key(workload, latency_level, Metric::CpuBesideNginx);
            self.ratio(entrant, &key)
        } else {
            String::new()
        });
        let ladder = |rate, metric| Key::of_load(Phase::Ladder, workload, Some(rate), metric);
        match common_rate(profile, workload) {
            Some(rate) => {
                row.push(self.difference(entrant, &ladder(rate, Metric::OverheadP50BesideNginx)));
                row.push(self.ratio(entrant, &ladder(rate, Metric::OverheadP99BesideNginx)));
            }
            None if common_rate(profile, Workload::ALL[0]).is_some() => {
                row.extend([String::new(), String::new()]);
            }
            None => {}
        }
        Some(row)
    }

    /// `0.81 [0.79–0.83]`.
    pub(super) fn ratio(&mut self, entrant: &str, key: &Key) -> String {
        match self.summary.get(entrant, key) {
            Measured::Value(ratio) => format!(
                "{} [{}–{}]",
                significant(ratio.value),
                significant(ratio.low),
                significant(ratio.high)
            ),
            Measured::Absent { .. } => self.cell(entrant, key),
        }
    }

    /// `+12.3 [-1.50 to +20.1]`.
    pub(super) fn difference(&mut self, entrant: &str, key: &Key) -> String {
        match self.summary.get(entrant, key) {
            Measured::Value(one) => format!(
                "{} [{} to {}]",
                signed(one.value),
                signed(one.low),
                signed(one.high)
            ),
            Measured::Absent { .. } => self.cell(entrant, key),
        }
    }
}

fn signed(value: f64) -> String {
    let sign = if value > 0.0 { "+" } else { "" };
    format!("{sign}{}", significant(value))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_difference_has_its_sign() {
        for (value, text) in [(12.34, "+12.3"), (-0.5, "-0.500"), (0.0, "0")] {
            assert_eq!(signed(value), text);
        }
    }
}
