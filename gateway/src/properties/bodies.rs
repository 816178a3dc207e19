//! Bodies that pass through in the same dialect: one scan, and what is changed in place.

use serde_json::{Map, Value};

use crate::dialect::messages::adaptive::adapt;
use crate::request::json::{Kind, top_level};
use crate::request::{self, Selection, splice_and_ask};
use crate::usage;

/// Members that are looked for.
const NAMES: [&str; 3] = ["model", "stream", "stream_options"];

/// The scan finds what serde_json finds, in any object that this takes, of two members of a name
/// the last, however the name is spelled; and it takes no object that is none.
pub fn scan(body: &[u8]) {
    let scanned = top_level(body, NAMES);
    match serde_json::from_slice::<Map<String, Value>>(body) {
        Ok(members) => {
            let found = scanned.unwrap_or_else(|why| panic!("refused: {why}"));
            for (name, found) in NAMES.iter().zip(found) {
                let seen = found.map(|found| value(&body[found.span]));
                assert_eq!(seen.as_ref(), members.get(*name), "{name}");
            }
        }
        // Of what is grammatical, serde_json refuses numbers beyond f64, halves of surrogate
        // pairs, and nesting beyond 128.
        Err(why) => {
            let why = why.to_string();
            let grammatical = ["out of range", "surrogate", "hex escape", "recursion limit"]
                .iter()
                .any(|reason| why.contains(reason));
            assert!(scanned.is_err() || grammatical, "taken, but {why}");
        }
    }
}

/// Another model's name changes the model, and every other byte stays.
pub fn splice(body: &[u8]) {
    const NAME: &str = "é\"\\/1";
    let Ok(selection) = Selection::read(body) else {
        return;
    };
    let span = selection.model_span();
    let spliced = request::splice(body, span.clone(), NAME);
    let again = Selection::read(&spliced).unwrap_or_else(|why| panic!("{why}"));
    assert_eq!(again.model, NAME);
    assert_eq!(again.stream, selection.stream);
    assert_eq!(spliced[..span.start], body[..span.start]);
    assert!(spliced.ends_with(&body[span.end..]));
}

/// The question for usage is put in, and changes nothing else.
pub fn ask(body: &[u8]) {
    let Ok(selection) = Selection::read(body) else {
        return;
    };
    let Some(asked) = usage::ask(body, selection.stream_options.as_ref()) else {
        return;
    };
    let sent = splice_and_ask(body, selection.model_span(), None, &asked);
    let Ok(mut before) = serde_json::from_slice::<Map<String, Value>>(body) else {
        assert!(top_level(&sent, NAMES).is_ok());
        return;
    };
    let mut after: Map<String, Value> =
        serde_json::from_slice(&sent).unwrap_or_else(|why| panic!("{why}: {sent:?}"));
    let mut options = before.remove("stream_options").unwrap_or_default();
    if options.is_null() {
        options = Value::Object(Map::new());
    }
    options["include_usage"] = Value::Bool(true);
    assert_eq!(after.remove("stream_options"), Some(options));
    assert_eq!(after, before);
}

/// Thinking is made the model's own measure, and nothing else is changed.
pub fn think(body: &[u8]) {
    let Some(adapted) = adapt(body) else {
        return;
    };
    let Ok(mut before) = serde_json::from_slice::<Map<String, Value>>(body) else {
        assert!(top_level(&adapted, NAMES).is_ok());
        return;
    };
    let mut after: Map<String, Value> =
        serde_json::from_slice(&adapted).unwrap_or_else(|why| panic!("{why}: {adapted:?}"));
    let kind = |thinking: &Option<Value>| {
        let kind = thinking
            .as_ref()
            .and_then(|thinking| thinking["type"].as_str());
        kind.map(str::to_owned)
    };
    let was = kind(&before.remove("thinking"));
    let thinking = after.remove("thinking");
    match was.as_deref() {
        Some("enabled") => assert_eq!(kind(&thinking).as_deref(), Some("adaptive")),
        Some("disabled") => assert_eq!(thinking, None),
        other => panic!("{other:?} was changed"),
    }
    assert_eq!(after, before);
    let [found] = top_level(body, ["thinking"]).unwrap_or_default();
    assert!(found.is_some_and(|found| found.kind == Kind::Object));
}

fn value(text: &[u8]) -> Value {
    serde_json::from_slice(text).unwrap_or_else(|why| panic!("{why}"))
}
