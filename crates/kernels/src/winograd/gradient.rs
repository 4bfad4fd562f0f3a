//! The gradient of the weights, by the same matrices the other way round.
//!
//! A tile of the output is linear in the kernel, `y = Aᵀ [(G g Gᵀ) ⊙ (Bᵀ d B)] A`. So the gradient of the kernel is
//! `Gᵀ [Σ (A dy Aᵀ) ⊙ (Bᵀ d B)] G`, the sum over all tiles of all pictures; at each position of ⊙ it is a matrix product,
//! (channels × tiles)(tiles × filters). A tile of 4×4 pixels takes 36 multiplications where its nine taps would take 144.
//!
//! Where a tile reaches beyond the output its gradients are zero, and what is read there of the input does not count.

use super::super::pieces::Pieces;
use super::super::simd::{Buffer, load_part, store_part, vectors};
use super::super::slide::Slide;
use super::super::tile::{ALL, Right, Rows, Start, Target, multiply};
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

/// Whether this is the faster way, which it is unless too much of the tiles lies outside of a small map.
pub fn suits(slide: &Slide, filters: usize) -> bool {
    let [rows, columns] = slide.window.size;
    let tiles = slide.rows.div_ceil(TILE) * slide.columns.div_ceil(TILE);
    rows == 3
        && columns == 3
        && slide.window.is_dense()
        && slide.channels >= 8
        && filters >= 8
        && 9 * slide.rows * slide.columns >= 2 * POSITIONS * tiles
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
    /// Writes them into `dw`, `(3·3·channels, filters)`.
    #[inline(always)]
    pub fn run<S: Simd>(&self, simd: S, dw: &mut Pieces<'_, f32>, room: Room<'_>) {
        let (slide, lanes) = (&self.slide, S::F32_LANES);
        let channels = slide.channels;
        let row = vectors::<S>(channels) * lanes;
        let padded = self.some.len().next_multiple_of(lanes);
        let most = (HELD / (POSITIONS * (row + padded))).clamp(8, 128);
        let (plane, gradient_plane) = (most * row + APART, most * padded + APART);
        let Room {
            picture,
            patches,
            gradients,
            sums,
        } = room;
        let patches = patches.take(POSITIONS * plane);
        let gradients = gradients.take(POSITIONS * gradient_plane);
        let sums = sums.take(POSITIONS * channels * padded);

        let line = slide.padded_width() * channels;
        let tiles = (slide.rows.div_ceil(TILE), slide.columns.div_ceil(TILE));
        // As far as the last tile's patch is read.
        let last = (TILE * tiles.0 + 1) * line + (TILE * tiles.1 + 2) * channels + lanes;
        let picture = picture.zeroed(last.max(slide.padded_height() * line));

        let mut multiply_all = |patches: &[f32], gradients: &[f32], held: usize, start| {
            for position in 0..POSITIONS {
                let rows = Rows {
                    data: &patches[position * plane..],
                    row: 1,
                    segment: row,
                    segments: held,
                    length: 1,
                };
                let right = Right::Plain(&gradients[position * gradient_plane..][..held * padded]);
                let sums = &mut sums[position * channels * padded..][..channels * padded];
                let mut target = Target {
                    data: Pieces::new(sums),
                    row: padded,
                    columns: padded,
                    blocks: ALL,
                    relu: false,
                };
                multiply(simd, rows, channels, right, start, &mut target);
            }
        };
        let (mut held, mut start) = (0, Start::Zero);
        let outputs = slide.rows * slide.columns * self.filters;
        let images = self.x.chunks_exact(slide.input_length());
        for (x, dz) in images.zip(self.dz.chunks_exact(outputs)) {
            slide.embed(x, channels, picture);
            for tile in 0..tiles.0 * tiles.1 {
                let (y, x) = (TILE * (tile / tiles.1), TILE * (tile % tiles.1));
                let pixels = &picture[y * line + x * channels..];
                let to = &mut patches[held * row..];
                patch::<S, POINTS, POINTS>(simd, pixels, line, channels, to, plane);
                let to = &mut gradients[held * padded..];
                self.spread(simd, dz, (y, x), to, gradient_plane);
                held += 1;
                if held == most {
                    multiply_all(patches, gradients, held, start);
                    (held, start) = (0, Start::Target);
                }
            }
        }
        if held > 0 {
            multiply_all(patches, gradients, held, start);
        }
        self.collect(simd, sums, dw);
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
        let (rows, columns) = (self.slide.rows - y, self.slide.columns - x);
        for filter in (0..self.some.len()).step_by(S::F32_LANES) {
            let used = S::F32_LANES.min(self.some.len() - filter);
            let mut tile = [[simd.splat_f32s(0.0); TILE]; TILE];
            for j in 0..TILE.min(columns) {
                for i in 0..TILE.min(rows) {
                    let pixel = (y + i) * self.slide.columns + x + j;
                    let at = pixel * self.filters + self.some.start + filter;
                    tile[j][i] = load_part(simd, &dz[at..][..used]);
                }
            }
            let spread = in_both::<S, Gradients, TILE, TILE, POINTS, POINTS>(simd, tile);
            store_apart(simd, spread, &mut to[filter..], plane);
        }
    }

    /// `Gᵀ Σ G` of every channel and filter.
    #[inline(always)]
    fn collect<S: Simd>(&self, simd: S, sums: &[f32], dw: &mut Pieces<'_, f32>) {
        let channels = self.slide.channels;
        let padded = self.some.len().next_multiple_of(S::F32_LANES);
        let matrix = channels * padded;
        for channel in 0..channels {
            for filter in (0..self.some.len()).step_by(S::F32_LANES) {
                let used = S::F32_LANES.min(self.some.len() - filter);
                let from = &sums[channel * padded + filter..];
                let columns = load_columns(simd, from, POINTS * matrix, matrix);
                let taps = in_both::<S, TapGradients, POINTS, POINTS, 3, 3>(simd, columns);
                for (tap, value) in taps.into_iter().flatten().enumerate() {
                    let at = (tap * channels + channel) * self.filters + self.some.start + filter;
                    store_part(simd, dw.piece(at, used), value);
                }
            }
        }
    }
}
