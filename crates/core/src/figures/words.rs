//! What a printed figure says, which its caller knows in some language.

use crate::dataset::Dataset;
use crate::dataset::ImageId;
use crate::render::{DecimalMark, RangeMode, ValueRange};

/// The words of a figure. The figure decides where each stands.
pub trait FigureWords {
    /// What a number has before its decimals.
    fn decimal_mark(&self) -> DecimalMark;
    /// What the figure is.
    fn title(&self) -> String;
    /// Which convolution number it shows, counted from 0.
    fn convolution(&self, number: usize) -> String;
    /// Where the pictures come from, and from which value to which the colours run.
    fn footer(&self, dataset: &Dataset, mode: RangeMode) -> String;
    /// An image's number.
    fn image(&self, image: ImageId) -> String;
    /// A class's name.
    fn class(&self, class: u8) -> String;
    /// A predicted class and its probability, of 1.
    fn prediction(&self, class: u8, probability: f64) -> String;
    /// The lowest and the highest value of a map.
    fn range(&self, range: ValueRange) -> String;
    /// What stands on a map of zeros.
    fn all_zero(&self) -> String;
    /// The name of a colour scale that all maps share.
    fn value(&self) -> String;
    /// The name of a colour scale with which each map is coloured in a range of its own.
    fn range_mode(&self, mode: RangeMode) -> String;
    /// What the two ends of such a scale are.
    fn ends(&self) -> [String; 2];
}
