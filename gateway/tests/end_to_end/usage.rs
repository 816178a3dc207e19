//! Usage: asked for where the client did not, taken out again, and counted.

use crate::rig::{CHAT, DIALECTS, LAST_CHUNK, Provider, Watched, json, post, stream};

const ASKED: [&str; 4] = [
    "data: {\"id\":\"c\",\"choices\":[{\"delta\":{\"content\":\"a\"}}],\"usage\":null}\n\n",
    "data: {\"id\":\"c\",\"choices\":[{\"delta\":{}}],\"usage\":null}\n\n",
    "data: {\"id\":\"c\",\"choices\":[],\"usage\":{\"prompt_tokens\":9,\"completion_tokens\":2,\"prompt_tokens_details\":{\"cached_tokens\":4},\"completion_tokens_details\":{\"reasoning_tokens\":1}}}\n\n",
    "data: [DONE]\n\n",
];
const UNASKED: &str = concat!(
    "data: {\"id\":\"c\",\"choices\":[{\"delta\":{\"content\":\"a\"}}]}\n\n",
    "data: {\"id\":\"c\",\"choices\":[{\"delta\":{}}]}\n\n",
    "data: [DONE]\n\n",
);

fn counted(gateway: &Watched) -> [u64; 4] {
    ["input", "output", "cached", "reasoning"].map(|kind| {
        let kind = format!("kind=\"{kind}\"");
        gateway.sum("gateway_tokens_total", &[&kind, "model=\"fast\""])
    })
}

#[test]
fn a_stream_is_as_if_nobody_had_asked() {
    let provider = Provider::saying(stream(&ASKED) + LAST_CHUNK);
    let gateway = Watched::before(provider.address, "", "", &[]);
    for (number, (sent, arrives)) in [
        (
            r#"{"model":"fast","stream":true}"#,
            r#"{"stream_options":{"include_usage":true},"model":"gpt","stream":true}"#,
        ),
        (
            r#"{"model":"fast","stream":true,"stream_options":{"include_usage":false}}"#,
            r#"{"model":"gpt","stream":true,"stream_options":{"include_usage":true}}"#,
        ),
        (
            r#"{"stream_options":{"x":1},"model":"fast","stream":true}"#,
            r#"{"stream_options":{"include_usage":true,"x":1},"model":"gpt","stream":true}"#,
        ),
    ]
    .into_iter()
    .enumerate()
    {
        let answer = post(gateway.address(), CHAT.path, sent);
        assert_eq!(
            (answer.body.as_str(), answer.whole),
            (UNASKED, true),
            "{sent}"
        );
        assert_eq!(provider.seen().body, arrives);
        let times = number as u64 + 1;
        assert_eq!(counted(&gateway), [9 * times, 2 * times, 4 * times, times]);
    }
    let line = &gateway.log(3)[2];
    assert_eq!(
        (&line["input_tokens"], &line["cached_tokens"]),
        (&9.into(), &4.into())
    );
    assert!(line["ttft_ms"].is_number(), "{line}");
}

#[test]
fn a_client_that_asked_gets_what_it_asked_for() {
    let provider = Provider::saying(stream(&ASKED) + LAST_CHUNK);
    let gateway = Watched::before(provider.address, "", "", &[]);
    let sent = r#"{"model":"p/m","stream":true,"stream_options":{"include_usage":true}}"#;
    assert_eq!(
        post(gateway.address(), CHAT.path, sent).body,
        ASKED.concat()
    );
    assert_eq!(provider.seen().body, sent.replace("p/m", "m"));
    let labels = ["model=\"other\"", "kind=\"input\""];
    assert_eq!(gateway.sum("gateway_tokens_total", &labels), 9);
}

#[test]
fn not_asking_can_be_configured() {
    let provider = Provider::saying(stream(&ASKED) + LAST_CHUNK);
    let gateway = Watched::before(provider.address, "", "[usage]\nask = false", &[]);
    let sent = r#"{"model":"m","stream":true}"#;
    assert_eq!(
        post(gateway.address(), CHAT.path, sent).body,
        ASKED.concat()
    );
    assert_eq!(provider.seen().body, sent);
}

#[test]
fn whole_answers_are_counted_in_each_dialect() {
    let large = "x".repeat(200_000);
    for (dialect, usage) in DIALECTS.iter().zip([
        r#"{"prompt_tokens":9,"completion_tokens":2,"prompt_tokens_details":{"cached_tokens":4},"completion_tokens_details":{"reasoning_tokens":1}}"#,
        r#"{"input_tokens":9,"output_tokens":2,"input_tokens_details":{"cached_tokens":4},"output_tokens_details":{"reasoning_tokens":1}}"#,
        r#"{"input_tokens":5,"cache_read_input_tokens":4,"output_tokens":2,"output_tokens_details":{"thinking_tokens":1}}"#,
    ]) {
        for text in ["short", &large] {
            let body = format!(r#"{{"text":"{text}","usage":{usage}}}"#);
            let provider = Provider::saying(json("200 OK", &body));
            let gateway = Watched::before(provider.address, "", "", &[]);
            let answer = post(gateway.address(), dialect.path, r#"{"model":"fast"}"#);
            assert!(answer.body == body);
            let length = body.len().to_string();
            assert_eq!(answer.header("content-length"), Some(length.as_str()));
            assert_eq!(counted(&gateway), [9, 2, 4, 1], "{}", dialect.path);
            assert_eq!(gateway.log(1)[0]["bytes_out"], body.len());
        }
    }
}

#[test]
fn an_error_counts_no_tokens() {
    let body = r#"{"error":{"message":"no"},"usage":{"prompt_tokens":9}}"#;
    let provider = Provider::saying(json("429 Too Many Requests", body));
    let gateway = Watched::before(provider.address, "", "[retries]\nmax = 0", &[]);
    assert_eq!(
        post(gateway.address(), CHAT.path, r#"{"model":"fast"}"#).status,
        429
    );
    assert_eq!(gateway.sum("gateway_usage_requests_total", &[]), 0);
}
