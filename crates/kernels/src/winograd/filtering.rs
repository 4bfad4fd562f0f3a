//! Minimal filtering in one direction: `m` outputs of three taps from `m + 2` inputs with `m + 2` multiplications instead of `3m`.
//!
//! With `d` the inputs and `g` the taps, the outputs are `Aᵀ [(G g) ⊙ (Bᵀ d)]` (Winograd, "Arithmetic complexity of computations",
//! 1980). The matrices follow from `m + 1` points at which polynomials are evaluated, and one at infinity. For two outputs these are
//! 0, 1 and −1 (Lavin and Gray, "Fast algorithms for convolutional neural networks", CVPR 2016, section 4.1):
//!
//! ```text
//!      1  0 −1  0          1   0   0
//! Bᵀ = 0  1  1  0     G =  ½   ½   ½     Aᵀ = 1  1  1  0
//!      0 −1  1  0          ½  −½   ½          0  1 −1 −1
//!      0  1  0 −1          0   0   1
//! ```
//!
//! For four outputs they are 0, ±a, ±b, here with `ab = 1` and `s = a² + b²`:
//!
//! ```text
//!      1   0  −s   0  1  0          1     0     0
//!      0  −b −b²   a  1  0          1     a    a²   · 1 / 2a²(a² − b²)         1  1  1  1  1  0
//! Bᵀ = 0   b −b²  −a  1  0     G =  1    −a    a²   · 1 / 2a²(a² − b²)   Aᵀ =  0  a −a  b −b  0
//!      0  −a −a²   b  1  0          1     b    b²   · 1 / 2b²(b² − a²)         0 a² a² b² b²  0
//!      0   a −a²  −b  1  0          1    −b    b²   · 1 / 2b²(b² − a²)         0 a³−a³ b³−b³  1
//!      0   1   0  −s  0  1          0     0     1
//! ```
//!
//! Lavin and Gray take `a = 1`, `b = 2`, which multiplies the rounding error of a sum by five. Points nearer to one another's inverses
//! lose less (Barabasz, Anderson, Soodhalter and Gregg, "Error analysis and improving the accuracy of Winograd convolution", 2020):
//! of a grid of symmetric ones, ⅔ and 1½ lost least, the root mean square error of 64 channels in both directions being 2.2 times
//! that of summing term by term.

use super::super::simd;
use pulp::Simd;

/// One of the matrices, of `N` rows and `M` columns.
pub trait Matrix<S: Simd, const M: usize, const N: usize> {
    /// The matrix times a vector.
    fn times(simd: S, vector: [S::f32s; M]) -> [S::f32s; N];
}

/// `G`: three taps at every point.
pub struct Taps;

/// `Bᵀ`: as many inputs as points at every point.
pub struct Inputs;

/// `Aᵀ`: the outputs of the products at every point.
pub struct Outputs;

/// `A`: the gradients of the outputs at every point.
pub struct Gradients;

/// `Gᵀ`: the gradients of the taps, from those at every point.
pub struct TapGradients;

impl<S: Simd> Matrix<S, 3, 4> for Taps {
    #[inline(always)]
    fn times(simd: S, [a, b, c]: [S::f32s; 3]) -> [S::f32s; 4] {
        let half = simd.splat_f32s(0.5);
        let even = simd.mul_f32s(half, simd.add_f32s(a, c));
        let odd = simd.mul_f32s(half, b);
        [a, simd.add_f32s(even, odd), simd.sub_f32s(even, odd), c]
    }
}

impl<S: Simd> Matrix<S, 4, 4> for Inputs {
    #[inline(always)]
    fn times(simd: S, [a, b, c, d]: [S::f32s; 4]) -> [S::f32s; 4] {
        [
            simd.sub_f32s(a, c),
            simd.add_f32s(b, c),
            simd.sub_f32s(c, b),
            simd.sub_f32s(b, d),
        ]
    }
}

impl<S: Simd> Matrix<S, 4, 2> for Outputs {
    #[inline(always)]
    fn times(simd: S, [a, b, c, d]: [S::f32s; 4]) -> [S::f32s; 2] {
        [
            simd.add_f32s(a, simd.add_f32s(b, c)),
            simd.sub_f32s(simd.sub_f32s(b, c), d),
        ]
    }
}

/// The points ±a and ±b of four outputs; their product is one.
const A: f32 = 2.0 / 3.0;
const B: f32 = 1.5;

impl<S: Simd> Matrix<S, 3, 6> for Taps {
    #[inline(always)]
    fn times(simd: S, [a, b, c]: [S::f32s; 3]) -> [S::f32s; 6] {
        let [plus_a, minus_a] = taps_at(simd, A, B, [a, b, c]);
        let [plus_b, minus_b] = taps_at(simd, B, A, [a, b, c]);
        [a, plus_a, minus_a, plus_b, minus_b, c]
    }
}

