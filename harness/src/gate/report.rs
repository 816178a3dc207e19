//! A gate's verdict, told: `gate.json`, a table, Markdown.

use serde::Serialize;
use serde_json::Value;

use super::{About, Block, Finding, Metric, Outcome, Policy, RULE, Row, State, Verdict, evidence};
use crate::report::{Document, Grid, Section, render_document};

/// What a comment is found by when it is updated; the first line of the
/// Markdown.
pub const MARKER: &str = "<!-- tollgate-gate -->";

/// Everything that is told of a gate.
#[derive(Clone, Debug, Serialize)]
pub struct Report {
    /// Version of this form.
    pub schema: u32,
    /// The exit status of the gate.
    pub exit_status: u8,
    /// Whether base and head are the same program and configuration.
    pub self_check: bool,
    /// What was.
    pub base: About,
    /// What is to be.
    pub head: About,
    /// The rule by which it was judged: [`RULE`].
    pub rule: &'static str,
    /// What the gate says.
    pub verdict: Verdict,
    /// The verdict in words.
    pub why: Vec<String>,
    /// What would help where it could not be told.
    pub what_would_help: Vec<String>,
    /// Base and head in every metric judged.
    pub rows: Vec<Row>,
    /// What was judged and tolerated.
    pub policy: Policy,
    /// Blocks measured.
    pub blocks: usize,
    /// Seconds of measuring, over all sittings.
    pub elapsed_s: f64,
    /// The seconds that there were.
    pub budget_s: f64,
    /// The seed of every shuffle.
    pub seed: u64,
    /// The share of CPU time that a hypervisor took, where it is known.
    pub stolen_share: Option<f64>,
    /// The machine's fingerprint.
    pub machine: Value,
}

/// What a gate was, beside its blocks.
pub struct Circumstances {
    /// What was.
    pub base: About,
    /// What is to be.
    pub head: About,
    /// What is judged.
    pub policy: Policy,
    /// Seconds of measuring.
    pub elapsed_s: f64,
    /// The seconds that there were.
    pub budget_s: f64,
    /// The seed of every shuffle.
    pub seed: u64,
    /// The share of CPU time that a hypervisor took.
    pub stolen_share: Option<f64>,
    /// The machine's fingerprint.
    pub machine: Value,
}

impl Report {
    /// Of a verdict over these blocks.
    pub fn new(verdict: Verdict, blocks: &[Block], about: Circumstances) -> Self {
        let rows = (about.policy.primary.keys())
            .filter_map(|metric| Row::of(*metric, blocks, about.seed))
            .collect();
        let why = why(&verdict, blocks.len());
        let mut report = Self {
            schema: 1,
            exit_status: verdict.outcome.exit_status(),
            self_check: about.base.is_same(&about.head),
            base: about.base,
            head: about.head,
            rule: RULE,
            why,
            what_would_help: Vec::new(),
            rows,
            verdict,
            policy: about.policy,
            blocks: blocks.len(),
            elapsed_s: about.elapsed_s,
            budget_s: about.budget_s,
            seed: about.seed,
            stolen_share: about.stolen_share,
            machine: about.machine,
        };
        report.what_would_help = report.help();
        report
    }

    /// One line.
    pub fn headline(&self) -> String {
        let about = format!("{} blocks in {:.0} s", self.blocks, self.elapsed_s);
        let says = match self.verdict.outcome {
            Outcome::Pass => "pass: head is not worse than is tolerated",
            Outcome::Regression => "REGRESSION",
            Outcome::TooNoisy => "too noisy to tell",
        };
        let check = match self.self_check {
            true => "self-check, base and head are the same: ",
            false => "",
        };
        format!("Tollgate gate: {check}{says} ({about})")
    }

    /// Tables for a terminal, or for a comment.
    pub fn text(&self, markdown: bool) -> String {
        let text = render_document(&self.document(), markdown);
        match markdown {
            true => format!("{MARKER}\n{text}"),
            false => text,
        }
    }

    fn document(&self) -> Document {
        let mut grid = Grid::new(
            1,
            [
                "metric",
                "base",
                "head",
                "change",
                "evidence",
                "tolerated",
                "verdict",
            ],
        );
        for finding in &self.verdict.findings {
            let row = self.rows.iter().find(|row| row.metric == finding.metric);
            let cells = row.map_or_else(
                || ["–"; 4].map(str::to_owned),
                |row| {
                    [
                        row.side(row.base),
                        row.side(row.head),
                        row.change(),
                        row.evidence(),
                    ]
                },
            );
            let mut line = vec![finding.metric.title()];
            line.extend(cells);
            line.extend([tolerated(finding), state(finding)]);
            grid.rows.push(line);
        }
        let mut intro = self.why.clone();
        if !self.what_would_help.is_empty() {
            intro.push(format!(
                "What would help: {}.",
                self.what_would_help.join("; ")
            ));
        }
        Document {
            title: self.headline(),
            intro,
            sections: vec![Section {
                title: "Base and head".to_owned(),
                note: "Medians over the blocks and their 95% intervals; the change is the \
                       Hodges–Lehmann estimate over the blocks, of head beside the mean of base \
                       and its twin, ~ where p > 0.05."
                    .to_owned(),
                grid,
            }],
            failures: Vec::new(),
            notes: Vec::new(),
        }
        .with_environment(self)
    }

