//! `harness run`: every trial of a plan, then the tables.

mod budget;
mod contestants;
pub(super) mod folder;
mod image_sizes;
pub(super) mod images;
mod session;
mod slow_starts;
mod starters;

use std::path::PathBuf;
use std::time::{Instant, SystemTime};

use budget::Budget;
use contestants::{Known, known};
use folder::RunFolder;
use session::Session;
use slow_starts::SlowStarts;
use starters::Starters;

use super::CommandError;
use crate::cli::{EntrantArgs, RunArgs};
use crate::docker::{Engine, EngineError};
use crate::entrant::Catalogue;
use crate::journal::{Journal, JournalWriter, Record, Run};
use crate::placement::Placement;
use crate::plan::Profile;
use crate::process::{self, Programs};
use crate::runner::check_free;
use crate::stats::MIN_BLOCKS_TO_RANK;
use crate::summary::{DIRECT, NGINX, REFERENCE, RELAY, TWIN};
use crate::trial::{Contestant, FLOOR};
use crate::{interrupt, machine, project};

/// The port of the mock for a gateway that is running already.
const MOCK_PORT_FOR_TARGETS: u16 = 9999;

/// Measures the entrants asked for, and prints the tables.
///
/// # Errors
/// Usage: an unknown entrant or profile, a folder that cannot be used.
/// Failure: an entrant or the harness failed; what was measured is kept.
pub fn run(entrants: &EntrantArgs, args: &RunArgs) -> Result<(), CommandError> {
    if args.estimate {
        return budget::print_estimate(entrants, args);
    }
    let engine = begin_cleanly()?;
    let begun = match &args.resume {
        Some(folder) => Some(Journal::read(folder).map_err(super::journal_error)?),
        None => None,
    };
    let installs =
        project::installs(entrants.install_dir.as_deref()).map_err(CommandError::failure)?;
    let programs = Programs::new();
    let placement = placement(args, begun.as_ref().map(|journal| &journal.run))?;
    let catalogue = Catalogue::load(&entrants.dirs).map_err(CommandError::usage)?;
    let by_hand = contestants::by_hand(&catalogue, args)?;
    let is_given_here = |name: &String| {
        args.targets.iter().any(|(target, _)| target == name)
            || by_hand.as_ref().is_some_and(|(one, _)| one.name == *name)
    };
    let names: Vec<String> = match &begun {
        // What was described on the command line has no manifest to be found
        // by its name.
        Some(journal) => journal
            .run
            .entrants
            .iter()
            .filter(|one| one.has_manifest || is_given_here(&one.name))
            .map(|one| one.name.clone())
            .collect(),
        None => with_controls(&args.entrants, &planned(args)?),
    };
    let asked_for = contestants::asked_for(&catalogue, args, &names, by_hand.as_ref())?;
    let floor = catalogue.get(FLOOR).map_err(CommandError::usage)?;
    let starters = starters::choose(
        args,
        begun.as_ref().map(|journal| &journal.run),
        &asked_for.iter().collect::<Vec<_>>(),
        engine,
        &programs,
        &installs,
        placement,
    )?;
    let mut known = known(&asked_for, args, &starters)?;
    let floor = contestants::floor(floor, &starters)?;
    if let Some(journal) = &begun {
        contestants::same_as_before(&journal.run, &known)?;
        warn_of_changes(&journal.run);
    }
    if known.iter().all(|one| one.record.absent.is_some()) {
        let reasons: Vec<String> = known.iter().map(contestants::why_absent).collect();
        return Err(CommandError::failure(format!(
            "nothing to measure: none of the entrants can run here\n{}",
            reasons.join("\n")
        )));
    }
    let mock_listen = args.mock_listen.unwrap_or_else(|| {
        starters.mock_address(if args.targets.is_empty() {
            0
        } else {
            MOCK_PORT_FOR_TARGETS
        })
    });
    if mock_listen.port() != 0 {
        check_free(mock_listen.port()).map_err(|taken| {
            CommandError::failure(format!(
                "the mock cannot listen: {taken}; choose another --mock-listen"
            ))
        })?;
    }
    if let (None, Some(containers)) = (&begun, &starters.containers) {
        image_sizes::measure(&mut known, &containers.engine)?;
    }
    let (folder, run, writer) = match begun.as_ref().zip(args.resume.as_ref()) {
        Some((journal, path)) => {
            let writer = JournalWriter::open(path).map_err(CommandError::failure)?;
            (RunFolder::existing(path), journal.run.clone(), writer)
        }
        None => begin(args, &known, &starters)?,
    };
    if let Some((entrant, manifest)) = &by_hand {
        let name = &entrant.name;
        super::print(&format!(
            "# {name} is measured by this manifest; as DIR/{name}/entrant.toml it is found by\n\
             # --entrants-dir DIR\n{manifest}# end of {name}/entrant.toml\n\n"
        ))?;
    }
    let contestants: Vec<Contestant> = known
        .into_iter()
        .filter(|one| one.record.absent.is_none())
        .map(|one| one.contestant)
        .collect();
    let slow_starts = begun.as_ref().map(SlowStarts::of).unwrap_or_default();
    let mut session = Session {
        folder,
        run,
        floor,
        slow_starts,
        begun,
        writer,
        contestants,
        programs,
        started: Instant::now(),
        budget: Budget::new(args.budget),
    };
    let end = session.all_trials(mock_listen);
    session.finish(end)
}

