//! What can be wrong with a configuration.

use std::path::PathBuf;

use super::place::Place;

/// Why there is no configuration to run with. Never holds a key.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ConfigError {
    #[error("cannot read {}: {source}", path.display())]
    Unreadable {
        path: PathBuf,
        source: std::io::Error,
    },
    #[error("{}:{place}: {problem}", path.display())]
    InFile {
        path: PathBuf,
        place: Box<Place>,
        problem: String,
    },
    #[error("environment variable {name}: {problem}")]
    InEnvironment { name: String, problem: String },
}
