//! What the hypervisor took of a run.

use crate::journal::Trial;

/// CPU time that a hypervisor took, as parts of the CPU time of all CPUs.
#[derive(Clone, Debug, PartialEq)]
pub struct StolenTime {
    /// Over all trials, from 0 to 1.
    pub share: f64,
    /// Of the trial that lost most.
    pub worst_share: f64,
    /// That trial, in words.
    pub worst: String,
}

/// Of all trials that recorded it; `None` where none did.
pub(super) fn of(trials: &[Trial]) -> Option<StolenTime> {
    let (mut stolen_ticks, mut all_ticks) = (0, 0);
    let mut worst: Option<(f64, &Trial)> = None;
    for trial in trials {
        let Some((stolen, share)) = trial.stolen.and_then(|one| Some((one, one.share()?))) else {
            continue;
        };
        stolen_ticks += stolen.stolen_ticks;
        all_ticks += stolen.all_ticks;
        if worst.is_none_or(|(most, _)| share > most) {
            worst = Some((share, trial));
        }
    }
    let (worst_share, trial) = worst?;
    Some(StolenTime {
        share: stolen_ticks as f64 / all_ticks as f64,
        worst_share,
        worst: format!("block {}, {}", trial.block, trial.entrant),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::journal::TrialEnd;
    use crate::resources::Stolen;

    fn trial(block: u32, stolen: Option<(u64, u64)>) -> Trial {
        Trial {
            trial_id: format!("{block}-a-1"),
            block,
            entrant: "a".into(),
            end: TrialEnd::Done,
            elapsed_ms: 1,
            stolen: stolen.map(|(stolen_ticks, all_ticks)| Stolen {
                stolen_ticks,
                all_ticks,
            }),
        }
    }

    #[test]
    fn over_all_and_at_worst() {
        let trials = [
            trial(1, Some((0, 100))),
            trial(2, Some((30, 300))),
            trial(3, None),
            trial(4, Some((0, 0))),
        ];
        let stolen = of(&trials).unwrap();
        assert_eq!(stolen.share, 0.075);
        assert_eq!(stolen.worst_share, 0.1);
        assert_eq!(stolen.worst, "block 2, a");
        assert_eq!(of(&trials[2..]), None);
    }
}
