//! Holding an answer against what it must be.

mod chat;
mod json;
mod messages;
mod proven;
mod responses;
mod text;

use std::borrow::Cow;
use std::sync::Arc;

use crate::sse::{self, Scanner};
use crate::stamp::Stamp;
use crate::{Dialect, Outcome, Script, Workload};
use proven::Proven;
use text::{Matcher, Pattern};

/// Hears what an answer holds, while it is being read.
pub trait Sink {
    /// A non-empty piece of generated text has been read.
    fn piece(&mut self);
    /// The last byte of a stamp has been read.
    fn stamp(&mut self, stamp: Stamp);
}

/// A sink for those who only want the verdict.
impl Sink for () {
    fn piece(&mut self) {}
    fn stamp(&mut self, _stamp: Stamp) {}
}

/// What a right answer to one workload is.
#[derive(Debug)]
pub struct Expected {
    workload: Workload,
    pattern: Pattern,
}

impl Expected {
    /// The right answer to `workload` when the mock speaks `script`.
    pub fn new(workload: Workload, script: &Script) -> Self {
        let text = if workload.stream {
            script.stream_text()
        } else {
            script.whole_text()
        };
        let stamps = match (script.preset(), workload.stream) {
            (crate::Preset::Published202606, _) => 0,
            (crate::Preset::Stamped, true) => script.chunks(),
            (crate::Preset::Stamped, false) => 1,
        };
        Self {
            workload,
            pattern: Pattern::new(&text, stamps),
        }
    }

    /// The workload it answers.
    pub fn workload(&self) -> Workload {
        self.workload
    }
}

/// How the bytes of an answer came to an end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EndOfBody {
    /// As the response's framing said: its length, or the last chunk.
    Framed,
    /// The connection was closed and the framing allowed that.
    Closed,
    /// The connection was closed before the framing said so.
    Cut,
    /// Nothing more arrived for the idle gap.
    Idle,
}

/// Why an answer is wrong, in words for people; not part of the outcome.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Flaw {
    Error(String),
    Wrong(String),
}

