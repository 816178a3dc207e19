//! What the generator and the mock reach without a gateway.

use std::net::{Ipv4Addr, SocketAddr};
use std::time::Duration;

use workload::{DEFAULT_MODEL, Workload};

use super::Finding;
use crate::entrant::{Secrets, Target};
use crate::plan::LoadLimit;
use crate::process::Programs;
use crate::resources::Meter;
use crate::trial::{LoadRequest, Loadgen, Mock, Pace};

const WORKERS: u32 = 64;
const LENGTH_MS: u64 = 2_000;
/// A program of one thread that uses this part of a CPU is the limit.
const BUSY: f64 = 0.9;

/// The highest rate on one workload.
#[derive(Clone, Debug)]
pub(super) struct Ceiling {
    /// The workload's name.
    pub(super) workload: &'static str,
    /// What was measured; or why nothing was.
    pub(super) measured: Result<Reached, String>,
}

/// A rate, and what it took.
#[derive(Clone, Copy, Debug)]
pub(super) struct Reached {
    /// Right answers a second.
    pub(super) rps: f64,
    /// Requests that were not answered right.
    pub(super) wrong: u64,
    /// CPU time of the generator, as a part of one CPU's.
    pub(super) generator_cpus: f64,
    /// CPU time of the mock, likewise.
    pub(super) mock_cpus: f64,
}

/// Whole answers and streams of chat.
pub(super) fn probe(programs: &Programs) -> Vec<Ceiling> {
    Workload::ALL
        .into_iter()
        .take(2)
        .map(|workload| Ceiling {
            workload: workload.name(),
            measured: measure(programs, workload),
        })
        .collect()
}

fn measure(programs: &Programs, workload: Workload) -> Result<Reached, String> {
    let anywhere = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
    let mock = Mock::start(programs, anywhere, false).map_err(|error| error.to_string())?;
    let target = Target {
        base_url: format!("http://{}", mock.address()),
        model: DEFAULT_MODEL.to_owned(),
        headers: Vec::new(),
        paths: Vec::new(),
        crossings: Vec::new(),
        secrets: Secrets::default(),
    };
    let mut meter = mock.meter();
    let mut mock_cpu_ns = || meter.read().map(|reading| reading.cpu_ns);
    let before = mock_cpu_ns().map_err(|reason| reason.to_string())?;
    let point = Loadgen::new(programs, &target, false)
        .measure(&LoadRequest {
            workload,
            pace: Pace::Closed(WORKERS),
            limit: LoadLimit::DurationMs(LENGTH_MS),
            warmup: 0,
            max_wall: Some(Duration::from_millis(2 * LENGTH_MS)),
        })
        .map_err(|error| error.to_string())?;
    let after = mock_cpu_ns().map_err(|reason| reason.to_string())?;
    mock.stop();
    let part = |cpu_ns: u64| cpu_ns as f64 / point.elapsed_ns.max(1) as f64;
    Ok(Reached {
        rps: point.achieved_rps.ok_or("no right answer")?,
        wrong: point.total() - point.ok(),
        generator_cpus: part(point.generator_cpu_ns),
        mock_cpus: part(after.saturating_sub(before)),
    })
}

pub(super) fn judge(ceiling: &Ceiling) -> Finding {
    let subject = format!("ceiling of {}", ceiling.workload);
    let reached = match &ceiling.measured {
        Ok(reached) => reached,
        Err(why) => {
            return Finding::beware(
                &subject,
                why.as_str(),
                "nothing tells which figures the rig itself limits",
                "cargo build --release, and look at the programs above",
            );
        }
    };
    let found = format!(
        "{:.0} requests a second at {WORKERS} workers; generator {:.0}% of a CPU, mock {:.0}%",
        reached.rps,
        100.0 * reached.generator_cpus,
        100.0 * reached.mock_cpus
    );
    if reached.wrong > 0 {
        return Finding::beware(
            &subject,
            format!("{found}; {} wrong answers", reached.wrong),
            "the rig errs by itself: failures cannot be laid at a gateway's door",
            "look at: loadgen --url with the mock alone",
        );
    }
    let (busier, cpus) = if reached.generator_cpus > reached.mock_cpus {
        ("the generator", reached.generator_cpus)
    } else {
        ("the mock", reached.mock_cpus)
    };
    if cpus < BUSY {
        return Finding::beware(
            &subject,
            found,
            format!("neither is busy ({busier} the more): the machine holds them back"),
            "see CPUs, hypervisor and other load above",
        );
    }
    Finding::good(
        &subject,
        found,
        format!(
            "{busier} is the limit; a gateway's rate above about {:.0} is marked ‡",
            0.8 * reached.rps
        ),
    )
}

#[cfg(test)]
mod tests {
    use super::super::Verdict;
    use super::*;

    fn judged(generator_cpus: f64, mock_cpus: f64, wrong: u64) -> Finding {
        judge(&Ceiling {
            workload: "chat",
            measured: Ok(Reached {
                rps: 50_000.0,
                wrong,
                generator_cpus,
                mock_cpus,
            }),
        })
    }

    #[test]
    fn names_the_busier() {
        let generator = judged(1.0, 0.7, 0);
        assert_eq!(generator.verdict, Verdict::Good);
        assert_eq!(
            generator.meaning,
            "the generator is the limit; a gateway's rate above about 40000 is marked ‡"
        );
        assert!(judged(0.7, 1.0, 0).meaning.starts_with("the mock"));
    }

    #[test]
    fn judges() {
        assert_eq!(judged(0.5, 0.4, 0).verdict, Verdict::Beware);
        assert_eq!(judged(1.0, 0.4, 3).verdict, Verdict::Beware);
        let none = Ceiling {
            workload: "chat",
            measured: Err("no loadgen".into()),
        };
        assert_eq!(judge(&none).verdict, Verdict::Beware);
    }
}
