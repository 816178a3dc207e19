//! Every answer of the dialect, held against its snapshot.

use insta::assert_snapshot;
use workload::Script;

use super::*;
use crate::answer::event::Event;

fn wire(events: &[Event]) -> String {
    events.iter().map(Event::text).collect()
}

#[test]
fn stamped_text() {
    let script = Script::stamped(2);
    assert_snapshot!("text", text(&script));
    assert_snapshot!("text_stream", wire(&text_stream(&script, false)));
}

#[test]
fn usage_when_asked_for() {
    let script = Script::stamped(2);
    assert_snapshot!("text_stream_with_usage", wire(&text_stream(&script, true)));
    assert_snapshot!(
        "call_stream_with_usage",
        wire(&call_stream("weather", true))
    );
}

#[test]
fn calls() {
    assert_snapshot!("call", call("weather"));
    assert_snapshot!("call_stream", wire(&call_stream("weather", false)));
}

#[test]
fn published() {
    let script = Script::published_2026_06();
    let whole = text(&script);
    assert_snapshot!("published", whole);
    let events = text_stream(&script, false);
    assert_eq!(events.len(), 34);
    assert_snapshot!("published_stream", wire(&events));
    assert_eq!(events, text_stream(&script, true));
}
