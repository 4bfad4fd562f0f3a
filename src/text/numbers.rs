//! Numbers as each language writes them.

use super::{Language, Text};
use convlens_core::render::{DecimalMark, format_value};

impl Text {
    /// How decimals are separated.
    #[must_use]
    pub fn decimal_mark(&self) -> DecimalMark {
        match self.language {
            Language::En => DecimalMark::Point,
            Language::Es => DecimalMark::Comma,
        }
    }

    /// A number with this many decimals; nothing that rounds to zero has a sign.
    #[must_use]
    pub fn decimal(&self, value: f64, decimals: usize) -> String {
        let mut digits = format!("{:.decimals$}", value.abs());
        if value < 0.0 && digits.contains(|digit| !matches!(digit, '0' | '.')) {
            digits.insert(0, '−');
        }
        match self.language {
            Language::En => digits,
            Language::Es => digits.replace('.', ","),
        }
    }

    /// A number with at most this many decimals, and none that are 0 at the end.
    #[must_use]
    pub fn shortest(&self, value: f64, decimals: usize) -> String {
        let digits = self.decimal(value, decimals);
        if digits.contains(['.', ',']) {
            return digits
                .trim_end_matches('0')
                .trim_end_matches(['.', ','])
                .to_owned();
        }
        digits
    }

    /// A typed number: the language's decimal mark, or the other one of a keyboard's; either minus sign.
    #[must_use]
    pub fn typed_number(&self, typed: &str) -> Option<f64> {
        let digits = typed.trim().replace('−', "-").replace(',', ".");
        digits.parse().ok().filter(|value: &f64| value.is_finite())
    }

    /// A count, in groups of three digits from 10,000 on.
    #[must_use]
    pub fn integer(&self, value: usize) -> String {
        let digits = value.to_string();
        if digits.len() < 5 {
            return digits;
        }
        let separator = match self.language {
            Language::En => ',',
            // The Academy asks for a thin space that does not break.
            Language::Es => '\u{a0}',
        };
        let mut grouped = String::with_capacity(digits.len() + digits.len() / 3);
        for (place, digit) in digits.chars().enumerate() {
            if place > 0 && (digits.len() - place).is_multiple_of(3) {
                grouped.push(separator);
            }
            grouped.push(digit);
        }
        grouped
    }

    /// A loss: four decimals below 10, and ever fewer of one that training has lost.
    #[must_use]
    pub fn loss(&self, value: f64) -> String {
        match value {
            ..10.0 => self.decimal(value, 4),
            ..1000.0 => self.decimal(value, 2),
            ..1e6 => self.integer(value.round() as usize),
            _ if value.is_finite() => self.power_of_ten(value, 2),
            _ => "∞".to_owned(),
        }
    }

    /// A large number, in two significant digits or so many decimals: 6.2 × 10⁷.
    #[must_use]
    pub fn power_of_ten(&self, value: f64, decimals: usize) -> String {
        const SUPERSCRIPT: [char; 10] = ['⁰', '¹', '²', '³', '⁴', '⁵', '⁶', '⁷', '⁸', '⁹'];
        // Rust rounds first, so that 9.999e6 does not become 10.00 × 10⁶.
        let written = format!("{value:.decimals$e}");
        let (digits, power) = written.split_once('e').unwrap_or((&written, "0"));
        let digits = self.decimal(digits.parse().unwrap_or(value), decimals);
        let power = power.chars().map(|digit| match digit.to_digit(10) {
            Some(digit) => SUPERSCRIPT[digit as usize],
            None => '⁻',
        });
        format!("{digits}\u{a0}×\u{a0}10{}", power.collect::<String>())
    }

    /// A share of 1 as a percentage.
    #[must_use]
    pub fn percent(&self, share: f64, decimals: usize) -> String {
        format!("{}\u{a0}%", self.decimal(share * 100.0, decimals))
    }

    /// A duration in seconds, as a person says it.
    #[must_use]
    pub fn duration(&self, seconds: f64) -> String {
        let whole = seconds.max(0.0).round() as u64;
        if whole < 60 {
            return format!("{whole}\u{a0}s");
        }
        if whole < 3600 {
            return format!("{}\u{a0}min {:02}\u{a0}s", whole / 60, whole % 60);
        }
        format!("{}\u{a0}h {:02}\u{a0}min", whole / 3600, whole / 60 % 60)
    }

    /// A time that may be short: with a decimal below ten seconds.
    #[must_use]
    pub fn short_duration(&self, seconds: f64) -> String {
        match seconds {
            // Nobody waits for it.
            ..0.1 => format!("< {}\u{a0}s", self.decimal(0.1, 1)),
            ..10.0 => format!("{}\u{a0}s", self.decimal(seconds, 1)),
            _ => self.duration(seconds),
        }
    }

    /// An activation or weight, three significant digits.
    #[must_use]
    pub fn value(&self, value: f32) -> String {
        format_value(value, self.decimal_mark())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_reads_back_as_it_is_written() {
        for language in [Language::En, Language::Es] {
            let text = language.text();
            for value in [-2.5, 0.0, 0.001, 1.5, 20.0] {
                assert_eq!(text.typed_number(&text.shortest(value, 5)), Some(value));
            }
            assert_eq!(text.typed_number(" 1,5"), Some(1.5));
            assert_eq!(text.typed_number("1.5 "), Some(1.5));
            assert_eq!(text.typed_number("nan"), None);
            assert_eq!(text.typed_number("1,5,2"), None);
        }
    }

    #[test]
    fn a_loss_has_digits_that_a_person_can_read() {
        let (en, es) = (Language::En.text(), Language::Es.text());
        assert_eq!(en.loss(0.312_49), "0.3125");
        assert_eq!(es.loss(12.345), "12,35");
        assert_eq!(en.loss(826_577.550_6), "826,578");
        assert_eq!(en.loss(9_999_999.0), "1.00\u{a0}×\u{a0}10⁷");
        assert_eq!(es.loss(6.15e7), "6,15\u{a0}×\u{a0}10⁷");
        assert_eq!(en.loss(f64::INFINITY), "∞");
        assert_eq!(en.predicted_time(0.02), "< 0.1\u{a0}s an epoch");
        assert_eq!(es.predicted_time(3.21), "≈ 3,2\u{a0}s por época");
    }

    #[test]
    fn numbers_follow_the_language() {
        let (en, es) = (Language::En.text(), Language::Es.text());
        assert_eq!(en.integer(243_786), "243,786");
        assert_eq!(es.integer(1_386_506), "1\u{a0}386\u{a0}506");
        assert_eq!(es.integer(1600), "1600");
        assert_eq!(en.percent(0.997, 1), "99.7\u{a0}%");
        assert_eq!(es.percent(0.997, 1), "99,7\u{a0}%");
        assert_eq!(en.decimal(-0.5, 2), "−0.50");
        assert_eq!(en.decimal(-0.004, 2), "0.00");
        assert_eq!(en.decimal(-0.0, 1), "0.0");
        assert_eq!(es.decimal(-10.0, 0), "−10");
        assert_eq!(en.shortest(0.001, 5), "0.001");
        assert_eq!(es.shortest(0.00025, 5), "0,00025");
        assert_eq!(es.shortest(100.0, 5), "100");
        assert_eq!(en.duration(75.4), "1\u{a0}min 15\u{a0}s");
    }
}
