//! The profiles: how much of everything a run measures.

use serde::{Deserialize, Serialize};
use workload::Workload;

use super::{PacedPlan, TranslationPlan};

/// When the load of one point ends.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LoadLimit {
    /// After so many milliseconds.
    DurationMs(u64),
    /// After so many requests.
    Requests(u64),
}

/// Closed-loop load at some concurrencies on some workloads.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct LoadPlan {
    /// The workloads, by name.
    pub workloads: Vec<String>,
    /// Numbers of workers, one point each.
    pub concurrency: Vec<u32>,
    /// When a point ends.
    pub limit: LoadLimit,
    /// Requests before each point that are not measured.
    pub warmup: u64,
    /// When a point is cut off, in milliseconds.
    pub max_wall_ms: u64,
    /// Only in so many blocks, from the first; in all of them where it is not
    /// said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub blocks: Option<u32>,
    /// Each point in so many turns, as trials take that run side by side; in
    /// one where it is not said. What a point's figures are is the mean over
    /// its turns.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub turns: Option<u32>,
}

impl LoadPlan {
    /// How often each point is loaded.
    pub fn turns(&self) -> u32 {
        self.turns.unwrap_or(1)
    }

    /// Whether it is carried out in a block, counted from 1.
    pub fn is_in(&self, block: u32) -> bool {
        self.blocks.is_none_or(|blocks| block <= blocks)
    }
}

/// Searches for the highest rate within limits of overhead.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FrontierPlan {
    /// The workloads, by name.
    pub workloads: Vec<String>,
    /// Numbers of workers of the closed loop that a search begins with.
    pub concurrency: Vec<u32>,
    /// How long each try is loaded, in milliseconds.
    pub try_ms: u64,
    /// Requests before each try that are not measured.
    pub warmup: u64,
    /// Only in so many blocks, from the first.
    pub blocks: u32,
}

impl FrontierPlan {
    /// Whether it is carried out in a block, counted from 1.
    pub fn is_in(&self, block: u32) -> bool {
        block <= self.blocks
    }
}

/// Open-loop load at some common rates on some workloads.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct LadderPlan {
    /// The workloads, by name.
    pub workloads: Vec<String>,
    /// Requests a second, one rung each.
    pub rates: Vec<u32>,
    /// How long a rung is loaded, in milliseconds.
    pub duration_ms: u64,
    /// Requests before each rung that are not measured.
    pub warmup: u64,
    /// Connections that may be used.
    pub max_connections: u32,
    /// When a rung is cut off, in milliseconds.
    pub max_wall_ms: u64,
}

/// How much of everything a run measures.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Profile {
    /// Its name on the command line.
    pub name: String,
    /// Blocks: in each, every entrant runs once in a fresh process.
    pub blocks: u32,
    /// Whether the mock answers as the published benchmark's did.
    pub published_preset: bool,
    /// Cold starts in each trial, the trial's own included.
    pub cold_starts: u32,
    /// No further cold start is begun after so many milliseconds of them; the
    /// first is always made. An entrant slower than that has one start a block:
    /// 12 in `full`, 3 in `quick` or fewer.
    pub cold_start_budget_ms: u64,
    /// The same of starts after the page cache was dropped; 0: it is left as
    /// it is.
    #[serde(default)]
    pub dropped_cold_starts: u32,
    /// What is done where starting takes long.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub slow_start: Option<SlowStart>,
    /// Requests of each workload that tell whether it is served.
    pub coverage_requests: u64,
    /// How long the idle entrant is watched, in milliseconds.
    pub idle_ms: u64,
    /// How long the entrant is watched after all load, in milliseconds.
    #[serde(default)]
    pub after_ms: u64,
    /// Requests of chat before anything is measured.
    pub process_warmup: u64,
    /// The pass that latency, CPU and memory under load are read from.
    pub latency: LoadPlan,
    /// The sweep that the highest rate is read from.
    pub capacity: LoadPlan,
    /// A longer look at CPU and memory under chat load, where there is one.
    pub resources: Option<LoadPlan>,
    /// The rungs that latency from the planned send is read from.
    #[serde(default)]
    pub ladder: Option<LadderPlan>,
    /// The search for the highest rate within limits of overhead.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub frontier: Option<FrontierPlan>,
    /// Streams whose pieces come at a pace.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub paced: Vec<PacedPlan>,
    /// What is measured of entrants that translate.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub translation: Option<TranslationPlan>,
}

/// Fewer trials of an entrant that takes long to start, so that a short run
/// stays short.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SlowStart {
    /// Long is from here on, in milliseconds.
    pub over_ms: u64,
    /// Blocks in which it takes part.
    pub blocks: u32,
}

/// No profile has this name.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("unknown profile `{0}`; known: smoke, quick, gateway, translation, published, aws, full")]
pub struct UnknownProfile(String);

