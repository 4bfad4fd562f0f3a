//! The words of the printed figure.

use super::Text;
use convlens_core::dataset::ImageId;
use convlens_core::dataset::{Dataset, Origin};
use convlens_core::figures::FigureWords;
use convlens_core::render::{DecimalMark, RangeMode, ValueRange};
use convlens_core::training::runs::DataIdentity;

/// The words of a figure of a network that may call its outputs otherwise than the pictures' labels.
pub struct NetworkFigure<'a> {
    text: &'a Text,
    outputs: &'a Text,
    whose: String,
}

impl Text {
    /// The words of a figure of these weights, whose outputs are called as in `outputs`. The caption names the pictures after `whose`.
    #[must_use]
    pub fn of_network<'a>(&'a self, outputs: &'a Text, whose: String) -> NetworkFigure<'a> {
        NetworkFigure {
            text: self,
            outputs,
            whose,
        }
    }
}

impl FigureWords for NetworkFigure<'_> {
    fn decimal_mark(&self) -> DecimalMark {
        self.text.decimal_mark()
    }

    fn title(&self) -> String {
        FigureWords::title(self.text)
    }

    fn convolution(&self, number: usize) -> String {
        self.text.convolution(number)
    }

    fn footer(&self, dataset: &Dataset, mode: RangeMode) -> String {
        let data = self.text.footer(dataset, mode);
        format!("{} · {data}", self.whose)
    }

    fn image(&self, image: ImageId) -> String {
        FigureWords::image(self.text, image)
    }

    fn class(&self, class: u8) -> String {
        self.text.class(class)
    }

    fn prediction(&self, class: u8, probability: f64) -> String {
        self.outputs.prediction(class, probability)
    }

    fn range(&self, range: ValueRange) -> String {
        self.text.range(range)
    }

    fn all_zero(&self) -> String {
        self.text.all_zero()
    }

    fn value(&self) -> String {
        FigureWords::value(self.text)
    }

    fn range_mode(&self, mode: RangeMode) -> String {
        FigureWords::range_mode(self.text, mode)
    }

    fn ends(&self) -> [String; 2] {
        self.text.ends()
    }
}

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
            Origin::Folder { .. }
            | Origin::Images { .. }
            | Origin::Emnist { .. }
            | Origin::Cifar { .. } => {
                // Not where it lies: the figure goes to others.
                let data = self.data_name(&DataIdentity::of(dataset));
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
