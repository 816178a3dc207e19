//! Which CPUs the entrant has to itself, and which the rig: `--pin`.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::io;

use rustix::thread::{CpuSet, sched_getaffinity, sched_setaffinity};
use serde::{Deserialize, Serialize};

/// The CPUs of both sides, by the kernel's numbers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Placement {
    /// The entrant's own.
    pub entrant_cpus: Vec<usize>,
    /// Those of the mock, the generator and the harness.
    pub rig_cpus: Vec<usize>,
    /// Whether each physical core is on one side only.
    pub whole_cores: bool,
}

/// Why nothing can be pinned.
#[derive(Debug, thiserror::Error)]
pub enum PlacementError {
    /// There is nothing to divide.
    #[error(
        "--pin needs two CPUs, one for the entrant and one for the rig; this process may use {0}"
    )]
    TooFew(usize),
    /// The kernel refuses.
    #[error("cannot choose CPUs: {0}")]
    Kernel(#[from] io::Error),
}

impl Placement {
    /// Divides the CPUs that this process may use: half of the cores to the
    /// entrant, the other half, and one that is over, to the rig. The two
    /// threads of a core stay on one side where there is more than one core.
    ///
    /// # Errors
    /// There is one CPU only.
    pub fn of_machine() -> Result<Self, PlacementError> {
        let allowed = sched_getaffinity(None).map_err(io::Error::from)?;
        let cpus = (0..CpuSet::MAX_CPU).filter(|&cpu| allowed.is_set(cpu));
        Self::divide(cpus.map(|cpu| (cpu, core_of(cpu))))
    }

    /// Divides CPUs, each given with the name of its core.
    fn divide(cpus: impl Iterator<Item = (usize, String)>) -> Result<Self, PlacementError> {
        let mut cores: BTreeMap<String, Vec<usize>> = BTreeMap::new();
        for (cpu, core) in cpus {
            cores.entry(core).or_default().push(cpu);
        }
        let mut groups: Vec<Vec<usize>> = cores.into_values().collect();
        let whole_cores = groups.len() > 1;
        if !whole_cores {
            let all = groups.into_iter().flatten();
            groups = all.map(|cpu| vec![cpu]).collect();
        }
        if groups.len() < 2 {
            return Err(PlacementError::TooFew(groups.len()));
        }
        groups.sort();
        // The first CPU is where the kernel's own work lands most.
        let entrant = groups.split_off(groups.len().div_ceil(2));
        let sorted = |groups: Vec<Vec<usize>>| {
            let mut cpus: Vec<usize> = groups.into_iter().flatten().collect();
            cpus.sort_unstable();
            cpus
        };
        Ok(Self {
            entrant_cpus: sorted(entrant),
            rig_cpus: sorted(groups),
            whole_cores,
        })
    }

    /// Puts this thread, and what it starts from now on, on the rig's CPUs.
    ///
    /// # Errors
    /// The kernel refuses.
    pub fn pin_rig(&self) -> io::Result<()> {
        pin(&self.rig_cpus)
    }

    /// Does `work`, and starts what it starts, on the entrant's CPUs.
    ///
    /// # Errors
    /// The kernel refuses.
    pub fn on_entrant_cpus<T>(&self, work: impl FnOnce() -> T) -> io::Result<T> {
        pin(&self.entrant_cpus)?;
        let done = work();
        self.pin_rig()?;
        Ok(done)
    }

    /// In one line.
    pub fn describe(&self) -> String {
        format!(
            "entrants on CPU {}, mock and generator on {}{}",
            list(&self.entrant_cpus),
            list(&self.rig_cpus),
            if self.whole_cores {
                ""
            } else {
                ", which are threads of one core"
            }
        )
    }
}

/// CPUs as the kernel and the engine write them: `0-2,5`.
pub fn list(cpus: &[usize]) -> String {
    let mut text = String::new();
    let mut rest = cpus;
    while let [first, ..] = rest {
        let length = rest
            .iter()
            .enumerate()
            .take_while(|(index, cpu)| **cpu == first + index)
            .count();
        let comma = if text.is_empty() { "" } else { "," };
        // Writing to a string cannot fail.
        let _ = match length {
            1 => write!(text, "{comma}{first}"),
            _ => write!(text, "{comma}{first}-{}", first + length - 1),
        };
        rest = &rest[length..];
    }
    text
}

fn pin(cpus: &[usize]) -> io::Result<()> {
    let mut set = CpuSet::new();
    for &cpu in cpus.iter().filter(|&&cpu| cpu < CpuSet::MAX_CPU) {
        set.set(cpu);
    }
    Ok(sched_setaffinity(None, &set)?)
}

/// A name that the threads of one physical core share.
fn core_of(cpu: usize) -> String {
    let path = format!("/sys/devices/system/cpu/cpu{cpu}/topology/thread_siblings_list");
    match fs::read_to_string(path) {
        Ok(siblings) => siblings.trim().to_owned(),
        // Where the kernel does not tell, each is taken for a core.
        Err(_) => format!("cpu{cpu}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn divide(cpus: &[(usize, &str)]) -> Result<Placement, PlacementError> {
        let cpus = cpus.iter().map(|&(cpu, core)| (cpu, core.to_owned()));
        Placement::divide(cpus)
    }

    #[test]
    fn both_threads_of_a_core_stay_together() {
        let four = divide(&[(0, "0,2"), (1, "1,3"), (2, "0,2"), (3, "1,3")]).unwrap();
        assert_eq!(four.rig_cpus, [0, 2]);
        assert_eq!(four.entrant_cpus, [1, 3]);
        assert!(four.whole_cores);
    }

    #[test]
    fn one_core_is_divided_and_says_so() {
        let two = divide(&[(0, "0-1"), (1, "0-1")]).unwrap();
        assert_eq!((&*two.rig_cpus, &*two.entrant_cpus), (&[0][..], &[1][..]));
        assert_eq!(
            two.describe(),
            "entrants on CPU 1, mock and generator on 0, which are threads of one core"
        );
    }

    #[test]
    fn what_is_over_is_the_rigs_and_one_is_too_few() {
        let three = divide(&[(0, "a"), (1, "b"), (2, "c")]).unwrap();
        assert_eq!(three.rig_cpus, [0, 1]);
        let one = divide(&[(5, "a")]).unwrap_err();
        assert!(one.to_string().contains("may use 1"), "{one}");
    }

    #[test]
    fn lists_as_the_kernel_does() {
        assert_eq!(list(&[0, 1, 2, 5, 7, 8]), "0-2,5,7-8");
        assert_eq!(list(&[]), "");
    }
}
