//! Containers that an earlier harness left behind when it was killed.

use std::collections::HashMap;

use bollard::models::{ContainerSummary, ContainerSummaryStateEnum};
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

/// A container of a dead harness with what came of its removal.
pub type Swept = (LeftContainer, Result<(), EngineError>);

impl Engine {
    /// Removes the containers of harnesses that no longer run, and returns
    /// all of them, also those that cannot be removed: one of them must not
    /// keep anybody from measuring.
    ///
    /// # Errors
    /// The engine does not answer.
    pub fn sweep(&self) -> Result<Vec<Swept>, EngineError> {
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
        let remove = |id: &str| self.remove(id);
        remove_left(found, remove)
    }
}

/// Removes those of `found` whose harness is dead.
///
/// # Errors
/// The engine has gone away.
fn remove_left(
    found: Vec<ContainerSummary>,
    remove: impl Fn(&str) -> Result<(), EngineError>,
) -> Result<Vec<Swept>, EngineError> {
    let mut swept = Vec::new();
    for container in found {
        let running = container.state == Some(ContainerSummaryStateEnum::RUNNING);
        let labels = container.labels.unwrap_or_default();
        let Owner::Dead(harness) = labels::owner(&labels, running) else {
            continue;
        };
        let id = container.id.unwrap_or_default();
        let removed = match remove(&id) {
            Err(error) if error.is_gone() => return Err(error),
            other => other,
        };
        let name = container.names.unwrap_or_default().into_iter().next();
        let left = LeftContainer {
            name: name.map_or(id, |name| name.trim_start_matches('/').to_owned()),
            image: container.image.unwrap_or_default(),
            harness,
        };
        swept.push((left, removed));
    }
    Ok(swept)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn left(id: &str) -> ContainerSummary {
        // It does not run, and its machine has been started since.
        let labels = HashMap::from([(labels::HARNESS.to_owned(), "7".to_owned())]);
        ContainerSummary {
            id: Some(id.to_owned()),
            names: Some(vec![format!("/tollgate-{id}")]),
            labels: Some(labels),
            ..ContainerSummary::default()
        }
    }

    #[test]
    fn one_that_cannot_be_removed_keeps_no_other_from_it() {
        let found = ["a", "b", "c"].map(left).to_vec();
        let swept = remove_left(found, |id| match id {
            "b" => Err(EngineError::Refused {
                what: "remove a container".to_owned(),
                message: "device or resource busy".to_owned(),
            }),
            _ => Ok(()),
        });
        let swept: Vec<(String, bool)> = swept
            .unwrap()
            .into_iter()
            .map(|(left, removed)| (left.name, removed.is_ok()))
            .collect();
        let name = |id: &str| format!("tollgate-{id}");
        let expected = [(name("a"), true), (name("b"), false), (name("c"), true)];
        assert_eq!(swept, expected);
    }

    #[test]
    fn an_engine_that_goes_away_is_an_error() {
        let gone = remove_left(vec![left("a")], |_| {
            Err(EngineError::Gone {
                host: "h".to_owned(),
                why: "closed".to_owned(),
            })
        });
        assert!(gone.is_err());
    }
}
