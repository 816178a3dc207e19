//! What validating an answer costs the load generator.

use std::hint::black_box;
use std::sync::Arc;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use workload::{AnswerCheck, DEFAULT_CHUNKS, EndOfBody, Expected, Outcome, Script};

fn chat_whole(script: &Script) -> Vec<u8> {
    serde_json::json!({
        "id": "chatcmpl-1", "object": "chat.completion", "created": 1, "model": "m",
        "choices": [{"index": 0, "message": {"role": "assistant", "content": script.whole_text()},
            "logprobs": null, "finish_reason": "stop"}],
        "usage": {"prompt_tokens": 9, "completion_tokens": 2, "total_tokens": 11}
    })
    .to_string()
    .into_bytes()
}

fn chat_stream(script: &Script) -> Vec<u8> {
    let chunk = |delta: serde_json::Value, finish: Option<&str>| {
        let chunk = serde_json::json!({
            "id": "chatcmpl-1", "object": "chat.completion.chunk", "created": 1, "model": "m",
            "choices": [{"index": 0, "delta": delta, "logprobs": null, "finish_reason": finish}]
        });
        format!("data: {chunk}\n\n")
    };
    let mut stream = String::new();
    for text in script.chunk_texts() {
        stream += &chunk(serde_json::json!({"content": text}), None);
    }
    stream += &chunk(serde_json::json!({}), Some("stop"));
    stream += "data: [DONE]\n\n";
    stream.into_bytes()
}

fn check(c: &mut Criterion) {
    let script = Script::stamped(DEFAULT_CHUNKS);
    for (name, bytes) in [
        ("chat", chat_whole(&script)),
        ("chat-stream", chat_stream(&script)),
    ] {
        let workload = name.parse().expect("a workload's name");
        let mut check = AnswerCheck::new(Arc::new(Expected::new(workload, &script)));
        let mut group = c.benchmark_group("check");
        group.throughput(Throughput::Bytes(bytes.len() as u64));
        group.bench_function(name, |b| {
            b.iter(|| {
                check.reset();
                check.feed(black_box(&bytes), &mut ());
                assert_eq!(check.finish(EndOfBody::Framed, &mut ()), Outcome::Ok);
            });
        });
    }
}

criterion_group!(benches, check);
criterion_main!(benches);
