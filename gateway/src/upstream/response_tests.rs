use super::*;

fn head(text: &str) -> Result<Option<Head>, BadHead> {
    take_head(&mut BytesMut::from(text))
}

fn whole(text: &str) -> Head {
    head(text).unwrap().unwrap()
}

#[test]
fn leaves_the_body_in_the_buffer() {
    let mut received = BytesMut::from("HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nab");
    let head = take_head(&mut received).unwrap().unwrap();
    assert_eq!(head.status, 200);
    assert_eq!(head.framing, Framing::Length(2));
    assert!(head.reusable);
    assert_eq!(received, "ab");
}

#[test]
fn waits_for_the_whole_head() {
    let text = "HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n";
    for end in 0..text.len() {
        assert!(head(&text[..end]).unwrap().is_none(), "{end}");
    }
}

#[test]
fn passes_over_interim_responses() {
    let text = "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nlink: x\r\n\r\n";
    assert!(head(text).unwrap().is_none());
    let head = whole(&format!(
        "{text}HTTP/1.1 429 Slow\r\ncontent-length: 0\r\n\r\n"
    ));
    assert_eq!((head.status.as_u16(), head.headers.len()), (429, 1));
}

#[test]
fn forwards_all_headers_but_those_of_the_connection() {
    let head = whole(concat!(
        "HTTP/1.1 200 OK\r\nx-request-id: 1\r\nSet-Cookie: a\r\nset-cookie: b\r\n",
        "Connection: keep-alive, X-Hop\r\nx-hop: 1\r\nkeep-alive: timeout=5\r\n",
        "transfer-encoding: chunked\r\ntrailer: x\r\nupgrade: h2\r\n\r\n"
    ));
    let mut names: Vec<_> = head.headers.iter().map(|(name, _)| name).collect();
    names.sort_unstable();
    assert_eq!(names, [&b"set-cookie"[..], b"set-cookie", b"x-request-id"]);
    assert_eq!(head.framing, Framing::Chunked(Chunked::default()));
    assert!(head.reusable);
}

#[test]
fn a_chunked_body_has_no_length() {
    let head =
        whole("HTTP/1.1 200 OK\r\ncontent-length: 5\r\ntransfer-encoding: gzip, Chunked\r\n\r\n");
    assert_eq!(head.framing, Framing::Chunked(Chunked::default()));
    assert_eq!(head.headers.len(), 0);
}

#[test]
fn knows_when_the_connection_ends_with_the_response() {
    for text in [
        "HTTP/1.1 200 OK\r\n\r\n",
        "HTTP/1.1 200 OK\r\ntransfer-encoding: gzip\r\n\r\n",
        "HTTP/1.1 200 OK\r\ncontent-length: 1\r\nconnection: Close\r\n\r\n",
        "HTTP/1.0 200 OK\r\ncontent-length: 1\r\n\r\n",
    ] {
        assert!(!whole(text).reusable, "{text}");
    }
}

#[test]
fn no_content_has_no_body() {
    assert_eq!(whole("HTTP/1.1 204 No\r\n\r\n").framing, Framing::Length(0));
}

#[test]
fn refuses_what_is_not_http() {
    for text in [
        "SSH-2.0\r\n\r\n",
        "HTTP/1.1 101 Up\r\n\r\n",
        "HTTP/1.1 200 OK\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\n",
        "HTTP/1.1 200 OK\r\ncontent-length: +1\r\n\r\n",
        "HTTP/1.1 200 OK\r\ncontent-length: \r\n\r\n",
        "HTTP/1.1 200 OK\r\na b: 1\r\n\r\n",
    ] {
        assert!(head(text).is_err(), "{text}");
    }
    let endless = format!("HTTP/1.1 200 OK\r\na: {}", "x".repeat(LARGEST_HEAD_BYTES));
    assert!(head(&endless).is_err());
}
