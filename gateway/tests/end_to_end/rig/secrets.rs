//! Every test here is one of secrets too: what its gateway told is searched for every key that any
//! test has used so far, once the gateway is stopped.

#[path = "../../../../tests/secrets/search.rs"]
mod search;

use std::collections::BTreeSet;
use std::sync::{Mutex, PoisonError};

pub(crate) use search::found;

/// Shorter ones could stand anywhere by chance.
const SHORTEST_BYTES: usize = 8;
/// The headers that keys and the like come in.
const SECRET_HEADERS: [&str; 5] = [
    "authorization",
    "x-api-key",
    "api-key",
    "x-goog-api-key",
    "cookie",
];

static USED: Mutex<BTreeSet<String>> = Mutex::new(BTreeSet::new());

/// Takes note of a secret.
pub(crate) fn uses(secret: &str) {
    if secret.len() >= SHORTEST_BYTES {
        let mut used = USED.lock().unwrap_or_else(PoisonError::into_inner);
        used.insert(secret.to_owned());
    }
}

/// Takes note of what is secret in a request.
pub(super) fn are_in_request(line: &str, headers: &[(&str, &str)]) {
    for (name, value) in headers {
        if SECRET_HEADERS.contains(name) {
            uses(value.strip_prefix("Bearer ").unwrap_or(value));
        }
    }
    let query = line.split_once('?').map_or("", |(_, query)| query);
    for part in query.split('&') {
        if let Some(("key", value)) = part.split_once('=') {
            uses(value);
        }
    }
}

/// Fails if any secret used so far stands in what was `told`.
pub(crate) fn assert_untold(what: &str, told: &str) {
    let used = USED.lock().unwrap_or_else(PoisonError::into_inner).clone();
    let secrets: Vec<&str> = used.iter().map(String::as_str).collect();
    let found = found(told, &secrets);
    assert!(found.is_empty(), "{what} tells {found:?}:\n{told}");
}
