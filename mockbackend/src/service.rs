//! What becomes of a request: its answer, and how that is sent.

use std::borrow::Cow;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use workload::{Dialect, Script};

use crate::answer::{Answers, Breaks, Problem, Provider, Template};
use crate::ask::{Ask, EmbeddingsAsk};
use crate::fault::{BadFault, Fault, Faults, Rate, edit};
use crate::http::{Method, Refusal, Request};
use crate::journal::{End, Journal, Number};
use crate::pace::{Current, Deadlines, Lateness, Pace};
use crate::random::Random;
use crate::received::{Count, Received};
use crate::route::{Route, gemini_model, route, wants_events};
use crate::strict::{self, Asked};
use crate::word_for_word::Queue;

/// Everything that requests are answered from, for all connections together.
#[derive(Debug)]
pub struct Service {
    answers: Answers,
    options: Options,
    journal: Option<Journal>,
    /// Answers that were posted, for those who keep a journal too.
    word_for_word: Queue,
    pub(crate) received: Received,
    /// When the pieces of answers are due that begin now.
    pace: Current,
    pub(crate) lateness: Lateness,
    /// How many answers have drawn from the seed.
    drawn: AtomicU64,
}

/// What the mock was started with, beside the text it says.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// When the pieces of answers are due, until that is changed.
    pub pace: Pace,
    /// The faults of a share of all answers.
    pub rates: Vec<Rate>,
    /// What all that is random follows from.
    pub seed: u64,
    /// Requests are kept to be looked at.
    pub journal: bool,
    /// What the real providers refuse is refused.
    pub strict: bool,
}

/// An answer and how it is sent.
#[derive(Debug)]
pub struct Reply<'a> {
    pub(crate) template: Cow<'a, Template>,
    /// How, unless at once and as it is.
    pub(crate) manner: Option<Box<Manner>>,
    /// Which request of the journal it answers, where one is kept.
    number: Option<Number>,
    /// Where its request was counted.
    pub(crate) count: Option<Count>,
}

/// How an answer is sent that is paced or has faults.
#[derive(Debug)]
pub(crate) struct Manner {
    pub(crate) faults: Faults,
    /// Its pace, unless it is due at once.
    pace: Option<Arc<Pace>>,
    random: Random,
}

impl Manner {
    /// The deadlines of the answer, which begins at `start_ns`, if it is paced.
    pub(crate) fn deadlines(&self, start_ns: u64) -> Option<Deadlines<'_>> {
        let pace = self.pace.as_ref()?;
        Some(pace.deadlines(start_ns, self.random.clone()))
    }
}

impl<'a> Reply<'a> {
    fn at_once(template: Cow<'a, Template>) -> Self {
        Self {
            template,
            manner: None,
            number: None,
            count: None,
        }
    }

    fn problem(problem: &Problem, provider: impl Into<Provider>) -> Self {
        Self::at_once(Cow::Owned(problem.template(provider)))
    }
}

impl Service {
    /// Whether an answer follows from what its request asks alone: nothing is
    /// kept of requests, nothing drawn at random, and no other field of their
    /// heads is looked at.
    pub(crate) fn forgets_requests(&self) -> bool {
        self.journal.is_none() && self.options.rates.is_empty() && !self.options.strict
    }

    /// A service that says `script`.
    pub fn new(script: &Script, options: Options) -> Self {
        Self {
            answers: Answers::new(script),
            journal: options.journal.then(Journal::default),
            word_for_word: Queue::default(),
            pace: Current::new(options.pace.clone()),
            options,
            received: Received::default(),
            lateness: Lateness::new(),
            drawn: AtomicU64::new(0),
        }
    }

