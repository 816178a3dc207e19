//! Values that TOML has no type for. A wrong one is an error at its place in the file.

use std::time::Duration;

use serde::de::{Deserialize, Deserializer, Error};

/// A duration longer than zero, such as `"90s"`.
#[derive(Clone, Copy)]
pub(super) struct Period(pub(super) Duration);

/// A duration longer than zero, or `"off"`.
#[derive(Clone, Copy)]
pub(super) struct PeriodOrOff(pub(super) Option<Duration>);

impl<'de> Deserialize<'de> for Period {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        read(&String::deserialize(from)?, "").map(Self)
    }
}

impl<'de> Deserialize<'de> for PeriodOrOff {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let text = String::deserialize(from)?;
        if text == "off" {
            return Ok(Self(None));
        }
        read(&text, ", or \"off\"").map(|period| Self(Some(period)))
    }
}

fn read<E: Error>(text: &str, or: &str) -> Result<Duration, E> {
    match humantime::parse_duration(text) {
        Ok(Duration::ZERO) => Err(E::custom("must be longer than zero")),
        Ok(period) => Ok(period),
        Err(error) => Err(E::custom(format_args!(
            "must be a duration, such as \"90s\" or \"10m\"{or}: {error}"
        ))),
    }
}
