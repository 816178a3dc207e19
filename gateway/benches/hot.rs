//! How long the hot functions take: `cargo bench -p gateway --bench hot`.

mod inputs;

use std::hint::black_box;

use criterion::{Criterion, criterion_group, criterion_main};
use gateway::hot;

fn benches(criterion: &mut Criterion) {
    let request = inputs::request();
    criterion.bench_function("scan a request", |bencher| {
        bencher.iter(|| hot::scan(black_box(request.as_bytes())));
    });
    criterion.bench_function("scan and splice a request", |bencher| {
        bencher.iter(|| hot::scan_and_splice(black_box(request.as_bytes()), "gpt-4o-mini"));
    });
    let answer = inputs::answer();
    criterion.bench_function("find an answer's usage", |bencher| {
        bencher.iter(|| hot::read_usage(black_box(answer.as_bytes())));
    });
    let response = inputs::response();
    criterion.bench_function("read a response", |bencher| {
        bencher.iter(|| hot::read_response(black_box(response.as_bytes())));
    });
    let stream = inputs::stream();
    criterion.bench_function("follow a stream of 32 events", |bencher| {
        bencher.iter(|| hot::follow(0, black_box(&stream), false));
    });
    criterion.bench_function("follow it and take usage out", |bencher| {
        bencher.iter(|| hot::follow(0, black_box(&stream), true));
    });
    criterion.bench_function("read a request's head", |bencher| {
        bencher.iter(|| hot::read_request(black_box(inputs::REQUEST_HEAD)));
    });
    if let Some(trails) = hot::Trails::new() {
        let request = hot::read_request(inputs::REQUEST_HEAD).expect("a request");
        criterion.bench_function("a request's trail", |bencher| {
            bencher.iter(|| trails.walk(black_box(&request)));
        });
    }
}

criterion_group!(hot_functions, benches);
criterion_main!(hot_functions);
