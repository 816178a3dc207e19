//! Entrants as processes of this machine.

use std::fs::File;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use super::files::write_files;
use super::not_started::NotStarted;
use super::{
    Availability, Exited, Runner, Running, Site, StartError, StopError, availability, check_free,
    tail,
};
use crate::entrant::{Entrant, Process, Target, UnknownPlaceholder, Values};
use crate::measured::Reason;
use crate::placement::Placement;
use crate::process::{ChildTree, Programs, Stopped, clean_environment};
use crate::resources::{Meter, ProcessMeter};

/// The file in the scratch folder that takes all output of an entrant.
const LOG: &str = "output.log";

/// Starts entrants as processes on 127.0.0.1.
#[derive(Clone, Debug)]
pub struct ProcessRunner {
    programs: Programs,
    installs: PathBuf,
    placement: Option<Placement>,
}

impl ProcessRunner {
    /// A runner that finds programs in `programs` and what was set up in the
    /// folders `NAME` of `installs`.
    pub fn new(programs: Programs, installs: PathBuf) -> Self {
        Self {
            programs,
            installs,
            placement: None,
        }
    }

    /// The same on the entrant's CPUs of `placement`.
    #[must_use]
    pub fn placed(mut self, placement: Option<Placement>) -> Self {
        self.placement = placement;
        self
    }

    /// What the placeholders of an entrant's manifest stand for at a site.
    fn values(&self, entrant: &Entrant, site: &Site) -> Values {
        let scratch = site.scratch.display();
        let cpus = match &self.placement {
            Some(placement) => placement.entrant_cpus.len(),
            None => cpus(),
        };
        Values::default()
            .with("cpus", cpus)
            .with("host", Ipv4Addr::LOCALHOST)
            .with("install", self.installs.join(&entrant.name).display())
            .with("mock_host", site.mock.ip())
            .with("mock_port", site.mock.port())
            .with("mock_url", format!("http://{}", site.mock))
            .with("port", site.port)
            .with("run", scratch)
    }

    fn command(
        &self,
        process: &Process,
        values: &Values,
        folder: &Path,
    ) -> Result<Command, UnknownPlaceholder> {
        let mut words = Vec::with_capacity(process.command.len());
        for word in &process.command {
            words.push(values.fill(word)?);
        }
        let name = words.first().map(String::as_str).unwrap_or_default();
        let program = self.programs.find(name).unwrap_or_else(|| name.into());
        let mut command = Command::new(program);
        command.args(words.iter().skip(1)).current_dir(folder);
        clean_environment(&mut command);
        for (name, value) in &process.env {
            command.env(name, values.fill(value)?);
        }
        Ok(command)
    }
}

impl Runner for ProcessRunner {
    fn start(&self, entrant: &Entrant, site: &Site) -> Result<Box<dyn Running>, StartError> {
        let name = || entrant.name.clone();
        let unknown = |source| StartError::Placeholder {
            entrant: name(),
            source,
        };
        let scratch_error = |path: &Path, source| StartError::Scratch {
            entrant: name(),
            path: path.to_owned(),
            source,
        };
        let site = &absolute(site).map_err(|error| scratch_error(&site.scratch, error))?;
        let values = self.values(entrant, site);
        if entrant.manifest.direct {
            let target = Target::new(&entrant.manifest, base_url(site.mock), &values);
            let target = target.map_err(unknown)?;
            return Ok(Box::new(NotStarted::new(target, "no gateway is running")));
        }
        let Some(process) = &entrant.manifest.process else {
            return Err(StartError::NoSection {
                entrant: name(),
                section: "process",
            });
        };
        let here = availability(entrant, &self.programs, &self.installs);
        if here != Availability::Here {
            return Err(StartError::NotHere {
                entrant: name(),
                availability: here,
            });
        }
        check_free(site.port).map_err(|source| StartError::Port {
            entrant: name(),
            source,
        })?;
        let address = SocketAddr::from((Ipv4Addr::LOCALHOST, site.port));
        let target = Target::new(&entrant.manifest, base_url(address), &values);
        let target = target.map_err(unknown)?;

        write_files(entrant, &site.scratch, &values)?;
        let log = site.scratch.join(LOG);
        let (out, err) = open_log(&log).map_err(|error| scratch_error(&log, error))?;
        let mut command = self
            .command(process, &values, &site.scratch)
            .map_err(unknown)?;
        command.stdin(Stdio::null()).stdout(out).stderr(err);
        let program = command.get_program().to_string_lossy().into_owned();
        let spawned = match &self.placement {
            Some(placement) => placement
                .on_entrant_cpus(|| ChildTree::spawn(command))
                .and_then(|spawned| spawned),
            None => ChildTree::spawn(command),
        };
        let child = spawned.map_err(|source| StartError::Execute {
            entrant: name(),
            program,
            source,
        })?;
        Ok(Box::new(RunningProcess { child, log, target }))
    }
}

/// A started process entrant.
struct RunningProcess {
    child: ChildTree,
    log: PathBuf,
    target: Target,
}

impl Running for RunningProcess {
    fn target(&self) -> &Target {
        &self.target
    }

    fn started_at(&self) -> Instant {
        self.child.started_at()
    }

    fn pid(&self) -> Option<u32> {
        Some(self.child.pid())
    }

    fn exited(&mut self) -> Option<Exited> {
        let status = self.child.exited()?;
        Some(Exited::ByItself(status.to_string()))
    }

    fn log_tail(&self, lines: usize) -> String {
        tail(&self.log, lines)
    }

    fn meter(&self) -> Result<Box<dyn Meter>, Reason> {
        Ok(Box::new(ProcessMeter::of_tree(&self.child)))
    }

    fn stop(self: Box<Self>, grace: Duration) -> Result<Stopped, StopError> {
        Ok(self.child.stop(grace)?)
    }
}

fn open_log(path: &Path) -> io::Result<(File, File)> {
    let out = File::create(path)?;
    let err = out.try_clone()?;
    Ok((out, err))
}

/// The same site with an absolute scratch folder: it is the working directory
/// of what is started, where a relative path would point elsewhere.
fn absolute(site: &Site) -> io::Result<Site> {
    Ok(Site {
        scratch: std::path::absolute(&site.scratch)?,
        ..site.clone()
    })
}

fn base_url(address: SocketAddr) -> String {
    format!("http://{address}")
}

/// CPUs that this process may use.
pub(crate) fn cpus() -> usize {
    thread::available_parallelism().map_or(1, usize::from)
}
