use std::time::Duration;

use super::*;
use crate::config::{
    Breaker, ConnectionLimits, KeyHash, Limits, ModelTarget, Operations, ProviderDialect, Retries,
    Timeouts, Trust,
};

const WHOLE: &str = r#"
listen = "127.0.0.1:9000"
max_body_bytes = 1024

[providers.zeta]
dialects = ["chat", "responses"]
base_url = "http://127.0.0.1:9999/v1"
api_key_env = "ZETA_KEY"
timeouts = { first_byte = "90s", total = "off" }
headers = { x-team = "a" }
max_connections = 8

[providers.alpha]
dialects = ["messages"]
base_url = "https://api.anthropic.com"
system_ca = true

[[models]]
name = "fast"
provider = "zeta"
upstream = "gpt-4o-mini"

[[models]]
name = "meta/llama"
provider = "alpha"

[[models]]
name = "spread"
aliases = ["wide"]
targets = [
    { provider = "zeta", upstream = "gpt-4o", weight = 3 },
    { provider = "groq" },
]
fallbacks = ["alpha/claude", "groq/meta/llama"]

[providers.groq]
kind = "groq"

[timeouts]
connect = "2s"
idle = "1m"

[limits]
max_in_flight = 7

[retries]
max = 2

[breaker]
failures = 3

[[keys]]
name = "team-a"
key_env = "TEAM_KEY"
models = ["spread", "zeta/*"]
requests_per_minute = 60

[[keys]]
name = "team-b"
sha256 = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
"#;

const VARIABLES: [(&str, &str); 2] = [("ZETA_KEY", "sk-1"), ("TEAM_KEY", "tk-1")];

fn read(text: &str) -> Result<Config, ConfigError> {
    read_with(text, &VARIABLES)
}

fn read_with(text: &str, variables: &[(&str, &str)]) -> Result<Config, ConfigError> {
    let value = |wanted: &str| {
        let found = variables.iter().find(|(name, _)| *name == wanted);
        found.map(|(_, value)| (*value).to_owned())
    };
    parse(Path::new("gateway.toml"), text, &value)
}

/// The error for `WHOLE` with `from` replaced by `to`.
fn error(from: &str, to: &str) -> String {
    assert!(WHOLE.contains(from), "{from}");
    read(&WHOLE.replacen(from, to, 1)).unwrap_err().to_string()
}

#[test]
fn reads_a_whole_file() {
    let config = read(WHOLE).unwrap();
    assert_eq!(config.listen.to_string(), "127.0.0.1:9000");
    assert_eq!(config.limits.max_body_bytes, 1024);
    assert_eq!(config.limits.max_in_flight, 7);
    assert_eq!((config.retries.max, config.breaker.failures), (2, 3));
    let [zeta, alpha, groq] = &config.providers[..] else {
        panic!("three providers")
    };
    assert_eq!((zeta.name.as_str(), alpha.name.as_str()), ("zeta", "alpha"));
    assert_eq!(
        zeta.dialects,
        [ProviderDialect::Chat, ProviderDialect::Responses]
    );
    let everywhere = Timeouts {
        connect: Duration::from_secs(2),
        idle: Some(Duration::from_secs(60)),
        ..Timeouts::default()
    };
    assert_eq!(alpha.timeouts, everywhere);
    assert_eq!(
        zeta.timeouts,
        Timeouts {
            first_byte: Duration::from_secs(90),
            total: None,
            ..everywhere
        }
    );
    assert_eq!(zeta.headers, [("x-team".to_owned(), "a".to_owned())]);
    assert_eq!(zeta.connections.max, Some(8));
    assert_eq!(alpha.trust, Trust::System);
    assert_eq!(groq.base_url.to_string(), "https://api.groq.com/openai/v1");
    assert_eq!(groq.key.variable.as_deref(), Some("GROQ_API_KEY"));
    assert_eq!(zeta.key.value.as_ref().unwrap().expose(), "sk-1");
    assert!(alpha.key.variable.is_none());
    let models: Vec<_> = config
        .models
        .iter()
        .map(|model| {
            let places = |targets: &[ModelTarget]| -> Vec<_> {
                targets
                    .iter()
                    .map(|target| (target.provider, target.upstream.clone(), target.weight))
                    .collect()
            };
            (
                model.name.as_str(),
                places(&model.targets),
                places(&model.fallbacks),
            )
        })
        .collect();
    let place = |provider, upstream: &str, weight| (provider, upstream.to_owned(), weight);
    assert_eq!(
        models,
        [
            ("fast", vec![place(0, "gpt-4o-mini", 1)], vec![]),
            ("meta/llama", vec![place(1, "meta/llama", 1)], vec![]),
            (
                "spread",
                vec![place(0, "gpt-4o", 3), place(2, "spread", 1)],
                vec![place(1, "claude", 1), place(2, "meta/llama", 1)]
            ),
        ]
    );
    assert_eq!(config.models[2].aliases, ["wide"]);
    let [team_a, team_b] = &config.keys[..] else {
        panic!("two keys")
    };
    assert_eq!(team_a.hash, KeyHash::of(b"tk-1"));
    assert_eq!(team_b.hash, KeyHash::of(b"abc"));
    assert_eq!(team_a.models.as_ref().map(Vec::len), Some(2));
    assert_eq!(team_a.requests_per_minute.map(u32::from), Some(60));
    assert!(team_b.models.is_none());
}

