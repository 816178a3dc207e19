//! From the journal to figures: pure, so that the same journal always gives
//! the same figures.

mod beside;
mod ceiling;
mod control;
mod coverage;
mod distribution;
mod estimate;
mod figure;
mod frontier;
mod image;
mod left_out;
mod load;
mod paced;
mod percentile;
mod pool;
mod primary;
mod ranking;
mod stolen;
mod translation;
mod trial;

use workload::Workload;

use crate::journal::{EntrantRecord, Journal, Phase, Run};
use crate::measured::{Measured, Reason};
use crate::route::ProviderDialect;

pub use control::{TWIN_LEVEL, TwinCell, Twins};
pub use coverage::Coverage;
pub use distribution::{Distribution, Source, distribution};
pub use estimate::Estimate;
pub use figure::{Figure, Key, Metric};
pub(crate) use frontier::LIMITS_MS as FRONTIER_LIMITS_MS;
pub use left_out::LeftOut;
pub(crate) use load::entrant_cpu_ns;
pub use percentile::MIN_SAMPLES_FOR_P99;
use percentile::Percentile;
pub(crate) use primary::common_rate;
pub use primary::{Cell, Primary};
pub use ranking::{Place, RANK_LEVEL, Ranking, blocks_to_rank};
pub use stolen::StolenTime;
pub use translation::RouteCoverage;

/// The control without a gateway: what the rig itself reaches.
pub const DIRECT: &str = "direct";
/// The control that hands on bytes: the null proxy.
pub const RELAY: &str = "relay";
/// The plain proxy that others are held against where it takes part.
pub const NGINX: &str = "nginx";
/// The project's own gateway.
pub const REFERENCE: &str = "reference";
/// The control that is [`REFERENCE`] under another name.
pub const TWIN: &str = "reference-twin";

/// Everything that a report shows.
#[derive(Clone, Debug)]
pub struct Summary {
    /// What the run is.
    pub run: Run,
    /// Blocks in which every entrant that takes part came to its end.
    pub blocks: u32,
    /// Which workloads each entrant serves, in the order of the entrants.
    pub coverage: Vec<(String, Vec<Coverage>)>,
    /// The routes from a client's dialect to a provider's on which each entrant
    /// was measured, in the order of the entrants.
    pub routes: Vec<(String, Vec<RouteCoverage>)>,
    /// Every figure, absent ones too.
    pub figures: Vec<Figure>,
    /// Trials that failed, in words.
    pub failures: Vec<String>,
    /// Entrants of which trials were left out, how many, and why.
    pub left_out: Vec<LeftOut>,
    /// How alike the twins were, where both were measured in blocks enough.
    pub twins: Option<Twins>,
    /// The entrants' order in every cell; empty under six blocks.
    pub rankings: Vec<Ranking>,
    /// What the hypervisor took, where the journal tells.
    pub stolen: Option<StolenTime>,
}

impl Summary {
    /// Computes all figures of a journal.
    pub fn of(journal: &Journal) -> Self {
        let mut figures = Vec::new();
        let mut coverage = Vec::new();
        let mut routes = Vec::new();
        for entrant in &journal.run.entrants {
            let seen = coverage::of(journal, entrant);
            figures.extend(coverage::figures(entrant, &seen));
            figures.extend(image::figures(&journal.run, entrant));
            figures.extend(trial::figures(journal, entrant, &seen));
            figures.extend(load::figures(journal, entrant, &seen));
            figures.extend(paced::figures(journal, entrant, &seen));
            figures.extend(frontier::figures(journal, entrant, &seen));
            let on_routes = translation::of(journal, entrant);
            figures.extend(translation::figures(journal, entrant, &on_routes));
            routes.push((entrant.name.clone(), on_routes));
            coverage.push((entrant.name.clone(), seen));
        }
        let run = &journal.run;
        let twins = Twins::of(&figures, &run.profile);
        let mut summary = Self {
            run: run.clone(),
            blocks: journal.whole_blocks(),
            coverage,
            routes,
            figures,
            failures: trial::failures(journal),
            left_out: left_out::of(&journal.trials),
            twins,
            rankings: Vec::new(),
            stolen: stolen::of(&journal.trials),
        };
        let beside = beside::figures(&summary);
        summary.figures.extend(beside);
        if summary.is_ranked() {
            summary.rankings = summary.ranked();
        }
        summary
    }

