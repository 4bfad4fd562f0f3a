//! Pixels over zeros alone, as behind a `ReLU` or before a black ground.
//!
//! Their sum is zero. By way of a tile's points it is what rounding leaves of its neighbours' sums, some 1e-9: a `ReLU` would take the
//! pixel for alive, and let a gradient through.

use super::seen::Seen;

/// Which of a tile's `M × N` pixels are over zeros in every channel, as far as `high × wide` taps see: bit `N · row + column`. The patch is
/// of `H × W`.
#[inline(always)]
pub fn empty<const H: usize, const W: usize, const M: usize, const N: usize>(
    seen: &Seen<'_>,
    [high, wide]: [usize; 2],
) -> u32 {
    // Every pixel is over one of these: mostly none is zero. No ranges with steps: they took half of the time.
    let (mut row, mut has_zero) = (high - 1, false);
    while row < high - 1 + M {
        let mut column = wide - 1;
        while column < wide - 1 + N {
            has_zero |= is_zero(seen, row, column);
            column += wide;
        }
        row += high;
    }
    if has_zero {
        all::<H, W, M, N>(seen, [high, wide])
    } else {
        0
    }
}

/// Apart, so that what is seldom needed leaves the usual way short.
#[inline(never)]
fn all<const H: usize, const W: usize, const M: usize, const N: usize>(
    seen: &Seen<'_>,
    [high, wide]: [usize; 2],
) -> u32 {
    // As many zeros beside each other as there are taps, by the first one's place.
    let mut beside = [0_u32; H];
    for (row, beside) in beside.iter_mut().enumerate() {
        let mut zeros = 0;
        for column in 0..W {
            zeros |= u32::from(is_zero(seen, row, column)) << column;
        }
        *beside = zeros;
        for tap in 1..wide {
            *beside &= zeros >> tap;
        }
    }
    let mut empty = 0;
    for row in 0..M {
        let mut of_row = beside[row];
        for tap in 1..high {
            of_row &= beside[row + tap];
        }
        empty |= (of_row & ((1 << N) - 1)) << (N * row);
    }
    empty
}

/// Whether all channels of a pixel of the patch are zero, of either sign. Ends at the first four that are not.
#[inline(always)]
fn is_zero(seen: &Seen<'_>, row: usize, column: usize) -> bool {
    let Some(pixel) = seen.pixel(row, column) else {
        return true;
    };
    for numbers in pixel.chunks(4) {
        let mut bits = 0;
        for number in numbers {
            bits |= number.to_bits();
        }
        if bits << 1 != 0 {
            return false;
        }
    }
    true
}

#[cfg(test)]
mod tests {
    use super::super::Shape;
    use super::super::seen::Square;
    use super::*;

    #[test]
    fn a_pixel_is_empty_over_nine_zeros_in_all_channels() {
        let channels = 17;
        let (height, width) = (6, 4);
        let shape = Shape {
            images: 1,
            height,
            width,
            channels,
            filters: 1,
            kernel: [3, 3],
            stride: [1, 1],
            dilation: [1, 1],
            before: [0, 0],
            rows: height - 2,
            columns: width - 2,
            pool: false,
            interleaving: None,
        };
        for at in 0..height * width {
            let mut patch = vec![0.0; height * width * channels];
            patch[at * channels + 16] = -1.0;
            patch[0] = -0.0;
            let square = Square {
                first: [0, 0],
                taps: [3, 3],
            };
            let seen = Seen::new::<6, 4>(&shape, &patch, (0, 0, 0), &square);
            let found = empty::<6, 4, 4, 2>(&seen, square.taps);
            for (row, column) in (0..4).flat_map(|row| [(row, 0), (row, 1)]) {
                let (y, x) = (at / width, at % width);
                let is_under = (row..row + 3).contains(&y) && (column..column + 3).contains(&x);
                let is_empty = found >> (2 * row + column) & 1 == 1;
                assert_eq!(is_empty, !is_under, "{at}, {row}, {column}");
            }
        }
    }
}
