//! HTTP/1.1 from both sides.

use bytes::{Bytes, BytesMut};

use super::cut;
use crate::http::{Chunked, Framing};
use crate::{server, upstream};

/// A request's head: however it is cut, the same is read of it; and none is read in which two
/// readers could see two requests.
pub fn request_head(bytes: &[u8]) {
    let read = |pieces: [&[u8]; 2]| {
        in_pieces(pieces, |input| {
            server::take_head(input).map(|head| {
                head.map(|head| {
                    let headers = &head.request.headers;
                    let coded = headers.contains("transfer-encoding");
                    let lengths = headers.all("content-length").count();
                    assert!(!coded || lengths == 0, "a length and a coding");
                    assert!(lengths <= 1 || equal(headers.all("content-length")));
                    format!("{head:?}")
                })
            })
        })
    };
    let (first, second) = cut(bytes);
    assert_eq!(read([first, second]), read([bytes, b""]));
}

/// A response's head: however it is cut, the same is read of it.
pub fn response_head(bytes: &[u8]) {
    let read = |pieces: [&[u8]; 2]| {
        in_pieces(pieces, |input| {
            upstream::take_head(input).map(|head| head.map(|head| format!("{head:?}")))
        })
    };
    let (first, second) = cut(bytes);
    assert_eq!(read([first, second]), read([bytes, b""]));
}

fn equal<'a>(mut values: impl Iterator<Item = &'a [u8]>) -> bool {
    let first = values.next();
    values.all(|value| Some(value) == first)
}

/// What `take` makes of `pieces`, and what it leaves.
fn in_pieces<E>(
    pieces: [&[u8]; 2],
    mut take: impl FnMut(&mut BytesMut) -> Result<Option<String>, E>,
) -> Option<(String, BytesMut)> {
    let mut input = BytesMut::new();
    let mut head = None;
    for piece in pieces {
        input.extend_from_slice(piece);
        if head.is_none() {
            // No more is asked of what was refused.
            head = take(&mut input).ok()?;
        }
    }
    head.map(|head| (head, input))
}

/// The chunked coding: however it is cut, the same content comes out, and ends at the same place;
/// and bytes that are written in chunks are read as they were.
pub fn chunked(bytes: &[u8]) {
    let (first, second) = cut(bytes);
    let single: Vec<&[u8]> = bytes.chunks(1).collect();
    let whole = decoded(&[bytes]);
    assert_eq!(decoded(&[first, second]), whole);
    assert_eq!(decoded(&single), whole);
    let mut coded = Vec::new();
    for piece in [first, second]
        .into_iter()
        .filter(|piece| !piece.is_empty())
    {
        coded.extend(format!("{:X};é=\"1\"\r\n", piece.len()).into_bytes());
        coded.extend_from_slice(piece);
        coded.extend_from_slice(b"\r\n");
    }
    coded.extend_from_slice(b"0\r\ntrailer: x\r\n\r\nnext");
    let read = decoded(&[&coded]).unwrap_or_else(|| panic!("refused"));
    assert_eq!((&read.0[..], &read.1[..]), (bytes, &b"next"[..]));
    assert!(read.2);
}

/// The content, what follows it, and whether it came to its end; `None` if the coding is broken.
fn decoded(pieces: &[&[u8]]) -> Option<(Vec<u8>, Bytes, bool)> {
    let mut framing = Framing::Chunked(Chunked::default());
    let mut received = BytesMut::new();
    let mut content = Vec::new();
    for piece in pieces {
        received.extend_from_slice(piece);
        if !framing.is_done() {
            content.extend(framing.take(&mut received).ok()?.unwrap_or_default());
        }
    }
    Some((content, received.freeze(), framing.is_done()))
}
