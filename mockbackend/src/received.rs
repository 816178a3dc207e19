//! How many requests came in each dialect: so that whoever measures a gateway
//! can see in which it asks its provider.

use std::sync::atomic::{AtomicU64, Ordering};

use workload::Dialect;

use crate::route::Route;

/// The names of the counts, in their order.
const NAMES: [&str; 4] = ["chat", "responses", "messages", "gemini"];

/// Requests for an answer of a model, since the mock began.
#[derive(Debug, Default)]
pub(crate) struct Received([AtomicU64; NAMES.len()]);

/// One of the counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Count(usize);

impl Count {
    /// The count of a route; none of a route that asks no model.
    pub(crate) fn of(route: Route) -> Option<Self> {
        Some(Self(match route {
            Route::Generate(Dialect::Chat) => 0,
            Route::Generate(Dialect::Responses) => 1,
            Route::Generate(Dialect::Messages) => 2,
            Route::Gemini { .. } => 3,
            _ => return None,
        }))
    }
}

impl Received {
    /// Counts a request.
    pub(crate) fn add(&self, count: Count) {
        self.0[count.0].fetch_add(1, Ordering::Relaxed);
    }

    /// All counts as a JSON object.
    pub(crate) fn json(&self) -> String {
        let counts = NAMES.iter().zip(&self.0);
        let members = counts
            .map(|(name, count)| format!("\"{name}\":{}", count.load(Ordering::Relaxed)))
            .collect::<Vec<_>>();
        format!("{{{}}}", members.join(","))
    }
}
