//! Whether an entrant counts what it was asked: its metrics, its usage and its log, held against
//! what was sent. Only for entrants whose manifest says where to look; one whose counts are wrong
//! has failed its trial.

use std::fs;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::thread;
use std::time::{Duration, Instant};

use workload::BENCH_API_KEY;

use super::page::page;
use crate::entrant::{Accounting, Target};

/// How long the last counts may take to be told: a log may be written in batches.
const SETTLING: Duration = Duration::from_secs(5);
/// How often it is looked meanwhile.
const LOOK: Duration = Duration::from_millis(10);

/// Where an entrant keeps its accounts.
pub(super) struct Ledger<'a> {
    manifest: &'a Accounting,
    target: &'a Target,
    address: SocketAddr,
    log: Option<PathBuf>,
    /// Whether the mock tells the usage of every answer.
    usage_is_told: bool,
}

/// What the accounts say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Accounts {
    requests: u64,
    usage: Option<u64>,
    log_lines: Option<u64>,
}

impl<'a> Ledger<'a> {
    /// The ledger of an entrant that was started in `folder`.
    ///
    /// # Errors
    /// Its address is a name.
    pub(super) fn new(
        manifest: &'a Accounting,
        target: &'a Target,
        folder: &Path,
        usage_is_told: bool,
    ) -> Result<Self, String> {
        Ok(Self {
            manifest,
            target,
            address: target.address().ok_or("its address is a name")?,
            log: manifest.log.as_ref().map(|log| folder.join(log)),
            usage_is_told,
        })
    }

    /// What the accounts say once the log has come as far as the metrics. One that never does
    /// is taken as it is: what counts is what is told from then on.
    pub(super) fn settled(&self) -> Result<Accounts, String> {
        /// A log is written in batches of less.
        const LATEST: Duration = Duration::from_millis(500);
        let begun = Instant::now();
        loop {
            let now = self.read()?;
            if now.agree(None) || begun.elapsed() > LATEST {
                return Ok(now);
            }
            thread::sleep(LOOK);
        }
    }

    /// What the accounts say now.
    fn read(&self) -> Result<Accounts, String> {
        let page = self.page().map_err(|error| {
            format!("GET {} at {}: {error}", self.manifest.metrics, self.address)
        })?;
        let log_lines = match &self.log {
            // A container's output is the engine's.
            Some(path) if path.exists() => {
                let text =
                    fs::read(path).map_err(|error| format!("{}: {error}", path.display()))?;
                Some(lines_with(&text, &self.manifest.log_lines))
            }
            _ => None,
        };
        let sum = |name: &String| sum(&page, name, self.manifest.but.as_deref());
        let usage = self.manifest.usage.as_ref().filter(|_| self.usage_is_told);
        Ok(Accounts {
            requests: sum(&self.manifest.requests),
            usage: usage.map(sum),
            log_lines,
        })
    }

    /// Waits until the accounts tell of `sent` requests since `before`, all of them answered
    /// well; without a number, until they agree with one another.
    ///
    /// # Errors
    /// They do not; the text tells all counts.
    pub(super) fn check(&self, before: Accounts, sent: Option<u64>) -> Result<(), String> {
        let begun = Instant::now();
        loop {
            let since = self.read()?.since(before);
            if since.agree(sent) {
                return Ok(());
            }
            if begun.elapsed() > SETTLING {
                return Err(since.told(sent));
            }
            thread::sleep(LOOK);
        }
    }

    fn page(&self) -> std::io::Result<String> {
        let mut headers = self.target.headers.clone();
        if !headers
            .iter()
            .any(|(name, _)| name.eq_ignore_ascii_case("authorization"))
        {
            // As loadgen does, which is a client like any other.
            headers.push((
                "authorization".to_owned(),
                format!("Bearer {BENCH_API_KEY}"),
            ));
        }
        page(self.address, &self.manifest.metrics, &headers)
    }
}

impl Accounts {
    fn since(self, before: Self) -> Self {
        let minus = |now: Option<u64>, before: Option<u64>| {
            now.zip(before)
                .map(|(now, before)| now.saturating_sub(before))
        };
        Self {
            requests: self.requests.saturating_sub(before.requests),
            usage: minus(self.usage, before.usage),
            log_lines: minus(self.log_lines, before.log_lines),
        }
    }

    fn agree(self, sent: Option<u64>) -> bool {
        let expected = sent.unwrap_or(self.requests);
        self.requests == expected
            && self.log_lines.is_none_or(|lines| lines == expected)
            // A request that was cut off tells no usage, so only of a known number of good ones
            // is it known how many must have told it.
            && self.usage.is_none_or(|usage| sent.is_none() || usage == expected)
    }

    fn told(self, sent: Option<u64>) -> String {
        let of = |count: Option<u64>| count.map_or("not looked at".to_owned(), |n| n.to_string());
        format!(
            "its accounts are wrong: sent {}, requests in metrics {}, with usage {}, lines in the log {}",
            of(sent),
            self.requests,
            of(self.usage),
            of(self.log_lines)
        )
    }
}

/// The sum of the samples of `name`, without those that hold the text `but`.
fn sum(page: &str, name: &str, but: Option<&str>) -> u64 {
    page.lines()
        .filter(|line| {
            line.strip_prefix(name)
                .is_some_and(|rest| rest.starts_with(['{', ' ']))
        })
        .filter(|line| but.is_none_or(|but| !line.contains(but)))
        .filter_map(|line| line.rsplit(' ').next()?.parse::<u64>().ok())
        .sum()
}

fn lines_with(log: &[u8], text: &str) -> u64 {
    let lines = log.split(|byte| *byte == b'\n');
    let count = lines
        .filter(|line| String::from_utf8_lossy(line).contains(text))
        .count();
    count as u64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sums_a_family_but_for_what_is_left_out() {
        let page = "# TYPE n counter\nn{a=\"x\"} 2\nn{a=\"y\"} 3\nn{a=\"other\"} 50\nnn{} 7\nn 1\n";
        assert_eq!(sum(page, "n", Some("a=\"other\"")), 6);
        assert_eq!(sum(page, "n", None), 56);
        assert_eq!(sum(page, "m", None), 0);
    }

    #[test]
    fn counts_lines_of_requests_only() {
        assert_eq!(
            lines_with(b"{\"path\":\"/v1/x\"}\n{\"event\":1}\n", "/v1/"),
            1
        );
    }

    #[test]
    fn any_count_that_differs_is_wrong() {
        let accounts = |requests, usage, log_lines| Accounts {
            requests,
            usage,
            log_lines,
        };
        let before = accounts(10, Some(5), Some(7));
        let since = |requests, usage, lines| accounts(requests, usage, lines).since(before);
        assert!(since(14, Some(9), Some(11)).agree(Some(4)));
        assert!(since(14, Some(6), Some(11)).agree(None));
        assert!(since(14, None, None).agree(Some(4)));
        for wrong in [
            since(13, Some(9), Some(11)),
            since(14, Some(8), Some(11)),
            since(14, Some(9), Some(12)),
        ] {
            assert!(!wrong.agree(Some(4)), "{wrong:?}");
        }
        assert!(!since(14, Some(9), Some(12)).agree(None));
        let told = since(13, None, Some(11)).told(Some(4));
        assert_eq!(
            told,
            "its accounts are wrong: sent 4, requests in metrics 3, with usage not looked at, lines in the log 4"
        );
    }
}
