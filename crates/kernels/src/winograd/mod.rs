//! Convolution that moves by one, by Winograd's minimal filtering algorithm.
//!
//! A tile of the output, `d ∗ g` of a patch `d` and a 3×3 kernel `g`, is `Aᵀ [(G g Gᵀ) ⊙ (Bᵀ d B)] A` with the matrices of
//! [`filtering`]; the two directions need not take the same ones (Lavin and Gray, "Fast algorithms for convolutional neural networks",
//! CVPR 2016). The sum over channels can be taken before Aᵀ … A is applied: each position of ⊙ is then a matrix product
//! (tiles × channels)(channels × filters). [`cut`] says which tiles, [`transforms`] does what is around the products. A tile is made of
//! whole pooling windows. Patches are read where they lie.
//!
//! A larger kernel is cut into squares of 3×3, the last ones filled up with zeros: the result is the sum of theirs, each on a picture moved
//! by its place, and is added up before Aᵀ … A, too. Where a kernel has holes, the pixels that it sees together are tiles of a picture of
//! their own.

mod both;
pub mod cut;
mod empty;
mod filtering;
pub mod gradient;
mod seen;
mod transforms;

pub use cut::multiplications;

use super::geometry::Geometry;
use super::pieces::Pieces;
use super::simd::{Buffer, vectors};
use super::tensor::product;
use super::tile::{ALL, Right, Rows, Start, Target, blocks_of, most_rows, multiply, shares};
use cut::{Cut, Part};
use filtering::{Inputs, Matrix, Outputs, Taps};
use pulp::Simd;
use seen::Seen;
use std::ops::Range;
use transforms::Products;

/// What is computed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shape {
    pub images: usize,
    pub height: usize,
    pub width: usize,
    pub channels: usize,
    pub filters: usize,
    pub kernel: [usize; 2],
    pub dilation: [usize; 2],
    /// Padding above and to the left.
    pub before: [usize; 2],
    /// Pixels to compute.
    pub rows: usize,
    pub columns: usize,
    /// Whether 2×2 of them become one.
    pub pool: bool,
}

impl From<&Geometry> for Shape {
    fn from(g: &Geometry) -> Self {
        Self {
            images: g.images,
            height: g.height,
            width: g.width,
            channels: g.channels,
            filters: g.filters,
            kernel: [g.kernel; 2],
            dilation: [1; 2],
            before: [g.border; 2],
            rows: g.rows(),
            columns: g.columns(),
            pool: g.pool,
        }
    }
}

impl Shape {
    /// Whether this is the faster way: below some channels the transforms cost more than they save, and of small maps too much of the tiles
    /// lies outside.
    pub fn suits(&self) -> bool {
        let direct =
            product(&[self.images, self.rows, self.columns]).saturating_mul(product(&self.kernel));
        let by_tiles = Cut::new(self).cost_of(self).saturating_mul(self.squares());
        let [weights, pictures] = [self.channels, self.images]
            .map(|count| product(&[36, self.squares(), self.filters + 64, count]));
        self.channels >= 8
            && weights < u32::MAX as usize
            && pictures < u32::MAX as usize
            && (self.kernel == [3, 3] && self.dilation == [1, 1]
                || self.filters >= 8 && by_tiles.saturating_mul(22) < direct.saturating_mul(10))
    }

    /// Squares of 3×3 that the kernel is cut into, in each direction.
    const fn high_and_wide(&self) -> [usize; 2] {
        [self.kernel[0].div_ceil(3), self.kernel[1].div_ceil(3)]
    }

    /// All of them.
    pub fn squares(&self) -> usize {
        product(&self.high_and_wide())
    }

    /// The first tap of a square.
    fn first_tap(&self, square: usize) -> [usize; 2] {
        let wide = self.high_and_wide()[1];
        [square / wide * 3, square % wide * 3]
    }

    /// Taps of a square in each direction, three but at the end.
    fn taps(&self, square: usize) -> [usize; 2] {
        let first = self.first_tap(square);
        [0, 1].map(|axis| (self.kernel[axis] - first[axis]).min(3))
    }

    /// Where a kernel has holes, pixels that its holes keep apart are like those of pictures of their own: so many.
    const fn apart(&self) -> usize {
        self.dilation[0] * self.dilation[1]
    }

