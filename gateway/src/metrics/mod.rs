//! What the gateway counts, and the page that tells it to Prometheus.
//!
//! Each worker counts in plain integers of its own thread ([`Metrics`]): no lock, no atomic.
//! When the page is asked for, every worker is sent an order to copy its counts, and the copies
//! are added up. That is why this is not a client library: those keep a family's series behind a
//! lock, and a counter in an atomic that all threads write.
//!
//! Labels are bounded: names come from the configuration only, everything else is `other`.

mod counts;
mod histogram;
mod names;
mod page;
mod quick_hash;

pub(crate) use counts::{Metrics, Outcome, SeriesKey, UpstreamError};
pub(crate) use names::{Label, Names};
pub(crate) use page::{Process, render};
pub(crate) use quick_hash::QuickMap;
