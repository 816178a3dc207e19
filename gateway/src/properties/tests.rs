//! The properties, with bytes made at random: from fixtures with something changed, from JSON
//! that looks like a dialect's, and from nothing at all.

use std::path::PathBuf;

use proptest::prelude::*;

use super::*;

/// JSON that looks like a dialect's, with anything for values.
fn likely() -> impl Strategy<Value = String> {
    let words = prop::sample::select(vec![
        "model",
        "messages",
        "input",
        "role",
        "content",
        "type",
        "text",
        "tool_calls",
        "function",
        "arguments",
        "tools",
        "tool_choice",
        "system",
        "id",
        "name",
        "choices",
        "delta",
        "index",
        "finish_reason",
        "message",
        "candidates",
        "parts",
        "functionCall",
        "args",
        "output",
        "item",
        "response",
        "status",
        "error",
        "usage",
        "content_block",
        "thinking",
        "signature",
        "user",
        "assistant",
        "tool",
        "tool_use",
        "tool_result",
        "stop",
        "message_start",
        "content_block_delta",
        "message_delta",
        "message_stop",
        "response.completed",
        "max_tokens",
        "output_item.added",
        "call_id",
        "function_call",
        "reasoning",
        "image_url",
        "url",
        "data:a;base64,b",
        "é\"\\",
    ]);
    let quoted = |word: &str| serde_json::to_string(word).unwrap();
    let leaf = prop_oneof![
        words.clone().prop_map(quoted),
        Just("null".to_owned()),
        Just("true".to_owned()),
        Just("1.50".to_owned()),
        Just("{}".to_owned()),
        Just("[]".to_owned()),
        Just("\"\\ud83d\"".to_owned()),
    ];
    leaf.prop_recursive(5, 40, 5, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4)
                .prop_map(|all| format!("[{}]", all.join(","))),
            prop::collection::vec((words.clone(), inner), 0..5).prop_map(move |all| {
                let members: Vec<String> = all
                    .iter()
                    .map(|(key, value)| format!("{}:{value}", quoted(key)))
                    .collect();
                format!("{{{}}}", members.join(","))
            }),
        ]
    })
}

/// Every fixture in a folder of `translate/tests/fixtures`.
fn fixtures(folder: &str) -> Vec<Vec<u8>> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .join("src/translate/tests/fixtures")
        .join(folder);
    let entries = std::fs::read_dir(&folder).unwrap();
    let all: Vec<_> = entries
        .map(|entry| std::fs::read(entry.unwrap().path()).unwrap())
        .collect();
    assert!(all.len() >= 4, "{folder:?}");
    all
}

/// What takes the place of some bytes of a fixture.
fn patch() -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![
        prop::collection::vec(any::<u8>(), 0..4),
        prop::sample::select(vec![
            "",
            "null",
            "{}",
            "[]",
            "\"\"",
            "1e400",
            "-0",
            "true",
            "\\ud800",
            "\\u00e9",
            "\r\n",
            "\n\n",
            "data: ",
            "event: error\n",
            "\"type\":\"",
            ",",
            "\"error\":{},",
            "\"thinking\":{\"type\":\"enabled\"},",
            "\"stream_options\":{},",
            "\"model\":\"m\",",
            "\"mod\\u0065l\":1,",
            "\"usage\":null,",
            "é",
            "\u{1f600}",
        ])
        .prop_map(|text| text.as_bytes().to_vec()),
    ]
}

/// A fixture with a few places changed.
fn changed(fixtures: Vec<Vec<u8>>) -> impl Strategy<Value = Vec<u8>> {
    let place = (any::<prop::sample::Index>(), 0..6_usize, patch());
    (
        prop::sample::select(fixtures),
        prop::collection::vec(place, 0..4),
    )
        .prop_map(|(mut bytes, places)| {
            for (at, length, patch) in places {
                let at = at.index(bytes.len() + 1);
                let end = (at + length).min(bytes.len());
                bytes.splice(at..end, patch);
            }
            bytes
        })
}

/// Bodies of every kind, with more of those in `folder`.
fn bodies(folder: &str) -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![
        3 => changed(fixtures(folder)),
        1 => likely().prop_map(String::into_bytes),
        1 => prop::collection::vec(any::<u8>(), 0..100),
    ]
}

/// The same as the data of events.
fn events(folder: &str) -> impl Strategy<Value = Vec<u8>> {
    let likely = prop::collection::vec(likely(), 0..6).prop_map(|events| {
        let events = events.iter().map(|event| format!("data: {event}\n\n"));
        events.collect::<String>().into_bytes()
    });
    prop_oneof![
        3 => changed(fixtures(folder)),
        1 => likely,
        1 => "[adent: \r\n{}\"]{0,80}".prop_map(String::into_bytes),
    ]
}

fn heads() -> impl Strategy<Value = Vec<u8>> {
    let head = |first: &str| {
        format!(
            "{first}\r\nhost: a\r\ncontent-length: 12\r\nTransfer-Encoding : chunked\r\n\
             connection: close, x-y\r\nx-y: \u{e9}\r\n\r\nrest"
        )
        .into_bytes()
    };
    changed(vec![
        head("POST /v1/messages?beta=true HTTP/1.1"),
        head("GET http://a/b HTTP/1.0"),
        head("HTTP/1.1 200 OK"),
        head("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 429 Too Many Requests"),
        b"POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 1\r\ncontent-length: 1\r\n\r\nx".to_vec(),
        b"POST / HTTP/1.1\r\nhost: a\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n".to_vec(),
    ])
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn chat_requests(body in bodies("requests/chat")) { request(0, &body); }

    #[test]
    fn responses_requests(body in bodies("requests/responses")) { request(1, &body); }

    #[test]
    fn messages_requests(body in bodies("requests/messages")) { request(2, &body); }

    #[test]
    fn chat_answers(body in bodies("chat")) { answer(0, &body); }

    #[test]
    fn responses_answers(body in bodies("responses")) { answer(1, &body); }

    #[test]
    fn messages_answers(body in bodies("messages")) { answer(2, &body); }

    #[test]
    fn gemini_answers(body in bodies("gemini")) { answer(3, &body); }

    #[test]
    fn bodies_in_place(body in prop_oneof![bodies("requests/chat"), bodies("requests/messages")]) {
        scan(&body);
        splice(&body);
        ask(&body);
        think(&body);
    }

    #[test]
    fn request_heads(bytes in heads()) { request_head(&bytes); }

    #[test]
    fn response_heads(bytes in heads()) { response_head(&bytes); }

    #[test]
    fn chunks(bytes in prop_oneof![
        prop::collection::vec(any::<u8>(), 0..80),
        "([0-3a\r\n;x]|2\r\nab\r\n|0\r\n\r\n){0,12}".prop_map(String::into_bytes),
    ]) {
        chunked(&bytes);
    }
}

proptest! {
    // Each is followed a few times by each client.
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn chat_streams(bytes in events("chat")) { stream(0, &bytes); }

    #[test]
    fn responses_streams(bytes in events("responses")) { stream(1, &bytes); }

    #[test]
    fn messages_streams(bytes in events("messages")) { stream(2, &bytes); }

    #[test]
    fn gemini_streams(bytes in events("gemini")) { stream(3, &bytes); }

    #[test]
    fn streams_that_pass(bytes in prop_oneof![events("chat"), events("responses"), events("messages")]) {
        (0..3).for_each(|client| follow(client, &bytes));
        strip(&bytes);
    }
}
