//! How load reaches a started entrant.

use std::net::SocketAddr;

use workload::Dialect;

use super::{Manifest, UnknownPlaceholder, Values};

/// Where and how requests are sent; what `loadgen` is told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Target {
    /// `http://HOST:PORT`, without a path.
    pub base_url: String,
    /// The model that is asked for.
    pub model: String,
    /// Headers added to each request.
    pub headers: Vec<(String, String)>,
    /// Paths that differ from the dialect's own.
    pub paths: Vec<(Dialect, String)>,
}

impl Target {
    /// The address in its URL; `None` where that has a name.
    pub fn address(&self) -> Option<SocketAddr> {
        self.base_url.strip_prefix("http://")?.parse().ok()
    }

    /// The target of an entrant that listens at `base_url`.
    ///
    /// # Errors
    /// A header or path holds a placeholder that has no value.
    pub fn new(
        manifest: &Manifest,
        base_url: String,
        values: &Values,
    ) -> Result<Self, UnknownPlaceholder> {
        let mut headers = Vec::new();
        for (name, value) in &manifest.headers {
            headers.push((name.clone(), values.fill(value)?));
        }
        let mut paths = Vec::new();
        for (&dialect, path) in &manifest.paths {
            paths.push((dialect, values.fill(path)?));
        }
        Ok(Self {
            base_url,
            model: manifest.model.clone(),
            headers,
            paths,
        })
    }
}
