//! Reading a journal.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use serde::Deserialize;

use super::{FILE, Record, Run, Sample, Trial, TrialEnd, VERSION};

/// A journal that was read.
#[derive(Clone, Debug, PartialEq)]
pub struct Journal {
    /// What the run is.
    pub run: Run,
    /// Everything that was measured, in the order in which it was.
    pub samples: Vec<Sample>,
    /// The trials that ended.
    pub trials: Vec<Trial>,
    /// Whether the last line was cut off in the middle.
    pub cut: bool,
}

/// Why a folder holds no journal that can be used.
#[derive(Debug, thiserror::Error)]
pub enum JournalError {
    /// There is none.
    #[error("{} is not a results folder: it has no {FILE}", .0.display())]
    NoJournal(PathBuf),
    /// It cannot be read.
    #[error("cannot read {}: {why}", .path.display())]
    Unreadable {
        /// The journal.
        path: PathBuf,
        /// The system's words.
        why: io::Error,
    },
    /// A line in the middle is no record.
    #[error("{}:{line}: not a record of a journal: {why}", .path.display())]
    BadLine {
        /// The journal.
        path: PathBuf,
        /// The line, from 1.
        line: usize,
        /// What the parser says.
        why: String,
    },
    /// Its first line does not say what the run is.
    #[error("{}:1: a journal begins with a `run` record", .0.display())]
    NoRun(PathBuf),
}

#[derive(Deserialize)]
struct Version {
    v: u32,
}

impl Journal {
    /// Reads the journal of a results folder. A last line that was cut off is
    /// left out.
    ///
    /// # Errors
    /// See [`JournalError`].
    pub fn read(folder: &Path) -> Result<Self, JournalError> {
        let path = folder.join(FILE);
        let text = fs::read(&path).map_err(|why| match why.kind() {
            io::ErrorKind::NotFound | io::ErrorKind::NotADirectory => {
                JournalError::NoJournal(folder.to_owned())
            }
            _ => JournalError::Unreadable {
                path: path.clone(),
                why,
            },
        })?;
        Self::parse(&String::from_utf8_lossy(&text), &path)
    }

    fn parse(text: &str, path: &Path) -> Result<Self, JournalError> {
        let cut = !text.is_empty() && !text.ends_with('\n');
        let mut lines: Vec<&str> = text.lines().collect();
        if cut {
            lines.pop();
        }
        let mut run = None;
        let mut samples = Vec::new();
        let mut trials = Vec::new();
        for (index, line) in lines.into_iter().enumerate() {
            let bad = |why: String| JournalError::BadLine {
                path: path.to_owned(),
                line: index + 1,
                why,
            };
            let version: Version =
                serde_json::from_str(line).map_err(|error| bad(error.to_string()))?;
            if version.v > VERSION {
                return Err(bad(format!(
                    "it is of version {}, and this harness knows up to {VERSION}",
                    version.v
                )));
            }
            match serde_json::from_str(line).map_err(|error| bad(error.to_string()))? {
                Record::Run(record) if run.is_none() => run = Some(*record),
                Record::Run(_) => return Err(bad("a second `run` record".to_owned())),
                Record::Sample(sample) => samples.push(*sample),
                Record::Trial(trial) => trials.push(trial),
                Record::End(_) => {}
            }
        }
        Ok(Self {
            run: run.ok_or_else(|| JournalError::NoRun(path.to_owned()))?,
            samples,
            trials,
            cut,
        })
    }

    /// Whether the trial of an entrant in a block needs no repetition.
    pub fn is_settled(&self, block: u32, entrant: &str) -> bool {
        self.trials
            .iter()
            .any(|trial| trial.block == block && trial.entrant == entrant && trial.end.is_settled())
    }

    /// Blocks in which every entrant that takes part came to its end, or was
    /// left out by the profile.
    pub fn whole_blocks(&self) -> u32 {
        let present = self.run.entrants.iter().filter(|one| one.absent.is_none());
        let names: Vec<&str> = present.map(|one| one.name.as_str()).collect();
        let is_done = |block: u32, entrant: &str| {
            self.trials.iter().any(|trial| {
                trial.block == block
                    && trial.entrant == entrant
                    && matches!(trial.end, TrialEnd::Done | TrialEnd::Skipped(_))
            })
        };
        let whole = |block: &u32| names.iter().all(|name| is_done(*block, name));
        let begun = self.trials.iter().map(|trial| trial.block).max();
        let blocks = (1..=begun.unwrap_or(0)).filter(whole).count();
        u32::try_from(blocks).unwrap_or(u32::MAX)
    }

    /// The samples that count: of each entrant's attempts at a block, those of
    /// the one that came to its end, or else of the last.
    pub fn counted_samples(&self) -> impl Iterator<Item = &Sample> {
        let mut counted: BTreeMap<(u32, &str), &str> = BTreeMap::new();
        for sample in &self.samples {
            counted.insert((sample.block, &sample.entrant), &sample.trial_id);
        }
        let settled = self.trials.iter().filter(|trial| trial.end.is_settled());
        // The first that was settled stands over later ones.
        for trial in settled.rev() {
            counted.insert((trial.block, &trial.entrant), &trial.trial_id);
        }
        self.samples.iter().filter(move |sample| {
            counted.get(&(sample.block, sample.entrant.as_str())) == Some(&sample.trial_id.as_str())
        })
    }

    /// How many attempts at a trial the journal knows.
    pub fn attempts(&self, block: u32, entrant: &str) -> usize {
        let mut ids: Vec<&str> = self
            .samples
            .iter()
            .filter(|sample| sample.block == block && sample.entrant == entrant)
            .map(|sample| sample.trial_id.as_str())
            .chain(
                self.trials
                    .iter()
                    .filter(|trial| trial.block == block && trial.entrant == entrant)
                    .map(|trial| trial.trial_id.as_str()),
            )
            .collect();
        ids.sort_unstable();
        ids.dedup();
        ids.len()
    }
}
