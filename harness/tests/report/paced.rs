//! What reports say of paced streams, and of entrants beside nginx.

use std::collections::BTreeMap;

use harness::journal::{Histogram, Journal, Phase, Sample};
use harness::plan::Profile;
use harness::report::{Document, Format, render};
use harness::summary::Summary;

use super::made_up::{journal, resources, row, section};

const PACED: &str = "Paced streams";
const BESIDE: &str = "Beside nginx";

/// Samples enough for a p99 in each block.
fn histogram(p50_us: f64, p99_us: f64) -> Histogram {
    let ns = |us: f64| Some((us * 1e3) as u64);
    Histogram {
        n: 20_000,
        p50: ns(p50_us),
        p90: ns(p99_us),
        p99: ns(p99_us),
        max: ns(p99_us),
        hdr: String::new(),
    }
}

fn is_reference(sample: &Sample) -> bool {
    sample.entrant.starts_with("reference")
}

/// A run of the profile in which a machine whose speed changes from block to
/// block has nginx at one pace and the reference at a steady distance from it.
fn beside_nginx(blocks: u32) -> Journal {
    let mut journal = journal(blocks, |_| 0.0, |_| 0.0);
    journal.run.profile = Profile::named("gateway").expect("a profile");
    for entrant in &mut journal.run.entrants {
        if entrant.name == "slow" {
            entrant.name = "nginx".to_owned();
        }
    }
    for trial in &mut journal.trials {
        trial.entrant = trial.entrant.replace("slow", "nginx");
    }
    let mut samples = Vec::new();
    for like in &journal.samples {
        let mut like = like.clone();
        like.entrant = like.entrant.replace("slow", "nginx");
        let speed = 1.0 + 0.3 * f64::from(like.block % 3);
        let odd = f64::from(like.block % 2);
        let is_reference = is_reference(&like);
        let part = if is_reference { 0.98 + 0.01 * odd } else { 1.0 };
        let less = if is_reference { 10.0 + 4.0 * odd } else { 0.0 };
        like.resources = Some(resources(50.0 * speed / part));
        let point = like.point.as_mut().expect("a point");
        point.achieved_rps = Some(10_000.0 * speed * part);
        if like.phase == Phase::Capacity {
            let mut rung = like.clone();
            rung.phase = Phase::Ladder;
            rung.level = Some(1_000);
            let of_rung = rung.point.as_mut().expect("a point");
            let overhead = histogram(100.0 * speed + less, 300.0 * speed * part);
            of_rung.histograms = BTreeMap::from([("overhead_ns".to_owned(), overhead)]);
            samples.push(rung);
            for (level, gap_ms, last) in [(32, 20, blocks), (1_000, 100, 3)] {
                let mut paced = like.clone();
                paced.phase = Phase::Paced;
                paced.workload = Some("chat-stream".to_owned());
                paced.level = Some(level);
                paced.gap_ms = Some(gap_ms);
                let of_paced = paced.point.as_mut().expect("a point");
                let overhead = histogram(60.0 * speed + less, 200.0 * speed);
                of_paced.histograms = BTreeMap::from([("chunk_overhead_ns".to_owned(), overhead)]);
                if like.block <= last {
                    samples.push(paced);
                }
            }
        }
        samples.push(like);
    }
    journal.samples = samples;
    journal
}

#[test]
fn a_chunk_is_held_against_nginx_in_pairs_of_a_block() {
    let journal = beside_nginx(12);
    let table = section(&journal, PACED).expect("the table");
    let at = |name: &str| {
        let all = &table.grid.headers;
        all.iter().position(|header| header == name).expect(name) - 4
    };
    let cells = row(&table, &["reference", "chat-stream", "32", "20"]);
    // 10 or 14 µs from block to block, while nginx's own moves by 36.
    assert_eq!(cells[at("p50 less nginx's, µs")], "+12.0 [+10.0 to +14.0]");
    assert!(cells[at("p99 µs")].starts_with("260"), "{cells:?}");
    assert_eq!(cells[at("peak MB")], "8.00");
    assert_eq!(cells[at("n")], "12");
    let few = row(&table, &["reference", "chat-stream", "1000", "100"]);
    assert_eq!(few[at("n")], "3");
    // 14, 10 and 14.
    assert_eq!(few[at("p50 less nginx's, µs")], "+13.0 [+10.0 to +14.0]");
    let nginx = row(&table, &["nginx", "chat-stream", "32", "20"]);
    assert_eq!(nginx[at("p50 less nginx's, µs")], "");
    assert!(
        nginx[at("chunk overhead p50 µs")].starts_with("78"),
        "{nginx:?}"
    );
}

