//! Clients' keys: who is let in, what they may ask for, and how often.

use crate::rig::{CHAT, Gateway, MESSAGES, Provider, ask, json, run};

const BODY: &str = r#"{"model":"fast"}"#;
const KEYS: [(&str, &str); 2] = [("KEY_A", "sk-client-a"), ("KEY_B", "sk-client-b")];

fn gateway(provider: &Provider, more: &str) -> Gateway {
    let config = format!(
        r#"
        [providers.p]
        dialects = ["chat", "messages"]
        base_url = "http://{}/v1"

        [[models]]
        name = "fast"
        provider = "p"

        [[models]]
        name = "slow"
        provider = "p"
        aliases = ["crawl"]

        [[keys]]
        name = "a"
        key_env = "KEY_A"

        [[keys]]
        name = "b"
        key_env = "KEY_B"
        models = ["fast"]
        {more}
        "#,
        provider.address
    );
    Gateway::with_config(&config, &KEYS)
}

fn status(gateway: &Gateway, path: &str, headers: &[(&str, &str)], body: &str) -> (u16, String) {
    let answer = ask(gateway.address, path, headers, body);
    (answer.status, answer.body)
}

#[test]
fn a_key_is_needed_and_stays_here() {
    let provider = Provider::saying(json("200 OK", "{}"));
    let gateway = gateway(&provider, "");
    for headers in [
        &[("authorization", "Bearer sk-client-a")][..],
        &[("x-api-key", "sk-client-a")],
    ] {
        assert_eq!(status(&gateway, "POST /v1/messages", headers, BODY).0, 200);
        let seen = provider.seen();
        assert!(
            !seen.headers.iter().any(|(_, value)| value.contains("sk-")),
            "{:?}",
            seen.headers
        );
    }
    let missing = "No API key: send one as `authorization: Bearer` or `x-api-key`.";
    let unknown = "The API key is not known here.";
    let wrong = [("x-api-key", "sk-wrong")];
    for (path, headers, message, kind) in [
        (CHAT.path, &[][..], missing, "\"code\":null"),
        (CHAT.path, &wrong, unknown, "\"code\":\"invalid_api_key\""),
        (MESSAGES.path, &[], missing, "authentication_error"),
        (MESSAGES.path, &wrong, unknown, "authentication_error"),
        ("/p/p/files", &wrong, unknown, "invalid_api_key"),
    ] {
        let (code, body) = status(&gateway, &format!("POST {path}"), headers, BODY);
        assert_eq!(code, 401, "{path}");
        assert!(body.contains(message) && body.contains(kind), "{body}");
    }
    assert_eq!(status(&gateway, "GET /v1/models", &[], "").0, 401);
    assert_eq!(status(&gateway, "GET /metrics", &[], "").0, 401);
    assert_eq!(status(&gateway, "GET /health", &[], "").0, 200);
    assert_eq!(status(&gateway, "GET /ready", &[], "").0, 200);
    assert!(provider.saw_no_more());
}

#[test]
fn a_key_has_its_models() {
    let provider = Provider::saying(json("200 OK", "{}"));
    let gateway = gateway(&provider, "");
    let b = [("authorization", "Bearer sk-client-b")];
    let post = format!("POST {}", CHAT.path);
    assert_eq!(status(&gateway, &post, &b, BODY).0, 200);
    provider.seen();
    for model in ["slow", "crawl", "p/fast", "other"] {
        let body = format!(r#"{{"model":"{model}"}}"#);
        let (code, told) = status(&gateway, &post, &b, &body);
        let message = format!("This API key may not ask for `{model}`.");
        assert!(code == 403 && told.contains(&message), "{told}");
        let (code, told) = status(&gateway, "POST /v1/messages", &b, &body);
        assert!(code == 403 && told.contains("permission_error"), "{told}");
    }
    assert_eq!(status(&gateway, "GET /p/p/files", &b, "").0, 403);
    let (_, listed) = status(&gateway, "GET /v1/models", &b, "");
    assert!(
        listed.contains("fast") && !listed.contains("slow"),
        "{listed}"
    );
    let a = [("authorization", "Bearer sk-client-a")];
    let (_, listed) = status(&gateway, "GET /v1/models", &a, "");
    assert!(
        listed.contains("slow") && listed.contains("crawl"),
        "{listed}"
    );
    assert!(provider.saw_no_more());
}

#[test]
fn a_key_has_its_rate() {
    let provider = Provider::saying(json("200 OK", "{}"));
    let gateway = gateway(&provider, "requests_per_minute = 2");
    let b = [("authorization", "Bearer sk-client-b")];
    let chat = format!("POST {}", CHAT.path);
    for _ in 0..2 {
        assert_eq!(status(&gateway, &chat, &b, BODY).0, 200);
    }
    let answer = ask(gateway.address, &chat, &b, BODY);
    assert_eq!(answer.status, 429);
    assert!(
        answer.body.contains("rate_limit_exceeded"),
        "{}",
        answer.body
    );
    assert_eq!(answer.header("x-ratelimit-limit-requests"), Some("2"));
    assert_eq!(answer.header("x-ratelimit-remaining-requests"), Some("0"));
    let after: u64 = answer.header("retry-after").unwrap().parse().unwrap();
    assert!((1..=30).contains(&after), "{after}");
    let answer = ask(gateway.address, "POST /v1/messages", &b, BODY);
    assert_eq!(answer.status, 429);
    assert!(answer.body.contains("rate_limit_error"), "{}", answer.body);
    assert_eq!(
        answer.header("anthropic-ratelimit-requests-limit"),
        Some("2")
    );
    // Another key has a rate of its own.
    let a = [("authorization", "Bearer sk-client-a")];
    assert_eq!(status(&gateway, &chat, &a, BODY).0, 200);
}

#[test]
fn nobody_listens_to_the_world_by_accident() {
    let listen = ["--listen", "0.0.0.0:0"];
    let output = run(&listen, &[]);
    assert_eq!(output.status.code(), Some(2));
    let error = String::from_utf8(output.stderr).unwrap();
    assert!(error.contains("--allow-open"), "{error}");
    let gateway = Gateway::with_arguments(&["--listen", "0.0.0.0:0", "--allow-open"], &[]);
    assert_ne!(gateway.address.port(), 0);
}

#[test]
fn a_key_is_hashed_as_the_file_wants_it() {
    let mut program = std::process::Command::new(env!("CARGO_BIN_EXE_gateway"))
        .arg("hash-key")
        .stdin(std::process::Stdio::piped())
        .stdout(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdin = program.stdin.take().unwrap();
    std::io::Write::write_all(&mut stdin, b"abc\n").unwrap();
    drop(stdin);
    let output = program.wait_with_output().unwrap();
    assert_eq!(
        String::from_utf8(output.stdout).unwrap(),
        "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad\n"
    );
}
