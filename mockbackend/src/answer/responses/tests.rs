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
    assert_snapshot!("text", whole(&script, &Content::TEXT));
    assert_snapshot!("text_stream", wire(&stream(&script, &Content::TEXT)));
}

#[test]
fn calls() {
    let script = Script::stamped(2);
    let content = Content::calls(&["weather"]);
    assert_snapshot!("call", whole(&script, &content));
    assert_snapshot!("call_stream", wire(&stream(&script, &content)));
}

#[test]
fn calls_of_two() {
    let script = Script::stamped(2);
    let content = Content::calls(&["weather", "time"]);
    assert_snapshot!("two_calls", whole(&script, &content));
    assert_snapshot!("two_calls_stream", wire(&stream(&script, &content)));
}

#[test]
fn reasoning_and_a_cache() {
    let script = Script::stamped(2);
    let content = Content::reasoned();
    assert_snapshot!("reasoned", whole(&script, &content));
    assert_snapshot!("reasoned_stream", wire(&stream(&script, &content)));
}

#[test]
fn refusals() {
    let script = Script::stamped(2);
    let content = Content::refusal();
    assert_snapshot!("refusal", whole(&script, &content));
    assert_snapshot!("refusal_stream", wire(&stream(&script, &content)));
}

#[test]
fn published() {
    let script = Script::published_2026_06();
    let whole = whole(&script, &Content::TEXT);
    assert_snapshot!("published", whole);
    let events = stream(&script, &Content::TEXT);
    assert_eq!(events.len(), 36);
    assert_snapshot!("published_stream", wire(&events));
}

#[test]
fn json_with_foreign_keys() {
    let script = Script::stamped(2);
    let content = Content::json();
    assert_snapshot!("json", whole(&script, &content));
    assert_snapshot!("json_stream", wire(&stream(&script, &content)));
}
