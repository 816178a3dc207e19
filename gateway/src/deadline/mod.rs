//! Deadlines that cost next to nothing.
//!
//! Nearly every request has a deadline and hardly any passes one. So a deadline is a slot with a
//! time in it, and one task a worker looks through all slots every [`TICK`]: what is to come by
//! then comes up to a tick later, and setting, moving and dropping a deadline is a store. A
//! runtime's timer would be put into its wheel and taken out again for each.
//!
//! Everything here belongs to a worker's thread; a deadline must not leave the one it was made
//! on.

use std::cell::{Cell, RefCell};
use std::future::{Future, poll_fn};
use std::pin::pin;
use std::rc::Rc;
use std::task::{Context, Poll, Waker};
use std::time::{Duration, Instant};

use tokio::sync::Notify;

/// How often deadlines are looked at.
const TICK: Duration = Duration::from_millis(20);
/// After so many ticks without any deadline the task sleeps until there is one.
const IDLE_TICKS: u32 = 50;

/// Ends a wait. Dropped, it is as if it had never been.
#[derive(Debug)]
pub(crate) struct Deadline(u32);

#[derive(Default)]
struct Slots {
    slots: Vec<Slot>,
    free: Vec<u32>,
}

struct Slot {
    /// `None`: free, or never.
    due: Option<Instant>,
    waker: Option<Waker>,
}

thread_local! {
    static SLOTS: RefCell<Slots> = RefCell::default();
    /// What the time was at the last tick.
    static TICKED: Cell<Option<Instant>> = const { Cell::new(None) };
    static ASLEEP: Cell<bool> = const { Cell::new(false) };
    static WAKE: Rc<Notify> = Rc::default();
}

impl Deadline {
    /// Passes after `period`; without one, never.
    pub(crate) fn after(period: Option<Duration>) -> Self {
        Self::at(period.map(|period| Instant::now() + period))
    }

    /// Passes at `due`; without one, never.
    pub(crate) fn at(due: Option<Instant>) -> Self {
        if ASLEEP.get() {
            ASLEEP.set(false);
            WAKE.with(|wake| wake.notify_one());
        }
        let slot = Slot { due, waker: None };
        SLOTS.with_borrow_mut(|slots| match slots.free.pop() {
            Some(index) => {
                slots.slots[index as usize] = slot;
                Self(index)
            }
            None => {
                slots.slots.push(slot);
                Self((slots.slots.len() - 1) as u32)
            }
        })
    }

    /// Moves the deadline.
    pub(crate) fn set(&self, due: Option<Instant>) {
        SLOTS.with_borrow_mut(|slots| slots.slots[self.0 as usize].due = due);
    }

    /// Moves the deadline to `period` after now, give or take a tick. Asks no clock.
    pub(crate) fn push_back(&self, period: Duration) {
        let now = TICKED.get().unwrap_or_else(Instant::now);
        self.set(Some(now + TICK + period));
    }

    /// Moves the deadline forward to `latest` if it is later.
    pub(crate) fn not_after(&self, latest: Instant) {
        SLOTS.with_borrow_mut(|slots| {
            let due = &mut slots.slots[self.0 as usize].due;
            *due = Some(due.map_or(latest, |due| due.min(latest)));
        });
    }

    /// Whether the deadline has passed; if not, the task is woken once it has.
    pub(crate) fn poll_passed(&self, cx: &mut Context<'_>) -> Poll<()> {
        SLOTS.with_borrow_mut(|slots| {
            let slot = &mut slots.slots[self.0 as usize];
            let Some(due) = slot.due else {
                return Poll::Pending;
            };
            if TICKED.get().is_some_and(|now| now >= due) {
                return Poll::Ready(());
            }
            match &mut slot.waker {
                Some(waker) => waker.clone_from(cx.waker()),
                empty => *empty = Some(cx.waker().clone()),
            }
            Poll::Pending
        })
    }

    /// What `work` comes to, or `None` if the deadline passes first.
    pub(crate) async fn limit<T>(&self, work: impl Future<Output = T>) -> Option<T> {
        let mut work = pin!(work);
        poll_fn(|cx| match work.as_mut().poll(cx) {
            Poll::Ready(done) => Poll::Ready(Some(done)),
            Poll::Pending => self.poll_passed(cx).map(|()| None),
        })
        .await
    }
}

impl Drop for Deadline {
    fn drop(&mut self) {
        // While the thread ends there may be no slots any more.
        let _ = SLOTS.try_with(|slots| {
            let mut slots = slots.borrow_mut();
            let slot = &mut slots.slots[self.0 as usize];
            let waker = slot.waker.take();
            slot.due = None;
            slots.free.push(self.0);
            drop(slots);
            drop(waker);
        });
    }
}

/// Wakes those whose deadline has passed, for ever. To be run once on each worker's thread.
pub(crate) async fn watch() {
    let mut idle_ticks = 0;
    loop {
        tokio::time::sleep(TICK).await;
        let now = Instant::now();
        TICKED.set(Some(now));
        for waker in passed(now) {
            waker.wake();
        }
        let empty = SLOTS.with_borrow(|slots| slots.free.len() == slots.slots.len());
        idle_ticks = if empty { idle_ticks + 1 } else { 0 };
        if idle_ticks >= IDLE_TICKS {
            idle_ticks = 0;
            release_memory();
            // The time of the last tick would soon be long ago.
            TICKED.set(None);
            ASLEEP.set(true);
            WAKE.with(Rc::clone).notified().await;
        }
    }
}

fn passed(now: Instant) -> Vec<Waker> {
    SLOTS.with_borrow_mut(|slots| {
        slots
            .slots
            .iter_mut()
            .filter(|slot| slot.due.is_some_and(|due| due <= now))
            .filter_map(|slot| slot.waker.take())
            .collect()
    })
}

fn release_memory() {
    SLOTS.with_borrow_mut(|slots| *slots = Slots::default());
}

#[cfg(test)]
#[path = "deadline_tests.rs"]
mod tests;
