//! One client's connection: read a request, have it answered, write the answer, again.

use std::cell::RefCell;
use std::future::{Future, poll_fn};
use std::io;
use std::net::Shutdown;
use std::pin::{Pin, pin};
use std::rc::Rc;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use bytes::Bytes;
use hyper::body::Body;
use socket2::SockRef;
use tokio::net::TcpStream;
use tokio::time::timeout;

use super::body::ClientBody;
use super::head::{Manner, Refusal};
use super::io::{Begun, Io, write_all};
use super::reply::{Ending, LAST_CHUNK, write_chunk, write_head};
use super::watch::Watched;
use crate::deadline::Deadline;
use crate::http::{Request, Response};

/// How long a client that was refused may go on sending before it is cut off: closed at once, it
/// would see a reset instead of the answer (RFC 9112, section 9.6).
const LINGER: Duration = Duration::from_secs(2);
/// An answer larger than this is not copied to be written together with its head.
const COPIED_BYTES: usize = 16 * 1024;
/// Room for an answer's head and a small body.
const FIRST_BYTES: usize = 2 * 1024;
/// Room kept for the next answer.
const KEPT_BYTES: usize = 32 * 1024;

/// Serves `tcp` until either side ends it. A client may take as long as `patience` for a
/// request's head, or between two; `refused` answers what has no head that can be read.
pub(in crate::server) async fn serve<B, F>(
    tcp: TcpStream,
    watched: Rc<Watched>,
    patience: Duration,
    answer: impl Fn(Request<ClientBody>) -> F,
    refused: impl Fn(Refusal) -> Response<B>,
) where
    F: Future<Output = Response<B>>,
    B: Body<Data = Bytes> + Unpin,
{
    // Without it answers only come later; a socket that refuses it is closing anyway.
    let _ = tcp.set_nodelay(true);
    let (input, output) = tcp.into_split();
    let tcp = output.as_ref();
    let io = Rc::new(RefCell::new(Io::new(input)));
    let mut out = Vec::with_capacity(FIRST_BYTES);
    let deadline = Deadline::after(Some(patience));
    loop {
        let begun = poll_fn(|cx| match io.borrow_mut().poll_head(cx) {
            Poll::Ready(begun) => Poll::Ready(begun),
            Poll::Pending => deadline.poll_passed(cx).map(|()| Begun::Over),
        })
        .await;
        watched.set_idle(false);
        let mut line = Line {
            io: &io,
            tcp,
            out: &mut out,
        };
        let head = match begun {
            Begun::Request(head) => head,
            Begun::Over => return,
            Begun::Refused(refusal) => {
                // A client that does not want to know is closed to all the same.
                let _ = line.write(refused(refusal), Manner::LAST).await;
                return linger(&io, tcp).await;
            }
        };
        let (request, ()) = head.request.with(ClientBody(io.clone()));
        // Pinned where it is made: it is too large to be moved for every request.
        let mut answering = pin!(answer(request));
        let Some(response) = poll_fn(|cx| answered(&io, answering.as_mut(), cx)).await else {
            return;
        };
        let mut manner = head.manner;
        // The rest of a body that nobody read, and that is still to come, could not be told from
        // a next request.
        manner.keeps &= io.borrow_mut().skip_body() && !watched.must_stop();
        match line.write(response, manner).await {
            Ok(Ending::Close) => return linger(&io, tcp).await,
            Ok(_) if manner.keeps && !watched.must_stop() => {}
            Ok(_) => return linger(&io, tcp).await,
            // The client is gone, or has to see that its answer broke off.
            Err(_) => return,
        }
        if out.capacity() > KEPT_BYTES {
            out = Vec::with_capacity(FIRST_BYTES);
        }
        watched.set_idle(true);
        deadline.push_back(patience);
    }
}

/// The answer; none if the client goes away before it.
fn answered<B>(
    io: &RefCell<Io>,
    answering: Pin<&mut impl Future<Output = Response<B>>>,
    cx: &mut Context<'_>,
) -> Poll<Option<Response<B>>> {
    match answering.poll(cx) {
        Poll::Ready(response) => Poll::Ready(Some(response)),
        Poll::Pending => io.borrow_mut().poll_gone(cx).map(|()| None),
    }
}

