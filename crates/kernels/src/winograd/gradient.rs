//! The gradient of the weights, by the same matrices the other way round.
//!
//! A tile of the output is linear in the kernel, `y = Aᵀ [(G g Gᵀ) ⊙ (Bᵀ d B)] A`. So the gradient of the kernel is
//! `Gᵀ [Σ (A dy Aᵀ) ⊙ (Bᵀ d B)] G`, the sum over all tiles of all pictures; at each position of ⊙ it is a matrix product,
//! (channels × tiles)(tiles × filters). A tile of 4×4 pixels takes 36 multiplications where its nine taps would take 144.
//!
//! Where a tile reaches beyond the output its gradients are zero, and what is read there of the input does not count. Of a larger kernel each
//! square of 3×3 meets the same gradients and a picture moved by its place; where a kernel has holes or a stride, the pixels of a tile are
//! as far apart.

use super::super::pieces::Pieces;
use super::super::simd::{Buffer, load_part, store_part, vectors};
use super::super::tensor::product;
use super::super::tile::{ALL, Right, Rows, Start, Target, multiply, shares};
use super::both::{Apart, ApartMut, in_both};
use super::filtering::{Gradients, TapGradients};
use super::seen::{Seen, Square};
use super::transforms::patch;
use super::{APART, Shape};
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
pub fn suits(g: &Shape) -> bool {
    let tiles = of_image(g);
    let direct = product(&[product(&g.kernel), g.rows, g.columns]);
    g.channels >= 8
        && g.filters >= 8
        && direct >= product(&[2 * POSITIONS, g.squares(), tiles])
        && product(&[POSITIONS, g.squares(), g.channels, g.filters]) < u32::MAX as usize
}

/// Pictures that make the products as deep as they are to be.
pub fn pictures(g: &Shape) -> usize {
    TILES.div_ceil(of_image(g))
}

/// Tiles of a picture, or of one of those that the kernel's holes keep apart, in each direction.
fn tiles(g: &Shape) -> [usize; 2] {
    let [down, across] = g.dilation;
    [g.rows.div_ceil(down), g.columns.div_ceil(across)].map(|side| side.div_ceil(TILE))
}

/// All tiles of a picture.
fn of_image(g: &Shape) -> usize {
    product(&tiles(g)).saturating_mul(g.apart())
}

/// Memory kept between calls: transformed patches and gradients, and the sums.
pub struct Room<'a> {
    pub patches: &'a mut Buffer,
    pub gradients: &'a mut Buffer,
    pub sums: &'a mut Buffer,
}

/// The gradients of some filters' weights, from the pictures `x` (at least one) and the gradients `dz` of the output.
pub struct Tiles<'a> {
    pub shape: Shape,
    pub some: Range<usize>,
    pub x: &'a [f32],
    pub dz: &'a [f32],
}

