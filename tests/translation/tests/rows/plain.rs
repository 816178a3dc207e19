//! The answer of a row that is about its request: each provider's, and how each client is told.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::case::{Case, read};

/// The file `plain.toml`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Plain {
    /// What a response object repeats of a request that says no more than it must.
    pub(crate) echo: String,
    /// By the provider's letter.
    answer: BTreeMap<String, String>,
    /// By the client's dialect, and by the provider's letter.
    told: BTreeMap<String, BTreeMap<String, String>>,
}

impl Plain {
    pub(crate) fn read() -> Self {
        read("plain")
    }

    /// What the provider `letter` says, and what the client of `case` is told of it.
    pub(crate) fn answer(&self, case: &Case, letter: &str) -> (String, String) {
        let told = &self.told[&case.client];
        (self.answer[letter].clone(), told[letter].clone())
    }
}
