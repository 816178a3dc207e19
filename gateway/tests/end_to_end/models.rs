//! Which provider a model's name leads to, and the list of models.

use crate::rig::{CHAT, Gateway, MESSAGES, Provider, ask, json, post};

fn config(one: &Provider, two: &Provider) -> String {
    format!(
        r#"
        [providers.one]
        dialects = ["chat", "messages"]
        base_url = "http://{}/v1"

        [providers.two]
        dialects = ["chat"]
        base_url = "http://{}/api"

        [[models]]
        name = "fast"
        provider = "two"
        upstream = "gpt-4o-\"mini\""

        [[models]]
        name = "slow"
        provider = "one"
        "#,
        one.address, two.address
    )
}

#[test]
fn names_lead_to_providers_and_only_the_name_changes() {
    let one = Provider::saying(json("200 OK", "{}"));
    let two = Provider::saying(json("200 OK", "{}"));
    let gateway = Gateway::with_config(&config(&one, &two), &[]);
    let body = |model: &str| format!("{{ \"a\":1.50,\"model\" : {model},\n\"model2\":\"fast\"}}");
    for (provider, path, asked, sent) in [
        (
            &two,
            "/api/chat/completions",
            r#""fast""#,
            r#""gpt-4o-\"mini\"""#,
        ),
        (&two, "/api/chat/completions", r#""two/x/y""#, r#""x/y""#),
        (
            &two,
            "/api/chat/completions",
            r#""two\/caf\u00e9""#,
            r#""café""#,
        ),
        (&one, "/v1/chat/completions", r#""one/fast""#, r#""fast""#),
        (&one, "/v1/chat/completions", r#""slow""#, r#""slow""#),
        (&one, "/v1/chat/completions", r#""other""#, r#""other""#),
        (
            &one,
            "/v1/chat/completions",
            r#""oth\u0065r""#,
            r#""oth\u0065r""#,
        ),
    ] {
        assert_eq!(post(gateway.address, CHAT.path, &body(asked)).status, 200);
        let seen = provider.seen();
        assert_eq!(seen.request_line, format!("POST {path} HTTP/1.1"));
        assert_eq!(seen.body, body(sent));
    }
    assert_eq!(
        post(gateway.address, MESSAGES.path, &body("\"slow\"")).status,
        200
    );
    assert_eq!(one.seen().request_line, "POST /v1/messages HTTP/1.1");
}

#[test]
fn of_two_model_members_the_last_counts() {
    let one = Provider::saying(json("200 OK", "{}"));
    let two = Provider::saying(json("200 OK", "{}"));
    let gateway = Gateway::with_config(&config(&one, &two), &[]);
    post(
        gateway.address,
        CHAT.path,
        r#"{"model":"one/a","model":"two/b"}"#,
    );
    assert_eq!(two.seen().body, r#"{"model":"one/a","model":"b"}"#);
}

#[test]
fn lists_the_models_in_the_client_s_shape() {
    let provider = Provider::saying("");
    let gateway = Gateway::with_config(&config(&provider, &provider), &[]);
    let answer = ask(gateway.address, "GET /v1/models", &[], "");
    assert_eq!(answer.status, 200);
    assert_eq!(answer.header("content-type"), Some("application/json"));
    assert_eq!(
        answer.body,
        concat!(
            r#"{"object":"list","data":["#,
            r#"{"id":"fast","object":"model","created":0,"owned_by":"two"},"#,
            r#"{"id":"slow","object":"model","created":0,"owned_by":"one"}]}"#
        )
    );
    let version = [("anthropic-version", "2023-06-01")];
    assert_eq!(
        ask(gateway.address, "GET /v1/models", &version, "").body,
        concat!(
            r#"{"data":[{"type":"model","id":"fast","display_name":"fast","#,
            r#""created_at":"1970-01-01T00:00:00Z"},"#,
            r#"{"type":"model","id":"slow","display_name":"slow","#,
            r#""created_at":"1970-01-01T00:00:00Z"}],"#,
            r#""has_more":false,"first_id":"fast","last_id":"slow"}"#
        )
    );
    assert!(provider.saw_no_more());
}

#[test]
fn is_healthy() {
    let gateway = Gateway::with_environment(&[]);
    let answer = ask(gateway.address, "GET /health", &[], "");
    assert_eq!(
        (answer.status, answer.body.as_str()),
        (200, r#"{"status":"ok"}"#)
    );
}
