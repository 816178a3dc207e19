//! The programs of the project, and how they were built.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use super::Finding;
use crate::process::Programs;

/// The programs beside the harness.
const BESIDE: [&str; 3] = ["mockbackend", "loadgen", "gateway"];

/// A program of the project.
#[derive(Clone, Debug)]
pub(super) struct Program {
    /// Its name.
    pub(super) name: String,
    /// Where it was found.
    pub(super) path: Option<PathBuf>,
    /// What it says of itself; `None` where it says nothing.
    pub(super) version: Option<String>,
}

/// The four programs, the harness first.
pub(super) fn probe(programs: &Programs) -> Vec<Program> {
    let harness = Program {
        name: "harness".to_owned(),
        path: std::env::current_exe().ok(),
        version: Some(env!("CARGO_PKG_VERSION").to_owned()),
    };
    let beside = BESIDE.map(|name| {
        let path = programs.find(name);
        Program {
            name: name.to_owned(),
            version: path.as_deref().and_then(version),
            path,
        }
    });
    std::iter::once(harness).chain(beside).collect()
}

/// The last word of what `--version` prints.
fn version(path: &Path) -> Option<String> {
    let output = Command::new(path)
        .arg("--version")
        .stdin(Stdio::null())
        .stderr(Stdio::null())
        .output()
        .ok()?;
    let text = String::from_utf8(output.stdout).ok()?;
    text.split_whitespace().last().map(str::to_owned)
}

/// A finding for each; the first is the one whose version the others must have.
pub(super) fn judge(programs: &[Program]) -> Vec<Finding> {
    let expected = programs.first().and_then(|one| one.version.as_deref());
    programs.iter().map(|one| one.judge(expected)).collect()
}

impl Program {
    fn judge(&self, expected: Option<&str>) -> Finding {
        let build = format!("cargo build --release -p {}", self.name);
        let Some(path) = &self.path else {
            return Finding::beware(
                &self.name,
                "neither beside the harness nor on PATH",
                "what needs it cannot be measured",
                build,
            );
        };
        let version = self.version.as_deref();
        let found = format!("{}, {}", version.unwrap_or("no version"), path.display());
        if version != expected {
            return Finding::beware(
                &self.name,
                found,
                "it is not of the harness's version: they may not understand one another",
                build,
            );
        }
        match is_release(path) {
            Some(true) => Finding::good(&self.name, found, "a release build"),
            Some(false) => Finding::beware(
                &self.name,
                found,
                "a debug build: several times slower than what is shipped",
                build,
            ),
            None => Finding::unknown(
                &self.name,
                found,
                "its path does not tell whether it is a release build",
            ),
        }
    }
}

/// By the folder that Cargo puts it in.
fn is_release(path: &Path) -> Option<bool> {
    match path.parent()?.file_name()?.to_str()? {
        "release" => Some(true),
        "debug" => Some(false),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::super::Verdict;
    use super::*;

    fn program(path: Option<&str>, version: &str) -> Program {
        Program {
            name: "loadgen".into(),
            path: path.map(PathBuf::from),
            version: Some(version.into()),
        }
    }

    #[test]
    fn judges() {
        let found = judge(&[
            program(Some("/t/release/harness"), "0.1.0"),
            program(Some("/t/debug/loadgen"), "0.1.0"),
            program(Some("/t/release/loadgen"), "0.2.0"),
            program(Some("/usr/bin/loadgen"), "0.1.0"),
            program(None, "0.1.0"),
        ]);
        use Verdict::{Beware, Good, Unknown};
        let verdicts: Vec<Verdict> = found.iter().map(|one| one.verdict).collect();
        assert_eq!(verdicts, [Good, Beware, Beware, Unknown, Beware]);
        assert!(found[1].meaning.starts_with("a debug build"));
        assert!(found[2].meaning.contains("version"));
    }

    #[test]
    fn asks_for_the_version() {
        let harness = &probe(&Programs::within(Vec::new()))[0];
        assert_eq!(harness.version.as_deref(), Some(env!("CARGO_PKG_VERSION")));
        assert_eq!(version(Path::new("/no/such/program")), None);
    }
}
