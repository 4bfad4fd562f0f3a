//! 3×3 convolution by Winograd's minimal filtering algorithm F(2×2, 3×3).
//!
//! A 2×2 tile of the output, `d ∗ g` of a 4×4 patch `d` and a 3×3 kernel `g`, is `Aᵀ [(G g Gᵀ) ⊙ (Bᵀ d B)] A` with
//!
//! ```text
//!      1  0 −1  0          1   0   0
//! Bᵀ = 0  1  1  0     G =  ½   ½   ½     Aᵀ = 1  1  1  0
//!      0 −1  1  0          ½  −½   ½          0  1 −1 −1
//!      0  1  0 −1          0   0   1
//! ```
//!
//! (Lavin and Gray, "Fast algorithms for convolutional neural networks", CVPR 2016, section 4.1.) The sum over channels can be taken
//! before Aᵀ … A is applied: each of the sixteen positions of ⊙ is then a matrix product (tiles × channels)(channels × filters), for
//! 16 multiplications a tile where the direct way needs 36. A tile of the output is one pooling window.

use super::forward::Forward;
use super::geometry::Geometry;
use super::simd::{Buffer, load_part, relu, store_part, vectors};
use super::tile::{Right, Rows, Start, Target, blocks, multiply};
use super::window::Window;
use pulp::Simd;
use std::array::from_fn;
use std::ops::Range;

/// Memory kept between calls.
#[derive(Default)]
pub struct Scratch {
    picture: Buffer,
    weights: Buffer,
    patches: Buffer,
    products: Buffer,
}

/// Whether this is the faster way: below some channels the transforms cost more than they save.
pub fn suits(g: &Geometry) -> bool {
    g.kernel == 3 && g.channels >= 8
}

/// Numbers between two of the sixteen matrices beyond their length: at a power of two apart they would share lines of the first cache.
const APART: usize = 16;

/// The tiles of a batch, and how they are laid out in memory.
struct Tiles {
    rows: usize,
    columns: usize,
    /// Of the picture that patches are cut from: with its border, and what a tile beyond an odd last row reaches.
    picture: (usize, usize),
    /// Channels and filters, padded to whole vectors.
    channels: usize,
    filters: usize,
}

impl Tiles {
    fn new<S: Simd>(g: &Geometry) -> Self {
        let padded = |count| vectors::<S>(count) * S::F32_LANES;
        let (rows, columns) = (g.rows().div_ceil(2), g.columns().div_ceil(2));
        Self {
            rows,
            columns,
            picture: (
                g.padded_height().max(2 * rows + 2),
                g.padded_width().max(2 * columns + 2),
            ),
            channels: padded(g.channels),
            filters: padded(g.filters),
        }
    }

    /// Image, row and column of tile `index`.
    fn place(&self, index: usize) -> (usize, usize, usize) {
        let (row, column) = (index / self.columns, index % self.columns);
        (row / self.rows, row % self.rows, column)
    }
}

/// Computes on this thread.
#[inline(always)]
pub fn run<S: Simd>(simd: S, mut forward: Forward<'_>, scratch: &mut Scratch) {
    let g = forward.geometry;
    let tiles = Tiles::new::<S>(&g);
    let weights = scratch.weights.take(16 * g.channels * tiles.filters);
    transform_weights(simd, &g, forward.w, weights);
    let picture = scratch
        .picture
        .zeroed(tiles.picture.0 * tiles.picture.1 * tiles.channels);
    let total = g.images * tiles.rows * tiles.columns;
    // As many tiles as leave both sides of the products in the second cache, in equal shares.
    let most = (8192 / (tiles.channels + tiles.filters)).max(14) / 14 * 14;
    let chunks = total.div_ceil(most);
    let mut copied = None;
    for chunk in 0..chunks {
        let range = total * chunk / chunks..total * (chunk + 1) / chunks;
        let plane = range.len() * tiles.channels + APART;
        let patches = scratch.patches.take(16 * plane);
        for (row, index) in range.clone().enumerate() {
            let (image, y, x) = tiles.place(index);
            if copied != Some(image) {
                let from = &forward.x[image * g.input_length()..][..g.input_length()];
                g.embed(from, tiles.picture.1, tiles.channels, picture);
                copied = Some(image);
            }
            let corner = 2 * (y * tiles.picture.1 + x) * tiles.channels;
            transform_patch(
                simd,
                &tiles,
                &picture[corner..],
                &mut patches[row * tiles.channels..],
                plane,
            );
        }
        let product = range.len() * tiles.filters + APART;
        let products = scratch.products.take(16 * product);
        for position in 0..16 {
            let rows = Rows {
                data: &patches[position * plane..],
                row: tiles.channels,
                segment: 0,
                segments: 1,
                length: g.channels,
            };
            let length = g.channels * tiles.filters;
            multiply(
                simd,
                rows,
                range.len(),
                Right::Packed(&weights[position * length..][..length]),
                Start::Zero,
                &mut Target {
                    data: &mut products[position * product..],
                    row: tiles.filters,
                    columns: tiles.filters,
                    relu: false,
                },
            );
        }
        transform_products(simd, &mut forward, &tiles, range, products, product);
    }
}

