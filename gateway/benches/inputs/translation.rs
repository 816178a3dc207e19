//! What translation works on: for each dialect a request, a whole answer and a stream of ordinary
//! size, with text, a call and usage.

use bytes::Bytes;

/// The clients' dialects, in the order of the indexes that [`gateway::hot`] takes.
pub(crate) const CLIENTS: [&str; 3] = ["chat", "responses", "messages"];
/// The providers' dialects, in the same order and with one more.
pub(crate) const PROVIDERS: [&str; 4] = ["chat", "responses", "messages", "gemini"];

/// The pairs in which something is translated.
pub(crate) fn pairs() -> impl Iterator<Item = (usize, usize)> {
    (0..CLIENTS.len())
        .flat_map(|client| (0..PROVIDERS.len()).map(move |provider| (client, provider)))
        .filter(|(client, provider)| client != provider)
}

/// `messages to chat`.
pub(crate) fn name(client: usize, provider: usize) -> String {
    format!("{} to {}", CLIENTS[client], PROVIDERS[provider])
}

const SCHEMA: &str = r#"{"type":"object","properties":{"city":{"type":"string","description":"Of which city"},"days":{"type":"integer","minimum":1}},"required":["city"],"additionalProperties":false}"#;
const ARGUMENTS: &str = r#"{\"city\":\"Orl\u00e9ans\",\"days\":3}"#;

fn text() -> String {
    "Tell me something about the sea, and about été. ".repeat(8)
}

/// A client's request for a stream, of about 2 kB: instructions, a call and its result.
pub(crate) fn request(client: usize) -> String {
    let text = text();
    match client {
        0 => format!(
            r#"{{"model":"fast","messages":[{{"role":"system","content":"{text}"}},{{"role":"user","content":"{text}"}},{{"role":"assistant","content":null,"tool_calls":[{{"id":"call_1","type":"function","function":{{"name":"weather","arguments":"{ARGUMENTS}"}}}}]}},{{"role":"tool","tool_call_id":"call_1","content":"{text}"}},{{"role":"user","content":[{{"type":"text","text":"{text}"}}]}}],"tools":[{{"type":"function","function":{{"name":"weather","description":"The weather","parameters":{SCHEMA}}}}}],"max_tokens":500,"stream":true,"stream_options":{{"include_usage":true}}}}"#
        ),
        1 => format!(
            r#"{{"model":"fast","instructions":"{text}","input":[{{"role":"user","content":"{text}"}},{{"type":"function_call","call_id":"call_1","name":"weather","arguments":"{ARGUMENTS}"}},{{"type":"function_call_output","call_id":"call_1","output":"{text}"}},{{"role":"user","content":[{{"type":"input_text","text":"{text}"}}]}}],"tools":[{{"type":"function","name":"weather","description":"The weather","parameters":{SCHEMA}}}],"max_output_tokens":500,"stream":true}}"#
        ),
        _ => format!(
            r#"{{"model":"fast","max_tokens":500,"system":"{text}","messages":[{{"role":"user","content":"{text}"}},{{"role":"assistant","content":[{{"type":"tool_use","id":"toolu_1","name":"weather","input":{{"city":"Orléans","days":3}}}}]}},{{"role":"user","content":[{{"type":"tool_result","tool_use_id":"toolu_1","content":"{text}"}},{{"type":"text","text":"{text}"}}]}}],"tools":[{{"name":"weather","description":"The weather","input_schema":{SCHEMA}}}],"stream":true}}"#
        ),
    }
}

/// A provider's whole answer of about 1 kB.
pub(crate) fn answer(provider: usize) -> String {
    let text = "The sea is large, and it is wet, and it is blue. ".repeat(14);
    match provider {
        0 => format!(
            r#"{{"id":"chatcmpl-1","object":"chat.completion","created":1,"model":"m","choices":[{{"index":0,"message":{{"role":"assistant","content":"{text}","tool_calls":[{{"id":"call_1","type":"function","function":{{"name":"weather","arguments":"{ARGUMENTS}"}}}}]}},"finish_reason":"tool_calls"}}],"usage":{{"prompt_tokens":9,"completion_tokens":2,"total_tokens":11,"prompt_tokens_details":{{"cached_tokens":4}},"completion_tokens_details":{{"reasoning_tokens":0}}}}}}"#
        ),
        1 => format!(
            r#"{{"id":"resp_1","object":"response","created_at":1,"status":"completed","model":"m","output":[{{"id":"msg_1","type":"message","status":"completed","role":"assistant","content":[{{"type":"output_text","text":"{text}","annotations":[],"logprobs":[]}}]}},{{"id":"fc_1","type":"function_call","status":"completed","call_id":"call_1","name":"weather","arguments":"{ARGUMENTS}"}}],"usage":{{"input_tokens":9,"input_tokens_details":{{"cached_tokens":4}},"output_tokens":2,"output_tokens_details":{{"reasoning_tokens":0}},"total_tokens":11}}}}"#
        ),
        2 => format!(
            r#"{{"id":"msg_1","type":"message","role":"assistant","model":"m","content":[{{"type":"text","text":"{text}"}},{{"type":"tool_use","id":"toolu_1","name":"weather","input":{{"city":"Orléans","days":3}}}}],"stop_reason":"tool_use","stop_sequence":null,"usage":{{"input_tokens":5,"cache_creation_input_tokens":0,"cache_read_input_tokens":4,"output_tokens":2}}}}"#
        ),
        _ => format!(
            r#"{{"candidates":[{{"content":{{"parts":[{{"text":"{text}"}},{{"functionCall":{{"name":"weather","args":{{"city":"Orléans","days":3}}}}}}],"role":"model"}},"finishReason":"STOP","index":0}}],"usageMetadata":{{"promptTokenCount":9,"candidatesTokenCount":2,"totalTokenCount":11,"cachedContentTokenCount":4}},"modelVersion":"m","responseId":"r"}}"#
        ),
    }
}

