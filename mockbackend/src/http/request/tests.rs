//! Any cut of the bytes gives the same requests.

use proptest::prelude::*;

use super::*;

/// What a connection's bytes read as.
#[derive(Debug, PartialEq, Eq)]
enum Heard {
    Request {
        method: Method,
        target: String,
        anthropic: bool,
        body: Vec<u8>,
        framing: ReplyFraming,
    },
    Refused(Refusal),
}

fn hear<'a>(parts: impl IntoIterator<Item = &'a [u8]>) -> Vec<Heard> {
    let mut reader = RequestReader::default();
    let mut heard = Vec::new();
    for part in parts {
        reader.input().extend_from_slice(part);
        loop {
            match reader.next_request() {
                Ok(Progress::Incomplete) => break,
                Ok(Progress::AwaitsContinue) => {}
                Ok(Progress::Complete(request)) => heard.push(Heard::Request {
                    method: request.method,
                    target: request.target.to_owned(),
                    anthropic: request.anthropic,
                    body: request.body.to_vec(),
                    framing: request.framing,
                }),
                Err(refusal) => {
                    heard.push(Heard::Refused(refusal));
                    return heard;
                }
            }
        }
    }
    heard
}

fn request(method: Method, target: &str, body: &str) -> Heard {
    Heard::Request {
        method,
        target: target.to_owned(),
        anthropic: false,
        body: body.into(),
        framing: ReplyFraming {
            close: false,
            chunked: true,
            head_only: method == Method::Head,
        },
    }
}

const PIPELINED: &[u8] = b"POST /a?x=1 HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\n\r\nhello\
    HEAD /b HTTP/1.1\r\n\r\n\
    POST /c HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2;x\r\nde\r\n0\r\nT: v\r\n\r\n\
    \r\nGET /d HTTP/1.1\r\n\r\n";

#[test]
fn pipelined_requests() {
    assert_eq!(
        hear([PIPELINED]),
        [
            request(Method::Post, "/a?x=1", "hello"),
            request(Method::Head, "/b", ""),
            request(Method::Post, "/c", "abcde"),
            request(Method::Get, "/d", ""),
        ]
    );
}

#[test]
fn facts_of_the_head() {
    let heard = hear([&b"PUT / HTTP/1.0\r\nAnthropic-Version: 1\r\nContent-Length: 0\r\n\r\n"[..]]);
    assert_eq!(
        heard,
        [Heard::Request {
            method: Method::Other,
            target: "/".to_owned(),
            anthropic: true,
            body: Vec::new(),
            framing: ReplyFraming {
                close: true,
                chunked: false,
                head_only: false
            },
        }]
    );
}

#[test]
fn continue_is_awaited_once_and_only_without_a_body() {
    let head = b"POST / HTTP/1.1\r\nExpect: 100-Continue\r\nContent-Length: 2\r\n\r\n";
    let mut reader = RequestReader::default();
    reader.input().extend_from_slice(head);
    assert_eq!(reader.next_request(), Ok(Progress::AwaitsContinue));
    assert_eq!(reader.next_request(), Ok(Progress::Incomplete));
    reader.input().extend_from_slice(b"{}");
    assert!(matches!(reader.next_request(), Ok(Progress::Complete(_))));

    let mut reader = RequestReader::default();
    reader.input().extend_from_slice(head);
    reader.input().extend_from_slice(b"{");
    assert_eq!(reader.next_request(), Ok(Progress::Incomplete));
}

#[test]
fn the_target_is_known_to_a_refusal() {
    let mut reader = RequestReader::default();
    reader.input().extend_from_slice(
        b"GET / HTTP/1.1\r\n\r\nPOST /v1/x HTTP/1.1\r\nContent-Length: 33554433\r\n\r\n",
    );
    assert_eq!(reader.target(), None);
    assert!(matches!(reader.next_request(), Ok(Progress::Complete(_))));
    assert_eq!(reader.next_request(), Err(Refusal::BodyTooLarge));
    assert_eq!(reader.target(), Some("/v1/x"));
}

#[test]
fn a_large_request_does_not_keep_its_memory() {
    let mut reader = RequestReader::default();
    let length = 4 * KEPT_BYTES;
    let head = format!("POST / HTTP/1.1\r\nContent-Length: {length}\r\n\r\n");
    reader.input().extend_from_slice(head.as_bytes());
    reader.input().extend_from_slice(&vec![b' '; length]);
    assert!(matches!(reader.next_request(), Ok(Progress::Complete(_))));
    assert_eq!(reader.next_request(), Ok(Progress::Incomplete));
    assert!(reader.input().capacity() <= KEPT_BYTES);
}

fn any_request() -> impl Strategy<Value = Vec<u8>> {
    let chunk = proptest::collection::vec(any::<u8>(), 1..40);
    prop_oneof![
        Just(b"GET /health HTTP/1.1\r\n\r\n".to_vec()),
        proptest::collection::vec(any::<u8>(), 0..80).prop_map(|body| {
            let head = format!("POST /a HTTP/1.1\r\nContent-Length: {}\r\n\r\n", body.len());
            [head.into_bytes(), body].concat()
        }),
        proptest::collection::vec(chunk, 0..5).prop_map(|chunks| {
            let mut coded = b"POST /b HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n".to_vec();
            for chunk in chunks {
                coded.extend(format!("{:X};e=1\r\n", chunk.len()).into_bytes());
                coded.extend(chunk);
                coded.extend(b"\r\n");
            }
            coded.extend(b"0\r\n\r\n");
            coded
        }),
        Just(b"POST /c HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n".to_vec()),
        Just(b"\x00\r\n\r\n".to_vec()),
    ]
}

proptest! {
    #[test]
    fn requests_do_not_depend_on_the_cuts(
        requests in proptest::collection::vec(any_request(), 1..5),
        cuts in proptest::collection::vec(any::<prop::sample::Index>(), 0..12),
    ) {
        let bytes = requests.concat();
        let mut cuts: Vec<usize> = cuts.iter().map(|cut| cut.index(bytes.len() + 1)).collect();
        cuts.extend([0, bytes.len()]);
        cuts.sort_unstable();
        let parts = cuts.windows(2).map(|pair| &bytes[pair[0]..pair[1]]);
        prop_assert_eq!(hear(parts), hear([&bytes[..]]));
    }

    #[test]
    fn no_bytes_break_it(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
        hear(bytes.chunks(7));
    }
}
