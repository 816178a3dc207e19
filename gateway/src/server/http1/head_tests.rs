use proptest::prelude::*;

use super::*;

fn take(text: &str) -> Result<Option<Head>, Refusal> {
    take_head(&mut BytesMut::from(text))
}

/// The head of these lines, and of a host where they name none.
fn head(lines: &str) -> Result<Head, Refusal> {
    let host = if lines.contains("Host:") {
        ""
    } else {
        "\r\nHost: h"
    };
    take(&format!("{lines}{host}\r\n\r\n")).map(|head| head.expect("the head is all there"))
}

#[test]
fn a_request_of_http_1_1_names_its_host() {
    for lines in ["GET / HTTP/1.1", "GET http://h/ HTTP/1.1\r\nX-Host: h"] {
        let refusal = take(&format!("{lines}\r\n\r\n")).unwrap_err();
        assert_eq!((refusal, refusal.status().as_u16()), (Refusal::NoHost, 400));
    }
    for lines in ["GET / HTTP/1.1\r\nhOST: ", "GET / HTTP/1.0"] {
        assert!(take(&format!("{lines}\r\n\r\n")).is_ok(), "{lines}");
    }
}

#[test]
fn a_request_as_clients_send_it() {
    let mut input = BytesMut::from(
        "POST /v1/chat/completions?a=b HTTP/1.1\r\nHost: h\r\nX-A: 1\r\nx-a: 2\r\n\
         Content-Length: 3\r\n\r\nabcGET",
    );
    let head = take_head(&mut input).unwrap().unwrap();
    assert_eq!(head.request.method, Method::POST);
    assert_eq!(head.request.path(), "/v1/chat/completions");
    assert_eq!(head.request.query(), Some("a=b"));
    let values: Vec<_> = head.request.headers.all("x-a").collect();
    assert_eq!(values, [b"1", b"2"]);
    assert_eq!(head.framing, Framing::Length(3));
    assert_eq!(
        head.manner,
        Manner {
            modern: true,
            keeps: true,
            head_only: false
        }
    );
    assert_eq!(input, "abcGET", "what follows is left");
}

#[test]
fn what_can_be_read_in_two_ways_is_refused() {
    for lines in [
        "POST / HTTP/1.1\r\nContent-Length: 3\r\nTransfer-Encoding: chunked",
        "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\nContent-Length: 3",
        "POST / HTTP/1.1\r\nContent-Length: 3\r\nContent-Length: 3",
        "POST / HTTP/1.1\r\nContent-Length: 3, 3",
        "POST / HTTP/1.1\r\nContent-Length: +3",
        "POST / HTTP/1.1\r\nContent-Length: 0x3",
        "POST / HTTP/1.1\r\nContent-Length:",
        "POST / HTTP/1.1\r\nContent-Length: 99999999999999999999",
        "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: chunked",
        "POST / HTTP/1.0\r\nTransfer-Encoding: chunked",
        "GET / HTTP/1.1\r\nHost: a\r\nHost: b",
        "GET / HTTP/1.1\r\nX : a",
        "GET / HTTP/1.1\r\nX: a\r\n b",
        "GET / HTTP/1.1\r\nX: a\0b",
        "GET /\u{7f} HTTP/1.1\r\nX: a",
        "GET / HTTP/2.0\r\nX: a",
        "GET  / HTTP/1.1\r\nX: a",
    ] {
        assert_eq!(head(lines).unwrap_err(), Refusal::Malformed, "{lines}");
    }
    for (coding, refusal) in [
        ("gzip, chunked", Refusal::UnknownCoding),
        ("chunked, chunked", Refusal::UnknownCoding),
        ("chunked, identity", Refusal::Malformed),
        ("identity", Refusal::Malformed),
        ("xchunked", Refusal::Malformed),
        ("", Refusal::Malformed),
    ] {
        let lines = format!("POST / HTTP/1.1\r\nTransfer-Encoding: {coding}");
        assert_eq!(head(&lines).unwrap_err(), refusal, "{coding}");
    }
    assert_eq!(
        head("CONNECT a:1 HTTP/1.1\r\nHost: a:1").unwrap_err(),
        Refusal::Connect
    );
}

#[test]
fn heads_have_their_limits() {
    let many = "a: b\r\n".repeat(MOST_HEADERS + 1);
    assert_eq!(
        head(&format!("GET / HTTP/1.1\r\n{many}")).unwrap_err(),
        Refusal::TooLarge
    );
    let long = format!("GET / HTTP/1.1\r\na: {}", "b".repeat(LARGEST_HEAD_BYTES));
    assert_eq!(take(&long).unwrap_err(), Refusal::TooLarge);
    assert_eq!(head(&long).unwrap_err(), Refusal::TooLarge);
}

#[test]
fn which_connections_go_on() {
    for (lines, keeps) in [
        ("GET / HTTP/1.1", true),
        ("GET / HTTP/1.1\r\nConnection: Close", false),
        ("GET / HTTP/1.1\r\nConnection: x, close", false),
        ("GET / HTTP/1.0", false),
        ("GET / HTTP/1.0\r\nConnection: Keep-Alive", true),
    ] {
        assert_eq!(head(lines).unwrap().manner.keeps, keeps, "{lines}");
    }
}

#[test]
fn only_a_body_is_waited_for() {
    let waits = |more: &str| {
        let lines = format!("POST / HTTP/1.1\r\nExpect: 100-Continue{more}");
        head(&lines).unwrap().waits
    };
    assert!(waits("\r\nContent-Length: 1"));
    assert!(waits("\r\nTransfer-Encoding: chunked"));
    assert!(!waits(""));
}

proptest! {
    #[test]
    fn nothing_panics(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        let _ = take_head(&mut BytesMut::from(&bytes[..]));
    }

    #[test]
    fn nothing_that_looks_like_a_request_panics(
        lines in "(GET|POST|X) [ -~]{0,20} HTTP/1.[0-2]\r\n([ -~]{0,20}:[ -\u{ff}]{0,20}\r\n){0,6}\r\n"
    ) {
        let _ = take(&lines);
    }

    /// A head that is not all there is asked for again, however little of it came.
    #[test]
    fn a_cut_changes_nothing(cut in 0_usize..90) {
        let text = "POST /v1/messages HTTP/1.1\r\nhost: a\r\nx-api-key: k\r\ncontent-length: 12\r\n\r\n";
        let mut input = BytesMut::from(&text[..cut.min(text.len() - 1)]);
        prop_assert!(take_head(&mut input).unwrap().is_none());
        input.extend_from_slice(&text.as_bytes()[cut.min(text.len() - 1)..]);
        let head = take_head(&mut input).unwrap().unwrap();
        prop_assert_eq!(head.framing, Framing::Length(12));
        prop_assert_eq!(head.request.headers.len(), 3);
    }
}
