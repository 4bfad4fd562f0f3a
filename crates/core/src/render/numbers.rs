//! Numbers as people read them.

use serde::{Deserialize, Serialize};

/// The sign between the whole and the fraction.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum DecimalMark {
    /// 0.73
    #[default]
    Point,
    /// 0,73
    Comma,
}

/// A value to three significant digits: `0.731`, `−12.4`, `1.5`, `8.02×10⁻⁵`.
///
/// Whole digits are never rounded away below 100,000 (`12346`), zeros at the end of a fraction are left out, the
/// minus is a true minus sign, and minus zero is `0`.
#[must_use]
pub fn format_value(value: f32, mark: DecimalMark) -> String {
    let sign = if value < 0.0 { "−" } else { "" };
    let magnitude = value.abs();
    let scientific = format!("{magnitude:.2e}");
    let (mantissa, exponent) = scientific.split_once('e').unwrap_or((&scientific, "0"));
    let digits = match magnitude {
        _ if value.is_nan() => return "NaN".to_owned(),
        f32::INFINITY => "∞".to_owned(),
        0.0 => "0".to_owned(),
        0.001..100_000.0 => {
            let decimals = 2 - exponent.parse().unwrap_or(0);
            trimmed(&format!(
                "{magnitude:.*}",
                usize::try_from(decimals).unwrap_or(0)
            ))
        }
        _ => format!("{}×10{}", trimmed(mantissa), superscript(exponent)),
    };
    match mark {
        DecimalMark::Point => format!("{sign}{digits}"),
        DecimalMark::Comma => format!("{sign}{}", digits.replace('.', ",")),
    }
}

fn trimmed(digits: &str) -> String {
    if digits.contains('.') {
        digits
            .trim_end_matches('0')
            .trim_end_matches('.')
            .to_owned()
    } else {
        digits.to_owned()
    }
}

fn superscript(exponent: &str) -> String {
    let raised = |character| match character {
        '-' => '⁻',
        '1' => '¹',
        '2' => '²',
        '3' => '³',
        '0' => '⁰',
        digit => char::from_u32('⁴' as u32 + digit as u32 - '4' as u32).unwrap_or(digit),
    };
    exponent.chars().map(raised).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn three_significant_digits() {
        let cases: [(f32, &str); 22] = [
            (0.0, "0"),
            (-0.0, "0"),
            (0.5, "0.5"),
            (0.731_25, "0.731"),
            (-0.25, "−0.25"),
            (9.996, "10"),
            (12.345, "12.3"),
            (100.0, "100"),
            (999.4, "999"),
            (999.6, "1000"),
            (12_345.6, "12346"),
            (99_999.0, "99999"),
            (123_456.0, "1.23×10⁵"),
            (0.001_234, "0.00123"),
            (0.000_999_96, "1×10⁻³"),
            (0.000_080_2, "8.02×10⁻⁵"),
            (-1e-10, "−1×10⁻¹⁰"),
            (f32::MAX, "3.4×10³⁸"),
            (1e-45, "1.4×10⁻⁴⁵"),
            (f32::INFINITY, "∞"),
            (f32::NEG_INFINITY, "−∞"),
            (f32::NAN, "NaN"),
        ];
        for (value, text) in cases {
            assert_eq!(format_value(value, DecimalMark::Point), text, "{value:e}");
        }
    }

    #[test]
    fn every_superscript_is_the_digit_it_raises() {
        assert_eq!(superscript("-1234567890"), "⁻¹²³⁴⁵⁶⁷⁸⁹⁰");
    }

    #[test]
    fn the_comma_is_the_callers_choice() {
        assert_eq!(format_value(-0.731, DecimalMark::Comma), "−0,731");
        assert_eq!(format_value(1.5e-7, DecimalMark::Comma), "1,5×10⁻⁷");
    }
}
