use super::*;

const WHOLE: &str = r#"
listen = "127.0.0.1:9000"
max_body_bytes = 1024

[providers.zeta]
dialects = ["chat", "responses"]
base_url = "http://127.0.0.1:9999/v1"
api_key_env = "ZETA_KEY"
response_timeout = "90s"

[providers.alpha]
dialects = ["messages"]
base_url = "https://api.anthropic.com"

[[models]]
name = "fast"
provider = "zeta"
upstream = "gpt-4o-mini"

[[models]]
name = "meta/llama"
provider = "alpha"
"#;

fn read(text: &str) -> Result<Config, ConfigError> {
    let variables = |name: &str| (name == "ZETA_KEY").then(|| "sk-1".to_owned());
    parse(Path::new("gateway.toml"), text, &variables)
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
    assert_eq!(config.max_body_bytes, 1024);
    let [zeta, alpha] = &config.providers[..] else {
        panic!("two providers")
    };
    assert_eq!((zeta.name.as_str(), alpha.name.as_str()), ("zeta", "alpha"));
    assert_eq!(zeta.dialects, [Dialect::Chat, Dialect::Responses]);
    assert_eq!(zeta.response_timeout, Duration::from_secs(90));
    assert_eq!(zeta.key.value.as_ref().unwrap().expose(), "sk-1");
    assert_eq!(alpha.response_timeout, DEFAULT_RESPONSE_TIMEOUT);
    assert!(alpha.key.variable.is_none());
    let models: Vec<_> = config
        .models
        .iter()
        .map(|model| (model.name.as_str(), model.provider, model.upstream.as_str()))
        .collect();
    assert_eq!(
        models,
        [("fast", 0, "gpt-4o-mini"), ("meta/llama", 1, "meta/llama")]
    );
}

#[test]
fn the_default_address_is_the_documented_one() {
    assert_eq!(default_listen().to_string(), DEFAULT_LISTEN);
}

#[test]
fn an_error_says_file_line_column_and_field() {
    assert_eq!(
        error("\"messages\"", "\"mesages\""),
        "gateway.toml:12:13: providers.alpha.dialects[0]: unknown variant `mesages`, expected \
         one of `chat`, `responses`, `messages`"
    );
    assert_eq!(
        error("provider = \"alpha\"", "provider = \"beta\""),
        "gateway.toml:22:12: models[1].provider: unknown provider `beta`, expected one of \
         `zeta`, `alpha`"
    );
    assert_eq!(
        error("https://api", "api"),
        "gateway.toml:13:12: providers.alpha.base_url: must begin with http:// or https://"
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
         `dialects`, `base_url`, `api_key_env`, `response_timeout`"
    );
    assert_eq!(
        error("base_url = \"https://api.anthropic.com\"", ""),
        "gateway.toml:11:1: providers.alpha: missing field `base_url`"
    );
    assert!(error("listen", "listn").starts_with("gateway.toml:2:1: listn: unknown field `listn`"));
}

#[test]
fn refuses_what_would_never_work() {
    for (from, to, problem) in [
        (
            "[\"messages\"]",
            "[]",
            "must name one of `chat`, `responses`, `messages`",
        ),
        ("90s", "0s", "must be longer than zero"),
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

#[test]
fn a_key_in_the_place_of_its_variable_is_not_repeated() {
    let error = error("\"ZETA_KEY\"", "\"sk-proj-hidden\"");
    assert!(
        error.contains("providers.zeta.api_key_env") && !error.contains("hidden"),
        "{error}"
    );
}
