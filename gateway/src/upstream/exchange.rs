//! One request to a provider and the beginning of its answer.

use std::rc::Rc;
use std::sync::Arc;
use std::time::Instant;

use hyper::StatusCode;
use hyper::header::HeaderMap;

use super::body::UpstreamBody;
use super::connect::connect;
use super::connection::{Connection, NoHead};
use super::pool::Pool;
use super::request::Outgoing;
use super::response::Head;
use super::target::Target;

/// A worker's way to every provider.
pub(crate) struct Client {
    targets: Arc<[Target]>,
    pool: Rc<Pool>,
}

/// A response: its head, and its body still to come.
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: UpstreamBody,
}

/// Why a provider gave no answer.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ExchangeError {
    #[error("no connection: {0}")]
    Connect(#[source] std::io::Error),
    #[error("no answer: {0}")]
    NoAnswer(#[source] Box<dyn std::error::Error>),
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

    /// Sends a request to a provider.
    ///
    /// A kept connection may have been closed by the provider just before the request reached
    /// it. If then no byte of an answer comes, the request is sent once more, over a fresh
    /// connection.
    pub(crate) async fn send(
        &self,
        index: usize,
        outgoing: &Outgoing<'_>,
    ) -> Result<Answer, ExchangeError> {
        let target = self.target(index);
        let head = outgoing.head(target);
        if let Some(mut kept) = self.pool.take(index) {
            match kept.ask(&head, &outgoing.body).await {
                Ok(answer) => return Ok(self.answer(index, kept, answer)),
                Err(error) if kept.heard() => return Err(no_answer(error)),
                Err(_) => {}
            }
        }
        let mut fresh = connect(target).await.map_err(ExchangeError::Connect)?;
        match fresh.ask(&head, &outgoing.body).await {
            Ok(answer) => Ok(self.answer(index, fresh, answer)),
            Err(error) => Err(no_answer(error)),
        }
    }

    /// Closes connections that nobody has used for long. To be called now and then.
    pub(crate) fn close_idle(&self) {
        self.pool.close_idle(Instant::now());
    }

    fn answer(&self, index: usize, connection: Connection, head: Head) -> Answer {
        Answer {
            status: head.status,
            headers: head.headers,
            body: UpstreamBody::new(
                connection,
                head.framing,
                head.reusable,
                self.pool.clone(),
                index,
            ),
        }
    }
}

fn no_answer(error: NoHead) -> ExchangeError {
    ExchangeError::NoAnswer(Box::new(error))
}
