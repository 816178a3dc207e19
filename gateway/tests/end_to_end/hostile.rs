//! Input that means harm: each is refused, and the next request is served.

use std::io::{Read, Write};
use std::time::{Duration, Instant};

use crate::rig::{
    CHAT, Connection, DIALECTS, Gateway, PATIENCE, Provider, Watched, ask, json, post,
};

const GOOD: &str = r#"{"model":"m"}"#;

/// A gateway before a provider that answers everything.
fn gateway() -> (Gateway, Provider) {
    let provider = Provider::saying(json("200 OK", "{}"));
    (Gateway::before(provider.address), provider)
}

/// What comes back for `bytes` until the gateway closes or falls silent.
fn say(gateway: &Gateway, bytes: &[u8]) -> String {
    let mut client = Connection::open(gateway.address);
    // The gateway may have seen enough before it has read everything.
    let _ = client.0.write_all(bytes);
    let mut said = Vec::new();
    let mut buffer = [0; 4096];
    while let Ok(read @ 1..) = client.0.read(&mut buffer) {
        said.extend_from_slice(&buffer[..read]);
        let _ = client.0.set_read_timeout(Some(Duration::from_millis(500)));
    }
    String::from_utf8_lossy(&said).into_owned()
}

fn serves(gateway: &Gateway, provider: &Provider) {
    while provider.try_seen().is_some() {}
    assert_eq!(post(gateway.address, CHAT.path, GOOD).status, 200);
    assert_eq!(provider.seen().body, GOOD);
}

#[test]
fn bodies_that_are_no_json() {
    let (gateway, provider) = gateway();
    let bad_text = b"POST /v1/messages HTTP/1.1\r\nhost: g\r\nconnection: close\r\n\
                     content-length: 14\r\n\r\n{\"model\":\"\xff\xfe\"}";
    let answer = say(&gateway, bad_text);
    assert!(answer.starts_with("HTTP/1.1 400 "), "{answer}");
    assert!(answer.contains("is not UTF-8 (byte 10)"), "{answer}");
    for body in [
        "",
        "null",
        "{\"model\":\"m\"}}",
        "{\"model\":\"m\",}",
        "\u{feff}{}",
    ] {
        for dialect in DIALECTS {
            let answer = post(gateway.address, dialect.path, body);
            assert_eq!(answer.status, 400, "{body}");
            assert!(answer.body.contains("is not valid JSON"), "{}", answer.body);
        }
    }
    assert!(provider.saw_no_more());
    serves(&gateway, &provider);
}

#[test]
fn json_nested_past_all_measure() {
    let (gateway, provider) = gateway();
    let deep = 100_000;
    for open in ["[", "{\"a\":"] {
        let body = format!("{{\"model\":\"m\",\"x\":{}", open.repeat(deep));
        let answer = post(gateway.address, CHAT.path, &body);
        assert_eq!(answer.status, 400);
        assert!(answer.body.contains("it ends too early"), "{}", answer.body);
    }
    assert!(provider.saw_no_more());
    // Well closed it is valid, and the provider's to judge.
    let body = format!(
        "{{\"model\":\"m\",\"x\":{}{}}}",
        "[".repeat(deep),
        "]".repeat(deep)
    );
    assert_eq!(post(gateway.address, CHAT.path, &body).status, 200);
    assert!(provider.seen().body == body);
    serves(&gateway, &provider);
}

#[test]
fn a_million_keys_and_a_model_at_their_end() {
    let (gateway, provider) = gateway();
    let mut body = String::from("{");
    for key in 0..1_000_000 {
        body.push_str(&format!("\"k{key}\":0,"));
    }
    let missing = format!("{body}\"z\":0}}");
    assert_eq!(post(gateway.address, CHAT.path, &missing).status, 400);
    body.push_str("\"model\":\"openai/m\"}");
    assert_eq!(post(gateway.address, CHAT.path, &body).status, 200);
    assert!(provider.seen().body.ends_with("\"model\":\"m\"}"));
    serves(&gateway, &provider);
}

#[test]
fn model_names_with_control_characters() {
    let (gateway, provider) = gateway();
    // Raw, they are no JSON.
    let answer = post(gateway.address, CHAT.path, "{\"model\":\"a\u{1}b\"}");
    assert_eq!(answer.status, 400);
    // Escaped, they are text, which goes nowhere it could do harm.
    let name = r"nobody\u002f\r\nx-evil: 1\u0000\u001b[2J";
    let body = format!("{{\"model\":\"{name}\"}}");
    for dialect in DIALECTS {
        let answer = post(gateway.address, dialect.path, &body);
        assert_eq!(answer.status, 404);
        assert_eq!(answer.header("x-evil"), None);
        let error: serde_json::Value = serde_json::from_str(&answer.body).unwrap();
        let message = error["error"]["message"].as_str().unwrap();
        assert!(
            message.contains("no provider is named `nobody`"),
            "{message}"
        );
        assert!(
            !answer.body.bytes().any(|byte| byte < b' '),
            "{}",
            answer.body
        );
    }
    assert!(provider.saw_no_more());
    serves(&gateway, &provider);
}