#[test]
fn the_default_address_is_the_documented_one() {
    assert_eq!(default_listen().to_string(), DEFAULT_LISTEN);
}

#[test]
fn an_error_says_file_line_column_and_field() {
    assert_eq!(
        error("\"messages\"", "\"mesages\""),
        "gateway.toml:14:13: providers.alpha.dialects[0]: unknown variant `mesages`, expected \
         one of `chat`, `responses`, `messages`, `gemini`"
    );
    assert_eq!(
        error("provider = \"alpha\"", "provider = \"beta\""),
        "gateway.toml:25:12: models[1].provider: unknown provider `beta`, expected one of \
         `zeta`, `alpha`, `groq`"
    );
    assert_eq!(
        error("https://api", "api"),
        "gateway.toml:15:12: providers.alpha.base_url: must begin with http:// or https://"
    );
    assert_eq!(
        error("127.0.0.1:9000", "localhost"),
        "gateway.toml:2:10: listen: must be an IP address and a port, such as \
         \"127.0.0.1:8080\""
    );
    assert_eq!(
        error("max_body_bytes = 1024", "max_body_bytes = -1"),
        "gateway.toml:3:18: max_body_bytes: invalid value: integer `-1`, expected usize"
    );
}

#[test]
fn unknown_and_missing_fields_are_named() {
    assert_eq!(
        error("api_key_env", "api_key"),
        "gateway.toml:8:1: providers.zeta.api_key: unknown field `api_key`, expected one of \
         `kind`, `dialects`, `base_url`, `api_key_env`, `auth`, `api_version`, `headers`, \
         `ca_file`, `system_ca`, `timeouts`, `max_connections`, `max_waiting`, `max_idle`"
    );
    assert_eq!(
        error("base_url = \"https://api.anthropic.com\"", ""),
        "gateway.toml:13:12: providers.alpha: missing field `base_url`, or a `kind` that says it"
    );
    assert!(error("listen", "listn").starts_with("gateway.toml:2:1: listn: unknown field `listn`"));
}

