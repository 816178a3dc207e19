//! A figure, or the reason why there is none.

use std::fmt;

use serde::{Deserialize, Serialize};

/// A value that was measured, or the reason why it was not.
///
/// In JSON a value stands as itself and an absent one as
/// `{"absent":{"kind":"not-served","why":"…"}}`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Measured<T> {
    /// There is no value, and this is why.
    Absent {
        /// The reason, as tables show it.
        absent: Reason,
    },
    /// The value.
    Value(T),
}

impl<T> Measured<T> {
    /// Absent for `reason`.
    pub fn absent(reason: Reason) -> Self {
        Self::Absent { absent: reason }
    }

    /// The value, if there is one.
    pub fn value(&self) -> Option<&T> {
        match self {
            Self::Value(value) => Some(value),
            Self::Absent { .. } => None,
        }
    }

    /// The reason why there is no value, if there is none.
    pub fn reason(&self) -> Option<&Reason> {
        match self {
            Self::Value(_) => None,
            Self::Absent { absent } => Some(absent),
        }
    }

    /// The same reason, or what `f` makes of the value.
    pub fn map<U>(self, f: impl FnOnce(T) -> U) -> Measured<U> {
        match self {
            Self::Value(value) => Measured::Value(f(value)),
            Self::Absent { absent } => Measured::Absent { absent },
        }
    }

    /// The value, or the reason as an error, for use with `?`.
    ///
    /// # Errors
    /// The reason why there is no value.
    pub fn into_result(self) -> Result<T, Reason> {
        match self {
            Self::Value(value) => Ok(value),
            Self::Absent { absent } => Err(absent),
        }
    }
}

impl<T> From<Result<T, Reason>> for Measured<T> {
    fn from(result: Result<T, Reason>) -> Self {
        match result {
            Ok(value) => Self::Value(value),
            Err(absent) => Self::Absent { absent },
        }
    }
}

/// Why a figure is absent. `Display` is what every table shows.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(tag = "kind", content = "why", rename_all = "kebab-case")]
pub enum Reason {
    /// The entrant does not serve the workload; why.
    NotServed(String),
    /// The provider was not asked in the dialect that it was to be asked in;
    /// in which it was.
    OtherDialect(String),
    /// The entrant is not installed; the command that installs it.
    NotInstalled(String),
    /// This machine or this kind of run cannot give the figure; why.
    NotAvailable(String),
    /// Too few samples for the figure.
    TooFewSamples {
        /// Samples there are.
        have: u64,
        /// Samples the figure needs.
        need: u64,
    },
    /// The generator, the mock or the machine was the limit; which and how.
    LimitedByRig(String),
    /// Ended by the wall cap before it was complete.
    CutOffByCap,
    /// The entrant failed: it exited, or never became ready; how.
    EntrantFailed(String),
    /// The kernel killed the entrant for want of memory; at which limit.
    OutOfMemory(String),
    /// The harness itself failed; how.
    HarnessFault(String),
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotServed(why) => write!(f, "not served: {why}"),
            Self::OtherDialect(how) => write!(f, "not translated so: {how}"),
            Self::NotInstalled(how) => write!(f, "not installed: {how}"),
            Self::NotAvailable(why) => write!(f, "not available here: {why}"),
            Self::TooFewSamples { have, need } => {
                write!(f, "too few samples: {have} of {need}")
            }
            Self::LimitedByRig(how) => write!(f, "limited by the rig: {how}"),
            Self::CutOffByCap => f.write_str("cut off by the cap"),
            Self::EntrantFailed(how) => write!(f, "entrant failed: {how}"),
            Self::OutOfMemory(how) => write!(f, "out of memory: {how}"),
            Self::HarnessFault(how) => write!(f, "harness fault: {how}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_back_what_it_writes() {
        let reasons = [
            Reason::NotServed("no Messages".into()),
            Reason::TooFewSamples { have: 3, need: 9 },
            Reason::CutOffByCap,
        ];
        for reason in reasons {
            let absent = Measured::<f64>::absent(reason);
            let json = serde_json::to_string(&absent).unwrap();
            assert_eq!(
                serde_json::from_str::<Measured<f64>>(&json).unwrap(),
                absent
            );
        }
        let value = Measured::Value(1.5);
        assert_eq!(serde_json::to_string(&value).unwrap(), "1.5");
        assert_eq!(serde_json::from_str::<Measured<f64>>("1.5").unwrap(), value);
    }

    #[test]
    fn says_its_reason_in_json_and_in_words() {
        let absent = Measured::<u64>::absent(Reason::TooFewSamples { have: 3, need: 9 });
        assert_eq!(
            serde_json::to_string(&absent).unwrap(),
            r#"{"absent":{"kind":"too-few-samples","why":{"have":3,"need":9}}}"#
        );
        assert_eq!(
            absent.reason().unwrap().to_string(),
            "too few samples: 3 of 9"
        );
    }
}
