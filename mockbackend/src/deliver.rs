//! Sending an answer that is paced or has faults.

use std::io;
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::answer::{Body, Stamper};
use crate::clock::now_ns;
use crate::fault::{Fault, within_character};
use crate::http::request::ReplyFraming;
use crate::pace::Timer;
use crate::service::{Manner, Reply, Service};

/// What comes after an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Next {
    /// The next request.
    Request,
    /// The end of the connection.
    Close,
    /// The client has gone while there was nothing to say.
    Gone,
}

/// How an answer ends before it is complete.
#[derive(Clone, Copy, Debug)]
enum Stop {
    Close,
    Silence,
}

/// One answer on its way.
pub(crate) struct Delivery<'a> {
    pub(crate) stream: &'a mut TcpStream,
    pub(crate) service: &'a Service,
    pub(crate) stamper: &'a mut Stamper,
    pub(crate) timer: &'a mut Timer,
    pub(crate) framing: ReplyFraming,
    /// When the request had been read.
    pub(crate) received_ns: u64,
}

impl Delivery<'_> {
    /// Sends the answer in its manner.
    pub(crate) async fn deliver(self, reply: &Reply<'_>, manner: &Manner) -> io::Result<Next> {
        let faults = &manner.faults;
        let delay = faults.find(|fault| match fault {
            Fault::Delay(delay) => Some(delay),
            _ => None,
        });
        let start_ns = self.received_ns + nanoseconds(delay);
        self.timer.wait_until(start_ns).await?;
        if faults.has(Fault::Hang) {
            return self.fall_silent().await;
        }
        if faults.has(Fault::Close) {
            return Ok(Next::Close);
        }
        match reply.template.body() {
            Body::Whole(_) => self.whole(reply, manner, start_ns).await,
            Body::Stream(_) => self.events(reply, manner, start_ns).await,
        }
    }

    async fn whole(self, reply: &Reply<'_>, manner: &Manner, start_ns: u64) -> io::Result<Next> {
        let Body::Whole(piece) = reply.template.body() else {
            return Ok(Next::Close);
        };
        if let Some(mut deadlines) = manner.deadlines(start_ns) {
            let due_ns = deadlines.last_ns(self.service.chunks());
            self.timer.wait_until(due_ns).await?;
            self.service.lateness.record(due_ns, now_ns());
        }
        let bytes = self
            .stamper
            .whole(&reply.template, piece, self.framing, now_ns);
        let head_bytes = bytes.len() - piece.content().len();
        let stop = stop(manner);
        let end = stop.map_or(bytes.len(), |(_, after)| {
            bytes.len().min(head_bytes.saturating_add(after))
        });
        write(self.stream, &bytes[..end], manner, true).await?;
        self.finish(stop).await
    }

    async fn events(self, reply: &Reply<'_>, manner: &Manner, start_ns: u64) -> io::Result<Next> {
        let Body::Stream(events) = reply.template.body() else {
            return Ok(Next::Close);
        };
        let mut deadlines = manner.deadlines(start_ns);
        // The first piece's, for the head and all that stands before it.
        let mut due_ns = deadlines.as_mut().map(|deadlines| deadlines.next_ns());
        if let Some(due_ns) = due_ns {
            self.timer.wait_until(due_ns).await?;
        }
        let head = self.stamper.head(&reply.template, self.framing);
        write(self.stream, head, manner, false).await?;
        let stop = stop(manner);
        let sent = stop.map_or(events.len(), |(_, after)| after.min(events.len()));
        let mut pieces = 0;
        for event in &events[..sent] {
            if event.is_generated()
                && let Some(deadlines) = &mut deadlines
            {
                if pieces > 0 {
                    due_ns = Some(deadlines.next_ns());
                }
                pieces += 1;
                let due_ns = due_ns.unwrap_or_default();
                self.timer.wait_until(due_ns).await?;
                self.service.lateness.record(due_ns, now_ns());
            }
            let bytes = self.stamper.event(event, self.framing, now_ns);
            write(self.stream, bytes, manner, false).await?;
        }
        self.finish(stop).await
    }

    async fn finish(self, stop: Option<(Stop, usize)>) -> io::Result<Next> {
        match stop {
            None => Ok(Next::Request),
            Some((Stop::Close, _)) => Ok(Next::Close),
            Some((Stop::Silence, _)) => self.fall_silent().await,
        }
    }

    /// Says nothing more until the client goes.
    async fn fall_silent(self) -> io::Result<Next> {
        let mut ignored = [0; 1024];
        while self.stream.read(&mut ignored).await? > 0 {}
        Ok(Next::Gone)
    }
}

/// How the answer is to end before it is complete, and after how much of it.
fn stop(manner: &Manner) -> Option<(Stop, usize)> {
    manner.faults.find(|fault| match fault {
        Fault::Cut(after) => Some((Stop::Close, after)),
        Fault::Stall(after) => Some((Stop::Silence, after)),
        _ => None,
    })
}

/// Writes at once, byte by byte, or, of a whole answer, in two parts that a
/// character is cut between; of a stream, each event has been cut already.
async fn write(
    stream: &mut TcpStream,
    bytes: &[u8],
    manner: &Manner,
    whole: bool,
) -> io::Result<()> {
    if manner.faults.has(Fault::OneByteWrites) {
        for byte in bytes {
            stream.write_all(&[*byte]).await?;
        }
        return Ok(());
    }
    let cut = within_character(bytes).filter(|_| whole && manner.faults.has(Fault::SplitUtf8));
    let (first, second) = bytes.split_at(cut.unwrap_or(bytes.len()));
    stream.write_all(first).await?;
    stream.write_all(second).await
}

fn nanoseconds(delay: Option<Duration>) -> u64 {
    delay.map_or(0, |delay| {
        u64::try_from(delay.as_nanos()).unwrap_or(u64::MAX / 2)
    })
}
