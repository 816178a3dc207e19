//! `--runner auto`: containers where an engine answers and has what is needed,
//! processes where not, and which of them it was is said.

use super::image::{engine, faulty};
use super::{Folder, Ran, harness, ran};

/// A run of an entrant that says how it is used and exits, so that it is short.
/// It can start as a process too where it `is_program`.
fn run(folder: &Folder, image: &str, is_program: bool, docker_host: Option<&str>) -> Ran {
    folder.entrant("short", image, "exits", "5s");
    if is_program {
        let path = folder.entrants().join("short/entrant.toml");
        let mut manifest = std::fs::read_to_string(&path).expect("the manifest");
        manifest.push_str("[process]\ncommand = [\"false\"]\n");
        std::fs::write(&path, manifest).expect("a write");
    }
    let mut command = harness();
    command.args(["run", "--profile", "smoke", "--entrants", "short", "--out"]);
    command.arg(folder.run());
    command.arg("--entrants-dir").arg(folder.entrants());
    if let Some(host) = docker_host {
        command.env("DOCKER_HOST", host);
    }
    ran(command.output().expect("the harness starts"))
}

#[test]
fn an_engine_with_the_images_is_taken() {
    let Some(_alone) = engine("an_engine_with_the_images_is_taken") else {
        return;
    };
    let folder = Folder::new();
    let ended = run(&folder, faulty(), true, None);
    let said = "entrants run as containers of Docker";
    assert!(ended.stderr.contains(said), "{}", ended.stderr);
    assert_eq!(folder.records()[0]["runner"], "docker");
}

#[test]
fn where_an_image_is_not_to_be_had_programs_are_taken() {
    let Some(_alone) = engine("where_an_image_is_not_to_be_had_programs_are_taken") else {
        return;
    };
    let folder = Folder::new();
    let ended = run(&folder, "tollgate-test/missing:1", true, None);
    let said = "entrants run as processes: short: ";
    assert!(ended.stderr.contains(said), "{}", ended.stderr);
    assert_eq!(folder.records()[0]["runner"], "process");
}

#[test]
fn without_an_engine_programs_are_taken() {
    let folder = Folder::new();
    let nowhere = Some("unix:///nowhere/docker.sock");
    let ended = run(&folder, "tollgate-test/missing:1", true, nowhere);
    let said = "entrants run as processes: ";
    assert!(ended.stderr.contains(said), "{}", ended.stderr);
    assert!(ended.stderr.contains("/nowhere"), "{}", ended.stderr);
    assert_eq!(folder.records()[0]["runner"], "process");
}

#[test]
fn what_is_a_container_alone_cannot_be_measured_without_an_engine() {
    let folder = Folder::new();
    let nowhere = Some("unix:///nowhere/docker.sock");
    let ended = run(&folder, "tollgate-test/missing:1", false, nowhere);
    assert_eq!(ended.status, 4, "{}", ended.stderr);
    assert!(
        ended.stderr.contains("nothing to measure"),
        "{}",
        ended.stderr
    );
}
