//! A configuration from the environment alone, with the variables that the official SDKs read.

use super::file::default_listen;
use super::{
    ApiKey, BaseUrl, Config, ConfigError, DEFAULT_MAX_BODY_BYTES, DEFAULT_RESPONSE_TIMEOUT, Key,
    Provider, Source, Variables,
};
use crate::dialect::Dialect;

/// The providers `openai` and `anthropic`; keys and base URLs from `OPENAI_API_KEY`,
/// `OPENAI_BASE_URL`, `ANTHROPIC_API_KEY` and `ANTHROPIC_BASE_URL`.
pub(super) fn read(variables: &Variables<'_>) -> Result<Config, ConfigError> {
    let openai = provider(
        variables,
        "openai",
        &[Dialect::Chat, Dialect::Responses],
        ("OPENAI_BASE_URL", "https://api.openai.com/v1"),
        "OPENAI_API_KEY",
    )?;
    let anthropic = provider(
        variables,
        "anthropic",
        &[Dialect::Messages],
        ("ANTHROPIC_BASE_URL", "https://api.anthropic.com"),
        "ANTHROPIC_API_KEY",
    )?;
    Ok(Config {
        source: Source::Environment,
        listen: default_listen(),
        max_body_bytes: DEFAULT_MAX_BODY_BYTES,
        providers: vec![openai, anthropic],
        models: Vec::new(),
    })
}

fn provider(
    variables: &Variables<'_>,
    name: &str,
    dialects: &[Dialect],
    (url_variable, default_url): (&str, &str),
    key_variable: &str,
) -> Result<Provider, ConfigError> {
    let url = variables(url_variable);
    let base_url =
        BaseUrl::parse(url.as_deref().unwrap_or(default_url)).map_err(in_variable(url_variable))?;
    let value = variables(key_variable)
        .map(ApiKey::new)
        .transpose()
        .map_err(in_variable(key_variable))?;
    Ok(Provider {
        name: name.to_owned(),
        dialects: dialects.to_vec(),
        base_url,
        key: Key {
            variable: Some(key_variable.to_owned()),
            value,
        },
        response_timeout: DEFAULT_RESPONSE_TIMEOUT,
    })
}

fn in_variable(name: &str) -> impl FnOnce(String) -> ConfigError {
    let name = name.to_owned();
    |problem| ConfigError::InEnvironment { name, problem }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(set: &[(&str, &str)]) -> Result<Config, ConfigError> {
        read(&|name| {
            set.iter()
                .find(|(variable, _)| *variable == name)
                .map(|(_, value)| (*value).to_owned())
        })
    }

    #[test]
    fn an_empty_environment_means_the_public_services() {
        let config = with(&[]).unwrap();
        let urls: Vec<_> = config
            .providers
            .iter()
            .map(|provider| (provider.name.as_str(), provider.base_url.to_string()))
            .collect();
        assert_eq!(
            urls,
            [
                ("openai", "https://api.openai.com/v1".to_owned()),
                ("anthropic", "https://api.anthropic.com".to_owned())
            ]
        );
        assert!(
            config
                .providers
                .iter()
                .all(|provider| provider.key.value.is_none())
        );
    }

    #[test]
    fn reads_what_the_sdks_read() {
        let config = with(&[
            ("OPENAI_BASE_URL", "http://127.0.0.1:9/v1"),
            ("OPENAI_API_KEY", "sk-1"),
            ("ANTHROPIC_BASE_URL", "http://127.0.0.1:8"),
            ("ANTHROPIC_API_KEY", "sk-2"),
        ])
        .unwrap();
        let [openai, anthropic] = &config.providers[..] else {
            panic!("two providers")
        };
        assert_eq!(
            openai.base_url.path_of(Dialect::Chat),
            "/v1/chat/completions"
        );
        assert_eq!(openai.key.value.as_ref().unwrap().expose(), "sk-1");
        assert_eq!(
            anthropic.base_url.path_of(Dialect::Messages),
            "/v1/messages"
        );
        assert_eq!(anthropic.key.value.as_ref().unwrap().expose(), "sk-2");
    }

    #[test]
    fn an_error_names_the_variable_and_shows_no_key() {
        let error = with(&[("OPENAI_BASE_URL", "localhost:9")]).unwrap_err();
        assert_eq!(
            error.to_string(),
            "environment variable OPENAI_BASE_URL: must begin with http:// or https://"
        );
        let error = with(&[("ANTHROPIC_API_KEY", "hidden\nkey")])
            .unwrap_err()
            .to_string();
        assert!(
            error.contains("ANTHROPIC_API_KEY") && !error.contains("hidden"),
            "{error}"
        );
    }
}
