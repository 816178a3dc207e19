//! `harness setup`: installs entrants.

use super::CommandError;
use crate::cli::{EntrantArgs, SetupArgs};
use crate::entrant::{Catalogue, Entrant};
use crate::install::{InstallError, Installed, install};
use crate::interrupt;
use crate::process::Programs;
use crate::project;
use crate::runner::{Availability, availability};

/// Installs the packages of the entrants asked for.
///
/// # Errors
/// An unknown entrant, one that `setup` cannot install, or a step that fails.
pub fn setup(args: &EntrantArgs, setup: &SetupArgs) -> Result<(), CommandError> {
    let catalogue = Catalogue::load(&args.dirs).map_err(CommandError::usage)?;
    let entrants = catalogue
        .select(setup.entrants.iter().map(String::as_str))
        .map_err(CommandError::usage)?;
    let installs = project::installs(args.install_dir.as_deref()).map_err(CommandError::failure)?;
    let programs = Programs::new();
    interrupt::watch().map_err(CommandError::failure)?;

    for entrant in entrants {
        let Some(steps) = &entrant.manifest.setup else {
            explain_nothing_to_install(entrant, &availability(entrant, &programs, &installs))?;
            continue;
        };
        let version = &steps.version;
        match install(entrant, steps, &programs, &installs, setup.force) {
            Ok(Installed::Now) => println!("{}: installed {version}", entrant.name),
            Ok(Installed::Before) => println!(
                "{}: {version} is installed already; --force installs it again",
                entrant.name
            ),
            Err(InstallError::Interrupted) => return Err(CommandError::Interrupted),
            Err(error) => return Err(CommandError::failure(error)),
        }
    }
    Ok(())
}

fn explain_nothing_to_install(
    entrant: &Entrant,
    availability: &Availability,
) -> Result<(), CommandError> {
    match availability {
        Availability::Here => {
            println!("{}: nothing to install, it runs here", entrant.name);
            Ok(())
        }
        not_here => Err(CommandError::usage(format!(
            "{}: setup cannot install it: {not_here}",
            entrant.name
        ))),
    }
}
