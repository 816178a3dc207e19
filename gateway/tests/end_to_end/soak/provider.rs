//! A provider of all four dialects: good answers, and faults by the model's name.

use std::collections::HashSet;
use std::io::Write;
use std::net::TcpStream;
use std::sync::{Arc, Mutex};

use crate::rig::{LAST_CHUNK, Provider, Seen, json, stream};

/// A whole answer and a stream of each dialect, by the end of the path that it is asked for at.
const ANSWERS: [(&str, &str, &str); 4] = [
    (
        "/v1/chat/completions ",
        include_str!("../../../src/translate/tests/fixtures/chat/text.json"),
        include_str!("../../../src/translate/tests/fixtures/chat/text.sse"),
    ),
    (
        "/v1/responses ",
        include_str!("../../../src/translate/tests/fixtures/responses/text.json"),
        include_str!("../../../src/translate/tests/fixtures/responses/text.sse"),
    ),
    (
        "/v1/messages ",
        include_str!("../../../src/translate/tests/fixtures/messages/text.json"),
        include_str!("../../../src/translate/tests/fixtures/messages/text.sse"),
    ),
    (
        "enerateContent",
        include_str!("../../../src/translate/tests/fixtures/gemini/text.json"),
        include_str!("../../../src/translate/tests/fixtures/gemini/text.sse"),
    ),
];

/// The requests that were told to come again.
type SentBack = Arc<Mutex<HashSet<String>>>;

pub(super) fn start() -> Provider {
    let sent_back = SentBack::default();
    Provider::serve(move |seen, _, tcp| answer(seen, &sent_back, tcp))
}

/// Whether the connection goes on.
fn answer(seen: &Seen, sent_back: &SentBack, tcp: &mut TcpStream) -> bool {
    let line = &seen.request_line;
    let asks_for = |model: &str| {
        seen.body.contains(&format!("\"model\":\"{model}\""))
            || line.contains(&format!("/models/{model}:"))
    };
    let Some((_, whole, events)) = ANSWERS.iter().find(|(path, ..)| line.contains(path)) else {
        // What is passed through.
        return tcp.write_all(json("200 OK", "{}").as_bytes()).is_ok();
    };
    let events: Vec<&str> = events.split_inclusive("\n\n").collect();
    // So far that some text is told, and not the end.
    let text = events.iter().position(|event| event.contains("gateway "));
    let begun = &events[..=text.expect("a text")];
    let streams = seen.body.contains("\"stream\":true") || line.contains("streamGenerateContent");
    let good = || match streams {
        true => stream(&events) + LAST_CHUNK,
        false => json("200 OK", whole),
    };
    let error = r#"{"error":{"type":"server_error","message":"soaked","status":"INTERNAL"}}"#;
    let (said, goes_on) = if asks_for("whole") {
        (good(), true)
    } else if asks_for("status") {
        (json("500 Internal Server Error", error), true)
    } else if asks_for("once") {
        let id = seen.header("x-request-id").unwrap_or_default().to_owned();
        let mut sent_back = sent_back.lock().expect("no panic");
        if sent_back.remove(&id) {
            (good(), true)
        } else {
            sent_back.insert(id);
            (json("503 Service Unavailable", error), true)
        }
    } else if asks_for("cut") {
        (stream(begun), false)
    } else if asks_for("stall") {
        (stream(begun), true)
    } else if asks_for("silent") {
        (String::new(), true)
    } else if asks_for("garbage") {
        ("garbage\r\n\r\n".to_owned(), false)
    } else {
        (String::new(), false)
    };
    tcp.write_all(said.as_bytes()).is_ok() && goes_on
}
