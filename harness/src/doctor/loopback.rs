//! What the way over the loopback costs.

use std::io::{self, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::thread;
use std::time::{Duration, Instant};

use super::Finding;
use crate::stats::median;

const SUBJECT: &str = "loopback";
const ROUND_TRIPS: usize = 500;
const LIMIT: Duration = Duration::from_secs(2);
/// More than this is no loopback of an idle machine.
const SLOW_US: f64 = 200.0;

/// The median time of one byte there and back, in microseconds, or why there
/// is none.
pub(super) type RoundTrip = Result<f64, String>;

pub(super) fn probe() -> RoundTrip {
    round_trip().map_err(|error| error.to_string())
}

fn round_trip() -> io::Result<f64> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let mut near = TcpStream::connect(listener.local_addr()?)?;
    let (mut far, _) = listener.accept()?;
    for stream in [&near, &far] {
        stream.set_nodelay(true)?;
        stream.set_read_timeout(Some(LIMIT))?;
    }
    let echo = thread::spawn(move || {
        let mut byte = [0];
        while far.read_exact(&mut byte).is_ok() && far.write_all(&byte).is_ok() {}
    });
    let mut times_us = Vec::with_capacity(ROUND_TRIPS);
    let mut byte = [0];
    for _ in 0..ROUND_TRIPS {
        let began = Instant::now();
        near.write_all(&byte)?;
        near.read_exact(&mut byte)?;
        times_us.push(began.elapsed().as_nanos() as f64 / 1e3);
    }
    drop(near);
    // It ends when its stream does, and has nothing to tell.
    let _ = echo.join();
    median(&times_us).ok_or_else(|| io::Error::other("no round trip"))
}

pub(super) fn judge(round_trip: &RoundTrip) -> Finding {
    match round_trip {
        Err(why) => Finding::beware(
            SUBJECT,
            format!("does not work: {why}"),
            "nothing can be measured: all programs talk over 127.0.0.1",
            "bring it up: ip link set lo up",
        ),
        Ok(us) if *us >= SLOW_US => Finding::beware(
            SUBJECT,
            format!("{us:.0} µs there and back"),
            "waking a thread takes long: overheads hold at least one such way more than direct",
            "end other load; keep CPUs from sleeping deeply (idle=poll, or cpupower idle-set -D 10)",
        ),
        Ok(us) => Finding::good(
            SUBJECT,
            format!("{us:.0} µs there and back"),
            "about what standing in between costs at least",
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::super::Verdict;
    use super::*;

    #[test]
    fn judges() {
        assert_eq!(judge(&Ok(20.0)).verdict, Verdict::Good);
        assert_eq!(judge(&Ok(500.0)).verdict, Verdict::Beware);
        assert_eq!(judge(&Err("no".into())).verdict, Verdict::Beware);
    }

    #[test]
    fn goes_there_and_back() {
        assert!(probe().unwrap() > 0.0);
    }
}
