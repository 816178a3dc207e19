//! Requests and whole answers through every pair.

use hyper::StatusCode;

use super::is_json;
use crate::config::ProviderDialect;
use crate::dialect::{Dialect, Fault};
use crate::translate::{self, Moment, Plan};

pub(super) const PROVIDERS: [ProviderDialect; 4] = [
    ProviderDialect::Chat,
    ProviderDialect::Responses,
    ProviderDialect::Messages,
    ProviderDialect::Gemini,
];
/// Models that take different things.
const MODELS: [&str; 3] = ["claude-3-5-haiku-20241022", "claude-opus-4-7", "gpt-5"];
const MOMENT: Moment = Moment {
    unix_seconds: 1_782_345_600,
    unique: 0xab,
};

/// A client's request: for each provider it is JSON, or an error of the client's dialect. What is
/// sent can be sent again: whoever reads it as a client of that dialect finds nothing to refuse.
pub fn request(client: usize, body: &[u8]) {
    let client = Dialect::ALL[client];
    for provider in PROVIDERS {
        for model in MODELS {
            match translate::request(client, provider, model, body, MOMENT) {
                Ok(sent) => {
                    assert!(is_json(&sent.body), "{provider:?}: {:?}", sent.body);
                    let Some(next) = spoken(provider) else {
                        continue;
                    };
                    if let Err(why) = translate::request(next, provider, model, &sent.body, MOMENT)
                    {
                        panic!("{client:?} to {provider:?}: {why}: {:?}", sent.body);
                    }
                }
                Err(fault) => assert!(is_json(&client.error_body(&fault, None))),
            }
        }
    }
}

/// A provider's whole answer: for each client it is JSON, or a fault. So is an error answer.
pub fn answer(provider: usize, body: &[u8]) {
    for client in Dialect::ALL {
        let plan = plan(client, PROVIDERS[provider]);
        match plan.answer(body) {
            Ok(told) => assert!(is_json(&told.body), "{client:?}: {:?}", told.body),
            Err(failure) => {
                let fault = failure.into_fault("p");
                assert!(is_json(&client.error_body(&fault, None)));
            }
        }
        let problem = Fault::Provider(plan.problem(StatusCode::BAD_REQUEST, body));
        assert!(is_json(&client.error_body(&problem, None)));
    }
}

/// The client's dialect that is a provider's too.
fn spoken(provider: ProviderDialect) -> Option<Dialect> {
    match provider {
        ProviderDialect::Chat => Some(Dialect::Chat),
        ProviderDialect::Responses => Some(Dialect::Responses),
        ProviderDialect::Messages => Some(Dialect::Messages),
        ProviderDialect::Gemini => None,
    }
}

/// How an answer of `provider` to the least request of `client` is told.
pub(super) fn plan(client: Dialect, provider: ProviderDialect) -> Plan {
    let least: &[u8] = match client {
        Dialect::Chat => {
            br#"{"model":"m","messages":[{"role":"user","content":"h"}],"stream":true}"#
        }
        Dialect::Responses => br#"{"model":"m","input":"h","stream":true}"#,
        Dialect::Messages => {
            br#"{"model":"m","max_tokens":9,"messages":[{"role":"user","content":"h"}],"stream":true}"#
        }
    };
    match translate::request(client, provider, "m", least, MOMENT) {
        Ok(translated) => translated.plan,
        Err(fault) => panic!("{fault}"),
    }
}