/// What one event of a stream means, whatever its dialect.
#[derive(Debug)]
enum Reading<'a> {
    /// Generated text.
    Text(Cow<'a, str>),
    /// The whole text once more, which must be right as well.
    Repeat(Cow<'a, str>),
    /// The dialect's terminal event, with the whole text once more where the
    /// dialect puts it there.
    Terminal(Option<Cow<'a, str>>),
    /// An error in the dialect's form.
    Error(String),
    /// Part of the dialect, but nothing to be judged.
    Nothing,
}

/// The order of a stream's events, as far as a client relies on it.
#[derive(Debug, Default)]
struct Progress {
    /// The answer has begun.
    opened: bool,
    /// Its text has been announced.
    block_opened: bool,
    /// It has said why it ends.
    finished: bool,
}

/// Judges one answer at a time, from body bytes cut in any way.
///
/// Made once for a connection and [reset](Self::reset) for each answer, so
/// that its memory is used again.
#[derive(Debug)]
pub struct AnswerCheck {
    expected: Arc<Expected>,
    matcher: Matcher,
    scanner: Scanner,
    progress: Progress,
    body: Vec<u8>,
    proven: Proven,
    events: u64,
    terminal: bool,
    flaw: Option<Flaw>,
}

impl AnswerCheck {
    /// A check of answers against `expected`, at the beginning of one.
    pub fn new(expected: Arc<Expected>) -> Self {
        Self {
            expected,
            matcher: Matcher::default(),
            scanner: Scanner::new(),
            progress: Progress::default(),
            body: Vec::new(),
            proven: Proven::default(),
            events: 0,
            terminal: false,
            flaw: None,
        }
    }

    /// Forgets the answer it has seen.
    pub fn reset(&mut self) {
        self.matcher = Matcher::default();
        self.scanner.reset();
        self.progress = Progress::default();
        self.body.clear();
        self.events = 0;
        self.terminal = false;
        self.flaw = None;
    }

    /// Takes the next bytes of the body, free of transfer coding.
    pub fn feed(&mut self, bytes: &[u8], sink: &mut impl Sink) {
        if !self.expected.workload.stream {
            if self.body.len() + bytes.len() > sse::MAX_EVENT_BYTES {
                self.flaw
                    .get_or_insert_with(|| Flaw::Wrong("the answer has no end".to_owned()));
            } else {
                self.body.extend_from_slice(bytes);
            }
            return;
        }
        let mut scanner = std::mem::take(&mut self.scanner);
        let fed = scanner.feed(bytes, |event| self.take_event(event, sink));
        self.scanner = scanner;
        if let Err(too_large) = fed {
            self.wrong(too_large.to_string());
        }
        if self.events == 0 && self.body.len() < 64 {
            let room = bytes.len().min(64 - self.body.len());
            self.body.extend_from_slice(&bytes[..room]);
        }
    }

    /// Whether a stream's terminal event has come.
    pub fn terminal_seen(&self) -> bool {
        self.terminal
    }

    /// Number of events dispatched so far; 0 for a whole answer.
    pub fn events(&self) -> u64 {
        self.events
    }

    /// Names what became of the answer, now that it has ended.
    pub fn finish(&mut self, end: EndOfBody, sink: &mut impl Sink) -> Outcome {
        if !self.expected.workload.stream {
            return self.finish_whole(end, sink);
        }
        let complete = self.matcher.complete(&self.expected.pattern);
        match &self.flaw {
            Some(Flaw::Error(_)) => return Outcome::ErrorEvent,
            Some(Flaw::Wrong(_)) => return Outcome::WrongBody,
            None => {}
        }
        if self.events == 0 && !begins_as_event_stream(&self.body) {
            let begin = String::from_utf8_lossy(&self.body).into_owned();
            self.wrong(format!("not an event stream: {begin}"));
            return Outcome::WrongBody;
        }
        match (complete, self.terminal, end) {
            (false, _, EndOfBody::Idle) => Outcome::Stalled,
            (false, ..) => Outcome::Truncated,
            (true, false, _) => Outcome::NoTerminal,
            (true, true, _) if !self.progress.finished => {
                self.wrong("the stream never said why it ended".to_owned());
                Outcome::WrongBody
            }
            (true, true, _) => Outcome::Ok,
        }
    }

    /// What was wrong with the answer, in words, where its text or shape was.
    pub fn reason(&self) -> Option<&str> {
        match self.flaw.as_ref()? {
            Flaw::Error(reason) | Flaw::Wrong(reason) => Some(reason),
        }
    }

    fn finish_whole(&mut self, end: EndOfBody, sink: &mut impl Sink) -> Outcome {
        match end {
            EndOfBody::Cut => return Outcome::Truncated,
            EndOfBody::Idle => return Outcome::Stalled,
            EndOfBody::Framed | EndOfBody::Closed => {}
        }
        if self.flaw.is_some() {
            return Outcome::WrongBody;
        }
        if let Some(stamp) = self.proven.stamp_of(&self.body) {
            sink.piece();
            sink.stamp(stamp);
            return Outcome::Ok;
        }
        let body = std::mem::take(&mut self.body);
        let read = match self.expected.workload.dialect {
            Dialect::Chat => chat::whole_text(&body),
            Dialect::Responses => responses::whole_text(&body),
            Dialect::Messages => messages::whole_text(&body),
        };
        let outcome = match read {
            Ok(text) => {
                if !text.is_empty() {
                    sink.piece();
                }
                self.match_text(text.as_bytes(), sink);
                if self.flaw.is_none() && !self.matcher.complete(&self.expected.pattern) {
                    self.wrong("the text ends early".to_owned());
                }
                match self.flaw {
                    Some(_) => Outcome::WrongBody,
                    None => {
                        self.proven.keep(&body);
                        Outcome::Ok
                    }
                }
            }
            Err(bad) if bad.at_end && end == EndOfBody::Closed => Outcome::Truncated,
            Err(bad) => {
                self.wrong(bad.reason);
                Outcome::WrongBody
            }
        };
        self.body = body;
        outcome
    }

    fn take_event(&mut self, event: sse::Event<'_>, sink: &mut impl Sink) {
        self.events += 1;
        let progress = &mut self.progress;
        let read = match self.expected.workload.dialect {
            Dialect::Chat => chat::read_event(event, progress),
            Dialect::Responses => responses::read_event(event, progress),
            Dialect::Messages => messages::read_event(event, progress),
        };
        match read {
            Ok(Reading::Nothing) => {}
            Ok(Reading::Text(text)) if text.is_empty() => {}
            Ok(Reading::Text(_)) if self.terminal => {
                self.wrong("text after the terminal event".to_owned());
            }
            Ok(Reading::Text(text)) => {
                sink.piece();
                self.match_text(text.as_bytes(), sink);
            }
            Ok(Reading::Repeat(text)) => self.match_repeat(&text),
            Ok(Reading::Terminal(_)) if self.terminal => {
                self.wrong("the terminal event came twice".to_owned());
            }
            Ok(Reading::Terminal(repeat)) => {
                self.terminal = true;
                if let Some(text) = repeat {
                    self.match_repeat(&text);
                }
            }
            Ok(Reading::Error(message)) => {
                if !matches!(self.flaw, Some(Flaw::Error(_))) {
                    self.flaw = Some(Flaw::Error(message));
                }
            }
            Err(bad) => self.wrong(bad.reason),
        }
    }

    fn match_text(&mut self, text: &[u8], sink: &mut impl Sink) {
        let pattern = &self.expected.pattern;
        if let Err(mismatch) = self.matcher.feed(pattern, text, |stamp| sink.stamp(stamp)) {
            self.wrong(mismatch);
        }
    }

    /// A repeat of a text that was itself cut says nothing new.
    fn match_repeat(&mut self, text: &str) {
        let pattern = &self.expected.pattern;
        if !self.matcher.complete(pattern) {
            return;
        }
        let mut matcher = Matcher::default();
        let matched = matcher.feed(pattern, text.as_bytes(), |_| {});
        if matched.is_err() || !matcher.complete(pattern) {
            self.wrong("the text repeated at the end is not the text streamed".to_owned());
        }
    }

    fn wrong(&mut self, reason: String) {
        self.flaw.get_or_insert(Flaw::Wrong(reason));
    }
}

/// Whether the beginning of a body may be that of an event stream: nothing, a
/// comment, or a field that exists. It may be cut anywhere.
fn begins_as_event_stream(begin: &[u8]) -> bool {
    const FIELDS: [&[u8]; 4] = [b"data", b"event", b"id", b"retry"];
    let begin = begin.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(begin);
    let begin = begin.trim_ascii_start();
    let line = begin.split(|byte| matches!(byte, b'\n' | b'\r')).next();
    let line = line.unwrap_or_default();
    match memchr::memchr(b':', line) {
        Some(colon) => colon == 0 || FIELDS.contains(&&line[..colon]),
        None if line.len() < begin.len() => FIELDS.contains(&line),
        None => FIELDS.iter().any(|field| field.starts_with(line)),
    }
}

#[cfg(test)]
mod tests {
    use super::begins_as_event_stream;

    #[test]
    fn what_may_be_the_beginning_of_an_event_stream() {
        for yes in [
            "",
            "\n\n",
            ": hi",
            "data: {",
            "da",
            "\r\nevent: x\n",
            "data\n",
            "id:1",
        ] {
            assert!(begins_as_event_stream(yes.as_bytes()), "{yes:?}");
        }
        for no in [
            "error: overloaded",
            "rate limit",
            "denied",
            "{",
            "<html>",
            "data!\n",
            "i\n",
        ] {
            assert!(!begins_as_event_stream(no.as_bytes()), "{no:?}");
        }
    }
}
