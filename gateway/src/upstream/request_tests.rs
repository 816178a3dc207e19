use super::*;
use crate::config::{ApiKey, Key, Provider, ProviderDialect, test_provider};

fn target(key: Option<&str>) -> Target {
    Target::new(&Provider {
        dialects: ProviderDialect::ALL.to_vec(),
        key: Key {
            variable: None,
            value: key.map(|key| ApiKey::new(key.to_owned()).unwrap()),
        },
        ..test_provider("p")
    })
}

fn head(
    endpoint: Endpoint,
    target: &Target,
    query: Option<&str>,
    readable: bool,
    fields: &[(&'static str, &'static str)],
) -> String {
    let headers = Headers::from(fields);
    let outgoing = Outgoing {
        endpoint,
        translated: None,
        stream: false,
        model: "m",
        query,
        headers: &headers,
        request_id: Some(b"r1"),
        keyed: false,
        body: Bytes::from_static(b"{}"),
        readable,
    };
    String::from_utf8(outgoing.head(target)).unwrap()
}

#[test]
fn openai_dialects_get_a_bearer_key() {
    assert_eq!(
        head(
            Endpoint::Chat,
            &target(Some("sk-own")),
            None,
            false,
            &[
                ("authorization", "Bearer client"),
                ("x-api-key", "client"),
                ("content-type", "application/json"),
            ]
        ),
        "POST /v1/chat/completions HTTP/1.1\r\nhost: host:9\r\nauthorization: Bearer sk-own\r\n\
         x-request-id: r1\r\ncontent-type: application/json\r\ncontent-length: 2\r\n\r\n"
    );
}

#[test]
fn messages_get_a_key_header_and_a_version() {
    assert_eq!(
        head(
            Endpoint::Messages,
            &target(Some("sk-own")),
            Some("beta=true"),
            false,
            &[("authorization", "Bearer client"),]
        ),
        "POST /v1/messages?beta=true HTTP/1.1\r\nhost: host:9\r\nx-api-key: sk-own\r\n\
         x-request-id: r1\r\nanthropic-version: 2023-06-01\r\ncontent-length: 2\r\n\r\n"
    );
    let head = head(
        Endpoint::Messages,
        &target(None),
        None,
        false,
        &[("anthropic-version", "2026-10-21"), ("x-api-key", "client")],
    );
    assert!(
        head.contains("\r\nanthropic-version: 2026-10-21\r\n"),
        "{head}"
    );
    assert!(!head.contains("2023-06-01"), "{head}");
    assert!(head.contains("\r\nx-api-key: client\r\n"), "{head}");
}

#[test]
fn without_a_key_the_client_s_own_is_passed_on() {
    let head = head(
        Endpoint::Responses,
        &target(None),
        None,
        false,
        &[("authorization", "Bearer client")],
    );
    assert!(
        head.contains("\r\nauthorization: Bearer client\r\n"),
        "{head}"
    );
}

#[test]
fn only_headers_for_the_provider_are_sent() {
    let head = head(
        Endpoint::Chat,
        &target(None),
        None,
        false,
        &[
            ("host", "gateway"),
            ("connection", "keep-alive, X-Hop"),
            ("x-hop", "1"),
            ("keep-alive", "5"),
            ("te", "trailers"),
            ("transfer-encoding", "chunked"),
            ("content-length", "99"),
            ("expect", "100-continue"),
            ("cookie", "session=1"),
            ("proxy-authorization", "Basic x"),
            ("openai-organization", "org"),
            ("x-request-id", "not sane"),
            ("traceparent", "00-1"),
            ("accept-encoding", "gzip"),
        ],
    );
    let names: Vec<_> = head
        .lines()
        .skip(1)
        .filter_map(|line| line.split_once(": "))
        .map(|(name, _)| name)
        .collect();
    assert_eq!(
        names,
        [
            "host",
            "x-request-id",
            "openai-organization",
            "traceparent",
            "accept-encoding",
            "content-length"
        ]
    );
}

#[test]
fn a_stream_is_asked_for_unencoded() {
    let head = head(
        Endpoint::Chat,
        &target(None),
        None,
        true,
        &[("accept-encoding", "gzip")],
    );
    assert!(!head.contains("accept-encoding"), "{head}");
}
