//! What exactly was measured.

use serde::{Deserialize, Serialize};

use crate::measured::Measured;

/// A side of a gate or of a comparison.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct About {
    /// As it was asked for.
    pub asked: String,
    /// Digest of the program, or the image's id.
    pub digest: String,
    /// Digest of how it is started and configured.
    pub configuration: String,
    /// What the program or image takes on disk; none of a gateway that comes
    /// as packages.
    pub size_bytes: Option<u64>,
    /// `process` or `container`.
    pub runner: String,
    /// The version that it tells, if it does.
    pub version: Measured<String>,
}

impl About {
    /// Whether both are one and the same.
    pub fn is_same(&self, other: &Self) -> bool {
        self.digest == other.digest
            && self.configuration == other.configuration
            && self.version == other.version
    }

    /// One line.
    pub fn words(&self) -> String {
        let version = self.version.value();
        let version = version.map_or(String::new(), |version| format!(", version {version}"));
        let digest: String = self.digest.chars().take("sha256:".len() + 12).collect();
        format!("{} ({digest}{version}, as a {})", self.asked, self.runner)
    }
}
