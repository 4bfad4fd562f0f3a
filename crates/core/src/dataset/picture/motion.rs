//! A picture or a map moved in its plane: which place each cell of the result comes from.

use super::super::PictureSize;

/// Where a cell of the result comes from, both from the middle of the picture, down before right.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Motion {
    /// Rows of a matrix that the cell's own place is multiplied by.
    pub matrix: [[f32; 2]; 2],
    /// What is then added, in cells.
    pub offset: [f32; 2],
}

/// What is seen where a cell comes from beyond the edge.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Beyond {
    /// The picture goes on as it ends.
    Edge,
    /// Nothing.
    Nothing,
}

/// How far beyond the edge a place may lie by rounding.
const ROUNDING: f32 = 1e-3;

/// The four cells around a place, and how far it lies between them.
pub struct Between {
    rows: [usize; 2],
    columns: [usize; 2],
    low: f32,
    far: f32,
}

impl Between {
    /// The value at the place, between those of its cells (row, column).
    pub fn mix(&self, at: impl Fn(usize, usize) -> f32) -> f32 {
        let ([top, bottom], [left, right]) = (self.rows, self.columns);
        let upper = at(top, left) + self.far * (at(top, right) - at(top, left));
        let lower = at(bottom, left) + self.far * (at(bottom, right) - at(bottom, left));
        upper + self.low * (lower - upper)
    }
}

impl Motion {
    /// What each cell of a map of `[rows, columns]` comes from, row by row; `None` beyond the edge where nothing is seen there.
    pub fn sources(
        self,
        sides: [usize; 2],
        beyond: Beyond,
    ) -> impl Iterator<Item = Option<Between>> {
        let [[yy, yx], [xy, xx]] = self.matrix;
        let middle = sides.map(|side| (side as f32 - 1.0) / 2.0);
        let offset = [0, 1].map(|axis| self.offset[axis] + middle[axis]);
        let [rows, columns] = sides;
        (0..rows * columns).map(move |index| {
            let down = (index / columns) as f32 - middle[0];
            let right = (index % columns) as f32 - middle[1];
            let (top, bottom, low) = between(yy * down + yx * right + offset[0], rows, beyond)?;
            let (left, last, far) = between(xy * down + xx * right + offset[1], columns, beyond)?;
            Some(Between {
                rows: [top, bottom],
                columns: [left, last],
                low,
                far,
            })
        })
    }

    /// The picture moved, into `to`; both `(height, width, channels)`. Where nothing is seen it is black.
    pub fn picture(self, size: PictureSize, beyond: Beyond, from: &[u8], to: &mut [u8]) {
        let sources = self.sources([size.height, size.width], beyond);
        for (pixel, source) in to.chunks_exact_mut(size.channels).zip(sources) {
            let Some(source) = source else {
                pixel.fill(0);
                continue;
            };
            for (channel, value) in pixel.iter_mut().enumerate() {
                let at = |y: usize, x: usize| {
                    f32::from(from[(y * size.width + x) * size.channels + channel])
                };
                *value = source.mix(at).round() as u8;
            }
        }
    }
}

fn between(at: f32, side: usize, beyond: Beyond) -> Option<(usize, usize, f32)> {
    let last = side as f32 - 1.0;
    if beyond == Beyond::Nothing && !(-ROUNDING..=last + ROUNDING).contains(&at) {
        return None;
    }
    let at = at.clamp(0.0, last);
    let low = at as usize;
    Some((low, (low + 1).min(side - 1), at - low as f32))
}