    /// Image, row and column of the pixel that is at `(row, column)` of such a picture.
    const fn pixel(&self, (picture, row, column): (usize, usize, usize)) -> (usize, usize, usize) {
        let which = picture % self.apart();
        let [down, across] = self.dilation;
        (
            picture / self.apart(),
            which / across + row * down,
            which % across + column * across,
        )
    }

    const fn input_length(&self) -> usize {
        self.height * self.width * self.channels
    }

    /// Rows and columns of the output.
    const fn output(&self) -> (usize, usize) {
        if self.pool {
            (self.rows / 2, self.columns / 2)
        } else {
            (self.rows, self.columns)
        }
    }

    const fn blocks(&self, lanes: usize) -> usize {
        self.filters.div_ceil(2 * lanes)
    }
}

/// A convolution forward: see [`pass::Forward`](super::pass::Forward).
pub struct Forward<'a> {
    pub shape: Shape,
    pub relu: bool,
    pub x: &'a [f32],
    /// As [`lay_out`] leaves them.
    pub weights: &'a [f32],
    pub bias: Option<&'a [f32]>,
    pub out: Pieces<'a, f32>,
    pub codes: Option<Pieces<'a, u8>>,
    pub blocks: Range<usize>,
}

/// Memory kept between calls.
#[derive(Default)]
pub struct Scratch {
    patches: Buffer,
    products: Buffer,
}

/// Numbers of all patches at a time, at most: more would leave the second cache.
const PATCHES: usize = 64 * 1024;

/// Tiles at a time, at most.
const MOST_TILES: usize = 126;

/// Blocks of filters whose products are kept.
const TOGETHER: usize = 4;

/// Numbers between two of the matrices beyond their length: at a power of two apart they would share lines of the first cache.
const APART: usize = 16;

/// Numbers between two positions' weights of a block of filters.
fn apart(g: &Shape, lanes: usize, block: usize) -> usize {
    let padded = g.filters.next_multiple_of(lanes);
    g.channels * (padded - 2 * block * lanes).min(2 * lanes) + APART
}

/// Where the weights for one size of tile and one block of filters lie: size after size, block after block. A block's are square after
/// square of the kernel.
pub fn place(cut: Cut, g: &Shape, lanes: usize, part: usize) -> Range<usize> {
    let blocks = g.blocks(lanes);
    let whole = (0..blocks)
        .map(|block| apart(g, lanes, block))
        .sum::<usize>();
    let (size, block) = (part / blocks, part % blocks);
    let mut start = 0;
    for (index, tiles) in cut.parts().enumerate() {
        let matrices = g.squares() * tiles.positions();
        if index == size {
            start += matrices * block * apart(g, lanes, 0);
            return start..start + matrices * apart(g, lanes, block);
        }
        start += matrices * whole;
    }
    start..start
}

/// Transforms the weights of one [`place`].
#[inline(always)]
pub fn lay_out<S: Simd>(simd: S, cut: Cut, g: &Shape, w: &[f32], part: usize, out: &mut [f32]) {
    let blocks = g.blocks(S::F32_LANES);
    let block = part % blocks;
    let apart = apart(g, S::F32_LANES, block);
    let Some(tiles) = cut.parts().nth(part / blocks) else {
        return;
    };
    for square in 0..g.squares() {
        let out = &mut out[square * tiles.positions() * apart..];
        match (tiles.rows.size, tiles.columns.size) {
            (4, 4) => transforms::weights::<S, 6, 6>(simd, g, w, block, square, out, apart),
            (4, _) => transforms::weights::<S, 6, 4>(simd, g, w, block, square, out, apart),
            (_, 4) => transforms::weights::<S, 4, 6>(simd, g, w, block, square, out, apart),
            _ => transforms::weights::<S, 4, 4>(simd, g, w, block, square, out, apart),
        }
    }
}

