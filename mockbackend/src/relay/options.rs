//! The relay's command line.

use std::net::{SocketAddr, ToSocketAddrs};
use std::str::FromStr;
use std::time::Duration;

use clap::Args;

use super::schedule::{Schedule, Stall};

/// Forward bytes unchanged to another address, adding a known delay.
///
/// Each burst of bytes from a client waits for the delay before it goes on;
/// what comes back is passed on at once. Prints `listening on http://ADDR`
/// once ready. On SIGTERM or SIGINT it prints one line of JSON,
/// {"requests":n,"added_ns":{"p50","p90","p99","mean","max"}}: the bursts
/// forwarded, and for each the time from when it had been read to when it was
/// written.
#[derive(Clone, Debug, Args)]
pub struct RelayOptions {
    /// Address to listen on, IP:PORT; port 0 takes any free one
    #[arg(long, value_name = "ADDR")]
    pub listen: SocketAddr,

    /// Where to forward to: http://HOST:PORT, without a path
    #[arg(long, value_name = "URL", value_parser = address)]
    pub to: SocketAddr,

    /// Delay added to each burst from a client: 300us, 1ms
    #[arg(long, value_name = "D", value_parser = humantime::parse_duration)]
    delay: Option<Duration>,

    /// Never sleep: a thread that spins keeps its core awake, and the wake-up
    /// that others save by that is the same at every delay
    #[arg(long)]
    pub spin: bool,

    /// Forward nothing either way for D, beginning AT after the first
    /// request: 4s:1s
    #[arg(long, value_name = "AT:D")]
    stall: Option<StallOption>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct StallOption {
    after: Duration,
    length: Duration,
}

impl FromStr for StallOption {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (after, length) = text
            .split_once(':')
            .ok_or("expected AT:D, for example 4s:1s")?;
        let read = |part| humantime::parse_duration(part).map_err(|error| error.to_string());
        Ok(Self {
            after: read(after)?,
            length: read(length)?,
        })
    }
}

impl RelayOptions {
    /// When each burst is due.
    pub(super) fn schedule(&self) -> Schedule {
        let stall = self.stall.map(|stall| Stall {
            after_ns: nanoseconds(stall.after),
            length_ns: nanoseconds(stall.length),
        });
        Schedule::new(self.delay.map_or(0, nanoseconds), stall)
    }
}

/// Held within a century, so that adding two never overflows.
fn nanoseconds(duration: Duration) -> u64 {
    const CENTURY_NS: u64 = 100 * 366 * 86_400 * 1_000_000_000;
    u64::try_from(duration.as_nanos()).map_or(CENTURY_NS, |ns| ns.min(CENTURY_NS))
}

/// The address of a URL that names nothing else.
fn address(url: &str) -> Result<SocketAddr, String> {
    let rest = url
        .strip_prefix("http://")
        .ok_or("expected http://HOST:PORT")?;
    let host = rest.strip_suffix('/').unwrap_or(rest);
    if host.contains('/') {
        return Err("bytes are forwarded unchanged, so a path cannot be added".to_owned());
    }
    let mut addresses = host.to_socket_addrs().map_err(|error| error.to_string())?;
    addresses
        .next()
        .ok_or_else(|| format!("{host} has no address"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn urls() {
        let expected = Ok(SocketAddr::from(([127, 0, 0, 1], 80)));
        assert_eq!(address("http://127.0.0.1:80"), expected);
        assert_eq!(address("http://127.0.0.1:80/"), expected);
        for wrong in [
            "127.0.0.1:80",
            "https://127.0.0.1:80",
            "http://127.0.0.1:80/v1",
            "http://127.0.0.1",
        ] {
            assert!(address(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn stalls() {
        let stall = StallOption {
            after: Duration::from_secs(4),
            length: Duration::from_millis(500),
        };
        assert_eq!("4s:500ms".parse(), Ok(stall));
        for wrong in ["", "4s", "4s:", "4:1", "4s:1s:1s"] {
            assert!(wrong.parse::<StallOption>().is_err(), "{wrong}");
        }
    }
}