#[test]
fn beside_nginx_are_ratios_and_differences_of_pairs() {
    let journal = beside_nginx(12);
    let table = section(&journal, BESIDE).expect("the table");
    let at = |name: &str| {
        let all = &table.grid.headers;
        all.iter().position(|header| header == name).expect(name) - 2
    };
    let cells = row(&table, &["reference", "chat"]);
    let rate = &cells[at("× req/s, c=64")];
    assert!(rate.starts_with("0.985 [0.980–0.990]"), "{rate}");
    let cpu = &cells[at("× CPU/req, c=10")];
    assert!(
        cpu.starts_with("1.0") && cpu.ends_with("[1.01–1.02]"),
        "{cpu}"
    );
    let p50 = &cells[at("overhead p50 less nginx's, µs, 1000/s")];
    assert_eq!(p50, "+12.0 [+10.0 to +14.0]");
    let p99 = &cells[at("× overhead p99, 1000/s")];
    assert!(p99.starts_with("0.985 [0.980–0.990]"), "{p99}");
    // What was not measured has a reason and no number.
    assert!(cells[at("× req/s, c=128")].starts_with("– ["), "{cells:?}");
    assert!(table.grid.rows.iter().all(|row| row[0] != "nginx"));
    assert!(table.grid.rows.iter().any(|row| row[0] == "direct"));
}

#[test]
fn few_blocks_or_no_nginx_have_no_such_table() {
    assert!(section(&beside_nginx(5), BESIDE).is_none());
    let mut without = beside_nginx(12);
    let is_nginx = |name: &str| name == "nginx";
    without.run.entrants.retain(|one| !is_nginx(&one.name));
    without.samples.retain(|one| !is_nginx(&one.entrant));
    without.trials.retain(|one| !is_nginx(&one.entrant));
    assert!(section(&without, BESIDE).is_none());
    let table = section(&without, PACED).expect("the table");
    assert!(
        table
            .grid
            .headers
            .iter()
            .all(|header| !header.contains("nginx"))
    );
}

#[test]
fn exports_name_the_gap_and_a_run_without_has_nothing_new() {
    let journal_beside = beside_nginx(12);
    let summary = Summary::of(&journal_beside);
    let csv = render(&journal_beside, &summary, Format::Csv).expect("a report");
    for line in [
        "made-up,reference,chat-stream@20ms,paced,32,chunk_overhead_p50,",
        "made-up,reference,chat-stream@20ms,paced,32,chunk_overhead_p50_less_nginx,12,10,14,12,µs,",
        "made-up,reference,chat-stream@100ms,paced,1000,memory_peak,8,8,8,3,MB,",
        "made-up,reference,chat,capacity,64,rate_ratio_to_nginx,0.98",
    ] {
        assert!(csv.contains(line), "{line} in\n{csv}");
    }
    let json = render(&journal_beside, &summary, Format::Json).expect("a report");
    assert!(json.contains(r#""workload": "chat-stream@20ms""#));
    let mut without = journal(12, |_| 3_000.0, |_| 200.0);
    without.run.profile.paced.clear();
    let document = Document::of(&Summary::of(&without));
    let titles: Vec<&str> = document
        .sections
        .iter()
        .map(|one| one.title.as_str())
        .collect();
    assert!(
        !titles.contains(&PACED) && !titles.contains(&BESIDE),
        "{titles:?}"
    );
}