/// Computes on this thread.
#[inline(always)]
pub fn run<S: Simd>(simd: S, cut: Cut, mut forward: Forward<'_>, scratch: &mut Scratch) {
    let blocks = forward.shape.blocks(S::F32_LANES);
    // Size after size, so that one's weights stay in the second cache.
    for (size, part) in cut.parts().enumerate() {
        let forward = &mut forward;
        let place = |block| place(cut, &forward.shape, S::F32_LANES, size * blocks + block);
        let weights = &forward.weights[place(0).start..place(blocks - 1).end];
        match (part.rows.size, part.columns.size) {
            (4, 4) => tiles::<S, 6, 6, 4, 4>(simd, forward, &part, weights, scratch),
            (4, _) => tiles::<S, 6, 4, 4, 2>(simd, forward, &part, weights, scratch),
            (_, 4) => tiles::<S, 4, 6, 2, 4>(simd, forward, &part, weights, scratch),
            _ => tiles::<S, 4, 4, 2, 2>(simd, forward, &part, weights, scratch),
        }
    }
}

/// Computes the tiles of one size: `M × N` pixels each, from `H × W` points.
#[inline(always)]
fn tiles<S: Simd, const H: usize, const W: usize, const M: usize, const N: usize>(
    simd: S,
    forward: &mut Forward<'_>,
    part: &Part,
    weights: &[f32],
    scratch: &mut Scratch,
) where
    Taps: Matrix<S, 3, H> + Matrix<S, 3, W>,
    Inputs: Matrix<S, H, H> + Matrix<S, W, W>,
    Outputs: Matrix<S, H, M> + Matrix<S, W, N>,
{
    let g = forward.shape;
    let channels = vectors::<S>(g.channels) * S::F32_LANES;
    let total = g.images * g.apart() * part.tiles();
    // Whole register tiles.
    let most = (PATCHES / (H * W * channels * most_rows::<S>())).max(1) * most_rows::<S>();
    let most = most.min(MOST_TILES);
    let squares = g.squares();
    let mut gathered = [[simd.splat_f32s(0.0); W]; H];
    // With many blocks of filters the products of all would leave the second cache; of a kernel of several squares some are kept, as
    // each square adds to them.
    let together = if squares == 1 { 1 } else { TOGETHER };
    let blocks = forward.blocks.start..forward.blocks.end.min(g.blocks(S::F32_LANES));
    for range in shares(total, most) {
        let plane = range.len() * channels + APART;
        let plane_out = range.len() * 2 * S::F32_LANES + APART;
        let patches = scratch.patches.take(H * W * plane);
        let products = scratch.products.take(together * H * W * plane_out);
        let mut empty = [u32::MAX; MOST_TILES];
        for from in blocks.clone().step_by(together) {
            let some = from..blocks.end.min(from + together);
            for square in 0..squares {
                if from == blocks.start || squares > 1 {
                    for (row, index) in range.clone().enumerate() {
                        let origin = g.pixel(part.place(index));
                        let seen = Seen::new::<H, W>(&g, forward.x, origin, square);
                        empty[row] &= empty::empty::<H, W, M, N>(&seen, g.taps(square));
                        let row = &mut patches[row * channels..];
                        transforms::patch(simd, &seen, g.channels, &mut gathered, row, plane);
                    }
                }
                for (first, width) in blocks_of::<S>(g.filters, &some) {
                    let block = first / 2;
                    let matrix = apart(&g, S::F32_LANES, block);
                    let before = squares * block * apart(&g, S::F32_LANES, 0) + square * matrix;
                    let weights = &weights[H * W * before..];
                    let padded = width * S::F32_LANES;
                    let products = &mut products[(block - from) * H * W * plane_out..];
                    for position in 0..H * W {
                        let rows = Rows::of(&patches[position * plane..], channels, g.channels);
                        let mut target = Target {
                            data: Pieces::new(&mut products[position * plane_out..]),
                            row: padded,
                            columns: padded,
                            blocks: ALL,
                            relu: false,
                        };
                        let start = if square == 0 {
                            Start::Zero
                        } else {
                            Start::Target
                        };
                        let right =
                            Right::Packed(&weights[position * matrix..][..g.channels * padded]);
                        multiply(simd, rows, range.len(), right, start, &mut target);
                    }
                }
            }
            for (first, width) in blocks_of::<S>(g.filters, &some) {
                let (start, padded) = (first * S::F32_LANES, width * S::F32_LANES);
                let products = Products {
                    numbers: &products[(first / 2 - from) * H * W * plane_out..],
                    apart: plane_out,
                    filters: start..g.filters.min(start + padded),
                    padded,
                    empty: &empty,
                };
                transforms::pixels::<S, H, W, M, N>(simd, forward, part, range.clone(), &products);
            }
        }
    }
}
