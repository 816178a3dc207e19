//! How a stream breaks: the events of an error in its middle.

use workload::Script;

use super::event::Event;
use super::identity::REQUEST_ID;
use super::object::{NULL, fields, object};
use super::problem::overloaded;
use super::provider::Provider;
use super::responses;
use super::template::Segment;

/// The dialect of a stream that breaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Breaks {
    Chat,
    Responses,
    Messages,
    Gemini,
}

impl Breaks {
    /// The events of an error that `before` events came before.
    pub(crate) fn segments(self, script: &Script, before: usize) -> Vec<Segment> {
        self.events(script, before)
            .iter()
            .map(Segment::from)
            .collect()
    }

    fn events(self, script: &Script, before: usize) -> Vec<Event> {
        match self {
            Self::Chat => {
                let error = object! { "error": overloaded(Provider::OpenAi) };
                vec![Event::unnamed(error.get())]
            }
            // As really sent (wire formats, 1b): the error in an object of its
            // own, then the response that failed.
            Self::Responses => {
                let error = object! {
                    "type": "error",
                    "sequence_number": before,
                    "error": object! {
                        "type": "server_error",
                        "code": "server_error",
                        "message": "The server had an error while processing your request.",
                        "param": NULL,
                    },
                };
                let failed = object! {
                    "type": "response.failed",
                    "response": responses::failed(script.preset()),
                    "sequence_number": before + 1,
                };
                vec![
                    Event::named("error", error),
                    Event::named("response.failed", failed),
                ]
            }
            Self::Messages => {
                let error = fields! {
                    "type": "error",
                    "error": overloaded(Provider::Anthropic),
                    "request_id": REQUEST_ID,
                };
                vec![Event::named("error", error.close())]
            }
            Self::Gemini => {
                let error = object! { "error": overloaded(Provider::Gemini) };
                vec![Event::unnamed(error.get())]
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use insta::assert_snapshot;

    use super::*;

    #[test]
    fn errors_in_streams() {
        let script = Script::stamped(1);
        let all: String = [
            Breaks::Chat,
            Breaks::Responses,
            Breaks::Messages,
            Breaks::Gemini,
        ]
        .into_iter()
        .flat_map(|breaks| breaks.events(&script, 4))
        .map(|event| event.text())
        .collect();
        assert_snapshot!("error_events", all);
    }
}
