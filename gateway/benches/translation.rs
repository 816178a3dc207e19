//! How long translation takes, of a request, a whole answer and a stream, in each pair:
//! `cargo bench -p gateway --bench translation`, of one pair with ` -- "messages to chat"`.

#[path = "inputs/translation.rs"]
mod inputs;

use std::hint::black_box;

use criterion::{Criterion, criterion_group, criterion_main};
use gateway::hot::{Telling, translate_request};

use inputs::{answer, name, pairs, request, stream};

fn benches(criterion: &mut Criterion) {
    for (client, provider) in pairs() {
        let (request, answer, stream) = (request(client), answer(provider), stream(provider));
        let request = request.as_bytes();
        let pair = name(client, provider);
        criterion.bench_function(&format!("{pair}: a request"), |bencher| {
            bencher.iter(|| translate_request(client, provider, black_box(request)));
        });
        let telling = Telling::of(client, provider, request).expect("it is not refused");
        criterion.bench_function(&format!("{pair}: an answer"), |bencher| {
            bencher.iter(|| telling.answer(black_box(answer.as_bytes())));
        });
        criterion.bench_function(&format!("{pair}: a stream"), |bencher| {
            bencher.iter(|| telling.stream(black_box(&stream)));
        });
    }
}

criterion_group!(translations, benches);
criterion_main!(translations);