#[test]
fn refuses_what_would_never_work() {
    for (from, to, problem) in [
        (
            "[\"messages\"]",
            "[]",
            "must name one of `chat`, `responses`, `messages`, `gemini`",
        ),
        ("90s", "0s", "must be longer than zero"),
        (
            "\"1m\"",
            "\"never\"",
            "timeouts.idle: must be a duration, such as \"90s\" or \"10m\", or \"off\"",
        ),
        (
            "kind = \"groq\"",
            "kind = \"grok\"",
            "providers.groq.kind: unknown kind `grok`",
        ),
        (
            "kind = \"groq\"",
            "kind = \"azure\"",
            "missing field `base_url`: with the kind `azure`",
        ),
        (
            "kind = \"groq\"",
            "base_url = \"http://h\"",
            "missing field `dialects`, or a `kind`",
        ),
        (
            "x-team",
            "Host",
            "is a header that the gateway writes itself",
        ),
        (
            "\"alpha/claude\"",
            "\"claude\"",
            "must be \"PROVIDER/MODEL\"",
        ),
        (
            "\"alpha/claude\"",
            "\"beta/claude\"",
            "fallbacks[0]: unknown provider `beta`",
        ),
        (
            "[\"wide\"]",
            "[\"fast\"]",
            "aliases[0]: the model `fast` is listed twice",
        ),
        ("weight = 3", "weight = 0", "targets[0].weight: "),
        (
            "aliases =",
            "provider = \"zeta\"\naliases =",
            "stands beside `targets`",
        ),
        (
            "\"team-b\"",
            "\"team-a\"",
            "the key `team-a` is listed twice",
        ),
        (
            "\"TEAM_KEY\"",
            "\"NO_KEY\"",
            "keys[0].key_env: this environment variable is not set",
        ),
        (
            "sha256 = \"ba",
            "sha256 = \"b",
            "keys[1].sha256: must be the 64 hexadecimal digits",
        ),
        ("= 60", "= 0", "requests_per_minute: "),
        (
            "system_ca = true",
            "ca_file = \"/ca.pem\"\nsystem_ca = true",
            "system_ca: stands beside `ca_file`",
        ),
        (
            "system_ca = true",
            "ca_file = \"/no/ca.pem\"",
            "alpha.ca_file: cannot be read",
        ),
        (
            "system_ca = true",
            "ca_file = \"/dev/null\"",
            "alpha.ca_file: holds no certificate",
        ),
        ("90s", "soon", "must be a duration"),
        (
            "\"meta/llama\"",
            "\"zeta/llama\"",
            "always routes to the provider `zeta`",
        ),
        (
            "\"meta/llama\"",
            "\"fast\"",
            "the model `fast` is listed twice",
        ),
        ("\"meta/llama\"", "\"\"", "must not be empty"),
        ("\"gpt-4o-mini\"", "\"\"", "must not be empty"),
        (
            "[providers.alpha]",
            "[providers.\"a/b\"]",
            "must not be empty or hold a `/`",
        ),
    ] {
        let error = error(from, to);
        assert!(error.contains(problem), "{error}");
    }
    assert!(
        read("")
            .unwrap_err()
            .to_string()
            .contains("add a table [providers.NAME]")
    );
}

/// Whichever variable it is in, the place is where the file asks for it.
#[test]
fn a_key_that_cannot_be_sent_is_refused_and_not_repeated() {
    for (variable, place) in [
        (
            "ZETA_KEY",
            "8:15: providers.zeta.api_key_env: the key holds ",
        ),
        (
            "GROQ_API_KEY",
            "37:8: providers.groq.kind: environment variable GROQ_API_KEY: the key holds ",
        ),
        ("TEAM_KEY", "54:11: keys[0].key_env: the key holds "),
    ] {
        for key in [
            "hidden\n",
            "hidden\r\n",
            " hidden",
            "hid\nden",
            "h\u{e9}hidden",
        ] {
            let variables: Vec<_> = VARIABLES
                .into_iter()
                .chain([(variable, key)])
                .rev()
                .collect();
            let error = read_with(WHOLE, &variables).unwrap_err().to_string();
            let told = error.strip_prefix("gateway.toml:");
            assert!(told.is_some_and(|told| told.starts_with(place)), "{error}");
            assert!(!error.contains("hid"), "{error}");
        }
    }
}

