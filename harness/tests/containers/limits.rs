//! What a container may use, and how it is reached.

use std::fs;
use std::sync::Arc;
use std::time::Duration;

use harness::entrant::Catalogue;
use harness::placement::Placement;
use harness::runner::{
    ContainerRunner, ContainerSettings, Network, Runner, Site, free_port, wait_until_ready,
};

use super::Folder;
use super::image::{engine, faulty, skipped};

#[test]
fn a_pinned_container_has_the_entrants_cpus_and_its_memory() {
    let Some((engine, _alone)) = engine("a_pinned_container_has_the_entrants_cpus_and_its_memory")
    else {
        return;
    };
    let placement = match Placement::of_machine() {
        Ok(placement) => placement,
        Err(error) => {
            let test = "a_pinned_container_has_the_entrants_cpus_and_its_memory";
            return skipped(test, &error.to_string());
        }
    };
    let folder = Folder::new();
    folder.entrant("mute", faulty(), "mute", "20s");
    let catalogue = Catalogue::load(&[folder.entrants()]).expect("manifests");
    let image = engine
        .image(faulty())
        .expect("an answer")
        .expect("an image");
    let settings = ContainerSettings {
        network: Network::Host,
        bridge_address: None,
        memory_bytes: Some(64 << 20),
    };
    let engine = Arc::new(engine);
    let runner = ContainerRunner::new(
        Arc::clone(&engine),
        image,
        settings,
        Some(placement.clone()),
    );
    let site = Site {
        mock: ([127, 0, 0, 1], 1).into(),
        port: free_port().expect("a port"),
        scratch: folder.run(),
    };
    let entrant = catalogue.get("mute").expect("the entrant");
    let mut running = runner.start(entrant, &site).expect("it starts");
    let container = running.container().expect("a container").clone();
    assert_eq!(running.pid(), Some(container.pid));
    let status = fs::read_to_string(format!("/proc/{}/status", container.pid)).expect("a process");
    let cpus = harness::placement::list(&placement.entrant_cpus);
    assert!(
        status.contains(&format!("Cpus_allowed_list:\t{cpus}\n")),
        "{cpus}: {status}"
    );
    let reading = running.meter().expect("a meter").read().expect("a reading");
    assert!(reading.anon_shmem_bytes > 0 && reading.anon_shmem_bytes < 64 << 20);

    let error =
        wait_until_ready(
            "mute",
            running.as_mut(),
            Duration::from_millis(100),
            || match engine.logs(&container.id, 5) {
                Ok(log) if log.contains("thinking") => Err("it only thinks".to_owned()),
                other => Err(format!("{other:?}")),
            },
        )
        .expect_err("it is never ready")
        .to_string();
    assert!(error.starts_with("mute was not ready after"), "{error}");
    running.stop(Duration::from_secs(1)).expect("it stops");
    assert!(engine.started(&container.id).is_err(), "it is removed");
}

#[test]
fn a_container_behind_the_bridge_is_measured() {
    let Some(_engine) = engine("a_container_behind_the_bridge_is_measured") else {
        return;
    };
    let folder = Folder::new();
    folder.entrant("relays", faulty(), "relays", "20s");
    let ran = folder.measure("relays", &["--network", "bridge"]);
    assert_eq!(ran.status, 0, "{}\n{}", ran.stderr, ran.stdout);
    let records = folder.records();
    assert_eq!(records[0]["containers"]["network"], "bridge");
    let right = records
        .iter()
        .filter(|record| record["phase"] == "coverage" && record["point"]["outcomes"]["ok"] == 2)
        .count();
    assert_eq!(right, 6);
}
