//! What a client makes of an answer.

use std::sync::Arc;

use serde_json::Value;
use workload::{
    AnswerCheck, DEFAULT_CHUNKS, Dialect, EndOfBody, Expected, Outcome, Script, Workload,
};

use super::asking::Answer;

/// What a client sees.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Seen {
    /// 200, and the bytes that come without a fault, pieces and stamps aside.
    Right,
    /// 200, a proper end, and a text that differs: nobody in between can know better.
    AsSent,
    /// An error answer in the client's dialect, with this status.
    Error(u16),
    /// 200, the beginning of a stream, and an error event of the client's dialect as its end.
    ErrorEvent,
}

use Seen::{AsSent, Error, ErrorEvent, Right};

/// Whether `answer` is all that the mock says without a fault, by the judge of the benchmark.
pub(crate) fn is_right(workload: Workload, answer: &Answer) -> Result<(), String> {
    let expected = Expected::new(workload, &Script::stamped(DEFAULT_CHUNKS));
    let mut check = AnswerCheck::new(Arc::new(expected));
    check.feed(answer.body.as_bytes(), &mut ());
    match (answer.status, check.finish(EndOfBody::Framed, &mut ())) {
        (200, Outcome::Ok) => Ok(()),
        (status, outcome) => Err(format!(
            "{status} {outcome} {:?}: {}",
            check.reason(),
            answer.body
        )),
    }
}

/// `text` with the digits of stamps and everything counted from them masked.
fn masked(text: &str) -> String {
    text.chars()
        .map(|letter| if letter.is_ascii_digit() { '0' } else { letter })
        .collect()
}

/// The message of an error in the dialect's own form.
fn message(dialect: Dialect, json: &str) -> Option<String> {
    let value: Value = serde_json::from_str(json).ok()?;
    let right_shape = match dialect {
        Dialect::Messages => value["type"] == "error" && value["error"]["type"].is_string(),
        _ => value["error"].is_object(),
    };
    let message = value["error"]["message"].as_str()?.to_owned();
    right_shape.then_some(message)
}

/// The data of a stream's events.
fn events(body: &str) -> Vec<&str> {
    body.lines()
        .filter_map(|line| line.strip_prefix("data: "))
        .map(str::trim_end)
        .collect()
}

fn ends_well(dialect: Dialect, events: &[&str]) -> bool {
    let last = events.last().copied().unwrap_or_default();
    match dialect {
        Dialect::Chat => last == "[DONE]",
        Dialect::Responses => last.contains("\"response.completed\""),
        Dialect::Messages => last.contains("\"message_stop\""),
    }
}

fn ends_in_an_error(dialect: Dialect, events: &[&str]) -> bool {
    let terminal = |data: &&&str| **data == "[DONE]" || data.contains("message_stop");
    if events.iter().filter(terminal).count() > 0 {
        return false;
    }
    let [.., before, last] = events else {
        return false;
    };
    match dialect {
        Dialect::Responses => {
            message(dialect, before).is_some() && last.contains("\"response.failed\"")
        }
        _ => message(dialect, last).is_some(),
    }
}

/// What `answer` is, beside the one that is `good`.
pub(crate) fn seen(workload: Workload, answer: &Answer, good: &Answer) -> Result<Seen, String> {
    let Workload { dialect, stream } = workload;
    let wrong = |what: &str| Err(format!("{what}: {} {}", answer.status, answer.body));
    if !answer.whole {
        return wrong("the body was cut off");
    }
    if answer.status != 200 {
        return match message(dialect, &answer.body) {
            Some(_) => Ok(Error(answer.status)),
            None => wrong("not an error of the dialect"),
        };
    }
    if masked(&answer.body) == masked(&good.body) {
        return Ok(Right);
    }
    let events = events(&answer.body);
    if !stream {
        return match serde_json::from_str::<Value>(&answer.body) {
            Ok(_) => Ok(AsSent),
            Err(_) => wrong("half an answer"),
        };
    }
    if ends_in_an_error(dialect, &events) {
        Ok(ErrorEvent)
    } else if ends_well(dialect, &events) {
        Ok(AsSent)
    } else {
        wrong("neither an end nor an error")
    }
}
