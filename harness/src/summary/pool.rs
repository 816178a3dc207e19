//! Putting the samples of several blocks together.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hdrhistogram::Histogram;
use hdrhistogram::serialization::Deserializer;

use crate::journal;
use crate::measured::Reason;

/// All values of `histograms` in one.
///
/// # Errors
/// One of them cannot be read: the journal was damaged.
pub(super) fn merge<'a>(
    histograms: impl Iterator<Item = &'a journal::Histogram>,
) -> Result<Histogram<u64>, Reason> {
    let damaged = |why: String| Reason::HarnessFault(format!("a damaged histogram: {why}"));
    let mut all = Histogram::new(3).map_err(|error| damaged(error.to_string()))?;
    for histogram in histograms {
        let bytes = STANDARD
            .decode(&histogram.hdr)
            .map_err(|error| damaged(error.to_string()))?;
        let one: Histogram<u64> = Deserializer::new()
            .deserialize(&mut bytes.as_slice())
            .map_err(|error| damaged(format!("{error:?}")))?;
        all.add(&one).map_err(|error| damaged(error.to_string()))?;
    }
    Ok(all)
}
