//! Starting and stopping entrants: one small interface, whatever they run in.

mod availability;
mod container_runner;
mod container_running;
mod exited;
mod external;
mod files;
mod log;
mod not_started;
mod port;
mod process_runner;
mod ready;

use std::io;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::{Duration, Instant};

pub(crate) use availability::find_version;
pub use availability::{Availability, availability, installed_version};
pub use container_runner::{ContainerRunner, ContainerSettings, Network};
pub use exited::Exited;
pub use external::ExternalRunner;
pub use log::tail;
pub use port::{PortTaken, check_free, free_port};
pub use process_runner::ProcessRunner;
pub(crate) use process_runner::cpus;
pub use ready::{NotReady, answers_200, wait_until_ready};

use crate::docker::{EngineError, StartedContainer};
use crate::entrant::{Entrant, Target, UnknownPlaceholder};
use crate::measured::Reason;
use crate::process::{self, Stopped};
use crate::resources::Meter;

/// Where one start happens.
#[derive(Clone, Debug)]
pub struct Site {
    /// The mock, as this machine sees it.
    pub mock: SocketAddr,
    /// The port on which the entrant is to be reached; see [`free_port`].
    pub port: u16,
    /// A folder for this start alone: rendered files, the log, the working
    /// directory. Made if need be.
    pub scratch: PathBuf,
}

/// Starts entrants in one way: as processes, as containers.
pub trait Runner: Send + Sync {
    /// Starts `entrant` and returns at once, before it is ready.
    ///
    /// # Errors
    /// It cannot be started; nothing is left running.
    fn start(&self, entrant: &Entrant, site: &Site) -> Result<Box<dyn Running>, StartError>;

    /// Whether it can be told on which port to listen, so that several can be
    /// up at once.
    fn takes_a_port(&self, _entrant: &Entrant) -> bool {
        true
    }
}

/// A started entrant. Dropping it ends it and all that it started.
pub trait Running: Send {
    /// Where and how load reaches it.
    fn target(&self) -> &Target;

    /// The moment just before it was started.
    fn started_at(&self) -> Instant;

    /// The id of its first process, if it has one of its own.
    fn pid(&self) -> Option<u32>;

    /// What the engine says of its container, if it runs in one. Waits until
    /// the engine has started it, so ask once it is ready.
    fn container(&self) -> Option<&StartedContainer> {
        None
    }

    /// How it ended, if it did.
    fn exited(&mut self) -> Option<Exited>;

    /// Whether the kernel has killed a process of it for want of memory, also
    /// where the others go on.
    fn out_of_memory(&self) -> Option<Exited> {
        None
    }

    /// The last lines of what it wrote.
    fn log_tail(&self, lines: usize) -> String;

    /// A meter of what it uses, to be read from any thread.
    ///
    /// # Errors
    /// The reason why there is none.
    fn meter(&self) -> Result<Box<dyn Meter>, Reason>;

    /// Ends it: asks first, and kills what is left after `grace`.
    ///
    /// # Errors
    /// Processes or a container that could not be ended.
    fn stop(self: Box<Self>, grace: Duration) -> Result<Stopped, StopError>;
}

/// Why an entrant could not be started.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// Its manifest does not say how this runner can start it.
    #[error("{entrant} has no [{section}] in its manifest")]
    NoSection {
        /// The entrant's name.
        entrant: String,
        /// `process` or `container`.
        section: &'static str,
    },
    /// It is not there.
    #[error("{entrant} cannot run here: {availability}")]
    NotHere {
        /// The entrant's name.
        entrant: String,
        /// What is missing and what would change that.
        availability: Availability,
    },
    /// Somebody else listens there.
    #[error("{entrant}: {source}")]
    Port {
        /// The entrant's name.
        entrant: String,
        /// Which port.
        source: PortTaken,
    },
    /// Its manifest or one of its files has a placeholder without a value.
    #[error("{entrant}: {source}")]
    Placeholder {
        /// The entrant's name.
        entrant: String,
        /// Which placeholder.
        source: UnknownPlaceholder,
    },
    /// A file of this start cannot be written.
    #[error("{entrant}: cannot write {}: {source}", .path.display())]
    Scratch {
        /// The entrant's name.
        entrant: String,
        /// Which file or folder.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// The program cannot be executed.
    #[error("{entrant}: cannot execute {program}: {source}")]
    Execute {
        /// The entrant's name.
        entrant: String,
        /// Which program.
        program: String,
        /// Why.
        source: io::Error,
    },
    /// No container can be made of its image.
    #[error("{entrant}: {source}")]
    Container {
        /// The entrant's name.
        entrant: String,
        /// Why.
        source: EngineError,
    },
}

impl StartError {
    /// Whether it says nothing of the entrant: the engine failed.
    pub fn is_of_rig(&self) -> bool {
        matches!(self, Self::Container { source, .. } if source.is_gone())
    }
}

/// What could not be ended.
#[derive(Debug, thiserror::Error)]
pub enum StopError {
    /// Processes of this machine.
    #[error(transparent)]
    Processes(#[from] process::StopError),
    /// A container.
    #[error("the container {id:.12} cannot be removed: {source}{fate}")]
    Container {
        /// Its id.
        id: String,
        /// Why.
        source: EngineError,
        /// What became of its processes, as the end of a sentence.
        fate: &'static str,
    },
}
