//! All connections of a worker: who is idle, and who has been waited for long enough.
//!
//! Nothing is set or armed for a request: each connection notes when it began to wait for its
//! client, and one look a second at all of them finds those that have waited too long.

use std::cell::{Cell, RefCell};
use std::future::Future;
use std::rc::Rc;
use std::time::{Duration, Instant};

use tokio::task::{self, AbortHandle};
use tokio::time;

/// How often waiting connections are looked through.
const LOOK: Duration = Duration::from_secs(1);

/// How long a client may keep the gateway waiting.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Patience {
    /// From a connection's begin, or a head's first byte, to the head's last.
    pub(crate) head: Duration,
    /// Between two requests.
    pub(crate) idle: Duration,
    /// Without taking a byte of its answer.
    pub(crate) write: Duration,
}

impl Default for Patience {
    fn default() -> Self {
        Self {
            head: Duration::from_secs(15),
            idle: Duration::from_secs(75),
            write: Duration::from_secs(60),
        }
    }
}

/// What a connection waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Waiting {
    /// Its first request, or the rest of a head, since then.
    ForHead(Instant),
    /// A next request.
    Idle(Instant),
    /// Nothing: it serves a request.
    Not,
}

/// What others see of a connection.
pub(super) struct Watched {
    waiting: Cell<Waiting>,
    stopping: Rc<Cell<bool>>,
    pub(super) patience: Patience,
}

impl Watched {
    /// It waits for a first request, or for the rest of one.
    pub(super) fn awaits_head(&self) {
        self.waiting.set(Waiting::ForHead(Instant::now()));
    }

    pub(super) fn is_idle(&self) {
        self.waiting.set(Waiting::Idle(Instant::now()));
    }

    pub(super) fn serves(&self) {
        self.waiting.set(Waiting::Not);
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
#[derive(Clone)]
pub(crate) struct Connections {
    entries: Rc<RefCell<Vec<Entry>>>,
    stopping: Rc<Cell<bool>>,
    patience: Patience,
}

impl Connections {
    pub(crate) fn new(patience: Patience) -> Self {
        Self {
            entries: Rc::default(),
            stopping: Rc::default(),
            patience,
        }
    }

    /// Runs a connection as a task of this thread.
    pub(crate) fn spawn<F>(&self, connection: impl FnOnce(Rc<Watched>) -> F)
    where
        F: Future<Output = ()> + 'static,
    {
        let watched = Rc::new(Watched {
            waiting: Cell::new(Waiting::ForHead(Instant::now())),
            stopping: self.stopping.clone(),
            patience: self.patience,
        });
        let task = task::spawn_local(connection(watched.clone())).abort_handle();
        self.entries.borrow_mut().push(Entry { watched, task });
    }

    /// Closes, again and again, those whose clients have kept them waiting for too long.
    pub(crate) async fn look_after(&self) {
        loop {
            time::sleep(LOOK).await;
            self.close_overdue(Instant::now());
        }
    }

    fn close_overdue(&self, now: Instant) {
        let patience = self.patience;
        self.entries.borrow_mut().retain(|entry| {
            let (since, limit) = match entry.watched.waiting.get() {
                Waiting::ForHead(since) => (since, patience.head),
                Waiting::Idle(since) => (since, patience.idle),
                Waiting::Not => return !entry.task.is_finished(),
            };
            let overdue = now.saturating_duration_since(since) > limit;
            if overdue {
                entry.task.abort();
            }
            !overdue && !entry.task.is_finished()
        });
    }

    /// Closes those that serve nothing, and waits until the others are done.
    pub(crate) async fn finish(&self) {
        self.stopping.set(true);
        loop {
            let left = {
                let mut entries = self.entries.borrow_mut();
                entries.retain(|entry| {
                    if entry.watched.waiting.get() != Waiting::Not {
                        entry.task.abort();
                    }
                    !entry.task.is_finished()
                });
                entries.len()
            };
            if left == 0 {
                return;
            }
            time::sleep(Duration::from_millis(5)).await;
        }
    }
}
