use proptest::prelude::*;

use super::*;

const CHAT: &str = "data: {\"a\":\"é\"}\n\n: ping\n\ndata: {\"b\":2}\r\n\r\ndata: [DONE]\n\n";
const BROKEN: &str = concat!(
    r#"data: {"error":{"message":"The provider `p` broke the stream off before its end.","#,
    r#""type":"server_error","param":null,"code":null}}"#,
    "\n\n"
);

/// What a client gets of a stream that comes in `pieces`.
fn follow(dialect: Dialect, pieces: &[&[u8]], clean: bool) -> String {
    let mut follow = Follow::new(dialect, false);
    let mut told = Vec::new();
    for piece in pieces {
        if let Some(piece) = follow.push(Bytes::copy_from_slice(piece)) {
            told.extend_from_slice(&piece);
        }
    }
    let fault = Fault::StreamBroken {
        provider: "p".to_owned(),
    };
    if let Some(last) = follow.finish(clean, &fault, None) {
        told.extend_from_slice(&last);
    }
    String::from_utf8(told).unwrap()
}

#[test]
fn whole_events_pass_at_once_and_uncopied() {
    let mut follow = Follow::new(Dialect::Chat, false);
    let piece = Bytes::from_static(b"data: 1\n\ndata: 2\n\n");
    assert_eq!(follow.push(piece.clone()).unwrap().as_ptr(), piece.as_ptr());
}

#[test]
fn half_an_event_waits_for_the_other_half() {
    let mut follow = Follow::new(Dialect::Chat, false);
    assert_eq!(
        follow.push(Bytes::from_static(b"data: 1\n\nda")).unwrap(),
        "data: 1\n\n"
    );
    assert_eq!(follow.push(Bytes::from_static(b"ta: [DONE]\n")), None);
    assert!(!follow.is_complete());
    assert_eq!(
        follow.push(Bytes::from_static(b"\n")).unwrap(),
        "data: [DONE]\n\n"
    );
    assert!(follow.is_complete());
}

#[test]
fn a_stream_without_its_end_becomes_an_error() {
    let part = "data: {\"b\":2}\n\n";
    for clean in [true, false] {
        assert_eq!(
            follow(Dialect::Chat, &[part.as_bytes()], clean),
            format!("{part}{BROKEN}")
        );
        // Half an event is not passed on before the error.
        assert_eq!(
            follow(Dialect::Chat, &[part.as_bytes(), b"data: {\"choi"], clean),
            format!("{part}{BROKEN}")
        );
    }
}

#[test]
fn a_stream_that_ended_is_not_broken_by_what_follows() {
    for clean in [true, false] {
        assert_eq!(follow(Dialect::Chat, &[CHAT.as_bytes()], clean), CHAT);
    }
}

#[test]
fn the_last_event_may_lack_its_blank_line() {
    for text in ["data: 1\n\ndata: [DONE]", "data: 1\n\ndata: [DONE]\n"] {
        assert_eq!(follow(Dialect::Chat, &[text.as_bytes()], true), text);
        // Cut off by an error it may be half of something else.
        assert!(follow(Dialect::Chat, &[text.as_bytes()], false).ends_with(BROKEN));
    }
}

#[test]
fn messages_end_in_their_own_way() {
    let part = "event: message_start\ndata: {\"type\":\"message_start\"}\n\n";
    let told = follow(Dialect::Messages, &[part.as_bytes()], true);
    assert_eq!(
        told,
        format!(
            "{part}event: error\ndata: {}\n\n",
            concat!(
                r#"{"type":"error","error":{"type":"api_error","message":"The provider `p` "#,
                r#"broke the stream off before its end."},"request_id":null}"#
            )
        )
    );
    let stop = "event: message_stop\ndata: {\"type\":\"message_stop\"}\n\n";
    assert_eq!(follow(Dialect::Messages, &[stop.as_bytes()], false), stop);
}

#[test]
fn an_event_past_all_measure_passes_in_pieces() {
    let mut follow = Follow::new(Dialect::Chat, false);
    let piece = Bytes::from(vec![b'x'; LARGEST_HELD_BYTES / 2 + 1]);
    assert_eq!(follow.push(piece.clone()), None);
    assert_eq!(
        follow.push(piece).unwrap().len(),
        2 * (LARGEST_HELD_BYTES / 2 + 1)
    );
}

proptest! {
    #[test]
    fn any_cutting_gives_the_same_bytes(
        cuts in prop::collection::vec(0..CHAT.len(), 0..12),
        end in 0..=CHAT.len(),
    ) {
        let text = &CHAT.as_bytes()[..end];
        let mut cuts: Vec<_> = cuts.into_iter().map(|cut| cut.min(end)).collect();
        cuts.sort_unstable();
        cuts.insert(0, 0);
        cuts.push(end);
        let pieces: Vec<_> = cuts.windows(2).map(|cut| &text[cut[0]..cut[1]]).collect();
        let told = follow(Dialect::Chat, &pieces, false);
        prop_assert_eq!(&told, &follow(Dialect::Chat, &[text], false));
        if end == CHAT.len() {
            prop_assert_eq!(told, CHAT);
        } else {
            prop_assert!(told.ends_with(BROKEN));
        }
    }
}

#[test]
fn an_event_that_was_cut_ends_the_stream() {
    let good = "data: {\"a\":1}\n\n";
    for torn in ["data: {\"a\":\"b\n\n", "data: {\"a\":{\n\n"] {
        let whole = format!("{good}{torn}{good}data: [DONE]\n\n");
        let mut follow = Follow::new(Dialect::Chat, false);
        let told = follow.push(Bytes::from(whole)).unwrap();
        assert_eq!(told, good);
        assert!(follow.is_torn() && !follow.is_complete());
    }
    // Data on several lines is nobody's here to judge.
    let lines = "data: {\"a\":\ndata: 1}\n\n";
    let mut follow = Follow::new(Dialect::Chat, false);
    assert_eq!(follow.push(Bytes::from(lines)).unwrap(), lines);
    assert!(!follow.is_torn());
}
