//! The thread that writes the log out.

use std::fs::File;
use std::io::{self, Write};
use std::iter;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use super::batch::Pen;

/// So many batches may wait to be written; further ones are dropped.
const MOST_WAITING: usize = 32;
/// Between two looks at what waits. Woken for each batch, the thread would take a core from a
/// worker hundreds of times a second.
const PAUSE: Duration = Duration::from_millis(20);
/// How long the last lines may take to be written when the gateway ends.
const LAST_WRITE: Duration = Duration::from_secs(2);

/// Where the log goes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) enum LogTo {
    #[default]
    Stdout,
    Stderr,
    File(PathBuf),
    Nowhere,
}

/// What the writing thread is told.
pub(super) enum Order {
    Write(Vec<u8>),
    /// Look whether there is something else to do.
    Look,
}

/// The writing thread's handle.
pub(crate) struct Writer {
    to: SyncSender<Order>,
    thread: JoinHandle<()>,
    lost: Arc<AtomicU64>,
    /// Whether the file shall be opened again, which may have been renamed.
    reopens: Arc<AtomicBool>,
}

impl Writer {
    /// Starts the thread; `None` where nothing is logged.
    pub(crate) fn start(log: &LogTo) -> io::Result<Option<Self>> {
        let Some(sink) = open(log)? else {
            return Ok(None);
        };
        let (to, orders) = sync_channel(MOST_WAITING);
        let lost = Arc::new(AtomicU64::new(0));
        let reopens = Arc::new(AtomicBool::new(false));
        let (log, counter, asked) = (log.clone(), lost.clone(), reopens.clone());
        let thread = thread::Builder::new()
            .name("log".to_owned())
            .spawn(move || write_out(&log, sink, &orders, &counter, &asked))?;
        Ok(Some(Self {
            to,
            thread,
            lost,
            reopens,
        }))
    }

    /// A pen for a worker.
    pub(crate) fn pen(&self) -> Pen {
        Pen::new(self.to.clone(), self.lost.clone())
    }

    /// Lines lost because they could not be written.
    pub(crate) fn lost(&self) -> Arc<AtomicU64> {
        self.lost.clone()
    }

    /// Logs an event of the gateway's own; dropped where the log cannot keep up.
    pub(crate) fn event(&self, line: Vec<u8>) {
        if self.to.try_send(Order::Write(line)).is_err() {
            self.lost.fetch_add(1, Ordering::Relaxed);
        }
    }

    /// Opens the log's file again, for whoever renamed it.
    pub(crate) fn reopen(&self) {
        self.reopens.store(true, Ordering::Relaxed);
        // Where there is no room for it, the thread is awake anyway.
        let _ = self.to.try_send(Order::Look);
    }

    /// Waits until all is written, once every pen is dropped; gives the number of lines lost.
    pub(crate) fn finish(self) -> u64 {
        drop(self.to);
        let begun = Instant::now();
        // A reader that does not read must not keep the gateway from ending.
        while !self.thread.is_finished() && begun.elapsed() < LAST_WRITE {
            thread::sleep(Duration::from_millis(1));
        }
        self.lost.load(Ordering::Relaxed)
    }
}

fn open(log: &LogTo) -> io::Result<Option<Box<dyn Write + Send>>> {
    Ok(match log {
        LogTo::Stdout => Some(Box::new(io::stdout())),
        LogTo::Stderr => Some(Box::new(io::stderr())),
        LogTo::File(path) => {
            let file = File::options().create(true).append(true).open(path);
            let named = |error: io::Error| {
                let text = format!("cannot open the log {}: {error}", path.display());
                io::Error::new(error.kind(), text)
            };
            Some(Box::new(file.map_err(named)?))
        }
        LogTo::Nowhere => None,
    })
}

fn write_out(
    log: &LogTo,
    mut sink: Box<dyn Write + Send>,
    orders: &Receiver<Order>,
    lost: &AtomicU64,
    reopens: &AtomicBool,
) {
    while let Ok(first) = orders.recv() {
        for order in iter::once(first).chain(orders.try_iter()) {
            // A file that cannot be opened any more is written on under its old name.
            if reopens.swap(false, Ordering::Relaxed)
                && let Ok(Some(opened)) = open(log)
            {
                sink = opened;
            }
            if let Order::Write(batch) = order
                && sink.write_all(&batch).and_then(|()| sink.flush()).is_err()
            {
                let lines = memchr::memchr_iter(b'\n', &batch).count();
                lost.fetch_add(lines as u64, Ordering::Relaxed);
            }
        }
        thread::sleep(PAUSE);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_log_that_cannot_be_opened_is_named() {
        let error = Writer::start(&LogTo::File("/nowhere/at/all".into()))
            .err()
            .unwrap();
        assert!(error.to_string().contains("/nowhere/at/all"), "{error}");
    }

    #[test]
    fn lines_are_written_before_the_end_and_lost_ones_counted() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("log");
        let writer = Writer::start(&LogTo::File(path.clone())).unwrap().unwrap();
        writer.event(b"one\n".to_vec());
        writer.reopen();
        writer.event(b"two\n".to_vec());
        assert_eq!(writer.finish(), 0);
        assert_eq!(std::fs::read_to_string(path).unwrap(), "one\ntwo\n");

        // Every write to it fails, as on a full disk.
        let writer = Writer::start(&LogTo::File("/dev/full".into()))
            .unwrap()
            .unwrap();
        writer.event(b"one\ntwo\n".to_vec());
        assert_eq!(writer.finish(), 2);
    }
}
