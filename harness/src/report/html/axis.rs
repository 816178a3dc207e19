//! Axes: from a value to its place, and where the ticks are.

use std::ops::Range;

use plotters::coord::ranged1d::{KeyPointHint, NoDefaultFormatting, Ranged, ValueFormatter};

use crate::report::number::significant;

/// How values are spread along an axis.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Scale {
    Linear,
    Log,
    /// Quantiles, by the logarithm of what lies beyond them: 90%, 99% and
    /// 99.9% are equally far from one another.
    Tail,
}

/// An axis, as plotters asks for one.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Axis {
    /// What it is of, with the unit.
    pub(super) title: String,
    scale: Scale,
    low: f64,
    high: f64,
    /// Values and labels.
    pub(super) ticks: Vec<(f64, String)>,
}

/// Digits that ticks of a logarithmic axis may have, from coarse to fine.
const DIGITS: [&[f64]; 5] = [
    &[1.0],
    &[1.0, 3.0],
    &[1.0, 2.0, 5.0],
    &[1.0, 1.5, 2.0, 3.0, 4.0, 5.0, 6.0, 8.0],
    &[
        1.0, 1.1, 1.2, 1.3, 1.4, 1.5, 1.6, 1.8, 2.0, 2.2, 2.4, 2.7, 3.0, 3.3, 3.6, 4.0, 4.4, 4.8,
        5.2, 5.6, 6.0, 6.5, 7.0, 7.5, 8.0, 8.5, 9.0, 9.5,
    ],
];

impl Axis {
    /// A logarithmic axis that holds all `values` above 0, with at most `most`
    /// ticks.
    pub(super) fn log(title: &str, values: impl IntoIterator<Item = f64>, most: usize) -> Self {
        let logs: Vec<f64> = values
            .into_iter()
            .filter(|value| *value > 0.0 && value.is_finite())
            .map(f64::log10)
            .collect();
        let (low, high) = match range(&logs) {
            Some((low, high)) => {
                // Narrower than a fifth would make noise look like a difference.
                let short = (0.1 - (high - low)).max(0.0) / 2.0;
                let room = 0.06 * (high - low + 2.0 * short);
                (low - short - room, high + short + room)
            }
            None => (0.0, 1.0),
        };
        let mut axis = Self {
            title: title.to_owned(),
            scale: Scale::Log,
            low,
            high,
            ticks: Vec::new(),
        };
        axis.ticks = axis.log_ticks(most);
        axis
    }

    fn log_ticks(&self, most: usize) -> Vec<(f64, String)> {
        let (first, last) = (self.low.floor() as i32, self.high.ceil() as i32);
        let inside = |digits: &[f64]| -> Vec<f64> {
            (first..=last)
                .flat_map(|decade| {
                    let digits = digits.iter();
                    digits.map(move |digit| digit * 10_f64.powi(decade))
                })
                .filter(|value| (self.low..=self.high).contains(&value.log10()))
                .collect()
        };
        let mut ticks = Vec::new();
        for digits in DIGITS {
            ticks = inside(digits);
            if ticks.len() >= 3 {
                break;
            }
        }
        let every = ticks.len().div_ceil(most.max(1)).max(1);
        let shown = ticks.into_iter().step_by(every);
        shown.map(|value| (value, tick_label(value))).collect()
    }

    /// A linear axis from 0, or from the least value if that is below 0.
    pub(super) fn linear(title: &str, values: impl IntoIterator<Item = f64>, most: usize) -> Self {
        let values: Vec<f64> = values.into_iter().filter(|one| one.is_finite()).collect();
        let (low, high) = range(&values).unwrap_or((0.0, 1.0));
        let (low, high) = (low.min(0.0), high.max(low.min(0.0) + 1e-9));
        let step = nice_step((high - low) / most.max(1) as f64);
        let mut axis = Self {
            title: title.to_owned(),
            scale: Scale::Linear,
            low,
            high: high + 0.02 * (high - low),
            ticks: Vec::new(),
        };
        let first = (low / step).ceil() as i64;
        axis.ticks = (first..)
            .map(|index| index as f64 * step)
            .take_while(|value| *value <= axis.high)
            .map(|value| (value, tick_label(value)))
            .collect();
        axis
    }

    /// Quantiles from 0 to the furthest of `quantiles`.
    pub(super) fn tail(title: &str, quantiles: impl IntoIterator<Item = f64>) -> Self {
        let furthest = quantiles.into_iter().fold(0.99, f64::max);
        let mut axis = Self {
            title: title.to_owned(),
            scale: Scale::Tail,
            low: 0.0,
            high: 1.04 * beyond(furthest),
            ticks: Vec::new(),
        };
        let named = [
            (0.0, "0"),
            (0.5, "50"),
            (0.9, "90"),
            (0.99, "99"),
            (0.999, "99.9"),
            (0.9999, "99.99"),
            (0.99999, "99.999"),
        ];
        axis.ticks = named
            .into_iter()
            // The median stands too near to 0 for both labels.
            .filter(|(quantile, _)| *quantile > 0.0 && beyond(*quantile) <= axis.high)
            .map(|(quantile, label)| (quantile, label.to_owned()))
            .collect();
        axis
    }

