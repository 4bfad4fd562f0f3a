//! Sentences of "Convolution by hand".

use super::{Language, Text};
use convlens_core::explore::by_hand::{NamedKernel, SmallPicture};

impl Text {
    /// Name of a small picture.
    #[must_use]
    pub fn small_picture(&self, picture: SmallPicture) -> &'static str {
        match picture {
            SmallPicture::Edge => self.by_hand.edge,
            SmallPicture::Cross => self.by_hand.cross,
            SmallPicture::Diagonal => self.by_hand.diagonal,
            SmallPicture::Dot => self.by_hand.dot,
        }
    }

    /// Name of a kernel.
    #[must_use]
    pub fn named_kernel(&self, kernel: NamedKernel) -> &'static str {
        match kernel {
            NamedKernel::Identity => self.by_hand.identity,
            NamedKernel::Edges => self.by_hand.edges,
            NamedKernel::Blur => self.by_hand.blur,
            NamedKernel::Sharpen => self.by_hand.sharpen,
            NamedKernel::SobelX => self.by_hand.sobel_x,
            NamedKernel::SobelY => self.by_hand.sobel_y,
        }
    }

    /// Where the window stands; row and column from 0.
    #[must_use]
    pub fn position_of(&self, number: usize, count: usize, row: usize, column: usize) -> String {
        let place = self.row_and_column(row, column);
        match self.language {
            Language::En => format!("Position {number} of {count} · {place}"),
            Language::Es => format!("Posición {number} de {count} · {place}"),
        }
    }

    /// Name of a pixel; row and column from 0.
    #[must_use]
    pub fn pixel_name(&self, row: usize, column: usize) -> String {
        let place = self.row_and_column(row, column);
        match self.language {
            Language::En => format!("Pixel, {place}"),
            Language::Es => format!("Píxel, {place}"),
        }
    }

    /// Name of a weight; row and column from 0.
    #[must_use]
    pub fn weight_name(&self, row: usize, column: usize) -> String {
        let place = self.row_and_column(row, column);
        match self.language {
            Language::En => format!("Weight, {place}"),
            Language::Es => format!("Peso, {place}"),
        }
    }

    /// The size of the output by its formula, for a picture of side `n`, `p` zeros on each side, a
    /// window of side `k` and stride `s`.
    #[must_use]
    pub fn output_size(&self, n: usize, p: usize, k: usize, s: usize, out: usize) -> String {
        let (words, rounded) = match self.language {
            Language::En => ("Size of the output", ", rounded down"),
            Language::Es => ("Tamaño de la salida", ", redondeado hacia abajo"),
        };
        let is_whole = (n + 2 * p).saturating_sub(k).is_multiple_of(s);
        let rounded = if is_whole { "" } else { rounded };
        format!("{words}: (n + 2p − k) / s + 1 = ({n} + 2·{p} − {k}) / {s} + 1 = {out}{rounded}")
    }
}
