//! The response object.

use workload::Preset;

use super::super::identity::{CREATED, MODEL, RESPONSE_ID};
use super::super::object::{EMPTY, Json, NULL, object};
use super::super::usage::Usage;

/// How far a response or an item of its output has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Status {
    InProgress,
    Completed,
    Failed,
}

impl Status {
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::InProgress => "in_progress",
            Self::Completed => "completed",
            Self::Failed => "failed",
        }
    }
}

/// A response with this output. All 31 keys that the Open Responses
/// specification requires are there; under the published preset only those
/// that the official clients require.
pub(super) fn response(status: Status, output: &[Json], usage: Usage, preset: Preset) -> Json {
    let done = status == Status::Completed;
    let usage = done.then(|| usage_json(usage));
    if preset == Preset::Published202606 {
        return object! {
            "id": RESPONSE_ID,
            "object": "response",
            "created_at": CREATED,
            "status": status.name(),
            "model": MODEL,
            "output": output,
            "parallel_tool_calls": true,
            "tool_choice": "auto",
            "tools": EMPTY,
            "usage": usage,
        };
    }
    object! {
        "id": RESPONSE_ID,
        "object": "response",
        "created_at": CREATED,
        "status": status.name(),
        "background": false,
        "completed_at": done.then_some(CREATED),
        "error": (status == Status::Failed).then(|| object! {
            "code": "server_error",
            "message": "The server had an error while processing your request.",
        }),
        "frequency_penalty": 0.0,
        "incomplete_details": NULL,
        "instructions": NULL,
        "max_output_tokens": NULL,
        "max_tool_calls": NULL,
        "model": MODEL,
        "output": output,
        "parallel_tool_calls": true,
        "presence_penalty": 0.0,
        "previous_response_id": NULL,
        "prompt_cache_key": NULL,
        "reasoning": object! { "effort": NULL, "summary": NULL },
        "safety_identifier": NULL,
        "service_tier": if done { "default" } else { "auto" },
        "store": true,
        "temperature": 1.0,
        "text": object! { "format": object! { "type": "text" }, "verbosity": "medium" },
        "tool_choice": "auto",
        "tools": EMPTY,
        "top_logprobs": 0,
        "top_p": 1.0,
        "truncation": "disabled",
        "usage": usage,
        "metadata": object! {},
    }
}

fn usage_json(usage: Usage) -> Json {
    object! {
        "input_tokens": usage.input,
        "input_tokens_details": object! { "cached_tokens": usage.cached, "cache_write_tokens": 0 },
        "output_tokens": usage.output,
        "output_tokens_details": object! { "reasoning_tokens": usage.reasoning },
        "total_tokens": usage.total(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_keys_are_there() {
        for status in [Status::InProgress, Status::Completed, Status::Failed] {
            let json = response(status, &[], Usage::REFUSAL, Preset::Stamped);
            let object: serde_json::Map<String, serde_json::Value> =
                serde_json::from_str(json.get()).unwrap();
            assert_eq!(object.len(), 31);
        }
    }
}
