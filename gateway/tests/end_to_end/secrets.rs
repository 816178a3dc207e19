//! No secret shows: not in the log, not in metrics, not in an error's body; whoever's key it is,
//! wherever it stands in a request, and whatever the request comes to.

use std::io::Write;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::rig::secrets::found;
use crate::rig::{Connection, DIALECTS, Provider, Watched, ask, json, stream};

const CLIENT_KEY: &str = "sk-client-zebra-1";
const PROVIDER_KEY: &str = "sk-provider-walrus-2";
const PROMPT: &str = "prompt-okapi-3";
const ANSWER: &str = "answer-gecko-4";
const COOKIE: &str = "cookie-heron-5";
const QUERY: &str = "query-lemur-6";
const UNKNOWN_KEY: &str = "sk-unknown-tapir-7";
const SECRETS: [&str; 7] = [
    CLIENT_KEY,
    PROVIDER_KEY,
    PROMPT,
    ANSWER,
    COOKIE,
    QUERY,
    UNKNOWN_KEY,
];

/// A provider that tells what it knows, and says it in every way that is wrong.
fn provider() -> Provider {
    Provider::answering(|seen, tcp| {
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
    })
}

/// A provider of all dialects, `keyed`, and one of each; `more` is what else there is.
fn gateway(provider: &Provider, more: &str) -> Watched {
    let mut end = format!("{more}\n[retries]\nmax = 0\n[breaker]\nfailures = 0\n");
    for (name, dialects) in [
        ("keyed", "\"chat\", \"responses\", \"messages\""),
        ("c", "\"chat\""),
        ("r", "\"responses\""),
        ("m", "\"messages\""),
        ("g", "\"gemini\""),
    ] {
        end.push_str(&format!(
            "[providers.{name}]\ndialects = [{dialects}]\nbase_url = \"http://{}/v1\"\n\
             api_key_env = \"PROVIDER_KEY\"\n",
            provider.address
        ));
    }
    let environment = [("PROVIDER_KEY", PROVIDER_KEY), ("CLIENT_KEY", CLIENT_KEY)];
    Watched::before(
        provider.address,
        "max_body_bytes = 2000",
        &end,
        &environment,
    )
}

/// Bodies that are good in one dialect or the other, and such as are none.
fn bodies() -> Vec<String> {
    let asking = |model: &str, more: &str| {
        format!(
            r#"{{"model":"{model}"{more},"max_tokens":9,"input":"{PROMPT}","messages":[{{"role":"user","content":"{PROMPT}"}}]}}"#
        )
    };
    let mut bodies: Vec<String> = ["keyed", "c", "r", "m", "g"]
        .into_iter()
        .flat_map(|provider| {
            ["whole", "broken", "refused", "garbage"].map(|kind| {
                let streams = if kind == "broken" {
                    ",\"stream\":true"
                } else {
                    ""
                };
                asking(&format!("{provider}/{kind}"), streams)
            })
        })
        .collect();
    bodies.extend([
        asking("nobody/at-all", ""),
        asking("c/whole", ",\"n\":2"),
        format!(r#"{{"model":5,"input":"{PROMPT}"}}"#),
        format!(r#"{{"model":"m","input":"{PROMPT}"#),
        format!("{PROMPT}\u{1}\u{ff}"),
        format!(r#"{{"input":"{PROMPT}{}"}}"#, "x".repeat(3000)),
    ]);
    bodies
}

#[test]
fn nothing_tells_a_secret() {
    let provider = provider();
    let in_use = "[metrics]\nopen = true\n[[keys]]\nname = \"team-z\"\nkey_env = \"CLIENT_KEY\"\n";
    for more in ["", in_use] {
        let gateway = gateway(&provider, more);
        let told = everything(&gateway, more.is_empty());
        let log = gateway.log_text();
        for part in ["keyed/whole", "g/whole", "/v1/messages", "/p/keyed/files"] {
            assert!(log.contains(part), "{part} in {log}");
        }
        assert_eq!(log.contains("team-z"), !more.is_empty());
        let page = gateway.metrics();
        assert!(page.contains("gateway_requests_total{"), "{page}");
        for text in told.iter().chain([&log, &page]) {
            assert_eq!(found(text, &SECRETS), [""; 0], "{text}");
            // What looks for them sees one that is there.
            let planted = format!("{text}{{\"x\":\"{PROVIDER_KEY}\"}}");
            assert_eq!(found(&planted, &SECRETS), [PROVIDER_KEY]);
        }
    }
}

/// Asks for everything in every way; what errors said.
fn everything(gateway: &Watched, is_open: bool) -> Vec<String> {
    let mut told = Vec::new();
    let mut requests = 0;
    let bearer = format!("Bearer {CLIENT_KEY}");
    let basic = format!("Basic {}", STANDARD.encode(format!("user:{CLIENT_KEY}")));
    let cookie = ("cookie", COOKIE);
    for headers in [
        [("authorization", bearer.as_str()), cookie],
        [("x-api-key", CLIENT_KEY), cookie],
        [("x-api-key", UNKNOWN_KEY), ("authorization", UNKNOWN_KEY)],
        [("api-key", CLIENT_KEY), cookie],
        [
            ("x-goog-api-key", CLIENT_KEY),
            ("proxy-authorization", &bearer),
        ],
        [("authorization", &basic), cookie],
    ] {
        let mut tell = |line: &str, body: &str| {
            let line = format!("{line}?key={QUERY}&api_key={QUERY}");
            let answer = ask(gateway.address(), &line, &headers, body);
            if answer.status != 200 {
                told.push(answer.body);
            }
            answer.status
        };
        for dialect in DIALECTS {
            for body in bodies() {
                tell(&format!("POST {}", dialect.path), &body);
                requests += 1;
            }
        }
        for body in ["whole", "refused", "garbage"] {
            let status = tell("POST /p/keyed/files", body);
            let is_let_in = is_open
                || headers[0].1 == bearer
                || headers[0].1 == CLIENT_KEY && headers[0].0 == "x-api-key";
            let expected = match body {
                _ if !is_let_in => 401,
                "whole" => 200,
                _ => 502,
            };
            assert_eq!(status, expected, "{headers:?} {body}");
        }
        assert_eq!(tell("GET /nothing", PROMPT), 404);
        assert_eq!(tell("PUT /v1/messages", PROMPT), 405);
        requests += 1;
    }
    // What is no HTTP at all.
    let mut client = Connection::open(gateway.address());
    client.send(format!("{CLIENT_KEY} {PROMPT}\r\n\r\n").as_bytes());
    told.push(client.read_until("}}"));
    assert!(told.len() > 200, "errors were told");
    gateway.log(requests);
    told
}
