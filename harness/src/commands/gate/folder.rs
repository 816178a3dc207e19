//! The folder of a gate: its plan, its journal, its report.

use std::fs;
use std::path::Path;
use std::time::{Duration, SystemTime};

use serde::{Deserialize, Serialize};

use crate::commands::CommandError;
use crate::commands::run::{default_folder, folder::RunFolder};
use crate::gate::{About, Policy, Report, Side, plan, spending};
use crate::journal::{EntrantRecord, Journal, JournalWriter, Record, Run};
use crate::machine;

const PLAN: &str = "plan.json";
const REPORT: &str = "gate.json";

/// What a gate is, so that it can go on.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Plan {
    pub(super) base: About,
    pub(super) head: About,
    /// [`RULE`](crate::gate::RULE); empty in plans of before rules had names.
    #[serde(default)]
    pub(super) rule: String,
    pub(super) policy: Policy,
    pub(super) seed: u64,
    pub(super) stretch_ms: u64,
}

impl Plan {
    pub(super) fn stretch(&self) -> Duration {
        Duration::from_millis(self.stretch_ms)
    }
}

/// A gate that can be measured.
pub(super) struct Begun {
    pub(super) folder: RunFolder,
    pub(super) plan: Plan,
    pub(super) writer: JournalWriter,
    /// The journal as it was when the gate was resumed.
    pub(super) journal: Option<Journal>,
}

/// Makes the folder of a new gate.
pub(super) fn begin(
    out: Option<&Path>,
    plan: Plan,
    records: &[(Side, &EntrantRecord)],
    now: SystemTime,
) -> Result<Begun, CommandError> {
    let path = out.map_or_else(|| default_folder(now, "gate-"), Path::to_owned);
    let folder = RunFolder::create(&path).map_err(CommandError::usage)?;
    let machine = serde_json::to_value(machine::fingerprint()).map_err(CommandError::failure)?;
    folder
        .keep_machine(&machine)
        .map_err(CommandError::failure)?;
    let metrics: Vec<_> = plan.policy.primary.keys().copied().collect();
    let most = u32::try_from(2 * spending::MOST_BLOCKS).unwrap_or(u32::MAX);
    let run = Run {
        run: folder.name(),
        started_at: humantime::format_rfc3339_seconds(now).to_string(),
        harness: env!("CARGO_PKG_VERSION").to_owned(),
        seed: plan.seed,
        runner: match plan.head.runner.as_str() {
            "container" => "docker".to_owned(),
            other => other.to_owned(),
        },
        engine: None,
        containers: None,
        placement: None,
        profile: plan::profile("gate", &metrics, most, plan.stretch()),
        entrants: records
            .iter()
            .map(|(side, record)| EntrantRecord {
                name: side.name().to_owned(),
                ..EntrantRecord::clone(record)
            })
            .collect(),
        machine,
    };
    write(&folder, PLAN, &json(&plan)?)?;
    let mut writer = JournalWriter::create(folder.path()).map_err(CommandError::failure)?;
    writer
        .append(&Record::Run(Box::new(run)))
        .map_err(CommandError::failure)?;
    Ok(Begun {
        folder,
        plan,
        writer,
        journal: None,
    })
}

/// Goes on with a gate; what it measures must be what it measured.
pub(super) fn resume(path: &Path, wanted: &Plan) -> Result<Begun, CommandError> {
    let journal = Journal::read(path).map_err(super::super::journal_error)?;
    let text = fs::read_to_string(path.join(PLAN)).map_err(|error| {
        CommandError::usage(format!("{} holds no gate: {PLAN}: {error}", path.display()))
    })?;
    let plan: Plan = serde_json::from_str(&text)
        .map_err(|error| CommandError::usage(format!("{}: {error}", path.join(PLAN).display())))?;
    // Its error is spent: what came out after more blocks would mean less than it says.
    if path.join(REPORT).exists() {
        return Err(CommandError::usage(format!(
            "the gate in {} has ended, and its verdict stands in {REPORT} there; begin another one",
            path.display()
        )));
    }
    if plan.rule != wanted.rule {
        return Err(CommandError::usage(format!(
            "the gate in {} began by another rule, {:?}, and this harness judges by {:?}; begin \
             another one",
            path.display(),
            plan.rule,
            wanted.rule
        )));
    }
    for (side, before, now) in [
        ("base", &plan.base, &wanted.base),
        ("head", &plan.head, &wanted.head),
    ] {
        if !before.is_same(now) {
            return Err(CommandError::usage(format!(
                "the gate began with another {side}: {}, and this is {}",
                before.words(),
                now.words()
            )));
        }
    }
    Ok(Begun {
        folder: RunFolder::existing(path),
        plan,
        writer: JournalWriter::open(path).map_err(CommandError::failure)?,
        journal: Some(journal),
    })
}

/// Keeps the report as `gate.json` and `gate.md`.
pub(super) fn keep(folder: &RunFolder, report: &Report) -> Result<(), CommandError> {
    write(folder, REPORT, &json(report)?)?;
    write(folder, "gate.md", &report.text(true))
}

fn json(value: &impl Serialize) -> Result<String, CommandError> {
    let text = serde_json::to_string_pretty(value).map_err(CommandError::failure)?;
    Ok(text + "\n")
}

fn write(folder: &RunFolder, name: &str, text: &str) -> Result<(), CommandError> {
    let path = folder.path().join(name);
    fs::write(&path, text)
        .map_err(|error| CommandError::failure(format!("{}: {error}", path.display())))
}
