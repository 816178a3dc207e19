//! One client's connection: read a request, answer it, again.

use std::borrow::Cow;
use std::io;
use std::sync::Arc;
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::answer::{Body, Stamper, Template};
use crate::clock::now_ns;
use crate::deliver::{Delivery, Next};
use crate::http::request::ReplyFraming;
use crate::http::{Method, Progress, Request, RequestReader};
use crate::journal::End;
use crate::pace::Timer;
use crate::received::Count;
use crate::service::{Reply, Service};

/// How long a refused client may go on sending before it is cut off.
const LINGER: Duration = Duration::from_secs(1);
/// A larger request is read each time.
const KNOWN_BYTES: usize = 16 * 1024;

/// Serves one connection until its client closes it, asks to, or goes away.
pub async fn serve(mut stream: TcpStream, service: Arc<Service>) {
    // What fails here, fails because the client is gone: nobody is left to
    // be told.
    let _ = stream.set_nodelay(true);
    let _ = serve_requests(&mut stream, &service).await;
}

async fn serve_requests(stream: &mut TcpStream, service: &Service) -> io::Result<()> {
    let mut reader = RequestReader::default();
    let mut stamper = Stamper::default();
    let mut timer = Timer::default();
    let mut known = Known::default();
    loop {
        match reader.next_request() {
            Ok(Progress::Incomplete) => {
                if stream.read_buf(reader.input()).await? == 0 {
                    return Ok(());
                }
            }
            Ok(Progress::AwaitsContinue) => {
                stream.write_all(b"HTTP/1.1 100 Continue\r\n\r\n").await?;
            }
            Ok(Progress::Complete(request)) => {
                let received_ns = now_ns();
                stamper.begin(received_ns);
                let framing = request.framing;
                if service.is_instant()
                    && let Some(template) = known.answer(&request)
                {
                    if let Some(count) = known.count {
                        service.received.add(count);
                    }
                    send(stream, template, framing, &mut stamper).await?;
                    continue;
                }
                let reply = service.reply(&request);
                known.keep(service, &request, &reply);
                let next = match &reply.manner {
                    None => send(stream, &reply.template, framing, &mut stamper)
                        .await
                        .map(|()| Next::Request),
                    // In a box, so that connections that never need it do not
                    // carry its memory.
                    Some(manner) => {
                        let delivery = Delivery {
                            stream,
                            service,
                            stamper: &mut stamper,
                            timer: &mut timer,
                            framing,
                            received_ns,
                        };
                        Box::pin(delivery.deliver(&reply, manner)).await
                    }
                };
                service.ended(
                    &reply,
                    match next {
                        Ok(Next::Request) => End::Sent,
                        Ok(Next::Close) => End::Closed,
                        Ok(Next::Gone) | Err(_) => End::ClientGone,
                    },
                );
                if framing.close || next? != Next::Request {
                    return stream.shutdown().await;
                }
            }
            Err(refusal) => {
                let answer = service.refuse(reader.target(), refusal);
                let framing = ReplyFraming {
                    close: true,
                    chunked: false,
                    head_only: false,
                };
                send(stream, &answer, framing, &mut stamper).await?;
                return linger(stream).await;
            }
        }
    }
}

/// The request before, and its answer: whoever asks the same again, as a load
/// generator does, is answered without the body being read as JSON again.
///
/// Heads are read every time, so that a gateway that gives each request an id
/// of its own pays for that id and not for the mock's surprise.
#[derive(Default)]
struct Known<'a> {
    method: Option<Method>,
    target: String,
    anthropic: bool,
    body: Vec<u8>,
    answer: Option<&'a Template>,
    /// Where such requests are counted.
    count: Option<Count>,
}

impl<'a> Known<'a> {
    /// Keeps a request whose answer follows from its bytes alone.
    fn keep(&mut self, service: &Service, request: &Request<'_>, reply: &Reply<'a>) {
        self.answer = None;
        if let Cow::Borrowed(template) = reply.template
            && reply.manner.is_none()
            && !request.framing.close
            && request.fault.is_none()
            && request.body.len() <= KNOWN_BYTES
            && service.forgets_requests()
        {
            self.method = Some(request.method);
            self.target.clear();
            self.target.push_str(request.target);
            self.anthropic = request.anthropic;
            self.body.clear();
            self.body.extend_from_slice(request.body);
            self.answer = Some(template);
            self.count = reply.count;
        }
    }