#[test]
fn a_key_in_the_place_of_its_variable_is_not_repeated() {
    let error = error("\"ZETA_KEY\"", "\"sk-proj-hidden\"");
    assert!(
        error.contains("providers.zeta.api_key_env") && !error.contains("hidden"),
        "{error}"
    );
}

#[test]
fn the_example_is_good_and_says_the_defaults() {
    let text = include_str!("../../../example.toml");
    let variables = |name: &str| (name == "TEAM_B_KEY").then(|| "tk-2".to_owned());
    let config = parse(Path::new("example.toml"), text, &variables).unwrap();
    let default = Limits::default();
    assert_eq!(config.limits.max_body_bytes, default.max_body_bytes);
    assert_eq!(config.limits.max_in_flight, default.max_in_flight);
    assert_eq!(config.limits.header_timeout, default.header_timeout);
    assert_eq!(config.limits.body_timeout, default.body_timeout);
    assert_eq!(config.retries, Retries::default());
    assert_eq!(config.breaker, Breaker::default());
    assert_eq!(config.providers[0].timeouts, Timeouts::default());
    let connections = ConnectionLimits {
        max: Some(100),
        ..ConnectionLimits::default()
    };
    assert_eq!(config.providers[3].connections, connections);
    let (told, default) = (config.operations, Operations::default());
    assert_eq!(told.log.to, default.log.to);
    assert_eq!(told.metrics.open, default.metrics.open);
    assert_eq!(told.usage.ask, default.usage.ask);
    assert_eq!(told.stream.keepalive.0, default.stream.keepalive.0);
    assert_eq!(told.shutdown_timeout.0, default.shutdown_timeout.0);
    assert_eq!(config.listen, default_listen());
    assert!(!config.allow_open);
    assert_eq!(config.models[1].targets[1].weight, 1);
}

/// The manual holds the example, and the example every field that there is.
#[test]
fn every_field_is_in_the_manual() {
    let example = include_str!("../../../example.toml");
    let manual = include_str!("../../../README.md");
    assert!(manual.contains(&format!("```toml\n{example}```\n")));
    let mut fields = 0;
    for (before, is_item) in [
        ("", false),
        ("[limits]", false),
        ("[timeouts]", false),
        ("[retries]", false),
        ("[breaker]", false),
        ("[log]", false),
        ("[metrics]", false),
        ("[usage]", false),
        ("[stream]", false),
        ("[providers.p]", false),
        ("[[models]]", false),
        ("[[models]]\nname = \"m\"\n[[models.targets]]", true),
        ("[[keys]]", false),
    ] {
        // Whoever does not know a field says which it knows.
        let text = format!("{before}\nno_such_field = 1\n");
        let error = read(&text).unwrap_err().to_string();
        let (_, known) = error.split_once("expected ").expect("a list of fields");
        for field in known.split('`').skip(1).step_by(2) {
            fields += 1;
            let is_there = example.lines().any(|line| {
                let line = line.trim_start_matches(['#', ' ']);
                let as_table = [
                    format!("[{field}]"),
                    format!("[{field}."),
                    format!("[[{field}]]"),
                ];
                line.starts_with(&format!("{field} = "))
                    || as_table.iter().any(|table| line.starts_with(table))
                    || (is_item && line.contains(&format!(" {field} = ")))
            });
            assert!(is_there, "`{field}` of {before:?}");
        }
    }
    assert!(fields > 50, "{fields}");
}

#[test]
fn the_file_of_the_run_of_record_is_good() {
    let text = include_str!("../../../../harness/entrants/reference/full.toml");
    let text = text.replace("{mock_url}", "http://127.0.0.1:9");
    let config = parse(Path::new("full.toml"), &text, &|_| Some("sk-1".to_owned())).unwrap();
    assert!(
        config
            .models
            .iter()
            .all(|model| !model.fallbacks.is_empty())
    );
    assert_eq!(config.keys.len(), 1);
}
