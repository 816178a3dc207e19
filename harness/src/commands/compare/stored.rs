//! `harness compare results/OLD results/NEW`: two stored runs.

use std::path::Path;

use serde::Serialize;
use serde_json::Value;

use crate::commands::{CommandError, journal_error, print};
use crate::gate::{Spread, evidence};
use crate::journal::{Journal, Run};
use crate::report::{Document, Grid, Section, render_document};
use crate::stats::{median, rank_sum};
use crate::summary::{Cell, Summary};

/// Above this p-value no change is shown.
const LEVEL: f64 = 0.05;
/// What of two machines must be alike for their figures to be compared.
const OF_A_MACHINE: [&str; 9] = [
    "product",
    "cpu_model",
    "cpus",
    "cores",
    "memory_bytes",
    "hypervisor",
    "kernel",
    "os",
    "governor",
];

#[derive(Serialize)]
struct Compared {
    schema: u32,
    old: String,
    new: String,
    differences: Vec<String>,
    /// What differs in the entrants themselves.
    entrants: Vec<String>,
    rows: Vec<StoredRow>,
}

/// A figure of an entrant that both runs have.
#[derive(Serialize)]
struct StoredRow {
    entrant: String,
    metric: String,
    unit: &'static str,
    old: Spread,
    new: Spread,
    /// As a share of the old.
    change: f64,
    p: f64,
    n: [usize; 2],
}

/// Prints the primary figures of both runs, entrant by entrant.
pub(super) fn compare(old: &Path, new: &Path, json: bool) -> Result<(), CommandError> {
    let read = |path| Ok(Summary::of(&Journal::read(path).map_err(journal_error)?));
    let (old, new): (Summary, Summary) = (read(old)?, read(new)?);
    let compared = Compared {
        schema: 1,
        old: format!("{} ({})", old.run.run, old.run.started_at),
        new: format!("{} ({})", new.run.run, new.run.started_at),
        differences: differences(&old.run, &new.run),
        entrants: entrants(&old.run, &new.run),
        rows: rows(&old, &new),
    };
    if compared.rows.is_empty() {
        return Err(CommandError::usage(format!(
            "{} and {} have no entrant with a figure in common",
            old.run.run, new.run.run
        )));
    }
    if json {
        let text = serde_json::to_string_pretty(&compared).map_err(CommandError::failure)?;
        return print(&format!("{text}\n"));
    }
    print(&render_document(&document(&compared), false))
}

/// What makes two runs hard to compare, in words.
fn differences(old: &Run, new: &Run) -> Vec<String> {
    let show = |value: &Value| match value {
        Value::String(text) => text.clone(),
        Value::Object(_) | Value::Null => "unknown".to_owned(),
        other => other.to_string(),
    };
    let mut found: Vec<String> = OF_A_MACHINE
        .iter()
        .filter(|field| old.machine[**field] != new.machine[**field])
        .map(|field| {
            let (old, new) = (&old.machine[*field], &new.machine[*field]);
            format!(
                "{}: {} and {}",
                field.replace('_', " "),
                show(old),
                show(new)
            )
        })
        .collect();
    for (what, old, new) in [
        ("runner", &old.runner, &new.runner),
        ("profile", &old.profile.name, &new.profile.name),
        ("harness", &old.harness, &new.harness),
    ] {
        if old != new {
            found.push(format!("{what}: {old} and {new}"));
        }
    }
    found
}

/// Who is in one run alone, and whose version changed.
fn entrants(old: &Run, new: &Run) -> Vec<String> {
    let of = |run: &Run, name: &str| run.entrants.iter().find(|one| one.name == name).cloned();
    let mut found: Vec<String> = Vec::new();
    for one in &old.entrants {
        match of(new, &one.name) {
            None => found.push(format!("{} is in the old run alone", one.name)),
            Some(other) => {
                let versions = one.version.value().zip(other.version.value());
                if let Some((old, new)) = versions.filter(|(old, new)| old != new) {
                    found.push(format!("{}: version {old} and {new}", one.name));
                }
            }
        }
    }
    let added = (new.entrants.iter()).filter(|one| of(old, &one.name).is_none());
    found.extend(added.map(|one| format!("{} is in the new run alone", one.name)));
    found
}

