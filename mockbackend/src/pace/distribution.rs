//! How long a wait is: fixed, lognormal, or after a table of percentiles.

use std::path::Path;
use std::str::FromStr;
use std::time::Duration;

use crate::random::Random;

/// The longest wait drawn: a lognormal one has no end of its own.
const LONGEST: Duration = Duration::from_secs(3600);

/// Where the waits come from.
#[derive(Clone, Debug, PartialEq)]
pub enum Distribution {
    /// `20ms`: always the same.
    Fixed(Duration),
    /// `lognormal:MEDIAN:SIGMA`: MEDIAN · e^(SIGMA·z) for a standard normal z.
    Lognormal {
        /// The wait that half of all exceed.
        median: Duration,
        /// The standard deviation of the wait's natural logarithm.
        sigma: f64,
    },
    /// `table:PATH`, or the table itself, `p50=20ms,p90=40ms,p99=90ms`: the
    /// quantile function, linear between the points given and level outside
    /// of them.
    Table(Vec<(f64, Duration)>),
}

/// Why a wait could not be read.
#[derive(Debug, thiserror::Error)]
pub enum BadDistribution {
    /// Not a length of time.
    #[error("`{0}` is not a length of time such as 20ms or 300us")]
    Duration(String),
    /// Not a standard deviation.
    #[error("`{0}` is not a SIGMA: a number from 0 to 10")]
    Sigma(String),
    /// Not of a form that is known.
    #[error("expected D, lognormal:MEDIAN:SIGMA, table:PATH or p50=D,p90=D,…")]
    Form,
    /// A table's entry is not one.
    #[error("`{0}` is not an entry of a table such as p99=90ms")]
    Entry(String),
    /// A table that goes down.
    #[error("a table's percentiles and its times must rise")]
    Order,
    /// A table's file cannot be read.
    #[error("cannot read {path}: {source}")]
    File {
        /// The path given.
        path: String,
        /// What the system said.
        source: std::io::Error,
    },
}

impl Distribution {
    /// One wait.
    pub(crate) fn draw(&self, random: &mut Random) -> Duration {
        match self {
            Self::Fixed(wait) => *wait,
            Self::Lognormal { median, sigma } => scale(*median, (sigma * random.normal()).exp()),
            Self::Table(points) => quantile(points, random.uniform()),
        }
    }
}

/// `duration` times `factor`, up to the longest wait.
fn scale(duration: Duration, factor: f64) -> Duration {
    let seconds = duration.as_secs_f64() * factor;
    Duration::try_from_secs_f64(seconds).map_or(LONGEST, |scaled| scaled.min(LONGEST))
}

/// The value at `q` of the quantile function through `points`.
fn quantile(points: &[(f64, Duration)], q: f64) -> Duration {
    let above = points.partition_point(|(p, _)| *p < q);
    match (
        above.checked_sub(1).map(|below| points[below]),
        points.get(above),
    ) {
        (Some((low_p, low)), Some(&(high_p, high))) => {
            low + scale(high - low, (q - low_p) / (high_p - low_p))
        }
        (Some((_, nearest)), None) | (None, Some(&(_, nearest))) => nearest,
        (None, None) => Duration::ZERO,
    }
}

impl FromStr for Distribution {
    type Err = BadDistribution;

    fn from_str(text: &str) -> Result<Self, BadDistribution> {
        if let Some(parameters) = text.strip_prefix("lognormal:") {
            let (median, sigma) = parameters.split_once(':').ok_or(BadDistribution::Form)?;
            return Ok(Self::Lognormal {
                median: duration(median)?,
                sigma: sigma
                    .parse()
                    .ok()
                    .filter(|sigma| (0.0..=10.0).contains(sigma))
                    .ok_or_else(|| BadDistribution::Sigma(sigma.to_owned()))?,
            });
        }
        if let Some(path) = text.strip_prefix("table:") {
            let table = std::fs::read_to_string(Path::new(path)).map_err(|source| {
                BadDistribution::File {
                    path: path.to_owned(),
                    source,
                }
            })?;
            return table_of(&table);
        }
        if text.starts_with('p') {
            return table_of(text);
        }
        Ok(Self::Fixed(duration(text)?))
    }
}

