//! Reads a meter many times a second and answers for windows of time.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use rustix::time::{ClockId, clock_gettime};
use serde::{Deserialize, Serialize};

use super::{Counters, Meter};
use crate::measured::{Measured, Reason};

/// How often a meter is read.
pub const SAMPLES_PER_SECOND: u32 = 40;

/// CLOCK_MONOTONIC, in nanoseconds: the clock of the mock's stamps.
pub fn monotonic_ns() -> u64 {
    let now = clock_gettime(ClockId::Monotonic);
    let seconds = u64::try_from(now.tv_sec).unwrap_or_default();
    let nanoseconds = u64::try_from(now.tv_nsec).unwrap_or_default();
    seconds * 1_000_000_000 + nanoseconds
}

/// One reading with its time. Fields as in [`Reading`](super::Reading).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sample {
    /// [`monotonic_ns`] when it was read.
    pub t_ns: u64,
    /// CPU time since the start.
    pub cpu_ns: u64,
    /// Resident anonymous and shared memory.
    pub anon_shmem_bytes: u64,
    /// All resident memory.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rss_bytes: Option<u64>,
    /// Memory that the kernel holds for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kernel_bytes: Option<u64>,
    /// Processes.
    pub processes: u32,
    /// Threads.
    pub threads: u32,
}

/// The beginning of a window.
#[derive(Clone, Debug)]
pub struct Mark {
    index: usize,
    t_ns: u64,
    cpu_ns: Result<u64, Reason>,
    counters: Option<Counters>,
}

/// What was used from a mark until now.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Usage {
    /// Length of the window.
    pub elapsed_ns: u64,
    /// Readings in the window, both ends included.
    pub samples: u64,
    /// CPU time used in the window.
    pub cpu_ns: Measured<u64>,
    /// The most anonymous and shared memory seen in the window.
    pub peak_anon_shmem_bytes: Measured<u64>,
    /// The anonymous and shared memory of the window's last reading; journals
    /// of before it was recorded have none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_anon_shmem_bytes: Option<Measured<u64>>,
    /// The most resident memory seen in the window.
    pub peak_rss_bytes: Measured<u64>,
    /// The most memory that the kernel held for it in the window; none of what
    /// has no control group.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub peak_kernel_bytes: Option<Measured<u64>>,
    /// What its control group counted in the window, if it has one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub counters: Option<Counters>,
}

/// A thread that reads a meter [`SAMPLES_PER_SECOND`] times a second and
/// keeps every reading. Dropping it ends the thread.
pub struct Sampler {
    shared: Arc<Shared>,
    thread: Option<JoinHandle<()>>,
}

struct Shared {
    state: Mutex<State>,
    stop: AtomicBool,
}

struct State {
    meter: Box<dyn Meter>,
    samples: Vec<Sample>,
}

impl Sampler {
    /// Begins to sample.
    ///
    /// # Errors
    /// [`Reason::HarnessFault`] if no thread can be started.
    pub fn start(meter: Box<dyn Meter>) -> Result<Self, Reason> {
        let shared = Arc::new(Shared {
            state: Mutex::new(State {
                meter,
                samples: Vec::new(),
            }),
            stop: AtomicBool::new(false),
        });
        let thread = thread::Builder::new()
            .name("sampler".into())
            .spawn({
                let shared = Arc::clone(&shared);
                move || shared.sample_until_stopped()
            })
            .map_err(|error| Reason::HarnessFault(format!("no thread to sample in: {error}")))?;
        Ok(Self {
            shared,
            thread: Some(thread),
        })
    }

    /// Reads the meter now, beside its regular readings.
    ///
    /// # Errors
    /// The meter's reason why there is nothing to read.
    pub fn now(&self) -> Result<Sample, Reason> {
        self.shared.lock().read()
    }

    /// Begins a window, with a reading of its own. Windows may overlap.
    pub fn mark(&self) -> Mark {
        let mut state = self.shared.lock();
        let index = state.samples.len();
        // Outside of the readings, so that they bound the CPU time tightly.
        let counters = state.meter.counters();
        Mark {
            index,
            t_ns: monotonic_ns(),
            cpu_ns: state.read().map(|sample| sample.cpu_ns),
            counters,
        }
    }

    /// What was used since `mark`, with a reading of this moment.
    pub fn since(&self, mark: &Mark) -> Usage {
        let mut state = self.shared.lock();
        let last = state.read();
        let elapsed_ns = monotonic_ns().saturating_sub(mark.t_ns);
        let counters = state.meter.counters();
        let counters = counters.zip(mark.counters.as_ref());
        let no_rss = state.meter.why_no_rss();
        let no_kernel = state.meter.why_no_kernel();
        let window = &state.samples[mark.index..];
        let nothing_read = || match &last {
            Err(reason) => reason.clone(),
            Ok(_) => Reason::TooFewSamples { have: 0, need: 1 },
        };
        let of_window = |figure: Option<u64>, missing: Reason| match figure {
            Some(figure) => Measured::Value(figure),
            None if window.is_empty() => Measured::absent(nothing_read()),
            None => Measured::absent(missing),
        };
        let cpu_ns = match (&mark.cpu_ns, &last) {
            (Ok(before), Ok(now)) => Measured::Value(now.cpu_ns.saturating_sub(*before)),
            (Err(reason), _) | (_, Err(reason)) => Measured::absent(reason.clone()),
        };
        let headline = |sample: &Sample| sample.anon_shmem_bytes;
        let rss = window.iter().filter_map(|sample| sample.rss_bytes).max();
        let kernel = window.iter().filter_map(|sample| sample.kernel_bytes).max();
        let peak = window.iter().map(headline).max();
        Usage {
            elapsed_ns,
            samples: window.len() as u64,
            cpu_ns,
            peak_anon_shmem_bytes: of_window(peak, nothing_read()),
            last_anon_shmem_bytes: Some(match &last {
                Ok(last) => Measured::Value(last.anon_shmem_bytes),
                Err(reason) => Measured::absent(reason.clone()),
            }),
            peak_rss_bytes: of_window(rss, no_rss),
            peak_kernel_bytes: counters.is_some().then(|| of_window(kernel, no_kernel)),
            counters: counters.map(|(now, then)| now.since(then)),
        }
    }

