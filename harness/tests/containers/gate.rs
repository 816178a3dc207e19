//! `harness gate` with images. Those that listen on one port only cannot be up
//! at once, and follow one another; others take turns.

use serde_json::Value;

use super::image::{REFERENCE, on_port_8080};
use super::{Folder, Ran, harness, ran};

/// A gate of a few blocks with the same image on both sides.
fn gate(folder: &Folder, image: &str, more: &[&str]) -> Ran {
    let mut command = harness();
    command
        .args(["gate", "--base", image, "--head", image])
        .args(["--stretch", "50ms", "--budget", "15s"])
        .args(more)
        .arg("--out")
        .arg(folder.run());
    ran(command.output().expect("the harness starts"))
}

/// The sides of the first block in the order in which each was loaded.
fn loaded(records: &[Value]) -> Vec<&str> {
    let samples = records
        .iter()
        .filter(|one| one["type"] == "sample" && one["phase"] == "latency" && one["block"] == 1);
    samples.filter_map(|one| one["entrant"].as_str()).collect()
}

#[test]
fn images_of_one_port_follow_one_another_and_others_take_turns() {
    let test = "images_of_one_port_follow_one_another_and_others_take_turns";
    let Some((image, _alone)) = on_port_8080(test) else {
        return;
    };
    let by_hand = ["--port", "8080"];
    let env = [
        "--env",
        "OPENAI_BASE_URL={mock_url}/v1",
        "--env",
        "OPENAI_API_KEY=sk-given",
    ];
    for (image, more, follow) in [
        (image, [&by_hand[..], &env[..]].concat(), true),
        (format!("image:{REFERENCE}"), Vec::new(), false),
    ] {
        let folder = Folder::new();
        let ended = gate(&folder, &image, &more);
        // Few blocks tell little.
        assert!(
            [0, 3].contains(&ended.status),
            "{}\n{}",
            ended.stderr,
            ended.stdout
        );
        assert!(ended.stdout.contains("self-check"), "{}", ended.stdout);
        let records = folder.records();
        let loaded = loaded(&records);
        let loads = loaded.len() / 3;
        assert!(loads >= 2, "{loaded:?}");
        let first = loaded[..loads].iter().all(|side| *side == loaded[0]);
        assert_eq!(first, follow, "{image}: {loaded:?}");
    }
}
