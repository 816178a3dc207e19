//! Whose headers and whose key reach the provider.

use crate::rig::{CHAT, Gateway, MESSAGES, Provider, ask, json};

const CLIENT: [(&str, &str); 6] = [
    ("authorization", "Bearer client-key"),
    ("x-api-key", "client-key"),
    ("cookie", "session=1"),
    ("user-agent", "sdk/1"),
    ("idempotency-key", "i1"),
    ("x-request-id", "r1"),
];

fn gateway(provider: &Provider, keys: &[(&str, &str)]) -> Gateway {
    let openai = format!("http://{}/v1", provider.address);
    let anthropic = format!("http://{}", provider.address);
    let mut environment = vec![
        ("OPENAI_BASE_URL", openai.as_str()),
        ("ANTHROPIC_BASE_URL", anthropic.as_str()),
    ];
    environment.extend_from_slice(keys);
    Gateway::with_environment(&environment)
}

#[test]
fn the_gateway_s_key_replaces_the_client_s() {
    let provider = Provider::saying(json("200 OK", "{}"));
    let keys = [
        ("OPENAI_API_KEY", "sk-openai"),
        ("ANTHROPIC_API_KEY", "sk-ant"),
    ];
    let gateway = gateway(&provider, &keys);

    ask(
        gateway.address,
        &format!("POST {}", CHAT.path),
        &CLIENT,
        r#"{"model":"m"}"#,
    );
    let seen = provider.seen();
    assert_eq!(seen.header("authorization"), Some("Bearer sk-openai"));
    assert_eq!(seen.header("x-api-key"), None);
    assert_eq!(seen.header("cookie"), None);
    assert_eq!(seen.header("user-agent"), Some("sdk/1"));
    assert_eq!(seen.header("idempotency-key"), Some("i1"));
    assert_eq!(seen.header("x-request-id"), Some("r1"));
    assert_eq!(
        seen.header("host"),
        Some(provider.address.to_string().as_str())
    );
    assert_eq!(seen.header("anthropic-version"), None);

    ask(
        gateway.address,
        &format!("POST {}", MESSAGES.path),
        &CLIENT,
        r#"{"model":"m"}"#,
    );
    let seen = provider.seen();
    assert_eq!(seen.header("x-api-key"), Some("sk-ant"));
    assert_eq!(seen.header("authorization"), None);
    assert_eq!(seen.header("anthropic-version"), Some("2023-06-01"));
    let keys = seen
        .headers
        .iter()
        .filter(|(_, value)| value.contains("client-key"));
    assert_eq!(keys.count(), 0);
}

#[test]
fn without_a_key_the_client_s_is_passed_on() {
    let provider = Provider::saying(json("200 OK", "{}"));
    let gateway = gateway(&provider, &[("OPENAI_API_KEY", "")]);
    ask(
        gateway.address,
        &format!("POST {}", CHAT.path),
        &CLIENT,
        r#"{"model":"m"}"#,
    );
    assert_eq!(
        provider.seen().header("authorization"),
        Some("Bearer client-key")
    );
    ask(
        gateway.address,
        &format!("POST {}", MESSAGES.path),
        &CLIENT,
        r#"{"model":"m"}"#,
    );
    assert_eq!(provider.seen().header("x-api-key"), Some("client-key"));
}