    /// The answer, if `request` asks what the one before asked.
    fn answer(&self, request: &Request<'_>) -> Option<&'a Template> {
        let same = self.body == request.body
            && self.target == request.target
            && self.method == Some(request.method)
            && self.anthropic == request.anthropic
            && request.fault.is_none()
            && !request.framing.close;
        self.answer.filter(|_| same)
    }
}

/// Sends an answer: a whole one in one write, of a stream the head and then
/// each event in a write of its own.
async fn send(
    stream: &mut (impl AsyncWrite + Unpin),
    answer: &Template,
    framing: ReplyFraming,
    stamper: &mut Stamper,
) -> io::Result<()> {
    match answer.body() {
        _ if framing.head_only => stream.write_all(stamper.head(answer, framing)).await,
        Body::Whole(piece) => {
            let bytes = stamper.whole(answer, piece, framing, now_ns);
            stream.write_all(bytes).await
        }
        Body::Stream(events) => {
            stream.write_all(stamper.head(answer, framing)).await?;
            for event in events {
                let bytes = stamper.event(event, framing, now_ns);
                stream.write_all(bytes).await?;
            }
            Ok(())
        }
    }
}

/// Closes a connection whose client may still be sending: to close at once
/// would reset it and could take the answer away from the client
/// (RFC 9112, section 9.6).
async fn linger(stream: &mut TcpStream) -> io::Result<()> {
    stream.shutdown().await?;
    let mut ignored = [0; 8192];
    let drained = tokio::time::timeout(LINGER, async {
        while stream.read(&mut ignored).await? > 0 {}
        Ok(())
    });
    drained.await.unwrap_or(Ok(()))
}

#[cfg(test)]
mod tests {
    use std::pin::Pin;
    use std::task::{Context, Poll};

    use workload::{Dialect, Script, Workload};

    use super::*;
    use crate::service::Options;

    /// Keeps each write apart.
    #[derive(Default)]
    struct Writes(Vec<String>);

    impl AsyncWrite for Writes {
        fn poll_write(
            mut self: Pin<&mut Self>,
            _: &mut Context<'_>,
            bytes: &[u8],
        ) -> Poll<io::Result<usize>> {
            self.0.push(String::from_utf8(bytes.to_vec()).unwrap());
            Poll::Ready(Ok(bytes.len()))
        }

        fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
            Poll::Ready(Ok(()))
        }

        fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
            Poll::Ready(Ok(()))
        }
    }

    async fn writes(workload: Workload, chunked: bool) -> Vec<String> {
        let service = Service::new(&Script::stamped(3), Options::default());
        let body = format!(r#"{{"model":"m","stream":{}}}"#, workload.stream);
        let framing = ReplyFraming {
            close: !chunked,
            chunked,
            head_only: false,
        };
        let reply = service.reply(&Request {
            method: Method::Post,
            target: workload.dialect.path(),
            anthropic: false,
            fault: None,
            head: b"",
            body: body.as_bytes(),
            framing,
        });
        let mut writes = Writes::default();
        let mut stamper = Stamper::default();
        stamper.begin(now_ns());
        send(&mut writes, &reply.template, framing, &mut stamper)
            .await
            .unwrap();
        writes.0
    }

    #[tokio::test]
    async fn a_whole_answer_is_one_write() {
        for dialect in Dialect::ALL {
            assert_eq!(writes(Workload::new(dialect, false), true).await.len(), 1);
        }
    }

    #[tokio::test]
    async fn each_event_is_one_write_and_one_chunk() {
        for (dialect, events) in Dialect::ALL.into_iter().zip([6, 11, 9]) {
            let writes = writes(Workload::new(dialect, true), true).await;
            assert_eq!(writes.len(), 1 + events);
            assert!(writes[0].ends_with("\r\n\r\n"));
            for (index, write) in writes[1..].iter().enumerate() {
                let (size, rest) = write.split_once("\r\n").unwrap();
                let size = usize::from_str_radix(size, 16).unwrap();
                let (event, end) = rest.split_at(size);
                assert_eq!(event.matches("data: ").count(), 1);
                assert!(event.ends_with("\n\n"));
                let last = index + 1 == events;
                assert_eq!(end, if last { "\r\n0\r\n\r\n" } else { "\r\n" });
            }
        }
    }

    #[tokio::test]
    async fn without_chunks_the_events_stand_alone() {
        let workload = Workload::new(Dialect::Chat, true);
        let bare = writes(workload, false).await;
        assert!(bare[0].ends_with("\r\nconnection: close\r\n\r\n"));
        assert!(!bare[0].contains("transfer-encoding"));
        assert!(bare[1..].iter().all(|event| event.starts_with("data: ")));
        assert_eq!(bare.last().unwrap(), "data: [DONE]\n\n");
    }
}
