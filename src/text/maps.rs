//! Sentences about the maps: convolution numbers, ranges of colours, names and values.

use super::{Language, Text};
use convlens_core::dataset::ImageId;
use convlens_core::render::{RangeMode, ValueRange};

impl Text {
    /// Between which numbers a channel is chosen: they count from 0.
    #[must_use]
    pub fn of_channels(&self, count: usize) -> String {
        let last = count.saturating_sub(1);
        match self.language {
            Language::En => format!("of 0–{last}"),
            Language::Es => format!("de 0–{last}"),
        }
    }

    /// The channel below a figure's title.
    #[must_use]
    pub fn channel_in_words(&self, number: usize) -> String {
        let place = self.ordinal(number + 1);
        match self.language {
            Language::En => format!("Channel {number}, counted from 0: the {place} filter"),
            Language::Es => format!("Canal {number}, contando desde 0: el {place} filtro"),
        }
    }

    fn ordinal(&self, n: usize) -> String {
        match self.language {
            Language::En => {
                let ending = match (n % 10, n % 100) {
                    (1, teen) if teen != 11 => "st",
                    (2, teen) if teen != 12 => "nd",
                    (3, teen) if teen != 13 => "rd",
                    _ => "th",
                };
                format!("{n}{ending}")
            }
            Language::Es => format!("{n}.º"),
        }
    }

    /// The layer has fewer channels than the number chosen.
    #[must_use]
    pub fn clamped(&self, shown: usize, channels: usize) -> String {
        match self.language {
            Language::En => format!("channels 0–{}: showing {shown}", channels.saturating_sub(1)),
            Language::Es => format!("canales 0–{}: se ve el {shown}", channels.saturating_sub(1)),
        }
    }

    /// The same where there is room for little.
    #[must_use]
    pub fn clamped_in_short(&self, shown: usize) -> String {
        match self.language {
            Language::En => format!("showing {shown}"),
            Language::Es => format!("se ve el {shown}"),
        }
    }

    /// Lowest and highest value.
    #[must_use]
    pub fn range(&self, range: ValueRange) -> String {
        format!("{} … {}", self.value(range.min), self.value(range.max))
    }

    /// A range where there is little room: so many significant digits, one behind many zeros, and no fewer than before the point. From 1
    /// on there are two, as 1.49 is far from 1.
    #[must_use]
    pub fn short_range(&self, range: ValueRange, digits: usize) -> String {
        let rough = |value: f32| {
            let before = value.abs().max(1.0).log10() as usize;
            let digits = match value.abs() {
                1.0.. => before.max(digits - 1).max(1),
                0.01.. => digits - 1,
                _ => 0,
            };
            self.value(format!("{value:.digits$e}").parse().unwrap_or(value))
        };
        format!("{}…{}", rough(range.min), rough(range.max))
    }

    /// Name of a range mode.
    #[must_use]
    pub fn range_mode(&self, mode: RangeMode) -> &'static str {
        match (self.language, mode) {
            (Language::En, RangeMode::PerMap) => "per map",
            (Language::Es, RangeMode::PerMap) => "por mapa",
            (Language::En, RangeMode::PerColumn) => "per column",
            (Language::Es, RangeMode::PerColumn) => "por columna",
            (Language::En, RangeMode::PerLayer) => "per layer",
            (Language::Es, RangeMode::PerLayer) => "por capa",
            (Language::En, RangeMode::Fixed(_)) => "fixed",
            (Language::Es, RangeMode::Fixed(_)) => "fija",
        }
    }

    /// What a range mode means.
    #[must_use]
    pub fn range_mode_hint(&self, mode: RangeMode) -> &'static str {
        match (self.language, mode) {
            (Language::En, RangeMode::PerMap) => {
                "Each map from its own minimum to its own maximum, as matplotlib does: shapes show well, brightness cannot be compared between maps"
            }
            (Language::Es, RangeMode::PerMap) => {
                "Cada mapa entre su propio mínimo y máximo, como hace matplotlib: se ven bien las formas, pero no se puede comparar el brillo entre mapas"
            }
            (Language::En, RangeMode::PerColumn) => {
                "One range for each column: the images can be compared"
            }
            (Language::Es, RangeMode::PerColumn) => {
                "La misma escala en cada columna: se pueden comparar las imágenes"
            }
            (Language::En, RangeMode::PerLayer) => {
                "One range over all channels of a layer: channels can be compared too"
            }
            (Language::Es, RangeMode::PerLayer) => {
                "La misma escala para todos los canales de una capa: también se pueden comparar los canales"
            }
            (Language::En, RangeMode::Fixed(_)) => "The range you set, for every map",
            (Language::Es, RangeMode::Fixed(_)) => "La escala que tú fijas, para todos los mapas",
        }
    }

    /// Name of one map.
    #[must_use]
    pub fn map_name(&self, layer: &str, channel: usize, image: ImageId) -> String {
        let image = self.image(image);
        match self.language {
            Language::En => format!("{layer}, channel {channel}, {image}"),
            Language::Es => format!("{layer}, canal {channel}, {image}"),
        }
    }

    /// One value of a map.
    #[must_use]
    pub fn map_value(&self, map: &str, row: usize, column: usize, value: f32) -> String {
        let value = self.value(value);
        match self.language {
            Language::En => format!("{map}\nrow {row}, column {column}: {value}"),
            Language::Es => format!("{map}\nfila {row}, columna {column}: {value}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_short_range_keeps_both_ends() {
        let range = ValueRange::new(0.0539, 12.34);
        assert_eq!(Language::Es.text().short_range(range, 2), "0,054…12");
        let range = ValueRange::new(0.001_51, 0.342);
        assert_eq!(Language::Es.text().short_range(range, 2), "0,002…0,34");
        let range = ValueRange::new(-0.499, 0.0);
        assert_eq!(Language::En.text().short_range(range, 2), "−0.5…0");
        let range = ValueRange::new(-0.764, 0.153);
        assert_eq!(Language::En.text().short_range(range, 1), "−0.8…0.2");
        let range = ValueRange::new(-2.04, 337.1);
        assert_eq!(Language::En.text().short_range(range, 1), "−2…337");
        let range = ValueRange::new(0.03, 1.17);
        assert_eq!(Language::Es.text().short_range(range, 1), "0,03…1,2");
    }

    #[test]
    fn number_one_is_the_second() {
        assert_eq!(Language::En.text().of_channels(64), "of 0–63");
        assert_eq!(Language::Es.text().of_channels(64), "de 0–63");
        assert!(
            Language::Es
                .text()
                .channel_in_words(1)
                .ends_with("el 2.º filtro")
        );
        let english = Language::En.text();
        let ordinals: Vec<_> = [1, 3, 11, 12, 13, 21, 112]
            .map(|n| english.ordinal(n))
            .into();
        assert_eq!(
            ordinals,
            ["1st", "3rd", "11th", "12th", "13th", "21st", "112th"]
        );
    }
}
