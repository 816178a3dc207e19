//! The phases of a trial.

use std::collections::BTreeMap;
use std::io;
use std::net::SocketAddr;
use std::path::Path;
use std::thread;
use std::time::{Duration, Instant};

use workload::Workload;

use super::accounting::Ledger;
use super::stage::Stage;
use super::turns::{Part, Turn};
use super::{LoadError, LoadRequest, Loadgen, Mock, MockError, Pace, Progress};
use crate::entrant::{Entrant, Secrets, Target, Values};
use crate::interrupt;
use crate::journal::{Append, Phase, Record, Resources, Sample, TrialEnd};
use crate::measured::{Measured, Reason};
use crate::plan::{LadderPlan, LoadLimit, LoadPlan, Profile, Slot, workload_order};
use crate::process::Programs;
use crate::resources::{Mark, SAMPLES_PER_SECOND, Sampler};
use crate::runner::{Exited, NotReady, Runner, Running};

/// How long an entrant may take to stop before it is killed.
const STOP_GRACE: Duration = Duration::from_secs(5);
/// Readings a second that the journal keeps of the whole trial.
const SERIES_PER_SECOND: u32 = 4;

/// A rung is left out where its rate is above this part of the highest rate
/// of the closed loop.
const CARRIED_SHARE: f64 = 0.8;

/// Why a rate is left out that is too near to the highest of the closed loop.
pub(super) fn not_carried(rate: u32, peak: f64) -> Option<Reason> {
    (f64::from(rate) > CARRIED_SHARE * peak).then(|| {
        Reason::NotAvailable(format!(
            "the rate is above {:.0}% of what it carried in a closed loop",
            100.0 * CARRIED_SHARE
        ))
    })
}

/// The highest rate of each workload.
type Peaks = BTreeMap<Workload, f64>;

/// What all trials of a run share.
pub struct Rig<'a> {
    /// Where the other programs are.
    pub programs: &'a Programs,
    /// How much of everything is measured.
    pub profile: &'a Profile,
    /// What every shuffle depends on.
    pub seed: u64,
    /// Where the mock listens; port 0: anywhere.
    pub mock_listen: SocketAddr,
    /// What starts a program that answers at once, or why there is none.
    pub floor: &'a Result<Contestant, Reason>,
    /// A folder for what a trial needs on disk.
    pub scratch: &'a Path,
    /// What shows the progress.
    pub progress: &'a Progress,
    /// The trial's part in a rotation, where several run side by side.
    pub turns: Option<&'a Part<'a>>,
}

/// Who takes part: an entrant, and what starts it.
pub struct Contestant {
    /// What its manifest says.
    pub entrant: Entrant,
    /// What starts it.
    pub runner: Box<dyn Runner>,
}

/// Why a trial gave up; what it measured before is in the journal.
#[derive(Debug, thiserror::Error)]
pub enum TrialError {
    /// The user ended the run.
    #[error("interrupted")]
    Interrupted,
    /// The journal cannot be written.
    #[error("cannot write the journal: {0}")]
    Journal(io::Error),
    /// A part of the rig failed.
    #[error("{0}")]
    Rig(String),
    /// The entrant failed.
    #[error("{0}")]
    Entrant(String),
    /// The kernel killed the entrant for want of memory.
    #[error("{0}")]
    OutOfMemory(String),
}

impl TrialError {
    /// What it means for a trial that the entrant has ended; `message` tells
    /// it in whole.
    fn of_end(exited: &Exited, message: String) -> Self {
        match exited {
            Exited::ByItself(_) => Self::Entrant(message),
            Exited::OutOfMemory(_) => Self::OutOfMemory(message),
            Exited::EngineGone(_) => Self::Rig(message),
        }
    }
}

impl From<LoadError> for TrialError {
    fn from(error: LoadError) -> Self {
        match error {
            LoadError::Interrupted => Self::Interrupted,
            other => Self::Rig(other.to_string()),
        }
    }
}

impl From<NotReady> for TrialError {
    fn from(error: NotReady) -> Self {
        let message = error.to_string();
        match error {
            NotReady::Interrupted => Self::Interrupted,
            NotReady::Exited { status, .. } => Self::of_end(&status, message),
            NotReady::TimedOut {
                killed: Some(killed),
                ..
            } => Self::of_end(&killed, message),
            NotReady::TimedOut { .. } => Self::Entrant(message),
        }
    }
}

impl From<MockError> for TrialError {
    fn from(error: MockError) -> Self {
        Self::Rig(error.to_string())
    }
}