/// So many of a stream's events are pieces of text.
pub(crate) const TEXT_EVENTS: usize = 30;

/// A provider's stream, each event in a piece of its own.
pub(crate) fn stream(provider: usize) -> Vec<Bytes> {
    const TEXT: &str = "The sea is large, it is wet, and blue.";
    let (opening, piece, end): (&[&str], String, &[&str]) = match provider {
        0 => (
            &[
                r#"{"id":"chatcmpl-1","object":"chat.completion.chunk","created":1,"model":"m","choices":[{"index":0,"delta":{"role":"assistant","content":"","refusal":null},"logprobs":null,"finish_reason":null}],"usage":null}"#,
            ],
            format!(
                r#"{{"id":"chatcmpl-1","object":"chat.completion.chunk","created":1,"model":"m","choices":[{{"index":0,"delta":{{"content":"{TEXT}"}},"logprobs":null,"finish_reason":null}}],"usage":null}}"#
            ),
            &[
                r#"{"id":"chatcmpl-1","object":"chat.completion.chunk","created":1,"model":"m","choices":[{"index":0,"delta":{},"logprobs":null,"finish_reason":"stop"}],"usage":null}"#,
                r#"{"id":"chatcmpl-1","object":"chat.completion.chunk","created":1,"model":"m","choices":[],"usage":{"prompt_tokens":9,"completion_tokens":2,"total_tokens":11}}"#,
                "[DONE]",
            ],
        ),
        1 => (
            &[
                r#"{"type":"response.created","response":{"id":"resp_1","object":"response","created_at":1,"status":"in_progress","model":"m","output":[],"usage":null},"sequence_number":0}"#,
                r#"{"type":"response.output_item.added","output_index":0,"item":{"id":"msg_1","type":"message","status":"in_progress","role":"assistant","content":[]},"sequence_number":1}"#,
                r#"{"type":"response.content_part.added","item_id":"msg_1","output_index":0,"content_index":0,"part":{"type":"output_text","annotations":[],"logprobs":[],"text":""},"sequence_number":2}"#,
            ],
            format!(
                r#"{{"type":"response.output_text.delta","item_id":"msg_1","output_index":0,"content_index":0,"delta":"{TEXT}","logprobs":[],"sequence_number":3}}"#
            ),
            &[
                r#"{"type":"response.output_text.done","item_id":"msg_1","output_index":0,"content_index":0,"text":"…","logprobs":[],"sequence_number":40}"#,
                r#"{"type":"response.output_item.done","output_index":0,"item":{"id":"msg_1","type":"message","status":"completed","role":"assistant","content":[{"type":"output_text","annotations":[],"text":"…"}]},"sequence_number":41}"#,
                r#"{"type":"response.completed","response":{"id":"resp_1","object":"response","created_at":1,"status":"completed","model":"m","output":[],"usage":{"input_tokens":9,"output_tokens":2,"total_tokens":11}},"sequence_number":42}"#,
            ],
        ),
        2 => (
            &[
                r#"{"type":"message_start","message":{"id":"msg_1","type":"message","role":"assistant","model":"m","content":[],"stop_reason":null,"stop_sequence":null,"usage":{"input_tokens":9,"cache_creation_input_tokens":0,"cache_read_input_tokens":0,"output_tokens":1}}}"#,
                r#"{"type":"content_block_start","index":0,"content_block":{"type":"text","text":""}}"#,
            ],
            format!(
                r#"{{"type":"content_block_delta","index":0,"delta":{{"type":"text_delta","text":"{TEXT}"}}}}"#
            ),
            &[
                r#"{"type":"content_block_stop","index":0}"#,
                r#"{"type":"message_delta","delta":{"stop_reason":"end_turn","stop_sequence":null},"usage":{"output_tokens":2}}"#,
                r#"{"type":"message_stop"}"#,
            ],
        ),
        _ => (
            &[],
            format!(
                r#"{{"candidates":[{{"content":{{"parts":[{{"text":"{TEXT}"}}],"role":"model"}},"index":0}}],"usageMetadata":{{"promptTokenCount":9,"totalTokenCount":9}},"modelVersion":"m","responseId":"r"}}"#
            ),
            &[
                r#"{"candidates":[{"content":{"parts":[{"text":""}],"role":"model"},"finishReason":"STOP","index":0}],"usageMetadata":{"promptTokenCount":9,"candidatesTokenCount":2,"totalTokenCount":11},"modelVersion":"m","responseId":"r"}"#,
            ],
        ),
    };
    let pieces = std::iter::repeat_n(piece.as_str(), TEXT_EVENTS);
    let events = opening
        .iter()
        .copied()
        .chain(pieces)
        .chain(end.iter().copied());
    events
        .map(|data| Bytes::from(format!("data: {data}\n\n")))
        .collect()
}
