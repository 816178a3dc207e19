//! The form of an `entrant.toml`. `harness/entrants/README.md` explains each
//! field to those who write one.

use std::collections::BTreeMap;
use std::fmt::Display;
use std::str::FromStr;
use std::time::Duration;

use serde::Deserialize;
use serde::de::{Deserializer, Error as _};
use workload::{DEFAULT_MODEL, Dialect, Workload};

use crate::plan::Profile;
use crate::route::{ProviderDialect, Route};

/// An entrant as its manifest describes it.
///
/// Strings may hold placeholders where their doc says so; see
/// [`Values`](super::Values).
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Manifest {
    /// The name people know it by.
    pub title: String,
    /// Where it is at home.
    pub homepage: Option<String>,
    /// What it runs on: `Rust`, `Go`, `Python`, `Node.js`, …
    pub runtime: String,
    /// Its licence, and what of it is not open.
    pub licence: Option<String>,
    /// Who builds it, and whether its core favours a vendor.
    pub neutrality: Option<String>,
    /// How it is configured here and why.
    pub notes: Option<String>,
    /// Load goes straight to the mock: there is nothing to start.
    #[serde(default)]
    pub direct: bool,
    /// It was made of the command line, which may hold secrets.
    #[serde(skip)]
    pub by_hand: bool,
    /// The model that is asked for.
    #[serde(default = "default_model")]
    pub model: String,
    /// Headers added to each request; values may hold placeholders.
    #[serde(default)]
    pub headers: BTreeMap<String, String>,
    /// Paths that differ from the dialect's own.
    #[serde(default, deserialize_with = "named_keys")]
    pub paths: BTreeMap<Dialect, String>,
    /// Workloads that it does not serve, and why.
    #[serde(default, deserialize_with = "named_keys")]
    pub not_served: BTreeMap<Workload, String>,
    /// Files made for each start: path in the run's folder, and the file of
    /// the entrant's folder that is filled in and written there.
    #[serde(default)]
    pub files: BTreeMap<String, String>,
    /// How it is installed, if it is not a program of the system.
    pub setup: Option<Setup>,
    /// How it is started as a process.
    pub process: Option<Process>,
    /// How it is started as a container.
    pub container: Option<Container>,
    /// How to tell that it is ready.
    #[serde(default)]
    pub ready: Ready,
    /// Where it counts what it is asked.
    pub accounting: Option<Accounting>,
    /// How a client of a dialect reaches a provider of each other.
    #[serde(default, deserialize_with = "named_keys")]
    pub translation: BTreeMap<Dialect, BTreeMap<ProviderDialect, Crossing>>,
}

impl Manifest {
    /// The declared ways from a client's dialect to a provider's, whole and
    /// streamed.
    pub fn declared_routes(&self) -> Vec<Route> {
        let pairs = self.translation.iter().flat_map(|(client, providers)| {
            let providers = providers.keys();
            providers.map(|provider| (*client, *provider))
        });
        pairs
            .flat_map(|(client, provider)| {
                [false, true].map(|stream| Route {
                    workload: Workload::new(client, stream),
                    provider,
                })
            })
            .collect()
    }

    /// All routes on which a profile asks it: the declared ones and, where there
    /// is load, those on which nothing is translated, to hold them against.
    pub fn routes_of(&self, profile: &Profile) -> Vec<Route> {
        let Some(plan) = &profile.translation else {
            return Vec::new();
        };
        let mut routes = self.declared_routes();
        if plan.is_loaded() {
            let own = Route::own_routes().into_iter();
            routes.extend(own.filter(|one| !self.not_served.contains_key(&one.workload)));
        }
        routes.sort_unstable();
        routes.dedup();
        routes
    }
}

/// How a client of one dialect reaches a provider of another: what differs
/// from its other requests.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Crossing {
    /// The model that is asked for.
    pub model: Option<String>,
    /// Headers added to each request, or in place of those of the same name;
    /// values may hold placeholders.
    #[serde(default)]
    pub headers: BTreeMap<String, String>,
    /// The path.
    pub path: Option<String>,
    /// Why it is not served, where it is known not to be.
    pub not_served: Option<String>,
}

