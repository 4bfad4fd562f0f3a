//! The three transforms around the products: of weights, of patches, and back to pixels.
//!
//! `H` and `W` are the points of a tile in both directions, six for four pixels and four for two.
#![allow(unsafe_code)] // Bounds checks of every vector; each tile is checked once.

use super::super::simd::{load_part, reach, relu, store, store_part};
use super::super::tile::blocks_of;
use super::super::window::Window;
use super::both::{Apart, ApartMut, each, in_both};
use super::cut::Part;
use super::filtering::{Inputs, Matrix, Outputs, Taps};
use super::seen::{Seen, Square, inside};
use super::{Forward, Interleaving, Shape};
use pulp::{Simd, bytemuck};
use std::ops::Range;

/// `G g G'ᵀ` of every channel and a block of filters of a square of `w`, each position packed as a right matrix for
/// [`multiply`](super::super::tile::multiply), `apart` numbers from each other.
#[inline(always)]
pub fn weights<S: Simd, const H: usize, const W: usize>(
    simd: S,
    g: &Shape,
    w: &[f32],
    block: usize,
    square: &Square,
    weights: &mut [f32],
    apart: usize,
) where
    Taps: Matrix<S, 3, H> + Matrix<S, 3, W>,
{
    let lanes = S::F32_LANES;
    let ([row, column], [high, wide]) = (square.first, square.taps);
    let [down, across] = g.stride;
    for (first, width) in blocks_of::<S>(g.filters, &(block..block + 1)) {
        for channel in 0..g.channels {
            for v in 0..width {
                let filter = (first + v) * lanes;
                let used = lanes.min(g.filters - filter);
                let mut taps = [[simd.splat_f32s(0.0); 3]; 3];
                for j in 0..wide {
                    for i in 0..high {
                        let tap = (row + i * down) * g.kernel[1] + column + j * across;
                        let at = (tap * g.channels + channel) * g.filters + filter;
                        taps[j][i] = load_part(simd, &w[at..][..used]);
                    }
                }
                let to = &mut weights[(channel * width + v) * lanes..];
                let mut to = ApartMut::<_, H, W>::new(simd, to, apart);
                in_both::<S, Taps, 3, 3, H, W>(simd, &taps, &mut to);
            }
        }
    }
}

/// `Bᵀ d B'` of a patch, for every channel, into one row of each of the matrices, `plane` numbers apart. What lies over the border is
/// gathered in `gathered`, which holds anything.
///
/// Writes whole vectors: lanes beyond the channels hold anything, and are not to be used.
#[inline(always)]
pub fn patch<S: Simd, const H: usize, const W: usize>(
    simd: S,
    seen: &Seen<'_>,
    channels: usize,
    gathered: &mut [[S::f32s; W]; H],
    row: &mut [f32],
    plane: usize,
) where
    Inputs: Matrix<S, H, H> + Matrix<S, W, W>,
{
    for channel in (0..channels).step_by(S::F32_LANES) {
        let (pixels, [down, across]) = if let Some(whole) = seen.whole::<S, H, W>(simd, channel) {
            whole
        } else {
            seen.gather(simd, channel, gathered);
            let numbers = bytemuck::cast_slice(gathered.as_flattened());
            (numbers, [W * S::F32_LANES, S::F32_LANES])
        };
        let from = Apart::<_, H, W>::new(simd, pixels, down, across);
        let mut to = ApartMut::<_, H, W>::new(simd, &mut row[channel..], plane);
        in_both::<S, Inputs, H, W, H, W>(simd, &from, &mut to);
    }
}

/// What a few tiles and filters give: matrices `(tiles, padded)`, `apart` numbers from each other.
pub struct Products<'a> {
    pub numbers: &'a [f32],
    pub apart: usize,
    pub filters: Range<usize>,
    pub padded: usize,
    /// By tile, its pixels that are [empty](super::empty).
    pub empty: &'a [u32],
}

/// `Aᵀ m A'` of the tiles `range` of `part`, bias, `ReLU` and, where asked for, pooling.
#[inline(always)]
pub fn pixels<S: Simd, const H: usize, const W: usize, const M: usize, const N: usize>(
    simd: S,
    forward: &mut Forward<'_>,
    part: &Part,
    range: Range<usize>,
    products: &Products<'_>,
) where
    Outputs: Matrix<S, H, M> + Matrix<S, W, N>,
{
    let g = forward.shape;
    let first = products.filters.start;
    let places = [0, 1].map(|vector| g.place_of_filter(first + vector * S::F32_LANES));
    for (row, index) in range.enumerate() {
        let place = g.pixel(part.place(index));
        let filters = products.filters.clone().step_by(S::F32_LANES);
        for (filter, to) in filters.zip(places) {
            let from = row * products.padded + filter - products.filters.start;
            let sums = &products.numbers[from..];
            let sums = Apart::<_, H, W>::new(simd, sums, W * products.apart, products.apart);
            let mut pixels = [[simd.splat_f32s(0.0); N]; M];
            in_both::<S, Outputs, H, W, M, N>(simd, &sums, &mut pixels);
            if products.empty[row] != 0 {
                clear(simd, &mut pixels, products.empty[row]);
            }
            if g.pool {
                write_windows(simd, forward, place, filter, pixels);
            } else {
                write_pixels(simd, forward, place, filter, to, pixels);
            }
        }
    }
}

