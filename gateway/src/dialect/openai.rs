//! The error object that OpenAI's two dialects share: `message`, `type`, `param`, `code`,
//! all four always present.

use bytes::Bytes;
use serde::Serialize;

use super::fault::Fault;

/// `{"error":{…}}`, the body of an error answer.
#[derive(Serialize)]
pub(super) struct Envelope {
    pub(super) error: ErrorObject,
}

/// What OpenAI's SDKs read of an error.
#[derive(Serialize)]
pub(super) struct ErrorObject {
    pub(super) message: String,
    pub(super) r#type: &'static str,
    pub(super) param: Option<String>,
    pub(super) code: Option<String>,
}

impl From<&Fault> for ErrorObject {
    fn from(fault: &Fault) -> Self {
        let told = |param: Option<&str>, code: Option<&str>| {
            (param.map(str::to_owned), code.map(str::to_owned))
        };
        let (param, code) = match fault {
            Fault::Provider(problem) => (problem.param.clone(), problem.code.clone()),
            Fault::Refused(refused) => told(
                Some(refused.param.as_str()).filter(|param| !param.is_empty()),
                Some(if refused.missing {
                    "missing_required_parameter"
                } else {
                    "invalid_value"
                }),
            ),
            Fault::ModelMissing => told(Some("model"), Some("missing_required_parameter")),
            Fault::ModelNotText => told(Some("model"), Some("invalid_type")),
            Fault::UnknownModel { .. } => told(Some("model"), Some("model_not_found")),
            Fault::TooLarge { .. } => told(None, Some("request_too_large")),
            Fault::Timeout { .. } | Fault::FellSilent { .. } => told(None, Some("timeout")),
            Fault::KeyUnknown => told(None, Some("invalid_api_key")),
            Fault::Forbidden { .. } => told(Some("model"), Some("model_not_found")),
            Fault::RateLimited { .. } => told(None, Some("rate_limit_exceeded")),
            Fault::Overloaded | Fault::ProviderBusy { .. } => told(None, Some("overloaded")),
            _ => (None, None),
        };
        Self {
            message: fault.to_string(),
            r#type: if fault.status().is_client_error() {
                "invalid_request_error"
            } else {
                "server_error"
            },
            param,
            code,
        }
    }
}

/// The body of an answer that tells `fault`.
pub(super) fn body(fault: &Fault) -> Bytes {
    super::json(&Envelope {
        error: fault.into(),
    })
    .into()
}