    /// The readings since `mark`, in the order in which they were made.
    pub fn samples_since(&self, mark: &Mark) -> Vec<Sample> {
        self.shared.lock().samples[mark.index..].to_vec()
    }

    /// The proportional set size of this moment. See [`Meter::pss_bytes`].
    pub fn pss_bytes(&self) -> Measured<u64> {
        self.shared.lock().meter.pss_bytes()
    }

    /// Ends the thread and gives all readings.
    pub fn stop(mut self) -> Vec<Sample> {
        self.join();
        std::mem::take(&mut self.shared.lock().samples)
    }

    fn join(&mut self) {
        self.shared.stop.store(true, Ordering::Relaxed);
        if let Some(thread) = self.thread.take() {
            thread.thread().unpark();
            let _ = thread.join();
        }
    }
}

impl Drop for Sampler {
    fn drop(&mut self) {
        self.join();
    }
}

impl Shared {
    fn sample_until_stopped(&self) {
        let period = Duration::from_secs(1) / SAMPLES_PER_SECOND;
        let mut next = Instant::now();
        while !self.stop.load(Ordering::Relaxed) {
            // Without a process there is nothing to keep; who asks is told.
            let _ = self.lock().read();
            next = (next + period).max(Instant::now());
            while !self.stop.load(Ordering::Relaxed) {
                match next.checked_duration_since(Instant::now()) {
                    Some(left) if !left.is_zero() => thread::park_timeout(left),
                    _ => break,
                }
            }
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn read(&mut self) -> Result<Sample, Reason> {
        let reading = self.meter.read()?;
        let sample = Sample {
            t_ns: monotonic_ns(),
            cpu_ns: reading.cpu_ns,
            anon_shmem_bytes: reading.anon_shmem_bytes,
            rss_bytes: reading.rss_bytes,
            kernel_bytes: reading.kernel_bytes,
            processes: reading.processes,
            threads: reading.threads,
        };
        self.samples.push(sample);
        Ok(sample)
    }
}

#[cfg(test)]
mod tests {
    use super::super::Reading;
    use super::*;

    /// Uses 1 µs of CPU and one byte more with each reading, then ends.
    struct Script {
        readings: u64,
        ends_after: u64,
    }

    impl Meter for Script {
        fn read(&mut self) -> Result<Reading, Reason> {
            if self.readings == self.ends_after {
                return Err(Reason::EntrantFailed("gone".into()));
            }
            self.readings += 1;
            Ok(Reading {
                cpu_ns: self.readings * 1_000,
                anon_shmem_bytes: self.readings,
                rss_bytes: Some(2 * self.readings),
                kernel_bytes: None,
                processes: 1,
                threads: 1,
            })
        }

        fn pss_bytes(&mut self) -> Measured<u64> {
            Measured::Value(self.readings)
        }
    }

    fn sampler(ends_after: u64) -> Sampler {
        Sampler::start(Box::new(Script {
            readings: 0,
            ends_after,
        }))
        .unwrap()
    }

    #[test]
    fn a_window_has_its_own_peak_and_cpu_time() {
        let sampler = sampler(u64::MAX);
        let mark = sampler.mark();
        thread::sleep(Duration::from_millis(200));
        let usage = sampler.since(&mark);
        let samples = sampler.samples_since(&mark);
        // 40 a second, fewer where the machine stops, and one at each end.
        let most = 3 + usage.elapsed_ns * u64::from(SAMPLES_PER_SECOND) / 1_000_000_000;
        assert!((3..=most).contains(&usage.samples), "{usage:?}");
        assert_eq!(usage.samples, samples.len() as u64);
        assert_eq!(
            usage.cpu_ns,
            Measured::Value(1_000 * (usage.samples - 1)),
            "the reading of the mark is where it begins"
        );
        let last = samples.last().unwrap();
        assert_eq!(
            usage.peak_anon_shmem_bytes,
            Measured::Value(last.anon_shmem_bytes)
        );
        assert_eq!(
            usage.peak_rss_bytes,
            Measured::Value(last.rss_bytes.unwrap())
        );
        let held = Some(Measured::Value(last.anon_shmem_bytes));
        assert_eq!(usage.last_anon_shmem_bytes, held);
        assert_eq!(usage.counters, None);
        assert!(samples.windows(2).all(|two| two[0].t_ns < two[1].t_ns));
        assert!(usage.elapsed_ns >= 200_000_000);
    }

    #[test]
    fn what_ended_has_a_peak_but_no_cpu_time() {
        let sampler = sampler(1);
        while sampler.now().is_ok() {}
        let gone = Measured::absent(Reason::EntrantFailed("gone".into()));
        let usage = sampler.since(&sampler.mark());
        assert_eq!(usage.cpu_ns, gone);
        assert_eq!(usage.peak_rss_bytes, gone);
        assert_eq!(sampler.stop().len(), 1);
    }
}