#[test]
fn heads_that_could_be_read_in_two_ways() {
    let (gateway, provider) = gateway();
    let inner = "GET /v1/models HTTP/1.1\r\nhost: g\r\n\r\n";
    for fields in [
        "content-length: 5\r\ncontent-length: 6",
        "content-length: 5, 6",
        "content-length: +5",
        "content-length: 5x",
        "content-length: 99999999999999999999",
        "transfer-encoding: chunked, identity",
        "transfer-encoding: xchunked",
        "transfer-encoding : chunked",
        "content-length: 5\r\n folded: 1",
        "a b: 1",
    ] {
        let head = format!("POST /v1/messages HTTP/1.1\r\nhost: g\r\n{fields}\r\n\r\n");
        let answer = say(&gateway, format!("{head}{inner}").as_bytes());
        assert!(answer.starts_with("HTTP/1.1 4"), "{fields}: {answer}");
        // One answer and no other: what followed was not taken for a request.
        assert_eq!(answer.matches("HTTP/1.1").count(), 1, "{fields}: {answer}");
    }
    assert!(provider.saw_no_more());
    serves(&gateway, &provider);
}

#[test]
fn what_has_no_head_is_counted_and_logged_as_well() {
    let provider = Provider::saying(json("200 OK", "{}"));
    let watched = Watched::before(provider.address, "", "", &[]);
    let heads = [
        (
            "POST /v1/messages HTTP/1.1\r\nhost: g\r\na b: 1\r\n\r\n",
            400,
        ),
        ("GET /v1/models HTTP/1.1\r\n\r\n", 400),
        ("\0\r\n\r\n", 400),
        (
            "POST / HTTP/1.1\r\nhost: g\r\ntransfer-encoding: gzip, chunked\r\n\r\n",
            501,
        ),
    ];
    let mut ids = Vec::new();
    for (head, status) in heads {
        let answer = say(&watched.gateway, head.as_bytes());
        let begin = format!("HTTP/1.1 {status} ");
        assert!(answer.starts_with(&begin), "{head}: {answer}");
        let id = answer
            .lines()
            .find_map(|line| line.strip_prefix("x-request-id: "));
        ids.push(id.expect("an id").to_owned());
    }
    let labels = |class: &'static str| ["dialect=\"other\"", "outcome=\"refused\"", class];
    watched.awaits("gateway_requests_total", &labels("status=\"4xx\""), 3);
    watched.awaits("gateway_requests_total", &labels("status=\"5xx\""), 1);
    let begun = Instant::now();
    for ((_, status), id) in heads.iter().zip(&ids) {
        loop {
            let log = watched.log_text();
            let mut lines = log.lines().filter(|line| line.contains(id.as_str()));
            if let Some(line) = lines.next() {
                let line: serde_json::Value = serde_json::from_str(line).unwrap();
                assert_eq!(
                    (&line["status"], &line["outcome"]),
                    (&(*status).into(), &"refused".into())
                );
                break;
            }
            assert!(begun.elapsed() < PATIENCE, "{id} in {log}");
            std::thread::sleep(Duration::from_millis(10));
        }
    }
}

#[test]
fn chunks_that_could_be_read_in_two_ways() {
    let (gateway, provider) = gateway();
    let head =
        "POST /v1/chat/completions HTTP/1.1\r\nhost: g\r\ntransfer-encoding: chunked\r\n\r\n";
    let good = format!("{:x}\r\n{GOOD}\r\n0\r\n\r\n", GOOD.len());
    let inner = "GET /v1/models HTTP/1.1\r\nhost: g\r\n\r\n";
    let mut bad: Vec<String> = good
        .match_indices("\r\n")
        .map(|(at, _)| format!("{}{}", &good[..at], &good[at + 1..]))
        .collect();
    bad.push(good.replacen("\r\n", " 5\r\n", 1));
    bad.push(good.replacen("\r\n", ";\r\n\r\n", 1));
    bad.push(good.replace("0\r\n", &format!("0\r\n{}", "x: y\r\n".repeat(5000))));
    for body in bad {
        let answer = say(&gateway, format!("{head}{body}{inner}").as_bytes());
        assert!(answer.starts_with("HTTP/1.1 400 "), "{body:?}: {answer}");
        assert_eq!(answer.matches("HTTP/1.1").count(), 1, "{body:?}: {answer}");
    }
    assert!(provider.saw_no_more());
    serves(&gateway, &provider);
}

