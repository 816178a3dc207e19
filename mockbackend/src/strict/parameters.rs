//! The fields that each dialect's requests may have at their top, as the
//! official SDKs know them (openai 3.54, anthropic 2.12 and its beta), and the
//! sampling fields that Anthropic takes only under its versions before
//! 2026-10-21.

use serde_json::Value;
use workload::Dialect;

use super::{Asked, Violation};

const CHAT: [&str; 37] = [
    "audio",
    "frequency_penalty",
    "function_call",
    "functions",
    "logit_bias",
    "logprobs",
    "max_completion_tokens",
    "max_tokens",
    "messages",
    "metadata",
    "modalities",
    "model",
    "moderation",
    "n",
    "parallel_tool_calls",
    "prediction",
    "presence_penalty",
    "prompt_cache_key",
    "prompt_cache_options",
    "prompt_cache_retention",
    "reasoning_effort",
    "response_format",
    "safety_identifier",
    "seed",
    "service_tier",
    "stop",
    "store",
    "stream",
    "stream_options",
    "temperature",
    "tool_choice",
    "tools",
    "top_logprobs",
    "top_p",
    "user",
    "verbosity",
    "web_search_options",
];

const RESPONSES: [&str; 34] = [
    "access_programs",
    "background",
    "background_options",
    "context_management",
    "conversation",
    "image",
    "include",
    "input",
    "instructions",
    "max_output_tokens",
    "max_tool_calls",
    "metadata",
    "model",
    "moderation",
    "parallel_tool_calls",
    "previous_response_id",
    "prompt",
    "prompt_cache_key",
    "prompt_cache_options",
    "prompt_cache_retention",
    "reasoning",
    "safety_identifier",
    "service_tier",
    "store",
    "stream",
    "stream_options",
    "temperature",
    "text",
    "tool_choice",
    "tools",
    "top_logprobs",
    "top_p",
    "truncation",
    "user",
];

const MESSAGES: [&str; 30] = [
    "billing_policy",
    "cache_control",
    "compaction",
    "container",
    "context_management",
    "diagnostics",
    "fallback_credit_token",
    "fallbacks",
    "inference_geo",
    "max_tokens",
    "mcp_servers",
    "messages",
    "metadata",
    "model",
    "output_config",
    "output_format",
    "service_tier",
    "speed",
    "stop_sequences",
    "stream",
    "system",
    "temperature",
    "thinking",
    "thread",
    "tool_choice",
    "tools",
    "top_k",
    "top_p",
    "user_profile_id",
    "workspace_id",
];

/// Of a request to count tokens: what shapes the prompt.
const COUNT_TOKENS: [&str; 13] = [
    "cache_control",
    "compaction",
    "container",
    "context_management",
    "mcp_servers",
    "messages",
    "model",
    "output_config",
    "output_format",
    "system",
    "thinking",
    "tool_choice",
    "tools",
];

const EMBEDDINGS: [&str; 5] = ["dimensions", "encoding_format", "input", "model", "user"];

/// Google takes both spellings.
const GEMINI: [&str; 13] = [
    "cachedContent",
    "cached_content",
    "contents",
    "generationConfig",
    "generation_config",
    "model",
    "safetySettings",
    "safety_settings",
    "systemInstruction",
    "system_instruction",
    "toolConfig",
    "tool_config",
    "tools",
];

/// The version from which on Anthropic takes no sampling fields (wire formats,
/// 0).
const WITHOUT_SAMPLING: &str = "2026-10-21";
const SAMPLING: [&str; 3] = ["temperature", "top_k", "top_p"];

/// Refuses fields that the provider does not know.
pub(super) fn check(asked: Asked, head: &[u8], body: &Value) -> Result<(), Violation> {
    let known: &[&str] = match asked {
        Asked::Generate(Dialect::Chat) => &CHAT,
        Asked::Generate(Dialect::Responses) => &RESPONSES,
        Asked::Generate(Dialect::Messages) => &MESSAGES,
        Asked::Gemini => &GEMINI,
        Asked::Embeddings => &EMBEDDINGS,
        Asked::CountTokens => &COUNT_TOKENS,
    };
    let anthropic = matches!(
        asked,
        Asked::Generate(Dialect::Messages) | Asked::CountTokens
    );
    let without_sampling =
        anthropic && anthropic_version(head).is_some_and(|version| version >= WITHOUT_SAMPLING);
    let unknown = body
        .as_object()
        .into_iter()
        .flat_map(|fields| fields.keys())
        .find(|field| {
            let field = field.as_str();
            !known.contains(&field) || (without_sampling && SAMPLING.contains(&field))
        });
    match unknown {
        None => Ok(()),
        Some(field) if anthropic => Err(Violation::anthropic(
            field,
            "Extra inputs are not permitted",
        )),
        Some(field) if asked == Asked::Gemini => Err(Violation::at(
            field,
            format!("Invalid JSON payload received. Unknown name \"{field}\": Cannot find field."),
        )),
        Some(field) => Err(Violation::at(
            field,
            format!("Unknown parameter: '{field}'."),
        )),
    }
}

/// The value of the head's `anthropic-version`; dates compare as texts.
fn anthropic_version(head: &[u8]) -> Option<&str> {
    std::str::from_utf8(head).ok()?.lines().find_map(|line| {
        let (name, value) = line.split_once(':')?;
        name.eq_ignore_ascii_case("anthropic-version")
            .then(|| value.trim())
    })
}