impl Tiles<'_> {
    /// Writes them into `dw`, `(rows · columns · channels, filters)`.
    #[inline(always)]
    pub fn run<S: Simd>(&self, simd: S, dw: &mut Pieces<'_, f32>, room: Room<'_>) {
        let (g, lanes) = (&self.shape, S::F32_LANES);
        let (channels, squares) = (g.channels, g.squares());
        let row = vectors::<S>(channels) * lanes;
        let padded = self.some.len().next_multiple_of(lanes);
        // The sums of several squares do not stay in the second cache, and are to be fetched seldom.
        let held = if squares == 1 { HELD } else { 2 * HELD };
        let most = (held / (POSITIONS * (row + padded))).clamp(8, 128);
        let (plane, gradient_plane) = (most * row + APART, most * padded + APART);
        let matrix = channels * padded;
        let Room {
            patches,
            gradients,
            sums,
        } = room;
        let patches = patches.take(POSITIONS * plane);
        let gradients = gradients.take(POSITIONS * gradient_plane);
        let sums = sums.take(squares * POSITIONS * matrix);

        let all = self.x.len() / g.input_length() * of_image(g);
        let mut gathered = [[simd.splat_f32s(0.0); POINTS]; POINTS];
        let mut start = Start::Zero;
        for range in shares(all, most) {
            for (held, index) in range.clone().enumerate() {
                let to = &mut gradients[held * padded..];
                self.spread(simd, self.place(index), to, gradient_plane);
            }
            for (nth, square) in g.all_squares().enumerate() {
                for (held, index) in range.clone().enumerate() {
                    let seen = Seen::new::<POINTS, POINTS>(g, self.x, self.place(index), &square);
                    let to = &mut patches[held * row..];
                    patch(simd, &seen, channels, &mut gathered, to, plane);
                }
                for position in 0..POSITIONS {
                    let left = Rows::columns_of(&patches[position * plane..], row, range.len());
                    let right = &gradients[position * gradient_plane..];
                    let to = (nth * POSITIONS + position) * matrix;
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
        let sums = sums.chunks_exact(POSITIONS * matrix);
        for (square, sums) in g.all_squares().zip(sums) {
            self.collect(simd, &square, sums, dw);
        }
    }

    /// Image, row and column of the first pixel of a tile.
    #[inline(always)]
    fn place(&self, index: usize) -> (usize, usize, usize) {
        let [rows, columns] = tiles(&self.shape);
        let (picture, tile) = (index / (rows * columns), index % (rows * columns));
        let (row, column) = (tile / columns, tile % columns);
        self.shape.pixel((picture, TILE * row, TILE * column))
    }

    /// `A dy Aᵀ` of the tile whose first pixel is at `(image, y, x)`, into one row of each of the matrices, `plane` numbers apart.
    #[inline(always)]
    fn spread<S: Simd>(
        &self,
        simd: S,
        (image, y, x): (usize, usize, usize),
        to: &mut [f32],
        plane: usize,
    ) {
        let g = &self.shape;
        let dz = &self.dz[image * g.rows * g.columns * g.filters..];
        let [down, across] = g.dilation;
        let rows = g.rows.saturating_sub(y).div_ceil(down);
        let columns = g.columns.saturating_sub(x).div_ceil(across);
        let (line, pixel) = (down * g.columns * g.filters, across * g.filters);
        for filter in (0..self.some.len()).step_by(S::F32_LANES) {
            let used = S::F32_LANES.min(self.some.len() - filter);
            let start = (y * g.columns + x) * g.filters + self.some.start + filter;
            let mut to = ApartMut::<_, POINTS, POINTS>::new(simd, &mut to[filter..], plane);
            if rows >= TILE && columns >= TILE && used == S::F32_LANES {
                let tile = Apart::<_, TILE, TILE>::new(simd, &dz[start..], line, pixel);
                in_both::<S, Gradients, TILE, TILE, POINTS, POINTS>(simd, &tile, &mut to);
            } else {
                let mut tile = [[simd.splat_f32s(0.0); TILE]; TILE];
                for j in 0..TILE.min(columns) {
                    for i in 0..TILE.min(rows) {
                        tile[j][i] = load_part(simd, &dz[start + i * line + j * pixel..][..used]);
                    }
                }
                in_both::<S, Gradients, TILE, TILE, POINTS, POINTS>(simd, &tile, &mut to);
            }
        }
    }

    /// `Gᵀ Σ G` of every channel and filter, for a square of the kernel.
    #[inline(always)]
    fn collect<S: Simd>(&self, simd: S, square: &Square, sums: &[f32], dw: &mut Pieces<'_, f32>) {
        let channels = self.shape.channels;
        let ([row, column], [high, wide]) = (square.first, square.taps);
        let [down, across] = self.shape.stride;
        let padded = self.some.len().next_multiple_of(S::F32_LANES);
        let matrix = channels * padded;
        for channel in 0..channels {
            for filter in (0..self.some.len()).step_by(S::F32_LANES) {
                let used = S::F32_LANES.min(self.some.len() - filter);
                let from = &sums[channel * padded + filter..];
                let from = Apart::<_, POINTS, POINTS>::new(simd, from, POINTS * matrix, matrix);
                let mut taps = [[simd.splat_f32s(0.0); 3]; 3];
                in_both::<S, TapGradients, POINTS, POINTS, 3, 3>(simd, &from, &mut taps);
                for (i, taps) in taps.into_iter().enumerate().take(high) {
                    for (j, value) in taps.into_iter().enumerate().take(wide) {
                        let tap = (row + i * down) * self.shape.kernel[1] + column + j * across;
                        let at = tap * channels + channel;
                        let at = at * self.shape.filters + self.some.start + filter;
                        store_part(simd, dw.piece(at, used), value);
                    }
                }
            }
        }
    }
}