#[test]
fn a_length_beside_chunks_is_not_sent_on() {
    let (gateway, provider) = gateway();
    let body = format!("{:x}\r\n{GOOD}\r\n0\r\n\r\n", GOOD.len());
    for fields in [
        "content-length: 3\r\ntransfer-encoding: chunked",
        "transfer-encoding: chunked\r\ncontent-length: 3",
    ] {
        let head = format!("POST /v1/chat/completions HTTP/1.1\r\nhost: g\r\n{fields}\r\n\r\n");
        let answer = say(&gateway, format!("{head}{body}").as_bytes());
        assert_eq!(answer.matches("HTTP/1.1").count(), 1, "{answer}");
        // Whoever reads it by its chunks alone, and says so, misleads nobody.
        if answer.starts_with("HTTP/1.1 200") {
            let seen = provider.seen();
            assert_eq!(seen.body, GOOD);
            assert_eq!(seen.header("transfer-encoding"), None);
        } else {
            assert!(answer.starts_with("HTTP/1.1 400"), "{answer}");
        }
    }
    serves(&gateway, &provider);
}

#[test]
fn heads_past_all_measure() {
    let (gateway, provider) = gateway();
    let line = format!("x-long: {}\r\n", "x".repeat(1000));
    for head in [
        format!("POST /v1/messages HTTP/1.1\r\n{}\r\n", line.repeat(1000)),
        format!(
            "POST /v1/messages HTTP/1.1\r\nx: {}\r\n\r\n",
            "y".repeat(1 << 20)
        ),
        format!(
            "POST /v1/messages HTTP/1.1\r\n{}\r\n",
            "a: b\r\n".repeat(300)
        ),
        format!("GET /{} HTTP/1.1\r\nhost: g\r\n\r\n", "z".repeat(1 << 20)),
    ] {
        let answer = say(&gateway, head.as_bytes());
        // Where the gateway hung up on a client that was still writing, there is nothing to be
        // read.
        assert!(
            answer.is_empty() || answer.starts_with("HTTP/1.1 4"),
            "{answer}"
        );
    }
    assert!(provider.saw_no_more());
    serves(&gateway, &provider);
}

#[test]
fn what_is_no_http() {
    let (gateway, provider) = gateway();
    for said in [
        &b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03"[..],
        b"SSH-2.0-x\r\n",
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        b"\0\0\0\0\r\n\r\n",
        b"POST /v1/messages HTTP/9.9\r\n\r\n",
    ] {
        let answer = say(&gateway, said);
        assert!(
            answer.is_empty() || answer.starts_with("HTTP/1.1 4"),
            "{answer}"
        );
    }
    serves(&gateway, &provider);
}

#[test]
fn more_requests_than_may_be_at_work_are_shed() {
    let provider = Provider::start(|_, _, tcp| {
        std::thread::sleep(Duration::from_millis(1500));
        tcp.write_all(json("200 OK", "{}").as_bytes()).is_ok()
    });
    let config = format!(
        "limits = {{ max_in_flight = 2 }}\n[providers.p]\n\
         dialects = [\"chat\", \"messages\"]\nbase_url = \"http://{}/v1\"\n",
        provider.address
    );
    let gateway = Gateway::with_config(&config, &[]);
    let asking: Vec<_> = (0..2)
        .map(|_| {
            let address = gateway.address;
            std::thread::spawn(move || post(address, CHAT.path, GOOD).status)
        })
        .collect();
    provider.seen();
    provider.seen();
    for (path, kind) in [
        ("chat/completions", "overloaded"),
        ("messages", "overloaded_error"),
    ] {
        let answer = ask(gateway.address, &format!("POST /v1/{path}"), &[], GOOD);
        assert_eq!(answer.status, 503);
        assert_eq!(answer.header("retry-after"), Some("1"));
        assert!(answer.body.contains(kind), "{}", answer.body);
    }
    // Whoever asks how it does still gets an answer.
    assert_eq!(ask(gateway.address, "GET /health", &[], "").status, 200);
    for asked in asking {
        assert_eq!(asked.join().unwrap(), 200);
    }
    assert_eq!(post(gateway.address, CHAT.path, GOOD).status, 200);
}
