//! Containers that an earlier harness left behind when it was killed.

use std::collections::HashMap;

use bollard::models::ContainerSummaryStateEnum;
use bollard::query_parameters::ListContainersOptions;

use super::EngineError;
use super::engine::{Engine, QUICK};
use super::labels::{self, Owner};

/// A container of a dead harness that was found and removed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LeftContainer {
    /// Its name.
    pub name: String,
    /// Its image, as it was asked for.
    pub image: String,
    /// The process id of the harness that made it.
    pub harness: u32,
}

impl Engine {
    /// Removes all containers of harnesses that no longer run, and returns
    /// them.
    ///
    /// # Errors
    /// The engine does not answer, or one cannot be removed.
    pub fn sweep(&self) -> Result<Vec<LeftContainer>, EngineError> {
        let options = ListContainersOptions {
            all: true,
            filters: Some(HashMap::from([(
                "label".to_owned(),
                vec![labels::HARNESS.to_owned()],
            )])),
            ..ListContainersOptions::default()
        };
        let found = self.ask("list its containers", QUICK, async {
            self.docker.list_containers(Some(options)).await
        })?;
        let mut removed = Vec::new();
        for container in found {
            let running = container.state == Some(ContainerSummaryStateEnum::RUNNING);
            let labels = container.labels.unwrap_or_default();
            let Owner::Dead(harness) = labels::owner(&labels, running) else {
                continue;
            };
            let id = container.id.unwrap_or_default();
            self.remove(&id)?;
            let name = container.names.unwrap_or_default().into_iter().next();
            removed.push(LeftContainer {
                name: name.map_or(id, |name| name.trim_start_matches('/').to_owned()),
                image: container.image.unwrap_or_default(),
                harness,
            });
        }
        Ok(removed)
    }
}
