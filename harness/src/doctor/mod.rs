//! What of this machine can spoil figures: one file a thing, each with facts
//! that are probed and a judgement that is pure.

mod ceilings;
mod cgroup;
mod clock;
mod cores;
mod docker;
mod finding;
mod frequency;
mod hypervisor;
mod kernel;
mod limits;
mod loopback;
mod memory;
mod other_load;
mod programs;
mod window;

use std::time::Duration;

use crate::machine;
use crate::process::Programs;
use window::Window;

pub use finding::{Finding, Verdict};

/// How long the machine is watched for steal and for other load.
const WATCH: Duration = Duration::from_secs(1);

/// Examines this machine for a second; with `ceilings` also drives the mock by
/// the generator, a few seconds more.
pub fn examine(programs: &Programs, ceilings: bool) -> Vec<Finding> {
    // Before anything of our own is at work.
    let window = Window::watch(WATCH);
    let machine = machine::fingerprint();
    let mut findings = Vec::new();
    findings.extend(cores::judge(&cores::probe(&machine)));
    findings.push(frequency::judge(&frequency::probe()));
    findings.push(hypervisor::judge(&hypervisor::probe(&machine, &window)));
    findings.push(clock::judge(&clock::probe(&machine)));
    findings.extend(limits::judge(&limits::probe()));
    findings.push(loopback::judge(&loopback::probe()));
    findings.push(docker::judge(&docker::probe()));
    findings.extend(cgroup::judge(&cgroup::probe(&machine)));
    findings.push(other_load::judge(&other_load::probe(&machine, &window)));
    findings.push(memory::judge(&memory::probe()));
    findings.extend(programs::judge(&programs::probe(programs)));
    if ceilings {
        findings.extend(ceilings::probe(programs).iter().map(ceilings::judge));
    }
    findings
}
