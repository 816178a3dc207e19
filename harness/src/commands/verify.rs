//! `harness verify`: whether the reports in a run's folder are those of its
//! journal.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use super::CommandError;
use crate::cli::VerifyArgs;
use crate::journal::Journal;
use crate::report::{FILES, render};
use crate::summary::Summary;

/// Makes every report of each folder again and holds it against the one that
/// is there; also the machine's fingerprint and the manifests.
///
/// # Errors
/// A folder that holds no journal is a usage error; a damaged journal, and a
/// report that is missing or differs by a character, a failure.
pub fn verify(args: &VerifyArgs) -> Result<(), CommandError> {
    let mut wrong = String::new();
    for folder in &args.folders {
        let journal = Journal::read(folder).map_err(super::journal_error)?;
        let problems = problems(folder, &journal)?;
        for problem in &problems {
            // Writing to a string cannot fail.
            let _ = write!(wrong, "\n{}: {problem}", folder.display());
        }
        if problems.is_empty() {
            let names: Vec<&str> = FILES.iter().map(|(name, _)| *name).collect();
            super::print(&format!(
                "{}: {} follow from the journal, {} figures\n",
                folder.display(),
                names.join(", "),
                Summary::of(&journal).figures.len()
            ))?;
        }
    }
    if wrong.is_empty() {
        return Ok(());
    }
    Err(CommandError::failure(format!(
        "not what the journal says:{wrong}\nharness report DIR --format … makes a report again"
    )))
}

fn problems(folder: &Path, journal: &Journal) -> Result<Vec<String>, CommandError> {
    let summary = Summary::of(journal);
    let mut problems = Vec::new();
    for (name, format) in FILES {
        let made = render(journal, &summary, format)
            .map_err(|error| CommandError::failure(error.to_string()))?;
        match fs::read_to_string(folder.join(name)) {
            Ok(kept) if kept == made => {}
            Ok(kept) => problems.push(format!("{name} {}", difference(&kept, &made))),
            Err(error) => problems.push(format!("{name}: {error}")),
        }
    }
    let machine = fs::read(folder.join("machine.json")).ok();
    let machine = machine.and_then(|text| serde_json::from_slice(&text).ok());
    if machine.as_ref() != Some(&journal.run.machine) {
        problems.push("machine.json is missing or not the journal's machine".to_owned());
    }
    let with_manifest = journal.run.entrants.iter().filter(|one| one.has_manifest);
    for entrant in with_manifest {
        let manifest = folder
            .join("manifests")
            .join(&entrant.name)
            .join("entrant.toml");
        if !manifest.is_file() {
            problems.push(format!("no manifest of {}", entrant.name));
        }
    }
    Ok(problems)
}

/// The first line that differs, as far as it can be shown.
fn difference(kept: &str, made: &str) -> String {
    const SHOWN: usize = 120;
    let short = |line: &str| line.chars().take(SHOWN).collect::<String>();
    let mut lines = (1..).zip(kept.lines().zip(made.lines()));
    match lines.find(|(_, (kept, made))| kept != made) {
        Some((number, (kept, made))) => format!(
            "differs at line {number}: it has\n  {}\nand the journal gives\n  {}",
            short(kept),
            short(made)
        ),
        None => format!(
            "has {} lines, and the journal gives {}",
            kept.lines().count(),
            made.lines().count()
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::difference;

    #[test]
    fn the_first_difference_is_shown() {
        let said = difference("a\n1.0\n", "a\n1.1\n");
        assert!(said.starts_with("differs at line 2"), "{said}");
        assert!(difference("a\nb\n", "a\n").contains("has 2 lines"));
    }
}
