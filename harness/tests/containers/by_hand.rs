//! `--container`: a container that nobody wrote a manifest for.

use std::fs;

use super::image::{engine, faulty};
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