/// How a trial went.
#[derive(Clone, Debug, PartialEq)]
pub struct Ended {
    /// How it ended.
    pub end: TrialEnd,
    /// How long the entrant's first start took, where it was started.
    pub first_start: Option<Duration>,
}

/// Runs one trial to its end, or to where it cannot go on.
///
/// # Errors
/// Only what ends the whole run: [`TrialError::Interrupted`] and
/// [`TrialError::Journal`].
pub fn run(
    rig: &Rig<'_>,
    journal: &mut dyn Append,
    contestant: &Contestant,
    slot: &Slot,
    trial_id: &str,
) -> Result<Ended, TrialError> {
    let mut trial = Trial {
        rig,
        journal,
        contestant,
        slot,
        trial_id,
        first_start: None,
        secrets: Secrets::of(&contestant.entrant.manifest, &Values::default()),
    };
    let ended = trial.all_phases();
    // Logs and answers are quoted, and what is told here stays in the journal.
    let hide = |why: String| trial.secrets.hide(&why);
    let end = match ended {
        Ok(()) => TrialEnd::Done,
        Err(TrialError::Entrant(why)) => TrialEnd::Failed(Reason::EntrantFailed(hide(why))),
        Err(TrialError::OutOfMemory(why)) => TrialEnd::Failed(Reason::OutOfMemory(hide(why))),
        Err(TrialError::Rig(why)) => TrialEnd::Failed(Reason::HarnessFault(hide(why))),
        Err(error) => return Err(error),
    };
    Ok(Ended {
        end,
        first_start: trial.first_start,
    })
}

pub(super) struct Trial<'a, 'j> {
    pub(super) rig: &'a Rig<'a>,
    journal: &'j mut dyn Append,
    pub(super) contestant: &'a Contestant,
    pub(super) slot: &'a Slot,
    pub(super) trial_id: &'a str,
    /// How long the first start took, once there was one.
    first_start: Option<Duration>,
    /// What no record may tell, as of the last start.
    pub(super) secrets: Secrets,
}

