//! How often the hot functions ask for memory. A number that grows is a request that costs more.

use allocation_counter::measure;
use gateway::hot;

#[path = "../benches/inputs/mod.rs"]
mod inputs;

fn allocations<T>(mut function: impl FnMut() -> T) -> u64 {
    // The first time fills what is kept for the next.
    drop(function());
    let mut result = None;
    let counted = measure(|| result = Some(function())).count_total;
    drop(result);
    counted
}

#[test]
fn a_request_is_scanned_with_one_and_changed_with_three() {
    let request = inputs::request();
    assert_eq!(allocations(|| hot::scan(request.as_bytes())), 1);
    let changed = allocations(|| hot::scan_and_splice(request.as_bytes(), "gpt"));
    assert!(changed <= 6, "{changed}");
}

#[test]
fn an_answers_usage_is_read_with_none() {
    let answer = inputs::answer();
    assert_eq!(hot::read_usage(answer.as_bytes()), Some(9));
    assert_eq!(allocations(|| hot::read_usage(answer.as_bytes())), 0);
}

#[test]
fn a_response_is_read_with_few() {
    let response = inputs::response();
    let counted = allocations(|| hot::read_response(response.as_bytes()));
    assert!(counted <= 10, "{counted}");
}

#[test]
fn a_stream_passes_with_none_and_is_stripped_with_few_an_event() {
    let stream = inputs::stream();
    let passing = allocations(|| hot::follow(0, &stream, false));
    assert_eq!(passing, 0);
    let stripped = allocations(|| hot::follow(0, &stream, true));
    assert!(stripped <= 3 * stream.len() as u64, "{stripped}");
}

#[test]
fn a_trail_needs_none_but_for_ids_by_the_batch_and_log_batches() {
    let trails = hot::Trails::new().expect("/dev/null can be written");
    let request = hot::read_request(inputs::REQUEST_HEAD).expect("a request");
    trails.walk(&request);
    let hundred = || (0..100).for_each(|_| trails.walk(&request));
    hundred();
    let counted = measure(hundred).count_total;
    // A batch of the log is given away when it is full, after about a hundred lines.
    assert!(counted <= 20, "{counted} in 100 trails");
}