    fn environment(&self) -> Vec<String> {
        let of = |field: &str| match &self.machine[field] {
            Value::String(text) => text.clone(),
            Value::Null | Value::Object(_) => "unknown".to_owned(),
            other => other.to_string(),
        };
        vec![
            format!("Base: {}", self.base.words()),
            format!("Head: {}", self.head.words()),
            format!(
                "Machine: {}, {} CPUs, {}, Linux {}",
                of("cpu_model"),
                of("cpus"),
                of("os"),
                of("kernel")
            ),
            format!(
                "Harness {}, begun in a work tree at {}; seed {}, {}{}",
                of("harness_version"),
                of("commit"),
                self.seed,
                of("date"),
                self.stolen_share.map_or_else(String::new, |share| format!(
                    "; the hypervisor took {:.1}% of the CPU time",
                    100.0 * share
                ))
            ),
        ]
    }

    fn help(&self) -> Vec<String> {
        /// Stolen CPU time is worth a word from here on.
        const STOLEN: f64 = 0.01;
        let mut help = Vec::new();
        if self.verdict.outcome != Outcome::TooNoisy {
            return help;
        }
        if self.verdict.twins_differ.is_empty() && self.elapsed_s > 0.8 * self.budget_s {
            let minutes = (2.0 * self.budget_s / 60.0).ceil();
            help.push(format!("more time, as --budget {minutes:.0}m"));
        }
        if let Some(share) = self.stolen_share.filter(|share| *share > STOLEN) {
            help.push(format!(
                "a machine of its own: the hypervisor took {:.0}% of the CPU time",
                100.0 * share
            ));
        }
        help.push(
            "a machine on which nothing else runs (`harness doctor` looks for what disturbs)"
                .to_owned(),
        );
        help.push("running it again".to_owned());
        help.push("wider tolerances in a policy".to_owned());
        help
    }
}

impl Document {
    fn with_environment(mut self, report: &Report) -> Self {
        let mut grid = Grid::new(1, ["environment"]);
        grid.rows
            .extend(report.environment().into_iter().map(|line| vec![line]));
        self.sections.push(Section {
            title: "Environment".to_owned(),
            note: String::new(),
            grid,
        });
        self
    }
}

fn tolerated(finding: &Finding) -> String {
    let tolerance = finding.tolerance;
    match tolerance.at_least > 0.0 {
        true => format!(
            "{}% or {} {}",
            tolerance.percent,
            tolerance.at_least,
            finding.metric.unit()
        ),
        false => format!("{}%", tolerance.percent),
    }
}

fn state(finding: &Finding) -> String {
    match finding.state {
        State::Within => "ok",
        State::Regressed => "REGRESSED",
        State::NotConfirmed => "not confirmed",
        State::Unclear => "too noisy",
        State::NotMeasured => "not measured",
        State::NotJudged => "not judged",
    }
    .to_owned()
}

/// The verdict in sentences.
fn why(verdict: &Verdict, blocks: usize) -> Vec<String> {
    let mut lines = verdict.reasons.clone();
    let titles = |metrics: &[Metric]| {
        let titles: Vec<String> = metrics.iter().map(|one| one.title()).collect();
        titles.join(" and ")
    };
    if !verdict.twins_differ.is_empty() {
        lines.push(format!(
            "base differs from its own twin in {}, so a difference of head says nothing",
            titles(&verdict.twins_differ)
        ));
    }
    for finding in &verdict.findings {
        let metric = finding.metric;
        let name = metric.title();
        let change = |compared: super::Compared| {
            format!(
                "{:+.1}% {}",
                100.0 * compared.change(metric),
                evidence(compared.p, &compared.blocks.to_string())
            )
        };
        match (finding.state, finding.all, finding.confirmation) {
            (State::Regressed, Some(all), Some(second)) => lines.push(format!(
                "{name}: {}, and in the blocks of the confirmation alone {}; tolerated is {}",
                change(all),
                change(second),
                tolerated(finding)
            )),
            (State::NotConfirmed, ..) => lines.push(format!(
                "{name} seemed worse in the first {} blocks, and {}",
                verdict.screening,
                match verdict.confirmation {
                    0 => "there was no time to confirm it".to_owned(),
                    after => format!("the {after} after them neither confirmed nor refuted it"),
                }
            )),
            (State::Unclear, Some(all), _) => lines.push(format!(
                "{name}: {}, too noisy for a tolerance of {}",
                change(all),
                tolerated(finding)
            )),
            (State::Unclear, None, _) => {
                lines.push(format!(
                    "{name}: no block of {blocks} has a figure of both sides"
                ));
            }
            (State::NotMeasured, ..) => {
                lines.push(format!("{name}: not measured here, so not judged"));
            }
            _ => {}
        }
    }
    if verdict.outcome == Outcome::Pass && !verdict.suspected.is_empty() {
        lines.push(format!(
            "{} seemed worse in the first {} blocks; the {} after them refuted it",
            titles(&verdict.suspected),
            verdict.screening,
            verdict.confirmation
        ));
    }
    lines
}
