//! Answers with faults in their bytes.

use super::{Fault, Faults};
use crate::answer::{Body, Provider, Segment, Template};

/// What the faults make of an answer; those that are not in its bytes are
/// left to whoever sends it. `error` gives the events of an error, for the
/// number of events before it.
pub(crate) fn edit(
    answer: &Template,
    faults: &Faults,
    provider: Provider,
    error: impl Fn(usize) -> Vec<Segment>,
) -> Template {
    match answer.body() {
        Body::Whole(piece) => {
            let mut text = String::from_utf8_lossy(piece.content()).into_owned();
            for fault in faults.iter() {
                match fault {
                    Fault::NoUsage => text = without_usage(&text, provider),
                    Fault::WrongText => text = wrong(&text),
                    Fault::TruncatedJson => text.truncate(half(&text)),
                    _ => {}
                }
            }
            answer.with_text(&text)
        }
        Body::Stream(pieces) => {
            let mut events = pieces
                .iter()
                .map(|piece| Segment {
                    bytes: piece.content().to_vec(),
                    generated: piece.is_generated(),
                })
                .collect();
            for fault in faults.iter() {
                edit_events(&mut events, fault, provider, &error);
            }
            answer.with_events(&events)
        }
    }
}

fn edit_events(
    events: &mut Vec<Segment>,
    fault: Fault,
    provider: Provider,
    error: &impl Fn(usize) -> Vec<Segment>,
) {
    match fault {
        Fault::NoUsage => {
            // Chat's chunk that has nothing but the usage.
            events.retain(|event| !event.text().contains("\"choices\":[],"));
            rewrite(events, |text| without_usage(text, provider));
        }
        Fault::WrongText => rewrite(events, wrong),
        Fault::Reorder => {
            let mut generated = (0..events.len()).filter(|&index| events[index].generated);
            if let (Some(first), Some(second)) = (generated.next(), generated.next()) {
                events.swap(first, second);
            }
        }
        Fault::TruncatedJson => {
            let generated: Vec<usize> = (0..events.len())
                .filter(|&index| events[index].generated)
                .collect();
            if let Some(&middle) = generated.get(generated.len() / 2) {
                let text = events[middle].text();
                let begin = text.find("data: ").map_or(0, |at| at + "data: ".len());
                let (field, json) = text.split_at(begin);
                let cut = [field, &json[..half(json.trim_end())], "\n\n"].concat();
                events[middle].bytes = cut.into_bytes();
            }
        }
        Fault::Error(after) => {
            events.truncate(after);
            events.extend(error(events.len()));
        }
        Fault::NoTerminal => {
            events.pop();
        }
        Fault::Comments => {
            let before = std::mem::take(events);
            for (index, event) in before.into_iter().enumerate() {
                if index % 4 == 0 {
                    events.push(Segment::plain(": keep-alive\n\n"));
                    // Never before the message has begun.
                    if provider == Provider::Anthropic && index > 0 {
                        events.push(Segment::plain(
                            "event: ping\ndata: {\"type\": \"ping\"}\n\n",
                        ));
                    }
                }
                events.push(event);
            }
        }
        Fault::Crlf => rewrite(events, |text| {
            text.replace("\r\n", "\n").replace('\n', "\r\n")
        }),
        Fault::SeveralEventsInOneWrite => {
            *events = events
                .chunks(3)
                .map(|group| Segment {
                    bytes: group.iter().flat_map(|event| event.bytes.clone()).collect(),
                    generated: group.iter().any(|event| event.generated),
                })
                .collect();
        }
        Fault::SplitUtf8 => {
            let before = std::mem::take(events);
            for event in before {
                match within_character(&event.bytes) {
                    Some(at) => {
                        let (first, second) = event.bytes.split_at(at);
                        events.push(Segment {
                            bytes: first.to_vec(),
                            generated: event.generated,
                        });
                        events.push(Segment {
                            bytes: second.to_vec(),
                            generated: false,
                        });
                    }
                    None => events.push(event),
                }
            }
        }
        Fault::Status(_)
        | Fault::Delay(_)
        | Fault::Hang
        | Fault::Close
        | Fault::OneByteWrites
        | Fault::Cut(_)
        | Fault::Stall(_) => {}
    }
}

/// A place within the first character of `bytes` that has more than one.
pub(crate) fn within_character(bytes: &[u8]) -> Option<usize> {
    bytes.iter().position(|byte| *byte >= 0xC0).map(|at| at + 1)
}

