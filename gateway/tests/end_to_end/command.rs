//! The command line: what it says and with what status it ends.

use std::io::Write;
use std::net::TcpListener;

use crate::rig::{Gateway, run};

fn file(toml: &str) -> tempfile::NamedTempFile {
    let mut file = tempfile::NamedTempFile::new().expect("a temporary file");
    file.write_all(toml.as_bytes()).expect("it is writable");
    file
}

/// Exit status, standard output and standard error.
fn outcome(arguments: &[&str], environment: &[(&str, &str)]) -> (Option<i32>, String, String) {
    let output = run(arguments, environment);
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("UTF-8");
    (
        output.status.code(),
        text(output.stdout),
        text(output.stderr),
    )
}

#[test]
fn a_port_that_is_taken() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let gateway = Gateway::with_environment(&[]);
    for address in [listener.local_addr().unwrap(), gateway.address] {
        let (status, _, error) = outcome(&["--listen", &address.to_string()], &[]);
        assert_eq!(status, Some(4));
        let expected = format!("gateway: cannot listen on {address}: the port is already taken\n");
        assert!(error.ends_with(&expected), "{error}");
    }
}

#[test]
fn wrong_usage() {
    for arguments in [
        &["--listen", "nowhere"][..],
        &["--nonsense"],
        &["check"],
        &["check", "--listen", "127.0.0.1:0"],
    ] {
        let (status, _, error) = outcome(arguments, &[]);
        assert_eq!(status, Some(2), "{arguments:?}");
        assert!(error.contains("try '--help'"), "{error}");
    }
}

#[test]
fn help_tells_all_there_is_to_know() {
    let (status, help, _) = outcome(&["--help"], &[]);
    assert_eq!(status, Some(0));
    for told in [
        "--listen",
        "--config",
        "--allow-open",
        "check",
        "hash-key",
        "/v1/messages/count_tokens",
        "/v1/embeddings",
        "/p/{provider}/",
        "/ready",
        "/metrics",
        "SSL_CERT_FILE",
        "NOTIFY_SOCKET",
        "SIGHUP",
        "max_in_flight",
        "requests_per_minute",
        "OPENAI_API_KEY",
        "ANTHROPIC_BASE_URL",
        "api_key_env",
        "[[models]]",
        "Exit status",
    ] {
        assert!(help.contains(told), "{told}");
    }
}

#[test]
fn check_sums_up_without_a_key() {
    let file = file(
        r#"
        [providers.openai]
        dialects = ["chat", "responses"]
        base_url = "http://127.0.0.1:9999/v1/"
        api_key_env = "SOME_KEY"

        [providers.other]
        dialects = ["messages"]
        base_url = "https://example.com"
        api_key_env = "OTHER_KEY"

        [providers.open]
        dialects = ["chat"]
        base_url = "http://[::1]:8000"

        [[models]]
        name = "fast"
        provider = "openai"
        upstream = "gpt-4o-mini"
        "#,
    );
    let path = file.path().to_str().unwrap();
    let environment = [("SOME_KEY", "sk-hidden")];
    let (status, told, error) = outcome(&["check", "--config", path], &environment);
    assert_eq!((status, error.as_str()), (Some(0), ""));
    assert_eq!(
        told,
        format!(
            "{path}: ok\n\
             listen 127.0.0.1:8080\n\
             provider openai: chat and responses at http://127.0.0.1:9999/v1, key from SOME_KEY \
             (set)\n\
             provider other: messages at https://example.com, key from OTHER_KEY (not set: the \
             client's key is passed on)\n\
             provider open: chat at http://[::1]:8000, no key: the client's is passed on\n\
             model fast -> openai/gpt-4o-mini\n\
             no client keys: everybody is served\n"
        )
    );
}

#[test]
fn a_wrong_configuration_says_where() {
    let file = file("[providers.p]\ndialects = [\"chat\"]\nbase_url = \"127.0.0.1:9\"\n");
    let path = file.path().to_str().unwrap();
    let expected = format!(
        "gateway: {path}:3:12: providers.p.base_url: must begin with http:// or https://\n"
    );
    for arguments in [&["check", "--config", path][..], &["--config", path]] {
        assert_eq!(
            outcome(arguments, &[]),
            (Some(2), String::new(), expected.clone())
        );
    }
    let (status, _, error) = outcome(&["check", "--config", "/nowhere.toml"], &[]);
    assert_eq!(status, Some(2));
    assert!(
        error.starts_with("gateway: cannot read /nowhere.toml: "),
        "{error}"
    );
    let (status, _, error) = outcome(&[], &[("OPENAI_BASE_URL", "nonsense")]);
    assert_eq!(status, Some(2));
    assert!(error.contains("OPENAI_BASE_URL"), "{error}");
}
