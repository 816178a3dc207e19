//! What is measured against another: named on the command line, found, and
//! ready to be started.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use ring::digest;

use crate::cli::DescribedArgs;
use crate::commands::CommandError;
use crate::commands::run::images;
use crate::docker::{Engine, EngineError, Image};
use crate::entrant::{Catalogue, ContainerByHand, Entrant};
use crate::gate::About;
use crate::journal::EntrantRecord;
use crate::measured::{Measured, Reason};
use crate::process::{Programs, is_executable};
use crate::runner::{
    Availability, ContainerRunner, ContainerSettings, ProcessRunner, availability,
    installed_version,
};
use crate::trial::Contestant;

/// Where contenders are looked for.
pub(in crate::commands) struct Finder<'a> {
    pub(in crate::commands) catalogue: &'a Catalogue,
    pub(in crate::commands) programs: &'a Programs,
    pub(in crate::commands) installs: &'a Path,
    pub(in crate::commands) engine: Result<Arc<Engine>, EngineError>,
}

/// One that was found.
pub(in crate::commands) struct Contender {
    pub(in crate::commands) about: About,
    pub(in crate::commands) record: EntrantRecord,
    entrant: Entrant,
    how: How,
}

enum How {
    Process(Programs, PathBuf),
    Container(Arc<Engine>, Box<Image>),
}

impl Contender {
    /// What starts it; as often as it takes part.
    pub(in crate::commands) fn contestant(&self) -> Contestant {
        Contestant {
            entrant: self.entrant.clone(),
            runner: match &self.how {
                How::Process(programs, installs) => {
                    Box::new(ProcessRunner::new(programs.clone(), installs.clone()))
                }
                How::Container(engine, image) => Box::new(ContainerRunner::new(
                    Arc::clone(engine),
                    Image::clone(image),
                    ContainerSettings::default(),
                    None,
                )),
            },
        }
    }
}

impl Finder<'_> {
    /// The contender that `asked` names.
    ///
    /// # Errors
    /// Usage: nothing has this name, no file is there, a manifest is wrong.
    /// Failure: it is known and cannot run here.
    pub(in crate::commands) fn find(
        &self,
        asked: &str,
        described: &DescribedArgs,
    ) -> Result<Contender, CommandError> {
        if let Some(path) = asked.strip_prefix("bin:") {
            return self.binary(asked, Path::new(path), described);
        }
        if let Some(image) = asked.strip_prefix("image:") {
            return self.image(asked, image, described);
        }
        let path = Path::new(asked);
        match self.catalogue.get(asked) {
            Ok(entrant) => self.entrant(asked, entrant.clone()),
            Err(_) if path.is_dir() || path.is_file() => self.entrant(asked, manifest(path)?),
            Err(_) if asked.ends_with(".toml") || asked.starts_with(['.', '/']) => Err(
                CommandError::usage(format!("{asked}: there is no such manifest")),
            ),
            Err(_) if asked.contains(['/', ':', '@']) => self.image(asked, asked, described),
            Err(unknown) => Err(CommandError::usage(format!(
                "{unknown}; a program is bin:PATH, a manifest the path of its file, an image \
                 image:REF"
            ))),
        }
    }

    fn binary(
        &self,
        asked: &str,
        path: &Path,
        described: &DescribedArgs,
    ) -> Result<Contender, CommandError> {
        let absolute = path
            .canonicalize()
            .map_err(|error| CommandError::usage(format!("{asked}: no such program: {error}")))?;
        if !is_executable(&absolute) {
            return Err(CommandError::usage(format!(
                "{asked}: not an executable file"
            )));
        }
        let mut entrant = self.like(described)?;
        let like = &described.like;
        let process = entrant.manifest.process.as_mut();
        let first = process.and_then(|process| process.command.first_mut());
        let Some(program) = first else {
            return Err(CommandError::usage(format!(
                "{asked}: {like} does not run as a process; name another entrant by --like"
            )));
        };
        let was = std::mem::replace(program, absolute.display().to_string());
        if let Some(version) = (entrant.manifest.process.as_mut())
            .and_then(|process| process.version.as_mut())
            .and_then(|version| version.first_mut())
            .filter(|version| **version == was)
        {
            *version = absolute.display().to_string();
        }
        self.process(asked, entrant)
    }

    fn image(
        &self,
        asked: &str,
        reference: &str,
        described: &DescribedArgs,
    ) -> Result<Contender, CommandError> {
        let mut entrant = match described.port {
            Some(port) => {
                let by_hand = ContainerByHand {
                    image: reference.to_owned(),
                    port,
                    env: described.env.clone(),
                    model: described.model.clone(),
                    headers: described.headers.clone(),
                    paths: Vec::new(),
                };
                by_hand
                    .entrant(by_hand.name())
                    .map_err(CommandError::usage)?
            }
            None => self.like(described)?,
        };
        let like = &described.like;
        let Some(container) = &mut entrant.manifest.container else {
            return Err(CommandError::usage(format!(
                "{asked}: {like} does not run as a container; give --port, or name another \
                 entrant by --like"
            )));
        };
        if container.image != reference {
            container.image = reference.to_owned();
            container.how_to = None;
        }
        self.container(asked, entrant)
    }

    fn like(&self, described: &DescribedArgs) -> Result<Entrant, CommandError> {
        let found = self.catalogue.get(&described.like);
        found.cloned().map_err(CommandError::usage)
    }

    /// As a process where it can, else as a container.
    pub(in crate::commands) fn entrant(
        &self,
        asked: &str,
        entrant: Entrant,
    ) -> Result<Contender, CommandError> {
        let here = availability(&entrant, self.programs, self.installs);
        if here == Availability::Here {
            return self.process(asked, entrant);
        }
        if entrant.manifest.container.is_some() && self.engine.is_ok() {
            return self.container(asked, entrant);
        }
        Err(CommandError::failure(format!(
            "{asked} cannot run here: {here}"
        )))
    }

    fn process(&self, asked: &str, entrant: Entrant) -> Result<Contender, CommandError> {
        let process = entrant.manifest.process.as_ref();
        let words = process.map(|process| process.command.clone());
        let words = words.unwrap_or_default();
        let program = words.first().and_then(|name| self.programs.find(name));
        let (digest, size_bytes) = match &program {
            Some(path) => {
                let bytes = fs::read(path).map_err(|error| {
                    CommandError::failure(format!("{}: {error}", path.display()))
                })?;
                (digest_of(&bytes), Some(bytes.len() as u64))
            }
            // A gateway of packages is what its manifest says.
            None => (digest_of(words.join("\0").as_bytes()), None),
        };
        let mut configuration = files_of(&entrant);
        configuration.extend(words.iter().skip(1).cloned());
        // A script that an interpreter runs is a part of the gateway.
        let scripts = words.iter().skip(1).filter_map(|word| fs::read(word).ok());
        configuration.extend(scripts.map(|script| digest_of(&script)));
        configuration.push(format!("{:?}", entrant.manifest.setup));
        configuration.extend(
            process
                .iter()
                .flat_map(|process| process.env.iter())
                .map(|(name, value)| format!("{name}={value}")),
        );
        let version = installed_version(&entrant, self.programs, self.installs);
        let about = About {
            asked: asked.to_owned(),
            digest,
            configuration: digest_of(configuration.join("\0").as_bytes()),
            size_bytes,
            runner: "process".to_owned(),
            version: version.map_or_else(|| Measured::absent(not_told()), Measured::Value),
        };
        Ok(Contender {
            record: record(&about, &entrant, None),
            about,
            entrant,
            how: How::Process(self.programs.clone(), self.installs.to_owned()),
        })
    }

    fn container(&self, asked: &str, entrant: Entrant) -> Result<Contender, CommandError> {
        let engine = match &self.engine {
            Ok(engine) => Arc::clone(engine),
            Err(error) => return Err(CommandError::failure(format!("{asked}: {error}"))),
        };
        let Some(container) = &entrant.manifest.container else {
            return Err(CommandError::usage(format!(
                "{asked}: no [container] in its manifest"
            )));
        };
        let image = images::find(&engine, &container.image, container.how_to.as_deref())?
            .map_err(|reason| CommandError::failure(format!("{asked}: {reason}")))?;
        let mut configuration = files_of(&entrant);
        configuration.extend(container.command.iter().cloned());
        let env = container.env.iter();
        configuration.extend(env.map(|(name, value)| format!("{name}={value}")));
        let about = About {
            asked: asked.to_owned(),
            digest: image.id.clone(),
            configuration: digest_of(configuration.join("\0").as_bytes()),
            size_bytes: Some(image.size_bytes),
            runner: "container".to_owned(),
            version: image.version.clone(),
        };
        Ok(Contender {
            record: record(&about, &entrant, Some(image.clone())),
            about,
            entrant,
            how: How::Container(engine, Box::new(image)),
        })
    }
}