    /// The answer to a request.
    pub fn reply(&self, request: &Request<'_>) -> Reply<'_> {
        let route = route(request.target);
        let number = match &self.journal {
            Some(journal) if !route.is_some_and(Route::is_about_the_mock) => {
                Some(journal.record(request))
            }
            _ => None,
        };
        let asked = route.filter(|route| route.allows(request.method));
        let count = asked.and_then(Count::of);
        if let Some(count) = count {
            self.received.add(count);
        }
        Reply {
            number,
            count,
            ..self.answer(route, request)
        }
    }

    /// Notes in the journal how an answer ended.
    pub(crate) fn ended(&self, reply: &Reply<'_>, end: End) {
        if let (Some(journal), Some(number)) = (&self.journal, reply.number) {
            journal.ended(number, end);
        }
    }

    fn answer(&self, route: Option<Route>, request: &Request<'_>) -> Reply<'_> {
        let Some(route) = route else {
            return Reply::problem(&Problem::not_found(request.target), Provider::OpenAi);
        };
        if !route.allows(request.method) {
            return Reply::problem(&Problem::wrong_method(route.allowed()), route.provider());
        }
        match route {
            Route::Generate(dialect) => self.generate(dialect, request),
            Route::Gemini { stream } => self.gemini(stream, request),
            Route::Embeddings => match EmbeddingsAsk::read(request.body) {
                Ok(ask) => {
                    let provider = Provider::OpenAi;
                    if let Some(refused) = self.refused(Asked::Embeddings, provider, request) {
                        return refused;
                    }
                    let template = self.answers.embeddings(&ask);
                    self.finish(
                        template,
                        Breaks::Chat,
                        Provider::OpenAi,
                        ask.faults,
                        request,
                    )
                }
                Err(bad) => Reply::problem(&Problem::bad_ask(&bad), Provider::OpenAi),
            },
            Route::CountTokens => match Ask::read(Dialect::Messages, request.body) {
                Ok(ask) => {
                    let provider = Provider::Anthropic;
                    if let Some(refused) = self.refused(Asked::CountTokens, provider, request) {
                        return refused;
                    }
                    let template = self.answers.token_count();
                    self.finish(
                        template,
                        Breaks::Messages,
                        Provider::Anthropic,
                        ask.faults,
                        request,
                    )
                }
                Err(bad) => Reply::problem(&Problem::bad_ask(&bad), Provider::Anthropic),
            },
            Route::Models => Reply::at_once(self.answers.models(request.anthropic)),
            Route::Health => Reply::at_once(self.answers.health()),
            Route::Log | Route::Reset | Route::Answer => match &self.journal {
                Some(journal) if route == Route::Log => {
                    Reply::at_once(Cow::Owned(Template::json(&journal.json())))
                }
                Some(_) if route == Route::Answer => match self.word_for_word.post(request.body) {
                    Ok(()) => Reply::at_once(Cow::Owned(Template::json("{}"))),
                    Err(bad) => {
                        let problem = Problem::at(None, bad.to_string());
                        Reply::problem(&problem, Provider::OpenAi)
                    }
                },
                Some(journal) => {
                    self.word_for_word.clear();
                    let removed = format!("{{\"removed\":{}}}", journal.reset());
                    Reply::at_once(Cow::Owned(Template::json(&removed)))
                }
                None => Reply::problem(&Problem::no_journal(), Provider::OpenAi),
            },
            Route::Pace if request.method == Method::Post => match self.pace.change(request.body) {
                Ok(()) => Reply::at_once(Cow::Owned(Template::json("{}"))),
                Err(bad) => {
                    let problem = Problem::at(None, bad.to_string());
                    Reply::problem(&problem, Provider::OpenAi)
                }
            },
            Route::Pace => {
                let figures = self.lateness.json();
                Reply::at_once(Cow::Owned(Template::json(&figures)))
            }
            Route::Received => {
                let counts = self.received.json();
                Reply::at_once(Cow::Owned(Template::json(&counts)))
            }
        }
    }

    /// The answer to a request that could not be read to its end; `target` is
    /// its target, as far as that is known.
    pub fn refuse(&self, target: Option<&str>, refusal: Refusal) -> Template {
        let provider = target
            .and_then(route)
            .map_or(Provider::OpenAi, Route::provider);
        Problem::refusal(refusal).template(provider)
    }

    /// The refusal of a request that the real provider would refuse, in
    /// strict mode.
    fn refused(
        &self,
        asked: Asked,
        provider: Provider,
        request: &Request<'_>,
    ) -> Option<Reply<'_>> {
        if !self.options.strict {
            return None;
        }
        let violation = strict::check(asked, request.head, request.body).err()?;
        let problem = Problem::at(violation.param, violation.message);
        Some(Reply::problem(&problem, provider))
    }

    fn generate(&self, dialect: Dialect, request: &Request<'_>) -> Reply<'_> {
        let ask = match Ask::read(dialect, request.body) {
            Ok(ask) => ask,
            Err(bad) => return Reply::problem(&Problem::bad_ask(&bad), dialect),
        };
        if let Some(refused) = self.refused(Asked::Generate(dialect), dialect.into(), request) {
            return refused;
        }
        let breaks = match dialect {
            Dialect::Chat => Breaks::Chat,
            Dialect::Responses => Breaks::Responses,
            Dialect::Messages => Breaks::Messages,
        };
        let template = match self.said() {
            Some(said) => said,
            None => self.answers.generate(dialect, &ask),
        };
        self.finish(template, breaks, dialect.into(), ask.faults, request)
    }

    fn gemini(&self, stream: bool, request: &Request<'_>) -> Reply<'_> {
        if stream && !wants_events(request.target) {
            let message = "streams are served as events alone: add ?alt=sse".to_owned();
            return Reply::problem(&Problem::at(None, message), Provider::Gemini);
        }
        // What a client must escape in a path to ask for a fault.
        let target = request.target.replace("%23", "#").replace("%3A", ":");
        let target = target.replace("%3D", "=").replace("%2C", ",");
        let model = gemini_model(&target).map_or("", |(model, _)| model);
        match Ask::read_gemini(model, stream, request.body) {
            Ok(ask) => {
                if let Some(refused) = self.refused(Asked::Gemini, Provider::Gemini, request) {
                    return refused;
                }
                let template = match self.said() {
                    Some(said) => said,
                    None => self.answers.gemini(&ask),
                };
                self.finish(
                    template,
                    Breaks::Gemini,
                    Provider::Gemini,
                    ask.faults,
                    request,
                )
            }
            Err(bad) => Reply::problem(&Problem::bad_ask(&bad), Provider::Gemini),
        }
    }

    /// The next of the answers that were posted.
    fn said(&self) -> Option<Cow<'_, Template>> {
        self.journal.as_ref()?;
        self.word_for_word.take().map(Cow::Owned)
    }

    /// An answer as it is, if nothing was asked for beside it, or else with
    /// its faults and its pace.
    fn finish<'a>(
        &'a self,
        template: Cow<'a, Template>,
        breaks: Breaks,
        provider: Provider,
        faults: Faults,
        request: &Request<'_>,
    ) -> Reply<'a> {
        if faults.is_empty() && request.fault.is_none() && self.is_plain() {
            return Reply::at_once(template);
        }
        self.in_its_manner(template, breaks, provider, faults, request.fault)
    }

