//! A blocking client of the engine.

use std::env;
use std::fmt;
use std::future::Future;
use std::net::Ipv4Addr;
use std::time::Duration;

use bollard::models::{SystemInfoCgroupDriverEnum, SystemInfoCgroupVersionEnum};
use bollard::{API_DEFAULT_VERSION, Docker};
use serde::{Deserialize, Serialize};
use tokio::runtime::{Builder, Runtime};

use super::{EngineError, StartedContainer};

/// Where an engine listens if `DOCKER_HOST` does not say.
const DEFAULT_HOST: &str = "unix:///var/run/docker.sock";
/// How long an answer may take that nothing has to be done for.
pub(super) const QUICK: Duration = Duration::from_secs(10);
/// How long anything else may take. Creating a container on a slow disk takes
/// seconds; stopping one is told its own time.
pub(super) const SLOW: Duration = Duration::from_secs(120);

/// What makes the containers' cgroups.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum CgroupDriver {
    /// The engine itself, by the file system.
    Cgroupfs,
    /// systemd, asked by the engine.
    Systemd,
    /// Nobody: containers have no limits and no accounts of their own.
    None,
}

/// Which of the kernel's interfaces to cgroups.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum CgroupVersion {
    /// A hierarchy for each controller.
    V1,
    /// One hierarchy.
    V2,
}

/// What an engine says of itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EngineInfo {
    /// Its version, as `20.10.24`.
    pub version: String,
    /// The version of the API that is spoken with it, as `1.41`.
    pub api_version: String,
    /// Who makes cgroups.
    pub cgroup_driver: CgroupDriver,
    /// Which kind of cgroups.
    pub cgroup_version: CgroupVersion,
    /// How images and containers are kept on disk, as `overlay2`.
    pub storage_driver: String,
    /// The folder where they are kept, on the engine's machine.
    pub root_dir: String,
    /// The registry that images without one in their name come from: its
    /// index's URL.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub index_server: String,
}

/// An engine that has answered, to be asked from any thread.
pub struct Engine {
    pub(super) docker: Docker,
    runtime: Runtime,
    host: String,
    info: EngineInfo,
}

impl fmt::Debug for Engine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Engine")
            .field("host", &self.host)
            .field("info", &self.info)
            .finish_non_exhaustive()
    }
}

impl Engine {
    /// Connects to the engine that `DOCKER_HOST` names, or to the local
    /// socket, and agrees with it on a version of the API.
    ///
    /// # Errors
    /// None answers there.
    pub fn connect() -> Result<Self, EngineError> {
        let host = env::var("DOCKER_HOST").unwrap_or_default();
        Self::connect_to(if host.is_empty() { DEFAULT_HOST } else { &host })
    }

    /// Connects to the engine at `host`: `unix://PATH` or `tcp://HOST:PORT`.
    ///
    /// # Errors
    /// None answers there.
    pub fn connect_to(host: &str) -> Result<Self, EngineError> {
        let runtime = Builder::new_current_thread().enable_all().build()?;
        let failed = |error| EngineError::of(host, "tell its version", error);
        let docker = if let Some(socket) = host.strip_prefix("unix://") {
            Docker::connect_with_unix(socket, SLOW.as_secs(), API_DEFAULT_VERSION)
        } else {
            Docker::connect_with_host(host)
        };
        let docker = docker.map_err(failed)?;
        let hello = async {
            let docker = docker.negotiate_version().await?;
            let info = docker.info().await?;
            Ok((docker, info))
        };
        let (docker, info) =
            match runtime.block_on(async { tokio::time::timeout(QUICK, hello).await }) {
                Ok(answer) => answer.map_err(failed)?,
                Err(_) => {
                    return Err(EngineError::Gone {
                        host: host.to_owned(),
                        why: format!("it did not tell its version within {QUICK:?}"),
                    });
                }
            };
        let info = EngineInfo {
            version: info.server_version.unwrap_or_default(),
            api_version: docker.client_version().to_string(),
            cgroup_driver: match info.cgroup_driver {
                Some(SystemInfoCgroupDriverEnum::SYSTEMD) => CgroupDriver::Systemd,
                Some(SystemInfoCgroupDriverEnum::NONE) => CgroupDriver::None,
                _ => CgroupDriver::Cgroupfs,
            },
            // Before API 1.41 the engine does not say, and knows only one.
            cgroup_version: match info.cgroup_version {
                Some(SystemInfoCgroupVersionEnum::_2) => CgroupVersion::V2,
                _ => CgroupVersion::V1,
            },
            storage_driver: info.driver.unwrap_or_default(),
            root_dir: info.docker_root_dir.unwrap_or_default(),
            index_server: info.index_server_address.unwrap_or_default(),
        };
        Ok(Self {
            docker,
            runtime,
            host: host.to_owned(),
            info,
        })
    }

