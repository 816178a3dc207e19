//! What starts the entrants of a run: processes or containers, and why.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;
use std::time::SystemTime;

use crate::cli::{RunArgs, RunnerChoice};
use crate::commands::CommandError;
use crate::docker::{Engine, EngineError, Image};
use crate::entrant::Entrant;
use crate::journal::Run;
use crate::measured::Reason;
use crate::placement::Placement;
use crate::process::Programs;
use crate::runner::{ContainerSettings, Network};

use super::images;

/// The name of each kind of run in a journal.
pub(super) const PROCESS: &str = "process";
/// See [`PROCESS`].
pub(super) const DOCKER: &str = "docker";

/// What starts the entrants of a run.
pub(super) struct Starters<'a> {
    pub(super) programs: &'a Programs,
    pub(super) installs: &'a Path,
    pub(super) placement: Option<Placement>,
    /// None: all run as processes.
    pub(super) containers: Option<Containers>,
}

/// How entrants run as containers.
pub(super) struct Containers {
    pub(super) engine: Arc<Engine>,
    pub(super) settings: ContainerSettings,
    /// The image of each entrant that has one in its manifest, or why not.
    pub(super) images: BTreeMap<String, Result<Image, Reason>>,
}

impl Starters<'_> {
    /// `process` or `docker`.
    pub(super) fn name(&self) -> &'static str {
        match self.containers {
            Some(_) => DOCKER,
            None => PROCESS,
        }
    }

    /// Where the mock must listen to be reached by all entrants, if its port
    /// is `port`.
    pub(super) fn mock_address(&self, port: u16) -> std::net::SocketAddr {
        let bridge = self
            .containers
            .as_ref()
            .and_then(|containers| containers.settings.bridge_address);
        (bridge.unwrap_or(std::net::Ipv4Addr::LOCALHOST), port).into()
    }
}

/// Chooses between processes and containers for `entrants`, finds or pulls
/// their images, and tells the user what was chosen and why.
pub(super) fn choose<'a>(
    args: &RunArgs,
    begun: Option<&Run>,
    entrants: &[&Entrant],
    engine: Result<Engine, EngineError>,
    programs: &'a Programs,
    installs: &'a Path,
    placement: Option<Placement>,
) -> Result<Starters<'a>, CommandError> {
    let processes = |placement| Starters {
        programs,
        installs,
        placement,
        containers: None,
    };
    let choice = match begun {
        Some(run) if run.runner == DOCKER => RunnerChoice::Docker,
        Some(_) => RunnerChoice::Process,
        // Nothing else can start it.
        None if args.container.is_some() && args.runner == RunnerChoice::Auto => {
            RunnerChoice::Docker
        }
        None => args.runner,
    };
    let needs_docker = args.network.is_some() || args.memory.is_some();
    let engine = match (choice, engine) {
        (RunnerChoice::Process, _) if needs_docker => {
            return Err(CommandError::usage(
                "--network and --memory are for containers; use --runner docker",
            ));
        }
        (RunnerChoice::Process, _) => return Ok(processes(placement)),
        (_, Ok(engine)) => Arc::new(engine),
        (RunnerChoice::Auto, Err(error)) if !needs_docker => {
            eprintln!("harness: entrants run as processes: {error}");
            return Ok(processes(placement));
        }
        (_, Err(error)) => return Err(CommandError::failure(error)),
    };
    if choice == RunnerChoice::Auto
        && !needs_docker
        && let Some(why) = not_ready_for_containers(args, entrants, &engine, programs)?
    {
        eprintln!(
            "harness: entrants run as processes: {why}; --runner docker measures what can run as \
             a container"
        );
        return Ok(processes(placement));
    }
    let images = images::of_entrants(args, begun, entrants, &engine)?;
    let unable = entrants.iter().find_map(|entrant| {
        let missing = images.get(&entrant.name)?.as_ref().err()?;
        entrant.manifest.process.as_ref()?;
        Some(format!("{}: {missing}", entrant.name))
    });
    if let (RunnerChoice::Auto, false, Some(why)) = (choice, needs_docker, unable) {
        eprintln!("harness: entrants run as processes: {why}");
        return Ok(processes(placement));
    }
    for entrant in entrants {
        if let Some(Ok(image)) = images.get(&entrant.name)
            && let Some(how_to) = entrant
                .manifest
                .container
                .as_ref()
                .and_then(|one| one.how_to.as_ref())
            && is_older(image, entrant, programs)
        {
            eprintln!(
                "harness: warning: the image of {} is older than its program; run: {how_to}",
                entrant.name
            );
        }
    }
    let settings = match begun.and_then(|run| run.containers.clone()) {
        Some(settings) => settings,
        None => settings(args, &engine)?,
    };
    let info = engine.info();
    eprintln!(
        "harness: entrants run as containers of Docker {} (API {}), {}{}",
        info.version,
        info.api_version,
        match settings.network {
            Network::Host => "on the machine's own network",
            Network::Bridge => "behind its bridge",
        },
        match settings.memory_bytes {
            Some(bytes) => format!(", with {} MB of memory each", bytes / 1_000_000),
            None => String::new(),
        }
    );
    Ok(Starters {
        programs,
        installs,
        placement,
        containers: Some(Containers {
            engine,
            settings,
            images,
        }),
    })
}

fn settings(args: &RunArgs, engine: &Engine) -> Result<ContainerSettings, CommandError> {
    let network = args.network.unwrap_or_default();
    let bridge_address = match network {
        Network::Host => None,
        Network::Bridge => Some(engine.bridge_address().map_err(CommandError::failure)?),
    };
    Ok(ContainerSettings {
        network,
        bridge_address,
        memory_bytes: args.memory,
    })
}

/// Why a run that may choose does not choose containers, before anything is
/// pulled: nobody has one, or one that is made on this machine is missing or
/// is not of the program that was built last.
fn not_ready_for_containers(
    args: &RunArgs,
    entrants: &[&Entrant],
    engine: &Engine,
    programs: &Programs,
) -> Result<Option<String>, CommandError> {
    let mut with_image = 0;
    for entrant in entrants {
        let Some(container) = &entrant.manifest.container else {
            continue;
        };
        with_image += 1;
        let reference = images::reference(args, entrant, container);
        let how_to = match &container.how_to {
            Some(how_to) if reference == container.image => how_to,
            _ => continue,
        };
        let name = &entrant.name;
        match engine.image(reference).map_err(CommandError::failure)? {
            None => return Ok(Some(format!("{name} has no image here; run: {how_to}"))),
            Some(image) if is_older(&image, entrant, programs) => {
                return Ok(Some(format!(
                    "the image of {name} is older than its program; run: {how_to}"
                )));
            }
            Some(_) => {}
        }
    }
    Ok((with_image == 0).then(|| "none of them has an image".to_owned()))
}

/// Whether the image was made before the program that it was made of.
fn is_older(image: &Image, entrant: &Entrant, programs: &Programs) -> bool {
    let program = || {
        let process = entrant.manifest.process.as_ref()?;
        let program = programs.find(process.command.first()?)?;
        program.metadata().ok()?.modified().ok()
    };
    let made =
        || -> Option<SystemTime> { humantime::parse_rfc3339_weak(image.created.as_deref()?).ok() };
    match (made(), program()) {
        (Some(made), Some(program)) => made < program,
        _ => false,
    }
}