impl<'a> Trial<'a, '_> {
    /// Waits for this trial's turn, where it is not alone.
    fn turn(&self) -> Option<Turn<'a>> {
        self.rig.turns.map(Part::take)
    }

    fn all_phases(&mut self) -> Result<(), TrialError> {
        let profile = self.rig.profile;
        let turn = self.turn();
        let mock = Mock::start(
            self.rig.programs,
            self.rig.mock_listen,
            profile.published_preset,
        )?;
        let (running, first_start) = self.cold_starts(&mock)?;
        self.first_start = first_start;
        let mut stage = Stage {
            entrant: running.meter().and_then(Sampler::start),
            mock: Sampler::start(Box::new(mock.meter())),
            mock_address: mock.address(),
            running,
        };
        let beginning = stage.mark();
        self.idle(&stage)?;
        drop(turn);
        let accounts = self.accounts(&stage, |ledger| ledger.settled())?;
        let turn = self.turn();
        let served = self.coverage(&mut stage)?;
        drop(turn);
        let sent = self.rig.profile.coverage_requests * Workload::ALL.len() as u64;
        let sent = (served.len() == Workload::ALL.len()).then_some(sent);
        if let Some(before) = accounts {
            self.accounts(&stage, |ledger| ledger.check(before, sent))?;
        }
        let turn = self.turn();
        let crossings = self.crossings(&mut stage)?;
        self.warm_up(&mut stage, &served)?;
        drop(turn);
        let mut peaks = self.load(&mut stage, Phase::Latency, &profile.latency, &served)?;
        if let Some(plan) = &profile.resources {
            self.load(&mut stage, Phase::Resources, plan, &served)?;
        }
        // A sweep may be of few workloads and in few blocks; the latency pass
        // has a rate of each in every block.
        for (workload, rate) in
            self.load(&mut stage, Phase::Capacity, &profile.capacity, &served)?
        {
            let peak = peaks.entry(workload).or_insert(rate);
            *peak = peak.max(rate);
        }
        if let Some(plan) = &profile.ladder {
            self.ladder(&mut stage, plan, &served, &peaks)?;
        }
        self.paced(&mut stage, &served)?;
        if let Some(plan) = &profile.frontier {
            self.frontier(&mut stage, plan, &served)?;
        }
        if let Some(plan) = &profile.translation {
            self.translation(&mut stage, plan, &crossings)?;
        }
        self.after(&stage)?;
        // Others may be under load still: nothing of this one stirs until then.
        drop(self.turn());
        self.series(&stage, beginning.0.as_ref())?;
        if let Some(before) = accounts {
            self.accounts(&stage, |ledger| ledger.check(before, None))?;
        }
        self.stop(stage.running)?;
        mock.stop();
        Ok(())
    }

    fn idle(&mut self, stage: &Stage) -> Result<(), TrialError> {
        let used = self.watch(stage, Phase::Idle, self.rig.profile.idle_ms)?;
        let mut sample = self.sample(Phase::Idle);
        sample.resources = Some(used);
        sample.pss_bytes = Some(match &stage.entrant {
            Ok(sampler) => sampler.pss_bytes(),
            Err(reason) => Measured::absent(reason.clone()),
        });
        self.append(sample)
    }

    /// What it still holds when all load has stopped.
    fn after(&mut self, stage: &Stage) -> Result<(), TrialError> {
        if self.rig.profile.after_ms == 0 {
            return Ok(());
        }
        let mut sample = self.sample(Phase::After);
        sample.resources = Some(self.watch(stage, Phase::After, self.rig.profile.after_ms)?);
        self.append(sample)
    }

    /// Looks on for a while.
    fn watch(&self, stage: &Stage, phase: Phase, ms: u64) -> Result<Resources, TrialError> {
        self.part(phase.name());
        let mark = stage.mark();
        let until = Instant::now() + Duration::from_millis(ms);
        while Instant::now() < until {
            self.stop_if_asked()?;
            thread::sleep(Duration::from_millis(20).min(until - Instant::now().min(until)));
        }
        Ok(stage.since(&mark))
    }

    /// Looks into the entrant's accounts, where its manifest says that it keeps some.
    fn accounts<T>(
        &self,
        stage: &Stage,
        look: impl FnOnce(&Ledger<'_>) -> Result<T, String>,
    ) -> Result<Option<T>, TrialError> {
        let Some(manifest) = &self.contestant.entrant.manifest.accounting else {
            return Ok(None);
        };
        let entrant = &self.contestant.entrant.name;
        let folder = self.rig.scratch.join(self.trial_id).join(entrant);
        let usage_is_told = !self.rig.profile.published_preset;
        Ledger::new(manifest, stage.running.target(), &folder, usage_is_told)
            .and_then(|ledger| look(&ledger))
            .map(Some)
            .map_err(TrialError::Entrant)
    }

    /// Lets a just-in-time compiler and pools settle; nothing is recorded.
    fn warm_up(&mut self, stage: &mut Stage, served: &[Workload]) -> Result<(), TrialError> {
        let requests = self.rig.profile.process_warmup;
        let (Some(&workload), true) = (served.first(), requests > 0) else {
            return Ok(());
        };
        self.part("warm-up");
        self.loadgen(stage).measure(&LoadRequest {
            workload,
            pace: Pace::Closed(10),
            limit: LoadLimit::Requests(requests),
            warmup: 0,
            max_wall: Some(Duration::from_secs(10)),
        })?;
        self.still_there(stage)
    }

    fn load(
        &mut self,
        stage: &mut Stage,
        phase: Phase,
        plan: &LoadPlan,
        served: &[Workload],
    ) -> Result<Peaks, TrialError> {
        let mut peaks = Peaks::new();
        let mut points = Vec::new();
        if !plan.is_in(self.slot.block) {
            return Ok(peaks);
        }
        for &workload in served {
            if plan.workloads.iter().any(|name| name == workload.name()) {
                for _ in 0..plan.turns() {
                    points.extend(plan.concurrency.iter().map(|level| (workload, *level)));
                }
            }
        }
        for (workload, concurrency) in
            workload_order(&points, self.slot, phase.name(), self.rig.seed)
        {
            let _turn = self.turn();
            self.part(&format!("{}, {workload}, c={concurrency}", phase.name()));
            let mark = stage.mark();
            let point = self.loadgen(stage).measure(&LoadRequest {
                workload,
                pace: Pace::Closed(concurrency),
                limit: plan.limit,
                warmup: plan.warmup,
                max_wall: Some(Duration::from_millis(plan.max_wall_ms)),
            })?;
            if let Some(rate) = point.achieved_rps {
                let peak = peaks.entry(workload).or_insert(rate);
                *peak = peak.max(rate);
            }
            let mut sample = self.sample_of(phase, workload, concurrency);
            sample.point = Some(point);
            sample.resources = Some(stage.since(&mark));
            self.append(sample)?;
            self.still_there(stage)?;
        }
        Ok(peaks)
    }

    /// The common rates, each where the entrant can carry it.
    fn ladder(
        &mut self,
        stage: &mut Stage,
        plan: &LadderPlan,
        served: &[Workload],
        peaks: &Peaks,
    ) -> Result<(), TrialError> {
        let mut rungs = Vec::new();
        for &workload in served {
            if plan.workloads.iter().any(|name| name == workload.name()) {
                rungs.extend(plan.rates.iter().map(|rate| (workload, *rate)));
            }
        }
        let name = Phase::Ladder.name();
        for (workload, rate) in workload_order(&rungs, self.slot, name, self.rig.seed) {
            let mut sample = self.sample_of(Phase::Ladder, workload, rate);
            let peak = peaks.get(&workload).copied().unwrap_or_default();
            if let Some(reason) = not_carried(rate, peak) {
                sample.skipped = Some(reason);
                self.append(sample)?;
                continue;
            }
            self.part(&format!("{name}, {workload}, {rate}/s"));
            let mark = stage.mark();
            let point = self.loadgen(stage).measure(&LoadRequest {
                workload,
                pace: Pace::Open {
                    rate_rps: f64::from(rate),
                    max_connections: plan.max_connections,
                },
                limit: LoadLimit::DurationMs(plan.duration_ms),
                warmup: plan.warmup,
                max_wall: Some(Duration::from_millis(plan.max_wall_ms)),
            })?;
            sample.point = Some(point);
            sample.resources = Some(stage.since(&mark));
            self.append(sample)?;
            self.still_there(stage)?;
        }
        Ok(())
    }

    /// Keeps a reading now and then of the whole trial, for pictures.
    fn series(&mut self, stage: &Stage, beginning: Option<&Mark>) -> Result<(), TrialError> {
        let (Ok(sampler), Some(beginning)) = (&stage.entrant, beginning) else {
            return Ok(());
        };
        let mut sample = self.sample(Phase::Series);
        sample.series = sampler
            .samples_since(beginning)
            .into_iter()
            .step_by((SAMPLES_PER_SECOND / SERIES_PER_SECOND) as usize)
            .collect();
        self.append(sample)
    }

    pub(super) fn stop(&mut self, running: Box<dyn Running>) -> Result<(), TrialError> {
        match running.stop(STOP_GRACE) {
            Ok(stopped) if stopped.killed > 0 => {
                self.rig.progress.note(&format!(
                    "{}: did not stop within {STOP_GRACE:?} of SIGTERM and was killed",
                    self.slot.entrant
                ));
                Ok(())
            }
            Ok(_) => Ok(()),
            Err(error) => Err(TrialError::Rig(error.to_string())),
        }
    }

    pub(super) fn still_there(&self, stage: &mut Stage) -> Result<(), TrialError> {
        match stage.running.exited() {
            Some(exited) => Err(TrialError::of_end(
                &exited,
                format!(
                    "it ended under load ({exited}):\n{}",
                    stage.running.log_tail(10)
                ),
            )),
            None => match stage.running.out_of_memory() {
                Some(killed) => Err(TrialError::of_end(
                    &killed,
                    format!(
                        "a process of it was {killed}:\n{}",
                        stage.running.log_tail(10)
                    ),
                )),
                None => self.stop_if_asked(),
            },
        }
    }

    fn stop_if_asked(&self) -> Result<(), TrialError> {
        if interrupt::requested() {
            return Err(TrialError::Interrupted);
        }
        Ok(())
    }

    /// A generator aimed at a target that may differ from the entrant's own.
    pub(super) fn loadgen_at<'s>(&'s self, target: &'s Target) -> Loadgen<'s> {
        Loadgen::new(self.rig.programs, target, self.rig.profile.published_preset)
    }

    pub(super) fn loadgen<'s>(&'s self, stage: &'s Stage) -> Loadgen<'s> {
        self.loadgen_at(stage.running.target())
    }

    pub(super) fn part(&self, about: &str) {
        self.rig.progress.part(format!(
            "block {}/{} · {} · {about}",
            self.slot.block, self.rig.profile.blocks, self.slot.entrant
        ));
    }

    pub(super) fn sample(&self, phase: Phase) -> Sample {
        Sample::new(self.trial_id, self.slot.block, &self.slot.entrant, phase)
    }

    pub(super) fn sample_of(&self, phase: Phase, workload: Workload, level: u32) -> Sample {
        let mut sample = self.sample(phase);
        sample.workload = Some(workload.name().to_owned());
        sample.level = Some(level);
        sample
    }

    pub(super) fn append(&mut self, mut sample: Sample) -> Result<(), TrialError> {
        for answer in sample
            .point
            .iter_mut()
            .flat_map(|one| one.examples.values_mut())
        {
            *answer = self.secrets.hide(answer);
        }
        self.journal
            .append(&Record::Sample(Box::new(sample)))
            .map_err(TrialError::Journal)
    }
}
