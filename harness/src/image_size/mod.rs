//! How large an image is: on its way to those who deploy it, and on disk.

mod challenge;
mod layers;
mod manifest;
mod reference;
mod registry;

pub use layers::gzipped_layers;
pub use reference::Reference;
pub use registry::Registries;

use serde::{Deserialize, Serialize};

use crate::measured::Measured;

/// The size of an image.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ImageSize {
    /// Configuration and compressed layers, in bytes.
    pub compressed_bytes: Measured<u64>,
    /// Who says so; none where nobody does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<Source>,
    /// Its layers unpacked, on the engine's disk, in bytes.
    pub disk_bytes: u64,
}

/// Where a compressed size comes from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Source {
    /// The manifest that a registry serves: what a pull downloads.
    Registry,
    /// The layers, exported by the engine and compressed by gzip here, because
    /// no registry told it; why.
    Layers(String),
}
