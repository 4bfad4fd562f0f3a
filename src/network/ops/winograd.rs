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
#![allow(unsafe_code)] // Bounds checks of every vector in the transforms; each patch and row is checked once.

use super::forward::Forward;
use super::geometry::Geometry;
use super::simd::{Buffer, load, load_part, relu, store, store_part, vectors};
use super::tile::{Right, Rows, Start, Target, blocks, multiply};
use super::window::Window;
use pulp::{Simd, WithSimd};
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
pub const fn suits(kernel: usize, channels: usize) -> bool {
    kernel == 3 && channels >= 8
}

/// Tiles at a time, at most: four register tiles of rows, for each pass over the weights; more would leave the second cache.
const TILES: usize = 56;

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
    simd.vectorize(TransformWeights {
        g,
        w: forward.w,
        weights: &mut *weights,
    });
    // Patches are cut from pictures where they lie if none reaches over the border and channels are whole vectors.
    let copy = g.border > 0 || tiles.picture != (g.height, g.width) || tiles.channels > g.channels;
    let picture = scratch.picture.zeroed(if copy {
        tiles.picture.0 * tiles.picture.1 * tiles.channels
    } else {
        0
    });
    let total = g.images * tiles.rows * tiles.columns;
    let chunks = total.div_ceil(TILES);
    let mut copied = None;
    for chunk in 0..chunks {
        let range = total * chunk / chunks..total * (chunk + 1) / chunks;
        let plane = range.len() * tiles.channels + APART;
        let patches = scratch.patches.take(16 * plane);
        for (row, index) in range.clone().enumerate() {
            let (image, y, x) = tiles.place(index);
            let mut from = &forward.x[image * g.input_length()..][..g.input_length()];
            if copy {
                if copied != Some(image) {
                    g.embed(from, tiles.picture.1, tiles.channels, picture);
                    copied = Some(image);
                }
                from = picture;
            }
            let corner = 2 * (y * tiles.picture.1 + x) * tiles.channels;
            transform_patch(
                simd,
                &tiles,
                &from[corner..],
                &mut patches[row * tiles.channels..],
                plane,
            );
        }
        // A block of filters at a time: with many, the products of all would leave the second cache.
        for (first, width) in blocks::<S>(g.filters) {
            let filters = width * S::F32_LANES;
            let product = range.len() * filters + APART;
            let products = scratch.products.take(16 * product);
            for position in 0..16 {
                let rows = Rows {
                    data: &patches[position * plane..],
                    row: tiles.channels,
                    segment: 0,
                    segments: 1,
                    length: g.channels,
                };
                let from = (position * tiles.filters + first * S::F32_LANES) * g.channels;
                multiply(
                    simd,
                    rows,
                    range.len(),
                    Right::Packed(&weights[from..][..g.channels * filters]),
                    Start::Zero,
                    &mut Target {
                        data: &mut products[position * product..],
                        row: filters,
                        columns: filters,
                        relu: false,
                    },
                );
            }
            let block = Products {
                numbers: products,
                apart: product,
                filters: first * S::F32_LANES..g.filters.min((first + width) * S::F32_LANES),
                padded: filters,
            };
            transform_products(simd, &mut forward, &tiles, range.clone(), &block);
        }
    }
}

/// `F m Fᵀ` of a square matrix given by its columns, where `f` is `F` times a vector.
#[inline(always)]
fn along_both<T: Copy, const M: usize, const N: usize>(
    column: impl Fn(usize) -> [T; M],
    f: impl Fn([T; M]) -> [T; N],
) -> [[T; N]; N] {
    // Loops, as `array::from_fn` goes by way of memory.
    let mut columns = [f(column(0)); M];
    for j in 1..M {
        columns[j] = f(column(j));
    }
    let mut rows = [columns[0]; N];
    for i in 0..N {
        let mut row = [columns[0][i]; M];
        for j in 1..M {
            row[j] = columns[j][i];
        }
        rows[i] = f(row);
    }
    rows
}

/// `G g Gᵀ` of every channel and filter, each of the sixteen positions packed as a right matrix for [`multiply`].
struct TransformWeights<'a> {
    g: Geometry,
    w: &'a [f32],
    weights: &'a mut [f32],
}

impl WithSimd for TransformWeights<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        let Self { g, w, weights } = self;
        let lanes = S::F32_LANES;
        let half = simd.splat_f32s(0.5);
        let length = weights.len() / 16;
        for (first, width) in blocks::<S>(g.filters) {
            for channel in 0..g.channels {
                for v in 0..width {
                    let column = (first + v) * lanes;
                    let used = lanes.min(g.filters - column);
                    let tap = |i: usize, j: usize| {
                        let at = ((3 * i + j) * g.channels + channel) * g.filters + column;
                        load_part(simd, &w[at..][..used])
                    };
                    let taps = |j| [tap(0, j), tap(1, j), tap(2, j)];
                    let transformed: [[S::f32s; 4]; 4] = along_both(taps, |[a, b, c]| {
                        let sum = simd.mul_f32s(half, simd.add_f32s(a, c));
                        let b = simd.mul_f32s(half, b);
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
    let line = tiles.picture.1 * tiles.channels;
    for channel in (0..tiles.channels).step_by(S::F32_LANES) {
        let picture = &picture[channel..][..3 * line + 3 * tiles.channels + S::F32_LANES];
        let row = &mut row[channel..][..15 * plane + S::F32_LANES];
        // SAFETY: the slice ends behind the patch's last vector.
        let pixel = |i: usize, j: usize| unsafe {
            load(simd, picture.as_ptr().add(i * line + j * tiles.channels))
        };
        let pixels = |j| [pixel(0, j), pixel(1, j), pixel(2, j), pixel(3, j)];
        let transformed: [[S::f32s; 4]; 4] = along_both(pixels, |[a, b, c, d]| {
            [
                simd.sub_f32s(a, c),
                simd.add_f32s(b, c),
                simd.sub_f32s(c, b),
                simd.sub_f32s(b, d),
            ]
        });
        for (position, value) in transformed.iter().flatten().enumerate() {
            // SAFETY: the slice ends behind the sixteenth vector.
            unsafe { store(simd, row.as_mut_ptr().add(position * plane), *value) };
        }
    }
}

/// What a few tiles and filters give: sixteen matrices `(tiles, padded)`, `apart` numbers from each other.
struct Products<'a> {
    numbers: &'a [f32],
    apart: usize,
    filters: Range<usize>,
    padded: usize,
}

/// `Aᵀ m A` of tiles `range`, bias, `ReLU` and, where asked for, pooling.
#[inline(always)]
fn transform_products<S: Simd>(
    simd: S,
    forward: &mut Forward<'_>,
    tiles: &Tiles,
    range: Range<usize>,
    products: &Products<'_>,
) {
    let g = forward.geometry;
    let (rows, columns) = g.output();
    for (row, index) in range.clone().enumerate() {
        for channel in products.filters.clone().step_by(S::F32_LANES) {
            let used = S::F32_LANES.min(g.filters - channel);
            let bias = load_part(simd, &forward.b[channel..][..used]);
            let from = row * products.padded + channel - products.filters.start;
            let numbers = &products.numbers[from..][..15 * products.apart + S::F32_LANES];
            // SAFETY: the slice ends behind the sixteenth vector.
            let sum = |i: usize, j: usize| unsafe {
                load(simd, numbers.as_ptr().add((4 * i + j) * products.apart))
            };
            let sums = |j| [sum(0, j), sum(1, j), sum(2, j), sum(3, j)];
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
            let (image, y, x) = tiles.place(index);
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
