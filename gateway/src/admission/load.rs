//! How many requests are at work, and the most that may be.

use std::rc::Rc;
use std::sync::atomic::{AtomicUsize, Ordering};

use crate::dialect::Fault;
use crate::server::Worker;

/// The count of requests at work, of all workers.
pub(crate) struct Load {
    at_work: AtomicUsize,
    most: usize,
}

impl Load {
    pub(crate) fn new(most: usize) -> Self {
        Self {
            at_work: AtomicUsize::new(0),
            most,
        }
    }

    /// How many there are.
    pub(crate) fn at_work(&self) -> usize {
        self.at_work.load(Ordering::Relaxed)
    }

    fn enter(&self) -> Result<(), Fault> {
        if self.at_work.fetch_add(1, Ordering::Relaxed) >= self.most {
            self.leave();
            return Err(Fault::Overloaded);
        }
        Ok(())
    }

    fn leave(&self) {
        self.at_work.fetch_sub(1, Ordering::Relaxed);
    }
}

/// A request's place among those at work, until its answer's last byte.
pub(crate) struct Ticket(Rc<Worker>);

impl Ticket {
    /// Takes a place, if one is left.
    pub(crate) fn take(worker: &Rc<Worker>) -> Result<Self, Fault> {
        worker.gateway.load.enter()?;
        Ok(Self(worker.clone()))
    }
}

impl Drop for Ticket {
    fn drop(&mut self) {
        self.0.gateway.load.leave();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lets_in_up_to_the_most_and_again_after_one_left() {
        let load = Load::new(2);
        assert!(load.enter().is_ok() && load.enter().is_ok());
        assert!(matches!(load.enter(), Err(Fault::Overloaded)));
        assert_eq!(load.at_work(), 2);
        load.leave();
        assert!(load.enter().is_ok());
    }
}
