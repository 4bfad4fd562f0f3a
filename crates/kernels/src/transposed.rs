//! The input gradient of a convolution without pooling, as a convolution.
//!
//! `dx[p] = Σ_tap w[tap]ᵀ · dz[p − tap]` is `dz` convolved with the kernel turned by half a turn, channels and filters exchanged, on a
//! border that makes up for what valid padding cut off ("transposed convolution": Dumoulin and Visin, "A guide to convolution
//! arithmetic for deep learning", 2016, section 4). `ReLU` lets about half of the gradient through: too much for lists of what is
//! left ([`sparse`](super::sparse)) to beat arithmetic that runs from registers.

use super::backward::Backward;
use super::forward::{self, Forward};
use super::geometry::Geometry;
use super::kernel;
use super::simd::Buffer;
use pulp::Simd;

/// Memory kept between calls.
#[derive(Default)]
pub struct Scratch {
    dz: Buffer,
    w: Buffer,
    bias: Buffer,
}

/// Overwrites `dx`; `y` is the output, positive where it let gradient through.
#[inline(always)]
pub fn run<S: Simd>(
    simd: S,
    backward: &Backward<'_>,
    y: &[f32],
    dx: &mut [f32],
    scratch: &mut kernel::Scratch,
) {
    let g = backward.geometry;
    let own = &mut scratch.transposed;
    let dz = own.dz.take(y.len());
    for ((dz, dy), y) in dz.iter_mut().zip(backward.dy).zip(y) {
        *dz = if *y > 0.0 { *dy } else { 0.0 };
    }
    let w = own.w.take(backward.w.len());
    let block = g.channels * g.filters;
    for (to, from) in w
        .chunks_exact_mut(block)
        .zip(backward.w.chunks_exact(block).rev())
    {
        for (filter, to) in to.chunks_exact_mut(g.channels).enumerate() {
            for (to, from) in to.iter_mut().zip(from[filter..].iter().step_by(g.filters)) {
                *to = *from;
            }
        }
    }
    let (height, width) = g.output();
    let turned = Forward {
        geometry: Geometry {
            height,
            width,
            channels: g.filters,
            filters: g.channels,
            border: g.kernel - 1 - g.border,
            ..g
        },
        relu: false,
        x: dz,
        w,
        b: own.bias.zeroed(g.channels),
        out: dx,
        codes: None,
    };
    forward::run(simd, turned, &mut scratch.forward);
}
