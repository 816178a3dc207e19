//! What can be wrong with a configuration.

use std::net::SocketAddr;
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
    #[error(
        "listening on {listen} would let anybody who reaches it use the providers' keys: add \
         client keys ([[keys]]), listen on 127.0.0.1, or say `allow_open = true` or --allow-open"
    )]
    Open { listen: SocketAddr },
}