impl Profile {
    /// The names, from the shortest run to the longest.
    pub const NAMES: [&'static str; 7] = [
        "smoke",
        "quick",
        "gateway",
        "translation",
        "published",
        "aws",
        "full",
    ];

    /// The profile of a name.
    ///
    /// # Errors
    /// [`UnknownProfile`] when there is none.
    pub fn named(name: &str) -> Result<Self, UnknownProfile> {
        match name {
            "smoke" => Ok(Self::interleaved("smoke", 1, 250, &[1, 64], 150, 2)
                .with_ladder(&[200], 150)
                .with_paced(vec![PacedPlan::chat(8, 10, 1, None)])
                .with_translation(TranslationPlan::coverage())),
            "quick" => Ok(Self::interleaved("quick", 3, 600, &[1, 16, 64], 300, 5)
                .with_ladder(&[200, 1_000], 300)
                .with_slow_start(5_000, 1)
                .with_translation(TranslationPlan::coverage())),
            "gateway" => Ok(Self::gateway()),
            "translation" => Ok(Self::translation()),
            "full" => Ok(Self::full()),
            "published" => Ok(Self::published()),
            "aws" => Ok(Self::aws()),
            _ => Err(UnknownProfile(name.to_owned())),
        }
    }

    /// Every workload, both passes, `blocks` times.
    fn interleaved(
        name: &str,
        blocks: u32,
        latency_ms: u64,
        levels: &[u32],
        level_ms: u64,
        cold_starts: u32,
    ) -> Self {
        let plan = |concurrency: &[u32], duration_ms| LoadPlan {
            workloads: Workload::ALL.map(|w| w.name().to_owned()).to_vec(),
            concurrency: concurrency.to_vec(),
            limit: LoadLimit::DurationMs(duration_ms),
            warmup: 20,
            max_wall_ms: duration_ms + 5_000,
            blocks: None,
            turns: None,
        };
        Self {
            name: name.to_owned(),
            blocks,
            published_preset: false,
            cold_starts,
            cold_start_budget_ms: 1_000,
            dropped_cold_starts: 0,
            slow_start: None,
            coverage_requests: 2,
            idle_ms: 300,
            after_ms: 300,
            process_warmup: 100,
            latency: plan(&[10], latency_ms),
            capacity: plan(levels, level_ms),
            resources: None,
            ladder: None,
            frontier: None,
            paced: Vec::new(),
            translation: None,
        }
    }

    /// The same with a look at translation.
    fn with_translation(mut self, plan: TranslationPlan) -> Self {
        self.translation = Some(plan);
        self
    }

    /// Everything, in about an hour for eight entrants: twelve blocks of stretches
    /// that are short, because more blocks tell more than longer ones. The sweep
    /// over all six workloads is half of the time, so every second block is spared
    /// it: six are enough to be ranked.
    fn full() -> Self {
        // A second in each of twelve blocks is over the 10,000 samples that a
        // p99 stands on from 850 a second on. Every entrant has at least one cold
        // start in each block, so more than ten, however slow it is.
        let base = Self::interleaved("full", 12, 1_000, &[1, 4, 16, 64, 128], 400, 1)
            .with_ladder(&[50, 200, 1_000, 5_000], 1_000);
        let [chat, chat_stream, ..] = Workload::ALL.map(|one| one.name().to_owned());
        let ladder = base.ladder.clone().map(|ladder| LadderPlan {
            workloads: vec![chat, chat_stream],
            ..ladder
        });
        Self {
            capacity: LoadPlan {
                blocks: Some(6),
                ..base.capacity.clone()
            },
            ladder,
            ..base
                .with_paced(vec![PacedPlan::chat(32, 20, 4, None)])
                .with_translation(TranslationPlan::coverage())
        }
    }

    /// Translation alone, beside the same entrant's rates without any: no
    /// entrant is held against another.
    fn translation() -> Self {
        let base = Self::interleaved("translation", 12, 0, &[], 0, 1);
        let nothing = LoadPlan {
            workloads: Vec::new(),
            ..base.latency.clone()
        };
        Self {
            latency: nothing.clone(),
            capacity: LoadPlan {
                concurrency: Vec::new(),
                ..nothing
            },
            ..base
        }
        .with_translation(TranslationPlan::loaded(500))
    }

    /// What a gateway costs beside a plain proxy, in about 20 minutes for two
    /// of them and the control without any: rates and CPU at several
    /// concurrencies, overhead at a common rate, paced streams, and in three
    /// blocks a thousand of those at once.
    fn gateway() -> Self {
        let base = Self::interleaved("gateway", 12, 1_000, &[10, 64, 128], 1_500, 5)
            .with_ladder(&[1_000], 2_000);
        let chat = Workload::ALL[0].name().to_owned();
        let chat_stream = Workload::ALL[1].name().to_owned();
        let ladder = base.ladder.clone().map(|ladder| LadderPlan {
            workloads: vec![chat.clone()],
            ..ladder
        });
        Self {
            capacity: LoadPlan {
                workloads: vec![chat, chat_stream],
                ..base.capacity.clone()
            },
            ladder,
            ..base.with_paced(vec![
                PacedPlan::chat(32, 20, 4, None),
                PacedPlan::chat(1_000, 100, 4, Some(3)),
            ])
        }
    }

