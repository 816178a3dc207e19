//! Faults from text: `NAME[=ARG][,…]`.

use std::str::FromStr;
use std::time::Duration;

use super::catalogue::{Argument, ENTRIES};
use super::{Fault, Faults};

/// Why a fault could not be read, or not be done.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadFault {
    /// No fault has this name.
    #[error("no fault is named `{0}`; `mockbackend faults` lists them")]
    Unknown(String),
    /// What follows the name is not what it takes.
    #[error("`{0}` does not take `{1}`; `mockbackend faults` says what it takes")]
    Argument(&'static str, String),
    /// It means nothing for a whole answer.
    #[error("the fault `{0}` applies to streams alone")]
    StreamsAlone(&'static str),
}

impl FromStr for Fault {
    type Err = BadFault;

    fn from_str(text: &str) -> Result<Self, BadFault> {
        let (name, argument) = match text.split_once('=') {
            Some((name, argument)) => (name.trim(), Some(argument.trim())),
            None => (text.trim(), None),
        };
        let entry = ENTRIES
            .iter()
            .find(|entry| entry.name == name)
            .ok_or_else(|| BadFault::Unknown(name.to_owned()))?;
        let wrong = || BadFault::Argument(entry.name, argument.unwrap_or_default().to_owned());
        let (mut status, mut delay, mut count) = (0, Duration::ZERO, 0);
        match (entry.argument, argument) {
            (Argument::None, None) => {}
            (Argument::Status, Some(text)) => {
                status = text
                    .parse()
                    .ok()
                    .filter(|status| (400..=599).contains(status))
                    .ok_or_else(wrong)?;
            }
            (Argument::Duration, Some(text)) => {
                delay = humantime::parse_duration(text)
                    .ok()
                    .filter(|delay| *delay <= Duration::from_secs(3600))
                    .ok_or_else(wrong)?;
            }
            (Argument::Count(default), None) => count = default,
            (Argument::Count(_), Some(text)) => count = text.parse().map_err(|_| wrong())?,
            (Argument::None, Some(_)) | (Argument::Status | Argument::Duration, None) => {
                return Err(wrong());
            }
        }
        Ok(Self::of(entry, status, delay, count))
    }
}

impl FromStr for Faults {
    type Err = BadFault;

    fn from_str(text: &str) -> Result<Self, BadFault> {
        let mut faults = Self::default();
        for fault in text.split(',') {
            faults.add(fault.parse()?);
        }
        Ok(faults)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn parse(text: &str) -> Result<Vec<Fault>, BadFault> {
        text.parse::<Faults>().map(|faults| faults.iter().collect())
    }

    #[test]
    fn lists_come_in_the_order_of_application() {
        assert_eq!(
            parse("cut=3, one-byte-writes,no-usage, delay = 20ms,cut=9"),
            Ok(vec![
                Fault::Delay(Duration::from_millis(20)),
                Fault::NoUsage,
                Fault::OneByteWrites,
                Fault::Cut(3),
            ])
        );
        assert_eq!(parse("error"), Ok(vec![Fault::Error(4)]));
        assert_eq!(parse("status=529"), Ok(vec![Fault::Status(529)]));
    }

    #[test]
    fn wrong() {
        for text in ["", "nothing", "cut=3,", "CUT"] {
            assert!(matches!(parse(text), Err(BadFault::Unknown(_))), "{text}");
        }
        for text in [
            "cut=x",
            "cut=-1",
            "hang=1",
            "status",
            "status=200",
            "delay",
            "delay=2h",
        ] {
            assert!(matches!(parse(text), Err(BadFault::Argument(..))), "{text}");
        }
    }

    proptest! {
        #[test]
        fn no_text_breaks_it(text in "\\PC{0,40}") {
            let _ = parse(&text);
        }
    }
}
