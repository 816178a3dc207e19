//! Starting, reloading and stopping: what the process is told from outside, and how its workers
//! are told in turn.

mod fleet;
mod notify;
mod signals;

pub(crate) use fleet::{Fleet, Generation, Order};
pub(crate) use notify::{notify, ready};
pub(crate) use signals::{Signal, Signals, Stop};
