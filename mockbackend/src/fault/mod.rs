//! Faults: what a provider does wrong now and then, done on request.
//!
//! A request asks for its own, in the field `x-mock-fault` or, because
//! gateways drop fields they do not know, behind its model's name; the command
//! line asks for some in a share of all requests. [`Fault`] names them,
//! `edit` changes an answer's bytes, and the connection does the
//! rest: waiting, cutting, falling silent.

mod catalogue;
mod edit;
mod parse;
mod rates;

use std::time::Duration;

pub use catalogue::list;
pub(crate) use edit::{edit, within_character};
pub use parse::BadFault;
pub use rates::{BadRate, Rate};

/// What separates a model's name from the faults asked for behind it.
pub const MODEL_SUFFIX: &str = "#fault:";

/// One thing that goes wrong.
///
/// The order is the one in which they are applied: what is said, how it is
/// framed, how it is cut into writes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Fault {
    /// An error of this status instead of the answer.
    Status(u16),
    /// Silence before the head.
    Delay(Duration),
    /// Silence for ever.
    Hang,
    /// The connection is closed before the head.
    Close,
    /// No usage.
    NoUsage,
    /// A letter of the text is another.
    WrongText,
    /// The first two generated pieces change places.
    Reorder,
    /// The JSON in the middle of a stream, or of a whole answer, lacks its
    /// second half.
    TruncatedJson,
    /// An error after so many events.
    Error(usize),
    /// The stream ends without its terminal event.
    NoTerminal,
    /// Comments between the events, and pings where the dialect has them.
    Comments,
    /// Lines end in CR LF.
    Crlf,
    /// Three events in each write.
    SeveralEventsInOneWrite,
    /// A write ends within a character.
    SplitUtf8,
    /// Each byte in a write of its own.
    OneByteWrites,
    /// The connection is closed after so many events, or bytes of a whole
    /// answer's body.
    Cut(usize),
    /// Silence after so many events, or bytes of a whole answer's body.
    Stall(usize),
}

/// The faults of one answer, in the order in which they are applied, none of
/// a kind twice.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Faults(Vec<Fault>);

impl Faults {
    /// Adds one, unless one of its kind is there.
    pub(crate) fn add(&mut self, fault: Fault) {
        let kind = std::mem::discriminant(&fault);
        if self
            .0
            .iter()
            .all(|other| std::mem::discriminant(other) != kind)
        {
            let place = self.0.partition_point(|other| *other < fault);
            self.0.insert(place, fault);
        }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = Fault> + '_ {
        self.0.iter().copied()
    }

    pub(crate) fn has(&self, fault: Fault) -> bool {
        self.0.contains(&fault)
    }

    /// The first that `what` finds something in.
    pub(crate) fn find<T>(&self, what: impl FnMut(Fault) -> Option<T>) -> Option<T> {
        self.iter().find_map(what)
    }
}
