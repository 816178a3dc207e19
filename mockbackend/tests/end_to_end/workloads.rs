//! The six workloads, judged as the load generator judges them.

use std::sync::Arc;

use rustix::time::{ClockId, clock_gettime};
use workload::stamp::Stamp;
use workload::{
    AnswerCheck, DEFAULT_MODEL, DEFAULT_PROMPT, Dialect, EndOfBody, Expected, Outcome, RequestSpec,
    Script, Sink, Workload,
};

use crate::client::{Client, Reply};
use crate::mock::Mock;

#[derive(Default)]
struct Stamps(Vec<Stamp>);

impl Sink for Stamps {
    fn piece(&mut self) {}

    fn stamp(&mut self, stamp: Stamp) {
        self.0.push(stamp);
    }
}

fn now_ns() -> u64 {
    let now = clock_gettime(ClockId::Monotonic);
    now.tv_sec as u64 * 1_000_000_000 + now.tv_nsec as u64
}

fn ask(client: &mut Client, workload: Workload, target: &str) -> Reply {
    let spec = RequestSpec::new(workload, DEFAULT_MODEL, DEFAULT_PROMPT, "key");
    let mut head = format!("POST {target} HTTP/1.1\r\nhost: mock\r\n");
    for (name, value) in &spec.headers {
        head += &format!("{name}: {value}\r\n");
    }
    head += &format!("content-length: {}\r\n\r\n", spec.body.len());
    client.send([head.as_bytes(), &spec.body].concat());
    client.reply()
}

fn judge(reply: &Reply, workload: Workload, script: &Script) -> Vec<Stamp> {
    assert_eq!(reply.status, 200);
    let kind = if workload.stream {
        "content-type: text/event-stream; charset=utf-8"
    } else {
        "content-type: application/json"
    };
    assert!(reply.has(kind));
    let mut check = AnswerCheck::new(Arc::new(Expected::new(workload, script)));
    let mut stamps = Stamps::default();
    for part in &reply.parts {
        check.feed(part, &mut stamps);
    }
    let outcome = check.finish(EndOfBody::Framed, &mut stamps);
    assert_eq!(outcome, Outcome::Ok, "{workload}: {:?}", check.reason());
    if workload.stream {
        assert_eq!(
            check.events(),
            reply.parts.len() as u64,
            "one event a chunk"
        );
    }
    stamps.0
}

#[test]
fn stamped() {
    let script = Script::stamped(workload::DEFAULT_CHUNKS);
    let mock = Mock::start(&[]);
    // One connection for all: nothing of an answer may reach the next.
    let mut client = Client::connect(mock.address);
    for workload in Workload::ALL.into_iter().cycle().take(18) {
        for target in [workload.dialect.path(), &workload.dialect.path()[3..]] {
            let before_ns = now_ns();
            let reply = ask(&mut client, workload, target);
            let after_ns = now_ns();
            let stamps = judge(&reply, workload, &script);
            let expected = if workload.stream { script.chunks() } else { 1 };
            assert_eq!(stamps.len(), expected);
            assert!(before_ns <= stamps[0].received_ns);
            assert!(stamps[0].received_ns <= stamps[0].sent_ns);
            for pair in stamps.windows(2) {
                assert_eq!(pair[0].received_ns, pair[1].received_ns);
                assert!(pair[0].sent_ns <= pair[1].sent_ns);
            }
            assert!(stamps[stamps.len() - 1].sent_ns <= after_ns);
        }
    }
}

#[test]
fn any_number_of_chunks_and_workers() {
    let mock = Mock::start(&["--chunks", "3", "--workers", "3"]);
    let script = Script::stamped(3);
    for workload in Workload::ALL.into_iter().cycle().take(24) {
        let mut client = Client::connect(mock.address);
        let reply = ask(&mut client, workload, workload.dialect.path());
        judge(&reply, workload, &script);
    }
}

#[test]
fn published() {
    let mock = Mock::start(&["--preset", "published-2026-06"]);
    let script = Script::published_2026_06();
    let mut client = Client::connect(mock.address);
    for workload in Workload::ALL {
        let reply = ask(&mut client, workload, workload.dialect.path());
        assert_eq!(judge(&reply, workload, &script), []);
        let bytes = reply.parts.concat().len();
        match (workload.dialect, workload.stream) {
            (Dialect::Chat, true) => assert_eq!(reply.parts.len(), 34),
            (Dialect::Responses | Dialect::Messages, true) => assert_eq!(reply.parts.len(), 36),
            // What strict clients ask for beyond the published mock's 400.
            (Dialect::Responses, false) => assert!((400..800).contains(&bytes), "{bytes}"),
            (_, false) => assert!((350..500).contains(&bytes), "{bytes}"),
        }
    }
}
