//! Measuring allocates nothing: ten times the requests, not one allocation
//! more.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;
use std::time::Duration;

use allocation_counter::measure;
use loadgen::connection::Patience;
use loadgen::engine::{Engine, Load, Pacing, StopAfter};
use loadgen::http::request_bytes;
use workload::{Expected, RequestSpec, Script, Workload};

/// Answers each read with the same bytes, on any number of connections.
fn serve(answer: Vec<u8>) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = listener.local_addr().expect("an address");
    std::thread::spawn(move || {
        for mut stream in listener.incoming().flatten() {
            let answer = answer.clone();
            std::thread::spawn(move || {
                let mut buffer = [0; 4096];
                while stream.read(&mut buffer).is_ok_and(|read| read > 0) {
                    if stream.write_all(&answer).is_err() {
                        return;
                    }
                }
            });
        }
    });
    address
}

fn whole(body: &str) -> Vec<u8> {
    format!(
        "HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n{body}",
        body.len()
    )
    .into_bytes()
}

fn chat() -> Vec<u8> {
    let text = serde_json::to_string(&Script::stamped(32).whole_text()).expect("JSON");
    whole(&format!(
        r#"{{"object":"chat.completion","choices":[{{"message":{{"role":"assistant","content":{text}}},"finish_reason":"stop"}}]}}"#
    ))
}

fn chat_stream() -> Vec<u8> {
    let chunk = |delta: &str, finish: &str| {
        format!(
            "data: {{\"object\":\"chat.completion.chunk\",\"choices\":[{{\"index\":0,\"delta\":{delta},\"finish_reason\":{finish}}}]}}\n\n"
        )
    };
    let mut events: Vec<String> = pieces()
        .map(|piece| chunk(&format!("{{\"content\":{piece}}}"), "null"))
        .collect();
    events.push(chunk("{}", "\"stop\""));
    events.push("data: [DONE]\n\n".to_owned());
    stream(&events)
}

/// A stream of events, each in a chunk of its own.
fn stream(events: &[String]) -> Vec<u8> {
    let mut stream = "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n".to_owned();
    for event in events {
        stream += &format!("{:x}\r\n{event}\r\n", event.len());
    }
    (stream + "0\r\n\r\n").into_bytes()
}

fn named(kind: &str, rest: &str) -> String {
    format!("event: {kind}\ndata: {{\"type\":\"{kind}\"{rest}}}\n\n")
}

fn pieces() -> impl Iterator<Item = String> {
    let texts: Vec<String> = Script::stamped(32).chunk_texts().collect();
    texts
        .into_iter()
        .map(|text| serde_json::to_string(&text).expect("JSON"))
}

fn responses_stream() -> Vec<u8> {
    let text = serde_json::to_string(&Script::stamped(32).stream_text()).expect("JSON");
    let mut events = vec![
        named("response.created", ""),
        named("response.content_part.added", ""),
    ];
    events.extend(
        pieces().map(|piece| named("response.output_text.delta", &format!(",\"delta\":{piece}"))),
    );
    events.push(named(
        "response.output_text.done",
        &format!(",\"text\":{text}"),
    ));
    events.push(named("response.completed", &format!(
        ",\"response\":{{\"object\":\"response\",\"status\":\"completed\",\"output\":[{{\"type\":\"message\",\"content\":[{{\"type\":\"output_text\",\"text\":{text}}}]}}]}}"
    )));
    stream(&events)
}

fn messages_stream() -> Vec<u8> {
    let mut events = vec![
        named("message_start", ",\"message\":{\"role\":\"assistant\"}"),
        named(
            "content_block_start",
            ",\"content_block\":{\"type\":\"text\",\"text\":\"\"}",
        ),
    ];
    events.extend(pieces().map(|piece| {
        named(
            "content_block_delta",
            &format!(",\"delta\":{{\"type\":\"text_delta\",\"text\":{piece}}}"),
        )
    }));
    events.push(named(
        "message_delta",
        ",\"delta\":{\"stop_reason\":\"end_turn\"}",
    ));
    events.push(named("message_stop", ""));
    stream(&events)
}

fn allocations_grow_with_requests(workload: &str, answer: Vec<u8>) -> u64 {
    let workload: Workload = workload.parse().expect("a workload");
    let target = serve(answer);
    let spec = RequestSpec::new(workload, "m", "p", "k");
    let request: Arc<[u8]> = request_bytes(&spec, "/", "h", &[]).into();
    let expected = Arc::new(Expected::new(workload, &Script::stamped(32)));
    let patience = Patience {
        timeout: Duration::from_secs(10),
        idle_gap: Duration::from_secs(10),
    };
    let mut engine = Engine::new(target, &request, &expected, 4, patience).expect("an engine");
    let mut run = |requests| {
        let load = Load {
            pacing: Pacing::Closed,
            stop: StopAfter::Requests(requests),
            ramp: 0,
            max_wall: None,
        };
        let stretch = engine.run(load, &mut |_| {}).expect("a run");
        assert_eq!(stretch.recorder.ok(), requests);
    };
    run(100);
    let few = measure(|| run(200)).count_total;
    let many = measure(|| run(2_000)).count_total;
    many.saturating_sub(few)
}

#[test]
fn whole_answers() {
    assert_eq!(allocations_grow_with_requests("chat", chat()), 0);
}

#[test]
fn streams() {
    for (workload, answer) in [
        ("chat-stream", chat_stream()),
        ("responses-stream", responses_stream()),
        ("messages-stream", messages_stream()),
    ] {
        let more = allocations_grow_with_requests(workload, answer);
        assert_eq!(more, 0, "{workload}");
    }
}
