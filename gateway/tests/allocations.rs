//! How often the hot functions ask for memory. A number that grows is a request that costs more.

use allocation_counter::measure;
use gateway::hot;

#[path = "../benches/inputs/mod.rs"]
mod inputs;
#[path = "../benches/inputs/translation.rs"]
mod translation;

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

/// A request and a whole answer need memory for lists of what is in them, text being borrowed; a
/// stream for what the client is told of each event, and little besides. Gemini's events hold a
/// list of their own each.
#[test]
fn translation_needs_few() {
    for (client, provider) in translation::pairs() {
        let name = translation::name(client, provider);
        let request = translation::request(client);
        let asked = allocations(|| hot::translate_request(client, provider, request.as_bytes()));
        assert!((1..=32).contains(&asked), "{name}: {asked} a request");
        let telling = hot::Telling::of(client, provider, request.as_bytes());
        let telling = telling.expect("it is not refused");
        let answer = translation::answer(provider);
        assert!(telling.answer(answer.as_bytes()) > 900, "it is told");
        let answered = allocations(|| telling.answer(answer.as_bytes()));
        assert!((1..=18).contains(&answered), "{name}: {answered} an answer");
        let stream = translation::stream(provider);
        assert!(telling.stream(&stream) > stream.len() * 40, "it is told");
        let streamed = allocations(|| telling.stream(&stream));
        let events = stream.len() as u64;
        let each = if translation::PROVIDERS[provider] == "gemini" {
            2
        } else {
            1
        };
        assert!(
            (events..=each * events + 30).contains(&streamed),
            "{name}: {streamed} a stream of {events}"
        );
    }
}
