//! Finding the `usage` object in an answer or an event.
//!
//! It is searched for as text: in a JSON string its quotes would be escaped, so a match is a
//! member's name or a string that is exactly `usage`. Which of them it is, what follows tells.
//! Of several objects the last counts: a provider puts its own after what it repeats of the
//! request.

use std::sync::LazyLock;

use memchr::memmem::Finder;

use super::Tokens;
use crate::dialect::Dialect;
use crate::sse::Event;

pub(super) static NAME: LazyLock<Finder<'static>> = LazyLock::new(|| Finder::new("\"usage\""));

/// What an answer's JSON says of usage.
pub(crate) fn in_answer(json: &[u8]) -> Option<Tokens> {
    let mut told = Told::default();
    search(json, &mut told);
    told.tokens()
}

/// Takes note of what `event` says of usage; says whether it said anything.
pub(crate) fn in_event(dialect: Dialect, event: &Event<'_>, told: &mut Told) -> bool {
    let may = match (dialect, event.name) {
        (Dialect::Responses, Some(name)) => matches!(
            name,
            b"response.completed" | b"response.incomplete" | b"response.failed"
        ),
        (Dialect::Messages, Some(name)) => matches!(name, b"message_start" | b"message_delta"),
        _ => true,
    };
    may && search(event.data.unwrap_or_default(), told)
}

/// The counts seen so far. Those of a stream are cumulative: a later one takes the place of an
/// earlier one, and is not added.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Told {
    input: Option<u64>,
    output: Option<u64>,
    cached: Option<u64>,
    reasoning: Option<u64>,
    /// In Messages, input beside `input_tokens`.
    cache_read: Option<u64>,
    cache_written: Option<u64>,
}

impl Told {
    /// The sum of it, if anything was told.
    pub(crate) fn tokens(&self) -> Option<Tokens> {
        if self.input.is_none() && self.output.is_none() {
            return None;
        }
        let of = |count: Option<u64>| count.unwrap_or(0);
        Some(Tokens {
            input: of(self.input)
                .saturating_add(of(self.cache_read))
                .saturating_add(of(self.cache_written)),
            output: of(self.output),
            cached: of(self.cached.or(self.cache_read)),
            reasoning: of(self.reasoning),
        })
    }

    /// Counts that were read elsewhere.
    pub(crate) fn of(tokens: Tokens) -> Self {
        Self {
            input: Some(tokens.input),
            output: Some(tokens.output),
            cached: Some(tokens.cached),
            reasoning: Some(tokens.reasoning),
            ..Self::default()
        }
    }

    fn set(&mut self, depth: usize, name: &[u8], count: u64) -> bool {
        let place = match (depth, name) {
            (1, b"prompt_tokens" | b"input_tokens") => &mut self.input,
            (1, b"completion_tokens" | b"output_tokens") => &mut self.output,
            (1, b"cache_read_input_tokens") => &mut self.cache_read,
            (1, b"cache_creation_input_tokens") => &mut self.cache_written,
            (2, b"cached_tokens") => &mut self.cached,
            (2, b"reasoning_tokens" | b"thinking_tokens") => &mut self.reasoning,
            _ => return false,
        };
        *place = Some(count);
        depth == 1
    }
}

fn search(json: &[u8], told: &mut Told) -> bool {
    let mut any = false;
    let mut from = 0;
    while let Some(found) = NAME.find(&json[from..]) {
        from += found + NAME.needle().len();
        if let Some(object) = object_after(&json[from..]) {
            any |= read(object, told);
        }
    }
    any
}

/// What follows the brace of an object that is the value of the name before `json`.
fn object_after(json: &[u8]) -> Option<&[u8]> {
    let value = json.trim_ascii_start().strip_prefix(b":")?;
    value.trim_ascii_start().strip_prefix(b"{")
}

/// Reads the counts of an object, whose opening brace is already read.
fn read(object: &[u8], told: &mut Told) -> bool {
    let mut any = false;
    let mut depth = 1;
    let mut name: &[u8] = b"";
    let mut at = 0;
    while let Some(&byte) = object.get(at) {
        at += 1;
        match byte {
            b'{' | b'[' => depth += 1,
            b'}' | b']' => {
                depth -= 1;
                if depth == 0 {
                    break;
                }
            }
            b'"' => {
                let Some(length) = memchr::memchr2(b'"', b'\\', &object[at..]) else {
                    break;
                };
                if object[at + length] == b'\\' {
                    // No name that counts is written so, and none of the others matters.
                    break;
                }
                name = &object[at..at + length];
                at += length + 1;
            }
            b'0'..=b'9' => {
                let mut count = u64::from(byte - b'0');
                while let Some(digit @ b'0'..=b'9') = object.get(at) {
                    count = count
                        .saturating_mul(10)
                        .saturating_add(u64::from(digit - b'0'));
                    at += 1;
                }
                any |= told.set(depth, name, count);
                name = b"";
            }
            _ => {}
        }
    }
    any
}

#[cfg(test)]
#[path = "read_tests.rs"]
mod tests;
