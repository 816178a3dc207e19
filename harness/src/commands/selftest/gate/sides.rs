//! Base and head of each condition.

use std::fs;
use std::path::Path;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::cli::{DescribedArgs, GateSelftestArgs};
use crate::commands::CommandError;
use crate::commands::gate::contender::{Contender, Finder};
use crate::gate::{About, RULE};
use crate::selftest::gate::Condition;
use crate::summary::{REFERENCE, RELAY};

/// What a condition's records are of.
#[derive(PartialEq, Serialize, Deserialize)]
struct Sides {
    base: About,
    head: About,
    /// [`RULE`] by which the real gates ended while they were measured; empty
    /// where that had no name yet.
    #[serde(default)]
    rule: String,
    stretch_ms: u64,
}

/// Keeps beside the records what they are of. Records of other programs, or of
/// other stretches of load, are not mixed with them.
///
/// # Errors
/// Usage: the records there are of something else.
pub(super) fn keep(
    folder: &Path,
    base: &Contender,
    head: &Contender,
    stretch: Duration,
) -> Result<(), CommandError> {
    let now = Sides {
        base: base.about.clone(),
        head: head.about.clone(),
        rule: RULE.to_owned(),
        stretch_ms: u64::try_from(stretch.as_millis()).unwrap_or(u64::MAX),
    };
    let path = folder.join("sides.json");
    if path.exists() {
        let text = fs::read_to_string(&path).map_err(CommandError::failure)?;
        let before: Sides = serde_json::from_str(&text)
            .map_err(|error| CommandError::usage(format!("{}: {error}", path.display())))?;
        let is_same = before.base.is_same(&now.base)
            && before.head.is_same(&now.head)
            && before.rule == now.rule
            && before.stretch_ms == now.stretch_ms;
        return match is_same {
            true => Ok(()),
            false => Err(CommandError::usage(format!(
                "{} holds records of other programs or stretches, or by another rule: base {}, \
                 head {}, {} ms, {:?}; begin in another folder",
                folder.display(),
                before.base.words(),
                before.head.words(),
                before.stretch_ms,
                before.rule
            ))),
        };
    }
    fs::create_dir_all(folder).map_err(CommandError::failure)?;
    let text = serde_json::to_string_pretty(&now).map_err(CommandError::failure)?;
    fs::write(path, text + "\n").map_err(CommandError::failure)
}

/// Base and head of a condition; `None` where one is not there, which is said.
pub(super) fn sides(
    condition: Condition,
    finder: &Finder<'_>,
    args: &GateSelftestArgs,
) -> Result<Option<(Contender, Contender)>, CommandError> {
    let described = DescribedArgs {
        like: REFERENCE.to_owned(),
        ..DescribedArgs::default()
    };
    let relay = |delay_us: u32| {
        let mut entrant = finder
            .catalogue
            .get(RELAY)
            .map_err(CommandError::usage)?
            .clone();
        if let Some(process) = &mut entrant.manifest.process {
            let delay = ["--delay".to_owned(), format!("{delay_us}us")];
            process.command.extend(delay);
        }
        finder.entrant(&format!("relay of {delay_us} µs"), entrant)
    };
    if let Some((base, head)) = condition.delays_us() {
        return Ok(Some((relay(base)?, relay(head)?)));
    }
    let reference = || finder.find(REFERENCE, &described);
    if condition != Condition::Cpu110 {
        return Ok(Some((reference()?, reference()?)));
    }
    let Some(burning) = finder.programs.find(&args.burning) else {
        eprintln!(
            "{}: not recorded: there is no {}; make it: cargo build --release -p gateway \
             --features burn-a-tenth --target-dir target/burning && cp \
             target/burning/release/gateway target/release/gateway-burning",
            condition.name(),
            args.burning
        );
        return Ok(None);
    };
    let mut head = finder.find(&format!("bin:{}", burning.display()), &described)?;
    // Records are published: not where it lies on this machine.
    head.about.asked = format!("bin:{}", args.burning);
    let version = head.about.version.value().cloned().unwrap_or_default();
    if !version.contains("burns-a-tenth") {
        return Err(CommandError::usage(format!(
            "{}: its version, {version:?}, does not say that it burns a tenth",
            burning.display()
        )));
    }
    Ok(Some((reference()?, head)))
}
