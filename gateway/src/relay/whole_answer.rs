//! A provider's JSON answer on its way to the client: held until it is all there, so that one
//! that breaks off becomes a plain error and not half an answer.

use std::future::poll_fn;

use bytes::{Bytes, BytesMut};

use crate::server::Body;
use crate::upstream::{BodyError, UpstreamBody};

/// An answer larger than this is passed on as it comes. If it breaks off then, so does the
/// client's connection.
const LARGEST_HELD_BYTES: usize = 64 * 1024;

/// Reads `body` to its end if it is not too large.
pub(super) async fn hold(mut body: UpstreamBody) -> Result<Body, BodyError> {
    // An answer mostly comes in one piece, which then is not copied.
    let first = next(&mut body).await?.unwrap_or_default();
    if body.is_done() {
        return Ok(Body::Whole(first.into()));
    }
    let mut held = BytesMut::from(first);
    while held.len() <= LARGEST_HELD_BYTES {
        match next(&mut body).await? {
            Some(piece) => held.extend_from_slice(&piece),
            None => return Ok(Body::Whole(held.freeze().into())),
        }
    }
    Ok(Body::Upstream {
        first: Some(held.freeze()),
        rest: body,
    })
}

async fn next(body: &mut UpstreamBody) -> Result<Option<Bytes>, BodyError> {
    poll_fn(|cx| body.poll_piece(cx)).await.transpose()
}
