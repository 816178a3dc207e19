//! What reports say of translation.

use std::collections::BTreeMap;

use harness::journal::{Journal, Phase, Sample};
use harness::measured::{Measured, Reason};
use harness::plan::Profile;
use harness::report::{Document, Format, render};
use harness::route::{ProviderDialect, Received, Route};
use harness::summary::{Key, Metric, Summary};

use super::made_up::{journal, row, section};

const WHOLE: &str = "Translation: rates and overhead, whole answers";
const SERVED: &str = "Translation: what is served";

/// A sample on a route while the mock received requests in `asked_in`.
fn sample(
    like: &Sample,
    phase: Phase,
    route: Route,
    level: Option<u32>,
    asked_in: ProviderDialect,
    rate: f64,
) -> Sample {
    let mut sample = like.clone();
    sample.phase = phase;
    sample.workload = Some(route.workload.name().to_owned());
    sample.provider = (phase != Phase::Coverage).then_some(route.provider);
    sample.level = level;
    sample.received = Some(Received::from_iter([(asked_in, 1_000)]));
    if let Some(point) = &mut sample.point {
        point.achieved_rps = Some(rate);
    }
    sample
}

fn route(workload: &str, provider: ProviderDialect) -> Route {
    Route {
        workload: workload.parse().expect("a workload"),
        provider,
    }
}

/// A run of the profile in which `reference` translates Messages to Chat at
/// 80% of its own rate, give or take what differs from block to block, and
/// `slow` passes Messages through although it declares the same.
fn translated(blocks: u32) -> Journal {
    use ProviderDialect::{Chat, Messages};
    let mut journal = journal(blocks, |_| 3_000.0, |_| 200.0);
    journal.run.profile = Profile::named("translation").expect("a profile");
    for entrant in &mut journal.run.entrants {
        if entrant.name != "direct" {
            let providers = BTreeMap::from([(Chat, None)]);
            let clients = BTreeMap::from([("messages".to_owned(), providers)]);
            entrant.translation = clients;
        }
    }
    let crossing = route("messages", Chat);
    let own = Route::own(crossing.workload);
    let mut samples = Vec::new();
    for like in journal.samples.iter().filter(|one| one.level == Some(10)) {
        let is_liar = like.entrant == "slow";
        let block = f64::from(like.block);
        // The machine's speed moves both rates, the ratio alone the rest.
        let speed = 10_000.0 * (1.0 + 0.3 * (block % 3.0));
        let ratio = 0.8 + 0.01 * (block % 2.0);
        for level in [None, Some(10), Some(64)] {
            if is_liar && level.is_some() {
                continue;
            }
            let asked_in = if is_liar { Messages } else { Chat };
            let phase = Phase::Translation;
            samples.push(sample(
                like,
                phase,
                crossing,
                level,
                asked_in,
                speed * ratio,
            ));
            samples.push(sample(like, phase, own, level, Messages, speed));
        }
    }
    journal.samples.extend(samples);
    journal
}

#[test]
fn the_ratio_is_of_pairs_and_has_an_interval() {
    let journal = translated(12);
    let table = section(&journal, WHOLE).expect("the table");
    let cells = row(&table, &["reference", "messages → chat"]);
    assert_eq!(cells[1], "0.805 [0.800–0.810]", "{cells:?}");
    // What the provider's dialect reaches by itself was not measured.
    assert!(cells[2].starts_with("– ["), "{cells:?}");
    assert_eq!(cells.last().map(String::as_str), Some("12"));
    let own = row(&table, &["reference", "messages → messages"]);
    assert_eq!(own[1], "", "nothing is held against itself");
    let summary = Summary::of(&journal);
    let crossing = route("messages", ProviderDialect::Chat);
    let key = Key::of_route(
        Phase::Translation,
        crossing,
        Some(64),
        Metric::RatioToClient,
    );
    let ratio = summary.get("reference", &key);
    let ratio = ratio.value().expect("a ratio");
    assert_eq!((ratio.n, ratio.blocks.len()), (12, 12));
    // Its rates are far apart, from block to block.
    let key = Key::of_route(Phase::Translation, crossing, Some(64), Metric::Rate);
    let rate = summary.get("reference", &key);
    let rate = rate.value().expect("a rate");
    assert!(rate.high / rate.low > 1.1, "{rate:?}");
}