/// What an answer is written to.
struct Line<'a> {
    io: &'a RefCell<Io>,
    tcp: &'a TcpStream,
    /// What is to be written next.
    out: &'a mut Vec<u8>,
}

/// What an answer's body does next.
enum Step {
    Piece(Bytes),
    End,
    /// It takes its time, and meanwhile what there is shall be written.
    Flush,
}

impl Line<'_> {
    /// Writes an answer, each piece of its body at once and in one write; the first together
    /// with the head, the last together with the end. Gives how its end is made known.
    async fn write<B>(&mut self, response: Response<B>, manner: Manner) -> io::Result<Ending>
    where
        B: Body<Data = Bytes> + Unpin,
    {
        let Response {
            status,
            headers,
            mut body,
        } = response;
        let length = body.size_hint().exact();
        let ending = Ending::of(status, length, manner);
        write_head(status, &headers, ending, manner, self.out);
        if ending == Ending::None {
            return self.flush().await.map(|()| ending);
        }
        let mut sent = 0;
        while !body.is_end_stream() {
            let Some(piece) = self.next_piece(&mut body).await? else {
                break;
            };
            sent += piece.len() as u64;
            if ending == Ending::Chunked {
                write_chunk(&piece, self.out);
            } else if piece.len() <= COPIED_BYTES {
                self.out.extend_from_slice(&piece);
            } else {
                self.flush().await?;
                write_all(self.tcp, &piece).await?;
            }
            if !body.is_end_stream() {
                self.flush().await?;
            }
        }
        if ending == Ending::Chunked {
            self.out.extend_from_slice(LAST_CHUNK);
        }
        self.flush().await?;
        match ending {
            // To be seen by the client, who waits for the rest.
            Ending::Length(announced) if sent != announced => {
                Err(io::ErrorKind::UnexpectedEof.into())
            }
            _ => Ok(ending),
        }
    }

    /// The next piece of a body that has anything in it; none at its end.
    async fn next_piece<B>(&mut self, body: &mut B) -> io::Result<Option<Bytes>>
    where
        B: Body<Data = Bytes> + Unpin,
    {
        loop {
            let held = !self.out.is_empty();
            match poll_fn(|cx| step(self.io, body, held, cx)).await? {
                Step::Piece(piece) => return Ok(Some(piece)),
                Step::End => return Ok(None),
                Step::Flush => self.flush().await?,
            }
        }
    }

    async fn flush(&mut self) -> io::Result<()> {
        if self.out.is_empty() {
            return Ok(());
        }
        let written = write_all(self.tcp, self.out).await;
        self.out.clear();
        written
    }
}

fn step<B>(
    io: &RefCell<Io>,
    body: &mut B,
    held: bool,
    cx: &mut Context<'_>,
) -> Poll<io::Result<Step>>
where
    B: Body<Data = Bytes> + Unpin,
{
    loop {
        return Poll::Ready(match Pin::new(&mut *body).poll_frame(cx) {
            Poll::Ready(None) => Ok(Step::End),
            Poll::Ready(Some(Err(_))) => Err(io::ErrorKind::ConnectionAborted.into()),
            Poll::Ready(Some(Ok(frame))) => match frame.into_data() {
                Ok(data) if !data.is_empty() => Ok(Step::Piece(data)),
                // Trailers, or nothing at all.
                _ => continue,
            },
            Poll::Pending if held => Ok(Step::Flush),
            Poll::Pending => {
                ready!(io.borrow_mut().poll_gone(cx));
                Err(io::ErrorKind::BrokenPipe.into())
            }
        });
    }
}

/// Closes to a client that may still be sending.
async fn linger(io: &RefCell<Io>, tcp: &TcpStream) {
    if SockRef::from(tcp).shutdown(Shutdown::Write).is_ok() {
        let drained = poll_fn(|cx| io.borrow_mut().poll_drained(cx));
        // One that goes on is cut off.
        let _ = timeout(LINGER, drained).await;
    }
}

#[cfg(test)]
#[path = "connection_tests.rs"]
mod tests;
