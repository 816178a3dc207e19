//! Writes the response object, in whole answers and in the events of a stream.

use crate::translate::json::{Text, Writer};
use crate::translate::{Plan, Stop, Usage};

/// Of what a response object tells.
pub(super) struct Response<'r> {
    pub(super) id: &'r Text<'r>,
    pub(super) created: u64,
    pub(super) model: &'r Text<'r>,
    /// `None` while it goes on.
    pub(super) stop: Option<&'r Stop<'r>>,
    /// A refusal was said in a part of its own.
    pub(super) refusal_said: bool,
    /// The output items: JSON, with commas between.
    pub(super) output: &'r [u8],
    pub(super) usage: Option<&'r Usage>,
}

/// How a response ends: its status, and the reason why it is incomplete (wire row 51).
pub(super) fn status(stop: &Stop<'_>, refusal_said: bool) -> (&'static str, Option<&'static str>) {
    match stop {
        Stop::End | Stop::Sequence(_) | Stop::Calls => ("completed", None),
        Stop::Refusal if refusal_said => ("completed", None),
        Stop::Refusal => ("incomplete", Some("content_filter")),
        Stop::Length | Stop::Context | Stop::Pause => ("incomplete", Some("max_output_tokens")),
    }
}

/// Writes all members that OpenResponses requires; what `plan` repeats of the request stands
/// among them.
pub(super) fn write(response: &Response<'_>, plan: &Plan, w: &mut Writer<'_>) {
    let (status, reason) = match response.stop {
        Some(stop) => status(stop, response.refusal_said),
        None => ("in_progress", None),
    };
    w.object(|w| {
        w.key("id").text(response.id);
        w.key("object").string("response");
        w.key("created_at").number(response.created);
        w.key("status").string(status);
        if status == "completed" {
            w.key("completed_at")
                .number(plan.moment.unix_seconds.max(response.created));
        } else {
            w.key("completed_at").null();
        }
        w.key("error").null();
        match reason {
            Some(reason) => w
                .key("incomplete_details")
                .object(|w| w.key("reason").string(reason)),
            None => w.key("incomplete_details").null(),
        }
        w.key("model").text(response.model);
        w.key("output").array(|w| {
            if !response.output.is_empty() {
                w.raw_members(response.output);
            }
        });
        w.raw_members(&plan.echo);
        match response.usage.filter(|usage| usage.is_known()) {
            Some(usage) => self::usage(usage, w.key("usage")),
            None => w.key("usage").null(),
        }
    });
}

/// Wire row 36; `cache_write_tokens` and `reasoning_tokens` are required.
fn usage(usage: &Usage, w: &mut Writer<'_>) {
    let (input, output) = (usage.prompt(), usage.output.unwrap_or(0));
    w.object(|w| {
        w.key("input_tokens").number(input);
        w.key("input_tokens_details").object(|w| {
            w.key("cached_tokens").number(usage.cache_read.unwrap_or(0));
            w.key("cache_write_tokens")
                .number(usage.cache_write.unwrap_or(0));
        });
        w.key("output_tokens").number(output);
        w.key("output_tokens_details").object(|w| {
            w.key("reasoning_tokens")
                .number(usage.reasoning.unwrap_or(0));
        });
        w.key("total_tokens").number(input.saturating_add(output));
    });
}
