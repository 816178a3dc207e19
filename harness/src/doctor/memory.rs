//! Whether there is memory enough.

use sysinfo::System;

use super::Finding;

const SUBJECT: &str = "memory";
const GIB: f64 = 1024.0 * 1024.0 * 1024.0;
/// The largest entrants take about one GiB, and the page cache needs some.
const ENOUGH_GIB: f64 = 2.0;

/// The memory, in bytes.
#[derive(Clone, Copy, Debug)]
pub(super) struct Memory {
    /// Of the machine.
    pub(super) total_bytes: u64,
    /// That programs can have without any swapping.
    pub(super) available_bytes: u64,
}

/// `None` where the system does not tell.
pub(super) fn probe() -> Option<Memory> {
    let mut system = System::new().ok()?;
    system.refresh_memory();
    Some(Memory {
        total_bytes: system.total_memory(),
        available_bytes: system.available_memory(),
    })
}

pub(super) fn judge(memory: &Option<Memory>) -> Finding {
    let Some(memory) = memory else {
        return Finding::unknown(SUBJECT, "not told", "entrants may lack memory");
    };
    let available_gib = memory.available_bytes as f64 / GIB;
    let found = format!(
        "{available_gib:.1} of {:.1} GiB available",
        memory.total_bytes as f64 / GIB
    );
    if available_gib >= ENOUGH_GIB {
        return Finding::good(SUBJECT, found, "enough for the largest entrant");
    }
    Finding::beware(
        SUBJECT,
        found,
        "a large entrant may be ended by the kernel, or wait for memory",
        format!("free some: {ENOUGH_GIB} GiB are enough"),
    )
}

#[cfg(test)]
mod tests {
    use super::super::Verdict;
    use super::*;

    #[test]
    fn judges() {
        let verdict = |available_bytes| {
            let total_bytes = 8 << 30;
            judge(&Some(Memory {
                total_bytes,
                available_bytes,
            }))
            .verdict
        };
        assert_eq!(verdict(2 << 30), Verdict::Good);
        assert_eq!(verdict(1 << 30), Verdict::Beware);
        assert_eq!(judge(&None).verdict, Verdict::Unknown);
    }
}
