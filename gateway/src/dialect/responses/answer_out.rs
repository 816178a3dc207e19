//! Writes a Responses answer.

use super::output_item;
use super::response_out::{self, Response};
use crate::translate::json::{Text, Writer};
use crate::translate::{Answer, Notes, Origin, Part, Plan, Signature, ids};

/// Writes `answer` for a Responses client.
pub(crate) fn write(answer: &Answer<'_>, plan: &Plan, _: &mut Notes, out: &mut Vec<u8>) {
    let id = ids::prefixed("resp_", &answer.id, plan);
    let refusal_said = answer
        .parts
        .iter()
        .any(|part| matches!(part, Part::Refusal(_)));
    let (status, _) = response_out::status(&answer.stop, refusal_said);
    let mut items = Items {
        out: Vec::new(),
        stem: id.escaped(),
        status,
        count: 0,
    };
    for part in &answer.parts {
        items.write(part);
    }
    let response = Response {
        id: &id,
        created: answer.created.unwrap_or(plan.moment.unix_seconds),
        model: &ids::model(&answer.model, plan),
        stop: Some(&answer.stop),
        refusal_said,
        output: &items.out,
        usage: Some(&answer.usage),
    };
    response_out::write(&response, plan, &mut Writer::new(out));
}

struct Items<'i> {
    out: Vec<u8>,
    stem: &'i str,
    status: &'static str,
    count: usize,
}

impl Items<'_> {
    fn write(&mut self, part: &Part<'_>) {
        match part {
            Part::Text(text) | Part::Refusal(text) => {
                let refusal = matches!(part, Part::Refusal(_));
                let (id, status) = (self.id("msg_"), self.status);
                output_item::message(&id, refusal, text, status, &mut self.next());
            }
            Part::Thinking(thinking) => {
                let proof = thinking.signature.as_ref().map(Signature::packed);
                self.reasoning(&thinking.text, proof.as_ref());
            }
            Part::Call(call) => {
                if let Some(value) = &call.signature {
                    let proof = Signature::new(Origin::Gemini, value.clone()).packed();
                    self.reasoning(&Text::default(), Some(&proof));
                }
                let (id, status) = (self.id("fc_"), self.status);
                let arguments = |w: &mut Writer<'_>| call.arguments.write_string(w);
                let mut w = self.next();
                output_item::call(&id, &call.id, &call.name, status, arguments, &mut w);
            }
            // Models give none of these.
            Part::Image(_) | Part::File(_) | Part::Audio(_) | Part::Result(_) => {}
        }
    }

    fn reasoning(&mut self, text: &Text<'_>, proof: Option<&Text<'_>>) {
        let id = self.id("rs_");
        output_item::reasoning(&id, text, proof, &mut self.next());
    }

    fn id(&mut self, prefix: &str) -> String {
        self.count += 1;
        ids::item(prefix, self.stem, self.count - 1)
    }

    fn next(&mut self) -> Writer<'_> {
        if !self.out.is_empty() {
            self.out.push(b',');
        }
        Writer::new(&mut self.out)
    }
}