fn rewrite(events: &mut [Segment], with: impl Fn(&str) -> String) {
    for event in events {
        event.bytes = with(&event.text()).into_bytes();
    }
}

/// About half of a text, without cutting a character.
fn half(text: &str) -> usize {
    text.floor_char_boundary(text.len() / 2)
}

/// The text with another letter, wherever the answer repeats it.
fn wrong(text: &str) -> String {
    // The first piece of the stamped text, of the published one, and of the
    // arguments of a call.
    text.replace("]A ", "]B ")
        .replace("\"This ", "\"Thus ")
        .replace("Orl", "Arl")
}

/// The JSON without its usage, or, as Responses would have it, with none.
fn without_usage(text: &str, provider: Provider) -> String {
    let key = match provider {
        Provider::OpenAi | Provider::Anthropic => ",\"usage\":",
        Provider::Gemini => ",\"usageMetadata\":",
    };
    let mut left = text;
    let mut out = String::with_capacity(text.len());
    while let Some(at) = left.find(key) {
        let (before, value) = (&left[..at], &left[at + key.len()..]);
        out.push_str(before);
        if before.contains("\"object\":\"response\"") {
            out.push_str(key);
            out.push_str("null");
        }
        left = &value[value_length(value)..];
    }
    out + left
}

/// How long the JSON value is that `text` begins with: an object whose strings
/// hold no braces, as a usage's do not, or a word.
fn value_length(text: &str) -> usize {
    let mut depth = 0_usize;
    for (at, byte) in text.bytes().enumerate() {
        match byte {
            b'{' => depth += 1,
            b'}' if depth <= 1 => return at + depth,
            b'}' => depth -= 1,
            b',' if depth == 0 => return at,
            _ => {}
        }
    }
    text.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn usage_is_taken_out() {
        let without = |text| without_usage(text, Provider::OpenAi);
        assert_eq!(
            without(r#"{"a":1,"usage":{"b":{"c":1}},"d":2}"#),
            r#"{"a":1,"d":2}"#
        );
        assert_eq!(without(r#"{"a":1,"usage":null}"#), r#"{"a":1}"#);
        assert_eq!(without(r#"{"a":1,"usage":null,"b":2}"#), r#"{"a":1,"b":2}"#);
        let response = r#"{"object":"response","a":1,"usage":{"b":{}},"d":2}"#;
        let expected = r#"{"object":"response","a":1,"usage":null,"d":2}"#;
        assert_eq!(without(response), expected);
    }

    fn after(fault: Fault, provider: Provider) -> Vec<String> {
        let mut events: Vec<Segment> = ["open", "é1", "2", "3", "end"]
            .iter()
            .enumerate()
            .map(|(index, text)| Segment {
                bytes: format!("data: {text}\n\n").into_bytes(),
                generated: (1..4).contains(&index),
            })
            .collect();
        let error = |after| vec![Segment::plain(&format!("error {after}"))];
        edit_events(&mut events, fault, provider, &error);
        events
            .iter()
            .map(|event| event.bytes.escape_ascii().to_string().replace("data: ", ""))
            .collect()
    }

    #[test]
    fn events() {
        let after = |fault| after(fault, Provider::OpenAi).join("|");
        assert_eq!(
            after(Fault::Reorder),
            r"open\n\n|2\n\n|\xc3\xa91\n\n|3\n\n|end\n\n"
        );
        assert_eq!(after(Fault::Error(2)), r"open\n\n|\xc3\xa91\n\n|error 2");
        assert_eq!(
            after(Fault::NoTerminal),
            r"open\n\n|\xc3\xa91\n\n|2\n\n|3\n\n"
        );
        assert_eq!(
            after(Fault::SplitUtf8),
            r"open\n\n|\xc3|\xa91\n\n|2\n\n|3\n\n|end\n\n"
        );
        assert_eq!(
            after(Fault::SeveralEventsInOneWrite),
            r"open\n\n\xc3\xa91\n\n2\n\n|3\n\nend\n\n"
        );
        assert!(after(Fault::Crlf).starts_with(r"open\r\n\r\n|"));
        assert!(after(Fault::TruncatedJson).contains(r"|\n\n|3"));
        assert_eq!(
            after(Fault::Comments).matches(r": keep-alive\n\n").count(),
            2
        );
    }

    #[test]
    fn only_messages_has_pings() {
        for (provider, pings) in [(Provider::OpenAi, 0), (Provider::Anthropic, 1)] {
            let events = after(Fault::Comments, provider).concat();
            assert_eq!(events.matches("event: ping").count(), pings);
        }
    }
}
