//! The answers, made before the first request comes.
//!
//! Each dialect's module makes the JSON of its answers; [`Template`] turns it
//! into bytes with places for the stamps; [`Stamper`] fills these in, for each
//! request anew. Only what depends on a request is made for it: a call of a
//! function it offers, and an error.

mod broken;
mod call;
mod chat;
mod content;
mod embeddings;
mod event;
mod gemini;
mod identity;
mod messages;
mod models;
pub(crate) mod object;
mod problem;
mod provider;
mod responses;
mod stamper;
mod template;
mod usage;

use std::borrow::Cow;

use workload::{Dialect, Script};

use crate::ask::{Ask, EmbeddingsAsk};
use content::Content;
use object::{Json, object};
use usage::Usage;

pub(crate) use broken::Breaks;
pub(crate) use problem::Problem;
pub use provider::Provider;
pub use stamper::Stamper;
pub use template::{Body, Piece, Segment, Template};

/// Every answer that can be ready before it is asked for.
#[derive(Debug)]
pub struct Answers {
    script: Script,
    chat: Text,
    chat_with_usage: Template,
    responses: Text,
    messages: Text,
    models: Template,
    anthropic_models: Template,
    health: Template,
    token_count: Template,
}

/// The text of the script in one dialect.
#[derive(Debug)]
struct Text {
    whole: Template,
    stream: Template,
}

impl Answers {
    /// The answers that say `script`.
    pub fn new(script: &Script) -> Self {
        let whole = |dialect, json: Json| Template::whole(200, dialect, "", &json);
        Self {
            script: script.clone(),
            chat: Text {
                whole: whole(Dialect::Chat, chat::whole(script, &Content::TEXT)),
                stream: Template::stream(
                    Dialect::Chat,
                    chat::stream(script, &Content::TEXT, false),
                ),
            },
            chat_with_usage: Template::stream(
                Dialect::Chat,
                chat::stream(script, &Content::TEXT, true),
            ),
            responses: Text {
                whole: whole(Dialect::Responses, responses::whole(script, &Content::TEXT)),
                stream: Template::stream(
                    Dialect::Responses,
                    responses::stream(script, &Content::TEXT),
                ),
            },
            messages: Text {
                whole: whole(Dialect::Messages, messages::whole(script, &Content::TEXT)),
                stream: Template::stream(
                    Dialect::Messages,
                    messages::stream(script, &Content::TEXT),
                ),
            },
            models: whole(Dialect::Chat, models::openai()),
            anthropic_models: whole(Dialect::Messages, models::anthropic()),
            health: whole(Dialect::Chat, object! { "status": "ok" }),
            token_count: whole(
                Dialect::Messages,
                object! { "input_tokens": Usage::of_request() },
            ),
        }
    }

    /// The list of models, in Anthropic's form or in OpenAI's.
    pub(crate) fn models(&self, anthropic: bool) -> Cow<'_, Template> {
        Cow::Borrowed(if anthropic {
            &self.anthropic_models
        } else {
            &self.models
        })
    }

    /// The sign of life.
    pub(crate) fn health(&self) -> Cow<'_, Template> {
        Cow::Borrowed(&self.health)
    }

    /// How many tokens a request has.
    pub(crate) fn token_count(&self) -> Cow<'_, Template> {
        Cow::Borrowed(&self.token_count)
    }

    /// The embeddings that were asked for.
    pub(crate) fn embeddings(&self, ask: &EmbeddingsAsk) -> Cow<'_, Template> {
        let json = embeddings::embeddings(ask);
        Cow::Owned(Template::whole(200, Provider::OpenAi, "", &json))
    }

    /// Gemini's answer.
    pub(crate) fn gemini(&self, ask: &Ask) -> Cow<'_, Template> {
        let content = Content::of(ask);
        Cow::Owned(if ask.stream {
            Template::stream(Provider::Gemini, gemini::stream(&self.script, &content))
        } else {
            let json = gemini::whole(&self.script, &content);
            Template::whole(200, Provider::Gemini, "", &json)
        })
    }

    /// The text of the answers.
    pub(crate) fn script(&self) -> &Script {
        &self.script
    }

    /// The answer that was asked for.
    pub(crate) fn generate(&self, dialect: Dialect, ask: &Ask) -> Cow<'_, Template> {
        let content = Content::of(ask);
        if !content.is_plain() {
            return Cow::Owned(make(dialect, &self.script, &content, ask));
        }
        let text = match dialect {
            Dialect::Chat if ask.stream && ask.include_usage => {
                return Cow::Borrowed(&self.chat_with_usage);
            }
            Dialect::Chat => &self.chat,
            Dialect::Responses => &self.responses,
            Dialect::Messages => &self.messages,
        };
        Cow::Borrowed(if ask.stream {
            &text.stream
        } else {
            &text.whole
        })
    }
}

fn make(dialect: Dialect, script: &Script, content: &Content, ask: &Ask) -> Template {
    if ask.stream {
        let events = match dialect {
            Dialect::Chat => chat::stream(script, content, ask.include_usage),
            Dialect::Responses => responses::stream(script, content),
            Dialect::Messages => messages::stream(script, content),
        };
        return Template::stream(dialect, events);
    }
    let json = match dialect {
        Dialect::Chat => chat::whole(script, content),
        Dialect::Responses => responses::whole(script, content),
        Dialect::Messages => messages::whole(script, content),
    };
    Template::whole(200, dialect, "", &json)
}
