//! One request to a provider and the beginning of its answer.

use std::rc::Rc;
use std::sync::Arc;
use std::time::{Duration, Instant};

use hyper::{Method, StatusCode};

use super::body::{Lease, UpstreamBody};
use super::connect::connect;
use super::connection::{Connection, NoHead, Pace};
use super::permits::Permit;
use super::pool::Pool;
use super::request::{Outgoing, Passing};
use super::response::Head;
use super::target::Target;
use crate::deadline::Deadline;
use crate::http::{Framing, Headers};
use crate::server::ClientBody;

/// A body larger than this is written from where it is.
const COPIED_BYTES: usize = 8 * 1024;

/// A worker's way to every provider.
pub(crate) struct Client {
    targets: Arc<[Target]>,
    pool: Rc<Pool>,
}

/// A response: its head, and its body still to come.
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: Headers,
    pub(crate) body: UpstreamBody,
}

/// Why a provider gave no answer.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ExchangeError {
    #[error("no connection: {0}")]
    Connect(#[source] std::io::Error),
    #[error("no answer: {0}")]
    NoAnswer(#[source] Box<dyn std::error::Error>),
    #[error("the request's body broke off")]
    NoBody,
    #[error("the request's body did not come in time")]
    SlowBody,
    #[error("no answer in time")]
    TimedOut,
    #[error("too many wait for a connection")]
    Busy,
}

impl Client {
    pub(crate) fn new(targets: Arc<[Target]>) -> Self {
        Self {
            pool: Rc::new(Pool::new(targets.len())),
            targets,
        }
    }

    /// The provider at `index` of the configuration.
    pub(crate) fn target(&self, index: usize) -> &Target {
        &self.targets[index]
    }

    /// Sends a request to a provider, whose answer must begin before `deadline`.
    ///
    /// A kept connection may have been closed by the provider just before the request reached
    /// it. If then no byte of an answer comes, the request is sent once more, over a fresh
    /// connection.
    pub(crate) async fn send(
        &self,
        index: usize,
        outgoing: &Outgoing<'_>,
        deadline: Deadline,
    ) -> Result<Answer, ExchangeError> {
        let target = self.target(index);
        let mut head = outgoing.head(target);
        // One piece costs less to write than two, if it is not too large to be copied.
        let body: &[u8] = if outgoing.body.len() <= COPIED_BYTES {
            head.extend_from_slice(&outgoing.body);
            b""
        } else {
            &outgoing.body
        };
        let asking = async {
            let permit = permit(target).await?;
            if let Some(mut kept) = self.pool.take(index) {
                match kept.ask(&head, body).await {
                    Ok(answer) => return Ok((kept, answer, permit)),
                    Err(error) if kept.heard() => return Err(no_answer(error)),
                    Err(_) => {}
                }
            }
            let mut fresh = connect(target).await.map_err(ExchangeError::Connect)?;
            match fresh.ask(&head, body).await {
                Ok(answer) => Ok((fresh, answer, permit)),
                Err(error) => Err(no_answer(error)),
            }
        };
        let (connection, head, permit) = deadline
            .limit(asking)
            .await
            .unwrap_or(Err(ExchangeError::TimedOut))?;
        Ok(self.answer(index, connection, head, permit, deadline))
    }

    /// Passes a request through to a provider, its body as it comes, of which nothing may come for
    /// `body_timeout`. Its end is when the provider's time to answer begins.
    ///
    /// Always over a fresh connection if it has a body, because a body that went half over a
    /// dead one is gone.
    pub(crate) async fn pass(
        &self,
        index: usize,
        passing: &Passing<'_>,
        body: ClientBody,
        body_timeout: Duration,
    ) -> Result<Answer, ExchangeError> {
        let target = self.target(index);
        let head = passing.head(target);
        let deadline = Deadline::after(Some(target.timeouts.first_byte));
        let pace = Pace {
            deadline: &deadline,
            provider: target.timeouts.first_byte,
            client: body_timeout,
        };
        let asking = async {
            let permit = permit(target).await?;
            if passing.has_no_body()
                && let Some(mut kept) = self.pool.take(index)
            {
                match kept.ask(&head, b"").await {
                    Ok(answer) => return Ok((kept, answer, permit)),
                    Err(error) if kept.heard() => return Err(no_answer(error)),
                    Err(_) => {}
                }
            }
            let mut fresh = connect(target).await.map_err(ExchangeError::Connect)?;
            let asked = fresh.ask_streaming(&head, body, passing.announced, &pace);
            match asked.await {
                Ok(answer) => Ok((fresh, answer, permit)),
                Err(error) => Err(no_answer(error)),
            }
        };
        let (connection, mut head, permit) = deadline
            .limit(asking)
            .await
            .unwrap_or(Err(ExchangeError::TimedOut))?;
        if passing.method == Method::HEAD {
            // Its answer's head speaks of a body that does not follow.
            head.framing = Framing::Length(0);
        }
        Ok(self.answer(index, connection, head, permit, deadline))
    }

    /// Closes connections that nobody has used for long. To be called now and then.
    pub(crate) fn close_idle(&self) {
        self.pool.close_idle(Instant::now());
    }

    fn answer(
        &self,
        index: usize,
        connection: Connection,
        head: Head,
        permit: Permit,
        deadline: Deadline,
    ) -> Answer {
        let target = self.target(index);
        let lease = Lease {
            connection,
            permit,
            pool: self.pool.clone(),
            provider: index,
            max_idle: target.max_idle,
            reusable: head.reusable,
        };
        Answer {
            status: head.status,
            headers: head.headers,
            body: UpstreamBody::new(lease, head.framing, deadline),
        }
    }
}

async fn permit(target: &Target) -> Result<Permit, ExchangeError> {
    target.permits.take().await.map_err(|_| ExchangeError::Busy)
}

fn no_answer(error: NoHead) -> ExchangeError {
    match error {
        NoHead::NoBody => ExchangeError::NoBody,
        NoHead::SlowBody => ExchangeError::SlowBody,
        error => ExchangeError::NoAnswer(Box::new(error)),
    }
}
