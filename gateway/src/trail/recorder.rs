//! A worker's end of all trails: its counts and its part of the log.

use std::cell::RefCell;
use std::rc::Rc;
use std::sync::Arc;

use super::request_id::{Ids, REQUEST_ID};
use super::{Notes, Trail};
use crate::access_log::Pen;
use crate::http::Headers;
use crate::metrics::{Label, Metrics, Names, Outcome, QuickMap, SeriesKey};

/// W3C Trace Context, section 3.2; passed on as it is.
const TRACEPARENT: &str = "traceparent";
/// So many trails' memory is kept for the next requests.
const MOST_SPARE: usize = 1024;

/// Where a worker's trails end. Outlives reloads.
pub(crate) struct Recorder {
    pub(crate) metrics: RefCell<Metrics>,
    /// `None` where no request is logged.
    pub(crate) pen: Option<RefCell<Pen>>,
    names: Arc<Names>,
    /// The names that this worker has met already.
    labels: RefCell<QuickMap<Box<str>, Label>>,
    ids: Ids,
    // Boxed, because that is how a trail carries them.
    #[allow(clippy::vec_box)]
    spare: RefCell<Vec<Box<Notes>>>,
}

impl Recorder {
    pub(crate) fn new(names: Arc<Names>, pen: Option<Pen>) -> Self {
        Self {
            metrics: RefCell::default(),
            pen: pen.map(RefCell::new),
            names,
            labels: RefCell::default(),
            ids: Ids::new(),
            spare: RefCell::default(),
        }
    }

    /// Begins the trail of a request.
    pub(crate) fn begin(
        self: &Rc<Self>,
        dialect: Option<&'static str>,
        path: &str,
        headers: &Headers,
    ) -> Trail {
        self.metrics.borrow_mut().in_flight += 1;
        let mut notes = match self.spare.borrow_mut().pop() {
            Some(mut notes) => {
                notes.begin_again();
                notes
            }
            None => Box::new(Notes::new()),
        };
        notes.dialect = dialect.unwrap_or("other");
        notes
            .path
            .push_str(&path[..path.floor_char_boundary(super::LONGEST_TEXT_BYTES)]);
        notes.traceparent = headers.shared(TRACEPARENT);
        notes.id = self.ids.of(headers.shared(REQUEST_ID));
        Trail {
            recorder: self.clone(),
            notes: Some(notes),
        }
    }

    /// The label of a name of the configuration.
    pub(super) fn label(&self, name: &str) -> Label {
        if let Some(label) = self.labels.borrow().get(name) {
            return *label;
        }
        let label = self.names.label(name);
        self.labels.borrow_mut().insert(name.into(), label);
        label
    }

    pub(super) fn tell(&self, mut notes: Box<Notes>) {
        if !notes.complete {
            notes.outcome = Outcome::Cancelled;
        }
        let took = notes.begun.elapsed();
        {
            let mut metrics = self.metrics.borrow_mut();
            metrics.in_flight -= 1;
            let key = SeriesKey {
                dialect: notes.dialect,
                provider: notes.provider_label,
                model: notes.model_label,
            };
            metrics.ended(key, notes.outcome, notes.status, took, notes.ttft);
            if let Some(tokens) = &notes.tokens {
                metrics.used(notes.key_label, notes.model_label, tokens);
            }
        }
        if let Some(pen) = &self.pen {
            pen.borrow_mut().write(&notes, took);
        }
        notes.let_go();
        let mut spare = self.spare.borrow_mut();
        if spare.len() < MOST_SPARE {
            spare.push(notes);
        }
    }

    /// This worker's counts.
    pub(crate) fn counts(&self) -> Metrics {
        let mut metrics = self.metrics.borrow().clone();
        if let Some(pen) = &self.pen {
            let pen = pen.borrow();
            (metrics.log_lines, metrics.log_dropped) = (pen.lines, pen.dropped);
        }
        metrics
    }

    /// Passes on what was logged since the last time. To be called a few times a second.
    pub(crate) fn flush(&self) {
        if let Some(pen) = &self.pen {
            pen.borrow_mut().flush();
        }
    }
}
