//! A worker's side of the log.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{SyncSender, TrySendError};
use std::time::Duration;

use super::clock::Clock;
use super::line;
use super::writer::Order;
use crate::trail::Notes;

/// A batch is passed on when it has grown to this; a worker with little to do passes its lines on
/// by the clock.
const BATCH_BYTES: usize = 96 * 1024;

/// Writes lines into a batch.
pub(crate) struct Pen {
    batch: Vec<u8>,
    lines_in_batch: u64,
    to: SyncSender<Order>,
    /// Where all that was dropped is told in the end.
    lost: Arc<AtomicU64>,
    clock: Clock,
    /// Lines written, those dropped included.
    pub(crate) lines: u64,
    pub(crate) dropped: u64,
}

impl Pen {
    pub(super) fn new(to: SyncSender<Order>, lost: Arc<AtomicU64>) -> Self {
        Self {
            batch: Vec::new(),
            lines_in_batch: 0,
            to,
            lost,
            clock: Clock::new(),
            lines: 0,
            dropped: 0,
        }
    }

    /// Writes the line of a request that took `took`.
    pub(crate) fn write(&mut self, notes: &Notes, took: Duration) {
        if self.batch.capacity() == 0 {
            self.batch.reserve(BATCH_BYTES + 2048);
        }
        line::write(&mut self.batch, &mut self.clock, notes, took);
        self.lines += 1;
        self.lines_in_batch += 1;
        if self.batch.len() >= BATCH_BYTES {
            self.flush();
        }
    }

    /// Passes the batch on.
    pub(crate) fn flush(&mut self) {
        self.clock.set();
        if self.batch.is_empty() {
            return;
        }
        let lines = std::mem::take(&mut self.lines_in_batch);
        let batch = std::mem::take(&mut self.batch);
        match self.to.try_send(Order::Write(batch)) {
            Ok(()) => {}
            Err(TrySendError::Full(order) | TrySendError::Disconnected(order)) => {
                self.dropped += lines;
                if let Order::Write(mut batch) = order {
                    batch.clear();
                    self.batch = batch;
                }
            }
        }
    }
}

impl Drop for Pen {
    fn drop(&mut self) {
        self.flush();
        self.lost.fetch_add(self.dropped, Ordering::Relaxed);
    }
}
