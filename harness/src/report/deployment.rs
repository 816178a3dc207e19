//! How the entrants of a run were deployed: containers, their engine, their
//! limits and their images, and which CPUs were whose.

use crate::docker::CgroupVersion;
use crate::journal::Run;
use crate::runner::Network;

/// A line for each of these that there is something to say of.
pub(super) fn lines(run: &Run) -> Vec<String> {
    let mut lines = Vec::new();
    lines.push(match &run.placement {
        Some(placement) => format!("CPUs: {}.", placement.describe()),
        None => "Gateway, mock and generator share the machine's cores.".to_owned(),
    });
    if let (Some(engine), Some(settings)) = (&run.engine, &run.containers) {
        let cgroups = match engine.cgroup_version {
            CgroupVersion::V1 => 1,
            CgroupVersion::V2 => 2,
        };
        let network = match settings.network {
            Network::Host => "the machine's own network",
            Network::Bridge => "the engine's bridge",
        };
        let memory = match settings.memory_bytes {
            Some(bytes) => format!("{} MB of memory each", bytes / 1_000_000),
            None => "no limit of memory".to_owned(),
        };
        lines.push(format!(
            "Containers: Docker {} (API {}, control groups version {cgroups}, {}), {network}, \
             {memory}.",
            engine.version, engine.api_version, engine.storage_driver
        ));
        // Measured in interleaved blocks; no figure here, for it depends on the machine.
        lines.push(
            "Their standard output goes through the engine's json-file driver, on the cores that \
             all share. What the engine takes for an entrant that logs each request is not in \
             that entrant's CPU, but its own CPU is higher and its rates are lower than those of \
             the same program as a process; with its log off both are nearly the same. \
             results/2026-11-25-process-container-2core has the two side by side."
                .to_owned(),
        );
    }
    let images = run.entrants.iter().filter_map(|entrant| {
        let image = entrant.image.as_ref()?;
        let served = match image.digest.value() {
            Some(digest) => format!(", served as {digest}"),
            None => ", made on this machine".to_owned(),
        };
        Some(format!(
            "Image of {}: {} ({}{served}), {}.",
            entrant.name, image.reference, image.id, image.platform
        ))
    });
    lines.extend(images);
    lines
}
