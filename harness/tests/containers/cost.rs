//! What it costs to deploy a container: memory, CPU time, start, image.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use harness::docker::Engine;
use harness::entrant::Catalogue;
use harness::image_size::gzipped_layers;
use harness::resources::{Meter, ProcessMeter};
use harness::runner::{
    ContainerRunner, ContainerSettings, Runner, Running, Site, free_port, wait_until_ready,
};
use serde_json::Value;

use super::Folder;
use super::image::{engine, faulty};

/// A started container of `faulty.rs` in `mode`, in front of `mock`.
fn started(engine: Engine, folder: &Folder, mode: &str, mock: SocketAddr) -> Box<dyn Running> {
    folder.entrant(mode, faulty(), mode, "20s");
    let catalogue = Catalogue::load(&[folder.entrants()]).expect("manifests");
    let image = engine.image(faulty()).expect("an answer");
    let image = image.expect("an image");
    let runner = ContainerRunner::new(Arc::new(engine), image, ContainerSettings::default(), None);
    let site = Site {
        mock,
        port: free_port().expect("a port"),
        scratch: folder.run(),
    };
    let entrant = catalogue.get(mode).expect("the entrant");
    let mut running = runner.start(entrant, &site).expect("it starts");
    let address = running.target().address().expect("an address");
    wait_until_ready(mode, running.as_mut(), Duration::from_secs(20), || {
        TcpStream::connect(address)
            .map(drop)
            .map_err(|error| error.to_string())
    })
    .expect("it listens");
    running
}

/// Sends back what it is sent, until the test ends.
fn echo() -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = listener.local_addr().expect("its address");
    thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            thread::spawn(move || {
                let mut back = stream.try_clone()?;
                std::io::copy(&mut &stream, &mut back)
            });
        }
    });
    address
}

/// The same process seen by its control group and by /proc: a container run
/// and a process run of one gateway can be held against each other.
#[test]
fn the_control_group_and_proc_agree() {
    let Some((engine, _alone)) = engine("the_control_group_and_proc_agree") else {
        return;
    };
    let folder = Folder::new();
    let running = started(engine, &folder, "leaks", echo());
    let address = running.target().address().expect("an address");
    let mut group = running.meter().expect("control groups");
    // Its only process is the first of the container.
    let mut process = ProcessMeter::of_process(running.pid().expect("a process"));
    let before = (group.read().expect("it"), process.read().expect("it"));
    let mut stream = TcpStream::connect(address).expect("a connection");
    let mut answer = vec![0; 40_000];
    // A megabyte is leaked for each answer.
    for _ in 0..60 {
        stream.write_all(&answer).expect("a write");
        stream.read_exact(&mut answer).expect("an answer");
    }
    // The kernel adds up a group's pages in batches, every two seconds.
    thread::sleep(Duration::from_millis(2_500));
    let after = (group.read().expect("it"), process.read().expect("it"));

    let leaked = after.0.anon_shmem_bytes - before.0.anon_shmem_bytes;
    assert!(leaked > 50_000_000, "{leaked}");
    for (group, process) in [(before.0, before.1), (after.0, after.1)] {
        let apart = group.anon_shmem_bytes.abs_diff(process.anon_shmem_bytes);
        assert!(apart < 2_000_000, "{group:?} {process:?}");
    }
    let cpu = |now: u64, then: u64| (now - then) as f64;
    let by_group = cpu(after.0.cpu_ns, before.0.cpu_ns);
    let by_process = cpu(after.1.cpu_ns, before.1.cpu_ns);
    let ratio = by_group / by_process;
    assert!((0.9..1.1).contains(&ratio), "{by_group} {by_process}");
    assert!(after.0.kernel_bytes.is_some_and(|bytes| bytes > 0));
    let counters = group.counters().expect("counters");
    let peak = counters.peak_bytes.value().expect("a peak");
    assert!(*peak >= after.0.anon_shmem_bytes, "{counters:?}");
    assert_eq!(counters.oom_kills.value(), Some(&0));
    assert!(counters.throttled_ns.value().is_some(), "{counters:?}");
}

/// The engine's own way to the size of a layer: it is one file here, whose
/// length is known.
#[test]
fn an_exported_image_is_compressed() {
    let Some((engine, _alone)) = engine("an_exported_image_is_compressed") else {
        return;
    };
    let image = engine.image(faulty()).expect("an answer");
    let image = image.expect("an image");
    let compressed = gzipped_layers(engine.export(&image.id)).expect("a size");
    assert!(
        compressed > 100_000 && compressed < image.size_bytes,
        "{compressed} of {}",
        image.size_bytes
    );
    let missing = gzipped_layers(engine.export("tollgate-test/missing"));
    assert!(missing.is_err());
}

#[test]
fn a_run_records_what_a_container_costs() {
    let Some(_engine) = engine("a_run_records_what_a_container_costs") else {
        return;
    };
    let folder = Folder::new();
    folder.entrant("relays", faulty(), "relays", "20s");
    let ran = folder.measure("relays", &[]);
    assert_eq!(ran.status, 0, "{}", ran.stderr);
    let records = folder.records();
    let size = &records[0]["entrants"][0]["image_size"];
    assert!(size["compressed_bytes"].as_u64() > Some(100_000), "{size}");
    assert!(size["source"]["layers"].is_string(), "{size}");
    assert!(size["disk_bytes"].as_u64() > size["compressed_bytes"].as_u64());

    let of_phase = |phase: &str| -> Vec<&Value> {
        let samples = records.iter().filter(|one| one["type"] == "sample");
        samples.filter(|one| one["phase"] == phase).collect()
    };
    let starts = of_phase("cold");
    assert!(!starts.is_empty());
    for start in starts {
        assert!(start["cold_start_ns"].as_u64() > Some(1_000_000), "{start}");
    }
    assert!(of_phase("cold-dropped").is_empty(), "nobody asked for it");
    for phase in ["idle", "latency", "capacity", "after"] {
        let used = &of_phase(phase)[0]["resources"]["entrant"];
        for field in [
            "cpu_ns",
            "peak_anon_shmem_bytes",
            "last_anon_shmem_bytes",
            "peak_kernel_bytes",
        ] {
            assert!(used[field].is_u64(), "{phase} {field}: {used}");
        }
        assert!(used["counters"]["peak_bytes"].as_u64() > Some(0), "{used}");
        assert_eq!(used["counters"]["oom_kills"], 0, "{used}");
    }
    for section in ["Images, MB", "Limits", "gzip of its layers"] {
        assert!(ran.stdout.contains(section), "{}", ran.stdout);
    }
}
