//! Containers that fail are named rows; the others are measured, and nothing
//! is left.

use std::process::Stdio;

use super::image::{deaf, engine, faulty};
use super::{Folder, containers_of, ran};

#[test]
fn each_failure_is_a_row_of_its_own() {
    let Some(_engine) = engine("each_failure_is_a_row_of_its_own") else {
        return;
    };
    let folder = Folder::new();
    for mode in ["exits", "leaks", "relays"] {
        folder.entrant(mode, faulty(), mode, "20s");
    }
    folder.entrant("forks", faulty(), "forks", "20s");
    folder.entrant("forks-mute", faulty(), "forks-mute", "5s");
    folder.entrant("mute", faulty(), "mute", "5s");
    folder.entrant("answers-500", faulty(), "answers-500", "5s");
    folder.entrant("missing", "tollgate-test/missing:1", "relays", "1s");
    let mut command = folder.command(
        "direct,exits,leaks,relays,mute,answers-500,missing,forks,forks-mute",
        &["--memory", "64m"],
    );
    command.stdout(Stdio::piped()).stderr(Stdio::piped());
    let child = command.spawn().expect("the harness starts");
    let pid = child.id();
    let ran = ran(child.wait_with_output().expect("it ends"));
    assert_eq!(ran.status, 4, "{}", ran.stderr);
    assert_eq!(containers_of(pid), Vec::<String>::new());

    let ends = folder.ends();
    let end = |name: &str| {
        assert_eq!(ends[name].len(), 1, "{name}: {ends:?}");
        ends[name][0].to_string()
    };
    assert_eq!(end("direct"), "\"done\"");
    assert_eq!(end("relays"), "\"done\"");
    let exits = end("exits");
    assert!(
        exits.contains("exits exited at start (exit status: 3)")
            && exits.contains("looking for a licence")
            && exits.contains("no licence found"),
        "{exits}"
    );
    let mute = end("mute");
    assert!(mute.contains("mute was not ready after 5"), "{mute}");
    assert!(mute.contains("thinking"), "{mute}");
    let refuses = end("answers-500");
    assert!(refuses.contains("status 500"), "{refuses}");
    assert!(refuses.contains("no model"), "{refuses}");
    let leaks = end("leaks");
    assert!(
        leaks.contains("out-of-memory") && leaks.contains("its limit is 67 MB"),
        "{leaks}"
    );
    assert!(ran.stdout.contains("out of memory"), "{}", ran.stdout);
    // Its first process goes on, and only the kernel knows of the other.
    for (name, when) in [
        ("forks", "a process of it was killed by the kernel"),
        ("forks-mute", "forks-mute was not ready after 5"),
    ] {
        let killed = end(name);
        assert!(
            killed.contains("out-of-memory")
                && killed.contains(when)
                && killed.contains("its limit is 67 MB"),
            "{killed}"
        );
    }

    assert!(!ends.contains_key("missing"));
    assert!(
        ran.stdout
            .contains("the image tollgate-test/missing:1 is not here and cannot be pulled"),
        "{}",
        ran.stdout
    );
    let records = folder.records();
    let image = &records[0]["entrants"][3]["image"];
    assert_eq!(image["reference"], faulty());
    assert!(image["id"].as_str().expect("an id").starts_with("sha256:"));
    assert_eq!(records[0]["entrants"][3]["version"], "1.2.3");
    assert_eq!(records[0]["runner"], "docker");
}

#[test]
fn one_that_does_not_hear_sigterm_is_killed_and_named() {
    let Some(_engine) = engine("one_that_does_not_hear_sigterm_is_killed_and_named") else {
        return;
    };
    let folder = Folder::new();
    folder.entrant("deaf", deaf(), "relays", "20s");
    let mut command = folder.command("deaf", &[]);
    command.stdout(Stdio::piped()).stderr(Stdio::piped());
    let child = command.spawn().expect("the harness starts");
    let pid = child.id();
    let ran = ran(child.wait_with_output().expect("it ends"));
    assert_eq!(ran.status, 0, "{}", ran.stderr);
    assert!(
        ran.stderr.contains("deaf: did not stop within"),
        "{}",
        ran.stderr
    );
    assert_eq!(containers_of(pid), Vec::<String>::new());
}
