use super::*;

const MODERN: Manner = Manner {
    modern: true,
    keeps: true,
    head_only: false,
};

fn head(status: StatusCode, ending: Ending, manner: Manner) -> String {
    let headers = [
        ("x-a", "1"),
        ("content-length", "99"),
        ("connection", "upgrade"),
    ];
    let headers = Headers::from(headers);
    let mut out = Vec::new();
    write_head(status, &headers, ending, manner, &mut out);
    String::from_utf8(out).unwrap()
}

#[test]
fn what_concerns_the_connection_is_its_own() {
    assert_eq!(
        head(StatusCode::OK, Ending::Length(7), MODERN),
        "HTTP/1.1 200 OK\r\nx-a: 1\r\ncontent-length: 7\r\n\r\n"
    );
    assert_eq!(
        head(StatusCode::OK, Ending::Chunked, MODERN),
        "HTTP/1.1 200 OK\r\nx-a: 1\r\ntransfer-encoding: chunked\r\n\r\n"
    );
    let last = Manner {
        keeps: false,
        ..MODERN
    };
    assert_eq!(
        head(StatusCode::OK, Ending::None, last),
        "HTTP/1.1 200 OK\r\nx-a: 1\r\ncontent-length: 99\r\nconnection: close\r\n\r\n"
    );
}

#[test]
fn an_old_client_gets_what_it_knows() {
    let old = Manner {
        modern: false,
        ..MODERN
    };
    assert_eq!(Ending::of(StatusCode::OK, None, old), Ending::Close);
    assert!(head(StatusCode::OK, Ending::Close, old).ends_with("connection: close\r\n\r\n"));
    assert!(
        head(StatusCode::OK, Ending::Length(0), old)
            .ends_with("content-length: 0\r\nconnection: keep-alive\r\n\r\n")
    );
}

#[test]
fn a_status_nobody_knows_has_no_reason() {
    let status = StatusCode::from_u16(529).unwrap();
    assert!(head(status, Ending::Length(0), MODERN).starts_with("HTTP/1.1 529 \r\n"));
}

#[test]
fn chunks() {
    let mut out = Vec::new();
    write_chunk(b"", &mut out);
    assert!(out.is_empty(), "an empty chunk would end the body");
    write_chunk(&[b'x'; 0x1a], &mut out);
    let text = String::from_utf8(out).unwrap();
    assert_eq!(text, format!("1a\r\n{}\r\n", "x".repeat(26)));
}

#[test]
fn decimals() {
    for number in [0, 7, 10, 804, u64::MAX] {
        let mut out = Vec::new();
        write_decimal(number, &mut out);
        assert_eq!(String::from_utf8(out).unwrap(), number.to_string());
    }
}