/// The entrant of a manifest's file, or of the folder that holds it.
fn manifest(path: &Path) -> Result<Entrant, CommandError> {
    let absolute = path
        .canonicalize()
        .map_err(|error| CommandError::usage(format!("{}: {error}", path.display())))?;
    let folder = match absolute.is_dir() {
        true => absolute.as_path(),
        false
            if absolute
                .file_name()
                .is_some_and(|name| name == "entrant.toml") =>
        {
            absolute.parent().unwrap_or(&absolute)
        }
        false => {
            return Err(CommandError::usage(format!(
                "{}: a manifest's file is named entrant.toml; a program is bin:PATH",
                path.display()
            )));
        }
    };
    Catalogue::one(folder).map_err(CommandError::usage)
}

/// The files that it is configured by, with their names.
fn files_of(entrant: &Entrant) -> Vec<String> {
    let files = entrant.manifest.files.iter();
    files
        .map(|(name, source)| {
            let text = entrant.folder.read(source).unwrap_or_default();
            format!("{name}\0{text}")
        })
        .collect()
}

fn record(about: &About, entrant: &Entrant, image: Option<Image>) -> EntrantRecord {
    let manifest = &entrant.manifest;
    EntrantRecord {
        name: entrant.name.clone(),
        title: about.asked.clone(),
        runtime: manifest.runtime.clone(),
        licence: None,
        notes: None,
        neutrality: None,
        has_manifest: true,
        version: about.version.clone(),
        absent: None,
        image,
        image_size: None,
        translation: std::collections::BTreeMap::new(),
        not_served: manifest
            .not_served
            .iter()
            .map(|(workload, why)| (workload.name().to_owned(), why.clone()))
            .collect(),
    }
}

fn not_told() -> Reason {
    Reason::NotAvailable("it does not tell its version".to_owned())
}

fn digest_of(bytes: &[u8]) -> String {
    let digest = digest::digest(&digest::SHA256, bytes);
    let hex: String = digest
        .as_ref()
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    format!("sha256:{hex}")
}
