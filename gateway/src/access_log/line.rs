//! One line: a JSON object of what a trail noted. What was not noted is not there.

use std::time::{Duration, Instant};

use super::clock::Clock;
use crate::trail::Notes;

/// Appends the line of a request that took `took` and ends now.
pub(super) fn write(batch: &mut Vec<u8>, clock: &mut Clock, notes: &Notes, took: Duration) {
    let mut line = Line::begin(batch, notes.begun + took, clock);
    // Its digits and letters were looked at when it was taken.
    line.bare(r#","id":""#, Some(&notes.id));
    line.header(r#","provider_id":""#, notes.provider_id.as_deref());
    line.bare(r#","trace":""#, trace_id(notes.traceparent.as_deref()));
    line.text(r#","key":""#, &notes.key);
    line.bare(r#","dialect":""#, Some(notes.dialect.as_bytes()));
    line.text(r#","path":""#, &notes.path);
    line.text(r#","model":""#, &notes.model);
    line.text(r#","provider":""#, &notes.provider);
    line.text(r#","upstream_model":""#, &notes.upstream_model);
    if notes.stream {
        line.literal(r#","stream":"#, b"true");
    }
    if notes.status > 0 {
        line.number(r#","status":"#, notes.status.into());
    }
    line.bare(r#","outcome":""#, Some(notes.outcome.name().as_bytes()));
    line.milliseconds(r#","ms":"#, took);
    if let Some(ttft) = notes.ttft {
        line.milliseconds(r#","ttft_ms":"#, ttft);
    }
    line.number(r#","bytes_in":"#, notes.bytes_in);
    line.number(r#","bytes_out":"#, notes.bytes_out);
    if let Some(tokens) = &notes.tokens {
        line.number(r#","input_tokens":"#, tokens.input);
        line.number(r#","output_tokens":"#, tokens.output);
        line.number(r#","cached_tokens":"#, tokens.cached);
        line.number(r#","reasoning_tokens":"#, tokens.reasoning);
    }
    if notes.retries > 0 {
        line.number(r#","retries":"#, notes.retries.into());
    }
    if notes.fallbacks > 0 {
        line.number(r#","fallbacks":"#, notes.fallbacks.into());
    }
    line.end();
}

/// A line being written; `{"time":…` is there already.
pub(super) struct Line<'a>(&'a mut Vec<u8>);

impl<'a> Line<'a> {
    pub(super) fn begin(bytes: &'a mut Vec<u8>, at: Instant, clock: &mut Clock) -> Self {
        bytes.extend_from_slice(b"{\"time\":\"");
        clock.write(at, bytes);
        bytes.push(b'"');
        Self(bytes)
    }

    pub(super) fn end(self) {
        self.0.extend_from_slice(b"}\n");
    }

    fn literal(&mut self, name: &str, value: &[u8]) {
        self.0.extend_from_slice(name.as_bytes());
        self.0.extend_from_slice(value);
    }

    /// A text that is known to need no escapes. Its `name` is written as it is, with the comma
    /// before it and the quote that opens the text.
    pub(super) fn bare(&mut self, name: &str, value: Option<&[u8]>) {
        if let Some(value) = value {
            self.0.extend_from_slice(name.as_bytes());
            self.0.extend_from_slice(value);
            self.0.push(b'"');
        }
    }

    pub(super) fn text(&mut self, name: &str, value: &str) {
        if value.is_empty() {
            return;
        }
        let escapes = |byte: u8| byte < 0x20 || byte == b'"' || byte == b'\\';
        // Without an early exit the compiler looks at many bytes at a time.
        if value.bytes().fold(false, |any, byte| any | escapes(byte)) {
            let before_quote = name.strip_suffix('"').unwrap_or(name);
            self.0.extend_from_slice(before_quote.as_bytes());
            // Text always serializes.
            let _ = serde_json::to_writer(&mut *self.0, value);
        } else {
            self.bare(name, Some(value.as_bytes()));
        }
    }

    fn header(&mut self, name: &str, value: Option<&[u8]>) {
        if let Some(value) = value.and_then(|value| std::str::from_utf8(value).ok()) {
            self.text(name, value);
        }
    }

    fn number(&mut self, name: &str, value: u64) {
        self.0.extend_from_slice(name.as_bytes());
        self.0
            .extend_from_slice(itoa::Buffer::new().format(value).as_bytes());
    }

    fn milliseconds(&mut self, name: &str, time: Duration) {
        let us = u64::try_from(time.as_micros()).unwrap_or(u64::MAX);
        self.number(name, us / 1000);
        let rest = us % 1000;
        let digit = |number: u64| b'0' + u8::try_from(number % 10).unwrap_or(0);
        self.0
            .extend_from_slice(&[b'.', digit(rest / 100), digit(rest / 10), digit(rest)]);
    }
}

/// The trace's id: the second part of `traceparent` (W3C Trace Context, section 3.2).
fn trace_id(traceparent: Option<&[u8]>) -> Option<&[u8]> {
    let id = traceparent?.split(|byte| *byte == b'-').nth(1)?;
    (id.len() == 32 && id.iter().all(u8::is_ascii_hexdigit)).then_some(id)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn trace(value: &'static str) -> Option<&'static str> {
        trace_id(Some(value.as_bytes())).map(|id| std::str::from_utf8(id).unwrap())
    }

    #[test]
    fn reads_a_traces_id() {
        let id = "0af7651916cd43dd8448eb211c80319c";
        let parent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
        assert_eq!(trace(parent), Some(id));
        for wrong in [
            "",
            "00",
            "00-\"",
            "00-0af7651916cd43dd8448eb211c80319x-b7-01",
        ] {
            assert_eq!(trace(wrong), None);
        }
    }

    #[test]
    fn texts_are_escaped_and_times_exact() {
        let mut bytes = Vec::new();
        let mut line = Line(&mut bytes);
        line.text(r#","none":""#, "");
        line.text(r#","path":""#, "a\"\n\\é\u{7f}");
        line.milliseconds(r#","ms":"#, Duration::from_micros(12_045));
        line.end();
        assert_eq!(
            String::from_utf8(bytes).unwrap(),
            ",\"path\":\"a\\\"\\n\\\\é\u{7f}\",\"ms\":12.045}\n"
        );
    }
}
