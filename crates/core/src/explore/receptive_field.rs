//! Which part of the picture, and of every map on the way, a cell of a layer depends on.
//!
//! The region is walked down layer by layer. Under a window of k rows with stride s, dilation d and b zeros before the map, the cells
//! from row r to row t depend on rows s·r − b to s·t − b + d·(k − 1); the same for columns
//! (Dumoulin and Visin 2016, "A guide to convolution arithmetic for deep learning"). At every layer it is cut to the map,
//! as there is nothing to depend on in the padding. Cutting only at the end would be wrong: a padded convolution above a
//! pool reaches one row beyond it, and the odd last row that the pool drops is no part of the field.

use std::ops::Range;

use serde::Serialize;

use crate::network::{Input, Layer, LayerKind, Shape};

/// A rectangle of cells of a map. Only one that is not cut to its map may begin before row or column 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
pub struct Region {
    /// First row.
    pub row: isize,
    /// First column.
    pub column: isize,
    /// Number of rows.
    pub height: usize,
    /// Number of columns.
    pub width: usize,
}

impl Region {
    /// Nothing.
    pub const NONE: Self = Self {
        row: 0,
        column: 0,
        height: 0,
        width: 0,
    };

    /// The smallest that has both in it; where one is empty, the other.
    #[must_use]
    pub fn around(self, other: Self) -> Self {
        if self.height == 0 || self.width == 0 {
            return other;
        }
        if other.height == 0 || other.width == 0 {
            return self;
        }
        let (row, column) = (self.row.min(other.row), self.column.min(other.column));
        let end = |start: isize, len: usize| start + len as isize;
        let bottom = end(self.row, self.height).max(end(other.row, other.height));
        let right = end(self.column, self.width).max(end(other.column, other.width));
        Self {
            row,
            column,
            height: (bottom - row) as usize,
            width: (right - column) as usize,
        }
    }

    /// A single cell.
    #[must_use]
    pub fn cell(row: usize, column: usize) -> Self {
        Self {
            row: row as isize,
            column: column as isize,
            height: 1,
            width: 1,
        }
    }

    /// Its rows, as far as they exist in a map; all of them for a region cut to its map.
    #[must_use]
    pub fn rows(self) -> Range<usize> {
        existing(self.row, self.height)
    }

    /// Its columns, as far as they exist in a map.
    #[must_use]
    pub fn columns(self) -> Range<usize> {
        existing(self.column, self.width)
    }

    /// Its cells as (row, column), row by row, as far as they exist in a map.
    pub fn cells(self) -> impl Iterator<Item = (usize, usize)> {
        self.rows()
            .flat_map(move |row| self.columns().map(move |column| (row, column)))
    }

    /// Whether a cell lies in it.
    #[must_use]
    pub fn contains(self, row: usize, column: usize) -> bool {
        self.rows().contains(&row) && self.columns().contains(&column)
    }

    /// What of it lies in a map of this size.
    #[must_use]
    pub fn cut(self, height: usize, width: usize) -> Self {
        let (rows, columns) = (self.rows(), self.columns());
        let (bottom, right) = (rows.end.min(height), columns.end.min(width));
        Self {
            row: rows.start.min(height) as isize,
            column: columns.start.min(width) as isize,
            height: bottom.saturating_sub(rows.start),
            width: right.saturating_sub(columns.start),
        }
    }
}

fn existing(start: isize, len: usize) -> Range<usize> {
    let end = start + len as isize;
    start.max(0) as usize..end.max(0) as usize
}

/// The receptive field of a region of a layer's output: the first entry is what it depends on of the picture, entry `i` what it depends
/// on of the output of `layers[i - 1]`, so that in a stack without branches the last is on the layer's own input. The same cells of every
/// channel belong to it. Of branches it is the smallest rectangle around what each of them sees; of layers that have no say it is empty.
///
/// A vector counts as one row, a unit as a cell of it; a dense layer depends on all of its input. Empty where there is no
/// such layer.
#[must_use]
pub fn receptive_field(layers: &[Layer], layer: usize, region: Region) -> Vec<Region> {
    walk_down(layers, layer, region, |layer, region| {
        let (height, width) = size(layer.input);
        inputs(layer, region).cut(height, width)
    })
}

/// The same on the picture without cutting at any border: its size is the same for every cell of a layer, and what lies
/// outside is padding. `None` for a dense layer, which has no such size, and where there is no such layer.
#[must_use]
pub fn uncut_receptive_field(layers: &[Layer], layer: usize, region: Region) -> Option<Region> {
    layers.get(layer).filter(|layer| layer.has_maps())?;
    walk_down(layers, layer, region, inputs).first().copied()
}