    fn ranked(&self) -> Vec<Ranking> {
        let run = &self.run;
        let entrants: Vec<&str> = run.entrants.iter().map(|one| one.name.as_str()).collect();
        ranking::rankings(&self.figures, &entrants, &run.profile, self.twins.as_ref())
    }

    /// The figure of an entrant under a key; absent where the run did not
    /// measure it.
    pub fn get(&self, entrant: &str, key: &Key) -> Measured<Estimate> {
        self.figures
            .iter()
            .find(|figure| figure.entrant == entrant && figure.key == *key)
            .map_or_else(
                || Measured::absent(self.why_not_measured(entrant, key)),
                |figure| figure.value.clone(),
            )
    }

    /// The same, in whichever dialect its provider was asked.
    pub fn get_however_asked(&self, entrant: &str, key: &Key) -> Measured<Estimate> {
        let translated_to = self
            .coverage_of(entrant, key)
            .and_then(|one| one.translated_to);
        let key = Key {
            provider: translated_to,
            ..key.clone()
        };
        self.get(entrant, &key)
    }

    /// The dialects that providers were asked in where clients of a workload
    /// asked in another.
    pub fn translated_to(&self, workload: Workload) -> Vec<ProviderDialect> {
        let all = self.coverage.iter().flat_map(|(_, coverage)| coverage);
        let mut to: Vec<ProviderDialect> = all
            .filter(|one| one.workload == workload)
            .filter_map(|one| one.translated_to)
            .collect();
        to.sort_unstable();
        to.dedup();
        to
    }

    fn coverage_of(&self, entrant: &str, key: &Key) -> Option<&Coverage> {
        let (_, coverage) = self.coverage.iter().find(|(name, _)| name == entrant)?;
        coverage
            .iter()
            .find(|one| Some(one.workload) == key.workload)
    }

    /// Why there is no figure of a key; where an entrant translates, what it
    /// does so stands apart from what it passes on.
    fn why_not_measured(&self, entrant: &str, key: &Key) -> Reason {
        let is_of_routes = matches!(key.phase, Phase::Translation | Phase::TranslationRate);
        let coverage = self.coverage_of(entrant, key).filter(|_| !is_of_routes);
        Reason::NotAvailable(match (coverage, key.provider) {
            (
                Some(Coverage {
                    served: Err(reason),
                    ..
                }),
                Some(_),
            ) => return reason.clone(),
            (Some(one), asked) if one.translated_to != asked => match one.translated_to {
                Some(provider) => format!(
                    "it translates: its provider is asked in {provider}, and its figures stand \
                     apart"
                ),
                None => "it does not translate this: its provider speaks the client's dialect"
                    .to_owned(),
            },
            _ => "this profile does not measure it".to_owned(),
        })
    }

    /// Whether the run has blocks enough for ranks and intervals.
    pub fn is_ranked(&self) -> bool {
        self.blocks as usize >= crate::stats::MIN_BLOCKS_TO_RANK
    }
}

/// The share of CPU time that a hypervisor took of all trials; `None` where
/// none recorded it.
pub(crate) fn stolen_share(journal: &Journal) -> Option<f64> {
    Some(stolen::of(&journal.trials)?.share)
}

/// Why no trial of an entrant gave samples of a phase.
fn why_no_samples(journal: &Journal, entrant: &EntrantRecord, phase: Phase) -> Reason {
    if let Some(reason) = &entrant.absent {
        return reason.clone();
    }
    trial::failure(journal, &entrant.name).unwrap_or_else(|| {
        Reason::NotAvailable(format!("the run ended before its {} phase", phase.name()))
    })
}
