//! The limit on a provider's connections in use, and the queue for them.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::config::ConnectionLimits;

/// A provider's permits, for all workers; without a limit there is nothing to count.
pub(super) struct Permits(Option<Limited>);

struct Limited {
    free: Arc<Semaphore>,
    waiting: AtomicUsize,
    most_waiting: usize,
}

/// The right to one connection, while it is kept.
pub(super) struct Permit(
    #[allow(dead_code, reason = "it is given back when dropped")] Option<OwnedSemaphorePermit>,
);

/// The queue is full.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct QueueFull;

impl Permits {
    pub(super) fn new(limits: ConnectionLimits) -> Self {
        Self(limits.max.map(|most| Limited {
            free: Arc::new(Semaphore::new(most.min(Semaphore::MAX_PERMITS))),
            waiting: AtomicUsize::new(0),
            most_waiting: limits.max_waiting,
        }))
    }

    /// Takes a permit, waiting for one if so many others do not wait already.
    pub(super) async fn take(&self) -> Result<Permit, QueueFull> {
        let Some(limited) = &self.0 else {
            return Ok(Permit(None));
        };
        if let Ok(permit) = limited.free.clone().try_acquire_owned() {
            return Ok(Permit(Some(permit)));
        }
        let _waiting = Waiting::enter(limited)?;
        match limited.free.clone().acquire_owned().await {
            Ok(permit) => Ok(Permit(Some(permit))),
            // Nobody ever closes the semaphore.
            Err(_) => Err(QueueFull),
        }
    }
}

/// A place in the queue, given back also when whoever waits goes away.
struct Waiting<'a>(&'a Limited);

impl<'a> Waiting<'a> {
    fn enter(limited: &'a Limited) -> Result<Self, QueueFull> {
        let place = Self(limited);
        if limited.waiting.fetch_add(1, Ordering::Relaxed) < limited.most_waiting {
            Ok(place)
        } else {
            Err(QueueFull)
        }
    }
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.0.waiting.fetch_sub(1, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use std::future::Future;
    use std::pin::pin;
    use std::task::{Context, Waker};

    use super::*;

    #[tokio::test]
    async fn some_wait_and_more_are_refused() {
        let permits = Permits::new(ConnectionLimits {
            max: Some(1),
            max_waiting: 1,
            max_idle: 0,
        });
        let first = permits.take().await.unwrap();
        let mut second = Box::pin(permits.take());
        let mut context = Context::from_waker(Waker::noop());
        assert!(second.as_mut().poll(&mut context).is_pending());
        assert_eq!(permits.take().await.err(), Some(QueueFull));
        // One that goes away leaves its place to another.
        drop(second);
        let mut third = pin!(permits.take());
        assert!(third.as_mut().poll(&mut context).is_pending());
        drop(first);
        assert!(third.await.is_ok());
    }

    #[tokio::test]
    async fn without_a_limit_nobody_waits() {
        let permits = Permits::new(ConnectionLimits::default());
        let _first = permits.take().await.unwrap();
        assert!(permits.take().await.is_ok());
    }
}
