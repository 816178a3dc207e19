//! The deadlines for requests' heads, in the form that hyper wants.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use hyper::rt::{Sleep, Timer};

use super::Deadline;

/// A timer for hyper's connections.
#[derive(Clone, Copy, Debug)]
pub(crate) struct HeaderTimer;

struct Until(Deadline);

impl Future for Until {
    type Output = ();

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        self.0.poll_passed(cx)
    }
}

impl Sleep for Until {}

impl Timer for HeaderTimer {
    fn sleep(&self, duration: Duration) -> Pin<Box<dyn Sleep>> {
        Box::pin(Until(Deadline::after(Some(duration))))
    }

    fn sleep_until(&self, deadline: Instant) -> Pin<Box<dyn Sleep>> {
        Box::pin(Until(Deadline::at(Some(deadline))))
    }
}
