//! The two members of a request that the gateway acts on.

use std::borrow::Cow;
use std::ops::Range;

use bytes::Bytes;

use super::json::{self, Found, Kind};
use crate::dialect::Fault;
use crate::usage::Asked;

/// What one scan of a request's body found.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Selection<'a> {
    /// The `model` member, unescaped.
    pub(crate) model: Cow<'a, str>,
    /// Whether `stream` is `true`. Anything else, also a value of the wrong type, is for the
    /// provider to judge.
    pub(crate) stream: bool,
    /// Chat's `stream_options`.
    pub(crate) stream_options: Option<Found>,
    span: Range<usize>,
}

impl<'a> Selection<'a> {
    /// Scans `body`. Fails when it is not a JSON object, or `model` is absent or no string.
    pub(crate) fn read(body: &'a [u8]) -> Result<Self, Fault> {
        let [model, stream, stream_options] =
            json::top_level(body, ["model", "stream", "stream_options"]).map_err(Fault::NotJson)?;
        let model = model.ok_or(Fault::ModelMissing)?;
        if model.kind != Kind::String {
            return Err(Fault::ModelNotText);
        }
        Ok(Self {
            model: text(&body[model.span.clone()]).ok_or(Fault::ModelNotText)?,
            stream: stream.is_some_and(|stream| stream.kind == Kind::True),
            stream_options,
            span: model.span,
        })
    }

    /// Where the value of `model` stands in the body, quotes included.
    pub(crate) fn model_span(&self) -> Range<usize> {
        self.span.clone()
    }
}

/// The text that a valid quoted JSON string spells; `None` if it holds half a surrogate pair.
fn text(quoted: &[u8]) -> Option<Cow<'_, str>> {
    let bare = &quoted[1..quoted.len() - 1];
    if bare.contains(&b'\\') {
        serde_json::from_slice(quoted).ok().map(Cow::Owned)
    } else {
        std::str::from_utf8(bare).ok().map(Cow::Borrowed)
    }
}

/// `body` with the value at `span` replaced by the string `name`; every other byte stays.
pub(crate) fn splice(body: &[u8], span: Range<usize>, name: &str) -> Bytes {
    let quoted = serde_json::Value::from(name).to_string();
    [&body[..span.start], quoted.as_bytes(), &body[span.end..]]
        .concat()
        .into()
}

/// As [`splice`], and with `asked` put where it belongs.
pub(crate) fn splice_and_ask(
    body: &[u8],
    span: Range<usize>,
    name: Option<&str>,
    asked: &Asked,
) -> Bytes {
    let quoted = name.map(|name| serde_json::Value::from(name).to_string());
    let model = (
        span.clone(),
        quoted.as_deref().map_or(&body[span], str::as_bytes),
    );
    let asked = (asked.span.clone(), asked.text.as_bytes());
    let (first, second) = if model.0.start < asked.0.start {
        (model, asked)
    } else {
        (asked, model)
    };
    [
        &body[..first.0.start],
        first.1,
        &body[first.0.end..second.0.start],
        second.1,
        &body[second.0.end..],
    ]
    .concat()
    .into()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn reads_model_and_stream() {
        let selection = Selection::read(br#"{"stream":true,"model":"a\u002fb"}"#).unwrap();
        assert_eq!(selection.model, "a/b");
        assert!(selection.stream);
    }

    #[test]
    fn only_true_asks_for_a_stream() {
        for value in ["false", "null", "1", "\"true\"", "[true]"] {
            let body = format!(r#"{{"model":"m","stream":{value}}}"#);
            assert!(!Selection::read(body.as_bytes()).unwrap().stream, "{value}");
        }
    }

    #[test]
    fn a_model_must_be_text() {
        let fault = |body: &[u8]| Selection::read(body).unwrap_err();
        assert!(matches!(fault(b"{}"), Fault::ModelMissing));
        for body in [
            r#"{"model":null}"#,
            r#"{"model":5}"#,
            r#"{"model":{"a":"b"}}"#,
            r#"{"model":"\ud800"}"#,
        ] {
            assert!(
                matches!(fault(body.as_bytes()), Fault::ModelNotText),
                "{body}"
            );
        }
        assert!(matches!(fault(b"{"), Fault::NotJson(_)));
    }

    #[test]
    fn the_model_and_the_question_for_usage_go_in_together() {
        for (body, expected) in [
            (
                r#"{"model":"a","stream_options":{}}"#,
                r#"{"model":"bc","stream_options":{"include_usage":true}}"#,
            ),
            (
                r#"{"x":1,"model":"a"}"#,
                r#"{"stream_options":{"include_usage":true},"x":1,"model":"bc"}"#,
            ),
        ] {
            let selection = Selection::read(body.as_bytes()).unwrap();
            let asked = crate::usage::ask(body.as_bytes(), selection.stream_options.as_ref());
            let spliced = |name| {
                splice_and_ask(
                    body.as_bytes(),
                    selection.model_span(),
                    name,
                    asked.as_ref().unwrap(),
                )
            };
            assert_eq!(spliced(Some("bc")), expected);
            assert_eq!(spliced(None), expected.replace("bc", "a"));
        }
    }

    proptest! {
        #[test]
        fn splicing_changes_the_model_and_nothing_else(
            before in "[ \n]{0,3}",
            old in ".*",
            new in ".*",
            number in "-?[1-9][0-9]{0,30}(\\.[0-9]{1,9})?",
        ) {
            let quote = |text: &str| serde_json::Value::from(text).to_string();
            let body = |model: &str| {
                format!("{{{before}\"x\":{number},\"model\" :{before}{},\"z\":[1.0]}}", quote(model))
            };
            let text = body(&old);
            let selection = Selection::read(text.as_bytes()).unwrap();
            prop_assert_eq!(selection.model.as_ref(), old.as_str());
            let spliced = splice(text.as_bytes(), selection.model_span(), &new);
            prop_assert_eq!(spliced, body(&new).into_bytes());
        }
    }
}
