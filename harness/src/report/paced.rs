//! Streams whose pieces come at a pace.

use workload::Workload;

use super::grid::{Grid, Section};
use super::sections::Sections;
use crate::plan::PacedPlan;
use crate::summary::{Key, Metric, NGINX};

impl Sections<'_> {
    /// The table; none of a run that paces nothing.
    pub(super) fn paced(&mut self) -> Option<Section> {
        let summary = self.summary;
        let plans = &summary.run.profile.paced;
        if plans.is_empty() {
            return None;
        }
        let has_nginx = summary.has_nginx();
        let mut headers = vec![
            "entrant",
            "workload",
            "open streams",
            "gap ms",
            "chunk overhead p50 µs",
            "p99 µs",
        ];
        if has_nginx {
            headers.push("p50 less nginx's, µs");
        }
        headers.extend(["peak MB", "CPU µs/stream", "wrong ‰", "n"]);
        let mut grid = Grid::new(2, headers);
        for plan in plans {
            for workload in Workload::ALL {
                if !plan.workloads.iter().any(|name| name == workload.name()) {
                    continue;
                }
                for entrant in &summary.run.entrants {
                    let row = self.paced_row(&entrant.name, workload, plan, has_nginx);
                    grid.rows.push(row);
                }
            }
        }
        Some(Section {
            title: "Paced streams".to_owned(),
            note: "Streams that are all open at once, and whose pieces the mock writes so many \
                   milliseconds apart, each stream at moments of its own. Chunk overhead: from \
                   the mock's write of a piece to its arrival. Less nginx's: in pairs of the same \
                   block, in brackets the interval (under six blocks the range). Peak: anonymous + \
                   shared memory meanwhile. n: blocks."
                .to_owned(),
            grid,
        })
    }

    fn paced_row(
        &mut self,
        entrant: &str,
        workload: Workload,
        plan: &PacedPlan,
        has_nginx: bool,
    ) -> Vec<String> {
        let key = |metric| Key::of_paced(workload, plan.concurrency, plan.gap_ms, metric);
        let mut row = vec![
            entrant.to_owned(),
            workload.name().to_owned(),
            plan.concurrency.to_string(),
            plan.gap_ms.to_string(),
            self.cell(entrant, &key(Metric::ChunkOverheadP50)),
            self.cell(entrant, &key(Metric::ChunkOverheadP99)),
        ];
        if has_nginx {
            row.push(if entrant == NGINX {
                String::new()
            } else {
                self.difference(entrant, &key(Metric::ChunkOverheadBesideNginx))
            });
        }
        for metric in [Metric::MemoryPeak, Metric::CpuPerRequest, Metric::Wrong] {
            row.push(self.cell(entrant, &key(metric)));
        }
        let rate = self.summary.get(entrant, &key(Metric::Rate));
        let blocks = rate.value().map(|one| one.blocks.len().to_string());
        row.push(blocks.unwrap_or_else(|| "–".to_owned()));
        row
    }
}
