//! Copies the patches under pixels into the rows of a matrix, and columns of one.
#![allow(unsafe_code)] // Whole vectors are copied where a run is shorter; what is beyond its end is checked before.

use super::super::simd::{load, load_part, reach, store, store_part};
use super::{SLACK, Sizes};
use pulp::Simd;

/// The patches of all pixels of an output row and of one group, `(columns, depth)`, place by place of the kernel.
///
/// `picture` has its padding and [`SLACK`] behind; `out` has slack too, and is written in order, so that what is copied beyond a run is
/// overwritten by the next.
#[inline(always)]
pub fn pack_row<S: Simd>(
    simd: S,
    s: &Sizes,
    picture: &[f32],
    row: usize,
    group: usize,
    out: &mut [f32],
) {
    let window = s.slide.window;
    let (channels, line) = (s.slide.channels, s.slide.padded_width() * s.slide.channels);
    let ([high, wide], run) = (window.size, s.inputs());
    let across = window.dilation[1] * channels;
    let first = row * window.stride[0] * line + group * s.inputs();
    let stride = window.stride[1] * channels;
    let down = window.dilation[0] * line;
    let lanes = S::F32_LANES;
    let padded = run.next_multiple_of(lanes);
    let last = reach([
        (1, first),
        (s.slide.columns - 1, stride),
        (high - 1, down),
        (wide - 1, across),
        (1, padded),
    ]);
    assert!(
        lanes <= SLACK && last <= picture.len(),
        "the patches lie in the picture"
    );
    assert!(
        reach([(s.slide.columns, s.depth()), (1, padded - run)]) <= out.len(),
        "the patches have room"
    );
    // SAFETY: the last vector read and the last one written were asserted to be inside.
    unsafe {
        for column in 0..s.slide.columns {
            let mut to = out.as_mut_ptr().add(column * s.depth());
            let corner = picture.as_ptr().add(first + column * stride);
            for y in 0..high {
                for x in 0..wide {
                    let from = corner.add(y * down + x * across);
                    for at in (0..run).step_by(lanes) {
                        store(simd, to.add(at), load(simd, from.add(at)));
                    }
                    to = to.add(run);
                }
            }
        }
    }
}

/// Copies a group's channels into the middle of a padded picture that has no others.
#[inline(always)]
pub fn embed_group<S: Simd>(simd: S, s: &Sizes, picture: &[f32], group: usize, to: &mut [f32]) {
    let (slide, inputs) = (&s.slide, s.inputs());
    let line = slide.padded_width() * inputs;
    let start = slide.window.before[0] * line + slide.window.before[1] * inputs;
    let lines = picture.chunks_exact(slide.width * slide.channels);
    for (to, from) in to[start..].chunks_mut(line).zip(lines) {
        let pixels = from.chunks_exact(slide.channels);
        for (to, from) in to.chunks_exact_mut(inputs).zip(pixels) {
            let from = &from[group * inputs..][..inputs];
            // No call of `memcpy` for a vector.
            for (to, from) in to.chunks_mut(S::F32_LANES).zip(from.chunks(S::F32_LANES)) {
                store_part(simd, to, load_part(simd, from));
            }
        }
    }
}

/// Copies some columns of a matrix; rows of the copy are `width` apart, with zeros at their ends.
#[inline(always)]
pub fn pack_columns(
    matrix: &[f32],
    columns: usize,
    first: usize,
    used: usize,
    width: usize,
    out: &mut [f32],
) {
    for (to, row) in out
        .chunks_exact_mut(width)
        .zip(matrix.chunks_exact(columns))
    {
        to[..used].copy_from_slice(&row[first..first + used]);
        to[used..].fill(0.0);
    }
}
