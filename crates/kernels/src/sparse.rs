//! The backward pass of a convolution, visiting only the gradients that are not zero.
//!
//! 2×2 max-pooling behind a `ReLU` stops nine tenths of the gradient: at most one value of four is a maximum and some windows are
//! dead. (A `ReLU` alone stops about half: too little for lists of what is left to beat arithmetic that runs from registers.) Every gradient `g` of an output pixel and filter that is left contributes
//! `dw[tap] += g · x[pixel + tap]` and `dx[pixel + tap] += g · w[tap]`. Both are the same loop, [`Pass`]: a block of numbers
//! kept in registers gains scaled blocks gathered from elsewhere. For `dw` the block is one filter's taps, for `dx` the patch below a pixel.
#![allow(unsafe_code)] // The gathered loads of the innermost loop; each block is checked before it is read.

use super::geometry::Geometry;
use super::kernel::Kernel;
use super::lists::{Entry, Lists, Sites};
use super::pieces::Pieces;
use super::simd::{Buffer, load, load_part, mul_add, reach, store, store_part};
use pulp::{Simd, WithSimd};
use std::ops::Range;

/// Memory kept between calls.
#[derive(Default)]
pub struct Scratch {
    dx: Buffer,
    lists: Lists,
    corners: Vec<u32>,
}

/// Bytes of x that should stay in the first cache, beside the lists.
const X_BYTES: usize = 24 * 1024;
/// Entries of all lists by filter that should stay in the cache.
const ENTRIES: usize = 6 * 1024;

/// Copies pictures into the layout of [`Layout`]; `map`'s borders must be zero.
pub struct Spread<'a> {
    pub geometry: Geometry,
    pub x: &'a [f32],
    pub map: &'a mut [f32],
}

impl Kernel for Spread<'_> {
    type Scratch = ();

    #[inline(always)]
    fn run<S: Simd>(self, simd: S, (): &mut ()) {
        let g = self.geometry;
        let layout = Layout::new(&g, S::F32_LANES);
        let pictures = self.x.chunks_exact(g.input_length());
        let maps = self.map.chunks_exact_mut(layout.map_length());
        for (picture, map) in pictures.zip(maps) {
            layout.spread(simd, &g, picture, map);
        }
    }
}

/// Copies the weights of one block of channels into the layout of [`Layout`]; what lies between them must be zero.
pub struct Arrange<'a> {
    pub geometry: Geometry,
    pub w: &'a [f32],
    pub block: usize,
    /// The block's place, [`Layout::weights_length`] of all filters long.
    pub out: &'a mut [f32],
}

impl Kernel for Arrange<'_> {
    type Scratch = ();

    #[inline(always)]
    fn run<S: Simd>(self, _: S, (): &mut ()) {
        let g = self.geometry;
        let layout = Layout::new(&g, S::F32_LANES);
        for kernel_row in 0..g.kernel {
            let to = &mut self.out[kernel_row * layout.row..];
            for (row, at) in layout.weights(&g, self.block, kernel_row) {
                let from = &self.w[row * g.filters..][..g.filters];
                for (filter, w) in from.iter().enumerate() {
                    to[filter * layout.taps(&g) + at] = *w;
                }
            }
        }
    }
}

/// The gradients of some filters' weights and biases, from pictures that [`Spread`] has copied.
pub struct WeightGradient<'a> {
    pub geometry: Geometry,
    pub map: &'a [f32],
    pub dy: &'a [f32],
    pub codes: &'a [u8],
    /// The first of them.
    pub filter: usize,
    /// Overwritten: `(blocks, kernel rows, filters, row)`, see [`Layout`].
    pub dw: &'a mut [f32],
    /// Overwritten. As many as there are filters.
    pub db: &'a mut [f32],
}

