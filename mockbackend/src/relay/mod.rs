//! The null proxy: forwards bytes unchanged and adds a delay that is known.
//!
//! It is the standard that the instruments are checked against: what it says
//! that it added is what they must find. For that it does as little as a proxy
//! can. One thread reads, waits and writes; for each client's connection there
//! is one to the mock; nothing is parsed.
//!
//! The delay is added on the way to the mock, where a request is one burst of
//! bytes, and to each burst on its own: from the moment a read has brought it
//! to the moment just before it is written. It is kept by waiting actively
//! for the last of it, because no timer wakes a thread to the microsecond; all
//! before that is slept, because one of two cores is too much to spin on.
//!
//! - [`schedule`] says when a burst is due, without a clock;
//! - [`link`] is one client's connection and the one behind it;
//! - [`engine`] is the thread; [`timer`] wakes it; [`log`] tells what it did.

mod engine;
mod link;
mod log;
mod options;
mod schedule;
mod timer;

pub use engine::relay;
pub use options::RelayOptions;
