//! The forward pass of a convolution, by whichever algorithm is fastest for its sizes.

use super::direct;
use super::geometry::Geometry;
use super::kernel;
use super::pass::{Forward, Method};
use super::pieces::Pieces;
use super::simd::Buffer;
use super::slide::Window;
use super::tile::{ALL, pack_block, packed_block};
use super::winograd;
use super::winograd::Shape;
use super::winograd::cut::Cut;
use pulp::Simd;
use std::ops::Range;

impl Method {
    /// The fastest for as many pictures as `g` has.
    pub fn new(g: &Geometry) -> Self {
        let shape = Shape::from(g);
        if shape.suits() {
            Self::Winograd(Cut::new(&shape))
        } else {
            Self::Direct
        }
    }

    /// Into how many parts laying out the weights falls.
    pub fn parts(self, g: &Geometry, lanes: usize) -> usize {
        let blocks = g.blocks(lanes);
        match self {
            Self::Direct => blocks,
            Self::Winograd(cut) => winograd::parts(cut, &g.into(), lanes),
        }
    }

    /// Where a part lies among the weights laid out for vectors of so many lanes.
    pub fn place(self, g: &Geometry, lanes: usize, part: usize) -> Range<usize> {
        match self {
            Self::Direct => packed_block(lanes, g.filters, g.depth(), part),
            Self::Winograd(cut) => winograd::place(cut, &g.into(), lanes, part),
        }
    }

    /// Numbers that the weights take, laid out.
    pub fn length(self, g: &Geometry, lanes: usize) -> usize {
        let parts = 0..self.parts(g, lanes);
        parts.map(|part| self.place(g, lanes, part).len()).sum()
    }
}

/// Lays out one part of the weights.
pub struct LayOut<'a> {
    pub geometry: Geometry,
    pub method: Method,
    pub w: &'a [f32],
    pub part: usize,
    /// The part's place, overwritten.
    pub out: &'a mut [f32],
}

impl kernel::Kernel for LayOut<'_> {
    type Scratch = ();

    #[inline(always)]
    fn run<S: Simd>(self, simd: S, (): &mut ()) {
        let Self {
            geometry: g,
            method,
            w,
            part,
            out,
        } = self;
        match method {
            Method::Direct => pack_block(S::F32_LANES, w, g.filters, part, out),
            Method::Winograd(cut) => winograd::lay_out(simd, cut, &(&g).into(), w, part, out),
        }
    }
}

/// Multiplications of a map of `rows × columns` pixels to compute, a channel and a filter, by the algorithm that is taken for many
/// pictures where a kernel has no holes.
#[must_use]
pub fn multiplications(window: &Window, channels: usize, rows: usize, columns: usize) -> usize {
    let shape = Shape {
        images: 64,
        height: rows,
        width: columns,
        channels,
        filters: 64,
        kernel: window.size,
        stride: window.stride,
        dilation: [1; 2],
        before: [0; 2],
        rows,
        columns,
        pool: false,
        interleaving: None,
    };
    if shape.suits() {
        winograd::multiplications(rows, columns) * shape.squares()
    } else {
        rows * columns * window.size[0] * window.size[1]
    }
}

/// Memory kept between calls.
#[derive(Default)]
pub struct Scratch {
    weights: Buffer,
    direct: direct::Scratch,
    winograd: winograd::Scratch,
}

impl kernel::Kernel for Forward<'_> {
    type Scratch = Scratch;

    #[inline(always)]
    fn run<S: Simd>(self, simd: S, scratch: &mut Self::Scratch) {
        match self.method {
            Method::Direct => direct::run(simd, self, &mut scratch.direct),
            Method::Winograd(cut) => {
                let forward = winograd::Forward {
                    shape: (&self.geometry).into(),
                    relu: self.relu,
                    zeros_stay: self.zeros_stay,
                    x: self.x,
                    weights: self.weights,
                    bias: Some(self.b),
                    out: self.out,
                    codes: self.codes,
                    blocks: self.blocks,
                };
                winograd::run(simd, cut, forward, &mut scratch.winograd);
            }
        }
    }
}

/// A whole convolution: its weights are laid out first.
pub struct Whole<'a> {
    pub geometry: Geometry,
    pub relu: bool,
    pub x: &'a [f32],
    pub w: &'a [f32],
    pub b: &'a [f32],
    pub out: &'a mut [f32],
}

impl kernel::Kernel for Whole<'_> {
    type Scratch = Scratch;

    #[inline(always)]
    fn run<S: Simd>(self, simd: S, scratch: &mut Self::Scratch) {
        let Self {
            geometry,
            relu,
            x,
            w,
            b,
            out,
        } = self;
        let method = Method::new(&geometry);
        let mut buffer = std::mem::take(&mut scratch.weights);
        let weights = buffer.take(method.length(&geometry, S::F32_LANES));
        for part in 0..method.parts(&geometry, S::F32_LANES) {
            let place = method.place(&geometry, S::F32_LANES, part);
            let lay_out = LayOut {
                geometry,
                method,
                w,
                part,
                out: &mut weights[place],
            };
            lay_out.run(simd, &mut ());
        }
        let forward = Forward {
            geometry,
            method,
            relu,
            zeros_stay: true,
            x,
            weights,
            b,
            out: Pieces::new(out),
            codes: None,
            blocks: ALL,
        };
        forward.run(simd, scratch);
        scratch.weights = buffer;
    }
}
