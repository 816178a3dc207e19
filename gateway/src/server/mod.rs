//! The side towards clients: sockets, workers, connections.
//!
//! A worker is a thread with a runtime, a listening socket, a pool of upstream connections and
//! everything else a request needs, so that no request ever touches another thread.

mod body;
mod listener;
mod service;
mod shutdown;
mod worker;

use crate::config::{Config, Limits, Retries};
use crate::routing::RoutingTable;

pub(crate) use body::Body;
pub(crate) use listener::{BindError, bind};
pub(crate) use shutdown::{GRACE, Shutdown, signalled};
pub(crate) use worker::{Worker, start};

/// What all workers share and nothing changes.
pub(crate) struct Gateway {
    pub(crate) routes: RoutingTable,
    pub(crate) limits: Limits,
    pub(crate) retries: Retries,
}

impl Gateway {
    pub(crate) fn new(config: &Config) -> Self {
        Self {
            routes: RoutingTable::new(config),
            limits: config.limits.clone(),
            retries: config.retries,
        }
    }
}
