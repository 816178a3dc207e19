//! How long a plan takes.

use std::time::Duration;

use super::{LoadLimit, LoadPlan, Profile};

/// Starting an entrant. Gateways differ between milliseconds and half a
/// minute; this is about the mean of the published ones.
const START_MS: u64 = 4_000;
/// Starting a mock and generators, coverage, warm-up, stopping.
const AROUND_MS: u64 = 2_000;
/// What a point takes beside its load.
const POINT_MS: u64 = 60;
/// What so many requests of the published method take: a fast gateway less, a
/// slow one up to the wall cap.
const REQUESTS_MS: u64 = 3_500;
/// Tries of a search for the frontier: its four limits take about so many.
const TRIES: u64 = 24;

impl Profile {
    /// About how long the load of one trial takes, for the time left that is
    /// shown; an entrant's start is not in it.
    pub fn trial_estimate(&self, block: u32) -> Duration {
        let ladder = self.ladder.as_ref().map_or(0, |ladder| {
            let rungs = (ladder.workloads.len() * ladder.rates.len()) as u64;
            rungs * (ladder.duration_ms + POINT_MS)
        });
        let frontier = self
            .frontier
            .iter()
            .filter(|plan| plan.is_in(block))
            .map(|plan| plan.workloads.len() as u64 * TRIES * (plan.try_ms + POINT_MS))
            .sum::<u64>();
        let paced = self
            .paced
            .iter()
            .filter(|plan| plan.is_in(block))
            .map(|plan| plan.workloads.len() as u64 * (plan.load_ms() + POINT_MS))
            .sum::<u64>();
        let ms = ladder
            + frontier
            + paced
            + load_ms(&self.latency, block)
            + load_ms(&self.capacity, block)
            + self
                .resources
                .as_ref()
                .map_or(0, |plan| load_ms(plan, block))
            + self.idle_ms
            + self.after_ms
            + 500;
        Duration::from_millis(ms)
    }

    /// About how long one trial takes beyond that for the load on so many
    /// routes from a client's dialect to a provider's.
    pub fn translation_estimate(&self, routes: usize) -> Duration {
        let ms = self.translation.as_ref().map_or(0, |plan| {
            let closed = plan.concurrency.len() as u64 * (plan.duration_ms + POINT_MS);
            let open = plan.rate.map_or(0, |_| plan.rate_ms + POINT_MS);
            routes as u64 * (POINT_MS + closed + open)
        });
        Duration::from_millis(ms)
    }

    /// About how long a run takes from its first trial to its last: every
    /// entrant in every block, starts included. `routes` has how many routes
    /// each entrant is asked on for its translation.
    pub fn run_estimate(&self, routes: &[usize]) -> Duration {
        let starts_ms = u64::from(self.cold_starts) * START_MS;
        let around_ms = starts_ms.min(self.cold_start_budget_ms + START_MS) + AROUND_MS;
        let blocks: Duration = (1..=self.blocks)
            .map(|block| self.trial_estimate(block) + Duration::from_millis(around_ms))
            .sum();
        let translation = routes.iter().map(|count| self.translation_estimate(*count));
        let translation: Duration = translation.sum();
        blocks.saturating_mul(u32::try_from(routes.len()).unwrap_or(u32::MAX))
            + translation.saturating_mul(self.blocks)
    }
}

fn load_ms(plan: &LoadPlan, block: u32) -> u64 {
    if !plan.is_in(block) {
        return 0;
    }
    let points = (plan.workloads.len() * plan.concurrency.len()) as u64 * u64::from(plan.turns());
    let point_ms = match plan.limit {
        LoadLimit::DurationMs(ms) => ms + POINT_MS,
        LoadLimit::Requests(_) => REQUESTS_MS,
    };
    points * point_ms
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_in_few_blocks_takes_time_in_those_alone() {
        let profile = Profile::named("aws").unwrap();
        let [first, fourth, last] = [1, 4, 10].map(|block| profile.trial_estimate(block));
        assert!(
            first > fourth && fourth > last,
            "{first:?} {fourth:?} {last:?}"
        );
    }

    #[test]
    fn both_profiles_of_aws_fit_in_a_hundred_minutes() {
        // Nine entrants: seven asked for, the null proxy, the twin. The
        // published method has no controls.
        let aws = Profile::named("aws").unwrap().run_estimate(&[24; 9]);
        let published = Profile::named("published").unwrap().run_estimate(&[24; 7]);
        let minutes = (aws + published).as_secs() / 60;
        assert!((80..=97).contains(&minutes), "{minutes} minutes");
    }

    /// Two to be held against each other, and the control without a gateway.
    #[test]
    fn the_run_beside_nginx_takes_twenty_minutes() {
        let profile = Profile::named("gateway").unwrap();
        let minutes = profile.run_estimate(&[0; 3]).as_secs() / 60;
        assert!((17..22).contains(&minutes), "{minutes} minutes");
        let [third, fourth] = [3, 4].map(|block| profile.trial_estimate(block).as_secs());
        assert!(third >= fourth + 12, "{third} s, {fourth} s");
    }

    /// The reference gateway, which has every route there is, and the control
    /// without a gateway.
    #[test]
    fn the_run_of_translation_takes_a_quarter_of_an_hour() {
        let profile = Profile::named("translation").unwrap();
        let seconds = profile.run_estimate(&[24, 6]).as_secs();
        assert!((600..=960).contains(&seconds), "{seconds} s");
        let coverage = Profile::named("quick").unwrap().translation_estimate(18);
        assert!(coverage < Duration::from_secs(2), "{coverage:?}");
    }
}
