//! The words of the printed figure.

use super::Text;
use convlens_core::dataset::ImageId;
use convlens_core::dataset::{Dataset, Origin};
use convlens_core::figures::FigureWords;
use convlens_core::render::{DecimalMark, RangeMode, ValueRange};

impl FigureWords for Text {
    fn decimal_mark(&self) -> DecimalMark {
        self.decimal_mark()
    }

    fn title(&self) -> String {
        self.maps.figure_title.to_owned()
    }

    fn convolution(&self, number: usize) -> String {
        self.channel_in_words(number)
    }

    fn footer(&self, dataset: &Dataset, mode: RangeMode) -> String {
        match dataset.origin {
            Origin::Synthetic => self.data.synthetic.to_owned(),
            Origin::Folder { .. } | Origin::Images { .. } | Origin::Emnist { .. } => {
                let data = self.origin(&dataset.origin);
                format!("{data} · {}", self.range_mode(mode))
            }
        }
    }

    fn image(&self, image: ImageId) -> String {
        self.image_number(image)
    }

    fn class(&self, class: u8) -> String {
        self.class_name(class).to_owned()
    }

    fn prediction(&self, class: u8, probability: f64) -> String {
        self.prediction(class, probability)
    }

    fn range(&self, range: ValueRange) -> String {
        self.range(range)
    }

    fn all_zero(&self) -> String {
        self.maps.all_zero.to_owned()
    }

    fn value(&self) -> String {
        self.export.value.to_owned()
    }

    fn range_mode(&self, mode: RangeMode) -> String {
        self.range_mode(mode).to_owned()
    }

    fn ends(&self) -> [String; 2] {
        [self.export.lowest, self.export.highest].map(str::to_owned)
    }
}
