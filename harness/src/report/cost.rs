//! What it costs to deploy: memory at named moments, cold start, image, and
//! what limits did.

use workload::Workload;

use super::grid::{Grid, Section};
use super::number::significant;
use super::sections::{Sections, column};
use crate::image_size::Source;
use crate::journal::{EntrantRecord, Phase};
use crate::measured::Measured;
use crate::summary::{DIRECT, Key, Metric};

impl Sections<'_> {
    pub(super) fn memory(&mut self) -> Section {
        let columns = [
            column("idle", Key::of_trial(Phase::Idle, Metric::MemoryIdle)),
            column("peak", Key::of_trial(Phase::Latency, Metric::MemoryPeak)),
            column("after", Key::of_trial(Phase::After, Metric::MemoryAfter)),
            column("idle, PSS", Key::of_trial(Phase::Idle, Metric::PssIdle)),
            column(
                "peak, resident",
                Key::of_trial(Phase::Latency, Metric::RssPeak),
            ),
            column(
                "peak, kernel",
                Key::of_trial(Phase::Latency, Metric::KernelPeak),
            ),
            column(
                "peak, cgroup",
                Key::of_trial(Phase::Latency, Metric::GroupPeak),
            ),
        ];
        self.section(
            "Memory, MB",
            "Idle (before any request), peak and after (the load has stopped): anonymous + \
             shared. Of a process tree it is the sum over processes, so a page shared since a \
             fork counts for each; a container's control group counts it once. Resident counts \
             mapped files too; PSS divides shared pages among their users; kernel is what the \
             kernel holds for the group, and cgroup all of it with the page cache.",
            &columns,
        )
    }

    pub(super) fn memory_at_levels(&mut self) -> Option<Section> {
        let chat = Workload::ALL[0];
        let plan = &self.summary.run.profile.capacity;
        if !plan.workloads.iter().any(|name| name == chat.name()) {
            return None;
        }
        let columns: Vec<_> = plan
            .concurrency
            .iter()
            .map(|&level| {
                let key = Key::of_load(Phase::Capacity, chat, Some(level), Metric::MemoryPeak);
                column(&format!("c={level}"), key)
            })
            .collect();
        Some(self.section(
            "Memory at each concurrency, MB",
            "The peak of anonymous + shared memory during that level of the chat sweep; levels \
             come in a shuffled order, and what one level took may still be held at the next.",
            &columns,
        ))
    }

    pub(super) fn cold_start(&mut self) -> Section {
        let mut grid = Grid::new(
            1,
            [
                "entrant",
                "warm",
                "starts",
                "page cache dropped",
                "starts, dropped",
            ],
        );
        let summary = self.summary;
        for entrant in &summary.run.entrants {
            let mut row = vec![entrant.name.clone()];
            for phase in [Phase::Cold, Phase::ColdDropped] {
                let key = Key::of_trial(phase, Metric::ColdStart);
                row.push(self.cell(&entrant.name, &key));
                let figure = summary.get(&entrant.name, &key);
                row.push(match figure.value() {
                    Some(estimate) => estimate.n.to_string(),
                    None => String::new(),
                });
            }
            grid.rows.push(row);
        }
        let profile = &summary.run.profile;
        Section {
            title: "Cold start, ms".to_owned(),
            note: format!(
                "From the start call to the first right answer, asked for every half millisecond; \
                 the median of a trial's starts. {DIRECT} is the floor: the mock itself, a \
                 program that answers at once, started in the same way. At most {} starts a \
                 trial, and none is begun after {} s of them, so what starts slowly has fewer.",
                profile.cold_starts,
                significant(profile.cold_start_budget_ms as f64 / 1e3)
            ),
            grid,
        }
    }

    /// None where no container was started.
    pub(super) fn images(&mut self) -> Option<Section> {
        let summary = self.summary;
        let has_image = |entrant: &EntrantRecord| entrant.image_size.is_some();
        if !summary.run.entrants.iter().any(has_image) {
            return None;
        }
        let mut grid = Grid::new(
            2,
            ["entrant", "compressed, as told by", "compressed", "on disk"],
        );
        for entrant in &summary.run.entrants {
            let source = entrant
                .image_size
                .as_ref()
                .and_then(|size| size.source.as_ref());
            let told_by = match source {
                Some(Source::Registry) => "the registry".to_owned(),
                Some(Source::Layers(why)) => format!("gzip of its layers {}", self.note(why)),
                None => String::new(),
            };
            let of_image = |metric| Key::of_trial(Phase::Image, metric);
            grid.rows.push(vec![
                entrant.name.clone(),
                told_by,
                self.cell(&entrant.name, &of_image(Metric::ImageCompressed)),
                self.cell(&entrant.name, &of_image(Metric::ImageDisk)),
            ]);
        }
        Some(Section {
            title: "Images, MB".to_owned(),
            note: "Compressed: configuration and layers, what a pull downloads for this platform. \
                   On disk: its layers unpacked, as the engine tells it."
                .to_owned(),
            grid,
        })
    }

    /// None where nothing ran in a control group of its own.
    pub(super) fn limits(&mut self) -> Option<Section> {
        let of_load = |metric| Key::of_trial(Phase::Latency, metric);
        let is_counted = |entrant: &EntrantRecord| {
            let kills = self.summary.get(&entrant.name, &of_load(Metric::OomKills));
            matches!(kills, Measured::Value(_))
        };
        if !self.summary.run.entrants.iter().any(is_counted) {
            return None;
        }
        let columns = [
            column("throttled, ms", of_load(Metric::Throttled)),
            column("killed for want of memory", of_load(Metric::OomKills)),
        ];
        Some(self.section(
            "Limits",
            "What the control group's limits did under load: time that its CPU quota kept it from \
             running, and processes that its memory limit killed.",
            &columns,
        ))
    }
}