impl Kernel for WeightGradient<'_> {
    type Scratch = Scratch;

    #[inline(always)]
    fn run<S: Simd>(self, simd: S, scratch: &mut Self::Scratch) {
        let Self {
            geometry: g,
            map,
            dy,
            codes,
            filter,
            dw,
            db,
        } = self;
        let Scratch { lists, corners, .. } = scratch;
        let layout = Layout::new(&g, S::F32_LANES);
        let (rows, columns) = g.output();
        let filters = db.len();
        // Several small images at a time, so that a filter's list is long beside its sums; or a large one in bands of rows.
        let image_bytes = layout.pixels * layout.pitch * 4;
        let together = (X_BYTES / image_bytes).clamp(1, g.images.max(1));
        let fit = if image_bytes > X_BYTES {
            (X_BYTES * layout.pixels / image_bytes / layout.width).saturating_sub(g.kernel - 1) / 2
        } else {
            usize::MAX
        };
        let band = fit.min(ENTRIES / (filters * columns)).max(1);
        let taps = layout.taps(&g);
        dw.fill(0.0);
        db.fill(0.0);
        for first in (0..g.images).step_by(together) {
            let images = together.min(g.images - first);
            let maps = &map[first * layout.map_length()..][..images * layout.map_length()];
            for top in (0..images * rows).step_by(band) {
                let bottom = (top + band).min(images * rows);
                corners.clear();
                for line in top..bottom {
                    let start = line / rows * layout.map_length()
                        + 2 * (line % rows) * layout.width * layout.pitch;
                    let line = (0..columns).map(|x| (start + 2 * x * layout.pitch) as u32);
                    corners.extend(line);
                }
                let from = (first * rows + top) * columns * g.filters;
                let numbers = from..from + (bottom - top) * columns * g.filters;
                let sites = Sites {
                    dy: &dy[numbers.clone()],
                    codes: &codes[numbers],
                    filters: g.filters,
                    corners,
                    positions: layout.positions(),
                };
                simd.vectorize(ByFilter {
                    sites: &sites,
                    lists: &mut *lists,
                    length: layout.row,
                    filter,
                    db: &mut *db,
                });
                for block in 0..layout.blocks {
                    let pass = Pass {
                        sums: &mut dw[block * filters * taps..][..filters * taps],
                        sums_row: filters * layout.row,
                        source: &maps[block * layout.block_length()..],
                        source_row: layout.width * layout.pitch,
                        lists,
                    };
                    layout.add(simd, &g, pass);
                }
            }
        }
    }
}

/// The gradient of some channels of pictures.
pub struct InputGradient<'a> {
    pub geometry: Geometry,
    pub dy: &'a [f32],
    pub codes: &'a [u8],
    /// As [`Arrange`] leaves them, block after block.
    pub weights: &'a [f32],
    /// Blocks of channels.
    pub blocks: Range<usize>,
    /// Overwritten.
    pub dx: Pieces<'a, f32>,
}

impl Kernel for InputGradient<'_> {
    type Scratch = Scratch;

    #[inline(always)]
    fn run<S: Simd>(self, simd: S, scratch: &mut Self::Scratch) {
        let Self {
            geometry: g,
            dy,
            codes,
            weights,
            blocks,
            mut dx,
        } = self;
        let Scratch {
            dx: map,
            lists,
            corners,
        } = scratch;
        let layout = Layout::new(&g, S::F32_LANES);
        let (rows, columns) = g.output();
        let taps = layout.taps(&g);
        let band = (ENTRIES / (g.filters * columns)).max(1);
        for image in 0..g.images {
            let map = map.zeroed(blocks.len() * layout.block_length());
            for top in (0..rows).step_by(band) {
                let bottom = (top + band).min(rows);
                corners.clear();
                for line in top..bottom {
                    let start = 2 * line * layout.width * layout.pitch;
                    corners.extend((0..columns).map(|x| (start + 2 * x * layout.pitch) as u32));
                }
                let from = (image * rows + top) * columns * g.filters;
                let numbers = from..from + (bottom - top) * columns * g.filters;
                let sites = Sites {
                    dy: &dy[numbers.clone()],
                    codes: &codes[numbers],
                    filters: g.filters,
                    corners,
                    positions: layout.positions(),
                };
                simd.vectorize(ByPixel {
                    sites: &sites,
                    lists: &mut *lists,
                    taps,
                });
                for (index, block) in blocks.clone().enumerate() {
                    let pass = Pass {
                        sums: &mut map[index * layout.block_length()..][..layout.block_length()],
                        sums_row: layout.width * layout.pitch,
                        source: &weights[block * g.filters * taps..][..g.filters * taps],
                        source_row: layout.row,
                        lists,
                    };
                    layout.add(simd, &g, pass);
                }
            }
            let mut picture = dx.reborrow(image * g.input_length());
            for (index, block) in blocks.clone().enumerate() {
                let map = &map[index * layout.block_length()..];
                layout.collect(simd, &g, map, block, &mut picture);
            }
        }
    }
}