/// `f` along the columns of a square matrix, then along the rows: `F m Fᵀ`.
#[inline(always)]
fn along_both<T: Copy, const M: usize, const N: usize>(
    matrix: [[T; M]; M],
    f: impl Fn([T; M]) -> [T; N],
) -> [[T; N]; N] {
    let columns: [[T; N]; M] = from_fn(|j| f(from_fn(|i| matrix[i][j])));
    from_fn(|i| f(from_fn(|j| columns[j][i])))
}

/// `G g Gᵀ` of every channel and filter, each of the sixteen positions packed as a right matrix for [`multiply`].
#[inline(always)]
fn transform_weights<S: Simd>(simd: S, g: &Geometry, w: &[f32], weights: &mut [f32]) {
    let lanes = S::F32_LANES;
    let half = simd.splat_f32s(0.5);
    let length = weights.len() / 16;
    for (first, width) in blocks::<S>(g.filters) {
        for channel in 0..g.channels {
            for v in 0..width {
                let column = (first + v) * lanes;
                let used = lanes.min(g.filters - column);
                let kernel = from_fn(|i| {
                    from_fn(|j| {
                        let at = ((3 * i + j) * g.channels + channel) * g.filters + column;
                        load_part(simd, &w[at..][..used])
                    })
                });
                let transformed: [[S::f32s; 4]; 4] = along_both(kernel, |[a, b, c]| {
                    let (sum, b) = (
                        simd.mul_f32s(half, simd.add_f32s(a, c)),
                        simd.mul_f32s(half, b),
                    );
                    [a, simd.add_f32s(sum, b), simd.sub_f32s(sum, b), c]
                });
                let to = (first * g.channels + channel * width + v) * lanes;
                for (position, value) in transformed.iter().flatten().enumerate() {
                    store_part(
                        simd,
                        &mut weights[position * length + to..][..lanes],
                        *value,
                    );
                }
            }
        }
    }
}

/// `Bᵀ d B` of the patch at the start of `picture`, for every channel, into one row of each of the sixteen matrices.
#[inline(always)]
fn transform_patch<S: Simd>(
    simd: S,
    tiles: &Tiles,
    picture: &[f32],
    row: &mut [f32],
    plane: usize,
) {
    for channel in (0..tiles.channels).step_by(S::F32_LANES) {
        let patch = from_fn(|i| {
            from_fn(|j| {
                let at = (i * tiles.picture.1 + j) * tiles.channels + channel;
                load_part(simd, &picture[at..])
            })
        });
        let transformed: [[S::f32s; 4]; 4] = along_both(patch, |[a, b, c, d]| {
            [
                simd.sub_f32s(a, c),
                simd.add_f32s(b, c),
                simd.sub_f32s(c, b),
                simd.sub_f32s(b, d),
            ]
        });
        for (position, value) in transformed.iter().flatten().enumerate() {
            store_part(simd, &mut row[position * plane + channel..], *value);
        }
    }
}

/// `Aᵀ m A` of tiles `range`, bias, `ReLU` and, where asked for, pooling.
#[inline(always)]
fn transform_products<S: Simd>(
    simd: S,
    forward: &mut Forward<'_>,
    tiles: &Tiles,
    range: Range<usize>,
    products: &[f32],
    product: usize,
) {
    let g = forward.geometry;
    let (rows, columns) = g.output();
    for (row, index) in range.enumerate() {
        let (image, y, x) = tiles.place(index);
        for channel in (0..g.filters).step_by(S::F32_LANES) {
            let used = S::F32_LANES.min(g.filters - channel);
            let bias = load_part(simd, &forward.b[channel..][..used]);
            let sums = from_fn(|i| {
                from_fn(|j| {
                    let at = (4 * i + j) * product + row * tiles.filters + channel;
                    load_part(simd, &products[at..])
                })
            });
            let [[a, b], [c, d]] = along_both(sums, |[a, b, c, d]| {
                [
                    simd.add_f32s(a, simd.add_f32s(b, c)),
                    simd.sub_f32s(simd.sub_f32s(b, c), d),
                ]
            });
            if g.pool {
                let at = index * g.filters + channel;
                let window = Window {
                    out: &mut forward.out[at..][..used],
                    codes: forward
                        .codes
                        .as_deref_mut()
                        .map(|codes| &mut codes[at..][..used]),
                };
                window.write(simd, [a, b, c, d], bias);
                continue;
            }
            for (i, line) in [[a, b], [c, d]].into_iter().enumerate() {
                for (j, value) in line.into_iter().enumerate() {
                    let (y, x) = (2 * y + i, 2 * x + j);
                    if y < rows && x < columns {
                        let at = ((image * rows + y) * columns + x) * g.filters + channel;
                        let value = simd.add_f32s(value, bias);
                        let value = if forward.relu {
                            relu(simd, value)
                        } else {
                            value
                        };
                        store_part(simd, &mut forward.out[at..][..used], value);
                    }
                }
            }
        }
    }
}