/// Makes the `empty` pixels zero. What is not a number stays so. Loops over pixels are written out, as those over all matrices are:
/// see [`both`](super::both).
#[inline(always)]
fn clear<S: Simd, const M: usize, const N: usize>(
    simd: S,
    pixels: &mut [[S::f32s; N]; M],
    empty: u32,
) {
    each!(i < M, {
        each!(j < N, {
            if empty >> (N * i + j) & 1 == 1 {
                pixels[i][j] = simd.mul_f32s(pixels[i][j], simd.splat_f32s(0.0));
            }
        });
    });
}

#[inline(always)]
fn bias<S: Simd>(simd: S, forward: &Forward<'_>, filter: usize, used: usize) -> S::f32s {
    match forward.bias {
        Some(bias) => load_part(simd, &bias[filter..][..used]),
        None => simd.splat_f32s(0.0),
    }
}

/// The windows of a tile at `(image, row, column)`, a vector of filters from `filter` on.
#[inline(always)]
fn write_windows<S: Simd, const M: usize, const N: usize>(
    simd: S,
    forward: &mut Forward<'_>,
    (image, y, x): (usize, usize, usize),
    filter: usize,
    pixels: [[S::f32s; N]; M],
) {
    let g = forward.shape;
    let used = S::F32_LANES.min(g.filters - filter);
    let bias = bias(simd, forward, filter, used);
    let (rows, columns) = g.output();
    each!(i < M / 2, {
        each!(j < N / 2, {
            let at = ((image * rows + y / 2 + i) * columns + x / 2 + j) * g.filters + filter;
            let window = Window {
                out: forward.out.piece(at, used),
                // A closure would be a function of its own, outside of the vector unit.
                codes: match &mut forward.codes {
                    Some(codes) => Some(codes.piece(at, used)),
                    None => None,
                },
            };
            let ([upper, lower], left) = ([pixels[2 * i], pixels[2 * i + 1]], 2 * j);
            let values = [upper[left], upper[left + 1], lower[left], lower[left + 1]];
            window.write(simd, values, bias);
        });
    });
}

/// Those pixels of a tile that are inside of the map.
#[inline(always)]
fn write_pixels<S: Simd, const M: usize, const N: usize>(
    simd: S,
    forward: &mut Forward<'_>,
    (image, y, x): (usize, usize, usize),
    filter: usize,
    (map, [rest_y, rest_x], channel): (Interleaving, [usize; 2], usize),
    pixels: [[S::f32s; N]; M],
) {
    let g = forward.shape;
    let used = S::F32_LANES.min(map.channels - channel);
    let bias = bias(simd, forward, filter, used);
    let [down, across] = [0, 1].map(|axis| g.dilation[axis] * map.stride[axis]);
    let ([top, left], [stride_y, stride_x]) = (map.before, map.stride);
    let (rows, y) = inside(y * stride_y + rest_y, down, M, top, map.height);
    let (columns, x) = inside(x * stride_x + rest_x, across, N, left, map.width);
    let (high, wide) = (rows.len(), columns.len());
    if high == 0 || wide == 0 {
        return;
    }
    let first = ((image * map.height + y) * map.width + x) * map.channels + channel;
    let mut out = forward.out.reborrow(first);
    let (down, across) = (down * map.width * map.channels, across * map.channels);
    assert!(
        reach([(high - 1, down), (wide - 1, across), (1, used)]) <= out.len(),
        "the tile lies in the output"
    );
    let out = out.as_mut_ptr();
    each!(i < M, {
        each!(j < N, {
            if rows.contains(&i) && columns.contains(&j) {
                let value = simd.add_f32s(pixels[i][j], bias);
                let value = if forward.relu {
                    relu(simd, value)
                } else {
                    value
                };
                // SAFETY: the tile's last pixel was asserted to be inside.
                unsafe {
                    let out = out.add((i - rows.start) * down + (j - columns.start) * across);
                    if used == S::F32_LANES {
                        store(simd, out, value);
                    } else {
                        store_part(simd, std::slice::from_raw_parts_mut(out, used), value);
                    }
                }
            }
        });
    });
}