/// How maps and weights are laid out: in blocks of one vector of channels, or as they are if there are fewer channels than that.
///
/// Maps are `(images, blocks, pixels, pitch)`, weights `(blocks, filters, kernel rows, row)`, where a row is a kernel row's taps,
/// `pitch` numbers each, filled up to whole vectors. In the gradient of weights the kernel rows come before the filters: whoever adds
/// it to the weights as they are, a kernel row at a time, reads it in order.
pub struct Layout {
    pub blocks: usize,
    pitch: usize,
    /// Numbers of one filter's taps in one block and kernel row.
    pub row: usize,
    /// Of a picture with its border.
    width: usize,
    pixels: usize,
    /// Numbers behind each block of a map: rows of taps are read and written as whole vectors.
    slack: usize,
}

impl Layout {
    /// For vectors of so many lanes.
    pub fn new(g: &Geometry, lanes: usize) -> Self {
        let pitch = g.channels.min(lanes);
        let row = (g.kernel * pitch).next_multiple_of(lanes);
        Self {
            blocks: g.channels.div_ceil(lanes),
            pitch,
            row,
            width: g.padded_width(),
            pixels: g.padded_height() * g.padded_width(),
            slack: (row - g.kernel * pitch).next_multiple_of(lanes),
        }
    }

    /// Numbers of one filter's taps in one block.
    pub fn taps(&self, g: &Geometry) -> usize {
        g.kernel * self.row
    }

    /// Numbers of so many filters' weights in all blocks.
    pub fn weights_length(&self, g: &Geometry, filters: usize) -> usize {
        self.blocks * filters * self.taps(g)
    }

    /// Numbers of one block of a map; whole lines, so that every block is aligned like the first.
    fn block_length(&self) -> usize {
        (self.pixels * self.pitch + self.slack).next_multiple_of(16)
    }

    /// Numbers of the map of one picture.
    pub fn map_length(&self) -> usize {
        self.blocks * self.block_length()
    }

    /// From a window's first pixel to each of its four; the last is that of a dead window.
    fn positions(&self) -> [u32; 5] {
        let below = self.width;
        [0, 1, below, below + 1, 0].map(|pixel| (pixel * self.pitch) as u32)
    }

    /// The weights of a block of channels and a kernel row: their row in `(taps · channels, filters)`, and their place in a filter's row.
    pub fn weights(
        &self,
        g: &Geometry,
        block: usize,
        kernel_row: usize,
    ) -> impl Iterator<Item = (usize, usize)> {
        let (pitch, kernel, channels) = (self.pitch, g.kernel, g.channels);
        let first = block * pitch;
        let used = pitch.min(channels - first);
        (0..kernel).flat_map(move |column| {
            let row = (kernel_row * kernel + column) * channels + first;
            (0..used).map(move |lane| (row + lane, column * pitch + lane))
        })
    }

    /// Copies a picture to its place in a map whose borders are zero. It is read in order, which memory is made for.
    #[inline(always)]
    fn spread<S: Simd>(&self, simd: S, g: &Geometry, picture: &[f32], map: &mut [f32]) {
        for (y, line) in picture.chunks_exact(g.width * g.channels).enumerate() {
            let start = ((y + g.border) * self.width + g.border) * self.pitch;
            for (x, pixel) in line.chunks_exact(g.channels).enumerate() {
                for (block, channels) in pixel.chunks(self.pitch).enumerate() {
                    let at = block * self.block_length() + start + x * self.pitch;
                    store_part(
                        simd,
                        &mut map[at..][..self.pitch],
                        load_part(simd, channels),
                    );
                }
            }
        }
    }

    /// The inverse of [`Layout::spread`], of one block.
    #[inline(always)]
    fn collect<S: Simd>(
        &self,
        simd: S,
        g: &Geometry,
        map: &[f32],
        block: usize,
        picture: &mut Pieces<'_, f32>,
    ) {
        let channel = block * self.pitch;
        let used = self.pitch.min(g.channels - channel);
        for y in 0..g.height {
            let start = (y + g.border) * self.width + g.border;
            let pixels = map[start * self.pitch..].chunks_exact(self.pitch);
            for (x, from) in pixels.take(g.width).enumerate() {
                let at = (y * g.width + x) * g.channels + channel;
                store_part(simd, picture.piece(at, used), load_part(simd, from));
            }
        }
    }

