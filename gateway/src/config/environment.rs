//! A configuration from the environment alone, with the variables that the official SDKs read.

use super::file::default_listen;
use super::{
    ApiKey, BaseUrl, Breaker, Config, ConfigError, ConnectionLimits, Key, Limits, Provider,
    Retries, Source, Timeouts, Trust, Variables, kind,
};

/// The providers `openai` and `anthropic`; keys and base URLs from `OPENAI_API_KEY`,
/// `OPENAI_BASE_URL`, `ANTHROPIC_API_KEY` and `ANTHROPIC_BASE_URL`.
pub(super) fn read(variables: &Variables<'_>) -> Result<Config, ConfigError> {
    Ok(Config {
        source: Source::Environment,
        listen: default_listen(),
        allow_open: false,
        limits: Limits::default(),
        retries: Retries::default(),
        breaker: Breaker::default(),
        providers: vec![
            provider(variables, "openai", "OPENAI_BASE_URL", "OPENAI_API_KEY")?,
            provider(
                variables,
                "anthropic",
                "ANTHROPIC_BASE_URL",
                "ANTHROPIC_API_KEY",
            )?,
        ],
        models: Vec::new(),
        keys: Vec::new(),
        operations: super::Operations::default(),
    })
}

/// The provider that is called as its kind is.
fn provider(
    variables: &Variables<'_>,
    name: &str,
    url_variable: &str,
    key_variable: &str,
) -> Result<Provider, ConfigError> {
    let kind = kind::named(name).unwrap_or(kind::CUSTOM);
    let url = variables(url_variable);
    let url = url.as_deref().or(kind.base_url).unwrap_or_default();
    let value = variables(key_variable)
        .map(ApiKey::new)
        .transpose()
        .map_err(in_variable(key_variable))?;
    Ok(Provider {
        name: name.to_owned(),
        kind,
        dialects: kind.dialects.to_vec(),
        base_url: BaseUrl::parse(url).map_err(in_variable(url_variable))?,
        key: Key {
            variable: Some(key_variable.to_owned()),
            value,
        },
        auth: kind.auth,
        api_version: None,
        headers: Vec::new(),
        trust: Trust::CompiledIn,
        timeouts: Timeouts::default(),
        connections: ConnectionLimits::default(),
    })
}

fn in_variable(name: &str) -> impl FnOnce(String) -> ConfigError {
    let name = name.to_owned();
    |problem| ConfigError::InEnvironment { name, problem }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::request::Endpoint;

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
            openai.base_url.path_of(Endpoint::Chat),
            "/v1/chat/completions"
        );
        assert_eq!(openai.key.value.as_ref().unwrap().expose(), "sk-1");
        assert_eq!(
            anthropic.base_url.path_of(Endpoint::Messages),
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
