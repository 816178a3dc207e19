//! What a report says of what it costs to deploy.

use harness::image_size::{ImageSize, Source};
use harness::journal::{Journal, Phase, Sample, TrialEnd};
use harness::measured::{Measured, Reason};
use harness::resources::{Counters, Usage};

use crate::made_up::{journal, resources, row, section};

/// A run of containers in which `change` has had its way with the samples of
/// `slow`.
fn containers(change: impl Fn(&mut Usage, u32)) -> Journal {
    let mut journal = journal(3, |_| 5_000.0, |_| 50.0);
    journal.run.runner = "docker".to_owned();
    let of_slow = |sample: &&mut Sample| sample.entrant == "slow";
    for sample in journal.samples.iter_mut().filter(of_slow) {
        let block = sample.block;
        if let Some(Measured::Value(usage)) =
            sample.resources.as_mut().map(|used| &mut used.entrant)
        {
            change(usage, block);
        }
    }
    journal
}

fn counters() -> Counters {
    Counters {
        peak_bytes: Measured::Value(30_000_000),
        throttled_periods: Measured::Value(3),
        throttled_ns: Measured::Value(4_000_000),
        oom_kills: Measured::absent(Reason::NotAvailable("no memory.events".to_owned())),
    }
}

#[test]
fn a_control_group_has_columns_of_its_own() {
    let journal = containers(|usage, _| {
        usage.peak_kernel_bytes = Some(Measured::Value(2_000_000));
        usage.counters = Some(Counters {
            oom_kills: Measured::Value(1),
            ..counters()
        });
    });
    let memory = section(&journal, "Memory, MB").expect("a section");
    let cells = row(&memory, &["slow"]);
    assert_eq!(cells[1], "8.00", "peak");
    assert_eq!(cells[5..], ["2.00", "30.0"], "kernel and cgroup");
    let limits = section(&journal, "Limits").expect("a section");
    // Latency and capacity of a block: two samples.
    assert_eq!(row(&limits, &["slow"]), ["8.00", "2.00"]);
}

#[test]
fn one_missing_counter_does_not_hide_the_others() {
    let journal = containers(|usage, _| usage.counters = Some(counters()));
    assert_eq!(section(&journal, "Limits"), None, "no kills were counted");
    let memory = section(&journal, "Memory, MB").expect("a section");
    let cells = row(&memory, &["slow"]);
    assert!(cells[5].starts_with('–'), "{cells:?}");
    assert_eq!(cells[6], "30.0");
}

#[test]
fn memory_after_load_is_the_last_of_its_phase() {
    let mut journal = containers(|_, _| {});
    for block in 1..=3 {
        let mut after = Sample::new(&format!("{block}-slow"), block, "slow", Phase::After);
        let mut used = resources(0.0);
        if let Measured::Value(usage) = &mut used.entrant {
            usage.last_anon_shmem_bytes = Some(Measured::Value(5_000_000));
        }
        after.resources = Some(used);
        journal.samples.push(after);
    }
    let memory = section(&journal, "Memory, MB").expect("a section");
    assert_eq!(row(&memory, &["slow"])[2], "5.00");
    // Of one that has no such sample the reason is its own.
    assert!(row(&memory, &["reference"])[2].starts_with('–'));
}

#[test]
fn cold_starts_are_counted_and_the_two_kinds_kept_apart() {
    let mut journal = journal(3, |_| 5_000.0, |_| 50.0);
    let cold = |block: u32, phase, ms: u64| {
        let mut sample = Sample::new(&format!("{block}-slow"), block, "slow", phase);
        sample.cold_start_ns = Some(Measured::Value(ms * 1_000_000));
        sample
    };
    for block in 1..=3 {
        for ms in [100, 110, 900] {
            journal.samples.push(cold(block, Phase::Cold, ms));
        }
        journal.samples.push(cold(block, Phase::ColdDropped, 500));
    }
    let starts = section(&journal, "Cold start, ms").expect("a section");
    assert_eq!(row(&starts, &["slow"]), ["110", "9", "500", "3"]);
    let reference = row(&starts, &["reference"]);
    assert!(reference[0].starts_with('–') && reference[1].is_empty());
}

#[test]
fn an_image_says_who_told_its_size() {
    let mut journal = containers(|_, _| {});
    assert_eq!(section(&journal, "Images, MB"), None);
    let mut set = |name: &str, compressed_bytes, source| {
        let all = &mut journal.run.entrants;
        let one = all.iter_mut().find(|one| one.name == name).expect("it");
        one.image_size = Some(ImageSize {
            compressed_bytes,
            source,
            disk_bytes: 9_000_000,
        });
    };
    let gone = Measured::absent(Reason::NotAvailable("the export broke off".to_owned()));
    let why = Source::Layers("the image is in no registry".to_owned());
    set("reference", Measured::Value(3_500_000), Some(why));
    set(
        "reference-twin",
        Measured::Value(3_400_000),
        Some(Source::Registry),
    );
    set("slow", gone, None);
    let images = section(&journal, "Images, MB").expect("a section");
    let reference = row(&images, &["reference"]);
    assert!(
        reference[0].starts_with("gzip of its layers ["),
        "{reference:?}"
    );
    assert_eq!(reference[1..], ["3.50", "9.00"]);
    assert_eq!(row(&images, &["reference-twin", "the registry"])[0], "3.40");
    assert!(row(&images, &["slow"])[1].starts_with('–'));
    let published = section(&journal, "The published table").expect("a section");
    let image = published
        .grid
        .headers
        .iter()
        .position(|one| one == "image MB");
    let cells = row(&published, &["reference"]);
    assert_eq!(cells[image.expect("a column") - 1], "3.50");
}

#[test]
fn efficiency_is_the_inverse_of_cpu_a_request() {
    let journal = journal(3, |_| 5_000.0, |_| 50.0);
    let published = section(&journal, "The published table").expect("a section");
    let headers = &published.grid.headers;
    let at = headers.iter().position(|one| one == "req/s per CPU %");
    let cell = &row(&published, &["slow"])[at.expect("a column") - 1];
    // 50 µs a request and up to 6% noise: about 200 requests for 10 ms.
    assert!(cell.starts_with("19"), "{cell}");
}

#[test]
fn trials_left_out_are_told_before_any_figure() {
    let mut journal = journal(3, |_| 5_000.0, |_| 50.0);
    assert!(!is_told(&journal));
    journal.trials[3].end = TrialEnd::Skipped("it starts slowly".to_owned());
    assert!(is_told(&journal));
}

fn is_told(journal: &Journal) -> bool {
    let trust = section(journal, "Can this run be trusted?").expect("a section");
    trust
        .grid
        .rows
        .iter()
        .any(|row| row[0] == "trials left out" && row[1] == "1 of slow: it starts slowly")
}
