//! 3×3 convolution by Winograd's minimal filtering algorithm.
//!
//! A tile of the output, `d ∗ g` of a patch `d` and a 3×3 kernel `g`, is `Aᵀ [(G g Gᵀ) ⊙ (Bᵀ d B)] A` with the matrices of
//! [`filtering`]; the two directions need not take the same ones (Lavin and Gray, "Fast algorithms for convolutional neural networks",
//! CVPR 2016). The sum over channels can be taken before Aᵀ … A is applied: each position of ⊙ is then a matrix product
//! (tiles × channels)(channels × filters). [`cut`] says which tiles, [`transforms`] does what is around the products. A tile is made of
//! whole pooling windows. Patches are read where they lie; one that reaches over the border is copied, with zeros around.

pub mod cut;
mod empty;
mod filtering;
pub mod gradient;
mod transforms;

pub use cut::multiplications;

use super::geometry::Geometry;
use super::pass::Forward;
use super::pieces::Pieces;
use super::simd::{Buffer, vectors};
use super::tile::{ALL, Right, Rows, Start, Target, blocks_of, most_rows, multiply, shares};
use cut::{Cut, Part};
use filtering::{Inputs, Matrix, Outputs, Taps};
use pulp::Simd;
use std::ops::Range;
use transforms::Products;

/// Memory kept between calls.
#[derive(Default)]
pub struct Scratch {
    patch: Buffer,
    patches: Buffer,
    products: Buffer,
}

/// Whether this is the faster way: below some channels the transforms cost more than they save.
pub const fn suits(kernel: usize, channels: usize) -> bool {
    kernel == 3 && channels >= 8
}

/// Rows of all matrices together at a time, at most: more patches would leave the second cache.
const ROWS: usize = 1008;

/// Tiles at a time, at most; the smallest have four times four points.
const MOST_TILES: usize = ROWS / 16;

/// Numbers between two of the matrices beyond their length: at a power of two apart they would share lines of the first cache.
const APART: usize = 16;

/// Numbers between two positions' weights of a block of filters.
fn apart(g: &Geometry, lanes: usize, block: usize) -> usize {
    let padded = g.filters.next_multiple_of(lanes);
    g.channels * (padded - 2 * block * lanes).min(2 * lanes) + APART
}

/// Where the weights for one size of tile and one block of filters lie: size after size, block after block.
pub fn place(cut: Cut, g: &Geometry, lanes: usize, part: usize) -> Range<usize> {
    let blocks = g.blocks(lanes);
    let whole = (0..blocks)
        .map(|block| apart(g, lanes, block))
        .sum::<usize>();
    let (size, block) = (part / blocks, part % blocks);
    let mut start = 0;
    for (index, tiles) in cut.parts().enumerate() {
        if index == size {
            start += tiles.positions() * block * apart(g, lanes, 0);
            return start..start + tiles.positions() * apart(g, lanes, block);
        }
        start += tiles.positions() * whole;
    }
    start..start
}

/// Transforms the weights of one [`place`].
#[inline(always)]
pub fn lay_out<S: Simd>(simd: S, cut: Cut, g: &Geometry, w: &[f32], part: usize, out: &mut [f32]) {
    let blocks = g.blocks(S::F32_LANES);
    let block = part % blocks;
    let apart = apart(g, S::F32_LANES, block);
    let Some(tiles) = cut.parts().nth(part / blocks) else {
        return;
    };
    match (tiles.rows.size, tiles.columns.size) {
        (4, 4) => transforms::weights::<S, 6, 6>(simd, g, w, block, out, apart),
        (4, _) => transforms::weights::<S, 6, 4>(simd, g, w, block, out, apart),
        (_, 4) => transforms::weights::<S, 4, 6>(simd, g, w, block, out, apart),
        _ => transforms::weights::<S, 4, 4>(simd, g, w, block, out, apart),
    }
}

