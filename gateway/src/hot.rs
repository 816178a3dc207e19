//! The hot functions, for benches and for the tests that count allocations. Not an interface.

use std::rc::Rc;
use std::sync::Arc;

use bytes::{Bytes, BytesMut};
use hyper::StatusCode;

use crate::access_log::{LogTo, Writer};
use crate::config::ProviderDialect;
use crate::dialect::{Dialect, Fault};
use crate::http::Request;
use crate::metrics::{Names, Outcome};
use crate::relay::Follow;
use crate::request::{Selection, splice, splice_and_ask};
use crate::server::read_head;
use crate::trail::Recorder;
use crate::translate;
use crate::usage;

/// Scans a request's body; the length of the model's name, 0 if there is none.
#[must_use]
pub fn scan(body: &[u8]) -> usize {
    Selection::read(body).map_or(0, |selection| selection.model.len())
}

/// Scans a Chat request's body and writes `name` into it, and the question for usage.
#[must_use]
pub fn scan_and_splice(body: &[u8], name: &str) -> Bytes {
    let Ok(selection) = Selection::read(body) else {
        return Bytes::new();
    };
    match usage::ask(body, selection.stream_options.as_ref()) {
        Some(asked) => splice_and_ask(body, selection.model_span(), Some(name), &asked),
        None => splice(body, selection.model_span(), name),
    }
}

/// Follows a stream of `dialect` (an index into chat, responses, messages) that came in
/// `pieces`; the number of bytes passed on.
#[must_use]
pub fn follow(dialect: usize, pieces: &[Bytes], strips_usage: bool) -> usize {
    let mut follow = Follow::new(Dialect::ALL[dialect % Dialect::ALL.len()], strips_usage);
    let passed = pieces
        .iter()
        .filter_map(|piece| follow.push(piece.clone()))
        .map(|piece| piece.len())
        .sum();
    debug_assert!(follow.is_complete());
    passed
}

/// Finds the usage of a whole answer; the tokens that went in.
#[must_use]
pub fn read_usage(answer: &[u8]) -> Option<u64> {
    usage::in_answer(answer).map(|tokens| tokens.input)
}

/// The head of a request, read.
pub struct RequestHead(Request<()>);

/// Reads the head of a request; `None` if it is none.
#[must_use]
pub fn read_request(head: &str) -> Option<RequestHead> {
    read_head(head).map(RequestHead)
}

/// Reads a response's head and its body, all of which is there; the body's length.
#[must_use]
pub fn read_response(response: &[u8]) -> usize {
    crate::upstream::read_whole(BytesMut::from(response))
}

/// Makes trails as requests do, and writes their lines to nowhere.
pub struct Trails {
    recorder: Rc<Recorder>,
    _writer: Writer,
}

impl Trails {
    /// `None` where `/dev/null` cannot be written.
    #[must_use]
    pub fn new() -> Option<Self> {
        let writer = Writer::start(&LogTo::File("/dev/null".into())).ok()??;
        let recorder = Recorder::new(Arc::new(Names::default()), Some(writer.pen()));
        Some(Self {
            recorder: Rc::new(recorder),
            _writer: writer,
        })
    }

    /// One request's trail, from its beginning to its line.
    pub fn walk(&self, request: &RequestHead) {
        let mut trail = self
            .recorder
            .begin(Some("chat"), request.0.path(), &request.0.headers);
        trail.asked("fast", false, 1000);
        trail.listed("fast");
        trail.trying("openai", "gpt-4o-mini");
        trail.answered(StatusCode::OK, Outcome::Ok);
        trail.used(Some(usage::Tokens::default()));
        trail.sent(1000);
        trail.complete();
    }
}

/// Translates the request of a client (an index into chat, responses, messages) for a provider
/// (the same, or gemini); the length of what is sent, 0 if it is refused.
#[must_use]
pub fn translate_request(client: usize, provider: usize, body: &[u8]) -> usize {
    translated(client, provider, body).map_or(0, |translated| translated.body.len())
}

fn translated(client: usize, provider: usize, body: &[u8]) -> Option<translate::Translated> {
    let moment = translate::Moment {
        unix_seconds: 1,
        unique: 1,
    };
    let (client, provider) = (Dialect::ALL[client], PROVIDERS[provider]);
    translate::request(client, provider, "gpt-4o-mini", body, moment).ok()
}

const PROVIDERS: [ProviderDialect; 4] = [
    ProviderDialect::Chat,
    ProviderDialect::Responses,
    ProviderDialect::Messages,
    ProviderDialect::Gemini,
];

/// How the answers to one request are told.
pub struct Telling(Arc<translate::Plan>);

impl Telling {
    /// For the request `body`, as [`translate_request`] has it; `None` if that is refused.
    #[must_use]
    pub fn of(client: usize, provider: usize, body: &[u8]) -> Option<Self> {
        let translated = translated(client, provider, body)?;
        Some(Self(Arc::new(translated.plan)))
    }

    /// Translates a whole answer; the length of what the client is told, 0 if it is none.
    #[must_use]
    pub fn answer(&self, body: &[u8]) -> usize {
        self.0.answer(body).map_or(0, |told| told.body.len())
    }

    /// Translates a stream that came in `pieces`; the number of bytes that the client is told.
    #[must_use]
    pub fn stream(&self, pieces: &[Bytes]) -> usize {
        let mut stream = translate::Stream::new(self.0.clone(), "p");
        let told: usize = pieces
            .iter()
            .filter_map(|piece| stream.push(piece))
            .map(|told| told.len())
            .sum();
        // Gemini's end with their bytes.
        let last = stream.finish(true, &Fault::Overloaded);
        debug_assert!(!stream.failed());
        told + last.map_or(0, |last| last.len())
    }
}
