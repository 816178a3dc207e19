//! Containers: made, started, looked at, ended.

use std::collections::HashMap;
use std::net::Ipv4Addr;
use std::time::{Duration, Instant};

use bollard::container::LogOutput;
use bollard::models::{
    ContainerCreateBody, ContainerState, HostConfig, HostConfigLogConfig, PortBinding,
};
use bollard::query_parameters::{
    CreateContainerOptions, KillContainerOptions, LogsOptions, RemoveContainerOptions,
    StopContainerOptions, UploadToContainerOptions,
};
use futures_util::StreamExt;

use super::archive::{self, ContainerFile};
use super::engine::{Engine, QUICK, SLOW};
use super::{EngineError, labels};

/// How long a killed container may take to disappear.
const KILL_LIMIT: Duration = Duration::from_secs(15);
/// What is kept of a container's output; a gateway that complains of each
/// request must not fill the disk.
const LOG_SIZE: &str = "16m";

/// A container to be made.
#[derive(Clone, Debug, Default)]
pub struct ContainerSpec {
    /// What it is called, after the harness's own prefix.
    pub name: String,
    /// The image, by id or reference.
    pub image: String,
    /// Instead of the image's entry point.
    pub entrypoint: Option<Vec<String>>,
    /// Arguments to the entry point; empty: the image's own.
    pub command: Vec<String>,
    /// `NAME=VALUE`, beside the image's own.
    pub env: Vec<String>,
    /// Where it is reached.
    pub reach: Reach,
    /// CPUs it may use, as `0-1,4`; none: all.
    pub cpus: Option<String>,
    /// Memory it may use, swap included; none: all.
    pub memory_bytes: Option<u64>,
    /// A folder inside that is kept outside of its layers, and removed with
    /// it.
    pub data: Option<String>,
    /// Files put into it before it starts.
    pub files: Vec<ContainerFile>,
}

/// How a container is connected.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Reach {
    /// It shares the machine's network.
    #[default]
    Host,
    /// It has an address of its own on the engine's bridge, and one of its
    /// ports is published.
    Bridge {
        /// The port inside.
        inside: u16,
        /// The address of this machine on which it is published.
        address: Ipv4Addr,
        /// The port there.
        port: u16,
    },
    /// It has no network.
    None,
}

/// How a container has ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ending {
    /// The exit status of its first process; 128 and the signal where one
    /// ended it.
    pub exit_code: i64,
    /// The kernel killed something in it for want of memory.
    pub out_of_memory: bool,
    /// What the engine has to say.
    pub error: String,
}

impl Engine {
    /// Makes a container that carries the harness's labels, with its files in
    /// it, and gives its id.
    ///
    /// # Errors
    /// No such image, or the engine refuses; nothing is left then.
    pub fn create(&self, spec: &ContainerSpec) -> Result<String, EngineError> {
        let options = CreateContainerOptions {
            name: Some(labels::container_name(&spec.name)),
            platform: String::new(),
        };
        let created = self.ask("create a container", SLOW, async {
            self.docker
                .create_container(Some(options), body(spec))
                .await
        })?;
        if let Err(error) = self.put(&created.id, &spec.files) {
            // The first error says more than one of the removal.
            let _ = self.remove(&created.id);
            return Err(error);
        }
        Ok(created.id)
    }

    fn put(&self, id: &str, files: &[ContainerFile]) -> Result<(), EngineError> {
        if files.is_empty() {
            return Ok(());
        }
        let archive = archive::of(files)?;
        let options = UploadToContainerOptions {
            path: "/".to_owned(),
            ..UploadToContainerOptions::default()
        };
        self.ask("put files into a container", SLOW, async {
            self.docker
                .upload_to_container(id, Some(options), bollard::body_full(archive.into()))
                .await
        })
    }

    /// Starts a container; returns when its first process runs, or has run.
    ///
    /// # Errors
    /// It cannot be started: no such program in it, a port that is taken.
    pub fn start(&self, id: &str) -> Result<(), EngineError> {
        self.ask("start a container", SLOW, async {
            self.docker.start_container(id, None).await
        })
    }

    /// Asks a container to end, kills it after `grace`, and returns when it
    /// has ended; one that has ended already is no error.
    ///
    /// # Errors
    /// No such container, or the engine does not answer.
    pub fn stop(&self, id: &str, grace: Duration) -> Result<(), EngineError> {
        let seconds = grace.as_secs() + u64::from(grace.subsec_nanos() > 0);
        let options = StopContainerOptions {
            signal: None,
            t: Some(i32::try_from(seconds).unwrap_or(i32::MAX)),
        };
        self.ask("stop a container", grace + KILL_LIMIT, async {
            self.docker.stop_container(id, Some(options)).await
        })
    }

    /// Kills all processes of a container.
    ///
    /// # Errors
    /// It does not run, or the engine does not answer.
    pub fn kill(&self, id: &str) -> Result<(), EngineError> {
        let options = KillContainerOptions {
            signal: "SIGKILL".to_owned(),
        };
        self.ask("kill a container", KILL_LIMIT, async {
            self.docker.kill_container(id, Some(options)).await
        })
    }

