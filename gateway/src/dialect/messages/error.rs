//! Messages' errors: `{"type":"error","error":{"type","message"},"request_id"}`, alone or as
//! an `error` event.

use bytes::Bytes;
use serde::Serialize;

use crate::dialect::{Fault, json};

#[derive(Serialize)]
struct Envelope<'a> {
    r#type: &'static str,
    error: ErrorObject,
    /// The SDKs expect the member; `null` where the request has no id.
    request_id: Option<&'a str>,
}

#[derive(Serialize)]
struct ErrorObject {
    r#type: &'static str,
    message: String,
}

/// The body of an answer that tells `fault`.
pub(in crate::dialect) fn body(fault: &Fault, request_id: Option<&[u8]>) -> Bytes {
    text(fault, request_id).into()
}

/// The event that ends a broken stream; no `message_stop` follows.
pub(in crate::dialect) fn last_event(fault: &Fault, request_id: Option<&[u8]>) -> Bytes {
    [
        b"event: error\ndata: ",
        text(fault, request_id).as_slice(),
        b"\n\n",
    ]
    .concat()
    .into()
}

fn text(fault: &Fault, request_id: Option<&[u8]>) -> Vec<u8> {
    json(&Envelope {
        r#type: "error",
        error: ErrorObject {
            r#type: kind(fault),
            message: match fault {
                Fault::ModelMissing => "model: Field required".to_owned(),
                Fault::ModelNotText => "model: Input should be a valid string".to_owned(),
                // Messages puts the place before its words.
                Fault::Refused(refused) if refused.missing => {
                    format!("{}: Field required", refused.dotted_param())
                }
                Fault::Refused(refused) if !refused.param.is_empty() => {
                    format!("{}: {}", refused.dotted_param(), refused.message)
                }
                _ => fault.to_string(),
            },
        },
        request_id: request_id.and_then(|id| std::str::from_utf8(id).ok()),
    })
}

fn kind(fault: &Fault) -> &'static str {
    match fault.status().as_u16() {
        401 => "authentication_error",
        403 => "permission_error",
        404 => "not_found_error",
        408 => "timeout_error",
        429 => "rate_limit_error",
        503 | 529 => "overloaded_error",
        413 => "request_too_large",
        504 => "timeout_error",
        500.. => "api_error",
        _ => "invalid_request_error",
    }
}
