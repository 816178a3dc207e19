//! Numbers as tables show them.

use crate::summary::Estimate;

/// Three significant digits, thousands grouped: `0.0213`, `4.57`, `31,400`.
pub(super) fn significant(value: f64) -> String {
    if value == 0.0 {
        return "0".to_owned();
    }
    let magnitude = value.abs().log10().floor() as i32;
    let decimals = (2 - magnitude).clamp(0, 6) as usize;
    let scale = 10_f64.powi(magnitude - 2);
    let rounded = if magnitude > 2 {
        (value / scale).round() * scale
    } else {
        value
    };
    let text = format!("{rounded:.decimals$}");
    match text.split_once('.') {
        Some(_) => text,
        None => grouped(&text),
    }
}

fn grouped(digits: &str) -> String {
    let (sign, digits) = match digits.strip_prefix('-') {
        Some(rest) => ("-", rest),
        None => ("", digits),
    };
    let mut text = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    format!("{sign}{text}")
}

/// How far the interval, or the range, reaches from the estimate, in percent.
pub(super) fn spread(estimate: &Estimate) -> Option<String> {
    if estimate.low == estimate.high || estimate.value == 0.0 {
        return None;
    }
    let reach = (estimate.high - estimate.value).max(estimate.value - estimate.low);
    Some(format!("±{:.0}%", 100.0 * reach / estimate.value.abs()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn three_digits_count() {
        for (value, text) in [
            (0.0, "0"),
            (0.002_134, "0.00213"),
            (0.0213, "0.0213"),
            (4.5678, "4.57"),
            (12.34, "12.3"),
            (314.15, "314"),
            (31_415.9, "31,400"),
            (1_234_567.0, "1,230,000"),
        ] {
            assert_eq!(significant(value), text);
        }
    }

    #[test]
    fn the_spread_is_the_longer_arm() {
        let estimate = Estimate {
            low: 9.0,
            high: 10.5,
            ..Estimate::exact(10.0, 3)
        };
        assert_eq!(spread(&estimate).as_deref(), Some("±10%"));
        assert_eq!(spread(&Estimate::exact(3.0, 1)), None);
    }
}
