//! The side towards clients: sockets, workers, connections.
//!
//! A worker is a thread with a runtime, a listening socket, a pool of upstream connections and
//! everything else a request needs, so that no request ever touches another thread.

mod body;
mod listener;
mod service;
mod worker;

use std::sync::Arc;
use std::time::Duration;

use crate::config::{Config, Limits, Retries};
use crate::lifecycle::Fleet;
use crate::routing::RoutingTable;

pub(crate) use body::{Body, Kind};
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
}

impl Gateway {
    pub(crate) fn new(config: &Config, fleet: Arc<Fleet>) -> Self {
        Self {
            routes: RoutingTable::new(config),
            limits: config.limits.clone(),
            retries: config.retries,
            ask_usage: config.operations.usage.ask,
            keepalive: config.operations.stream.keepalive.0,
            fleet,
        }
    }
}
