//! A stream that breaks never ends well, whatever the pair.

use super::pairs::{short_stream, streams};
use super::say::{CLIENTS, PROVIDERS, data, plan, streamed_pieces};
use crate::dialect::Dialect;

/// How a client takes the end of a stream.
#[derive(Debug, PartialEq, Eq)]
enum Ending {
    Well,
    Error,
    None,
}

fn ending(client: Dialect, told: &str) -> Ending {
    let events = data(told);
    let Some(last) = events.last() else {
        return Ending::None;
    };
    let kind = last["type"].as_str().unwrap_or_default();
    let error_before = events
        .iter()
        .rev()
        .nth(1)
        .is_some_and(|event| event["type"] == "error");
    match client {
        Dialect::Chat if last.as_str() == Some("[DONE]") => Ending::Well,
        Dialect::Chat if last["error"]["message"].is_string() => Ending::Error,
        Dialect::Responses if matches!(kind, "response.completed" | "response.incomplete") => {
            Ending::Well
        }
        Dialect::Responses if kind == "response.failed" && error_before => Ending::Error,
        Dialect::Messages if kind == "message_stop" => Ending::Well,
        Dialect::Messages if kind == "error" => Ending::Error,
        _ => Ending::None,
    }
}

#[test]
fn every_fixture_ends_well() {
    for provider in PROVIDERS {
        for stream in streams(provider) {
            for client in CLIENTS {
                let told = streamed_pieces(plan(client, provider), [stream.as_bytes()], true);
                assert_eq!(
                    ending(client, &told),
                    Ending::Well,
                    "{client:?} {provider:?}\n{told}"
                );
            }
        }
    }
}

#[test]
fn cut_off_at_every_byte_a_stream_ends_in_an_error() {
    for provider in PROVIDERS {
        let stream = short_stream(provider);
        for client in CLIENTS {
            let whole = streamed_pieces(plan(client, provider), [stream.as_bytes()], true);
            for at in 0..stream.len() {
                let told =
                    streamed_pieces(plan(client, provider), [&stream.as_bytes()[..at]], false);
                let end = ending(client, &told);
                // The last bytes may add nothing; then all was told before.
                assert!(
                    end == Ending::Error || (end == Ending::Well && told == whole),
                    "{client:?} {provider:?} cut at {at}: {end:?}\n{told}"
                );
            }
        }
    }
}

#[test]
fn cut_at_every_byte_a_stream_says_the_same() {
    for provider in PROVIDERS {
        let stream = short_stream(provider);
        for client in CLIENTS {
            let whole = streamed_pieces(plan(client, provider), [stream.as_bytes()], true);
            for at in 0..stream.len() {
                let (one, two) = stream.as_bytes().split_at(at);
                let told = streamed_pieces(plan(client, provider), [one, two], true);
                assert_eq!(told, whole, "{client:?} {provider:?} cut at {at}");
            }
            let bytes = streamed_pieces(plan(client, provider), stream.as_bytes().chunks(1), true);
            assert_eq!(bytes, whole, "{client:?} {provider:?}");
        }
    }
}

#[test]
fn an_error_of_the_providers_ends_the_stream() {
    for (provider, error) in PROVIDERS.into_iter().zip([
        r#"data: {"error":{"message":"é","type":"server_error","param":null,"code":null}}"#,
        "event: error\ndata: {\"type\":\"error\",\"sequence_number\":2,\"error\":{\"type\":\"server_error\",\"code\":null,\"message\":\"é\",\"param\":null}}",
        "event: error\ndata: {\"type\":\"error\",\"error\":{\"type\":\"overloaded_error\",\"message\":\"é\",\"details\":null},\"request_id\":\"r\"}",
        r#"data: {"error":{"code":503,"message":"é","status":"UNAVAILABLE"}}"#,
    ]) {
        for stream in streams(provider) {
            let (first, _) = stream.split_once("\n\n").unwrap();
            let broken = format!("{first}\n\n{error}\n\n");
            for client in CLIENTS {
                let told = streamed_pieces(plan(client, provider), [broken.as_bytes()], true);
                assert_eq!(ending(client, &told), Ending::Error, "{client:?} {provider:?}\n{told}");
                assert!(told.contains('é'), "{told}");
            }
        }
    }
}

#[test]
fn what_is_no_event_ends_the_stream_too() {
    for provider in PROVIDERS {
        for client in CLIENTS {
            for nonsense in [
                "data: {\n\n",
                "data: 5\n\n",
                "data: \u{0}\n\n",
                "data: {\"type\":7}\n\n",
            ] {
                let told = streamed_pieces(plan(client, provider), [nonsense.as_bytes()], true);
                assert_eq!(
                    ending(client, &told),
                    Ending::Error,
                    "{client:?} {provider:?} {nonsense:?}\n{told}"
                );
            }
        }
    }
}