#[test]
fn who_passes_the_body_through_has_no_rate_but_a_reason() {
    let mut journal = translated(12);
    // Even where it was caught under load alone, and once.
    for one in &mut journal.samples {
        let is_of_route = one.provider == Some(ProviderDialect::Chat);
        if one.trial_id == "12-reference-twin" && one.level == Some(64) && is_of_route {
            one.received = Some(Received::from_iter([
                (ProviderDialect::Chat, 900),
                (ProviderDialect::Messages, 100),
            ]));
        }
    }
    let document = Document::of(&Summary::of(&journal));
    let passed = "not translated so: the request was passed through untranslated: the provider \
                  was asked in messages, not in chat";
    let note = document.notes.iter().position(|note| note == passed);
    let note = format!("[{}]", note.expect("the reason") + 1);
    let served = section(&journal, SERVED).expect("the table");
    let rates = section(&journal, WHOLE).expect("the table");
    for liar in ["slow", "reference-twin"] {
        let cells = row(&served, &[liar, "messages → chat"]);
        assert_eq!(cells[0], format!("no {note}"), "{liar}");
        let cells = row(&rates, &[liar, "messages → chat"]);
        assert_eq!(cells[0], format!("– {note}"), "{liar}");
        assert_eq!(cells[1], format!("– {note}"), "{liar}");
    }
    let cells = row(&served, &["reference", "messages → chat"]);
    assert_eq!(cells[0], "yes");
    assert!(
        served.note.contains("declared for: direct."),
        "{}",
        served.note
    );
}

#[test]
fn exports_name_routes_and_a_run_without_has_nothing_new() {
    let run = translated(12);
    let summary = Summary::of(&run);
    let csv = render(&run, &summary, Format::Csv).expect("a report");
    let line = "made-up,reference,messages>chat,translation,10,ratio_to_client_dialect,0.80";
    assert!(csv.contains(line), "{csv}");
    let json = render(&run, &summary, Format::Json).expect("a report");
    assert!(json.contains(r#""workload": "messages>chat""#));
    let without = journal(12, |_| 3_000.0, |_| 200.0);
    let mut aws = without.clone();
    aws.run.profile = Profile::named("aws").expect("a profile");
    let markdown = render(&aws, &Summary::of(&aws), Format::Markdown).expect("a report");
    assert!(!markdown.contains("ranslat"), "{markdown}");
}

/// One that translates Messages all along, as coverage saw, and one that does
/// so for a part of the requests.
#[test]
fn what_is_translated_and_what_is_passed_on_have_no_column_in_common() {
    use ProviderDialect::{Chat, Messages};
    let mut journal = journal(3, |_| 3_000.0, |_| 200.0);
    let own = Route::own("messages".parse().expect("a workload"));
    let mut samples = Vec::new();
    for like in &journal.samples {
        let asked_in = if like.entrant == "slow" {
            Chat
        } else {
            Messages
        };
        match like.phase {
            Phase::Coverage => {
                samples.push(sample(like, like.phase, own, None, asked_in, 1.0));
                if like.entrant == "reference-twin" && like.block == 2 {
                    samples.push(sample(like, like.phase, own, None, Chat, 1.0));
                }
            }
            phase => {
                let mut sample = sample(like, phase, own, like.level, asked_in, 700.0);
                sample.provider = None;
                samples.push(sample);
            }
        }
    }
    journal.samples.extend(samples);
    let capacity = section(&journal, "Capacity, requests a second").expect("the table");
    let headers = &capacity.grid.headers;
    let at = |name: &str| {
        headers
            .iter()
            .position(|header| header == name)
            .expect(name)
            - 1
    };
    let (passed_on, translated) = (at("messages"), at("messages → chat"));
    let slow = row(&capacity, &["slow"]);
    assert!(slow[translated].starts_with("700"), "{slow:?}");
    assert!(slow[passed_on].starts_with("– ["), "{slow:?}");
    let reference = row(&capacity, &["reference"]);
    assert!(reference[passed_on].starts_with("700"), "{reference:?}");
    assert!(reference[translated].starts_with("– ["), "{reference:?}");
    let coverage = section(&journal, "Coverage").expect("the table");
    assert_eq!(row(&coverage, &["slow"])[4], "yes, as chat");
    assert_eq!(row(&coverage, &["reference"])[4], "yes");
    assert_eq!(
        row(&coverage, &["reference-twin"])[4],
        "yes, in part as chat"
    );
    let trust = section(&journal, "Can this run be trusted?").expect("the table");
    let found = row(&trust, &["translated now and then"]);
    assert_eq!(found[0], "reference-twin (messages, in part as chat)");
    // A table of another benchmark has one column for both.
    let summary = Summary::of(&journal);
    let level = journal.run.profile.latency.concurrency[0];
    let key = Key::of_load(Phase::Latency, own.workload, Some(level), Metric::Rate);
    assert!(summary.get_however_asked("slow", &key).value().is_some());
    let absent = summary.get("slow", &key);
    assert!(
        matches!(&absent, Measured::Absent { absent: Reason::NotAvailable(why) } if why.contains("asked in chat")),
        "{absent:?}"
    );
}
