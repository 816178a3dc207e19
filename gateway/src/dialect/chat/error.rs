//! Chat's errors: an OpenAI error object, alone or as the last `data:` of a stream.

use bytes::Bytes;

use crate::dialect::openai::{self, Envelope};
use crate::dialect::{Fault, json};

pub(in crate::dialect) use openai::body;

/// The event that ends a broken stream. No `[DONE]` follows, or the SDKs would take the
/// stream for whole.
pub(in crate::dialect) fn last_event(fault: &Fault) -> Bytes {
    let error = json(&Envelope {
        error: fault.into(),
    });
    [b"data: ", error.as_slice(), b"\n\n"].concat().into()
}
