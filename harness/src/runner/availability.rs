//! Whether an entrant can run on this machine, and what would change that.

use std::fmt;
use std::path::Path;
use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use super::process_runner::cpus;
use crate::entrant::{Entrant, Values};
use crate::install;
use crate::measured::Reason;
use crate::process::{ChildTree, Programs, clean_environment};

/// Whether an entrant can run as a process of this machine.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Availability {
    /// It can.
    Here,
    /// It can once it is installed.
    NotInstalled {
        /// What is missing, as a sentence without its end.
        missing: String,
        /// The command that makes it available.
        how: String,
    },
    /// It runs only as a container.
    OnlyAsContainer {
        /// What would make it run.
        how: String,
    },
}

impl Availability {
    /// The reason for the figures of an entrant that cannot run here.
    pub fn reason(&self) -> Option<Reason> {
        match self {
            Self::Here => None,
            Self::NotInstalled { .. } => Some(Reason::NotInstalled(self.to_string())),
            Self::OnlyAsContainer { .. } => Some(Reason::NotAvailable(self.to_string())),
        }
    }
}

impl fmt::Display for Availability {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Here => f.write_str("runs here"),
            Self::NotInstalled { missing, how } => write!(f, "{missing}; run: {how}"),
            Self::OnlyAsContainer { how } => {
                write!(f, "runs only as a container; {how}")
            }
        }
    }
}

/// Whether `entrant` can run as a process here, with what is found in
/// `programs` and what was set up in `installs`.
pub fn availability(entrant: &Entrant, programs: &Programs, installs: &Path) -> Availability {
    if entrant.manifest.direct {
        return Availability::Here;
    }
    let Some(process) = &entrant.manifest.process else {
        return Availability::OnlyAsContainer {
            how: "measure it with --runner docker".to_owned(),
        };
    };
    let values = install_values(entrant, installs);
    let program = process.command.first().into_iter();
    for needed in program.chain(&process.needs) {
        // Only {install} matters here; what else is made at each start is
        // not a need.
        let Ok(name) = values.fill(needed) else {
            continue;
        };
        let there =
            programs.find(&name).is_some() || (name.contains('/') && Path::new(&name).exists());
        if !there {
            return Availability::NotInstalled {
                missing: match needed.contains("{install}") {
                    true => "its packages are not installed".to_owned(),
                    false => format!("{name} is not found"),
                },
                how: how_to_install(entrant, needed),
            };
        }
    }
    Availability::Here
}

fn how_to_install(entrant: &Entrant, needed: &str) -> String {
    let process = entrant.manifest.process.as_ref();
    let how_to = process.and_then(|process| process.how_to.clone());
    match how_to {
        // What setup does not install is what the manifest has a word for.
        Some(how_to) if !needed.contains("{install}") => how_to,
        _ if entrant.manifest.setup.is_some() => format!("harness setup {}", entrant.name),
        Some(how_to) => how_to,
        None => format!("put {needed} beside the harness or on PATH"),
    }
}

fn install_values(entrant: &Entrant, installs: &Path) -> Values {
    Values::default()
        .with("install", installs.join(&entrant.name).display())
        .with("cpus", cpus())
}

/// The version of an entrant that can run here: what looks like a version in
/// what its manifest's `version` command writes, or else the version that
/// `setup` installed. `None` if neither tells.
pub fn installed_version(
    entrant: &Entrant,
    programs: &Programs,
    installs: &Path,
) -> Option<String> {
    said_version(entrant, programs, installs)
        .or_else(|| install::installed_version(entrant, installs))
}

fn said_version(entrant: &Entrant, programs: &Programs, installs: &Path) -> Option<String> {
    let words = entrant.manifest.process.as_ref()?.version.as_ref()?;
    let values = install_values(entrant, installs);
    let words: Vec<String> = words
        .iter()
        .map(|word| values.fill(word).ok())
        .collect::<Option<_>>()?;
    let mut command = Command::new(programs.find(words.first()?)?);
    command.args(&words[1..]);
    clean_environment(&mut command);
    find_version(&output(command)?)
}

/// What a command that ends by itself within ten seconds writes.
fn output(mut command: Command) -> Option<String> {
    const LIMIT: Duration = Duration::from_secs(10);
    let folder = tempfile::tempdir().ok()?;
    let path = folder.path().join("output");
    let out = std::fs::File::create(&path).ok()?;
    let err = out.try_clone().ok()?;
    command.stdin(Stdio::null()).stdout(out).stderr(err);
    let begin = Instant::now();
    let mut child = ChildTree::spawn(command).ok()?;
    while child.exited().is_none() {
        if begin.elapsed() > LIMIT {
            return None;
        }
        thread::sleep(Duration::from_millis(2));
    }
    let bytes = std::fs::read(&path).ok()?;
    Some(String::from_utf8_lossy(&bytes).into_owned())
}

/// The first word of digits with a dot between them, as in `nginx/1.22.1` or
/// `v0.0.25-rc1`.
pub(crate) fn find_version(text: &str) -> Option<String> {
    let words = text.split(|character: char| {
        character.is_whitespace() || matches!(character, '/' | '(' | ')' | ',' | '"')
    });
    words
        .map(|word| word.trim_start_matches('v'))
        .find(|word| {
            let (major, rest) = word.split_once('.').unwrap_or_default();
            !major.is_empty()
                && major.bytes().all(|byte| byte.is_ascii_digit())
                && rest.starts_with(|first: char| first.is_ascii_digit())
        })
        .map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_a_version_in_what_programs_say() {
        for (said, version) in [
            ("nginx version: nginx/1.22.1\n", Some("1.22.1")),
            ("1.106.2\n", Some("1.106.2")),
            ("crabllm v0.0.25-rc1 (x86_64)", Some("0.0.25-rc1")),
            ("usage: program.py [1]", None),
            ("", None),
        ] {
            assert_eq!(find_version(said).as_deref(), version, "{said:?}");
        }
    }
}
