//! `[limits]`, `[timeouts]`, `[retries]` and `[breaker]`: whatever is not said stays as it is
//! by default.

use serde::Deserialize;

use super::value::{Period, PeriodOrOff};
use crate::config::{Breaker, Limits, Retries, Timeouts};

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct LimitsTable {
    max_in_flight: Option<std::num::NonZeroUsize>,
    header_timeout: Option<Period>,
    body_timeout: Option<Period>,
}

impl LimitsTable {
    pub(super) fn limits(&self, max_body_bytes: Option<usize>) -> Limits {
        let default = Limits::default();
        let period = |told: Option<Period>, default| told.map_or(default, |period| period.0);
        Limits {
            max_body_bytes: max_body_bytes.unwrap_or(default.max_body_bytes),
            max_in_flight: self
                .max_in_flight
                .map_or(default.max_in_flight, usize::from),
            header_timeout: period(self.header_timeout, default.header_timeout),
            body_timeout: period(self.body_timeout, default.body_timeout),
        }
    }
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct TimeoutsTable {
    connect: Option<Period>,
    first_byte: Option<Period>,
    idle: Option<PeriodOrOff>,
    total: Option<PeriodOrOff>,
}

impl TimeoutsTable {
    /// These timeouts, and those of `base` where none is given.
    pub(super) fn over(&self, base: Timeouts) -> Timeouts {
        Timeouts {
            connect: self.connect.map_or(base.connect, |period| period.0),
            first_byte: self.first_byte.map_or(base.first_byte, |period| period.0),
            idle: self.idle.map_or(base.idle, |period| period.0),
            total: self.total.map_or(base.total, |period| period.0),
        }
    }
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RetriesTable {
    max: Option<u32>,
    wait: Option<Period>,
    max_wait: Option<Period>,
}

impl RetriesTable {
    pub(super) fn retries(&self) -> Retries {
        let default = Retries::default();
        Retries {
            max: self.max.unwrap_or(default.max),
            wait: self.wait.map_or(default.wait, |period| period.0),
            max_wait: self.max_wait.map_or(default.max_wait, |period| period.0),
        }
    }
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct BreakerTable {
    failures: Option<u32>,
    cooldown: Option<Period>,
}

impl BreakerTable {
    pub(super) fn breaker(&self) -> Breaker {
        let default = Breaker::default();
        Breaker {
            failures: self.failures.unwrap_or(default.failures),
            cooldown: self.cooldown.map_or(default.cooldown, |period| period.0),
        }
    }
}
