//! What a gate judges and how much it lets pass: `gate.toml`.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::Metric;

/// A gate judges at most so many metrics: every further one would make each of
/// them harder to tell from chance.
pub const MOST_PRIMARY: usize = 5;
/// A worsening up to this share passes, unless the policy says otherwise.
const DEFAULT_PERCENT: f64 = 5.0;
/// The same of a time on the way, in microseconds, where that is more: what no
/// user of a model will ever notice.
const DEFAULT_OVERHEAD_US: f64 = 15.0;

/// What is judged, and how much worse each may become.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Policy {
    /// The metrics that decide, and the tolerance of each.
    pub primary: BTreeMap<Metric, Tolerance>,
}

/// How much worse a metric may become: the larger of the two.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Tolerance {
    /// As a share of base.
    pub percent: f64,
    /// In the metric's own unit.
    pub at_least: f64,
}

impl Tolerance {
    /// The tolerated worsening as a positive logarithm of a ratio, where base
    /// is at `level`.
    pub fn log(self, metric: Metric, level: f64) -> f64 {
        let share = (self.percent / 100.0).max(self.at_least / level);
        if metric.more_is_better() {
            -(1.0 - share.min(0.99)).ln()
        } else {
            (1.0 + share).ln()
        }
    }
}

/// Why a policy cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum PolicyError {
    /// It cannot be read.
    #[error("cannot read the policy {}: {why}", .path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// The system's words.
        why: std::io::Error,
    },
    /// It is not TOML, or has a field or metric that nobody knows.
    #[error("{}: {why}", .path.display())]
    Form {
        /// The file.
        path: PathBuf,
        /// What is wrong and where.
        why: String,
    },
}

/// The file's form.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    percent: Option<f64>,
    primary: Option<Vec<Metric>>,
    #[serde(default)]
    tolerance: BTreeMap<Metric, WrittenTolerance>,
}

#[derive(Clone, Copy, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenTolerance {
    percent: Option<f64>,
    at_least: Option<f64>,
}

impl Default for Policy {
    fn default() -> Self {
        Self::of_percent(DEFAULT_PERCENT)
    }
}

impl Policy {
    /// The usual metrics with this tolerance.
    pub fn of_percent(percent: f64) -> Self {
        let primary = Metric::primary().into_iter();
        let tolerance = |metric| (metric, usual(metric, percent));
        Self {
            primary: primary.map(tolerance).collect(),
        }
    }

    /// The policy of a file.
    ///
    /// # Errors
    /// See [`PolicyError`].
    pub fn read(path: &Path) -> Result<Self, PolicyError> {
        let text = fs::read_to_string(path).map_err(|why| PolicyError::Unreadable {
            path: path.to_owned(),
            why,
        })?;
        Self::parse(&text).map_err(|why| PolicyError::Form {
            path: path.to_owned(),
            why: why.trim_end().to_owned(),
        })
    }

    fn parse(text: &str) -> Result<Self, String> {
        let written: Written = toml::from_str(text).map_err(|error| error.to_string())?;
        let percent = written.percent.unwrap_or(DEFAULT_PERCENT);
        let metrics = written.primary.unwrap_or_else(Metric::primary);
        if metrics.is_empty() || metrics.len() > MOST_PRIMARY {
            return Err(format!(
                "`primary` names {} metrics; a gate judges one to {MOST_PRIMARY}",
                metrics.len()
            ));
        }
        if let Some(stray) = (written.tolerance.keys()).find(|metric| !metrics.contains(metric)) {
            return Err(format!(
                "`tolerance` of `{stray}`, which is not judged; name it in `primary`, or leave it \
                 out"
            ));
        }
        let mut primary = BTreeMap::new();
        for metric in metrics {
            let own = written.tolerance.get(&metric).copied().unwrap_or_default();
            let usual = usual(metric, own.percent.unwrap_or(percent));
            let tolerance = Tolerance {
                at_least: own.at_least.unwrap_or(usual.at_least),
                ..usual
            };
            check(metric, tolerance)?;
            if primary.insert(metric, tolerance).is_some() {
                return Err(format!("`primary` names `{metric}` twice"));
            }
        }
        Ok(Self { primary })
    }
}