    /// How many pieces a streamed answer has.
    pub(crate) fn chunks(&self) -> usize {
        self.answers.script().chunks()
    }

    /// Whether answers have no pace now.
    pub(crate) fn is_instant(&self) -> bool {
        self.pace.is_instant()
    }

    /// Whether an answer for which no fault was asked is sent at once.
    fn is_plain(&self) -> bool {
        self.is_instant() && self.options.rates.is_empty()
    }

    /// An answer with its faults and its pace.
    fn in_its_manner<'a>(
        &'a self,
        template: Cow<'a, Template>,
        breaks: Breaks,
        provider: Provider,
        mut faults: Faults,
        field: Option<&str>,
    ) -> Reply<'a> {
        let stream = template.is_stream();
        if let Err(bad) = add_faults(&mut faults, field, stream) {
            return Reply::problem(&Problem::bad_fault(&bad), provider);
        }
        let number = self.drawn.fetch_add(1, Ordering::Relaxed);
        let mut random = Random::new(self.options.seed, number);
        Rate::draw(&self.options.rates, &mut random, stream, &mut faults);
        let status = faults.find(|fault| match fault {
            Fault::Status(status) => Some(status),
            _ => None,
        });
        let template = match status {
            Some(status) => Cow::Owned(Problem::imitated(status, provider).template(provider)),
            None if faults.is_empty() => template,
            None => {
                let error = |before| breaks.segments(self.answers.script(), before);
                Cow::Owned(edit(&template, &faults, provider, error))
            }
        };
        Reply {
            template,
            manner: Some(Box::new(Manner {
                faults,
                pace: self.pace.get(),
                random,
            })),
            number: None,
            count: None,
        }
    }
}

/// Adds the faults of the request's field to those of its model's name.
fn add_faults(faults: &mut Faults, field: Option<&str>, stream: bool) -> Result<(), BadFault> {
    for fault in field
        .map(str::parse::<Faults>)
        .transpose()?
        .iter()
        .flat_map(Faults::iter)
    {
        faults.add(fault);
    }
    match faults.find(|fault| (!fault.applies(stream)).then_some(fault)) {
        Some(fault) => Err(BadFault::StreamsAlone(fault.name())),
        None => Ok(()),
    }
}
