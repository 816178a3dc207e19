//! What differs from provider to provider: how they are reached, where their paths are, how their
//! answers are encoded.

use std::io::Read;
use std::net::{SocketAddr, TcpListener};
use std::time::{Duration, Instant};

use socket2::{Domain, Socket, Type};

use crate::rig::{
    CHAT, Connection, Gateway, MESSAGES, Provider, RESPONSES, TlsProvider, Watched, ask, json,
    post, request,
};

const BODY: &str = r#"{"model":"m"}"#;

/// A listener whose queue is full: what comes now waits for an answer that never comes.
fn full() -> (SocketAddr, Socket, Vec<Socket>) {
    let listener = Socket::new(Domain::IPV4, Type::STREAM, None).expect("a socket");
    let any = SocketAddr::from(([127, 0, 0, 1], 0));
    listener.bind(&any.into()).expect("a free port");
    listener.listen(0).expect("it listens");
    let address = listener.local_addr().expect("an address");
    let waiting = || {
        let client = Socket::new(Domain::IPV4, Type::STREAM, None).expect("a socket");
        client.set_nonblocking(true).expect("it is ours");
        // Under way, which is all that is wanted.
        let _ = client.connect(&address);
        client
    };
    let waiting = (0..8).map(|_| waiting()).collect();
    (address.as_socket().expect("an address"), listener, waiting)
}

