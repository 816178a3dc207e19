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
    assert_snapshot!("text_stream", wire(&text_stream(&script)));
}

#[test]
fn calls() {
    assert_snapshot!("call", call("weather"));
    assert_snapshot!("call_stream", wire(&call_stream("weather")));
}

#[test]
fn published() {
    let script = Script::published_2026_06();
    let whole = text(&script);
    assert_snapshot!("published", whole);
    let events = text_stream(&script);
    assert_eq!(events.len(), 36);
    assert_snapshot!("published_stream", wire(&events));
}
