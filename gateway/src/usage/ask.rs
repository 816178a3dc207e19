//! Asking for the usage of a Chat stream where the client did not.

use std::ops::Range;

use crate::request::json::{Found, Kind, top_level};

/// A change to a request's body: what stands at `span` becomes `text`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Asked {
    pub(crate) span: Range<usize>,
    pub(crate) text: &'static str,
}

/// How `body`, a Chat request for a stream, must be changed for its usage to be told; `None`
/// where the client asked for it itself, or where `stream_options` is nothing that can be added
/// to, which is for the provider to refuse.
pub(crate) fn ask(body: &[u8], stream_options: Option<&Found>) -> Option<Asked> {
    let Some(options) = stream_options else {
        let brace = body.iter().position(|byte| *byte == b'{')?;
        return Some(Asked {
            span: brace + 1..brace + 1,
            // The body has a model, so another member follows.
            text: r#""stream_options":{"include_usage":true},"#,
        });
    };
    match options.kind {
        Kind::Null => Some(Asked {
            span: options.span.clone(),
            text: r#"{"include_usage":true}"#,
        }),
        Kind::Object => {
            let object = &body[options.span.clone()];
            let [include] = top_level(object, ["include_usage"]).ok()?;
            let start = options.span.start;
            match include {
                None => {
                    let empty = object[1..].trim_ascii_start().starts_with(b"}");
                    Some(Asked {
                        span: start + 1..start + 1,
                        text: if empty {
                            r#""include_usage":true"#
                        } else {
                            r#""include_usage":true,"#
                        },
                    })
                }
                Some(found) if matches!(found.kind, Kind::False | Kind::Null) => Some(Asked {
                    span: start + found.span.start..start + found.span.end,
                    text: "true",
                }),
                Some(_) => None,
            }
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(body: &str) -> Option<String> {
        let [options] = top_level(body.as_bytes(), ["stream_options"]).unwrap();
        let asked = ask(body.as_bytes(), options.as_ref())?;
        let mut text = body.to_owned();
        text.replace_range(asked.span, asked.text);
        Some(text)
    }

    #[test]
    fn asks_in_each_place_and_changes_nothing_else() {
        for (body, expected) in [
            (
                r#" { "model":"m"}"#,
                r#" {"stream_options":{"include_usage":true}, "model":"m"}"#,
            ),
            (
                r#"{"model":"m","stream_options":null}"#,
                r#"{"model":"m","stream_options":{"include_usage":true}}"#,
            ),
            (
                r#"{"stream_options":{ },"model":"m"}"#,
                r#"{"stream_options":{"include_usage":true },"model":"m"}"#,
            ),
            (
                r#"{"stream_options":{"include_obfuscation":false}}"#,
                r#"{"stream_options":{"include_usage":true,"include_obfuscation":false}}"#,
            ),
            (
                r#"{"stream_options":{"include_usage": false}}"#,
                r#"{"stream_options":{"include_usage": true}}"#,
            ),
            // The last of several is the one that counts.
            (
                r#"{"stream_options":1,"stream_options":{}}"#,
                r#"{"stream_options":1,"stream_options":{"include_usage":true}}"#,
            ),
        ] {
            assert_eq!(asked(body).as_deref(), Some(expected), "{body}");
        }
    }

    #[test]
    fn leaves_alone_who_asked_and_what_is_wrong() {
        for body in [
            r#"{"stream_options":{"include_usage":true}}"#,
            r#"{"stream_options":{"include_usage":"yes"}}"#,
            r#"{"stream_options":[]}"#,
            r#"{"stream_options":true}"#,
        ] {
            assert_eq!(asked(body), None, "{body}");
        }
    }
}
