use http_body_util::{BodyExt, Full};
use hyper::StatusCode;
use hyper::body::{Frame, SizeHint};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio::sync::mpsc;
use tokio::task::LocalSet;

use super::super::watch::Connections;
use super::*;
use crate::deadline;

const PATIENCE: Duration = Duration::from_secs(60);

enum AnyBody {
    Whole(Full<Bytes>),
    Fed(mpsc::UnboundedReceiver<&'static str>),
    /// Announces nine bytes and has none.
    Short,
}

impl Body for AnyBody {
    type Data = Bytes;
    type Error = std::convert::Infallible;

    fn poll_frame(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Self::Error>>> {
        match self.get_mut() {
            Self::Whole(body) => Pin::new(body).poll_frame(cx),
            Self::Fed(pieces) => pieces
                .poll_recv(cx)
                .map(|piece| piece.map(|text| Ok(Frame::data(Bytes::from(text))))),
            Self::Short => Poll::Ready(None),
        }
    }

    fn size_hint(&self) -> SizeHint {
        match self {
            Self::Whole(body) => body.size_hint(),
            Self::Fed(_) => SizeHint::default(),
            Self::Short => SizeHint::with_exact(9),
        }
    }
}

fn whole(text: impl Into<Bytes>) -> AnyBody {
    AnyBody::Whole(Full::new(text.into()))
}

/// Answers with the method, the path and the body of the request.
async fn echo(request: Request<ClientBody>) -> Response<AnyBody> {
    let (request, body) = request.with(());
    let path = request.path();
    if path == "/unread" {
        return Response::new(whole("unread"));
    }
    match body.collect().await {
        Ok(body) => {
            let text = String::from_utf8_lossy(&body.to_bytes()).into_owned();
            Response::new(whole(format!("{} {path} {text}", request.method)))
        }
        Err(_) => {
            let mut answer = Response::new(whole("lost"));
            answer.status = StatusCode::BAD_REQUEST;
            answer
        }
    }
}

/// Runs `client` against a connection that answers with `answer`.
fn with<F, C>(
    patience: Duration,
    answer: impl Fn(Request<ClientBody>) -> F + 'static,
    client: impl FnOnce(TcpStream, Connections) -> C,
) where
    F: Future<Output = Response<AnyBody>> + 'static,
    C: Future<Output = ()>,
{
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    LocalSet::new().block_on(&runtime, async {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let client_side = TcpStream::connect(listener.local_addr().unwrap())
            .await
            .unwrap();
        let (tcp, _) = listener.accept().await.unwrap();
        let connections = Connections::default();
        tokio::task::spawn_local(deadline::watch());
        let refused = |refusal: Refusal| Response {
            status: refusal.status(),
            ..Response::new(whole(format!("{refusal:?}")))
        };
        connections.spawn(|watched| serve(tcp, watched, patience, answer, refused));
        timeout(Duration::from_secs(20), client(client_side, connections))
            .await
            .expect("the client got what it waited for");
    });
}

/// Sends `text` in pieces of `size`, and reads until the gateway closes.
async fn exchange(mut client: TcpStream, text: &str, size: usize) -> String {
    for piece in text.as_bytes().chunks(size) {
        client.write_all(piece).await.unwrap();
        tokio::task::yield_now().await;
    }
    let mut answer = Vec::new();
    let _ = client.read_to_end(&mut answer).await;
    String::from_utf8(answer).unwrap()
}

#[test]
fn requests_in_a_row_and_in_any_pieces() {
    const REQUESTS: &str = "POST /a HTTP/1.1\r\nhost: h\r\ncontent-length: 3\r\n\r\nabc\
        POST /b HTTP/1.1\r\nhost: h\r\ntransfer-encoding: chunked\r\n\r\n2\r\nde\r\n1\r\nf\r\n0\r\n\r\n\
        HEAD /c HTTP/1.1\r\nhost: h\r\n\r\n\
        GET /d HTTP/1.1\r\nhost: h\r\nconnection: close\r\n\r\n";
    const ANSWERS: &str = "HTTP/1.1 200 OK\r\ncontent-length: 11\r\n\r\nPOST /a abc\
        HTTP/1.1 200 OK\r\ncontent-length: 11\r\n\r\nPOST /b def\
        HTTP/1.1 200 OK\r\n\r\n\
        HTTP/1.1 200 OK\r\ncontent-length: 7\r\nconnection: close\r\n\r\nGET /d ";
    for size in [1, 7, 50, 1_000] {
        with(PATIENCE, echo, |client, _| async move {
            assert_eq!(exchange(client, REQUESTS, size).await, ANSWERS, "{size}");
        });
    }
}

#[test]
fn an_old_client_sees_the_end_of_a_stream_by_that_of_the_connection() {
    let answer = |_| async {
        let (feed, pieces) = mpsc::unbounded_channel();
        feed.send("a").unwrap();
        Response::new(AnyBody::Fed(pieces))
    };
    with(PATIENCE, answer, |client, _| async move {
        let text = "GET / HTTP/1.0\r\nconnection: keep-alive\r\n\r\n";
        assert_eq!(
            exchange(client, text, 100).await,
            "HTTP/1.1 200 OK\r\nconnection: close\r\n\r\na"
        );
    });
}

#[test]
fn a_client_that_waits_is_given_leave() {
    with(PATIENCE, echo, |mut client, _| async move {
        let head =
            "POST / HTTP/1.1\r\nhost: h\r\ncontent-length: 2\r\nexpect: 100-continue\r\n\r\n";
        client.write_all(head.as_bytes()).await.unwrap();
        let mut leave = [0; 25];
        client.read_exact(&mut leave).await.unwrap();
        assert_eq!(&leave, b"HTTP/1.1 100 Continue\r\n\r\n");
        client.write_all(b"ok").await.unwrap();
        let mut answer = [0; 15];
        client.read_exact(&mut answer).await.unwrap();
        assert_eq!(&answer, b"HTTP/1.1 200 OK");
    });
}

#[test]
fn after_a_body_that_is_unread_and_still_to_come_the_connection_closes() {
    with(PATIENCE, echo, |client, _| async move {
        let text = "POST /unread HTTP/1.1\r\nhost: h\r\ncontent-length: 60\r\n\r\nGET / HTTP/1.1\r\nhost: h\r\n\r\n";
        let answer = exchange(client, text, 1_000).await;
        assert_eq!(
            answer,
            "HTTP/1.1 200 OK\r\ncontent-length: 6\r\nconnection: close\r\n\r\nunread"
        );
    });
}

#[test]
fn an_unread_body_that_is_all_there_is_passed_over() {
    with(PATIENCE, echo, |client, _| async move {
        let text = "POST /unread HTTP/1.1\r\nhost: h\r\ntransfer-encoding: chunked\r\n\r\n\
            3\r\nGET\r\n0\r\n\r\nGET /next HTTP/1.1\r\nhost: h\r\nconnection: close\r\n\r\n";
        let answer = exchange(client, text, 1_000).await;
        assert!(
            answer.contains("content-length: 6\r\n\r\nunread"),
            "{answer}"
        );
        assert!(answer.ends_with("\r\n\r\nGET /next "), "{answer}");
    });
}

#[test]
fn a_smuggled_request_is_not_served() {
    with(PATIENCE, echo, |client, _| async move {
        let text = "POST / HTTP/1.1\r\nhost: h\r\ncontent-length: 4\r\ntransfer-encoding: chunked\r\n\r\n\
            0\r\n\r\nGET /hidden HTTP/1.1\r\nhost: h\r\n\r\n";
        let answer = exchange(client, text, 1_000).await;
        assert!(answer.starts_with("HTTP/1.1 400 "), "{answer}");
        assert!(answer.ends_with("\r\n\r\nMalformed"), "{answer}");
    });
}

#[test]
fn broken_chunks_are_a_lost_body() {
    with(PATIENCE, echo, |client, _| async move {
        let text = "POST / HTTP/1.1\r\nhost: h\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n";
        let answer = exchange(client, text, 1_000).await;
        assert!(answer.starts_with("HTTP/1.1 400 "), "{answer}");
        assert!(answer.contains("connection: close"), "{answer}");
    });
}

/// Answers everything with what the test feeds.
fn fed() -> (
    mpsc::UnboundedSender<&'static str>,
    impl Fn(Request<ClientBody>) -> std::future::Ready<Response<AnyBody>>,
) {
    let (feed, pieces) = mpsc::unbounded_channel();
    let pieces = RefCell::new(Some(pieces));
    let answer = move |_| {
        let pieces = pieces.borrow_mut().take().expect("one request");
        std::future::ready(Response::new(AnyBody::Fed(pieces)))
    };
    (feed, answer)
}

#[test]
fn each_piece_leaves_at_once_and_the_end_with_the_last() {
    let (feed, answer) = fed();
    with(PATIENCE, answer, |mut client, _| async move {
        feed.send("one").unwrap();
        client
            .write_all(b"GET / HTTP/1.1\r\nhost: h\r\n\r\n")
            .await
            .unwrap();
        let mut read = async |expected: &str| {
            let mut bytes = vec![0; expected.len()];
            client.read_exact(&mut bytes).await.unwrap();
            assert_eq!(String::from_utf8(bytes).unwrap(), expected);
        };
        read("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n3\r\none\r\n").await;
        feed.send("").unwrap();
        feed.send("three").unwrap();
        read("5\r\nthree\r\n").await;
        drop(feed);
        read("0\r\n\r\n").await;
    });
}

#[test]
fn an_answer_that_takes_its_time_sends_its_head_ahead() {
    let (feed, answer) = fed();
    with(PATIENCE, answer, |mut client, _| async move {
        client
            .write_all(b"GET / HTTP/1.1\r\nhost: h\r\n\r\n")
            .await
            .unwrap();
        let mut byte = [0];
        client.read_exact(&mut byte).await.unwrap();
        drop(feed);
    });
}

#[test]
fn a_client_that_goes_away_ends_its_answer() {
    let (feed, answer) = fed();
    with(PATIENCE, answer, |mut client, _| async move {
        client
            .write_all(b"GET / HTTP/1.1\r\nhost: h\r\n\r\n")
            .await
            .unwrap();
        let mut byte = [0];
        client.read_exact(&mut byte).await.unwrap();
        drop(client);
        feed.closed().await;
    });
}

#[test]
fn a_client_that_goes_away_ends_what_it_asked_for() {
    let (held, mut begun) = mpsc::unbounded_channel();
    let answer = move |_| {
        let held = held.clone();
        async move {
            held.send(()).unwrap();
            std::future::pending::<Response<AnyBody>>().await
        }
    };
    with(PATIENCE, answer, |mut client, _| async move {
        client
            .write_all(b"GET / HTTP/1.1\r\nhost: h\r\n\r\n")
            .await
            .unwrap();
        begun.recv().await.unwrap();
        drop(client);
        // None once the future is gone, and the closure that made it, with the connection.
        assert_eq!(begun.recv().await, None);
    });
}

#[test]
fn a_body_shorter_than_announced_is_seen() {
    let answer = |_| std::future::ready(Response::new(AnyBody::Short));
    with(PATIENCE, answer, |client, _| async move {
        let answer = exchange(client, "GET / HTTP/1.1\r\nhost: h\r\n\r\n", 99).await;
        assert!(answer.contains("content-length: 9"), "{answer}");
        assert!(answer.ends_with("\r\n\r\n"), "and then the end: {answer}");
    });
}

#[test]
fn a_client_that_is_slow_with_its_head_is_closed_to() {
    with(
        Duration::from_millis(50),
        echo,
        |mut client, _| async move {
            client.write_all(b"GET / HT").await.unwrap();
            assert_eq!(client.read(&mut [0]).await.unwrap_or(0), 0);
        },
    );
}

#[test]
fn at_the_end_the_idle_are_closed_and_the_others_finish() {
    let (feed, answer) = fed();
    with(PATIENCE, answer, |mut client, connections| async move {
        client
            .write_all(b"GET / HTTP/1.1\r\nhost: h\r\n\r\n")
            .await
            .unwrap();
        let mut byte = [0];
        client.read_exact(&mut byte).await.unwrap();
        let finish = connections.finish();
        let mut finish = pin!(finish);
        let early = timeout(Duration::from_millis(50), finish.as_mut()).await;
        assert!(early.is_err(), "an answer is under way");
        drop(feed);
        let mut rest = String::new();
        client.read_to_string(&mut rest).await.unwrap();
        assert!(rest.ends_with("0\r\n\r\n"), "{rest}");
        drop(client);
        finish.await;
    });
    with(PATIENCE, echo, |mut client, connections| async move {
        connections.finish().await;
        assert_eq!(client.read(&mut [0]).await.unwrap_or(0), 0);
    });
}
