//! The table: what is seen of each fault.

use super::seeing::Seen;
use Seen::{AsSent as A, Error as E, ErrorEvent as V, Right as R};

/// By the client's dialect (Chat, Responses, Messages), then the provider's (Chat, Responses,
/// Messages, Gemini).
type Pairs = [[Seen; 4]; 3];

/// What is seen of one fault.
pub(crate) struct Cells {
    pub(crate) fault: &'static str,
    /// `None` where the fault is one of streams alone.
    pub(crate) whole: Option<Pairs>,
    pub(crate) streamed: Pairs,
}

const fn both(fault: &'static str, whole: Pairs, streamed: Pairs) -> Cells {
    Cells {
        fault,
        whole: Some(whole),
        streamed,
    }
}

const fn streams_alone(fault: &'static str, streamed: Pairs) -> Cells {
    Cells {
        fault,
        whole: None,
        streamed,
    }
}

/// The same in every pair.
const fn all(seen: Seen) -> Pairs {
    [[seen; 4]; 3]
}

/// One thing where bytes pass through, another where they are translated.
const fn same_or(same: Seen, other: Seen) -> Pairs {
    [
        [same, other, other, other],
        [other, same, other, other],
        [other, other, same, other],
    ]
}

/// A provider's failure: its own status passes through; translated, it is the gateway's word for
/// what lies behind it.
const FAILS: Pairs = same_or(E(500), E(502));
/// An overload, translated, is 503, in Messages 529.
const OVERLOADED_503: Pairs = [
    [E(503), E(503), E(503), E(503)],
    [E(503), E(503), E(503), E(503)],
    [E(529), E(529), E(503), E(529)],
];
const OVERLOADED_529: Pairs = [
    [E(529), E(503), E(503), E(503)],
    [E(503), E(529), E(503), E(503)],
    [E(529), E(529), E(529), E(529)],
];
/// A Chat stream tells its usage to who asked for it, and this client did not.
const UNTOLD: Pairs = [[R; 4], [A; 4], [A; 4]];

#[rustfmt::skip]
pub(crate) const CELLS: [Cells; 27] = [
    both("status=400", all(E(400)), all(E(400))),
    // The mock's 401 is about the gateway's own key, which is none of the client's doing.
    both("status=401", all(E(502)), all(E(502))),
    both("status=404", all(E(404)), all(E(404))),
    both("status=408", all(E(408)), all(E(408))),
    both("status=429", all(E(429)), all(E(429))),
    both("status=500", FAILS, FAILS),
    both("status=503", OVERLOADED_503, OVERLOADED_503),
    both("status=529", OVERLOADED_529, OVERLOADED_529),
    both("delay=100ms", all(R), all(R)),
    both("delay=30s", all(E(504)), all(E(504))),
    both("hang", all(E(504)), all(E(504))),
    both("close", all(E(502)), all(E(502))),
    both("cut=0", all(E(502)), all(E(502))),
    both("cut=4", all(E(502)), all(V)),
    both("stall=0", all(E(504)), all(E(504))),
    both("stall=4", all(E(504)), all(V)),
    streams_alone("error=4", all(V)),
    both("truncated-json", all(E(502)), all(V)),
    both("wrong-text", all(A), all(A)),
    streams_alone("reorder", all(A)),
    both("no-usage", all(A), UNTOLD),
    streams_alone("no-terminal", all(V)),
    streams_alone("comments", same_or(A, R)),
    streams_alone("crlf", same_or(A, R)),
    streams_alone("several-events-in-one-write", all(R)),
    both("split-utf8", all(R), all(R)),
    both("one-byte-writes", all(R), all(R)),
];
