//! The workers as seen from outside: each takes orders from a channel of its own.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::sync::oneshot;

use crate::config::Config;
use crate::metrics::{Metrics, Names, Process, render};
use crate::server::Gateway;
use crate::upstream::Target;

/// What a worker is told. Workers never wait for anything but sockets and these, so an order is
/// carried out within one turn of their loop.
pub(crate) enum Order {
    /// Tell what was counted.
    Count(oneshot::Sender<Metrics>),
    /// Serve requests that begin from now on by another configuration.
    Adopt(Generation),
}

/// What all workers share of one configuration.
#[derive(Clone)]
pub(crate) struct Generation {
    pub(crate) gateway: Arc<Gateway>,
    pub(crate) targets: Arc<[Target]>,
}

impl Generation {
    pub(crate) fn new(config: &Config, fleet: Arc<Fleet>) -> Self {
        Self {
            gateway: Arc::new(Gateway::new(config, fleet)),
            targets: config.providers.iter().map(Target::new).collect(),
        }
    }
}

/// All workers, and what is counted outside of them.
pub(crate) struct Fleet {
    workers: Vec<UnboundedSender<Order>>,
    pub(crate) names: Arc<Names>,
    log_lost: Arc<AtomicU64>,
    reloads: AtomicU64,
    reloads_refused: AtomicU64,
}

impl Fleet {
    /// A fleet of `count` workers, and where each of them gets its orders.
    pub(crate) fn new(
        count: usize,
        log_lost: Arc<AtomicU64>,
    ) -> (Self, Vec<UnboundedReceiver<Order>>) {
        let (workers, orders) = (0..count).map(|_| unbounded_channel()).unzip();
        let fleet = Self {
            workers,
            names: Arc::default(),
            log_lost,
            reloads: AtomicU64::new(0),
            reloads_refused: AtomicU64::new(0),
        };
        (fleet, orders)
    }

    /// The page for Prometheus; `None` while the gateway stops and not all can be asked.
    pub(crate) async fn page(&self, breakers: Vec<(String, bool)>) -> Option<String> {
        // Before they are asked: of what is counted here, every worker then has
        // the order before the question, and serves by it when it answers.
        let reloads = self.reloads.load(Ordering::Acquire);
        let mut asked = Vec::with_capacity(self.workers.len());
        for worker in &self.workers {
            let (tell, told) = oneshot::channel();
            worker.send(Order::Count(tell)).ok()?;
            asked.push(told);
        }
        let mut sum = Metrics::default();
        for told in asked {
            sum.add(&told.await.ok()?);
        }
        let process = Process {
            log_lost: self.log_lost.load(Ordering::Relaxed),
            reloads,
            reloads_refused: self.reloads_refused.load(Ordering::Relaxed),
            breakers,
        };
        Some(render(&sum, &process, &self.names))
    }

    /// Has every worker serve by another configuration.
    pub(crate) fn adopt(&self, generation: &Generation) {
        for worker in &self.workers {
            // A worker that is gone serves nobody any more.
            let _ = worker.send(Order::Adopt(generation.clone()));
        }
        self.reloads.fetch_add(1, Ordering::Release);
    }

    pub(crate) fn refused_reload(&self) {
        self.reloads_refused.fetch_add(1, Ordering::Relaxed);
    }
}