impl<S: Simd> Matrix<S, 6, 6> for Inputs {
    #[inline(always)]
    fn times(simd: S, [a, b, c, d, e, f]: [S::f32s; 6]) -> [S::f32s; 6] {
        let squares = A * A + B * B;
        let [plus_a, minus_a] = inputs_at(simd, A, B, [b, c, d, e]);
        let [plus_b, minus_b] = inputs_at(simd, B, A, [b, c, d, e]);
        [
            mul_add(simd, -squares, c, simd.add_f32s(a, e)),
            plus_a,
            minus_a,
            plus_b,
            minus_b,
            mul_add(simd, -squares, d, simd.add_f32s(b, f)),
        ]
    }
}

impl<S: Simd> Matrix<S, 6, 4> for Outputs {
    #[inline(always)]
    fn times(simd: S, products: [S::f32s; 6]) -> [S::f32s; 4] {
        let [zero, inner @ .., infinity] = products;
        let (even, odd) = even_and_odd(simd, inner);
        [
            simd.add_f32s(zero, simd.add_f32s(even[0], even[1])),
            weighted(simd, [A, B], odd),
            weighted(simd, [A * A, B * B], even),
            simd.add_f32s(infinity, weighted(simd, [A * A * A, B * B * B], odd)),
        ]
    }
}

impl<S: Simd> Matrix<S, 4, 6> for Gradients {
    #[inline(always)]
    fn times(simd: S, [a, b, c, d]: [S::f32s; 4]) -> [S::f32s; 6] {
        let [plus_a, minus_a] = gradients_at(simd, A, [a, b, c, d]);
        let [plus_b, minus_b] = gradients_at(simd, B, [a, b, c, d]);
        [a, plus_a, minus_a, plus_b, minus_b, d]
    }
}

impl<S: Simd> Matrix<S, 6, 3> for TapGradients {
    #[inline(always)]
    fn times(simd: S, points: [S::f32s; 6]) -> [S::f32s; 3] {
        let [zero, inner @ .., infinity] = points;
        let (even, odd) = even_and_odd(simd, inner);
        let scales = [scale(A, B), scale(B, A)];
        [
            simd.add_f32s(zero, weighted(simd, scales, even)),
            weighted(simd, [scales[0] * A, scales[1] * B], odd),
            simd.add_f32s(
                infinity,
                weighted(simd, [scales[0] * A * A, scales[1] * B * B], even),
            ),
        ]
    }
}

/// What `G` multiplies the taps at a point by, where `other` is the other one.
const fn scale(point: f32, other: f32) -> f32 {
    let square = point * point;
    0.5 / (square * (square - other * other))
}

/// Sums and differences of the values at ±a and at ±b.
#[inline(always)]
fn even_and_odd<S: Simd>(
    simd: S,
    [plus_a, minus_a, plus_b, minus_b]: [S::f32s; 4],
) -> ([S::f32s; 2], [S::f32s; 2]) {
    let even = [
        simd.add_f32s(plus_a, minus_a),
        simd.add_f32s(plus_b, minus_b),
    ];
    let odd = [
        simd.sub_f32s(plus_a, minus_a),
        simd.sub_f32s(plus_b, minus_b),
    ];
    (even, odd)
}

/// The gradients at ±`point`: what is even in the point plus and minus what is odd.
#[inline(always)]
fn gradients_at<S: Simd>(simd: S, point: f32, [a, b, c, d]: [S::f32s; 4]) -> [S::f32s; 2] {
    let square = point * point;
    let even = mul_add(simd, square, c, a);
    let odd = weighted(simd, [point, point * square], [b, d]);
    [simd.add_f32s(even, odd), simd.sub_f32s(even, odd)]
}

/// The taps at ±`point`: what is even in the point plus and minus what is odd.
#[inline(always)]
fn taps_at<S: Simd>(simd: S, point: f32, other: f32, [a, b, c]: [S::f32s; 3]) -> [S::f32s; 2] {
    let (square, scale) = (point * point, scale(point, other));
    let even = weighted(simd, [scale, scale * square], [a, c]);
    let odd = simd.mul_f32s(simd.splat_f32s(scale * point), b);
    [simd.add_f32s(even, odd), simd.sub_f32s(even, odd)]
}

/// The inputs, but for the outer two, at ±`point`.
#[inline(always)]
fn inputs_at<S: Simd>(simd: S, point: f32, other: f32, [b, c, d, e]: [S::f32s; 4]) -> [S::f32s; 2] {
    let even = mul_add(simd, -other * other, c, e);
    let odd = weighted(simd, [-other, point], [b, d]);
    [simd.add_f32s(even, odd), simd.sub_f32s(even, odd)]
}

/// The sum of both `values` times their `weights`.
#[inline(always)]
fn weighted<S: Simd>(simd: S, weights: [f32; 2], values: [S::f32s; 2]) -> S::f32s {
    let first = simd.mul_f32s(simd.splat_f32s(weights[0]), values[0]);
    mul_add(simd, weights[1], values[1], first)
}

/// `factor · b + c`.
#[inline(always)]
fn mul_add<S: Simd>(simd: S, factor: f32, b: S::f32s, c: S::f32s) -> S::f32s {
    simd::mul_add(simd, simd.splat_f32s(factor), b, c)
}