/// From here on Ctrl-C ends cleanly. Ends what runs that were killed left
/// behind, and asks whether an engine answers.
pub(super) fn begin_cleanly() -> Result<Result<Engine, EngineError>, CommandError> {
    interrupt::watch().map_err(CommandError::failure)?;
    for left in process::sweep().map_err(CommandError::failure)? {
        eprintln!(
            "harness: ended {} (process {}), left behind by the run of process {}",
            left.program(),
            left.pid,
            left.harness
        );
    }
    let engine = Engine::connect();
    if let Ok(engine) = &engine {
        sweep_containers(engine)?;
    }
    Ok(engine)
}

/// Removes the containers of runs that were killed, and says so; also which of
/// them cannot be removed.
fn sweep_containers(engine: &Engine) -> Result<(), CommandError> {
    for (left, removed) in engine.sweep().map_err(CommandError::failure)? {
        let whose = format!(
            "the container {} of {}, left behind by the run of process {}",
            left.name, left.image, left.harness
        );
        match removed {
            Ok(()) => eprintln!("harness: removed {whose}"),
            Err(error) => eprintln!("harness: warning: cannot remove {whose}: {error}"),
        }
    }
    Ok(())
}

/// The CPUs of both sides, if they are divided: as the run began, or as the
/// command line asks. This process is on the rig's from here on.
fn placement(args: &RunArgs, begun: Option<&Run>) -> Result<Option<Placement>, CommandError> {
    let placement = match begun {
        Some(run) => run.placement.clone(),
        None if args.pin => Some(Placement::of_machine().map_err(CommandError::usage)?),
        None => None,
    };
    if let Some(placement) = &placement {
        placement.pin_rig().map_err(CommandError::failure)?;
        eprintln!("harness: {}", placement.describe());
    }
    Ok(placement)
}

/// The profile of a new run.
fn planned(args: &RunArgs) -> Result<Profile, CommandError> {
    let mut profile = Profile::named(&args.profile).map_err(CommandError::usage)?;
    profile.blocks = args.blocks.unwrap_or(profile.blocks);
    Ok(profile)
}

/// The entrants asked for and, in a run that is long enough to be judged by
/// them, the controls: no gateway, the null proxy, the reference gateway twice.
/// Where every entrant is held against itself alone, the first is enough; where
/// each is held against a plain proxy, that and the first are.
fn with_controls(asked: &[String], profile: &Profile) -> Vec<String> {
    let mut names = asked.to_vec();
    if (profile.blocks as usize) < MIN_BLOCKS_TO_RANK {
        return names;
    }
    let is_asked = |name: &str| asked.iter().any(|one| one == name);
    let controls: &[&str] = match (profile.ranks(), is_asked(REFERENCE)) {
        (false, _) => &[DIRECT],
        _ if profile.is_beside_nginx() => &[DIRECT, NGINX],
        (true, false) => &[DIRECT, RELAY],
        (true, true) => &[DIRECT, RELAY, TWIN],
    };
    names.extend(
        controls
            .iter()
            .filter(|name| !is_asked(name))
            .map(|name| (*name).to_owned()),
    );
    names
}

