//! The answers, made before the first request comes.
//!
//! Each dialect's module makes the JSON of its answers; [`Template`] turns it
//! into bytes with places for the stamps; [`Stamper`] fills these in, for each
//! request anew. Only what depends on a request is made for it: a call of a
//! function it offers, and an error.

mod call;
mod chat;
mod event;
mod fault;
mod identity;
mod messages;
mod models;
mod object;
mod responses;
mod stamper;
mod template;
mod usage;

use std::borrow::Cow;

use workload::{Dialect, Script};

use crate::ask::Ask;
use crate::http::{Refusal, Request};
use crate::route::{Route, route};
use fault::Fault;
use object::{Json, object};

pub use stamper::Stamper;
pub use template::{Body, Piece, Template};

/// Every answer that can be ready before it is asked for.
#[derive(Debug)]
pub struct Answers {
    chat: Text,
    chat_with_usage: Template,
    responses: Text,
    messages: Text,
    models: Template,
    anthropic_models: Template,
    health: Template,
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
            chat: Text {
                whole: whole(Dialect::Chat, chat::text(script)),
                stream: Template::stream(Dialect::Chat, chat::text_stream(script, false)),
            },
            chat_with_usage: Template::stream(Dialect::Chat, chat::text_stream(script, true)),
            responses: Text {
                whole: whole(Dialect::Responses, responses::text(script)),
                stream: Template::stream(Dialect::Responses, responses::text_stream(script)),
            },
            messages: Text {
                whole: whole(Dialect::Messages, messages::text(script)),
                stream: Template::stream(Dialect::Messages, messages::text_stream(script)),
            },
            models: whole(Dialect::Chat, models::openai()),
            anthropic_models: whole(Dialect::Messages, models::anthropic()),
            health: whole(Dialect::Chat, object! { "status": "ok" }),
        }
    }

    /// The answer to a request.
    pub fn answer(&self, request: &Request<'_>) -> Cow<'_, Template> {
        let Some(route) = route(request.target) else {
            let fault = Fault::not_found(request.target);
            return Cow::Owned(fault.template(Dialect::Chat));
        };
        if !route.allows(request.method) {
            return Cow::Owned(Fault::wrong_method(route.allowed()).template(route.dialect()));
        }
        match route {
            Route::Generate(dialect) => match Ask::read(dialect, request.body) {
                Ok(ask) => self.generate(dialect, &ask),
                Err(bad) => Cow::Owned(Fault::bad_ask(&bad).template(dialect)),
            },
            Route::Models if request.anthropic => Cow::Borrowed(&self.anthropic_models),
            Route::Models => Cow::Borrowed(&self.models),
            Route::Health => Cow::Borrowed(&self.health),
        }
    }

    /// The answer to a request that could not be read to its end; `target` is
    /// its target, as far as that is known.
    pub fn refuse(&self, target: Option<&str>, refusal: Refusal) -> Template {
        let dialect = target.and_then(route).map_or(Dialect::Chat, Route::dialect);
        Fault::refusal(refusal).template(dialect)
    }

    fn generate(&self, dialect: Dialect, ask: &Ask) -> Cow<'_, Template> {
        if let Some(function) = &ask.call {
            return Cow::Owned(call_template(dialect, function, ask));
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

fn call_template(dialect: Dialect, function: &str, ask: &Ask) -> Template {
    if ask.stream {
        let events = match dialect {
            Dialect::Chat => chat::call_stream(function, ask.include_usage),
            Dialect::Responses => responses::call_stream(function),
            Dialect::Messages => messages::call_stream(function),
        };
        return Template::stream(dialect, events);
    }
    let json = match dialect {
        Dialect::Chat => chat::call(function),
        Dialect::Responses => responses::call(function),
        Dialect::Messages => messages::call(function),
    };
    Template::whole(200, dialect, "", &json)
}
