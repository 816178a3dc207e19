//! No secret shows: not in the log, not in metrics, not in an error's body.

use std::io::Write;

use crate::rig::{Connection, DIALECTS, Provider, Watched, ask, json, stream};

const CLIENT_KEY: &str = "sk-client-zebra-1";
const PROVIDER_KEY: &str = "sk-provider-walrus-2";
const PROMPT: &str = "prompt-okapi-3";
const ANSWER: &str = "answer-gecko-4";
const COOKIE: &str = "cookie-heron-5";
const QUERY: &str = "query-lemur-6";

#[test]
fn nothing_tells_a_secret() {
    let provider = Provider::answering(|seen, tcp| {
        let text = format!("{{\"text\":\"{ANSWER}\",\"error\":null}}");
        let said = if seen.contains("broken") {
            stream(&[&format!("data: {text}\n\n")])
        } else if seen.contains("refused") {
            json(
                "401 Unauthorized",
                &format!("{{\"error\":\"{PROVIDER_KEY}\"}}"),
            )
        } else if seen.contains("garbage") {
            format!("{ANSWER} {PROVIDER_KEY}\r\n\r\n")
        } else {
            json("200 OK", &text)
        };
        let _ = tcp.write_all(said.as_bytes());
        false
    });
    let end = "[providers.keyed]\ndialects = [\"chat\", \"responses\", \"messages\"]\n\
               base_url = \"BASE\"\napi_key_env = \"PROVIDER_KEY\"\n[retries]\nmax = 0\n";
    let end = end.replace("BASE", &format!("http://{}/v1", provider.address));
    let environment = [("PROVIDER_KEY", PROVIDER_KEY)];
    let gateway = Watched::before(
        provider.address,
        "max_body_bytes = 2000",
        &end,
        &environment,
    );
    let mut told = Vec::new();
    let bearer = format!("Bearer {CLIENT_KEY}");
    let headers = [
        ("authorization", bearer.as_str()),
        ("x-api-key", CLIENT_KEY),
        ("cookie", COOKIE),
    ];
    for dialect in DIALECTS {
        for body in [
            format!(r#"{{"model":"keyed/whole","input":"{PROMPT}"}}"#),
            format!(r#"{{"model":"keyed/broken","stream":true,"input":"{PROMPT}"}}"#),
            format!(r#"{{"model":"keyed/refused","input":"{PROMPT}"}}"#),
            format!(r#"{{"model":"keyed/garbage","input":"{PROMPT}"}}"#),
            format!(r#"{{"model":"nobody/at-all","input":"{PROMPT}"}}"#),
            format!(r#"{{"model":5,"input":"{PROMPT}"}}"#),
            format!(r#"{{"model":"m","input":"{PROMPT}"#),
            format!("{PROMPT}\u{1}\u{ff}"),
            format!(r#"{{"input":"{PROMPT}{}"}}"#, "x".repeat(3000)),
        ] {
            let post = format!("POST {}?key={QUERY}", dialect.path);
            let answer = ask(gateway.address(), &post, &headers, &body);
            if answer.status != 200 {
                told.push(answer.body);
            }
        }
    }
    for (request_line, status) in [("GET /nothing", 404), ("PUT /v1/messages", 405)] {
        let answer = ask(
            gateway.address(),
            &format!("{request_line}?key={QUERY}"),
            &headers,
            PROMPT,
        );
        assert_eq!(answer.status, status);
        told.push(answer.body);
    }
    // What is no HTTP at all.
    let mut client = Connection::open(gateway.address());
    client.send(format!("{CLIENT_KEY} {PROMPT}\r\n\r\n").as_bytes());
    drop(client);

    assert!(told.len() > 20, "errors were told");
    gateway.log(DIALECTS.len() * 9);
    told.push(gateway.log_text());
    told.push(gateway.metrics());
    for text in &told {
        for secret in [CLIENT_KEY, PROVIDER_KEY, PROMPT, ANSWER, COOKIE, QUERY] {
            assert!(!text.contains(secret), "{secret} in {text}");
        }
    }
    let log = gateway.log_text();
    assert!(
        log.contains("keyed/whole") && log.contains("/v1/messages"),
        "{log}"
    );
}