/// Computes on this thread.
#[inline(always)]
pub fn run<S: Simd>(simd: S, cut: Cut, mut forward: Forward<'_>, scratch: &mut Scratch) {
    let blocks = forward.geometry.blocks(S::F32_LANES);
    // Size after size, so that one's weights stay in the second cache.
    for (size, part) in cut.parts().enumerate() {
        let forward = &mut forward;
        let place = |block| place(cut, &forward.geometry, S::F32_LANES, size * blocks + block);
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
    let g = forward.geometry;
    let channels = vectors::<S>(g.channels) * S::F32_LANES;
    let total = g.images * part.tiles();
    // Whole register tiles.
    let most = ROWS / (H * W * most_rows::<S>()) * most_rows::<S>();
    for range in shares(total, most) {
        let plane = range.len() * channels + APART;
        let patches = scratch.patches.take(H * W * plane);
        let mut empty = [0; MOST_TILES];
        for (row, index) in range.clone().enumerate() {
            let (image, y, x) = part.place(index);
            let pictures = &forward.x[image * g.input_length()..];
            let (pixels, line) = if let Some(pixels) = inside::<S>(&g, pictures, (y, x), (H, W)) {
                (pixels, g.width * g.channels)
            } else {
                let patch = scratch.patch.zeroed(H * W * g.channels + S::F32_LANES);
                copy(&g, pictures, (y, x), patch, W);
                (&*patch, W * g.channels)
            };
            empty[row] = empty::empty::<H, W, M, N>(pixels, line, g.channels);
            let row = &mut patches[row * channels..];
            transforms::patch::<S, H, W>(simd, pixels, line, g.channels, row, plane);
        }
        // A block of filters at a time: with many, the products of all would leave the second cache.
        for (first, width) in blocks_of::<S>(g.filters, &forward.blocks) {
            let matrix = apart(&g, S::F32_LANES, first / 2);
            let weights = &weights[H * W * (first / 2) * apart(&g, S::F32_LANES, 0)..];
            let (start, padded) = (first * S::F32_LANES, width * S::F32_LANES);
            let plane_out = range.len() * padded + APART;
            let products = scratch.products.take(H * W * plane_out);
            for position in 0..H * W {
                let rows = Rows {
                    data: &patches[position * plane..],
                    row: channels,
                    segment: 0,
                    segments: 1,
                    length: g.channels,
                };
                let mut target = Target {
                    data: Pieces::new(&mut products[position * plane_out..]),
                    row: padded,
                    columns: padded,
                    blocks: ALL,
                    relu: false,
                };
                multiply(
                    simd,
                    rows,
                    range.len(),
                    Right::Packed(&weights[position * matrix..][..g.channels * padded]),
                    Start::Zero,
                    &mut target,
                );
            }
            let products = Products {
                numbers: products,
                apart: plane_out,
                filters: start..g.filters.min(start + padded),
                padded,
                empty: &empty,
            };
            transforms::pixels::<S, H, W, M, N>(simd, forward, part, range.clone(), &products);
        }
    }
}

/// The first picture from the first pixel of a patch on, if the patch of `size` is inside of it, and whole vectors can be read.
fn inside<'a, S: Simd>(
    g: &Geometry,
    pictures: &'a [f32],
    at: (usize, usize),
    size: (usize, usize),
) -> Option<&'a [f32]> {
    let top = at.0.checked_sub(g.border)?;
    let left = at.1.checked_sub(g.border)?;
    let pixel = |y: usize, x: usize| (y * g.width + x) * g.channels;
    let last = pixel(top + size.0 - 1, left + size.1 - 1);
    let end = last + vectors::<S>(g.channels) * S::F32_LANES;
    (top + size.0 <= g.height && left + size.1 <= g.width && end <= pictures.len())
        .then(|| &pictures[pixel(top, left)..])
}

/// Copies what the first picture has of a patch `width` wide.
fn copy(
    g: &Geometry,
    pictures: &[f32],
    (top, left): (usize, usize),
    patch: &mut [f32],
    width: usize,
) {
    let columns = left.max(g.border)..(left + width).min(g.border + g.width);
    for (y, line) in (top..).zip(patch.chunks_exact_mut(width * g.channels)) {
        if (g.border..g.border + g.height).contains(&y) {
            let from = (y - g.border) * g.width + columns.start - g.border;
            let length = columns.len() * g.channels;
            let to = (columns.start - left) * g.channels;
            line[to..][..length].copy_from_slice(&pictures[from * g.channels..][..length]);
        }
    }
}
