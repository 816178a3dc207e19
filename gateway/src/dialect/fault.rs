//! What can go wrong with a request, said once for every dialect.

use std::time::Duration;

use hyper::StatusCode;

use crate::request::json::Malformed;
use crate::translate::{Problem, Refused};

/// Why the gateway answers a request with an error of its own.
///
/// The text is for the client's developer. It names providers as the configuration does, and
/// never holds a key or an address.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Fault {
    /// Its head is none, so not even its path is known.
    #[error("{words}")]
    Unreadable {
        status: StatusCode,
        words: &'static str,
    },
    #[error("The request body is not valid JSON: {0}.")]
    NotJson(Malformed),
    #[error("Missing required parameter: 'model'.")]
    ModelMissing,
    #[error("Invalid type for 'model': expected a string.")]
    ModelNotText,
    #[error("The model `{model}` does not exist here: {why}.")]
    UnknownModel { model: String, why: UnknownModel },
    #[error("There is nothing at {path}. {}", paths())]
    UnknownPath { path: String },
    #[error("{path} takes {allowed}, not {method}.")]
    WrongMethod {
        method: String,
        path: String,
        allowed: &'static str,
    },
    #[error("The request body is larger than {limit_bytes} bytes.")]
    TooLarge { limit_bytes: usize },
    #[error("The request body is encoded as `{0}`: send it unencoded.")]
    Encoded(String),
    #[error("The request body could not be read to its end.")]
    BodyLost,
    #[error("The provider `{provider}` cannot be reached.")]
    Unreachable { provider: String },
    #[error("The provider `{provider}` gave no whole answer: {what}.")]
    BadAnswer {
        provider: String,
        what: &'static str,
    },
    #[error("The provider `{provider}` did not answer within {}.", humantime::format_duration(*after))]
    Timeout { provider: String, after: Duration },
    #[error("The provider `{provider}` refused the gateway's own key.")]
    KeyRefused { provider: String },
    /// Something that cannot be said in the provider's dialect.
    #[error("{0}")]
    Refused(#[from] Refused),
    /// The provider's own error, from another dialect.
    #[error("{}", .0.message)]
    Provider(Problem),
    #[error("The provider `{provider}` broke the stream off before its end.")]
    StreamBroken { provider: String },
    #[error("The provider `{provider}` fell silent in the middle of its answer.")]
    FellSilent { provider: String },
    #[error(
        "The provider `{provider}` answered with status {status} and no error that can be read."
    )]
    ErrorPage {
        provider: String,
        status: StatusCode,
    },
    #[error("The provider `{provider}` keeps failing and is left alone for a while.")]
    CircuitOpen {
        provider: String,
        retry_after: Duration,
    },
    #[error("The provider `{provider}` has as many requests at work and waiting as it may.")]
    ProviderBusy { provider: String },
    #[error("The gateway has as many requests at work as it may. Try again in a moment.")]
    Overloaded,
    #[error("No API key: send one as `authorization: Bearer` or `x-api-key`.")]
    KeyMissing,
    #[error("The API key is not known here.")]
    KeyUnknown,
    #[error("This API key may not ask for `{what}`.")]
    Forbidden { what: String },
    #[error("This API key has used up its {per_minute} requests a minute.")]
    RateLimited {
        per_minute: u32,
        retry_after: Duration,
    },
    #[error("Nothing more of the request body came for {}.", humantime::format_duration(*after))]
    SlowBody { after: Duration },
    #[error("There is no provider named `{name}` here (there are: {known}).")]
    UnknownProvider { name: String, known: String },
    #[error("The path holds `..`, which could lead out of what the provider is asked for.")]
    PathClimbs,
}

/// Why no provider answers for a model.
#[derive(Debug, thiserror::Error)]
pub(crate) enum UnknownModel {
    #[error("no provider is named `{prefix}` (there are: {known})")]
    NoSuchProvider { prefix: String, known: String },
    #[error("its provider `{provider}` does not speak the {dialect} dialect")]
    OtherDialect {
        provider: String,
        dialect: &'static str,
    },
    #[error("no provider speaks the {dialect} dialect")]
    NobodySpeaks { dialect: &'static str },
}

impl Fault {
    /// The HTTP status of the answer; see section 2 of the project's notes on wire formats.
    pub(crate) fn status(&self) -> StatusCode {
        match self {
            Self::Unreadable { status, .. } => *status,
            Self::Provider(problem) => problem.status,
            Self::Refused(_)
            | Self::NotJson(_)
            | Self::ModelMissing
            | Self::ModelNotText
            | Self::BodyLost
            | Self::PathClimbs => StatusCode::BAD_REQUEST,
            Self::KeyMissing | Self::KeyUnknown => StatusCode::UNAUTHORIZED,
            Self::Forbidden { .. } => StatusCode::FORBIDDEN,
            Self::UnknownModel { .. } | Self::UnknownPath { .. } | Self::UnknownProvider { .. } => {
                StatusCode::NOT_FOUND
            }
            Self::SlowBody { .. } => StatusCode::REQUEST_TIMEOUT,
            Self::RateLimited { .. } => StatusCode::TOO_MANY_REQUESTS,
            Self::CircuitOpen { .. } | Self::ProviderBusy { .. } | Self::Overloaded => {
                StatusCode::SERVICE_UNAVAILABLE
            }
            Self::ErrorPage { status, .. } => *status,
            Self::WrongMethod { .. } => StatusCode::METHOD_NOT_ALLOWED,
            Self::TooLarge { .. } => StatusCode::PAYLOAD_TOO_LARGE,
            Self::Encoded(_) => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            Self::Unreachable { .. }
            | Self::BadAnswer { .. }
            | Self::KeyRefused { .. }
            | Self::StreamBroken { .. } => StatusCode::BAD_GATEWAY,
            Self::Timeout { .. } | Self::FellSilent { .. } => StatusCode::GATEWAY_TIMEOUT,
        }
    }

    /// After how long the same request may do better, where that is known.
    pub(crate) fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::CircuitOpen { retry_after, .. } | Self::RateLimited { retry_after, .. } => {
                Some(*retry_after)
            }
            Self::ProviderBusy { .. } | Self::Overloaded => Some(Duration::from_secs(1)),
            _ => None,
        }
    }
}

impl Fault {
    /// The HTTP status for a client of `dialect`: Messages has one of its own for overload.
    pub(crate) fn status_for(&self, dialect: super::Dialect) -> StatusCode {
        match self {
            Self::Provider(problem)
                if dialect == super::Dialect::Messages && problem.is_overload() =>
            {
                StatusCode::from_u16(529).unwrap_or(StatusCode::SERVICE_UNAVAILABLE)
            }
            _ => self.status(),
        }
    }
}

fn paths() -> String {
    let mut text = String::from("Try ");
    for dialect in super::Dialect::ALL {
        text.push_str(dialect.path());
        text.push_str(", ");
    }
    text.push_str("/v1/models, /p/PROVIDER/…, /health, /ready or /metrics.");
    text
}
