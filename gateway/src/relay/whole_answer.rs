//! A provider's JSON answer on its way to the client: held until it is all there, so that one
//! that breaks off becomes a plain error and not half an answer.

use std::future::poll_fn;

use bytes::{Bytes, BytesMut};

use crate::server::Kind;
use crate::upstream::{BodyError, UpstreamBody};
use crate::usage::{self, Tokens};

/// An answer larger than this is passed on as it comes. If it breaks off then, so does the
/// client's connection.
const LARGEST_HELD_BYTES: usize = 64 * 1024;

/// Reads `body` to its end if it is not too large; where it `counts`, also its usage, which for
/// a larger one is looked for as it goes by.
pub(super) async fn hold(
    mut body: UpstreamBody,
    counts: bool,
) -> Result<(Kind, Option<Tokens>), BodyError> {
    // An answer mostly comes in one piece, which then is not copied.
    let first = next(&mut body).await?.unwrap_or_default();
    if body.is_done() {
        return whole(first, counts);
    }
    let mut held = BytesMut::from(first);
    while held.len() <= LARGEST_HELD_BYTES {
        match next(&mut body).await? {
            Some(piece) => held.extend_from_slice(&piece),
            None => return whole(held.freeze(), counts),
        }
    }
    let going = Kind::Upstream {
        first: Some(held.freeze()),
        rest: body,
        tail: counts.then(Box::default),
    };
    Ok((going, None))
}

fn whole(bytes: Bytes, counts: bool) -> Result<(Kind, Option<Tokens>), BodyError> {
    if counts && !ends_like_json(&bytes) {
        return Err(BodyError::Truncated);
    }
    let tokens = counts.then(|| usage::in_answer(&bytes)).flatten();
    Ok((Kind::Whole(bytes.into()), tokens))
}

/// Whether an answer ends where JSON can end. Half an answer that was framed as a whole one
/// nearly never does, and to read it all would cost more than everything else.
fn ends_like_json(bytes: &[u8]) -> bool {
    matches!(bytes.trim_ascii_end().last(), Some(b'}' | b']'))
}

async fn next(body: &mut UpstreamBody) -> Result<Option<Bytes>, BodyError> {
    poll_fn(|cx| body.poll_piece(cx)).await.transpose()
}