    /// What it said of itself.
    pub fn info(&self) -> &EngineInfo {
        &self.info
    }

    /// Where it is asked.
    pub fn host(&self) -> &str {
        &self.host
    }

    /// What it says of a container that was started; `None` once the container
    /// has ended, for then it has no process.
    ///
    /// # Errors
    /// There is no such container, or the engine does not answer.
    pub fn started(&self, id: &str) -> Result<Option<StartedContainer>, EngineError> {
        let found = self.ask("inspect a container", QUICK, async {
            self.docker.inspect_container(id, None).await
        })?;
        let pid = found.state.and_then(|state| state.pid).unwrap_or_default();
        let Some(pid) = u32::try_from(pid).ok().filter(|&pid| pid != 0) else {
            return Ok(None);
        };
        Ok(Some(StartedContainer {
            id: found.id.unwrap_or_else(|| id.to_owned()),
            pid,
            cgroup_parent: found
                .host_config
                .and_then(|config| config.cgroup_parent)
                .unwrap_or_default(),
            cgroup_driver: self.info.cgroup_driver,
            cgroup_version: self.info.cgroup_version,
            image_id: found.image.unwrap_or_default(),
        }))
    }

    /// The address of the engine's own bridge on this machine, where what runs
    /// on it reaches the machine.
    ///
    /// # Errors
    /// It has no such network, or one without an IPv4 address.
    pub fn bridge_address(&self) -> Result<Ipv4Addr, EngineError> {
        let found = self.ask("inspect its bridge network", QUICK, async {
            self.docker.inspect_network("bridge", None).await
        })?;
        let configs = found.ipam.and_then(|ipam| ipam.config);
        configs
            .unwrap_or_default()
            .iter()
            .find_map(|config| gateway(config.gateway.as_deref(), config.subnet.as_deref()))
            .ok_or_else(|| {
                EngineError::NotFound("the bridge network has no IPv4 address".to_owned())
            })
    }

    /// Carries out what asks the engine more than once.
    pub(super) fn in_runtime<T>(&self, work: impl Future<Output = T>) -> T {
        self.runtime.block_on(work)
    }

    /// Waits for the engine's answer to one question.
    pub(super) fn ask<T>(
        &self,
        what: &str,
        limit: Duration,
        question: impl Future<Output = Result<T, bollard::errors::Error>>,
    ) -> Result<T, EngineError> {
        let answer = async { tokio::time::timeout(limit, question).await };
        match self.runtime.block_on(answer) {
            Ok(answer) => answer.map_err(|error| EngineError::of(&self.host, what, error)),
            Err(_) => Err(EngineError::Gone {
                host: self.host.clone(),
                why: format!("it did not {what} within {limit:?}"),
            }),
        }
    }
}

/// The machine's address in a bridge network. Before the first container is
/// connected an engine may tell its subnet only, whose first address it takes.
fn gateway(gateway: Option<&str>, subnet: Option<&str>) -> Option<Ipv4Addr> {
    if let Some(address) = gateway.and_then(|gateway| gateway.parse().ok()) {
        return Some(address);
    }
    let (network, _) = subnet?.split_once('/')?;
    let network: Ipv4Addr = network.parse().ok()?;
    Some(Ipv4Addr::from_bits(network.to_bits().checked_add(1)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bridge_has_an_address_before_it_is_used() {
        let address = |text: &str| text.parse::<Ipv4Addr>().ok();
        assert_eq!(
            gateway(Some("10.0.0.9"), Some("10.0.0.0/24")),
            address("10.0.0.9")
        );
        assert_eq!(gateway(None, Some("172.17.0.0/16")), address("172.17.0.1"));
        assert_eq!(gateway(None, Some("fd00::/64")), None);
        assert_eq!(gateway(Some(""), None), None);
    }

    #[test]
    fn no_engine_is_one_clear_error() {
        let error = Engine::connect_to("unix:///nowhere/docker.sock").unwrap_err();
        assert_eq!(
            error.to_string(),
            "the container engine at unix:///nowhere/docker.sock does not answer: \
             there is no socket /nowhere/docker.sock"
        );
        assert!(error.is_gone());
        let error = Engine::connect_to("ssh://somewhere").unwrap_err();
        assert!(
            error.to_string().contains("unix:// and plain tcp://"),
            "{error}"
        );
        let port = crate::runner::free_port().unwrap();
        let error = Engine::connect_to(&format!("tcp://127.0.0.1:{port}")).unwrap_err();
        assert!(error.to_string().contains("refused"), "{error}");
    }
}