    /// Runs `pass` with the taps in registers: all rows of them at once if they fit, else row by row.
    #[inline(always)]
    fn add<S: Simd>(&self, simd: S, g: &Geometry, pass: Pass<'_>) {
        macro_rules! shapes {
            ($($kernel:literal: $($vectors:literal)*;)*) => {
                match (g.kernel, self.row / S::F32_LANES) {
                    $($(($kernel, $vectors) => if $kernel * $vectors + 4 <= S::REGISTER_COUNT {
                        simd.vectorize(Shaped::<'_, 1, $kernel, $vectors>(pass))
                    } else {
                        simd.vectorize(Shaped::<'_, $kernel, 1, $vectors>(pass))
                    },)*)*
                    _ => unreachable!("a row of taps is at most a vector a tap"),
                }
            };
        }
        shapes!(1: 1; 3: 1 2 3; 5: 1 2 3 4 5; 7: 1 2 3 4 5 6 7;);
    }
}

struct ByFilter<'a> {
    sites: &'a Sites<'a>,
    lists: &'a mut Lists,
    length: usize,
    filter: usize,
    db: &'a mut [f32],
}

impl WithSimd for ByFilter<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, _: S) {
        let Self {
            sites,
            lists,
            length,
            filter,
            db,
        } = self;
        sites.by_filter(lists, length, filter, db);
    }
}

struct ByPixel<'a> {
    sites: &'a Sites<'a>,
    lists: &'a mut Lists,
    taps: usize,
}

impl WithSimd for ByPixel<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, _: S) {
        self.sites.by_pixel(self.lists, self.taps);
    }
}

/// `sums[target + r · sums_row + …] += Σ value · source[start + r · source_row + …]`, over each list's entries.
struct Pass<'a> {
    sums: &'a mut [f32],
    sums_row: usize,
    source: &'a [f32],
    source_row: usize,
    lists: &'a Lists,
}

/// [`Pass`] over blocks of `N · R` rows of `J` vectors, `R` rows at a time.
struct Shaped<'a, const N: usize, const R: usize, const J: usize>(Pass<'a>);

impl<const N: usize, const R: usize, const J: usize> WithSimd for Shaped<'_, N, R, J> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        let Pass {
            sums,
            sums_row,
            source,
            source_row,
            lists,
        } = self.0;
        for (target, entries) in lists.iter() {
            for n in 0..N {
                accumulate::<S, R, J>(
                    simd,
                    &mut sums[target + n * R * sums_row..],
                    sums_row,
                    &source[n * R * source_row..],
                    source_row,
                    entries,
                );
            }
        }
    }
}

/// `sums[r][j] += Σ value · source[start][r][j]` over the entries, for `R` rows of `J` vectors; rows lie `sums_row` and `source_row` apart.
#[inline(always)]
fn accumulate<S: Simd, const R: usize, const J: usize>(
    simd: S,
    sums: &mut [f32],
    sums_row: usize,
    source: &[f32],
    source_row: usize,
    entries: &[Entry],
) {
    let lanes = S::F32_LANES;
    assert!(
        reach([(R - 1, sums_row), (J, lanes)]) <= sums.len(),
        "the block lies in the sums"
    );
    let last = source
        .len()
        .checked_sub(reach([(R - 1, source_row), (J, lanes)]));
    let last = last.expect("the source holds a block");
    // SAFETY: `sums` by the assertion above, `source` by the one on every entry.
    unsafe {
        let sums = sums.as_mut_ptr();
        let mut block: [[S::f32s; J]; R] = std::array::from_fn(|r| {
            std::array::from_fn(|j| load(simd, sums.add(r * sums_row + j * lanes)))
        });
        for entry in entries {
            let start = entry.start as usize;
            assert!(start <= last, "the block lies in the source");
            let value = simd.splat_f32s(entry.value);
            let from = source.as_ptr().add(start);
            for (r, row) in block.iter_mut().enumerate() {
                for (j, sum) in row.iter_mut().enumerate() {
                    *sum = mul_add(
                        simd,
                        load(simd, from.add(r * source_row + j * lanes)),
                        value,
                        *sum,
                    );
                }
            }
        }
        for (r, row) in block.iter().enumerate() {
            for (j, sum) in row.iter().enumerate() {
                store(simd, sums.add(r * sums_row + j * lanes), *sum);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use pulp::Scalar128b;

    #[test]
    #[should_panic(expected = "the source holds a block")]
    fn a_source_shorter_than_a_block_is_not_read() {
        let (mut sums, source) = ([0.0; 8], [1.0; 6]);
        let entries = [Entry {
            start: 0,
            value: 1.0,
        }];
        accumulate::<_, 2, 1>(Scalar128b, &mut sums, 4, &source, 4, &entries);
    }

    #[test]
    #[should_panic(expected = "the block lies in the source")]
    fn an_entry_behind_the_last_block_is_not_read() {
        let (mut sums, source) = ([0.0; 8], [1.0; 9]);
        let entries = [1, 2].map(|start| Entry { start, value: 1.0 });
        accumulate::<_, 2, 1>(Scalar128b, &mut sums, 4, &source, 4, &entries);
    }
}
