//! Faults in a share of all answers.

use std::str::FromStr;

use super::{BadFault, Fault, Faults};
use crate::random::Random;

/// `NAME[=ARG]=SHARE`: a fault and how many of all answers it befalls.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Rate {
    fault: Fault,
    share: f64,
}

/// Why a rate could not be read.
#[derive(Debug, thiserror::Error)]
pub enum BadRate {
    /// No share behind the fault.
    #[error("expected NAME[=ARG]=SHARE, the share between 0 and 1")]
    Share,
    /// Not a fault.
    #[error(transparent)]
    Fault(#[from] BadFault),
}

impl FromStr for Rate {
    type Err = BadRate;

    fn from_str(text: &str) -> Result<Self, BadRate> {
        let (fault, share) = text.rsplit_once('=').ok_or(BadRate::Share)?;
        let share = share
            .parse()
            .ok()
            .filter(|share| (0.0..=1.0).contains(share))
            .ok_or(BadRate::Share)?;
        Ok(Self {
            fault: fault.parse()?,
            share,
        })
    }
}

impl Rate {
    /// Adds the faults that befall one answer. Each rate draws once whether
    /// its fault applies or not, so that one request's draws do not depend on
    /// another's.
    pub(crate) fn draw(rates: &[Self], random: &mut Random, stream: bool, faults: &mut Faults) {
        for rate in rates {
            if random.uniform() < rate.share && rate.fault.applies(stream) {
                faults.add(rate.fault);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms() {
        let rate = |text: &str| text.parse::<Rate>().unwrap();
        let expected = Rate {
            fault: Fault::Status(429),
            share: 0.25,
        };
        assert_eq!(rate("status=429=0.25"), expected);
        assert_eq!(rate("hang=1").fault, Fault::Hang);
        for wrong in ["hang", "hang=2", "hang=x", "nothing=0.1", "status=0.1"] {
            assert!(wrong.parse::<Rate>().is_err(), "{wrong}");
        }
    }

    #[test]
    fn shares() {
        let rates = ["hang=0.2", "no-terminal=1"].map(|text| text.parse().unwrap());
        let drawn = |stream| {
            let mut hung = 0;
            for request in 0..5000 {
                let mut faults = Faults::default();
                Rate::draw(&rates, &mut Random::new(1, request), stream, &mut faults);
                hung += usize::from(faults.has(Fault::Hang));
                assert_eq!(faults.has(Fault::NoTerminal), stream);
            }
            hung
        };
        assert_eq!(drawn(true), drawn(false));
        assert!((900..1100).contains(&drawn(true)), "{}", drawn(true));
    }
}