/// A table, its entries apart by commas or white space; `#` begins a comment.
fn table_of(text: &str) -> Result<Distribution, BadDistribution> {
    let points = text
        .lines()
        .map(|line| line.split('#').next().unwrap_or_default())
        .flat_map(|line| line.split([',', ' ', '\t']))
        .filter(|entry| !entry.is_empty())
        .map(|entry| {
            let bad = || BadDistribution::Entry(entry.to_owned());
            let (name, wait) = entry.split_once('=').ok_or_else(bad)?;
            let percent: f64 = name
                .strip_prefix('p')
                .and_then(|percent| percent.parse().ok())
                .filter(|percent| (0.0..=100.0).contains(percent))
                .ok_or_else(bad)?;
            Ok((percent / 100.0, duration(wait)?))
        })
        .collect::<Result<Vec<_>, BadDistribution>>()?;
    if points.is_empty() {
        return Err(BadDistribution::Form);
    }
    let rises = |pair: &[(f64, Duration)]| pair[0].0 < pair[1].0 && pair[0].1 <= pair[1].1;
    if !points.windows(2).all(rises) {
        return Err(BadDistribution::Order);
    }
    Ok(Distribution::Table(points))
}

fn duration(text: &str) -> Result<Duration, BadDistribution> {
    humantime::parse_duration(text)
        .ok()
        .filter(|duration| *duration <= LONGEST)
        .ok_or_else(|| BadDistribution::Duration(text.to_owned()))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const MS: Duration = Duration::from_millis(1);

    fn parse(text: &str) -> Distribution {
        text.parse().unwrap()
    }

    #[test]
    fn forms() {
        assert_eq!(parse("20ms"), Distribution::Fixed(20 * MS));
        assert_eq!(
            parse("lognormal:200ms:0.5"),
            Distribution::Lognormal {
                median: 200 * MS,
                sigma: 0.5
            }
        );
        let table = Distribution::Table(vec![(0.5, 20 * MS), (0.99, 90 * MS)]);
        assert_eq!(parse("p50=20ms,p99=90ms"), table);
        assert_eq!(
            table_of("# waits\np50=20ms # half\n\np99=90ms").unwrap(),
            table
        );
        for wrong in [
            "",
            "20",
            "fast",
            "lognormal:1s",
            "lognormal:1s:-1",
            "lognormal:1s:x",
            "p50",
            "p50=x",
            "p101=1ms",
            "p50=2ms,p90=1ms",
            "p50=1ms,p50=2ms",
            "table:/nowhere/at/all",
            "2h",
        ] {
            assert!(wrong.parse::<Distribution>().is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_table_is_linear_between_its_points() {
        let Distribution::Table(points) = parse("p50=20ms,p90=40ms") else {
            panic!("not a table");
        };
        let at = [0.0, 0.5, 0.7, 0.9, 1.0].map(|q| quantile(&points, q).as_secs_f64());
        for (found, expected) in at.into_iter().zip([0.02, 0.02, 0.03, 0.04, 0.04]) {
            assert!((found - expected).abs() < 1e-6, "{at:?}");
        }
    }

    #[test]
    fn drawn_waits_have_the_median_asked_for() {
        for text in ["lognormal:20ms:0.5", "p0=0ms,p50=20ms,p100=500ms"] {
            let mut random = Random::new(3, 0);
            let distribution = parse(text);
            let mut waits: Vec<Duration> =
                (0..4001).map(|_| distribution.draw(&mut random)).collect();
            waits.sort_unstable();
            let median = waits[2000].as_secs_f64();
            assert!((0.018..0.022).contains(&median), "{text}: {median}");
            assert!(waits[0] < 10 * MS && waits[4000] > 40 * MS);
        }
    }

    proptest! {
        #[test]
        fn no_text_breaks_it(text in "\\PC{0,40}") {
            let _ = text.parse::<Distribution>();
            let _ = table_of(&text);
        }

        #[test]
        fn a_wait_has_an_end(sigma in 0.0..10.0, seed: u64) {
            let distribution = Distribution::Lognormal { median: LONGEST, sigma };
            prop_assert!(distribution.draw(&mut Random::new(seed, 0)) <= LONGEST);
        }
    }
}
