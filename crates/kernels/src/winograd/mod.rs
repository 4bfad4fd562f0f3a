//! Convolution by Winograd's minimal filtering algorithm.
//!
//! A tile of the output, `d ∗ g` of a patch `d` and a 3×3 kernel `g`, is `Aᵀ [(G g Gᵀ) ⊙ (Bᵀ d B)] A` with the matrices of
//! [`filtering`]; the two directions need not take the same ones (Lavin and Gray, "Fast algorithms for convolutional neural networks",
//! CVPR 2016). The sum over channels can be taken before Aᵀ … A is applied: each position of ⊙ is then a matrix product
//! (tiles × channels)(channels × filters). [`cut`] says which tiles, [`transforms`] does what is around the products. A tile is made of
//! whole pooling windows. Patches are read where they lie.
//!
//! A larger kernel is cut into squares of 3×3, the last ones filled up with zeros: the result is the sum of theirs, each on a picture moved
//! by its place, and is added up before Aᵀ … A, too. Where a kernel has holes, the pixels that it sees together are tiles of a picture of
//! their own. Where it moves by more than one, every `stride`-th tap meets every `stride`-th pixel: these are a convolution that moves by
//! one, cut into squares of its own.

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
use seen::{Seen, Square};
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
    pub stride: [usize; 2],
    pub dilation: [usize; 2],
    /// Padding above and to the left.
    pub before: [usize; 2],
    /// Pixels to compute.
    pub rows: usize,
    pub columns: usize,
    /// Whether 2×2 of them become one.
    pub pool: bool,
    /// Where the filters' pixels go, if not each to a channel of its own.
    pub interleaving: Option<Interleaving>,
}

/// Filters that give pixels of one larger map: the first ones those at (0, 0) of every `stride`, the next ones those at (0, 1), and so on;
/// as many of each as there are channels, filled up to whole vectors.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Interleaving {
    pub stride: [usize; 2],
    /// Pixels above and to the left that are not kept.
    pub before: [usize; 2],
    pub height: usize,
    pub width: usize,
    pub channels: usize,
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
            stride: [1; 2],
            dilation: [1; 2],
            before: [g.border; 2],
            rows: g.rows(),
            columns: g.columns(),
            pool: g.pool,
            interleaving: None,
        }
    }
}

impl Shape {
    /// Whether this is the faster way: below some channels the transforms cost more than they save, and of small maps too much of the tiles
    /// lies outside.
    pub fn suits(&self) -> bool {
        let direct = product(&[self.rows, self.columns, product(&self.kernel)]);
        let is_common = self.kernel == [3, 3] && [self.stride, self.dilation] == [[1, 1]; 2];
        (is_common && self.is_possible()) || self.pays_against(direct)
    }

    /// Whether it takes less than half of so many multiplications a picture, a channel and a filter: the transforms cost about as much as
    /// the rest.
    pub fn pays_against(&self, direct: usize) -> bool {
        let by_tiles = product(&[Cut::new(self).cost_of(self), self.squares(), 2]);
        let direct = product(&[self.images, direct]);
        self.is_possible() && self.filters >= 8 && by_tiles < direct
    }

    /// Whether there are channels enough for a vector, and places within its matrices can be counted.
    fn is_possible(&self) -> bool {
        let filters = self.filters.saturating_add(64);
        let [weights, pictures] = [self.channels, self.images]
            .map(|count| product(&[36, self.squares(), filters, count]));
        self.channels >= 8 && weights < u32::MAX as usize && pictures < u32::MAX as usize
    }

    /// Where the kernel is cut in one direction: first tap and how many, three but at the end.
    fn cuts(&self, axis: usize) -> impl Iterator<Item = [usize; 2]> + Clone + use<> {
        let (size, stride) = (self.kernel[axis], self.stride[axis]);
        (0..stride.min(size)).flat_map(move |rest| {
            let taps = (size - rest).div_ceil(stride);
            (0..taps)
                .step_by(3)
                .map(move |first| [rest + first * stride, (taps - first).min(3)])
        })
    }

