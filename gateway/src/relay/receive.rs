//! Reading a client's request body, whole and no larger than allowed.

use std::time::Duration;

use bytes::{Bytes, BytesMut};
use http_body_util::BodyExt;
use hyper::body::{Body, Incoming};
use hyper::header::{CONTENT_ENCODING, HeaderMap};
use tokio::time::timeout;

use crate::dialect::Fault;

/// How long a body that is too large is read on and thrown away. A client that is still
/// writing when its connection closes sees a reset instead of the answer.
const LONGEST_DRAIN: Duration = Duration::from_secs(2);

/// Reads `body` to its end.
pub(super) async fn whole(
    headers: &HeaderMap,
    mut body: Incoming,
    limit_bytes: usize,
) -> Result<Bytes, Fault> {
    if let Some(coding) = headers.get(CONTENT_ENCODING)
        && !coding.as_bytes().eq_ignore_ascii_case(b"identity")
    {
        return Err(Fault::Encoded(
            String::from_utf8_lossy(coding.as_bytes()).into_owned(),
        ));
    }
    if body.size_hint().lower() > limit_bytes as u64 {
        return Err(too_large(body, limit_bytes).await);
    }
    // A body mostly comes in one piece, which then is not copied.
    let first = match data(&mut body).await? {
        Some(first) if !body.is_end_stream() => first,
        whole => return check(whole.unwrap_or_default(), limit_bytes),
    };
    let mut bytes = BytesMut::with_capacity(
        usize::try_from(body.size_hint().lower()).unwrap_or(0) + first.len(),
    );
    bytes.extend_from_slice(&first);
    while let Some(more) = data(&mut body).await? {
        if bytes.len() + more.len() > limit_bytes {
            return Err(too_large(body, limit_bytes).await);
        }
        bytes.extend_from_slice(&more);
    }
    check(bytes.freeze(), limit_bytes)
}

fn check(bytes: Bytes, limit_bytes: usize) -> Result<Bytes, Fault> {
    if bytes.len() > limit_bytes {
        Err(Fault::TooLarge { limit_bytes })
    } else {
        Ok(bytes)
    }
}

async fn data(body: &mut Incoming) -> Result<Option<Bytes>, Fault> {
    while let Some(frame) = body.frame().await {
        // The other kind of frame is trailers, which say nothing to a provider.
        if let Ok(data) = frame.map_err(|_| Fault::BodyLost)?.into_data() {
            return Ok(Some(data));
        }
    }
    Ok(None)
}

async fn too_large(mut body: Incoming, limit_bytes: usize) -> Fault {
    let drain = async { while let Ok(Some(_)) = data(&mut body).await {} };
    // Whether it was read to its end makes no difference to the answer.
    let _ = timeout(LONGEST_DRAIN, drain).await;
    Fault::TooLarge { limit_bytes }
}
