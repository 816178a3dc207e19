//! The pace that answers begin with now: it can be changed while the mock
//! runs, so that one gateway can be measured at several, in one trial.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, PoisonError, RwLock};

use serde::Deserialize;

use super::{BadDistribution, Distribution, Pace};

/// Why a pace is not taken.
#[derive(Debug, thiserror::Error)]
pub(crate) enum BadPace {
    /// Not JSON, or not of this shape.
    #[error(
        "not a pace, {{\"ttft\":WAIT,\"inter_chunk\":WAIT}}, either of which may be left out: {0}"
    )]
    Shape(#[from] serde_json::Error),
    /// One of the waits cannot be read.
    #[error("{0}: {1}")]
    Wait(&'static str, BadDistribution),
    /// A client is not to have files read.
    #[error("{0}: a table in a file is for the command line alone")]
    File(&'static str),
}

/// What a change asks for, in the words of the command line.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Asked {
    ttft: Option<String>,
    inter_chunk: Option<String>,
}

/// The pace of all answers that begin now.
#[derive(Debug, Default)]
pub(crate) struct Current {
    /// Looked at for every request; the lock only where it is set.
    is_paced: AtomicBool,
    pace: RwLock<Arc<Pace>>,
}

impl Current {
    pub(crate) fn new(pace: Pace) -> Self {
        let current = Self::default();
        current.set(pace);
        current
    }

    /// Whether answers are due at once.
    pub(crate) fn is_instant(&self) -> bool {
        !self.is_paced.load(Ordering::Relaxed)
    }

    /// The pace of an answer that begins now, if it has one.
    pub(crate) fn get(&self) -> Option<Arc<Pace>> {
        if self.is_instant() {
            return None;
        }
        let pace = self.pace.read().unwrap_or_else(PoisonError::into_inner);
        (!pace.is_instant()).then(|| Arc::clone(&pace))
    }

    /// Answers that are under way keep the pace that they began with.
    pub(crate) fn set(&self, pace: Pace) {
        let is_paced = !pace.is_instant();
        let mut current = self.pace.write().unwrap_or_else(PoisonError::into_inner);
        *current = Arc::new(pace);
        self.is_paced.store(is_paced, Ordering::Relaxed);
    }

    /// Sets what the body of a request asks for.
    ///
    /// # Errors
    /// [`BadPace`]; the pace stays as it was.
    pub(crate) fn change(&self, body: &[u8]) -> Result<(), BadPace> {
        let asked: Asked = serde_json::from_slice(body)?;
        self.set(Pace {
            ttft: wait("ttft", asked.ttft.as_deref())?,
            inter_chunk: wait("inter_chunk", asked.inter_chunk.as_deref())?,
        });
        Ok(())
    }
}

fn wait(name: &'static str, text: Option<&str>) -> Result<Option<Distribution>, BadPace> {
    let Some(text) = text else { return Ok(None) };
    if text.starts_with("table:") {
        return Err(BadPace::File(name));
    }
    text.parse()
        .map(Some)
        .map_err(|bad| BadPace::Wait(name, bad))
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn a_pace_is_set_and_taken_back_and_what_is_under_way_keeps_its_own() {
        let current = Current::default();
        assert!(current.is_instant() && current.get().is_none());
        current.change(br#"{"inter_chunk":"20ms"}"#).unwrap();
        let first = current.get().unwrap();
        let expected = Pace {
            ttft: None,
            inter_chunk: Some(Distribution::Fixed(Duration::from_millis(20))),
        };
        assert_eq!(*first, expected);
        current.change(br#"{"ttft":"p0=0ms,p100=9ms"}"#).unwrap();
        assert!(current.get().unwrap().inter_chunk.is_none());
        assert_eq!(*first, expected);
        current.change(b"{}").unwrap();
        assert!(current.is_instant() && current.get().is_none());
    }

    #[test]
    fn what_is_no_pace_changes_nothing() {
        let current = Current::default();
        current.change(br#"{"ttft":"1ms"}"#).unwrap();
        for bad in [
            "",
            "20ms",
            r#"{"ttft":20}"#,
            r#"{"ttft":"fast"}"#,
            r#"{"inter-chunk":"20ms"}"#,
            r#"{"ttft":"table:/etc/hostname"}"#,
        ] {
            assert!(current.change(bad.as_bytes()).is_err(), "{bad}");
        }
        assert!(current.get().unwrap().ttft.is_some());
    }
}