    /// The squares of 3×3 that the kernel is cut into.
    fn all_squares(&self) -> impl Iterator<Item = Square> + use<> {
        let wide = self.cuts(1);
        self.cuts(0).flat_map(move |[row, high]| {
            wide.clone().map(move |[column, wide]| Square {
                first: [row, column],
                taps: [high, wide],
            })
        })
    }

    /// How many there are.
    pub fn squares(&self) -> usize {
        product(&[0, 1].map(|axis| self.cuts(axis).count()))
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

    pub const fn input_length(&self) -> usize {
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

    /// The map that a filter's pixels belong to, which of a `stride` they are, and their channel.
    #[inline(always)]
    const fn place_of_filter(&self, filter: usize) -> (Interleaving, [usize; 2], usize) {
        if let Some(map) = self.interleaving {
            let [down, across] = map.stride;
            let filters = self.filters / (down * across);
            let (phase, channel) = (filter / filters, filter % filters);
            return (map, [phase / across, phase % across], channel);
        }
        let map = Interleaving {
            stride: [1, 1],
            before: [0, 0],
            height: self.rows,
            width: self.columns,
            channels: self.filters,
        };
        (map, [0, 0], filter)
    }

    const fn blocks(&self, lanes: usize) -> usize {
        self.filters.div_ceil(2 * lanes)
    }
}

/// A convolution forward: see [`pass::Forward`](super::pass::Forward).
pub struct Forward<'a> {
    pub shape: Shape,
    pub relu: bool,
    /// Whether sums over zeros alone are exactly zero (see [`empty`]). With `relu` or a pooling they always are.
    pub zeros_stay: bool,
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

/// Parts that the weights are laid out in.
pub fn parts(cut: Cut, g: &Shape, lanes: usize) -> usize {
    cut.parts().count() * g.blocks(lanes)
}

/// Numbers of all parts.
pub fn length(cut: Cut, g: &Shape, lanes: usize) -> usize {
    let parts = 0..parts(cut, g, lanes);
    parts.map(|part| place(cut, g, lanes, part).len()).sum()
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
    for (index, square) in g.all_squares().enumerate() {
        let out = &mut out[index * tiles.positions() * apart..];
        match (tiles.rows.size, tiles.columns.size) {
            (4, 4) => transforms::weights::<S, 6, 6>(simd, g, w, block, &square, out, apart),
            (4, _) => transforms::weights::<S, 6, 4>(simd, g, w, block, &square, out, apart),
            (_, 4) => transforms::weights::<S, 4, 6>(simd, g, w, block, &square, out, apart),
            _ => transforms::weights::<S, 4, 4>(simd, g, w, block, &square, out, apart),
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
    let looks = forward.zeros_stay || forward.relu || g.pool;
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
        let mut empty = [if looks { u32::MAX } else { 0 }; MOST_TILES];
        for from in blocks.clone().step_by(together) {
            let some = from..blocks.end.min(from + together);
            for (index, square) in g.all_squares().enumerate() {
                if from == blocks.start || squares > 1 {
                    for (row, tile) in range.clone().enumerate() {
                        let origin = g.pixel(part.place(tile));
                        let seen = Seen::new::<H, W>(&g, forward.x, origin, &square);
                        if looks {
                            empty[row] &= empty::empty::<H, W, M, N>(&seen, square.taps);
                        }
                        let row = &mut patches[row * channels..];
                        transforms::patch(simd, &seen, g.channels, &mut gathered, row, plane);
                    }
                }
                for (first, width) in blocks_of::<S>(g.filters, &some) {
                    let block = first / 2;
                    let matrix = apart(&g, S::F32_LANES, block);
                    let before = squares * block * apart(&g, S::F32_LANES, 0) + index * matrix;
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
                        let start = if index == 0 {
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
