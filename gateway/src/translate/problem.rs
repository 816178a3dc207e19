//! A provider's error in no dialect's words.

use hyper::StatusCode;

/// The longest message that is passed on from a provider.
const LONGEST_MESSAGE_BYTES: usize = 4 * 1024;

/// What a provider reported, to be told to the client in its own dialect.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Problem {
    /// The status for the client.
    pub(crate) status: StatusCode,
    pub(crate) message: String,
    /// OpenAI's `code`, where there is one.
    pub(crate) code: Option<String>,
    /// OpenAI's `param`, where there is one.
    pub(crate) param: Option<String>,
}

impl Problem {
    /// A problem told with `status`; see [`client_status`].
    pub(crate) fn new(status: StatusCode, message: &str) -> Self {
        let mut end = message.len().min(LONGEST_MESSAGE_BYTES);
        while !message.is_char_boundary(end) {
            end -= 1;
        }
        Self {
            status: client_status(status),
            message: message[..end].to_owned(),
            code: None,
            param: None,
        }
    }

    /// An error answer that says nothing readable.
    pub(crate) fn unreadable(status: StatusCode) -> Self {
        Self::new(
            status,
            &format!("The provider answered with status {}", status.as_u16()),
        )
    }

    /// Whether it is too many requests at once.
    pub(crate) fn is_overload(&self) -> bool {
        matches!(self.status.as_u16(), 503 | 529)
    }
}

/// The status that a client is told for a provider's (wire formats, section 2): a fault of the
/// provider's is a bad gateway, an overload stays one.
pub(crate) fn client_status(provider: StatusCode) -> StatusCode {
    match provider.as_u16() {
        503 | 529 => StatusCode::SERVICE_UNAVAILABLE,
        504 => StatusCode::GATEWAY_TIMEOUT,
        400..500 => provider,
        _ => StatusCode::BAD_GATEWAY,
    }
}
