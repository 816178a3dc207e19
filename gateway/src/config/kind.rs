//! The kinds of provider that are known: what a `kind` in the file stands for. To know another
//! is to add a row.

use super::{Auth, ProviderDialect};

/// What is known of a kind of provider. Everything may be said otherwise in the file.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct KindRow {
    /// As the file writes it.
    pub(crate) name: &'static str,
    /// `None` where each customer has an address of their own.
    pub(crate) base_url: Option<&'static str>,
    pub(crate) dialects: &'static [ProviderDialect],
    /// The variable that its own tools read the key from; `None` where there is no key.
    pub(crate) key_env: Option<&'static str>,
    pub(crate) auth: Auth,
    /// Whether a Chat stream may be asked for its usage with `stream_options.include_usage`.
    /// Those that refuse it give usage unasked.
    pub(crate) takes_stream_options: bool,
}

/// A kind of provider: a row of [`KINDS`].
pub(crate) type Kind = &'static KindRow;

const CHAT: &[ProviderDialect] = &[ProviderDialect::Chat];
const OPENAI: &[ProviderDialect] = &[ProviderDialect::Chat, ProviderDialect::Responses];

/// An OpenAI-compatible service with a key.
const fn compatible(
    name: &'static str,
    base_url: &'static str,
    dialects: &'static [ProviderDialect],
    key_env: &'static str,
) -> KindRow {
    KindRow {
        name,
        base_url: Some(base_url),
        dialects,
        key_env: Some(key_env),
        auth: Auth::Bearer,
        takes_stream_options: true,
    }
}

/// An OpenAI-compatible server on one's own machine, at the port it takes by itself.
const fn local(
    name: &'static str,
    base_url: &'static str,
    dialects: &'static [ProviderDialect],
) -> KindRow {
    KindRow {
        name,
        base_url: Some(base_url),
        dialects,
        key_env: None,
        auth: Auth::Bearer,
        takes_stream_options: true,
    }
}

/// Every kind, the one for providers without a kind first.
pub(crate) static KINDS: &[KindRow] = &[
    KindRow {
        name: "custom",
        base_url: None,
        dialects: &[],
        key_env: None,
        auth: Auth::Dialect,
        takes_stream_options: true,
    },
    compatible(
        "openai",
        "https://api.openai.com/v1",
        OPENAI,
        "OPENAI_API_KEY",
    ),
    KindRow {
        name: "anthropic",
        base_url: Some("https://api.anthropic.com"),
        dialects: &[ProviderDialect::Messages],
        key_env: Some("ANTHROPIC_API_KEY"),
        auth: Auth::XApiKey,
        takes_stream_options: false,
    },
    KindRow {
        name: "azure",
        base_url: None,
        dialects: OPENAI,
        key_env: Some("AZURE_OPENAI_API_KEY"),
        auth: Auth::ApiKey,
        takes_stream_options: true,
    },
    compatible(
        "gemini",
        "https://generativelanguage.googleapis.com/v1beta/openai",
        CHAT,
        "GEMINI_API_KEY",
    ),
    KindRow {
        name: "gemini-native",
        base_url: Some("https://generativelanguage.googleapis.com/v1beta"),
        dialects: &[ProviderDialect::Gemini],
        key_env: Some("GEMINI_API_KEY"),
        auth: Auth::XGoogApiKey,
        takes_stream_options: false,
    },
    compatible(
        "groq",
        "https://api.groq.com/openai/v1",
        OPENAI,
        "GROQ_API_KEY",
    ),
    compatible("xai", "https://api.x.ai/v1", OPENAI, "XAI_API_KEY"),
    compatible(
        "cerebras",
        "https://api.cerebras.ai/v1",
        CHAT,
        "CEREBRAS_API_KEY",
    ),
    compatible(
        "deepseek",
        "https://api.deepseek.com/v1",
        CHAT,
        "DEEPSEEK_API_KEY",
    ),
    KindRow {
        takes_stream_options: false,
        ..compatible(
            "mistral",
            "https://api.mistral.ai/v1",
            CHAT,
            "MISTRAL_API_KEY",
        )
    },
    compatible(
        "openrouter",
        "https://openrouter.ai/api/v1",
        OPENAI,
        "OPENROUTER_API_KEY",
    ),
    compatible(
        "together",
        "https://api.together.xyz/v1",
        CHAT,
        "TOGETHER_API_KEY",
    ),
    compatible(
        "fireworks",
        "https://api.fireworks.ai/inference/v1",
        OPENAI,
        "FIREWORKS_API_KEY",
    ),
    KindRow {
        // Such as https://bedrock-runtime.us-west-2.amazonaws.com/openai/v1.
        base_url: None,
        ..compatible("bedrock", "", CHAT, "AWS_BEARER_TOKEN_BEDROCK")
    },
    local("ollama", "http://127.0.0.1:11434/v1", CHAT),
    local("vllm", "http://127.0.0.1:8000/v1", OPENAI),
    local("lmstudio", "http://127.0.0.1:1234/v1", OPENAI),
    // Its own port, 8080, is also the gateway's.
    local("llamacpp", "http://127.0.0.1:8080/v1", CHAT),
];

/// The kind of providers that name none.
pub(crate) const CUSTOM: Kind = &KINDS[0];

/// The kind that the file calls `name`.
pub(crate) fn named(name: &str) -> Option<Kind> {
    KINDS.iter().find(|kind| kind.name == name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::BaseUrl;

    #[test]
    fn the_command_line_s_help_and_the_manual_tell_all_of_them() {
        use clap::CommandFactory as _;
        let help = crate::cli::Cli::command().render_long_help().to_string();
        let manual = include_str!("../../README.md");
        for kind in KINDS {
            assert!(
                manual.contains(&format!("\n| `{}` | ", kind.name)),
                "{}",
                kind.name
            );
            if let Some(variable) = kind.key_env {
                assert!(help.contains(variable), "{variable}");
                assert!(manual.contains(&format!("`{variable}`")), "{variable}");
            }
        }
    }

    #[test]
    fn every_row_is_good() {
        for (index, kind) in KINDS.iter().enumerate() {
            assert!(
                KINDS[..index].iter().all(|other| other.name != kind.name),
                "{} stands twice",
                kind.name
            );
            if let Some(url) = kind.base_url {
                assert!(BaseUrl::parse(url).is_ok(), "{url}");
            }
            assert_eq!(kind.dialects.is_empty(), kind.name == "custom");
        }
        assert_eq!(CUSTOM.name, "custom");
    }
}