    /// Whether its question is what an entrant costs beside a plain proxy, so
    /// that nginx is its control.
    pub fn is_beside_nginx(&self) -> bool {
        self.name == "gateway"
    }

    /// Whether it measures what entrants are ranked by.
    pub fn ranks(&self) -> bool {
        !self.latency.workloads.is_empty()
    }

    /// The same with an open loop on every workload.
    fn with_ladder(mut self, rates: &[u32], duration_ms: u64) -> Self {
        self.ladder = Some(LadderPlan {
            workloads: Workload::ALL.map(|w| w.name().to_owned()).to_vec(),
            rates: rates.to_vec(),
            duration_ms,
            warmup: 20,
            max_connections: 512,
            max_wall_ms: duration_ms + 5_000,
        });
        self
    }

    /// The same with streams at a pace.
    fn with_paced(mut self, plans: Vec<PacedPlan>) -> Self {
        self.paced = plans;
        self
    }

    /// The same with what takes over `over_ms` to start in few blocks only.
    fn with_slow_start(mut self, over_ms: u64, blocks: u32) -> Self {
        self.slow_start = Some(SlowStart { over_ms, blocks });
        self
    }

    /// The method of June 2026: 8,000 requests a workload at concurrency 10,
    /// two shuffled trials, at most 10 s a workload; a chat sweep over three
    /// concurrencies; 8 s of chat load for CPU and memory.
    fn published() -> Self {
        let chat = |concurrency: &[u32], seconds: u64| LoadPlan {
            workloads: vec!["chat".to_owned()],
            concurrency: concurrency.to_vec(),
            limit: LoadLimit::DurationMs(seconds * 1_000),
            warmup: 50,
            max_wall_ms: (seconds + 2) * 1_000,
            blocks: None,
            turns: None,
        };
        Self {
            name: "published".to_owned(),
            blocks: 2,
            published_preset: true,
            // Ten with those of the other trial, also where one takes ten
            // seconds; of slower ones as many as the budget allows.
            cold_starts: 5,
            cold_start_budget_ms: 60_000,
            dropped_cold_starts: 0,
            slow_start: None,
            coverage_requests: 2,
            idle_ms: 1_000,
            after_ms: 1_000,
            process_warmup: 200,
            latency: LoadPlan {
                workloads: Workload::ALL.map(|w| w.name().to_owned()).to_vec(),
                concurrency: vec![10],
                limit: LoadLimit::Requests(8_000),
                warmup: 50,
                max_wall_ms: 10_000,
                blocks: None,
                turns: None,
            },
            capacity: chat(&[1, 16, 128], 4),
            resources: Some(chat(&[10], 8)),
            ladder: None,
            frontier: None,
            paced: Vec::new(),
            translation: None,
        }
    }

    /// What is measured on AWS beside the published method, in about 80
    /// minutes for nine entrants: overhead in an open loop and CPU in ten
    /// blocks, the sweep of chat and of its streams in five of them, the
    /// frontier of chat in three.
    fn aws() -> Self {
        // A little over a second, so that ten blocks at 1,000 a second are
        // more than the 10,000 samples that a p99 stands on.
        let base = Self::interleaved("aws", 10, 800, &[1, 4, 16, 64, 128], 800, 1)
            .with_ladder(&[50, 200, 1_000, 5_000], 1_050);
        let chat = Workload::ALL[0].name().to_owned();
        let chat_stream = Workload::ALL[1].name().to_owned();
        Self {
            capacity: LoadPlan {
                workloads: vec![chat.clone(), chat_stream],
                blocks: Some(5),
                ..base.capacity
            },
            frontier: Some(FrontierPlan {
                workloads: vec![chat],
                concurrency: vec![16, 64],
                try_ms: 600,
                warmup: 20,
                blocks: 3,
            }),
            ..base
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_is_a_profile() {
        for name in Profile::NAMES {
            assert_eq!(Profile::named(name).unwrap().name, name);
        }
        assert_eq!(
            Profile::named("fast").unwrap_err().to_string(),
            "unknown profile `fast`; known: smoke, quick, gateway, translation, published, aws, full"
        );
    }

    #[test]
    fn the_published_method_is_kept() {
        let profile = Profile::named("published").unwrap();
        assert_eq!(profile.blocks, 2);
        assert_eq!(profile.latency.limit, LoadLimit::Requests(8_000));
        assert_eq!(profile.latency.concurrency, [10]);
        assert_eq!(profile.capacity.concurrency, [1, 16, 128]);
    }
}
