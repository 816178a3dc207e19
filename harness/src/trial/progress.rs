//! Showing what is running and how long it will take.

use std::io::IsTerminal;
use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

/// A bar over planned time on a terminal; elsewhere a line for each trial.
#[derive(Debug)]
pub struct Progress {
    bar: ProgressBar,
    lines: bool,
}

impl Progress {
    /// Over a plan of this length.
    pub fn new(planned: Duration) -> Self {
        let lines = !std::io::stderr().is_terminal();
        let bar = ProgressBar::with_draw_target(
            Some(planned.as_millis() as u64),
            if lines {
                ProgressDrawTarget::hidden()
            } else {
                ProgressDrawTarget::stderr()
            },
        );
        let style = ProgressStyle::with_template(
            "{elapsed_precise} [{bar:24}] {percent:>3}% {msg} (about {eta} left)",
        );
        bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
        bar.enable_steady_tick(Duration::from_millis(250));
        Self { bar, lines }
    }

    /// A trial begins.
    pub fn trial(&self, about: &str) {
        self.bar.set_message(about.to_owned());
        if self.lines {
            eprintln!("{about}");
        }
    }

    /// A part of a trial begins.
    pub fn part(&self, about: String) {
        self.bar.set_message(about);
    }

    /// So much of the plan is done.
    pub fn advance(&self, planned: Duration) {
        self.bar.inc(planned.as_millis() as u64);
    }

    /// A line that stays on the screen.
    pub fn note(&self, line: &str) {
        if self.lines {
            eprintln!("{line}");
        } else {
            self.bar.println(line);
        }
    }

    /// Takes the bar away.
    pub fn finish(&self) {
        self.bar.finish_and_clear();
    }
}
