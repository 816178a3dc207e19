//! One check for answer after answer, as a connection of the generator uses it.

use std::sync::Arc;

use workload::stamp::Stamp;
use workload::{AnswerCheck, EndOfBody, Expected, Outcome, Script, Sink};

#[derive(Default)]
struct Heard {
    pieces: u32,
    stamps: Vec<Stamp>,
}

impl Sink for Heard {
    fn piece(&mut self) {
        self.pieces += 1;
    }

    fn stamp(&mut self, stamp: Stamp) {
        self.stamps.push(stamp);
    }
}

fn chat(text: &str) -> String {
    format!(
        r#"{{"object":"chat.completion","choices":[{{"message":{{"role":"assistant","content":"{text}"}},"finish_reason":"stop"}}]}}"#
    )
}

/// The answer's text with clock readings in its stamp.
fn text(received: u64, sent: u64) -> String {
    let blank = format!("r={:019} s={:019}", 0, 0);
    let filled = format!("r={received:019} s={sent:019}");
    Script::stamped(4).whole_text().replace(&blank, &filled)
}

#[test]
fn each_answer_is_judged_by_itself() {
    let workload = "chat".parse().expect("a workload");
    let expected = Arc::new(Expected::new(workload, &Script::stamped(4)));
    let mut check = AnswerCheck::new(expected);
    let mut judge = |body: &str| {
        let mut heard = Heard::default();
        check.reset();
        check.feed(body.as_bytes(), &mut heard);
        let outcome = check.finish(EndOfBody::Framed, &mut heard);
        (outcome, heard)
    };
    for (received, sent) in [(1, 2), (3, 4), (19, 20)] {
        let (outcome, heard) = judge(&chat(&text(received, sent)));
        assert_eq!(outcome, Outcome::Ok);
        assert_eq!(heard.pieces, 1);
        let stamp = Stamp {
            index: 0,
            received_ns: received,
            sent_ns: sent,
        };
        assert_eq!(heard.stamps, [stamp]);
    }
    for wrong in [
        chat(&text(5, 6).replace("gateway", "gatewax")),
        chat(&text(5, 6).replace("i=00000", "i=00001")),
        chat(&text(5, 6)).replace("stop", "stob"),
        chat(&text(5, 6)).replace("}]}", "}]]"),
        chat(""),
    ] {
        assert_eq!(judge(&wrong).0, Outcome::WrongBody, "{wrong}");
    }
    assert_eq!(judge(&chat(&text(7, 8))).0, Outcome::Ok);
}
