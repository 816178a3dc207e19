//! All connections of a worker, to be ended when it stops.

use std::cell::{Cell, RefCell};
use std::future::Future;
use std::rc::Rc;
use std::time::Duration;

use tokio::task::{self, AbortHandle};
use tokio::time;

/// How often it is looked whether the last answers are done.
const LOOK: Duration = Duration::from_millis(5);
/// So many connections are remembered before those that have ended are forgotten.
const LEAST_REMEMBERED: usize = 64;

/// What others see of a connection, and it of them.
pub(crate) struct Watched {
    /// It waits for its client's next request.
    idle: Cell<bool>,
    stopping: Rc<Cell<bool>>,
}

impl Watched {
    pub(super) fn set_idle(&self, idle: bool) {
        self.idle.set(idle);
    }

    /// Whether the worker stops, so that the connection must not wait for another request.
    pub(super) fn must_stop(&self) -> bool {
        self.stopping.get()
    }
}

struct Entry {
    watched: Rc<Watched>,
    task: AbortHandle,
}

/// The connections of one worker.
#[derive(Default)]
pub(crate) struct Connections {
    entries: RefCell<Vec<Entry>>,
    stopping: Rc<Cell<bool>>,
}

impl Connections {
    /// Runs a connection as a task of this thread.
    pub(crate) fn spawn<F>(&self, connection: impl FnOnce(Rc<Watched>) -> F)
    where
        F: Future<Output = ()> + 'static,
    {
        let watched = Rc::new(Watched {
            idle: Cell::new(true),
            stopping: self.stopping.clone(),
        });
        let task = task::spawn_local(connection(watched.clone())).abort_handle();
        let mut entries = self.entries.borrow_mut();
        if entries.len() >= entries.capacity().max(LEAST_REMEMBERED) {
            entries.retain(|entry| !entry.task.is_finished());
        }
        entries.push(Entry { watched, task });
    }

    /// Closes those that wait for a request, and waits until the others are done.
    pub(crate) async fn finish(&self) {
        self.stopping.set(true);
        while self.close_idle() > 0 {
            time::sleep(LOOK).await;
        }
    }

    /// How many are left.
    fn close_idle(&self) -> usize {
        let mut entries = self.entries.borrow_mut();
        entries.retain(|entry| {
            if entry.watched.idle.get() {
                entry.task.abort();
            }
            !entry.task.is_finished()
        });
        entries.len()
    }
}
