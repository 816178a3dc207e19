//! Entrants as containers.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;

use clap::ValueEnum;
use serde::{Deserialize, Serialize};

use super::container_running::RunningContainer;
use super::files::{filled, write_files};
use super::{Runner, Running, Site, StartError, check_free, cpus};
use crate::docker::{ContainerFile, ContainerSpec, Engine, EngineError, Image, Reach};
use crate::entrant::{Container, Entrant, Target, UnknownPlaceholder, Values};
use crate::placement::{self, Placement};

/// How containers are connected.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Network {
    /// They share the machine's network: no bridge is charged to the gateway
    #[default]
    Host,
    /// Each has an address of its own behind the engine's bridge
    Bridge,
}

/// What holds for all containers of a run.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ContainerSettings {
    /// How they are connected.
    pub network: Network,
    /// The machine's address on the engine's bridge, where they are connected
    /// by it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bridge_address: Option<Ipv4Addr>,
    /// Memory each may use, swap included; none: all of the machine's.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub memory_bytes: Option<u64>,
}

/// Starts one entrant as a container of one image.
#[derive(Clone, Debug)]
pub struct ContainerRunner {
    engine: Arc<Engine>,
    image: Image,
    settings: ContainerSettings,
    placement: Option<Placement>,
}

impl ContainerRunner {
    /// A runner of containers of `image`, on the entrant's CPUs of
    /// `placement`.
    pub fn new(
        engine: Arc<Engine>,
        image: Image,
        settings: ContainerSettings,
        placement: Option<Placement>,
    ) -> Self {
        Self {
            engine,
            image,
            settings,
            placement,
        }
    }

    /// Where it is reached, and the port on which it listens inside.
    fn reach(&self, entrant: &Entrant, container: &Container, site: &Site) -> (Reach, SocketAddr) {
        match self.settings.bridge_address {
            Some(address) => {
                let reach = Reach::Bridge {
                    inside: container.port,
                    address,
                    port: site.port,
                };
                (reach, (address, site.port).into())
            }
            None => {
                // One whose port cannot be chosen has its own.
                let port = match takes_a_port(entrant, container) {
                    true => site.port,
                    false => container.port,
                };
                (Reach::Host, (Ipv4Addr::LOCALHOST, port).into())
            }
        }
    }

    fn values(&self, container: &Container, site: &Site, reach: &Reach, port: u16) -> Values {
        let cpus = match &self.placement {
            Some(placement) => placement.entrant_cpus.len(),
            None => cpus(),
        };
        let (host, port) = match reach {
            Reach::Bridge { .. } => (Ipv4Addr::UNSPECIFIED, container.port),
            _ => (Ipv4Addr::LOCALHOST, port),
        };
        Values::default()
            .with("cpus", cpus)
            .with("host", host)
            .with("mock_host", site.mock.ip())
            .with("mock_port", site.mock.port())
            .with("mock_url", format!("http://{}", site.mock))
            .with("port", port)
    }

    fn spec(
        &self,
        entrant: &Entrant,
        container: &Container,
        values: &Values,
        reach: Reach,
    ) -> Result<ContainerSpec, StartError> {
        let unknown = |source: UnknownPlaceholder| StartError::Placeholder {
            entrant: entrant.name.clone(),
            source,
        };
        let mut command = Vec::new();
        for word in &container.command {
            command.push(values.fill(word).map_err(unknown)?);
        }
        let mut env = Vec::new();
        for (name, value) in &container.env {
            env.push(format!("{name}={}", values.fill(value).map_err(unknown)?));
        }
        let mut files = Vec::new();
        for (path, name) in &container.mounts {
            files.push(ContainerFile {
                path: path.clone(),
                text: filled(entrant, name, values)?,
            });
        }
        Ok(ContainerSpec {
            name: entrant.name.clone(),
            image: self.image.id.clone(),
            entrypoint: container.entrypoint.clone(),
            command,
            env,
            reach,
            cpus: (self.placement.as_ref()).map(|all| placement::list(&all.entrant_cpus)),
            memory_bytes: self.settings.memory_bytes,
            data: container.data.clone(),
            files,
        })
    }
}

impl Runner for ContainerRunner {
    fn start(&self, entrant: &Entrant, site: &Site) -> Result<Box<dyn Running>, StartError> {
        let name = || entrant.name.clone();
        let Some(container) = &entrant.manifest.container else {
            return Err(StartError::NoSection {
                entrant: name(),
                section: "container",
            });
        };
        let (reach, address) = self.reach(entrant, container, site);
        check_free(address.port()).map_err(|source| StartError::Port {
            entrant: name(),
            source,
        })?;
        let values = self.values(container, site, &reach, address.port());
        let target = Target::new(&entrant.manifest, format!("http://{address}"), &values);
        let target = target.map_err(|source| StartError::Placeholder {
            entrant: name(),
            source,
        })?;
        write_files(entrant, &site.scratch, &values)?;
        let spec = self.spec(entrant, container, &values, reach)?;
        let failed = |source: EngineError| StartError::Container {
            entrant: name(),
            source,
        };
        let id = self.engine.create(&spec).map_err(failed)?;
        let engine = Arc::clone(&self.engine);
        let memory = self.settings.memory_bytes;
        Ok(Box::new(RunningContainer::start(
            engine, id, target, memory,
        )))
    }

    fn takes_a_port(&self, entrant: &Entrant) -> bool {
        let container = entrant.manifest.container.as_ref();
        self.settings.bridge_address.is_some()
            || container.is_some_and(|container| takes_a_port(entrant, container))
    }
}

/// Whether a container can be told on which port to listen.
fn takes_a_port(entrant: &Entrant, container: &Container) -> bool {
    let told = |text: &String| text.contains("{port}");
    let in_file = |name: &String| {
        let source = entrant.manifest.files.get(name);
        source.is_some_and(|source| entrant.folder.read(source).is_ok_and(|text| told(&text)))
    };
    container.command.iter().any(told)
        || container.env.values().any(told)
        || container.mounts.values().any(in_file)
}
