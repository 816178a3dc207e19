//! The side towards clients: sockets, workers, connections.
//!
//! A worker is a thread with a runtime, a listening socket, a pool of upstream connections and
//! everything else a request needs, so that no request ever touches another thread.

mod body;
mod http1;
mod listener;
mod service;
mod worker;

use std::sync::Arc;
use std::time::{Duration, Instant};

use crate::admission::{Keyring, Load};
use crate::config::{Config, Limits, Provider, Retries};
use crate::lifecycle::Fleet;
use crate::routing::{Circuit, RoutingTable};

pub(crate) use body::{Body, Kind};
#[cfg(any(test, fuzzing))]
pub(crate) use http1::take_head;
pub(crate) use http1::{ClientBody, read as read_head};
pub(crate) use listener::{BindError, bind};
pub(crate) use worker::{Post, Worker, start};

/// What all workers share and nothing changes.
pub(crate) struct Gateway {
    pub(crate) routes: RoutingTable,
    pub(crate) limits: Limits,
    pub(crate) retries: Retries,
    /// Whether the usage of a Chat stream is asked for where the client did not.
    pub(crate) ask_usage: bool,
    /// After how much silence a client is told that its stream still lives.
    pub(crate) keepalive: Option<Duration>,
    pub(crate) fleet: Arc<Fleet>,
    pub(crate) keyring: Keyring,
    /// Whether `/metrics` is told without a key also where clients need one.
    pub(crate) metrics_open: bool,
    pub(crate) load: Load,
    /// One a provider.
    pub(crate) circuits: Box<[Circuit]>,
}

impl Gateway {
    pub(crate) fn new(config: &Config, fleet: Arc<Fleet>) -> Self {
        let begun = Instant::now();
        let circuit = |_: &Provider| Circuit::new(config.breaker, begun);
        Self {
            routes: RoutingTable::new(config),
            limits: config.limits.clone(),
            retries: config.retries,
            ask_usage: config.operations.usage.ask,
            keepalive: config.operations.stream.keepalive.0,
            fleet,
            keyring: Keyring::new(&config.keys),
            metrics_open: config.operations.metrics.open,
            load: Load::new(config.limits.max_in_flight),
            circuits: config.providers.iter().map(circuit).collect(),
        }
    }

    /// The providers' names, and how long each is still left alone if it is. One that may be
    /// tried again is not: whoever waits for that before sending requests would wait for ever.
    pub(crate) fn breakers(&self) -> impl Iterator<Item = (&str, Option<Duration>)> {
        let open_for = |circuit: &Circuit| circuit.open_for().filter(|left| !left.is_zero());
        let names = self.routes.provider_names();
        names.zip(self.circuits.iter().map(open_for))
    }
}
