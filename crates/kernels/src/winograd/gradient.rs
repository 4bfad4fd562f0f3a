//! The gradient of the weights, by the same matrices the other way round.
//!
//! A tile of the output is linear in the kernel, `y = Aᵀ [(G g Gᵀ) ⊙ (Bᵀ d B)] A`. So the gradient of the kernel is
//! `Gᵀ [Σ (A dy Aᵀ) ⊙ (Bᵀ d B)] G`, the sum over all tiles of all pictures; at each position of ⊙ it is a matrix product,
//! (channels × tiles)(tiles × filters). A tile of 4×4 pixels takes 36 multiplications where its nine taps would take 144.
//!
//! Where a tile reaches beyond the output its gradients are zero, and what is read there of the input does not count. Of a larger kernel each
//! square of 3×3 meets the same gradients and a picture moved by its place; where a kernel has holes, the pixels of a tile are as far apart.

use super::super::pieces::Pieces;
use super::super::simd::{Buffer, load_part, reach, store_part, vectors};
use super::super::slide::{Slide, Window};
use super::super::tensor::product;
use super::super::tile::{ALL, Right, Rows, Start, Target, multiply, shares};
use super::APART;
use super::filtering::{Gradients, TapGradients, in_both};
use super::transforms::{load_columns, patch, store_apart};
use pulp::Simd;
use std::ops::Range;

/// Pixels of a tile in each direction, and points.
const TILE: usize = 4;
const POINTS: usize = TILE + 2;
const POSITIONS: usize = POINTS * POINTS;

/// Transformed numbers held at a time: as many as stay in the second cache beside the sums.
const HELD: usize = 160 * 1024;

/// Tiles that are to be summed up before the sums are touched again.
const TILES: usize = 32;

/// Whether this is the faster way, which it is unless too much of the tiles lies outside of a small map.
pub fn suits(slide: &Slide, filters: usize) -> bool {
    let window = &slide.window;
    let [squares, tiles] = [
        product(&squares(window)),
        product(&tiles(slide)) * holes(window),
    ];
    let direct = product(&[product(&window.size), slide.rows, slide.columns]);
    window.stride == [1, 1]
        && slide.channels >= 8
        && filters >= 8
        && direct >= product(&[2 * POSITIONS, squares, tiles])
        && product(&[POSITIONS, squares, slide.channels, filters]) < u32::MAX as usize
}

/// Pictures that make the products as deep as they are to be.
pub fn pictures(slide: &Slide) -> usize {
    TILES.div_ceil(product(&tiles(slide)) * holes(&slide.window))
}

/// Squares of the kernel in each direction.
fn squares(window: &Window) -> [usize; 2] {
    window.size.map(|side| side.div_ceil(3))
}

/// Pictures that the kernel's holes keep apart: pixels of different ones are not seen together.
fn holes(window: &Window) -> usize {
    product(&window.dilation)
}

/// Tiles of each of these, in each direction.
fn tiles(slide: &Slide) -> [usize; 2] {
    let [down, across] = slide.window.dilation;
    [slide.rows.div_ceil(down), slide.columns.div_ceil(across)].map(|side| side.div_ceil(TILE))
}

/// Memory kept between calls: a padded picture, transformed patches and gradients, and the sums.
pub struct Room<'a> {
    pub picture: &'a mut Buffer,
    pub patches: &'a mut Buffer,
    pub gradients: &'a mut Buffer,
    pub sums: &'a mut Buffer,
}

/// The gradients of some filters' weights, from the pictures `x` (at least one) and the gradients `dz` of the output.
pub struct Tiles<'a> {
    pub slide: Slide,
    pub filters: usize,
    pub some: Range<usize>,
    pub x: &'a [f32],
    pub dz: &'a [f32],
}

