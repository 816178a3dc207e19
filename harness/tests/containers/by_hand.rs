//! `--container`: a container that nobody wrote a manifest for.

use std::fs;
use std::path::{Path, PathBuf};

use harness::placement::Placement;

use super::image::{REFERENCE, engine, faulty, on_port_8080, reference, skipped};
use super::{Folder, harness, ran};

#[test]
fn is_measured_and_prints_a_manifest_that_can_be_saved() {
    let Some(_engine) = engine("is_measured_and_prints_a_manifest_that_can_be_saved") else {
        return;
    };
    let folder = Folder::new();
    let out = folder.run();
    let mut command = harness();
    command
        .args(["run", "--profile", "smoke", "--entrants", "direct"])
        .args(["--container", faulty(), "--port", "8099"])
        .args(["--env", "MOCK={mock_url}/v1", "--model", "some/model"])
        .args(["--header", "x-some: thing", "--path", "messages=/other"])
        .arg("--out")
        .arg(&out);
    let ended = ran(command.output().expect("the harness starts"));
    // It has no arguments, so it exits at once: a row like any other.
    assert_eq!(ended.status, 4, "{}", ended.stderr);
    assert!(
        ended.stdout.contains("faulty MODE HOST:PORT"),
        "{}",
        ended.stdout
    );
    let ends = folder.ends();
    assert_eq!(ends["direct"][0], "done");
    assert!(ends["obedient"][0].to_string().contains("exit status: 2"));
    assert!(
        !out.join("manifests/obedient").exists(),
        "what the command line says may be secret"
    );

    let end = ended.stdout.find("# end of obedient").expect("an end");
    let manifest = &ended.stdout[..end];
    let saved = folder.entrants().join("saved");
    fs::create_dir_all(&saved).expect("a folder");
    fs::write(saved.join("entrant.toml"), manifest).expect("a manifest");
    let catalogue = harness::entrant::Catalogue::load(&[folder.entrants()]);
    let catalogue = catalogue.expect("what was printed is a manifest");
    let saved = &catalogue.get("saved").expect("the entrant").manifest;
    let container = saved.container.as_ref().expect("a container");
    assert_eq!((container.image.as_str(), container.port), (faulty(), 8099));
    assert_eq!(container.env["MOCK"], "{mock_url}/v1");
    assert_eq!(saved.model, "some/model");
    assert_eq!(saved.headers["x-some"], "thing");
    assert_eq!(saved.paths[&workload::Dialect::Messages], "/other");
}

#[test]
fn what_the_command_line_gave_is_in_no_file_of_the_run() {
    let Some(_engine) = engine("what_the_command_line_gave_is_in_no_file_of_the_run") else {
        return;
    };
    let folder = Folder::new();
    let mut command = harness();
    command
        .args(["run", "--profile", "smoke", "--entrants", "direct"])
        .args(["--container", faulty(), "--port", "8099"])
        .args(["--env", "TELLS=yes", "--env", "SOME_KEY=sk-qzq-told"])
        .args(["--env", "AT={mock_url}/qzq-at"])
        .args(["--header", "authorization: Bearer qzq-sent"])
        .arg("--out")
        .arg(folder.run());
    let ended = ran(command.output().expect("the harness starts"));
    assert_eq!(ended.status, 4, "{}", ended.stderr);
    // It has told all that it was given before it ended.
    let end = folder.ends()["obedient"][0].to_string();
    assert!(end.contains("SOME_KEY=[hidden]"), "{end}");
    assert!(end.contains("AT=[hidden]"), "{end}");
    // With a sign that base64 has not: a journal is full of that.
    let mut files = 0;
    for path in files_of(&folder.run()) {
        let bytes = fs::read(&path).expect("a file");
        let text = String::from_utf8_lossy(&bytes);
        assert!(!text.contains("qzq-"), "{}: {text}", path.display());
        files += 1;
    }
    assert!(files >= 2, "a journal and the machine at least: {files}");
    assert!(!ended.stderr.contains("qzq-"), "{}", ended.stderr);
}

fn files_of(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).expect("a folder");
    let paths = entries.map(|entry| entry.expect("an entry").path());
    let below = paths.flat_map(|path| match path.is_dir() {
        true => files_of(&path),
        false => vec![path],
    });
    below.collect()
}

#[test]
fn a_gateway_is_measured_whole() {
    let test = "a_gateway_is_measured_whole";
    let Some((image, _alone)) = on_port_8080(test) else {
        return;
    };
    let folder = Folder::new();
    let mut command = harness();
    command
        .args(["run", "--profile", "smoke", "--blocks", "1"])
        .args(["--entrants", "direct", "--container", &image])
        .args(["--port", "8080", "--env", "OPENAI_BASE_URL={mock_url}/v1"])
        .args(["--env", "OPENAI_API_KEY=sk-given"])
        .arg("--out")
        .arg(folder.run());
    let ended = ran(command.output().expect("the harness starts"));
    assert_eq!(ended.status, 0, "{}\n{}", ended.stderr, ended.stdout);
    let name = "on-loopback";
    assert!(
        ended
            .stdout
            .contains(&format!("# end of {name}/entrant.toml"))
            && ended.stdout.contains("OPENAI_BASE_URL = \"{mock_url}/v1\""),
        "{}",
        ended.stdout
    );
    assert_eq!(folder.ends()[name], ["done"]);
    let rate = folder.records().into_iter().find(|record| {
        record["phase"] == "capacity" && record["workload"] == "chat" && record["entrant"] == name
    });
    let rate = rate.expect("a rate of chat");
    assert!(rate["point"]["achieved_rps"].as_f64() > Some(1.0), "{rate}");
}

#[test]
fn another_image_takes_an_entrants_place_on_cpus_of_its_own() {
    let test = "another_image_takes_an_entrants_place_on_cpus_of_its_own";
    let Some((engine, _alone)) = engine(test) else {
        return;
    };
    if reference(&engine, test).is_none() {
        return;
    }
    if let Err(error) = Placement::of_machine() {
        return skipped(test, &error.to_string());
    }
    let folder = Folder::new();
    // As published it is an image that no registry has.
    folder.entrant("stands-in", "tollgate-test/missing:1", "relays", "20s");
    let other = format!("stands-in={}", faulty());
    let same = format!("reference={REFERENCE}");
    let more = ["--image", &other, "--image", &same, "--pin"];
    let ran = folder.measure("stands-in,reference", &more);
    assert_eq!(ran.status, 0, "{}\n{}", ran.stderr, ran.stdout);
    let run = &folder.records()[0];
    for (index, (name, image)) in [("stands-in", faulty()), ("reference", REFERENCE)]
        .into_iter()
        .enumerate()
    {
        assert_eq!(folder.ends()[name], ["done"]);
        let entrant = &run["entrants"][index];
        assert_eq!(entrant["name"], name);
        assert_eq!(entrant["image"]["reference"], image);
    }
    for side in ["entrant_cpus", "rig_cpus"] {
        let cpus = run["placement"][side].as_array().expect("CPUs");
        assert!(!cpus.is_empty(), "{run}");
    }
}
