//! The input gradient of a convolution without pooling, as a convolution.
//!
//! `dx[p] = Σ_tap w[tap]ᵀ · dz[p − tap]` is `dz` convolved with the kernel turned by half a turn, channels and filters exchanged, on a
//! border that makes up for what valid padding cut off ("transposed convolution": Dumoulin and Visin, "A guide to convolution
//! arithmetic for deep learning", 2016, section 4). `ReLU` lets about half of the gradient through: too much for lists of what is
//! left ([`sparse`](super::sparse)) to beat arithmetic that runs from registers.

use super::forward;
use super::geometry::Geometry;
use super::kernel::Kernel;
use super::pass::{Forward, Method};
use super::pieces::Pieces;
use super::simd::Buffer;
use pulp::Simd;
use std::ops::Range;

/// Memory kept between calls.
#[derive(Default)]
pub struct Scratch {
    dz: Buffer,
    bias: Buffer,
    forward: forward::Scratch,
}

/// The convolution that gives the gradient.
pub fn geometry(g: &Geometry) -> Geometry {
    let (height, width) = g.output();
    Geometry {
        height,
        width,
        channels: g.filters,
        filters: g.channels,
        border: g.kernel - 1 - g.border,
        ..*g
    }
}

/// The gradient of pictures.
pub struct InputGradient<'a> {
    pub geometry: Geometry,
    /// Of the [`geometry`] turned round.
    pub method: Method,
    pub dy: &'a [f32],
    /// The output, positive where it let gradient through.
    pub y: &'a [f32],
    /// Turned and laid out.
    pub weights: &'a [f32],
    /// Blocks of channels, of two vectors each.
    pub blocks: Range<usize>,
    /// Overwritten.
    pub dx: Pieces<'a, f32>,
}

impl Kernel for InputGradient<'_> {
    type Scratch = Scratch;

    #[inline(always)]
    fn run<S: Simd>(self, simd: S, scratch: &mut Self::Scratch) {
        let dz = scratch.dz.take(self.y.len());
        for ((dz, dy), y) in dz.iter_mut().zip(self.dy).zip(self.y) {
            *dz = if *y > 0.0 { *dy } else { 0.0 };
        }
        let turned = Forward {
            geometry: geometry(&self.geometry),
            method: self.method,
            relu: false,
            x: dz,
            weights: self.weights,
            b: scratch.bias.zeroed(self.geometry.channels),
            out: self.dx,
            codes: None,
            blocks: self.blocks,
        };
        turned.run(simd, &mut scratch.forward);
    }
}
