use proptest::prelude::*;

use super::*;

fn model(text: &str) -> Result<Option<(Kind, &str)>, Malformed> {
    let [found] = top_level(text.as_bytes(), ["model"])?;
    Ok(found.map(|found| (found.kind, &text[found.span])))
}

#[test]
fn finds_members_wherever_they_stand() {
    let text = r#" { "stream" : true, "a":[1,{"model":"inner"}], "model" : "m" } "#;
    let [model, stream] = top_level(text.as_bytes(), ["model", "stream"]).unwrap();
    let model = model.unwrap();
    assert_eq!((model.kind, &text[model.span]), (Kind::String, r#""m""#));
    assert_eq!(stream.unwrap().kind, Kind::True);
}

#[test]
fn nested_members_are_not_top_level() {
    assert_eq!(
        model(r#"{"a":{"model":"inner"},"b":[{"model":1}]}"#),
        Ok(None)
    );
    assert_eq!(model(r#"{"a":"model","b":"x"}"#), Ok(None));
}

#[test]
fn the_last_of_two_members_counts() {
    assert_eq!(
        model(r#"{"model":"a","model":"b"}"#),
        Ok(Some((Kind::String, r#""b""#)))
    );
    assert_eq!(
        model(r#"{"model":"a","x":{"model":"c"},"model":null}"#),
        Ok(Some((Kind::Null, "null")))
    );
}

#[test]
fn an_escaped_key_is_the_key_it_spells() {
    assert_eq!(
        model(r#"{"mod\u0065l":"a"}"#),
        Ok(Some((Kind::String, r#""a""#)))
    );
    assert_eq!(model(r#"{"mod\u0066l":"a","\ud800":1}"#), Ok(None));
}

#[test]
fn every_kind_of_value_has_its_span() {
    for (value, kind) in [
        (r#"{"a":[]}"#, Kind::Object),
        ("{}", Kind::Object),
        ("[1, [2], {}]", Kind::Array),
        (r#""a\"b\\""#, Kind::String),
        ("-0.5e+10", Kind::Number),
        ("true", Kind::True),
        ("false", Kind::False),
        ("null", Kind::Null),
    ] {
        let text = format!("{{\"x\":1,\"model\" : {value} ,\"y\":2}}");
        assert_eq!(model(&text), Ok(Some((kind, value))), "{text}");
    }
}

#[test]
fn depth_does_not_recurse() {
    let deep = 100_000;
    let text = format!(
        r#"{{"a":{}{},"model":"m"}}"#,
        "[".repeat(deep),
        "]".repeat(deep)
    );
    assert_eq!(model(&text), Ok(Some((Kind::String, r#""m""#))));
    let objects = format!("{}1{}", r#"{"model":"#.repeat(deep), "}".repeat(deep));
    assert_eq!(model(&objects).unwrap().unwrap().0, Kind::Object);
}

#[test]
fn says_what_is_wrong_and_where() {
    let message = |text: &[u8]| top_level(text, ["model"]).unwrap_err().to_string();
    assert_eq!(message(b""), "it is empty");
    assert_eq!(message(b" \n"), "it is empty");
    assert_eq!(message(b"[]"), "it must be an object");
    assert_eq!(message(b"\"x\""), "it must be an object");
    assert_eq!(message(b"{"), "it ends too early (byte 1)");
    assert_eq!(message(b"{\"a\":1,}"), "unexpected `}` at byte 7");
    assert_eq!(message(b"{\"a\":1}x"), "unexpected `x` at byte 7");
    assert_eq!(message(b"{\"a\":\"\n\"}"), "unexpected byte 0x0a at byte 6");
    assert_eq!(message(b"{\"a\":\"\xff\"}"), "it is not UTF-8 (byte 6)");
}

#[test]
fn refuses_what_serde_json_refuses() {
    for text in [
        "{]",
        "{\"a\"}",
        "{\"a\":}",
        "{\"a\":1 \"b\":2}",
        "{a:1}",
        "{\"a\":[1,]}",
        "{\"a\":[}",
        "{\"a\":01}",
        "{\"a\":1.}",
        "{\"a\":.5}",
        "{\"a\":+1}",
        "{\"a\":1e}",
        "{\"a\":-}",
        "{\"a\":tru}",
        "{\"a\":nulL}",
        "{\"a\":\"\\x\"}",
        "{\"a\":\"\\u12g4\"}",
        "{\"a\":\"",
        "{\"a\":[1}",
        "{\"a\":1]",
        "{\"a\":1}}",
        "{,}",
        "{\"a\":'b'}",
        "{\"a\"::1}",
    ] {
        assert!(
            serde_json::from_str::<serde::de::IgnoredAny>(text).is_err(),
            "{text}"
        );
        assert!(model(text).is_err(), "{text}");
    }
}

fn any_json() -> impl Strategy<Value = serde_json::Value> {
    let leaf = prop_oneof![
        Just(serde_json::Value::Null),
        any::<bool>().prop_map(Into::into),
        any::<i64>().prop_map(Into::into),
        any::<i32>().prop_map(|eighths| (f64::from(eighths) / 8.0).into()),
        ".*".prop_map(Into::into),
    ];
    leaf.prop_recursive(4, 32, 6, |inner| {
        let key = prop_oneof![Just("model".to_owned()), Just("stream".to_owned()), ".*"];
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..6).prop_map(Into::into),
            prop::collection::vec((key, inner), 0..6)
                .prop_map(|members| serde_json::Value::Object(members.into_iter().collect())),
        ]
    })
}

proptest! {
    #[test]
    fn agrees_with_serde_json_on_documents(value in any_json(), pretty in any::<bool>()) {
        let text = if pretty {
            serde_json::to_string_pretty(&value).unwrap()
        } else {
            value.to_string()
        };
        match (&value, top_level(text.as_bytes(), ["model", "stream"])) {
            (serde_json::Value::Object(members), Ok(found)) => {
                for (key, found) in ["model", "stream"].iter().zip(found) {
                    let seen = found.map(|found| {
                        serde_json::from_str::<serde_json::Value>(&text[found.span]).unwrap()
                    });
                    prop_assert_eq!(seen.as_ref(), members.get(*key));
                }
            }
            (serde_json::Value::Object(_), Err(error)) => prop_assert!(false, "{error}: {text}"),
            (_, outcome) => prop_assert_eq!(outcome, Err(Malformed::NotAnObject)),
        }
    }

    #[test]
    fn agrees_with_serde_json_on_damaged_documents(
        value in any_json(),
        at in any::<prop::sample::Index>(),
        byte in any::<u8>(),
    ) {
        let mut text = serde_json::json!({ "model": value }).to_string().into_bytes();
        let at = at.index(text.len());
        text[at] = byte;
        let valid = serde_json::from_slice::<serde_json::Map<String, serde_json::Value>>(&text);
        let scanned = top_level(&text, ["model"]);
        // serde_json also refuses numbers beyond f64 and lone surrogates, which are grammatical.
        if valid.is_ok() {
            prop_assert!(scanned.is_ok(), "{:?}", scanned);
        } else if scanned.is_ok() {
            let error = valid.unwrap_err().to_string();
            prop_assert!(error.contains("out of range") || error.contains("surrogate")
                || error.contains("hex escape"), "{error}");
        }
    }
}
