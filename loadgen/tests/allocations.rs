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
        let event = format!(
            "data: {{\"object\":\"chat.completion.chunk\",\"choices\":[{{\"index\":0,\"delta\":{delta},\"finish_reason\":{finish}}}]}}\n\n"
        );
        format!("{:x}\r\n{event}\r\n", event.len())
    };
    let mut stream = "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n".to_owned();
    for piece in Script::stamped(32).chunk_texts() {
        let text = serde_json::to_string(&piece).expect("JSON");
        stream += &chunk(&format!("{{\"content\":{text}}}"), "null");
    }
    stream += &chunk("{}", "\"stop\"");
    stream += "e\r\ndata: [DONE]\n\n\r\n0\r\n\r\n";
    stream.into_bytes()
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
    assert_eq!(
        allocations_grow_with_requests("chat-stream", chat_stream()),
        0
    );
}
