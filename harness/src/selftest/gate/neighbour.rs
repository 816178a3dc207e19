//! A neighbour that takes a core for seconds at random.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use rand::rngs::SmallRng;
use rand::{RngExt, SeedableRng};

/// It computes for one to four seconds and rests for two to eight, until it is
/// dropped.
pub struct Neighbour {
    stop: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl Neighbour {
    /// One that moves in now; `seed` fixes when it is busy.
    pub fn moves_in(seed: u64) -> Self {
        let stop = Arc::new(AtomicBool::new(false));
        let told = Arc::clone(&stop);
        let thread = thread::spawn(move || {
            let mut random = SmallRng::seed_from_u64(seed);
            let mut until = |low: f64, high: f64| {
                let share: f64 = random.random();
                Instant::now() + Duration::from_secs_f64(low + share * (high - low))
            };
            while !told.load(Ordering::Relaxed) {
                let rests = until(2.0, 8.0);
                while Instant::now() < rests && !told.load(Ordering::Relaxed) {
                    thread::sleep(Duration::from_millis(20));
                }
                let works = until(1.0, 4.0);
                while Instant::now() < works && !told.load(Ordering::Relaxed) {
                    std::hint::spin_loop();
                }
            }
        });
        Self {
            stop,
            thread: Some(thread),
        }
    }
}

impl Drop for Neighbour {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
        if let Some(thread) = self.thread.take() {
            // It cannot panic, and there is nothing to be learned if it did.
            let _ = thread.join();
        }
    }
}
