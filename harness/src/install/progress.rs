//! Showing how an installation goes.

use std::path::Path;

use indicatif::{ProgressBar, ProgressStyle};

use crate::runner::tail;

/// A spinner with the last line of output, or plain lines where standard
/// error is no terminal.
pub(super) struct Progress {
    name: String,
    steps: usize,
    spinner: ProgressBar,
}

impl Progress {
    pub(super) fn new(name: &str, steps: usize) -> Self {
        let spinner = ProgressBar::new_spinner();
        if let Ok(style) = ProgressStyle::with_template("{spinner} {prefix} [{elapsed}] {wide_msg}")
        {
            spinner.set_style(style);
        }
        spinner.set_prefix(name.to_owned());
        Self {
            name: name.to_owned(),
            steps,
            spinner,
        }
    }

    /// A step begins.
    pub(super) fn step(&self, command: &str) {
        self.spinner.inc(1);
        if self.spinner.is_hidden() {
            let step = self.spinner.position();
            eprintln!("{}: step {step} of {}: {command}", self.name, self.steps);
        } else {
            self.spinner.set_message(command.to_owned());
        }
    }

    /// The step is still at it.
    pub(super) fn line(&self, log: &Path) {
        if !self.spinner.is_hidden() {
            let last = tail(log, 1);
            if !last.is_empty() {
                self.spinner.set_message(last);
            }
            self.spinner.tick();
        }
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.spinner.finish_and_clear();
    }
}