/// Where an entrant counts what it is asked. A trial then asserts that the
/// counts are those of what was sent.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Accounting {
    /// The path of its metrics, in Prometheus' text format.
    pub metrics: String,
    /// The counter of requests.
    pub requests: String,
    /// The counter of requests whose usage is known.
    pub usage: Option<String>,
    /// Samples that hold this text are left out.
    pub but: Option<String>,
    /// The log of requests, a file of the start's folder.
    pub log: Option<String>,
    /// The text that lines of requests hold.
    #[serde(default)]
    pub log_lines: String,
}

/// How an entrant is installed.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Setup {
    /// The version that is installed, so that a run can be reproduced.
    pub version: String,
    /// Commands run in turn in the install folder, in the user's own
    /// environment. Placeholders: `{install}`, `{version}`, `{folder}` (the
    /// entrant's own files), `{cpus}`.
    pub steps: Vec<Vec<String>>,
}

/// How an entrant is started as a process.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Process {
    /// Program and arguments, with placeholders. A program without `/` is
    /// looked for beside the harness, on PATH and in the system's folders.
    pub command: Vec<String>,
    /// Its environment, with placeholders, beside PATH, HOME, LANG and TMPDIR.
    #[serde(default)]
    pub env: BTreeMap<String, String>,
    /// Other programs or files it needs, as in `command`.
    #[serde(default)]
    pub needs: Vec<String>,
    /// A command whose output holds its version.
    pub version: Option<Vec<String>>,
    /// The command that makes a missing program available, if `setup` does
    /// not.
    pub how_to: Option<String>,
}

/// How an entrant is started as a container. Placeholders have the values
/// that hold inside: `{mock_url}` is the mock as seen from there.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Container {
    /// The image.
    pub image: String,
    /// The port it listens on, inside.
    pub port: u16,
    /// Instead of the image's entry point.
    pub entrypoint: Option<Vec<String>>,
    /// Arguments to the entry point, with placeholders; none: the image's.
    #[serde(default)]
    pub command: Vec<String>,
    /// Its environment, with placeholders.
    #[serde(default)]
    pub env: BTreeMap<String, String>,
    /// Path inside, and the file of `files` that is mounted there, read-only.
    #[serde(default)]
    pub mounts: BTreeMap<String, String>,
    /// A folder inside that it must be able to write to.
    pub data: Option<String>,
    /// A command inside whose output holds its version; none: the image's
    /// label tells it, if any does.
    pub version: Option<Vec<String>>,
    /// The command that makes the image, if it is in no registry.
    pub how_to: Option<String>,
}

/// How to tell that an entrant is ready.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Ready {
    /// A path that answers 200 when it is; none: the first right answer.
    pub path: Option<String>,
    /// How long it may take, as `60s` or `2m`.
    #[serde(default = "default_ready_timeout", deserialize_with = "duration")]
    pub timeout: Duration,
}

impl Default for Ready {
    fn default() -> Self {
        Self {
            path: None,
            timeout: default_ready_timeout(),
        }
    }
}

fn default_model() -> String {
    DEFAULT_MODEL.to_owned()
}

fn default_ready_timeout() -> Duration {
    Duration::from_secs(60)
}

fn duration<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Duration, D::Error> {
    let text = String::deserialize(deserializer)?;
    humantime::parse_duration(&text)
        .map_err(|error| D::Error::custom(format!("`{text}` is no duration: {error}")))
}

/// A map whose keys are names of workloads or dialects.
fn named_keys<'de, D, K, V>(deserializer: D) -> Result<BTreeMap<K, V>, D::Error>
where
    D: Deserializer<'de>,
    K: FromStr<Err: Display> + Ord,
    V: Deserialize<'de>,
{
    let map = BTreeMap::<Name<K>, V>::deserialize(deserializer)?;
    Ok(map.into_iter().map(|(key, value)| (key.0, value)).collect())
}

#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Name<T>(T);

impl<'de, T: FromStr<Err: Display>> Deserialize<'de> for Name<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let name = String::deserialize(deserializer)?;
        name.parse().map(Self).map_err(D::Error::custom)
    }
}
