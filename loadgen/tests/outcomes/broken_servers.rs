//! Nothing is called ok that is not: loadgen against a server that misbehaves
//! in one way at a time. Each expected outcome is written by hand.

use workload::{Dialect, Script, Workload};

use crate::generator::{IMPATIENT, run_loadgen};
use crate::server::{Answer, Step, serve};

const CHUNKS: usize = 4;

/// The events of a right stream, each with its blank line.
fn events(dialect: Dialect) -> Vec<String> {
    events_of(dialect, CHUNKS)
}

/// The same, with so many pieces of text.
fn events_of(dialect: Dialect, chunks: usize) -> Vec<String> {
    let script = Script::stamped(chunks);
    let text = serde_json::to_string(&script.stream_text()).expect("text is JSON");
    let data = |json: String| format!("data: {json}\n\n");
    let named =
        |kind: &str, rest: &str| format!("event: {kind}\ndata: {{\"type\":\"{kind}\"{rest}}}\n\n");
    let pieces: Vec<String> = script
        .chunk_texts()
        .map(|piece| serde_json::to_string(&piece).expect("text is JSON"))
        .collect();
    match dialect {
        Dialect::Chat => {
            let chunk = |delta: String, finish: &str| {
                data(format!(
                    r#"{{"id":"c","object":"chat.completion.chunk","created":1,"model":"m","choices":[{{"index":0,"delta":{delta},"finish_reason":{finish}}}]}}"#
                ))
            };
            let mut events = vec![chunk(r#"{"role":"assistant","content":""}"#.into(), "null")];
            events.extend(
                pieces
                    .iter()
                    .map(|piece| chunk(format!(r#"{{"content":{piece}}}"#), "null")),
            );
            events.push(chunk("{}".into(), r#""stop""#));
            events.push("data: [DONE]\n\n".into());
            events
        }
        Dialect::Responses => {
            let mut events = vec![
                named("response.created", r#","response":{"output":[]}"#),
                named("response.output_item.added", r#","item":{}"#),
                named("response.content_part.added", r#","part":{}"#),
            ];
            events.extend(pieces.iter().map(|piece| {
                named(
                    "response.output_text.delta",
                    &format!(r#","delta":{piece}"#),
                )
            }));
            events.push(named(
                "response.output_text.done",
                &format!(r#","text":{text}"#),
            ));
            events.push(named(
                "response.completed",
                &format!(
                    r#","response":{{"object":"response","status":"completed","output":[{{"type":"message","content":[{{"type":"output_text","text":{text}}}]}}]}}"#
                ),
            ));
            events
        }
        Dialect::Messages => {
            let mut events = vec![
                named("message_start", r#","message":{"role":"assistant"}"#),
                named(
                    "content_block_start",
                    r#","index":0,"content_block":{"type":"text","text":""}"#,
                ),
            ];
            events.extend(pieces.iter().map(|piece| {
                named(
                    "content_block_delta",
                    &format!(r#","index":0,"delta":{{"type":"text_delta","text":{piece}}}"#),
                )
            }));
            events.push(named("content_block_stop", r#","index":0"#));
            events.push(named(
                "message_delta",
                r#","delta":{"stop_reason":"end_turn"},"usage":{"output_tokens":4}"#,
            ));
            events.push(named("message_stop", ""));
            events
        }
    }
}

/// Index of the first content event of [`events`].
fn first_piece(dialect: Dialect) -> usize {
    match dialect {
        Dialect::Chat => 1,
        Dialect::Responses => 3,
        Dialect::Messages => 2,
    }
}

/// The body of a right whole answer.
fn body(dialect: Dialect) -> String {
    let text = serde_json::to_string(&Script::stamped(CHUNKS).whole_text()).expect("text is JSON");
    match dialect {
        Dialect::Chat => format!(
            r#"{{"object":"chat.completion","choices":[{{"message":{{"role":"assistant","content":{text}}},"finish_reason":"stop"}}]}}"#
        ),
        Dialect::Responses => format!(
            r#"{{"object":"response","status":"completed","output":[{{"type":"message","content":[{{"type":"output_text","text":{text}}}]}}]}}"#
        ),
        Dialect::Messages => format!(
            r#"{{"type":"message","role":"assistant","content":[{{"type":"text","text":{text}}}],"stop_reason":"end_turn"}}"#
        ),
    }
}

fn stream_outcome(dialect: Dialect, answer: Answer) -> String {
    outcome_of(Workload::new(dialect, true), answer)
}

fn whole_outcome(dialect: Dialect, answer: Answer) -> String {
    outcome_of(Workload::new(dialect, false), answer)
}

fn outcome_of(workload: Workload, answer: Answer) -> String {
    let more: &[&str] = match answer.hangs() {
        true => &IMPATIENT,
        false => &[],
    };
    run_loadgen(workload, CHUNKS, &serve(answer), more)
}

/// One stream of each dialect, changed by `change`, must have the outcome
/// written for it.
#[track_caller]
fn streams(expected: [(Dialect, &str); 3], change: impl Fn(Dialect, Vec<String>) -> Answer) {
    for (dialect, outcome) in expected {
        let answer = change(dialect, events(dialect));
        assert_eq!(stream_outcome(dialect, answer), outcome, "{dialect}");
    }
}

const fn all(outcome: &str) -> [(Dialect, &str); 3] {
    [
        (Dialect::Chat, outcome),
        (Dialect::Responses, outcome),
        (Dialect::Messages, outcome),
    ]
}

#[test]
fn right_answers() {
    streams(all("ok"), |_, events| Answer::chunked(&events));
    for dialect in Dialect::ALL {
        assert_eq!(whole_outcome(dialect, Answer::whole(&body(dialect))), "ok");
    }
}

#[test]
fn truncated_in_the_middle_with_a_clean_end() {
    streams(all("truncated"), |dialect, events| {
        Answer::chunked(&events[..first_piece(dialect) + 2])
    });
}

#[test]
fn truncated_by_a_closed_connection() {
    streams(all("truncated"), |dialect, events| {
        Answer::chunked(&events[..first_piece(dialect) + 2]).without_last_chunk()
    });
}

#[test]
fn truncated_and_then_closed_politely_with_the_terminal_event() {
    streams(all("truncated"), |dialect, mut events| {
        let first = first_piece(dialect);
        events.drain(first + 2..first + CHUNKS);
        Answer::chunked(&events)
    });
}

#[test]
fn text_where_a_stream_should_be() {
    streams(all("wrong-body"), |_, _| {
        Answer::chunked(&["error: the model is overloaded"])
    });
}

/// All that the dialect promises has come; what the framing lacks says nothing
/// of the answer.
#[test]
fn a_connection_closed_after_the_terminal_event() {
    streams(all("ok"), |_, events| {
        Answer::chunked(&events).without_last_chunk()
    });
}

#[test]
fn a_stream_left_open_after_its_terminal_event() {
    streams(all("ok"), |_, events| Answer::chunked(&events).then_hang());
}

#[test]
fn an_event_cut_before_its_blank_line() {
    streams(all("truncated"), |dialect, mut events| {
        events.truncate(first_piece(dialect) + CHUNKS);
        let last = events.last_mut().expect("there are events");
        last.truncate(last.len() - 1);
        Answer::chunked(&events)
    });
}

#[test]
fn stalled() {
    streams(all("stalled"), |dialect, events| {
        Answer::chunked(&events[..first_piece(dialect) + 2]).then_hang()
    });
}

#[test]
fn no_terminal_event() {
    streams(all("no-terminal"), |_, mut events| {
        events.pop();
        Answer::chunked(&events)
    });
}

#[test]
fn no_terminal_event_and_then_silence() {
    streams(all("no-terminal"), |_, mut events| {
        events.pop();
        Answer::chunked(&events).then_hang()
    });
}

#[test]
fn another_text() {
    streams(all("wrong-body"), |dialect, mut events| {
        let piece = &mut events[first_piece(dialect) + 1];
        *piece = piece.replace("gateway", "gatewax");
        Answer::chunked(&events)
    });
}

#[test]
fn reordered_chunks() {
    streams(all("wrong-body"), |dialect, mut events| {
        let first = first_piece(dialect);
        events.swap(first + 1, first + 2);
        Answer::chunked(&events)
    });
}

#[test]
fn a_chunk_twice() {
    streams(all("wrong-body"), |dialect, mut events| {
        let first = first_piece(dialect);
        events.insert(first, events[first].clone());
        Answer::chunked(&events)
    });
}

#[test]
fn a_chunk_lost() {
    streams(all("wrong-body"), |dialect, mut events| {
        events.remove(first_piece(dialect) + 1);
        Answer::chunked(&events)
    });
}

#[test]
fn text_after_the_terminal_event() {
    streams(all("wrong-body"), |dialect, mut events| {
        events.push(events[first_piece(dialect)].clone());
        Answer::chunked(&events)
    });
}

#[test]
fn the_terminal_event_twice() {
    streams(all("wrong-body"), |_, mut events| {
        events.push(events[events.len() - 1].clone());
        Answer::chunked(&events)
    });
}

#[test]
fn events_that_are_not_the_dialects() {
    streams(all("wrong-body"), |dialect, _| {
        let other = match dialect {
            Dialect::Chat => Dialect::Messages,
            Dialect::Responses => Dialect::Chat,
            Dialect::Messages => Dialect::Responses,
        };
        Answer::chunked(&events(other))
    });
}

#[test]
fn an_event_whose_json_is_cut() {
    streams(all("wrong-body"), |dialect, mut events| {
        let piece = &mut events[first_piece(dialect)];
        piece.truncate(piece.len() - 4);
        piece.push_str("\n\n");
        Answer::chunked(&events)
    });
}

#[test]
fn no_stream_but_a_whole_answer() {
    streams(all("wrong-body"), |dialect, _| {
        Answer::whole(&body(dialect))
    });
}

#[test]
fn a_chat_stream_that_never_says_why_it_ended() {
    let mut events = events(Dialect::Chat);
    events.remove(events.len() - 2);
    assert_eq!(
        stream_outcome(Dialect::Chat, Answer::chunked(&events)),
        "wrong-body"
    );
}

#[test]
fn messages_without_event_lines() {
    let events: Vec<String> = events(Dialect::Messages)
        .iter()
        .map(|event| event[event.find("data:").expect("data")..].to_owned())
        .collect();
    assert_eq!(
        stream_outcome(Dialect::Messages, Answer::chunked(&events)),
        "wrong-body"
    );
}

#[test]
fn a_response_whose_final_text_is_empty() {
    let mut events = events(Dialect::Responses);
    let last = events.last_mut().expect("there are events");
    let output = last.find(r#""output":["#).expect("an output");
    last.replace_range(output.., "\"output\":[]}}\n\n");
    assert_eq!(
        stream_outcome(Dialect::Responses, Answer::chunked(&events)),
        "wrong-body"
    );
}

#[test]
fn an_error_in_the_stream() {
    streams(all("error-event"), |dialect, mut events| {
        events.truncate(first_piece(dialect) + 2);
        events.push(match dialect {
            Dialect::Chat => {
                "data: {\"error\":{\"message\":\"m\",\"type\":\"server_error\",\"param\":null,\"code\":null}}\n\n"
            }
            Dialect::Responses => {
                "event: error\ndata: {\"type\":\"error\",\"sequence_number\":9,\"error\":{\"message\":\"m\"}}\n\n"
            }
            Dialect::Messages => {
                "event: error\ndata: {\"type\":\"error\",\"error\":{\"type\":\"overloaded_error\",\"message\":\"m\"}}\n\n"
            }
        }.to_owned());
        Answer::chunked(&events)
    });
}

#[test]
fn a_response_that_failed() {
    let mut events = events(Dialect::Responses);
    events.truncate(5);
    events.push(
        "event: response.failed\ndata: {\"type\":\"response.failed\",\"response\":{\"object\":\"response\",\"status\":\"failed\",\"error\":{\"code\":\"server_error\",\"message\":\"m\"},\"output\":[]}}\n\n"
            .to_owned(),
    );
    assert_eq!(
        stream_outcome(Dialect::Responses, Answer::chunked(&events)),
        "error-event"
    );
}

#[test]
fn line_ends_of_windows() {
    streams(all("ok"), |_, events| {
        let events: Vec<String> = events.iter().map(|e| e.replace('\n', "\r\n")).collect();
        Answer::chunked(&events)
    });
}

#[test]
fn comments_and_pings() {
    streams(all("ok"), |_, mut events| {
        events.insert(1, ": keep-alive\n\n".to_owned());
        events.insert(0, ":\n\n".to_owned());
        Answer::chunked(&events)
    });
    let mut events = events(Dialect::Messages);
    events.insert(2, "event: ping\ndata: {\"type\":\"ping\"}\n\n".to_owned());
    assert_eq!(
        stream_outcome(Dialect::Messages, Answer::chunked(&events)),
        "ok"
    );
}

#[test]
fn several_events_in_one_write() {
    streams(all("ok"), |_, events| {
        let events: Vec<String> = events.chunks(3).map(|some| some.concat()).collect();
        Answer::chunked(&events)
    });
}

#[test]
fn characters_cut_between_writes() {
    // With twelve chunks the text holds an é; each byte goes on its own.
    for dialect in Dialect::ALL {
        let stream = events_of(dialect, 12).concat();
        assert!(stream.contains('é'));
        let bytes: Vec<&[u8]> = stream.as_bytes().chunks(1).collect();
        let target = serve(Answer::chunked(&bytes));
        let workload = Workload::new(dialect, true);
        assert_eq!(run_loadgen(workload, 12, &target, &[]), "ok", "{dialect}");
    }
    let script = Script::stamped(12);
    let text = serde_json::to_string(&script.whole_text()).expect("text is JSON");
    assert!(text.contains('é'));
    let body = format!(
        r#"{{"type":"message","role":"assistant","content":[{{"type":"text","text":{text}}}],"stop_reason":"end_turn"}}"#
    );
    let cut = body.find('é').expect("an é") + 1;
    let answer = Answer::whole_in_parts(&[&body.as_bytes()[..cut], &body.as_bytes()[cut..]]);
    let workload = Workload::new(Dialect::Messages, false);
    assert_eq!(run_loadgen(workload, 12, &serve(answer), &[]), "ok");
}

#[test]
fn escaped_text_is_the_same_text() {
    let script = Script::stamped(12);
    let text = serde_json::to_string(&script.whole_text()).expect("text is JSON");
    let text = text.replace('é', "\\u00e9");
    let body = format!(
        r#"{{"object":"chat.completion","choices":[{{"message":{{"role":"assistant","content":{text}}},"finish_reason":"stop"}}]}}"#
    );
    let workload = Workload::new(Dialect::Chat, false);
    let target = serve(Answer::whole(&body));
    assert_eq!(run_loadgen(workload, 12, &target, &[]), "ok");
}

#[test]
fn whole_answers_that_are_wrong() {
    for dialect in Dialect::ALL {
        let right = body(dialect);
        let other = right.replace("gateway", "gatewax");
        assert_eq!(whole_outcome(dialect, Answer::whole(&other)), "wrong-body");
        let short = right.replace("gateway sits ", "");
        assert_eq!(whole_outcome(dialect, Answer::whole(&short)), "wrong-body");
        let cut_json = &right[..right.len() - 2];
        assert_eq!(
            whole_outcome(dialect, Answer::whole(cut_json)),
            "wrong-body"
        );
        let error = r#"{"error":{"message":"m"}}"#;
        assert_eq!(whole_outcome(dialect, Answer::whole(error)), "wrong-body");
    }
}

#[test]
fn whole_answers_that_are_cut() {
    for dialect in Dialect::ALL {
        let right = body(dialect);
        let announced = right.len();
        let part = &right[..announced / 2];
        assert_eq!(
            whole_outcome(dialect, Answer::whole_of(announced, part)),
            "truncated"
        );
        assert_eq!(
            whole_outcome(dialect, Answer::until_close(part)),
            "truncated"
        );
        assert_eq!(whole_outcome(dialect, Answer::until_close(&right)), "ok");
        assert_eq!(
            whole_outcome(dialect, Answer::whole_of(announced, part).then_hang()),
            "stalled"
        );
    }
}

#[test]
fn a_status_is_an_outcome() {
    for status in [302, 400, 404, 429, 500, 529] {
        let answer = Answer::status(status, r#"{"error":{"message":"m"}}"#);
        let outcome = format!("http-{status}");
        assert_eq!(whole_outcome(Dialect::Chat, answer.clone()), outcome);
        assert_eq!(stream_outcome(Dialect::Messages, answer), outcome);
    }
}

#[test]
fn closed_before_the_headers() {
    let answer = Answer(vec![Step::Close]);
    assert_eq!(whole_outcome(Dialect::Chat, answer), "closed");
    let part_of_a_head = Step::Write(b"HTTP/1.1 200 OK\r\nconte".to_vec());
    let answer = Answer(vec![part_of_a_head, Step::Close]);
    assert_eq!(whole_outcome(Dialect::Chat, answer), "closed");
}

#[test]
fn silence_before_the_headers_is_a_timeout() {
    let answer = Answer(vec![Step::Hang]);
    assert_eq!(whole_outcome(Dialect::Responses, answer), "timeout");
}

#[test]
fn nobody_there() {
    let target = {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
        listener.local_addr().expect("an address").to_string()
    };
    let workload = Workload::new(Dialect::Chat, false);
    assert_eq!(run_loadgen(workload, CHUNKS, &target, &[]), "connect");
}

#[test]
fn the_wall_cap() {
    let answer = Answer(vec![Step::Hang]);
    let workload = Workload::new(Dialect::Chat, false);
    let capped = run_loadgen(
        workload,
        CHUNKS,
        &serve(answer),
        &["--max-wall", "100ms", "--timeout", "20s"],
    );
    assert_eq!(capped, "capped");
}
