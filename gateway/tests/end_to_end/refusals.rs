//! Bad input is refused in the client's dialect, word for word, and never reaches a provider.

use crate::rig::{CHAT, Connection, Gateway, MESSAGES, Provider, RESPONSES, ask, json, post};

fn openai(message: &str, param: &str, code: &str) -> String {
    format!(
        r#"{{"error":{{"message":"{message}","type":"invalid_request_error","param":{param},"code":{code}}}}}"#
    )
}

fn anthropic(kind: &str, message: &str) -> String {
    format!(
        r#"{{"type":"error","error":{{"type":"{kind}","message":"{message}"}},"request_id":"ID"}}"#
    )
}

/// A gateway that takes 100 bytes and the provider that must never be asked.
fn gateway() -> (Gateway, Provider) {
    let provider = Provider::saying(json("200 OK", "{}"));
    let config = format!(
        "max_body_bytes = 100\n[providers.p]\ndialects = [\"chat\", \"responses\", \"messages\"]\n\
         base_url = \"http://{}/v1\"\n",
        provider.address
    );
    (Gateway::with_config(&config, &[]), provider)
}

#[test]
fn bad_bodies() {
    let (gateway, provider) = gateway();
    let broken = "The request body is not valid JSON: it ends too early (byte 12).";
    let array = "The request body is not valid JSON: it must be an object.";
    let nobody = "The model `q/m` does not exist here: no provider is named `q` (there are: `p`).";
    let none = r#""missing_required_parameter""#;
    for (body, status, for_openai, for_anthropic) in [
        (
            r#"{"model":"m""#,
            400,
            openai(broken, "null", "null"),
            anthropic("invalid_request_error", broken),
        ),
        (
            "[]",
            400,
            openai(array, "null", "null"),
            anthropic("invalid_request_error", array),
        ),
        (
            r#"{"messages":[]}"#,
            400,
            openai("Missing required parameter: 'model'.", r#""model""#, none),
            anthropic("invalid_request_error", "model: Field required"),
        ),
        (
            r#"{"model":5}"#,
            400,
            openai(
                "Invalid type for 'model': expected a string.",
                r#""model""#,
                r#""invalid_type""#,
            ),
            anthropic(
                "invalid_request_error",
                "model: Input should be a valid string",
            ),
        ),
        (
            r#"{"model":"q/m"}"#,
            404,
            openai(nobody, r#""model""#, r#""model_not_found""#),
            anthropic("not_found_error", nobody),
        ),
    ] {
        for (path, expected) in [
            (CHAT.path, &for_openai),
            (RESPONSES.path, &for_openai),
            (MESSAGES.path, &for_anthropic),
        ] {
            let answer = post(gateway.address, path, body);
            assert_eq!(
                (answer.status, answer.body_but_id()),
                (status, expected.clone()),
                "{path}"
            );
            assert_eq!(answer.header("content-type"), Some("application/json"));
        }
    }
    assert!(provider.saw_no_more());
}

#[test]
fn bodies_past_the_limit() {
    let (gateway, provider) = gateway();
    let large = format!(r#"{{"model":"m","input":"{}"}}"#, "x".repeat(100));
    let message = "The request body is larger than 100 bytes.";
    let answer = post(gateway.address, CHAT.path, &large);
    assert_eq!(answer.status, 413);
    assert_eq!(
        answer.body_but_id(),
        openai(message, "null", r#""request_too_large""#)
    );
    let answer = post(gateway.address, MESSAGES.path, &large);
    assert_eq!(
        (answer.status, answer.body_but_id()),
        (413, anthropic("request_too_large", message))
    );

    // Without a length beforehand, the limit is noticed on the way.
    let mut client = Connection::open(gateway.address);
    let head = "POST /v1/responses HTTP/1.1\r\nhost: g\r\nconnection: close\r\n\
                transfer-encoding: chunked\r\n\r\n";
    client.send(head.as_bytes());
    client.send(format!("{:x}\r\n{large}\r\n", large.len()).as_bytes());
    client.send(b"1\r\n \r\n0\r\n\r\n");
    assert_eq!(client.answer().status, 413);
    assert!(provider.saw_no_more());
}

#[test]
fn a_client_still_writing_too_much_gets_to_read_why() {
    let (gateway, _provider) = gateway();
    let answer = post(gateway.address, CHAT.path, &"x".repeat(8 << 20));
    assert_eq!(answer.status, 413);
}

#[test]
fn encoded_bodies() {
    let (gateway, provider) = gateway();
    let headers = [("content-encoding", "zstd")];
    let answer = ask(gateway.address, "POST /v1/responses", &headers, "x");
    let message = "The request body is encoded as `zstd`: send it unencoded.";
    assert_eq!(
        (answer.status, answer.body_but_id()),
        (415, openai(message, "null", "null"))
    );
    assert!(provider.saw_no_more());
}

#[test]
fn a_dialect_that_nobody_speaks() {
    let config = "[providers.p]\ndialects = [\"chat\"]\nbase_url = \"http://127.0.0.1:9\"\n";
    let gateway = Gateway::with_config(config, &[]);
    let path = "/v1/messages/count_tokens";
    let answer = post(gateway.address, path, r#"{"model":"m"}"#);
    let message = "The model `m` does not exist here: no provider speaks the messages dialect.";
    assert_eq!(
        (answer.status, answer.body_but_id()),
        (404, anthropic("not_found_error", message))
    );
}

#[test]
fn unknown_paths_and_methods() {
    let (gateway, _provider) = gateway();
    let nothing = |path: &str| {
        format!(
            "There is nothing at {path}. Try /v1/chat/completions, /v1/responses, /v1/messages, \
             /v1/models, /p/PROVIDER/…, /health, /ready or /metrics."
        )
    };
    let version = [("anthropic-version", "2023-06-01")];
    for (request_line, headers, status, body, allow) in [
        (
            "POST /v2/chat",
            &[][..],
            404,
            openai(&nothing("/v2/chat"), "null", "null"),
            None,
        ),
        (
            "GET /",
            &version[..],
            404,
            anthropic("not_found_error", &nothing("/")),
            None,
        ),
        (
            "POST /v1/messages/batches",
            &[],
            404,
            anthropic("not_found_error", &nothing("/v1/messages/batches")),
            None,
        ),
        (
            "GET /v1/chat/completions",
            &[],
            405,
            openai("/v1/chat/completions takes POST, not GET.", "null", "null"),
            Some("POST"),
        ),
        (
            "PUT /v1/messages",
            &[],
            405,
            anthropic("invalid_request_error", "/v1/messages takes POST, not PUT."),
            Some("POST"),
        ),
        (
            "POST /health",
            &[],
            405,
            openai("/health takes GET, not POST.", "null", "null"),
            Some("GET"),
        ),
    ] {
        let answer = ask(gateway.address, request_line, headers, "");
        assert_eq!(
            (answer.status, answer.body_but_id()),
            (status, body.clone()),
            "{request_line}"
        );
        assert_eq!(answer.header("allow"), allow, "{request_line}");
        assert_eq!(answer.header("content-type"), Some("application/json"));
    }
}