fn rows(old: &Summary, new: &Summary) -> Vec<StoredRow> {
    let mut rows = Vec::new();
    let cells = Cell::all(&old.run.profile);
    for entrant in &old.run.entrants {
        for cell in &cells {
            // The same figure must be measured in the same way.
            let keys = cell.key(&old.run.profile).zip(cell.key(&new.run.profile));
            let Some((key, _)) = keys.filter(|(old, new)| old == new) else {
                continue;
            };
            let values = |summary: &Summary| -> Option<Vec<f64>> {
                let estimate = summary.get(&entrant.name, &key);
                Some(estimate.value()?.blocks.values().copied().collect())
            };
            let row = || {
                let (one, other) = (values(old)?, values(new)?);
                Some(StoredRow {
                    entrant: entrant.name.clone(),
                    metric: cell.to_string(),
                    unit: key.metric.unit(),
                    old: Spread::of(&one, old.run.seed)?,
                    new: Spread::of(&other, new.run.seed)?,
                    change: median(&other)? / median(&one)? - 1.0,
                    p: rank_sum(&one, &other)?,
                    n: [one.len(), other.len()],
                })
            };
            rows.extend(row());
        }
    }
    rows
}

fn document(compared: &Compared) -> Document {
    let mut intro = vec![
        format!("Old: {}", compared.old),
        format!("New: {}", compared.new),
    ];
    intro.push(match compared.differences.is_empty() {
        true => "Both were made on machines that call themselves the same; they were not made in \
                 one job, so what the machine did meanwhile is in every change."
            .to_owned(),
        false => format!(
            "THE RUNS WERE NOT MADE IN THE SAME WAY, so the comparison means little: {}.",
            compared.differences.join("; ")
        ),
    });
    if !compared.entrants.is_empty() {
        intro.push(format!("Entrants: {}.", compared.entrants.join("; ")));
    }
    intro.push(
        "Medians over the blocks and their 95% intervals; ~ where p > 0.05 by the exact rank-sum \
         test, unadjusted."
            .to_owned(),
    );
    let mut grid = Grid::new(2, ["entrant", "metric", "old", "new", "change", "evidence"]);
    for row in &compared.rows {
        grid.rows.push(vec![
            row.entrant.clone(),
            row.metric.clone(),
            row.old.show(row.unit),
            row.new.show(row.unit),
            match row.p > LEVEL {
                true => "~".to_owned(),
                false => format!("{:+.1}%", 100.0 * row.change),
            },
            evidence(row.p, &format!("{}+{}", row.n[0], row.n[1])),
        ]);
    }
    Document {
        title: "Two stored runs".to_owned(),
        intro,
        sections: vec![Section {
            title: "Old and new".to_owned(),
            note: String::new(),
            grid,
        }],
        failures: Vec::new(),
        notes: Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::measured::Measured;

    fn committed() -> Journal {
        let results = Path::new(env!("CARGO_MANIFEST_DIR")).join("../results");
        let mut folders: Vec<_> = std::fs::read_dir(results)
            .unwrap()
            .flatten()
            .map(|entry| entry.path())
            .filter(|path| path.join("journal.jsonl").is_file())
            .collect();
        folders.sort();
        Journal::read(&folders[0]).unwrap()
    }

    #[test]
    fn a_run_is_like_itself() {
        let journal = committed();
        assert_eq!(differences(&journal.run, &journal.run), [""; 0]);
    }

    #[test]
    fn entrants_that_came_went_or_changed_are_named() {
        let mut old = committed().run;
        let mut new = old.clone();
        assert_eq!(entrants(&old, &new), [""; 0]);
        let changed = new.entrants[0].name.clone();
        old.entrants[0].version = Measured::Value("1".into());
        new.entrants[0].version = Measured::Value("2".into());
        let gone = new.entrants.remove(1).name;
        let mut added = new.entrants[0].clone();
        added.name = "another".into();
        new.entrants.push(added);
        let expected = [
            format!("{changed}: version 1 and 2"),
            format!("{gone} is in the old run alone"),
            "another is in the new run alone".to_owned(),
        ];
        assert_eq!(entrants(&old, &new), expected);
    }

    #[test]
    fn other_machines_are_named() {
        let old = committed().run;
        let mut new = old.clone();
        new.machine["cpu_model"] = "Another CPU".into();
        new.runner = "elsewhere".into();
        let found = differences(&old, &new);
        assert_eq!(found.len(), 2, "{found:?}");
        assert!(found[0].starts_with("cpu model: ") && found[0].ends_with(" and Another CPU"));
        assert!(found[1].ends_with(" and elsewhere"));
        let compared = Compared {
            schema: 1,
            old: "a".into(),
            new: "b".into(),
            differences: found,
            entrants: Vec::new(),
            rows: Vec::new(),
        };
        let text = render_document(&document(&compared), false);
        assert!(text.contains("means little"), "{text}");
    }
}
