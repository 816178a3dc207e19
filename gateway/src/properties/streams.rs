//! Streams, translated and passed through.

use std::sync::Arc;

use bytes::Bytes;

use super::translation::{PROVIDERS, plan};
use super::{cut, is_json};
use crate::config::ProviderDialect;
use crate::dialect::{Dialect, Fault};
use crate::relay::Follow;
use crate::sse::{events, whole_events};
use crate::translate::Stream;
use crate::usage;

/// A provider's stream: however it is cut, each client reads the same; every event is JSON of its
/// own; and where the provider's bytes break off, the stream ends in an error unless it had
/// ended before.
pub fn stream(provider: usize, bytes: &[u8]) {
    let provider = PROVIDERS[provider];
    for client in Dialect::ALL {
        let whole = told(client, provider, &[bytes], true);
        let (first, second) = cut(bytes);
        assert_eq!(
            told(client, provider, &[first, second], true),
            whole,
            "{client:?}"
        );
        let single: Vec<&[u8]> = bytes.chunks(1).collect();
        assert_eq!(told(client, provider, &single, true), whole, "{client:?}");
        for told in [&whole, &told(client, provider, &[first], false)] {
            well_formed(client, told);
        }
    }
}

/// What a client reads of a stream.
#[derive(Debug, PartialEq, Eq)]
struct Told {
    bytes: Vec<u8>,
    failed: bool,
}

fn told(client: Dialect, provider: ProviderDialect, pieces: &[&[u8]], clean: bool) -> Told {
    let mut stream = Stream::new(Arc::new(plan(client, provider)), "p");
    let mut bytes = Vec::new();
    for piece in pieces {
        bytes.extend(stream.push(piece).unwrap_or_default());
    }
    bytes.extend(stream.finish(clean, &broken()).unwrap_or_default());
    assert!(stream.ended(), "{client:?}: it is over and did not end");
    Told {
        bytes,
        failed: stream.failed(),
    }
}

fn broken() -> Fault {
    Fault::StreamBroken {
        provider: "p".to_owned(),
    }
}

fn well_formed(client: Dialect, told: &Told) {
    assert_eq!(whole_events(&told.bytes, 0), told.bytes.len());
    let mut last: &[u8] = b"";
    for event in events(&told.bytes) {
        last = event.data.unwrap_or_default();
        let is_end = client == Dialect::Chat && last == b"[DONE]";
        assert!(
            is_end || is_json(last),
            "{:?}",
            Bytes::copy_from_slice(last)
        );
        assert_eq!(event.name.is_some(), client != Dialect::Chat);
    }
    let says = |what: &str| memchr::memmem::find(last, what.as_bytes()).is_some();
    let ends_well = match client {
        Dialect::Chat => last == b"[DONE]",
        Dialect::Responses => says("\"response.completed\"") || says("\"response.incomplete\""),
        Dialect::Messages => last == br#"{"type":"message_stop"}"#,
    };
    let text = Bytes::copy_from_slice(&told.bytes);
    assert_eq!(ends_well, !told.failed, "{client:?}: {text:?}");
}

/// A stream that passes through: however it is cut, the same bytes are passed on, but for a
/// failure that is told at its end; and it has one unless the provider ended it.
pub fn follow(client: usize, bytes: &[u8]) {
    let client = Dialect::ALL[client];
    for strips in [false, client == Dialect::Chat] {
        let whole = followed(client, strips, &[bytes]);
        let (first, second) = cut(bytes);
        assert_eq!(followed(client, strips, &[first, second]), whole);
        let single: Vec<&[u8]> = bytes.chunks(1).collect();
        assert_eq!(followed(client, strips, &single), whole);
        if !strips && !whole.1 {
            assert!(bytes.starts_with(&whole.0), "it is passed on as it is");
        }
    }
}

/// What is passed on, and whether the client is told of a failure.
fn followed(client: Dialect, strips: bool, pieces: &[&[u8]]) -> (Vec<u8>, bool) {
    let mut follow = Follow::new(client, strips);
    let mut passed = Vec::new();
    for piece in pieces {
        passed.extend(
            follow
                .push(Bytes::copy_from_slice(piece))
                .unwrap_or_default(),
        );
        if follow.is_torn() {
            break;
        }
    }
    let last = follow.finish(true, &broken(), None);
    let failed = follow.notes().broken;
    passed.extend(last.unwrap_or_default());
    (passed, failed)
}

/// Taking usage out of whole events leaves whole events, and nothing that was not there.
pub fn strip(bytes: &[u8]) {
    let whole = &bytes[..whole_events(bytes, 0)];
    let stripped = usage::strip(Bytes::copy_from_slice(whole));
    assert!(stripped.len() <= whole.len());
    assert_eq!(whole_events(&stripped, 0), stripped.len());
    let mut kept = whole.iter();
    assert!(
        stripped.iter().all(|byte| kept.any(|other| other == byte)),
        "{stripped:?}"
    );
}
