//! Reading a client's request body, whole and no larger than allowed.

use std::future::poll_fn;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use hyper::body::Body;
use tokio::time::timeout;

use crate::config::Limits;
use crate::deadline::Deadline;
use crate::dialect::Fault;
use crate::http::Headers;
use crate::server::ClientBody;

/// How long a body that is too large is read on and thrown away. A client that is still
/// writing when its connection closes sees a reset instead of the answer.
const LONGEST_DRAIN: Duration = Duration::from_secs(2);

/// No more than this is set aside on the strength of a request's head alone.
const LARGEST_RESERVE_BYTES: usize = 256 * 1024;

/// Reads `body` to its end.
pub(super) async fn whole(
    headers: &Headers,
    body: ClientBody,
    limits: &Limits,
) -> Result<Bytes, Fault> {
    if let Some(coding) = headers.get("content-encoding")
        && !coding.eq_ignore_ascii_case(b"identity")
    {
        return Err(Fault::Encoded(String::from_utf8_lossy(coding).into_owned()));
    }
    let limit_bytes = limits.max_body_bytes;
    let mut body = Patient {
        body,
        longest: limits.body_timeout,
        deadline: None,
    };
    if body.announced() > limit_bytes as u64 {
        return Err(too_large(body, limit_bytes).await);
    }
    // A body mostly comes in one piece, which then is not copied.
    let first = match body.next().await? {
        Some(first) if !body.body.is_end_stream() => first,
        whole => return check(whole.unwrap_or_default(), limit_bytes),
    };
    let announced = usize::try_from(body.announced()).unwrap_or(0);
    let mut bytes = BytesMut::with_capacity(announced.min(LARGEST_RESERVE_BYTES) + first.len());
    bytes.extend_from_slice(&first);
    while let Some(more) = body.next().await? {
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

/// A body for which nobody waits for ever.
struct Patient {
    body: ClientBody,
    longest: Duration,
    /// Made when the body first has to be waited for.
    deadline: Option<Deadline>,
}

impl Patient {
    /// So many bytes are still to come at least, by what the request's head says.
    fn announced(&self) -> u64 {
        self.body.size_hint().lower()
    }

    async fn next(&mut self) -> Result<Option<Bytes>, Fault> {
        poll_fn(|cx| self.poll_next(cx)).await
    }

    fn poll_next(&mut self, cx: &mut Context<'_>) -> Poll<Result<Option<Bytes>, Fault>> {
        loop {
            match Pin::new(&mut self.body).poll_frame(cx) {
                Poll::Ready(None) => return Poll::Ready(Ok(None)),
                Poll::Ready(Some(Err(_))) => return Poll::Ready(Err(Fault::BodyLost)),
                Poll::Ready(Some(Ok(frame))) => {
                    if let Some(deadline) = &self.deadline {
                        deadline.push_back(self.longest);
                    }
                    // The other kind of frame is trailers, which say nothing to a provider.
                    if let Ok(data) = frame.into_data() {
                        return Poll::Ready(Ok(Some(data)));
                    }
                }
                Poll::Pending => {
                    let after = self.longest;
                    return self
                        .deadline
                        .get_or_insert_with(|| Deadline::after(Some(after)))
                        .poll_passed(cx)
                        .map(|()| Err(Fault::SlowBody { after }));
                }
            }
        }
    }
}

async fn too_large(mut body: Patient, limit_bytes: usize) -> Fault {
    let drain = async { while let Ok(Some(_)) = body.next().await {} };
    // Whether it was read to its end makes no difference to the answer.
    let _ = timeout(LONGEST_DRAIN, drain).await;
    Fault::TooLarge { limit_bytes }
}