impl Tiles<'_> {
    /// Writes them into `dw`, `(rows · columns · channels, filters)`.
    #[inline(always)]
    pub fn run<S: Simd>(&self, simd: S, dw: &mut Pieces<'_, f32>, room: Room<'_>) {
        let (slide, lanes) = (&self.slide, S::F32_LANES);
        let (window, channels) = (&slide.window, slide.channels);
        let [high, wide] = squares(window);
        let [rows, columns] = tiles(slide);
        let row = vectors::<S>(channels) * lanes;
        let padded = self.some.len().next_multiple_of(lanes);
        // The sums of several squares do not stay in the second cache, and are to be fetched seldom.
        let held = if high * wide == 1 { HELD } else { 2 * HELD };
        let most = (held / (POSITIONS * (row + padded))).clamp(8, 128);
        let (plane, gradient_plane) = (most * row + APART, most * padded + APART);
        let matrix = channels * padded;
        let Room {
            picture,
            patches,
            gradients,
            sums,
        } = room;
        let patches = patches.take(POSITIONS * plane);
        let gradients = gradients.take(POSITIONS * gradient_plane);
        let sums = sums.take(high * wide * POSITIONS * matrix);

        let line = slide.padded_width() * channels;
        let [down, across] = [window.dilation[0] * line, window.dilation[1] * channels];
        let of_image = holes(window) * rows * columns;
        // Pictures whose tiles are held together.
        let together = (most / of_image).max(1);
        let size = slide.padded_height() * line;
        // As far as the last tile's patch is read.
        let last = reach([
            (TILE * rows + 1 + 3 * (high - 1), down),
            (TILE * columns + 2 + 3 * (wide - 1), across),
            (
                1,
                window.dilation[0] * line + window.dilation[1] * channels + lanes,
            ),
        ]);
        let picture = picture.zeroed(reach([(together - 1, size), (1, last.max(size))]));
        let outputs = slide.rows * slide.columns * self.filters;
        let images = self.x.chunks(together * slide.input_length());
        let mut start = Start::Zero;
        for (x, dz) in images.zip(self.dz.chunks(together * outputs)) {
            let mut count = 0;
            for (x, picture) in x
                .chunks_exact(slide.input_length())
                .zip(picture.chunks_mut(size))
            {
                slide.embed(x, channels, picture);
                count += 1;
            }
            for range in shares(count * of_image, most) {
                for (held, index) in range.clone().enumerate() {
                    let (image, y, x) = self.place(index);
                    let to = &mut gradients[held * padded..];
                    self.spread(simd, &dz[image * outputs..], (y, x), to, gradient_plane);
                }
                for square in 0..high * wide {
                    let first = square / wide * 3 * down + square % wide * 3 * across;
                    for (held, index) in range.clone().enumerate() {
                        let (image, y, x) = self.place(index);
                        let pixels = &picture[image * size + y * line + x * channels + first..];
                        let to = &mut patches[held * row..];
                        patch::<S, POINTS, POINTS>(
                            simd,
                            pixels,
                            [down, across],
                            channels,
                            to,
                            plane,
                        );
                    }
                    for position in 0..POSITIONS {
                        let left = Rows {
                            data: &patches[position * plane..],
                            row: 1,
                            segment: row,
                            segments: range.len(),
                            length: 1,
                            step: 1,
                        };
                        let right = &gradients[position * gradient_plane..];
                        let to = (square * POSITIONS + position) * matrix;
                        let mut target = Target {
                            data: Pieces::new(&mut sums[to..to + matrix]),
                            row: padded,
                            columns: padded,
                            blocks: ALL,
                            relu: false,
                        };
                        let right = Right::Plain(&right[..range.len() * padded], padded);
                        multiply(simd, left, channels, right, start, &mut target);
                    }
                }
                start = Start::Target;
            }
        }
        for (square, sums) in sums.chunks_exact(POSITIONS * matrix).enumerate() {
            self.collect(simd, [square / wide * 3, square % wide * 3], sums, dw);
        }
    }

    /// Image, row and column of the first pixel of a tile.
    #[inline(always)]
    fn place(&self, index: usize) -> (usize, usize, usize) {
        let [rows, columns] = tiles(&self.slide);
        let [down, across] = self.slide.window.dilation;
        let (picture, tile) = (index / (rows * columns), index % (rows * columns));
        let (image, hole) = (picture / (down * across), picture % (down * across));
        (
            image,
            hole / across + TILE * (tile / columns) * down,
            hole % across + TILE * (tile % columns) * across,
        )
    }

    /// `A dy Aᵀ` of the tile whose first pixel is at `(y, x)`, into one row of each of the matrices, `plane` numbers apart.
    #[inline(always)]
    fn spread<S: Simd>(
        &self,
        simd: S,
        dz: &[f32],
        (y, x): (usize, usize),
        to: &mut [f32],
        plane: usize,
    ) {
        let [down, across] = self.slide.window.dilation;
        let rows = self.slide.rows.saturating_sub(y).div_ceil(down);
        let columns = self.slide.columns.saturating_sub(x).div_ceil(across);
        for filter in (0..self.some.len()).step_by(S::F32_LANES) {
            let used = S::F32_LANES.min(self.some.len() - filter);
            let start = (y * self.slide.columns + x) * self.filters + self.some.start + filter;
            let (line, pixel) = (
                down * self.slide.columns * self.filters,
                across * self.filters,
            );
            let tile = if rows >= TILE && columns >= TILE && used == S::F32_LANES {
                load_columns::<S, TILE, TILE>(simd, &dz[start..], line, pixel)
            } else {
                let mut tile = [[simd.splat_f32s(0.0); TILE]; TILE];
                for j in 0..TILE.min(columns) {
                    for i in 0..TILE.min(rows) {
                        tile[j][i] = load_part(simd, &dz[start + i * line + j * pixel..][..used]);
                    }
                }
                tile
            };
            let spread = in_both::<S, Gradients, TILE, TILE, POINTS, POINTS>(simd, tile);
            store_apart(simd, spread, &mut to[filter..], plane);
        }
    }

    /// `Gᵀ Σ G` of every channel and filter, for the square of the kernel whose first tap is at `(row, column)`.
    #[inline(always)]
    fn collect<S: Simd>(
        &self,
        simd: S,
        [row, column]: [usize; 2],
        sums: &[f32],
        dw: &mut Pieces<'_, f32>,
    ) {
        let channels = self.slide.channels;
        let [high, wide] = self.slide.window.size;
        let padded = self.some.len().next_multiple_of(S::F32_LANES);
        let matrix = channels * padded;
        for channel in 0..channels {
            for filter in (0..self.some.len()).step_by(S::F32_LANES) {
                let used = S::F32_LANES.min(self.some.len() - filter);
                let from = &sums[channel * padded + filter..];
                let columns = load_columns(simd, from, POINTS * matrix, matrix);
                let taps = in_both::<S, TapGradients, POINTS, POINTS, 3, 3>(simd, columns);
                for (row, taps) in (row..high).zip(taps) {
                    for (column, value) in (column..wide).zip(taps) {
                        let at = (row * wide + column) * channels + channel;
                        let at = at * self.filters + self.some.start + filter;
                        store_part(simd, dw.piece(at, used), value);
                    }
                }
            }
        }
    }
}
