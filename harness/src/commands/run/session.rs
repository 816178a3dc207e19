//! A run that is under way: trial after trial, and its end.

use std::path::Path;
use std::time::{Instant, SystemTime};

use super::budget::Budget;
use super::folder::RunFolder;
use super::slow_starts::SlowStarts;
use crate::commands::{CommandError, print};
use crate::journal::{End, Journal, JournalWriter, Record, Run, Trial, TrialEnd};
use crate::measured::Reason;
use crate::plan::{Slot, schedule};
use crate::process::Programs;
use crate::report::{FILES, Format, PAGE, render};
use crate::summary::Summary;
use crate::trial::{self, Contestant, Ended, Progress, Rig, TrialError};

/// A run that is under way.
pub(super) struct Session {
    pub(super) folder: RunFolder,
    pub(super) run: Run,
    /// The journal as it was when the run was resumed.
    pub(super) begun: Option<Journal>,
    pub(super) writer: JournalWriter,
    pub(super) contestants: Vec<Contestant>,
    pub(super) floor: Result<Contestant, Reason>,
    pub(super) slow_starts: SlowStarts,
    pub(super) programs: Programs,
    pub(super) started: Instant,
    pub(super) budget: Budget,
}

impl Session {
    pub(super) fn all_trials(
        &mut self,
        mock_listen: std::net::SocketAddr,
    ) -> Result<(), TrialError> {
        let names: Vec<String> = self
            .contestants
            .iter()
            .map(|contestant| contestant.entrant.name.clone())
            .collect();
        let slots: Vec<Slot> = schedule(&names, self.run.profile.blocks, self.run.seed)
            .into_iter()
            .filter(|slot| !self.is_settled(slot))
            .collect();
        let load = slots.iter().map(|slot| self.expected(slot));
        let load: std::time::Duration = load.sum();
        let progress = Progress::new(load);
        progress.note(&format!(
            "{} trials, about {:.0?} of load and their entrants' starts, into {}; Ctrl-C keeps \
             what was measured",
            slots.len(),
            load,
            self.folder.path().display()
        ));
        let scratch = tempfile::tempdir()
            .map_err(|error| TrialError::Rig(format!("no temporary folder: {error}")))?;
        let outcome = self.trials(&slots, mock_listen, scratch.path(), &progress);
        progress.finish();
        outcome
    }

    fn trials(
        &mut self,
        slots: &[Slot],
        mock_listen: std::net::SocketAddr,
        scratch: &Path,
        progress: &Progress,
    ) -> Result<(), TrialError> {
        for (index, slot) in slots.iter().enumerate() {
            let Some(contestant) = self
                .contestants
                .iter()
                .find(|contestant| contestant.entrant.name == slot.entrant)
            else {
                continue;
            };
            let expected = self.expected(slot);
            if !self.budget.allows(&slot.entrant, expected) {
                progress.note(&format!(
                    "stopped at the budget, before trial {} of {}",
                    index + 1,
                    slots.len()
                ));
                break;
            }
            progress.trial(&format!(
                "trial {}/{}: block {}, {}",
                index + 1,
                slots.len(),
                slot.block,
                slot.entrant
            ));
            let rig = Rig {
                programs: &self.programs,
                profile: &self.run.profile,
                seed: self.run.seed,
                mock_listen,
                floor: &self.floor,
                scratch,
                progress,
                turns: None,
            };
            let attempts = self
                .begun
                .as_ref()
                .map_or(0, |journal| journal.attempts(slot.block, &slot.entrant));
            let trial_id = format!("{}-{}-{}", slot.block, slot.entrant, attempts + 1);
            if let Some(why) = self.slow_starts.why_left_out(&slot.entrant, rig.profile) {
                progress.note(&format!("left out: {why}"));
                self.writer
                    .append(&Record::Trial(Trial {
                        trial_id,
                        block: slot.block,
                        entrant: slot.entrant.clone(),
                        end: TrialEnd::Skipped(why),
                        elapsed_ms: 0,
                        stolen: None,
                    }))
                    .map_err(TrialError::Journal)?;
                progress.advance(expected);
                continue;
            }
            self.budget.begin(&slot.entrant);
            let ended = trial::run_recorded(&rig, &mut self.writer, contestant, slot, &trial_id);
            if let Ok(Ended {
                end: TrialEnd::Failed(reason),
                ..
            }) = &ended
            {
                progress.note(&format!("{}: {reason}", slot.entrant));
            }
            self.slow_starts.add(&slot.entrant, &ended?);
            self.budget.end();
            progress.advance(expected);
        }
        Ok(())
    }

    /// About how long the load of a trial will take.
    fn expected(&self, slot: &Slot) -> std::time::Duration {
        let profile = &self.run.profile;
        let mut all = self.contestants.iter();
        let contestant = all.find(|one| one.entrant.name == slot.entrant);
        let routes = contestant.map_or(0, |one| one.entrant.manifest.routes_of(profile).len());
        profile.trial_estimate(slot.block) + profile.translation_estimate(routes)
    }

    fn is_settled(&self, slot: &Slot) -> bool {
        self.begun
            .as_ref()
            .is_some_and(|journal| journal.is_settled(slot.block, &slot.entrant))
    }

    /// Closes the journal, writes the reports and says how it went.
    pub(super) fn finish(mut self, end: Result<(), TrialError>) -> Result<(), CommandError> {
        let path = self.folder.path();
        self.writer
            .append(&Record::End(End {
                complete: end.is_ok() && !self.budget.is_used_up(),
                over_budget: self.budget.is_used_up(),
                at: humantime::format_rfc3339_seconds(SystemTime::now()).to_string(),
                elapsed_ms: self.started.elapsed().as_millis() as u64,
            }))
            .map_err(|error| {
                CommandError::failure(format!(
                    "cannot write the journal: {error}; what it holds is kept, go on with: \
                     harness run --resume {}",
                    path.display()
                ))
            })?;
        let journal = Journal::read(path).map_err(CommandError::failure)?;
        let summary = Summary::of(&journal);
        let rendered = |format| {
            render(&journal, &summary, format)
                .map_err(|error| CommandError::failure(error.to_string()))
        };
        let reports = FILES
            .into_iter()
            .map(|(name, format)| Ok((name, rendered(format)?)))
            .collect::<Result<Vec<_>, CommandError>>()?;
        let kept = self.folder.keep_reports(&reports);
        if let Err(error) = kept {
            // What ended the run says more than what it led to.
            return Err(match end {
                Err(cause @ TrialError::Journal(_)) => CommandError::failure(cause),
                _ => CommandError::failure(error),
            });
        }
        let tables = rendered(Format::Table)?;
        print(&format!(
            "{}\n\n{} in {:.0?}; the journal and the tables are in {}\nThe page: {}\n",
            tables.trim_end(),
            if end.is_ok() && !self.budget.is_used_up() {
                "Done"
            } else {
                "Stopped"
            },
            self.started.elapsed(),
            path.display(),
            path.join(PAGE).display()
        ))?;
        match end {
            Ok(()) if summary.failures.is_empty() => Ok(()),
            Ok(()) => Err(CommandError::failure(format!(
                "{} of the trials failed; the tables tell which",
                summary.failures.len()
            ))),
            Err(TrialError::Interrupted) => {
                eprintln!(
                    "harness: go on with: harness run --resume {}",
                    path.display()
                );
                Err(CommandError::Interrupted)
            }
            Err(error) => Err(CommandError::failure(error)),
        }
    }
}
