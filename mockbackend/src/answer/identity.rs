//! What names an answer: the same in every one, so that answers differ in
//! nothing but their stamps.

/// The model that answers, whichever was asked for.
pub(super) const MODEL: &str = "gpt-4o-mini";
/// When every answer was made, in seconds since 1970: 2026-06-25, the day of
/// the published benchmark's run.
pub(super) const CREATED: u64 = 1_782_345_600;

pub(super) const CHAT_ID: &str = "chatcmpl-tollgate0000000000000000001";
pub(super) const FINGERPRINT: &str = "fp_tollgate01";
pub(super) const RESPONSE_ID: &str = "resp_tollgate0000000000000000000001";
pub(super) const OUTPUT_MESSAGE_ID: &str = "msg_tollgate00000000000000000000001";
pub(super) const MESSAGE_ID: &str = "msg_01Tollgate0000000000000001";
pub(super) const REQUEST_ID: &str = "req_tollgate00000000000000000000001";

pub(super) const REASONING_ID: &str = "rs_tollgate000000000000000000000001";

/// Names the call of the function at `index`.
pub(super) fn call_id(index: usize) -> String {
    format!("call_tollgate{:014}", index + 1)
}

/// Names the item of Responses' output that holds that call.
pub(super) fn function_call_id(index: usize) -> String {
    format!("fc_tollgate{:024}", index + 1)
}

/// Names that call in Messages.
pub(super) fn tool_use_id(index: usize) -> String {
    format!("toolu_01Tollgate{:014}", index + 1)
}