fn usual(metric: Metric, percent: f64) -> Tolerance {
    let at_least = match metric {
        Metric::Overhead(_) => DEFAULT_OVERHEAD_US,
        _ => 0.0,
    };
    Tolerance { percent, at_least }
}

fn check(metric: Metric, tolerance: Tolerance) -> Result<(), String> {
    for (name, value) in [
        ("percent", tolerance.percent),
        ("at_least", tolerance.at_least),
    ] {
        if !value.is_finite() || value < 0.0 {
            return Err(format!(
                "`{name}` of `{metric}` is {value}; a tolerance is 0 or more"
            ));
        }
    }
    if metric.more_is_better() && tolerance.percent >= 100.0 {
        return Err(format!(
            "`percent` of `{metric}` is {}; it cannot fall by 100% or more",
            tolerance.percent
        ));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use workload::Workload;

    const CHAT: Workload = Workload::ALL[0];

    #[test]
    fn nothing_said_is_the_default() {
        assert_eq!(Policy::parse("").unwrap(), Policy::default());
        assert_eq!(Policy::default().primary.len(), MOST_PRIMARY);
    }

    #[test]
    fn each_has_its_own() {
        let policy = Policy::parse(
            "percent = 3\nprimary = [\"overhead-p50/chat\", \"cpu/chat\"]\n\
             [tolerance.\"cpu/chat\"]\npercent = 10\nat_least = 0.5\n",
        )
        .unwrap();
        let of = |metric| policy.primary[&metric];
        let overhead = of(Metric::Overhead(CHAT));
        assert_eq!((overhead.percent, overhead.at_least), (3.0, 15.0));
        let cpu = of(Metric::Cpu(CHAT));
        assert_eq!((cpu.percent, cpu.at_least), (10.0, 0.5));
    }

    #[test]
    fn what_makes_no_sense_is_refused_in_words() {
        for (text, words) in [
            ("primary = [\"speed\"]", "unknown metric `speed`; known: "),
            ("primary = []", "names 0 metrics"),
            ("primary = [\"cpu/chat\", \"cpu/chat\"]", "twice"),
            (
                "primary = [\"cpu/chat\", \"capacity/chat\", \"memory-peak\", \"memory-idle\", \
                 \"cold-start\", \"overhead-p50/chat\"]",
                "names 6 metrics; a gate judges one to 5",
            ),
            ("percent = -1", "is -1; a tolerance is 0 or more"),
            ("percent = nan", "is NaN; a tolerance is 0 or more"),
            ("percent = 100", "cannot fall by 100% or more"),
            (
                "[tolerance.\"cpu/chat\"]\nat_least = -0.1",
                "`at_least` of `cpu/chat` is -0.1",
            ),
            (
                "[tolerance.\"cold-start\"]\npercent = 1",
                "`cold-start`, which is not judged",
            ),
            ("per_cent = 1", "unknown field `per_cent`"),
            ("percent = ", "TOML parse error"),
        ] {
            let error = Policy::parse(text).unwrap_err();
            assert!(error.contains(words), "{text}: {error}");
        }
    }

    /// 5% of 100 µs is less than 15 µs, and of 1,000 µs it is more; CPU time
    /// has no such floor, or a doubling of 12 µs would pass.
    #[test]
    fn the_larger_tolerance_holds() {
        let policy = Policy::default();
        let share = |metric, level| f64::exp(policy.primary[&metric].log(metric, level)) - 1.0;
        assert!((share(Metric::Overhead(CHAT), 100.0) - 0.15).abs() < 1e-12);
        assert!((share(Metric::Overhead(CHAT), 1_000.0) - 0.05).abs() < 1e-12);
        assert!((share(Metric::Cpu(CHAT), 12.0) - 0.05).abs() < 1e-12);
        // Of 100 a second, 95 are tolerated: 100/95 − 1.
        assert!((share(Metric::Capacity(CHAT), 100.0) - (100.0 / 95.0 - 1.0)).abs() < 1e-12);
    }
}