    /// An axis of `rows` rows, the first at the top.
    pub(super) fn rows(rows: usize) -> Self {
        Self {
            title: String::new(),
            scale: Scale::Linear,
            low: 0.0,
            high: rows.max(1) as f64,
            ticks: Vec::new(),
        }
    }

    /// The place of a value, from 0 to 1; `None` where it has none: 0 on a logarithmic axis.
    pub(super) fn at(&self, value: f64) -> Option<f64> {
        let spread = match self.scale {
            Scale::Linear => value,
            Scale::Log if value > 0.0 => value.log10(),
            Scale::Log => return None,
            Scale::Tail => beyond(value),
        };
        let place = (spread - self.low) / (self.high - self.low);
        place.is_finite().then(|| place.clamp(0.0, 1.0))
    }
}

impl Ranged for Axis {
    type FormatOption = NoDefaultFormatting;
    type ValueType = f64;

    /// What has no place stands at the beginning; see [`Axis::at`].
    fn map(&self, value: &f64, (begin, end): (i32, i32)) -> i32 {
        let place = self.at(*value).unwrap_or_default();
        begin + (place * f64::from(end - begin)).round() as i32
    }

    fn key_points<Hint: KeyPointHint>(&self, hint: Hint) -> Vec<f64> {
        if hint.weight().allow_light_points() {
            return Vec::new();
        }
        self.ticks.iter().map(|(value, _)| *value).collect()
    }

    fn range(&self) -> Range<f64> {
        let value = |spread: f64| match self.scale {
            Scale::Linear => spread,
            Scale::Log => 10_f64.powf(spread),
            Scale::Tail => 1.0 - 10_f64.powf(-spread),
        };
        value(self.low)..value(self.high)
    }
}

impl ValueFormatter<f64> for Axis {
    fn format(value: &f64) -> String {
        tick_label(*value)
    }

    fn format_ext(&self, value: &f64) -> String {
        let mut ticks = self.ticks.iter();
        let found = ticks.find(|(tick, _)| tick == value);
        found.map_or_else(String::new, |(_, label)| label.clone())
    }
}

fn beyond(quantile: f64) -> f64 {
    -(1.0 - quantile).log10()
}

fn range(values: &[f64]) -> Option<(f64, f64)> {
    let low = values.iter().copied().reduce(f64::min)?;
    let high = values.iter().copied().reduce(f64::max)?;
    Some((low, high))
}

/// The next of 1, 2 and 5 times a power of ten.
fn nice_step(step: f64) -> f64 {
    let decade = 10_f64.powf(step.log10().floor());
    let digits = [1.0, 2.0, 5.0, 10.0];
    let fitting = digits.into_iter().find(|digit| digit * decade >= step);
    fitting.unwrap_or(10.0) * decade
}

/// Short: `0.05`, `20`, `5k`, `2M`.
fn tick_label(value: f64) -> String {
    let short = |value: f64| {
        let text = significant(value);
        if text.contains('.') {
            text.trim_end_matches('0').trim_end_matches('.').to_owned()
        } else {
            text
        }
    };
    if value.abs() >= 1e6 {
        format!("{}M", short(value / 1e6))
    } else if value.abs() >= 1e4 {
        format!("{}k", short(value / 1e3))
    } else {
        short(value)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn labels(axis: &Axis) -> Vec<&str> {
        axis.ticks.iter().map(|(_, label)| label.as_str()).collect()
    }

    #[test]
    fn a_logarithmic_axis_has_three_ticks_and_holds_its_values() {
        for values in [
            vec![5.0, 7.3],
            vec![0.02, 13_000.0],
            vec![3.0],
            vec![1e-9, 1e9],
        ] {
            let axis = Axis::log("µs", values.clone(), 6);
            assert!((2..=6).contains(&axis.ticks.len()), "{axis:?}");
            for value in values {
                let place = axis.at(value).expect("a place");
                assert!((0.01..=0.99).contains(&place), "{place}");
            }
        }
        assert_eq!(
            labels(&Axis::log("", [50.0, 20_000.0], 6)),
            ["100", "1,000", "10k"]
        );
        assert_eq!(
            Axis::log("", [1.0, 10.0], 6).at(0.0),
            None,
            "0 has no place"
        );
    }

    #[test]
    fn percentiles_are_equally_far_apart() {
        let axis = Axis::tail("", [0.9999]);
        assert_eq!(labels(&axis), ["50", "90", "99", "99.9", "99.99"]);
        let at = |index: usize| axis.at(axis.ticks[index].0).expect("a place");
        let gap = |a: usize, b: usize| at(b) - at(a);
        assert!((gap(1, 2) - gap(2, 3)).abs() < 1e-9);
    }

    #[test]
    fn a_linear_axis_begins_at_nothing() {
        let axis = Axis::linear("s", [3.0, 17.0], 6);
        assert_eq!(labels(&axis), ["0", "5", "10", "15"]);
        assert_eq!(labels(&Axis::linear("s", [-2.0, 4.0], 4))[0], "-2");
    }
}
