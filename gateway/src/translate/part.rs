//! The pieces that messages and answers consist of.

use std::borrow::Cow;

use serde_json::value::RawValue;

use super::Refused;
use super::json::{Text, Writer, array};
use super::signature::Signature;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Role {
    System,
    Developer,
    User,
    Assistant,
}

/// A piece of a message or of an answer.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Part<'a> {
    Text(Text<'a>),
    /// The model's words for not answering (wire row 32).
    Refusal(Text<'a>),
    Image(Image<'a>),
    File(File<'a>),
    Audio(Audio<'a>),
    Thinking(Thinking<'a>),
    Call(Call<'a>),
    Result(CallResult<'a>),
}

impl<'a> Part<'a> {
    /// The parts of a content, which in every client's dialect is a text or a list of parts;
    /// `read` reads one of the list.
    pub(crate) fn list(
        raw: &'a RawValue,
        mut read: impl FnMut(&'a RawValue) -> Result<Self, Refused>,
    ) -> Result<Vec<Self>, Refused> {
        if let Some(text) = Text::of(raw) {
            return Ok(vec![Self::Text(text)]);
        }
        let mut parts = Vec::new();
        array(raw, |index, value| {
            parts.push(read(value).map_err(|why| why.at_index(index))?);
            Ok(())
        })?;
        Ok(parts)
    }
}

/// Where something that is no text comes from (wire row 20).
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Source<'a> {
    Url(Text<'a>),
    /// Base64.
    Data {
        media_type: Text<'a>,
        data: Text<'a>,
    },
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Image<'a> {
    pub(crate) source: Source<'a>,
    /// OpenAI's `low`, `high` or `auto`.
    pub(crate) detail: Option<Text<'a>>,
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) struct File<'a> {
    pub(crate) source: Source<'a>,
    pub(crate) name: Option<Text<'a>>,
}

/// Base64 sound; `format` is `wav` or `mp3`.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Audio<'a> {
    pub(crate) data: Text<'a>,
    pub(crate) format: Text<'a>,
}

/// What the model thought. Without a signature no provider takes it back (wire row 29).
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Thinking<'a> {
    pub(crate) text: Text<'a>,
    pub(crate) signature: Option<Signature<'a>>,
}

/// A call of a function.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Call<'a> {
    pub(crate) id: Text<'a>,
    pub(crate) name: Text<'a>,
    pub(crate) arguments: Arguments<'a>,
    /// Gemini's signature of the thought that led to it (wire row 57).
    pub(crate) signature: Option<Text<'a>>,
}

/// What a call gave.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct CallResult<'a> {
    pub(crate) id: Text<'a>,
    /// Text, images and files.
    pub(crate) parts: Vec<Part<'a>>,
    pub(crate) is_error: bool,
}

/// A call's arguments: JSON, never parsed into numbers (wire row 17).
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Arguments<'a> {
    /// As Messages and Gemini have them.
    Json(&'a str),
    /// As text in a string, which Chat and Responses have; it may be no JSON at all.
    Quoted(Text<'a>),
}

/// The arguments were no JSON object, and `{}` was written for them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct NoObject;

impl Arguments<'_> {
    /// Writes them as an object. Empty text is an empty object (wire row 15); anything that is
    /// no object becomes one too, but never a string (wire row 16).
    pub(crate) fn write_object(&self, w: &mut Writer<'_>) -> Result<(), NoObject> {
        let json = match self {
            Self::Json(json) => Cow::Borrowed(*json),
            Self::Quoted(text) => text.decode(),
        };
        let json = json.trim_matches([' ', '\t', '\n', '\r']);
        if json.is_empty() {
            w.raw("{}");
            return Ok(());
        }
        let is_object = json.starts_with('{') && serde_json::from_str::<&RawValue>(json).is_ok();
        w.raw(if is_object { json } else { "{}" });
        if is_object { Ok(()) } else { Err(NoObject) }
    }

    /// Writes them as text in a string.
    pub(crate) fn write_string(&self, w: &mut Writer<'_>) {
        match self {
            Self::Json(json) => w.string(json),
            Self::Quoted(text) if text.is_empty() => w.string("{}"),
            Self::Quoted(text) => w.text(text),
        }
    }
}

impl<'a> Source<'a> {
    /// What a URL points at; a `data:` URL holds it.
    pub(crate) fn of_url(url: Text<'a>) -> Self {
        match split_data_url(url.escaped()) {
            None => Self::Url(url),
            // Only a `\/` can stand in one.
            Some(_) if url.escaped().contains('\\') => {
                let url = Text::plain(url.decode().into_owned());
                match split_data_url(url.escaped()) {
                    Some((media_type, data)) if is_media_type(media_type) => Self::Data {
                        media_type: Text::plain(media_type.to_owned()),
                        data: Text::plain(data.to_owned()),
                    },
                    _ => Self::Url(url),
                }
            }
            Some((media_type, _)) if !is_media_type(media_type) => Self::Url(url),
            Some((media_type, data)) => {
                let (start, end) = (5, 5 + media_type.len());
                let data_start = url.escaped().len() - data.len();
                match url.into_decoded() {
                    Cow::Borrowed(url) => Self::Data {
                        media_type: Text::escaped_already(&url[start..end]),
                        data: Text::escaped_already(&url[data_start..]),
                    },
                    Cow::Owned(url) => Self::Data {
                        media_type: Text::escaped_already(url[start..end].to_owned()),
                        data: Text::escaped_already(url[data_start..].to_owned()),
                    },
                }
            }
        }
    }

    /// Writes it as a URL.
    pub(crate) fn write_url(&self, w: &mut Writer<'_>) {
        match self {
            Self::Url(url) => w.text(url),
            Self::Data { media_type, data } => {
                w.joined(["data:", media_type.escaped(), ";base64,", data.escaped()]);
            }
        }
    }
}

/// Whether `text` may stand for a media type in a `data:` URL, which a comma or a semicolon would
/// end too early (RFC 6838, section 4.2).
pub(crate) fn is_media_type(text: &str) -> bool {
    let fits = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$&-^_.+/".contains(&byte);
    text.bytes().all(fits)
}

/// The media type and the data of a base64 `data:` URL (RFC 2397).
fn split_data_url(url: &str) -> Option<(&str, &str)> {
    let (head, data) = url.strip_prefix("data:")?.split_once(',')?;
    let media = head.strip_suffix(";base64")?;
    Some((media.split(';').next().unwrap_or(media), data))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn object(arguments: &Arguments<'_>) -> (String, Result<(), NoObject>) {
        let mut out = Vec::new();
        let end = arguments.write_object(&mut Writer::new(&mut out));
        (String::from_utf8(out).unwrap(), end)
    }

    #[test]
    fn arguments_are_copied_digit_by_digit() {
        let json = r#"{"é":1.50,"n":12345678901234567890123,"e":1E+2}"#;
        let quoted = Arguments::Quoted(Text::plain(json));
        assert_eq!(object(&quoted), (json.to_owned(), Ok(())));
        let mut out = Vec::new();
        Arguments::Json(json).write_string(&mut Writer::new(&mut out));
        assert_eq!(serde_json::from_slice::<String>(&out).unwrap(), json);
    }

    #[test]
    fn what_is_no_object_becomes_an_empty_one_and_is_told() {
        for (text, told) in [("", Ok(())), (" \n", Ok(())), ("{\"a\":", Err(NoObject))] {
            let quoted = Arguments::Quoted(Text::plain(text));
            assert_eq!(object(&quoted), ("{}".to_owned(), told), "{text:?}");
        }
        for text in ["[1]", "5", "\"{}\"", "{} {}", "null"] {
            let quoted = Arguments::Quoted(Text::plain(text));
            assert_eq!(
                object(&quoted),
                ("{}".to_owned(), Err(NoObject)),
                "{text:?}"
            );
        }
    }

    #[test]
    fn data_urls_are_taken_apart() {
        let data = |url: &'static str| Source::of_url(Text::escaped_already(url));
        let png = Source::Data {
            media_type: Text::plain("image/png"),
            data: Text::plain("aGk/"),
        };
        assert_eq!(data("data:image/png;base64,aGk/"), png);
        assert_eq!(data(r"data:image\/png;base64,aGk\/"), png);
        assert_eq!(data("data:image/png;x=y;base64,aGk/"), png);
        for url in [
            "https://example.test/a.png",
            "data:text/plain,hello",
            "data:image/é;base64,aGk=",
            "data:",
        ] {
            assert_eq!(data(url), Source::Url(Text::plain(url)));
        }
    }
}
