//! What a grid of maps shows, as data: which pictures, layer, convolution number and range.

use serde::{Deserialize, Serialize};

use crate::dataset::ImageId;
use crate::render::{RangeMode, ValueRange};

/// Most pictures shown as rows at once.
pub const MAX_IMAGES: usize = 12;

/// Choices of a grid of maps.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct MapsSettings {
    /// The pictures, a row each; never empty.
    pub images: Vec<ImageId>,
    /// Convolution number, from 0.
    pub convolution: usize,
    /// One layer alone, by name; `None` for all.
    pub layer: Option<String>,
    /// Which values the two ends of the colours stand for.
    pub range: RangeMode,
    /// The ends while the range is fixed.
    pub fixed: ValueRange,
    /// Show convolutions before their ReLU.
    pub before_relu: bool,
}

impl Default for MapsSettings {
    fn default() -> Self {
        Self {
            images: [0, 7, 26].map(ImageId::Test).to_vec(),
            convolution: 1,
            layer: None,
            range: RangeMode::PerMap,
            fixed: ValueRange { min: 0.0, max: 1.0 },
            before_relu: false,
        }
    }
}

impl MapsSettings {
    /// The same with impossible choices put back to the first start's.
    #[must_use]
    pub fn repaired(mut self) -> Self {
        let fresh = Self::default();
        if self.images.is_empty() || self.images.len() > MAX_IMAGES {
            self.images = fresh.images;
        }
        if !is_range(self.fixed) {
            self.fixed = fresh.fixed;
        }
        if matches!(self.range, RangeMode::Fixed(range) if !is_range(range)) {
            self.range = fresh.range;
        }
        self.convolution = self.convolution.min(crate::network::MAX_FILTERS - 1);
        self
    }

    /// Shows a picture that is not shown, or takes it away; the last one stays.
    pub fn toggle(&mut self, image: impl Into<ImageId>) {
        let image = image.into();
        if let Some(row) = self.images.iter().position(|&shown| shown == image) {
            if self.images.len() > 1 {
                self.images.remove(row);
            }
        } else if self.images.len() < MAX_IMAGES {
            self.images.push(image);
        }
    }

    /// Shows a picture above all others; where there is no more room, instead of the last.
    pub fn bring_up(&mut self, image: impl Into<ImageId>) {
        let image = image.into();
        self.images.retain(|&shown| shown != image);
        self.images.truncate(MAX_IMAGES - 1);
        self.images.insert(0, image);
    }

    /// Leaves only pictures that a test set of this size has.
    pub fn keep_below(&mut self, count: usize) {
        let exists = |image: &ImageId| !matches!(image, ImageId::Test(index) if *index >= count);
        if !self.images.iter().all(exists) {
            self.images.retain(exists);
            if self.images.is_empty() {
                self.images = (0..count.min(3)).map(ImageId::Test).collect();
            }
        }
    }
}

fn is_range(range: ValueRange) -> bool {
    range.min.is_finite() && range.max.is_finite() && range.min < range.max
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_range_without_a_width_is_put_back() {
        for (min, max) in [(1.0, 1.0), (2.0, -2.0), (0.0, f32::INFINITY)] {
            let range = ValueRange { min, max };
            let repaired = MapsSettings {
                range: RangeMode::Fixed(range),
                fixed: range,
                ..MapsSettings::default()
            };
            assert_eq!(repaired.repaired(), MapsSettings::default());
        }
    }

    #[test]
    fn toggling_adds_and_takes_away_but_keeps_one() {
        let mut settings = MapsSettings::default();
        settings.toggle(7);
        assert_eq!(settings.images, [0, 26]);
        settings.toggle(3);
        assert_eq!(settings.images, [0, 26, 3]);
        for image in [0_usize, 26, 3] {
            settings.toggle(image);
        }
        assert_eq!(settings.images, [3]);
        for image in 100..200_usize {
            settings.toggle(image);
        }
        assert_eq!(settings.images.len(), MAX_IMAGES);
    }

    #[test]
    fn a_picture_brought_up_stands_first_and_once() {
        let mut settings = MapsSettings::default();
        settings.bring_up(26);
        assert_eq!(settings.images, [26, 0, 7]);
        for image in 100..200_usize {
            settings.bring_up(image);
        }
        assert_eq!(settings.images.len(), MAX_IMAGES);
        assert_eq!(settings.images[..2], [199, 198]);
    }

    #[test]
    fn a_smaller_test_set_keeps_the_rows_it_has() {
        let mut settings = MapsSettings::default();
        settings.keep_below(10);
        assert_eq!(settings.images, [0, 7]);
        settings.toggle(ImageId::Drawing);
        settings.keep_below(5);
        assert_eq!(settings.images, [ImageId::Test(0), ImageId::Drawing]);
        settings.images = vec![500.into()];
        settings.keep_below(10);
        assert_eq!(settings.images, [0, 1, 2]);
    }
}