/// Says what is not as it was when the run began; its figures will be mixed.
fn warn_of_changes(run: &Run) {
    let now = serde_json::to_value(machine::fingerprint()).unwrap_or_default();
    for what in ["cpu_model", "cores", "kernel"] {
        if now[what] != run.machine[what] {
            eprintln!(
                "harness: warning: the run began with {what} {}, and now it is {}",
                run.machine[what], now[what]
            );
        }
    }
    if run.harness != env!("CARGO_PKG_VERSION") {
        eprintln!(
            "harness: warning: the run began with harness {}, this is {}",
            run.harness,
            env!("CARGO_PKG_VERSION")
        );
    }
}

/// Makes the folder and the journal of a new run.
fn begin(
    args: &RunArgs,
    known: &[Known],
    starters: &Starters<'_>,
) -> Result<(RunFolder, Run, JournalWriter), CommandError> {
    let mut profile = planned(args)?;
    if args.drop_caches {
        profile.dropped_cold_starts = profile.cold_starts;
    }
    let now = SystemTime::now();
    let path = args.out.clone().unwrap_or_else(|| default_folder(now, ""));
    let folder = RunFolder::create(&path).map_err(CommandError::usage)?;
    let fingerprint = machine::fingerprint();
    let machine = serde_json::to_value(&fingerprint).map_err(CommandError::failure)?;
    let run = Run {
        run: folder.name(),
        started_at: humantime::format_rfc3339_seconds(now).to_string(),
        harness: env!("CARGO_PKG_VERSION").to_owned(),
        seed: args.seed.unwrap_or_else(|| seed_from(now)),
        runner: starters.name().to_owned(),
        engine: (starters.containers.as_ref()).map(|all| all.engine.info().clone()),
        containers: (starters.containers.as_ref()).map(|all| all.settings.clone()),
        placement: starters.placement.clone(),
        profile,
        entrants: known.iter().map(|one| one.record.clone()).collect(),
        machine,
    };
    let mut writer = JournalWriter::create(folder.path()).map_err(CommandError::failure)?;
    writer
        .append(&Record::Run(Box::new(run.clone())))
        .map_err(CommandError::failure)?;
    folder
        .keep_machine(&run.machine)
        .and_then(|()| {
            known
                .iter()
                .filter(|one| one.record.has_manifest)
                .try_for_each(|one| folder.keep_manifest(&one.contestant.entrant))
        })
        .map_err(CommandError::failure)?;
    Ok((folder, run, writer))
}

pub(super) fn default_folder(now: SystemTime, what: &str) -> PathBuf {
    let here = std::env::current_dir().unwrap_or_default();
    let time: String = humantime::format_rfc3339_seconds(now)
        .to_string()
        .chars()
        .filter(char::is_ascii_digit)
        .collect();
    let (day, time) = time.split_at(8);
    project::root_from(&here)
        .join("results")
        .join(format!("local-{what}{day}-{time}"))
}

pub(super) fn seed_from(now: SystemTime) -> u64 {
    let since = now
        .duration_since(SystemTime::UNIX_EPOCH)
        .unwrap_or_default();
    // Short enough to be typed again; any number will do.
    (since.as_nanos() % 1_000_000_007) as u64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_run_long_enough_has_its_controls() {
        let names_in = |profile: &str, asked: &[&str], blocks| {
            let asked: Vec<String> = asked.iter().map(|one| (*one).to_owned()).collect();
            let mut profile = Profile::named(profile).unwrap();
            profile.blocks = blocks;
            with_controls(&asked, &profile).join(" ")
        };
        let names = |asked: &[&str], blocks| names_in("full", asked, blocks);
        let of_translation = names_in("translation", &["reference"], 12);
        assert_eq!(of_translation, "reference direct");
        assert_eq!(names(&["reference"], 5), "reference");
        assert_eq!(
            names(&["nginx", "reference"], 6),
            "nginx reference direct relay reference-twin"
        );
        assert_eq!(
            names(&["relay", "direct", "litellm"], 12),
            "relay direct litellm"
        );
    }
}