#[test]
fn nobody_is_waited_for_who_does_not_accept() {
    // One that does not take the connection, and one that takes it and shakes no hands.
    let (full, _listener, _waiting) = full();
    let open = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let silent = open.local_addr().expect("an address");
    for url in [format!("http://{full}/v1"), format!("https://{silent}/v1")] {
        let end = format!(
            "[providers.slow]\ndialects = [\"chat\"]\nbase_url = \"{url}\"\n\
             timeouts = {{ connect = \"300ms\" }}\n"
        );
        let gateway = Watched::before(silent, "", &end, &[]);
        let begun = Instant::now();
        let answer = post(gateway.address(), CHAT.path, r#"{"model":"slow/m"}"#);
        let took = begun.elapsed();
        assert_eq!(answer.status, 502, "{}", answer.body);
        assert!(answer.body.contains("cannot be reached"), "{}", answer.body);
        let allowed = Duration::from_millis(280)..Duration::from_secs(4);
        assert!(allowed.contains(&took), "{url}: {took:?}");
        let labels = ["provider=\"slow\"", "kind=\"connect\""];
        assert_eq!(gateway.sum("gateway_upstream_errors_total", &labels), 1);
    }
}

#[test]
fn the_system_s_certificates_are_trusted_where_that_is_said() {
    let provider = TlsProvider::saying(json("200 OK", "{}"));
    let system = tempfile::NamedTempFile::new().expect("a temporary file");
    provider.vouch(system.path());
    // Where OpenSSL, and all who follow it, look for what the system trusts.
    let path = system.path().to_str().expect("UTF-8");
    let environment = [("SSL_CERT_FILE", path)];
    let url = provider.base_url();
    for (trust, status) in [("system_ca = true", 200), ("system_ca = false", 502)] {
        let config =
            format!("[providers.p]\ndialects = [\"chat\"]\nbase_url = \"{url}\"\n{trust}\n");
        let gateway = Gateway::with_config(&config, &environment);
        let answer = post(gateway.address, CHAT.path, BODY);
        assert_eq!(answer.status, status, "{trust}: {}", answer.body);
    }
}

#[test]
fn azure_is_asked_at_its_own_paths() {
    let provider = Provider::saying(json("200 OK", "{}"));
    let environment = [("AZURE_OPENAI_API_KEY", "azure-key")];
    let config = format!(
        r#"
        [providers.old]
        kind = "azure"
        base_url = "http://{0}"
        api_version = "2024-10-21"
        [providers.new]
        kind = "azure"
        base_url = "http://{0}/openai/v1"
        [[models]]
        name = "fast"
        provider = "old"
        upstream = "my deployment"
        "#,
        provider.address
    );
    let gateway = Gateway::with_config(&config, &environment);
    for (path, model, line) in [
        (
            CHAT.path,
            "fast",
            "/openai/deployments/my%20deployment/chat/completions?api-version=2024-10-21",
        ),
        (
            "/v1/embeddings",
            "old/e",
            "/openai/deployments/e/embeddings?api-version=2024-10-21",
        ),
        (
            RESPONSES.path,
            "old/m",
            "/openai/responses?api-version=2024-10-21",
        ),
        (CHAT.path, "new/m", "/openai/v1/chat/completions"),
        ("/v1/embeddings", "new/m", "/openai/v1/embeddings"),
        (RESPONSES.path, "new/m", "/openai/v1/responses"),
    ] {
        let headers = [("authorization", "Bearer client"), ("api-key", "client")];
        let body = format!(r#"{{"model":"{model}"}}"#);
        let answer = ask(gateway.address, &format!("POST {path}"), &headers, &body);
        assert_eq!(answer.status, 200, "{}", answer.body);
        let seen = provider.seen();
        assert_eq!(seen.request_line, format!("POST {line} HTTP/1.1"));
        let keys: Vec<_> = seen
            .headers
            .iter()
            .filter(|(name, _)| name == "api-key")
            .collect();
        assert_eq!(keys, [&("api-key".to_owned(), "azure-key".to_owned())]);
        assert_eq!(seen.header("authorization"), None);
    }
    // A query of the client's own stands behind.
    ask(
        gateway.address,
        &format!("POST {}?a=b", CHAT.path),
        &[],
        r#"{"model":"old/m"}"#,
    );
    let line = provider.seen().request_line;
    assert!(line.contains("?api-version=2024-10-21&a=b "), "{line}");
}

/// `{"object":"x","usage":{"prompt_tokens":9,"completion_tokens":2}}`, by gzip.
const ZIPPED: [u8; 75] = *b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x02\x03\xab\x56\xca\x4f\xca\x4a\x4d\
    \x2e\x51\xb2\x52\xaa\x50\xd2\x51\x2a\x2d\x4e\x4c\x4f\x55\xb2\xaa\x56\x2a\x28\xca\xcf\x2d\x28\
    \x89\x2f\xc9\xcf\x4e\xcd\x2b\x56\xb2\xb2\xd4\x51\x4a\x06\x0a\xe4\xa4\x96\x64\xe6\xe7\xc1\x45\
    \x8d\x6a\x6b\x01\x40\x64\xa8\x16\x40\x00\x00\x00";

fn zipped() -> Provider {
    let head = format!(
        "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-encoding: gzip\r\n\
         content-length: {}\r\n\r\n",
        ZIPPED.len()
    );
    Provider::saying([head.as_bytes(), &ZIPPED].concat())
}

#[test]
fn a_zipped_answer_passes_as_it_is() {
    // Usage could not be read out of it, so it is asked for only where nobody reads usage.
    for (ask_usage, arrives) in [(true, None), (false, Some("gzip, br"))] {
        let provider = zipped();
        let end = format!("[usage]\nask = {ask_usage}\n");
        let gateway = Watched::before(provider.address, "", &end, &[]);
        for path in [CHAT.path, RESPONSES.path, MESSAGES.path, "/v1/embeddings"] {
            let mut client = Connection::open(gateway.address());
            let headers = [("accept-encoding", "gzip, br")];
            let text = request(&format!("POST {path}"), &headers, "close", BODY);
            client.send(text.as_bytes());
            let mut answer = Vec::new();
            client.0.read_to_end(&mut answer).expect("an answer");
            let head = String::from_utf8_lossy(&answer);
            assert!(head.starts_with("HTTP/1.1 200 "), "{path}: {head}");
            assert!(
                head.contains("content-encoding: gzip\r\n"),
                "{path}: {head}"
            );
            assert!(answer.ends_with(&ZIPPED), "{path}: {head}");
            assert_eq!(provider.seen().header("accept-encoding"), arrives, "{path}");
        }
    }
}

#[test]
fn a_zipped_answer_cannot_be_translated() {
    let provider = zipped();
    let config = format!(
        "[providers.p]\ndialects = [\"chat\"]\nbase_url = \"http://{}/v1\"\n",
        provider.address
    );
    let gateway = Gateway::with_config(&config, &[]);
    let body = r#"{"model":"m","max_tokens":5,"messages":[{"role":"user","content":"a"}]}"#;
    let answer = post(gateway.address, MESSAGES.path, body);
    assert_eq!(answer.status, 502);
    assert!(answer.body.contains("it is encoded"), "{}", answer.body);
}

#[test]
fn embeddings_and_counts_of_tokens_pass_unchanged() {
    for (path, sent, arrives, said, tokens) in [
        (
            "/v1/embeddings",
            r#"{ "input":["a","b"],"model":"fast", "encoding_format":"base64"}"#,
            r#"{ "input":["a","b"],"model":"gpt", "encoding_format":"base64"}"#,
            r#"{"object":"list","data":[{"embedding":"AACAPw=="}],"usage":{"prompt_tokens":7,"total_tokens":7}}"#,
            7,
        ),
        (
            "/v1/messages/count_tokens",
            r#"{"messages":[{"role":"user","content":"caf\u00e9"}],"model":"fast","system":"s"}"#,
            r#"{"messages":[{"role":"user","content":"caf\u00e9"}],"model":"gpt","system":"s"}"#,
            r#"{"input_tokens":14}"#,
            0,
        ),
    ] {
        let provider = Provider::saying(json("200 OK", said));
        let gateway = Watched::before(provider.address, "", "", &[]);
        let answer = post(gateway.address(), path, sent);
        assert_eq!((answer.status, answer.body.as_str()), (200, said));
        let seen = provider.seen();
        assert_eq!(seen.request_line, format!("POST {path} HTTP/1.1"));
        assert_eq!(seen.body, arrives);
        let version = path.contains("messages").then_some("2023-06-01");
        assert_eq!(seen.header("anthropic-version"), version);
        let name = path.rsplit('/').next().expect("a name");
        let labels = [
            format!("dialect=\"{name}\""),
            "model=\"fast\"".to_owned(),
            "outcome=\"ok\"".to_owned(),
        ];
        let labels: Vec<&str> = labels.iter().map(String::as_str).collect();
        gateway.awaits("gateway_requests_total", &labels, 1);
        // A count of tokens uses none.
        let used = ["model=\"fast\"", "kind=\"input\""];
        assert_eq!(gateway.sum("gateway_tokens_total", &used), tokens, "{path}");
        assert_eq!(gateway.log(1)[0]["path"], path);
    }
}

/// Nobody else has them: a provider of another dialect is not asked.
#[test]
fn embeddings_and_counts_of_tokens_are_not_translated() {
    let provider = Provider::saying(json("200 OK", "{}"));
    for (path, dialect) in [
        ("/v1/embeddings", "messages"),
        ("/v1/messages/count_tokens", "chat"),
    ] {
        let config = format!(
            "[providers.p]\ndialects = [\"{dialect}\"]\nbase_url = \"http://{}/v1\"\n",
            provider.address
        );
        let gateway = Gateway::with_config(&config, &[]);
        for model in ["m", "p/m"] {
            let answer = post(gateway.address, path, &format!(r#"{{"model":"{model}"}}"#));
            assert_eq!(answer.status, 404, "{}", answer.body);
        }
    }
    assert!(provider.saw_no_more());
}
