//! Cold starts: from the start call to the first right answer.

use std::io;
use std::time::{Duration, Instant};

use workload::Workload;

use super::run::{Contestant, Trial, TrialError};
use super::{Mock, Probe};
use crate::journal::Phase;
use crate::measured::{Measured, Reason};
use crate::resources::drop_page_cache;
use crate::runner::{Running, Site, answers_200, free_port, wait_until_ready};

/// One start.
struct Start {
    running: Box<dyn Running>,
    /// What the first right answer was to.
    workload: Workload,
    took: Duration,
}

impl Trial<'_, '_> {
    /// Starts the entrant as often as the profile asks for and its budget
    /// allows; gives the last one, which goes on, and how long the first took.
    pub(super) fn cold_starts(
        &mut self,
        mock: &Mock,
    ) -> Result<(Box<dyn Running>, Option<Duration>), TrialError> {
        self.part("cold start");
        let contestant = self.contestant;
        if contestant.entrant.manifest.direct {
            self.floor(mock)?;
            return Ok((self.start(contestant, mock)?.running, None));
        }
        self.starts_after_drop(contestant, mock)?;
        let first = self.start(contestant, mock)?;
        if first.running.pid().is_none() {
            let why = "it was running already, so its start was not seen";
            let absent = Measured::absent(Reason::NotAvailable(why.to_owned()));
            self.append_start(Phase::Cold, first.workload, absent)?;
            return Ok((first.running, None));
        }
        let took = first.took;
        let mut running = self.timed(Phase::Cold, first)?;
        let budget = self.cold_start_budget();
        let mut spent = running.started_at().elapsed();
        for _ in 1..self.rig.profile.cold_starts {
            if spent >= budget {
                break;
            }
            let begin = Instant::now();
            self.stop(running)?;
            let next = self.start(contestant, mock)?;
            running = self.timed(Phase::Cold, next)?;
            spent += begin.elapsed();
        }
        Ok((running, Some(took)))
    }

    /// The starts of the program that answers at once, in the same way, as
    /// those of the entrant without a gateway.
    fn floor(&mut self, mock: &Mock) -> Result<(), TrialError> {
        let contestant = match self.rig.floor {
            Ok(contestant) => contestant,
            Err(reason) => {
                let absent = || Measured::absent(reason.clone());
                return self.append_start(Phase::Cold, Workload::ALL[0], absent());
            }
        };
        let starts = |trial: &mut Self| -> Result<(), TrialError> {
            trial.starts_after_drop(contestant, mock)?;
            for _ in 0..trial.rig.profile.cold_starts {
                let start = trial.start(contestant, mock)?;
                let running = trial.timed(Phase::Cold, start)?;
                trial.stop(running)?;
            }
            Ok(())
        };
        match starts(self) {
            // It is no gateway that failed, and the load does not need it: an
            // engine that is gone keeps nobody from measuring without one.
            Err(TrialError::Entrant(why) | TrialError::OutOfMemory(why) | TrialError::Rig(why)) => {
                let absent = Measured::absent(Reason::HarnessFault(why));
                self.append_start(Phase::Cold, Workload::ALL[0], absent)
            }
            result => result,
        }
    }

    /// Starts before each of which the machine is made to forget the files
    /// that it had read; only in a run that asked for it.
    fn starts_after_drop(
        &mut self,
        contestant: &Contestant,
        mock: &Mock,
    ) -> Result<(), TrialError> {
        let begin = Instant::now();
        for _ in 0..self.rig.profile.dropped_cold_starts {
            if let Err(reason) = drop_page_cache() {
                let absent = Measured::absent(reason);
                return self.append_start(Phase::ColdDropped, Workload::ALL[0], absent);
            }
            let start = self.start(contestant, mock)?;
            if start.running.pid().is_none() {
                return Ok(());
            }
            let running = self.timed(Phase::ColdDropped, start)?;
            self.stop(running)?;
            if begin.elapsed() >= self.cold_start_budget() {
                break;
            }
        }
        Ok(())
    }

    fn cold_start_budget(&self) -> Duration {
        Duration::from_millis(self.rig.profile.cold_start_budget_ms)
    }

    /// Starts it and waits for its first right answer.
    fn start(&mut self, contestant: &Contestant, mock: &Mock) -> Result<Start, TrialError> {
        let entrant = &contestant.entrant;
        let rig_error = |error: io::Error| TrialError::Rig(error.to_string());
        let site = Site {
            mock: mock.address(),
            port: free_port().map_err(rig_error)?,
            scratch: self.rig.scratch.join(self.trial_id).join(&entrant.name),
        };
        let client = Probe::client().map_err(TrialError::Rig)?;
        let started = contestant.runner.start(entrant, &site);
        let mut running = started.map_err(|error| match error.is_of_rig() {
            true => TrialError::Rig(error.to_string()),
            false => TrialError::Entrant(error.to_string()),
        })?;
        self.secrets = running.target().secrets.clone();
        let workload = Workload::ALL
            .into_iter()
            .find(|workload| !entrant.manifest.not_served.contains_key(workload))
            .unwrap_or(Workload::ALL[0]);
        // The floor is a mock of its own, which knows no preset.
        let is_floor = entrant.name == super::FLOOR;
        let preset = self.rig.profile.published_preset && !is_floor;
        let probe = Probe::new(client, running.target(), workload, preset);
        let ready_path = entrant.manifest.ready.path.as_deref();
        let address = running.target().address();
        let took = wait_until_ready(
            &entrant.name,
            running.as_mut(),
            entrant.manifest.ready.timeout,
            || match ready_path.zip(address) {
                Some((path, address)) => answers_200(address, path).and_then(|()| probe.attempt()),
                None => probe.attempt(),
            },
        )?;
        Ok(Start {
            running,
            workload,
            took,
        })
    }

    /// Keeps the time of a start.
    fn timed(&mut self, phase: Phase, start: Start) -> Result<Box<dyn Running>, TrialError> {
        let ns = u64::try_from(start.took.as_nanos()).unwrap_or(u64::MAX);
        self.append_start(phase, start.workload, Measured::Value(ns))?;
        Ok(start.running)
    }

    fn append_start(
        &mut self,
        phase: Phase,
        workload: Workload,
        cold_start_ns: Measured<u64>,
    ) -> Result<(), TrialError> {
        let mut sample = self.sample(phase);
        sample.workload = Some(workload.name().to_owned());
        sample.cold_start_ns = Some(cold_start_ns);
        self.append(sample)
    }
}