fn walk_down(
    layers: &[Layer],
    layer: usize,
    region: Region,
    step: impl Fn(&Layer, Region) -> Region,
) -> Vec<Region> {
    let Some(below) = layers.get(..=layer) else {
        return Vec::new();
    };
    // On the picture, and on each layer's output.
    let mut regions = vec![Region::NONE; below.len() + 1];
    regions[below.len()] = region;
    for (index, layer) in below.iter().enumerate().rev() {
        let seen = regions[index + 1];
        if seen.height == 0 || seen.width == 0 {
            continue;
        }
        let seen = step(layer, seen);
        for input in &layer.inputs {
            let place = match input {
                Input::Pictures => 0,
                Input::Layer(before) => before + 1,
            };
            regions[place] = regions[place].around(seen);
        }
    }
    regions.truncate(below.len());
    regions
}

/// What a region of a layer's output depends on of its input, padding included.
pub(super) fn inputs(layer: &Layer, region: Region) -> Region {
    match layer.kind {
        LayerKind::Conv { window, .. } | LayerKind::Pool { window, .. } => {
            let [rows, columns] = window.extent();
            let start = |at: isize, axis: usize| {
                at * window.stride[axis] as isize - window.before[axis] as isize
            };
            // Of a window that lay in the padding alone nothing is left, and nothing below it counts.
            let length = |count: usize, axis: usize, reach: usize| match count {
                0 => 0,
                count => (count - 1) * window.stride[axis] + reach,
            };
            Region {
                row: start(region.row, 0),
                column: start(region.column, 1),
                height: length(region.height, 0, rows),
                width: length(region.width, 1, columns),
            }
        }
        LayerKind::BatchNorm { .. }
        | LayerKind::Dropout { .. }
        | LayerKind::Activation(_)
        | LayerKind::Branch
        | LayerKind::Join(_) => region,
        LayerKind::GlobalPool { .. } | LayerKind::Dense { .. } | LayerKind::Output => {
            let (height, width) = size(layer.input);
            Region {
                height,
                width,
                ..Region::cell(0, 0)
            }
        }
    }
}

/// Rows and columns.
fn size(shape: Shape) -> (usize, usize) {
    match shape {
        Shape::Maps { height, width, .. } => (height, width),
        Shape::Vector(units) => (1, units),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::network::{LayerSpec, NetworkSpec, Padding, Preset};

    fn region(row: isize, column: isize, height: usize, width: usize) -> Region {
        Region {
            row,
            column,
            height,
            width,
        }
    }

    #[test]
    fn the_notebooks_layers_see_3_4_8_and_10_pixels() {
        let layers = Preset::Conv64.spec().plan().unwrap();
        let picture = |layer| receptive_field(&layers, layer, Region::cell(2, 3))[0];
        assert_eq!(picture(0), region(2, 3, 3, 3));
        assert_eq!(picture(1), region(4, 6, 4, 4));
        assert_eq!(picture(2), region(4, 6, 8, 8));
        assert_eq!(picture(3), region(8, 12, 10, 10));
        // The pools drop the last rows of 11×11 maps: the last pixels of the picture reach no class score.
        assert_eq!(picture(5), region(0, 0, 26, 26));
        assert_eq!(receptive_field(&layers, 6, Region::cell(0, 0)), []);
    }

    #[test]
    fn a_dropped_row_is_no_part_of_the_field() {
        let conv = |kernel, padding| LayerSpec::conv(1, kernel, padding);
        // 26×26 → 13×13 → 6×6 → 6×6: the second pool drops row 12 of the first.
        let layers = NetworkSpec::new(vec![
            conv(3, Padding::Valid),
            LayerSpec::MAX_POOL,
            LayerSpec::MAX_POOL,
            conv(3, Padding::Same),
        ])
        .plan()
        .unwrap();
        let field = receptive_field(&layers, 3, Region::cell(5, 0));
        assert_eq!(
            field,
            [
                region(16, 0, 10, 10),
                region(16, 0, 8, 8),
                region(8, 0, 4, 4),
                region(4, 0, 2, 2)
            ]
        );
        let uncut = uncut_receptive_field(&layers, 3, Region::cell(5, 0));
        assert_eq!(uncut, Some(region(16, -4, 14, 14)));
        assert_eq!(uncut_receptive_field(&layers, 4, Region::cell(0, 0)), None);
    }
}
