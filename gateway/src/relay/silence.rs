//! Telling a client whose stream is silent that it still lives.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use tokio::time::{Instant, Sleep, sleep_until};

use crate::dialect::Dialect;

/// How long a stream has been silent. As a future it gives what to say once that was long
/// enough, again and again.
///
/// The timer is not set anew for each event, which would cost more than the event: when it
/// rings, it is set again to when the silence since the last event will have been long enough.
pub(super) struct Silence {
    dialect: Dialect,
    longest: Duration,
    since: Instant,
    /// Made when the stream first has to be waited for.
    timer: Option<Pin<Box<Sleep>>>,
}

impl Silence {
    pub(super) fn new(dialect: Dialect, longest: Duration) -> Self {
        Self {
            dialect,
            longest,
            since: Instant::now(),
            timer: None,
        }
    }

    /// Something was said.
    pub(super) fn broken(&mut self) {
        self.since = Instant::now();
    }

    /// What the SDKs pass over: a comment, but Messages has an event of its own for it.
    fn sign(&self) -> &'static [u8] {
        match self.dialect {
            Dialect::Chat | Dialect::Responses => b": keep-alive\n\n",
            Dialect::Messages => b"event: ping\ndata: {\"type\": \"ping\"}\n\n",
        }
    }
}

impl Future for Silence {
    type Output = &'static [u8];

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<&'static [u8]> {
        let silence = self.get_mut();
        loop {
            let due = silence.since + silence.longest;
            let timer = silence
                .timer
                .get_or_insert_with(|| Box::pin(sleep_until(due)));
            ready!(timer.as_mut().poll(cx));
            let now = Instant::now();
            if due <= now {
                silence.since = now;
                timer.as_mut().reset(now + silence.longest);
                return Poll::Ready(silence.sign());
            }
            timer.as_mut().reset(due);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::future::poll_fn;

    use super::*;

    async fn waits(silence: &mut Silence) -> Duration {
        let begun = Instant::now();
        poll_fn(|cx| Pin::new(&mut *silence).poll(cx)).await;
        begun.elapsed()
    }

    /// The clock stands still but for what is waited for.
    #[test]
    fn counts_from_the_last_word() {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_time()
            .start_paused(true)
            .build()
            .unwrap();
        runtime.block_on(async {
            let longest = Duration::from_secs(60);
            let mut silence = Silence::new(Dialect::Chat, longest);
            // The timer is set, and does not know of what follows.
            let early = tokio::time::timeout(Duration::from_secs(20), waits(&mut silence)).await;
            assert!(early.is_err());
            silence.broken();
            assert_eq!(waits(&mut silence).await, longest);
            // And again.
            assert_eq!(waits(&mut silence).await, longest);
        });
    }

    #[test]
    fn each_dialect_has_its_sign() {
        for dialect in Dialect::ALL {
            let sign = Silence::new(dialect, Duration::from_secs(1)).sign();
            assert!(sign.ends_with(b"\n\n"));
            assert_eq!(sign.starts_with(b":"), dialect != Dialect::Messages);
        }
    }
}
