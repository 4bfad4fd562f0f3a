//! The three transforms around the products: of weights, of patches, and back to pixels.
//!
//! `H` and `W` are the points of a tile in both directions, six for four pixels and four for two.
#![allow(unsafe_code)] // Bounds checks of every vector; each tile is checked once.

use super::super::simd::{load, load_part, reach, relu, store, store_part};
use super::super::tile::blocks_of;
use super::super::window::Window;
use super::cut::Part;
use super::filtering::{Inputs, Matrix, Outputs, Taps, in_both};
use super::{Forward, Shape};
use pulp::Simd;
use std::ops::Range;

/// `G g G'ᵀ` of every channel and a block of filters of a square of `w`, each position packed as a right matrix for
/// [`multiply`](super::super::tile::multiply), `apart` numbers from each other.
#[inline(always)]
pub fn weights<S: Simd, const H: usize, const W: usize>(
    simd: S,
    g: &Shape,
    w: &[f32],
    block: usize,
    square: usize,
    weights: &mut [f32],
    apart: usize,
) where
    Taps: Matrix<S, 3, H> + Matrix<S, 3, W>,
{
    let lanes = S::F32_LANES;
    let ([row, column], [high, wide]) = (g.first_tap(square), g.taps(square));
    for (first, width) in blocks_of::<S>(g.filters, &(block..block + 1)) {
        for channel in 0..g.channels {
            for v in 0..width {
                let filter = (first + v) * lanes;
                let used = lanes.min(g.filters - filter);
                let mut taps = [[simd.splat_f32s(0.0); 3]; 3];
                for j in 0..wide {
                    for i in 0..high {
                        let tap = (row + i) * g.kernel[1] + column + j;
                        let at = (tap * g.channels + channel) * g.filters + filter;
                        taps[j][i] = load_part(simd, &w[at..][..used]);
                    }
                }
                let transformed = in_both::<S, Taps, 3, 3, H, W>(simd, taps);
                let to = (channel * width + v) * lanes;
                store_apart(simd, transformed, &mut weights[to..], apart);
            }
        }
    }
}

/// `Bᵀ d B'` of the patch at the start of `pixels`, whose rows and columns are so many numbers apart, for every channel, into one row of
/// each of the matrices, `plane` numbers apart.
///
/// Reads and writes whole vectors: lanes beyond the channels hold whatever follows, and are not to be used.
#[inline(always)]
pub fn patch<S: Simd, const H: usize, const W: usize>(
    simd: S,
    pixels: &[f32],
    [down, across]: [usize; 2],
    channels: usize,
    row: &mut [f32],
    plane: usize,
) where
    Inputs: Matrix<S, H, H> + Matrix<S, W, W>,
{
    for channel in (0..channels).step_by(S::F32_LANES) {
        let columns = load_columns(simd, &pixels[channel..], down, across);
        let transformed = in_both::<S, Inputs, H, W, H, W>(simd, columns);
        store_apart(simd, transformed, &mut row[channel..], plane);
    }
}

/// The columns of a matrix of vectors, which lie `down` and `across` numbers from each other.
#[inline(always)]
pub fn load_columns<S: Simd, const H: usize, const W: usize>(
    simd: S,
    from: &[f32],
    down: usize,
    across: usize,
) -> [[S::f32s; H]; W] {
    let from = &from[..reach([(H - 1, down), (W - 1, across), (1, S::F32_LANES)])];
    let mut columns = [[simd.splat_f32s(0.0); H]; W];
    for j in 0..W {
        for i in 0..H {
            // SAFETY: the slice ends behind the last vector.
            columns[j][i] = unsafe { load(simd, from.as_ptr().add(i * down + j * across)) };
        }
    }
    columns
}

/// Row by row, each vector `apart` numbers behind the one before.
#[inline(always)]
pub fn store_apart<S: Simd, const H: usize, const W: usize>(
    simd: S,
    rows: [[S::f32s; W]; H],
    to: &mut [f32],
    apart: usize,
) {
    let to = &mut to[..reach([(H * W - 1, apart), (1, S::F32_LANES)])];
    for (position, vector) in rows.iter().flatten().enumerate() {
        // SAFETY: the slice ends behind the last vector.
        unsafe { store(simd, to.as_mut_ptr().add(position * apart), *vector) };
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
    for (row, index) in range.enumerate() {
        let place = g.pixel(part.place(index));
        for filter in products.filters.clone().step_by(S::F32_LANES) {
            let from = row * products.padded + filter - products.filters.start;
            let sums = load_columns(
                simd,
                &products.numbers[from..],
                W * products.apart,
                products.apart,
            );
            let mut pixels = in_both::<S, Outputs, H, W, M, N>(simd, sums);
            if products.empty[row] != 0 {
                clear(simd, &mut pixels, products.empty[row]);
            }
            if g.pool {
                write_windows(simd, forward, place, filter, pixels);
            } else {
                write_pixels(simd, forward, place, filter, pixels);
            }
        }
    }
}

/// Makes the `empty` pixels zero. What is not a number stays so.
#[inline(always)]
fn clear<S: Simd, const M: usize, const N: usize>(
    simd: S,
    pixels: &mut [[S::f32s; N]; M],
    empty: u32,
) {
    for (place, pixel) in pixels.iter_mut().flatten().enumerate() {
        if empty >> place & 1 == 1 {
            *pixel = simd.mul_f32s(*pixel, simd.splat_f32s(0.0));
        }
    }
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
    for i in 0..M / 2 {
        for j in 0..N / 2 {
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
        }
    }
}

/// Those pixels of a tile that are inside of the map.
#[inline(always)]
fn write_pixels<S: Simd, const M: usize, const N: usize>(
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
    let [down, across] = g.dilation;
    let high = rows.saturating_sub(y).div_ceil(down).min(M);
    let wide = columns.saturating_sub(x).div_ceil(across).min(N);
    if high == 0 || wide == 0 {
        return;
    }
    let first = ((image * rows + y) * columns + x) * g.filters + filter;
    let mut out = forward.out.reborrow(first);
    let (down, across) = (down * columns * g.filters, across * g.filters);
    assert!(
        reach([(high - 1, down), (wide - 1, across), (1, used)]) <= out.len(),
        "the tile lies in the output"
    );
    let out = out.as_mut_ptr();
    for i in 0..high {
        for j in 0..wide {
            let value = simd.add_f32s(pixels[i][j], bias);
            let value = if forward.relu {
                relu(simd, value)
            } else {
                value
            };
            // SAFETY: the tile's last pixel was asserted to be inside.
            unsafe {
                let out = out.add(i * down + j * across);
                if used == S::F32_LANES {
                    store(simd, out, value);
                } else {
                    store_part(simd, std::slice::from_raw_parts_mut(out, used), value);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use pulp::Scalar128b;

    /// The third row of a matrix would be back at its start.
    const APART: usize = usize::MAX / 2 + 1;

    #[test]
    #[should_panic(expected = "range end index")]
    fn a_matrix_whose_end_cannot_be_counted_is_not_read() {
        let _ = load_columns::<_, 3, 1>(Scalar128b, &[0.0; 16], APART, 4);
    }

    #[test]
    #[should_panic(expected = "range end index")]
    fn a_matrix_whose_end_cannot_be_counted_is_not_written() {
        store_apart(
            Scalar128b,
            [[Scalar128b.splat_f32s(0.0)]; 3],
            &mut [0.0; 16],
            APART,
        );
    }
}