    /// Removes a container with its files, and kills it first if it runs. One
    /// that is not there is no error.
    ///
    /// # Errors
    /// The engine does not answer, or cannot.
    pub fn remove(&self, id: &str) -> Result<(), EngineError> {
        let options = RemoveContainerOptions {
            v: true,
            force: true,
            link: false,
        };
        let removed = self.ask("remove a container", SLOW, async {
            self.docker.remove_container(id, Some(options)).await
        });
        match removed {
            Err(EngineError::NotFound(_)) => Ok(()),
            // Somebody else removes it this moment.
            Err(EngineError::Refused { message, .. })
                if message.contains("already in progress") =>
            {
                Ok(())
            }
            other => other,
        }
    }

    /// How a container has ended; `None` while it runs.
    ///
    /// # Errors
    /// No such container, or the engine does not answer.
    pub fn ending(&self, id: &str) -> Result<Option<Ending>, EngineError> {
        let found = self.ask("inspect a container", QUICK, async {
            self.docker.inspect_container(id, None).await
        })?;
        Ok(found.state.and_then(ending))
    }

    /// Waits until a container has ended, `limit` at most.
    ///
    /// # Errors
    /// As [`Engine::ending`].
    pub fn wait(&self, id: &str, limit: Duration) -> Result<Option<Ending>, EngineError> {
        const POLL: Duration = Duration::from_millis(20);
        let begin = Instant::now();
        loop {
            let ending = self.ending(id)?;
            if ending.is_some() || begin.elapsed() >= limit {
                return Ok(ending);
            }
            std::thread::sleep(POLL);
        }
    }

    /// What `command` writes in a container of `image` that has no network.
    ///
    /// # Errors
    /// It cannot be started, does not end by itself within ten seconds, or
    /// ends with an error.
    pub fn output_of(&self, image: &str, command: Vec<String>) -> Result<String, EngineError> {
        const LIMIT: Duration = Duration::from_secs(10);
        let id = self.create(&ContainerSpec {
            name: "version".to_owned(),
            image: image.to_owned(),
            entrypoint: Some(command),
            reach: Reach::None,
            ..ContainerSpec::default()
        })?;
        let output = self.start(&id).and_then(|()| {
            let ending = self.wait(&id, LIMIT)?;
            let output = self.logs(&id, 100)?;
            match ending {
                Some(Ending { exit_code: 0, .. }) => Ok(output),
                _ => Err(EngineError::Refused {
                    what: "run a command in a container".to_owned(),
                    message: output,
                }),
            }
        });
        self.remove(&id)?;
        output
    }

    /// The last `lines` lines that a container wrote to its standard output
    /// and its standard error.
    ///
    /// # Errors
    /// No such container, or the engine does not answer.
    pub fn logs(&self, id: &str, lines: usize) -> Result<String, EngineError> {
        let options = LogsOptions {
            stdout: true,
            stderr: true,
            tail: lines.to_string(),
            ..LogsOptions::default()
        };
        let bytes = self.ask("tell a container's log", QUICK, async {
            let mut bytes = Vec::new();
            let mut stream = self.docker.logs(id, Some(options));
            while let Some(piece) = stream.next().await {
                match piece? {
                    LogOutput::StdErr { message }
                    | LogOutput::StdOut { message }
                    | LogOutput::StdIn { message }
                    | LogOutput::Console { message } => bytes.extend_from_slice(&message),
                }
            }
            Ok(bytes)
        })?;
        Ok(String::from_utf8_lossy(&bytes).into_owned())
    }
}

fn ending(state: ContainerState) -> Option<Ending> {
    // `created` has neither run nor ended; it has no time of its end.
    let ended = state.running == Some(false)
        && state
            .finished_at
            .is_some_and(|time| !time.starts_with("0001-"));
    ended.then(|| Ending {
        exit_code: state.exit_code.unwrap_or_default(),
        out_of_memory: state.oom_killed.unwrap_or_default(),
        error: state.error.unwrap_or_default(),
    })
}

fn body(spec: &ContainerSpec) -> ContainerCreateBody {
    let mut host = HostConfig {
        network_mode: Some(
            match spec.reach {
                Reach::Host => "host",
                Reach::Bridge { .. } => "bridge",
                Reach::None => "none",
            }
            .to_owned(),
        ),
        cpuset_cpus: spec.cpus.clone(),
        log_config: Some(HostConfigLogConfig {
            typ: Some("json-file".to_owned()),
            config: Some(HashMap::from([
                ("max-size".to_owned(), LOG_SIZE.to_owned()),
                ("max-file".to_owned(), "1".to_owned()),
            ])),
        }),
        ..HostConfig::default()
    };
    if let Some(bytes) = spec.memory_bytes {
        let bytes = i64::try_from(bytes).unwrap_or(i64::MAX);
        host.memory = Some(bytes);
        // The same with swap: what swaps is not within its limit.
        host.memory_swap = Some(bytes);
    }
    let mut exposed = None;
    if let Reach::Bridge {
        inside,
        address,
        port,
    } = spec.reach
    {
        let name = format!("{inside}/tcp");
        host.port_bindings = Some(HashMap::from([(
            name.clone(),
            Some(vec![PortBinding {
                host_ip: Some(address.to_string()),
                host_port: Some(port.to_string()),
            }]),
        )]));
        exposed = Some(vec![name]);
    }
    ContainerCreateBody {
        image: Some(spec.image.clone()),
        entrypoint: spec.entrypoint.clone(),
        cmd: (!spec.command.is_empty()).then(|| spec.command.clone()),
        env: Some(spec.env.clone()),
        labels: Some(labels::of_this_harness()),
        exposed_ports: exposed,
        volumes: spec.data.clone().map(|folder| vec![folder]),
        host_config: Some(host),
        ..ContainerCreateBody::default()
    }
}
