//! Requests that cannot be said, and providers' errors.

use serde_json::json;

use super::say::{answered, data, error, message, plan, refused, streamed_pieces, translated};
use crate::config::ProviderDialect as To;
use crate::dialect::Dialect::{Chat, Messages, Responses};
use crate::dialect::Fault;

#[test]
fn what_cannot_be_said_is_refused_with_its_place() {
    for (body, param) in [
        (
            json!({"model": "x", "messages": [{"role": "user", "content": "hé"},
                {"role": "assistant", "tool_calls": [{"id": "c", "type": "custom", "custom": {}}]}]}),
            "messages[1].tool_calls[0]",
        ),
        (
            json!({"model": "x", "messages": [{"role": "user", "content": "hé"}],
                "tools": [{"type": "custom", "custom": {"name": "x"}}]}),
            "tools[0].type",
        ),
        (
            json!({"model": "x", "modalities": ["text", "image"], "messages": [{"role": "user", "content": "hé"}]}),
            "modalities[1]",
        ),
        (
            json!({"model": "x", "messages": [{"role": "user", "content": "hé"}, {"role": "system", "content": [
                {"type": "image_url", "image_url": {"url": "https://example.test/a.png"}}]}]}),
            "messages",
        ),
    ] {
        for (to, model) in [
            (To::Messages, "claude-sonnet-4-5"),
            (To::Gemini, "gemini-2.5-pro"),
        ] {
            assert_eq!(refused(Chat, to, model, &body).param, param);
        }
    }
}

#[test]
fn errors_are_told_in_the_clients_words() {
    let anthropic = r#"{"type":"error","error":{"type":"rate_limit_error","message":"trop é"},"request_id":"r"}"#;
    assert_eq!(
        error(Chat, To::Messages, 429, anthropic),
        (
            429,
            json!({"error": {"message": "trop é", "type": "invalid_request_error", "param": null, "code": "rate_limit_exceeded"}})
        )
    );
    let openai = r#"{"error":{"message":"no","type":"server_error","param":null,"code":null}}"#;
    assert_eq!(
        error(Messages, To::Chat, 503, openai),
        (
            529,
            json!({"type": "error", "error": {"type": "overloaded_error", "message": "no"}, "request_id": null})
        )
    );
    assert_eq!(error(Chat, To::Messages, 529, anthropic).0, 503);
    assert_eq!(error(Chat, To::Messages, 500, "<html>").0, 502);
    let google = r#"{"error":{"code":404,"message":"no","status":"NOT_FOUND"}}"#;
    assert_eq!(
        error(Responses, To::Gemini, 404, google).1["error"]["code"],
        "model_not_found"
    );
    assert_eq!(
        error(Messages, To::Gemini, 404, google).1["error"]["type"],
        "not_found_error"
    );
    let body =
        json!({"error": {"message": "no", "type": "server_error", "param": null, "code": null}})
            .to_string();
    let failure = plan(Messages, To::Chat)
        .answer(body.as_bytes())
        .unwrap_err();
    assert_eq!(failure.into_fault("p").to_string(), "no");
    assert!(plan(Messages, To::Chat).answer(b"{}").is_err());
    let bad = translated(Chat, To::Messages, "m", "{\"model\":\"m\"}").unwrap_err();
    assert!(matches!(bad, Fault::Refused(refused) if refused.param == "messages"));
    assert!(
        data(&streamed_pieces(
            plan(Chat, To::Chat),
            [b"data: x\n\n".as_slice()],
            true
        ))[0]["error"]
            .is_object()
    );
    let message = message(json!([]), "end_turn");
    assert_eq!(
        answered(Chat, To::Messages, &message)["choices"][0]["message"]["content"],
        json!(null)
    );
}
