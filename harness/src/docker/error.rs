//! What can go wrong with an engine.

use bollard::errors::Error;

/// Why the engine did not do what it was asked.
#[derive(Debug, thiserror::Error)]
pub enum EngineError {
    /// It does not answer, or no longer.
    #[error("the container engine at {host} does not answer: {why}")]
    Gone {
        /// Where it was asked.
        host: String,
        /// What happened.
        why: String,
    },
    /// It cannot be spoken to in this way.
    #[error("DOCKER_HOST is {host}; the harness speaks unix:// and plain tcp:// only")]
    Scheme {
        /// What was asked for.
        host: String,
    },
    /// It has no such image, container or network.
    #[error("{0}")]
    NotFound(String),
    /// It answered with an error.
    #[error("the container engine could not {what}: {message}")]
    Refused {
        /// What it was asked to do.
        what: String,
        /// What it said.
        message: String,
    },
    /// The harness cannot talk to any engine.
    #[error("no thread of control for the container engine: {0}")]
    Runtime(#[from] std::io::Error),
    /// The user asked to stop.
    #[error("interrupted")]
    Interrupted,
}

impl EngineError {
    /// Puts the client's error into the words of `what` was asked of the
    /// engine at `host`.
    pub(super) fn of(host: &str, what: &str, error: Error) -> Self {
        match error {
            Error::DockerResponseServerError {
                status_code: 404,
                message,
            } => Self::NotFound(message),
            Error::DockerResponseServerError { message, .. }
            | Error::DockerStreamError { error: message } => Self::Refused {
                what: what.to_owned(),
                message,
            },
            Error::UnsupportedURISchemeError { uri } => Self::Scheme { host: uri },
            Error::SocketNotFoundError(socket) => Self::Gone {
                host: host.to_owned(),
                why: format!("there is no socket {socket}"),
            },
            Error::RequestTimeoutError => Self::Gone {
                host: host.to_owned(),
                why: format!("it did not {what} in time"),
            },
            Error::HyperLegacyError { err } => Self::Gone {
                host: host.to_owned(),
                why: innermost(&err),
            },
            Error::HyperResponseError { err } => Self::Gone {
                host: host.to_owned(),
                why: innermost(&err),
            },
            Error::IOError { err } => Self::Gone {
                host: host.to_owned(),
                why: err.to_string(),
            },
            other => Self::Refused {
                what: what.to_owned(),
                message: other.to_string(),
            },
        }
    }

    /// Whether it is the engine that failed, rather than what was asked of it.
    pub fn is_gone(&self) -> bool {
        matches!(self, Self::Gone { .. } | Self::Runtime(_))
    }
}

/// The cause at the bottom, which says the most in the fewest words.
fn innermost(error: &dyn std::error::Error) -> String {
    let mut innermost = error;
    while let Some(source) = innermost.source() {
        innermost = source;
    }
    innermost.to_string()
}
