//! The fields that each dialect's requests may have at their top, as the
//! official SDKs know them (openai 3.54, anthropic 2.12 and its beta), and the
//! sampling fields that Anthropic takes under its versions before 2026-10-21.

use serde_json::Value;
use workload::Dialect;

use super::Violation;

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

/// Refuses fields that the dialect does not know.
pub(super) fn check(dialect: Dialect, body: &Value) -> Result<(), Violation> {
    let known: &[&str] = match dialect {
        Dialect::Chat => &CHAT,
        Dialect::Responses => &RESPONSES,
        Dialect::Messages => &MESSAGES,
    };
    let unknown = body
        .as_object()
        .into_iter()
        .flat_map(|fields| fields.keys())
        .find(|field| !known.contains(&field.as_str()));
    match unknown {
        None => Ok(()),
        Some(field) if dialect == Dialect::Messages => Err(Violation::anthropic(
            field,
            "Extra inputs are not permitted",
        )),
        Some(field) => Err(Violation::at(
            field,
            format!("Unknown parameter: '{field}'."),
        )),
    }
}
