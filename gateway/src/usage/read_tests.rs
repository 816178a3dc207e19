use proptest::prelude::*;

use super::*;
use crate::sse::events;

fn tokens(input: u64, output: u64, cached: u64, reasoning: u64) -> Option<Tokens> {
    Some(Tokens {
        input,
        output,
        cached,
        reasoning,
    })
}

#[test]
fn reads_each_dialects_answer() {
    for (answer, expected) in [
        (
            r#"{"id":"a","choices":[{"message":{"content":"\"usage\":{\"prompt_tokens\":7}"}}],"usage":{"prompt_tokens":9,"completion_tokens":2,"total_tokens":11,"prompt_tokens_details":{"cached_tokens":4,"audio_tokens":0},"completion_tokens_details":{"reasoning_tokens":1}}}"#,
            tokens(9, 2, 4, 1),
        ),
        (
            r#"{"object":"response","usage" : { "input_tokens": 36,"input_tokens_details":{"cached_tokens":5},"output_tokens":87,"output_tokens_details":{"reasoning_tokens":64},"total_tokens":123},"metadata":{}}"#,
            tokens(36, 87, 5, 64),
        ),
        (
            r#"{"type":"message","usage":{"input_tokens":9,"cache_creation_input_tokens":3,"cache_read_input_tokens":5,"cache_creation":{"ephemeral_5m_input_tokens":3},"output_tokens":12,"iterations":[{"input_tokens":1,"output_tokens":1}],"service_tier":"standard"}}"#,
            tokens(17, 12, 5, 0),
        ),
        (
            r#"{"object":"list","data":[],"usage":{"prompt_tokens":8,"total_tokens":8}}"#,
            tokens(8, 0, 0, 0),
        ),
        (r#"{"usage":null}"#, None),
        (r#"{"a":"usage","usage":{}}"#, None),
        (r#"{"usage":{"prompt_tokens":null}}"#, None),
        (r#"{"error":{"message":"no"}}"#, None),
        ("", None),
    ] {
        assert_eq!(in_answer(answer.as_bytes()), expected, "{answer}");
    }
}

#[test]
fn the_last_object_counts() {
    let answer = r#"{"tools":[{"parameters":{"properties":{"usage":{"type":"object"}}}}],"usage":{"input_tokens":1,"output_tokens":2}}"#;
    assert_eq!(in_answer(answer.as_bytes()), tokens(1, 2, 0, 0));
}

fn in_stream(dialect: Dialect, stream: &str) -> Option<Tokens> {
    let mut told = Told::default();
    for event in events(stream.as_bytes()) {
        in_event(dialect, &event, &mut told);
    }
    told.tokens()
}

#[test]
fn counts_of_a_stream_are_cumulative() {
    let stream = concat!(
        "event: message_start\ndata: {\"type\":\"message_start\",\"message\":{\"usage\":{\"input_tokens\":9,\"cache_read_input_tokens\":1,\"output_tokens\":1}}}\n\n",
        "event: content_block_delta\ndata: {\"usage\":{\"input_tokens\":1000}}\n\n",
        "event: message_delta\ndata: {\"type\":\"message_delta\",\"usage\":{\"output_tokens\":7}}\n\n",
    );
    assert_eq!(in_stream(Dialect::Messages, stream), tokens(10, 7, 1, 0));
}

#[test]
fn reads_the_end_of_openais_streams() {
    let chat = "data: {\"choices\":[{}],\"usage\":null}\n\ndata: {\"choices\":[],\"usage\":{\"prompt_tokens\":9,\"completion_tokens\":2}}\n\ndata: [DONE]\n\n";
    assert_eq!(in_stream(Dialect::Chat, chat), tokens(9, 2, 0, 0));
    let responses = "event: response.created\ndata: {\"response\":{\"usage\":null}}\n\nevent: response.completed\ndata: {\"response\":{\"usage\":{\"input_tokens\":3,\"output_tokens\":4}}}\n\n";
    assert_eq!(in_stream(Dialect::Responses, responses), tokens(3, 4, 0, 0));
    // Some leave the event's name out.
    let unnamed = "data: {\"type\":\"response.completed\",\"response\":{\"usage\":{\"input_tokens\":3,\"output_tokens\":4}}}\n\n";
    assert_eq!(in_stream(Dialect::Responses, unnamed), tokens(3, 4, 0, 0));
}

proptest! {
    #[test]
    fn no_bytes_panic(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let mut text = b"\"usage\":{".to_vec();
        text.extend(&bytes);
        in_answer(&text);
        in_answer(&bytes);
    }

    #[test]
    fn any_counts_are_read_whatever_stands_around(
        input in any::<u64>(), output in any::<u64>(), text in ".*", more in "[a-z_]{1,12}",
    ) {
        let answer = serde_json::json!({
            "a": text, "b": [text], "usage": {
                "prompt_tokens": input, "x": text.replace(['"', '\\'], ""), "completion_tokens": output
            }, "z": {more: text},
        });
        let found = in_answer(answer.to_string().as_bytes());
        // An escape inside the object ends the reading of it; the counts before it stand.
        let found = found.unwrap_or_default();
        prop_assert!(found.output == output || found.output == 0);
        prop_assert!(found.input == input || found.input == 0);
    }
}
