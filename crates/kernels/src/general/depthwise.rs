//! Convolutions of as many groups as channels: every filter sees one channel.
//!
//! No sum is over channels, so that nothing is left for a matrix product. Neighbouring filters are the lanes of a vector, and a few
//! pixels of a row are kept in registers while the kernel's places pass. Of several filters a channel, each gets a copy of it.
#![allow(unsafe_code)] // Bounds checks in the innermost loop; the slices are checked before it.

use super::super::kernel::Kernel;
use super::super::pieces::Pieces;
use super::super::simd::{load, load_part, mul_add, reach, relu, store_part};
use super::super::slide::Slide;
use super::super::tile::shares;
use super::{SLACK, Sizes, add_bias};
use pulp::{Simd, WithSimd};

/// Copies a picture into the middle of a padded one, each channel once for every filter of its group.
#[inline(always)]
fn spread(s: &Sizes, x: &[f32], to: &mut [f32]) {
    let many = s.outputs();
    if many == 1 {
        s.slide.embed(x, s.filters, to);
        return;
    }
    let line = s.slide.padded_width() * s.filters;
    let start = s.slide.window.before[0] * line + s.slide.window.before[1] * s.filters;
    let lines = x.chunks_exact(s.slide.width * s.slide.channels);
    for (to, from) in to[start..].chunks_mut(line).zip(lines) {
        for (to, from) in to.chunks_exact_mut(many).zip(from) {
            to.fill(*from);
        }
    }
}

/// The inverse: adds up the gradients of a channel's copies.
#[inline(always)]
fn gather(s: &Sizes, copies: &[f32], dx: &mut [f32]) {
    for (dx, copies) in dx.iter_mut().zip(copies.chunks_exact(s.outputs())) {
        *dx = copies.iter().sum();
    }
}

/// `x ∗ w + b`, no less than zero if `relu`.
pub struct Depthwise<'a> {
    pub sizes: Sizes,
    pub relu: bool,
    pub x: &'a [f32],
    /// `(taps, filters)`.
    pub w: &'a [f32],
    pub bias: Option<&'a [f32]>,
    /// Overwritten.
    pub out: &'a mut [f32],
}

impl Kernel for Depthwise<'_> {
    type Scratch = super::Scratch;

    #[inline(always)]
    fn run<S: Simd>(self, simd: S, scratch: &mut Self::Scratch) {
        let s = self.sizes;
        let length = s.slide.padded_height() * s.slide.padded_width() * s.filters;
        let picture = scratch.picture.zeroed(length + SLACK);
        let images = (self.x.chunks_exact(s.input_length()))
            .zip(self.out.chunks_exact_mut(s.output_length()));
        for (x, out) in images {
            spread(&s, x, picture);
            let pass = Pass {
                slide: &s.slide,
                filters: s.filters,
                picture,
                w: self.w,
                is_turned: false,
                bias: self.bias,
                relu: self.relu,
                out,
            };
            pass.run(simd);
        }
    }
}

/// One picture.
struct Pass<'a> {
    slide: &'a Slide,
    filters: usize,
    /// `(padded height, padded width, filters)`, with slack behind.
    picture: &'a [f32],
    w: &'a [f32],
    /// Whether the last place of the kernel is taken first.
    is_turned: bool,
    bias: Option<&'a [f32]>,
    relu: bool,
    out: &'a mut [f32],
}

impl Pass<'_> {
    #[inline(always)]
    fn run<S: Simd>(mut self, simd: S) {
        let columns = self.slide.columns;
        let most = if S::REGISTER_COUNT >= 32 { 8 } else { 4 };
        for row in 0..self.slide.rows {
            for first in (0..self.filters).step_by(S::F32_LANES) {
                for share in shares(columns, most) {
                    simd.vectorize(Pixels {
                        pass: &mut self,
                        row,
                        first,
                        column: share.start,
                        count: share.len(),
                    });
                }
            }
        }
    }
}

/// Some pixels of a row and a vector of filters.
struct Pixels<'a, 'b> {
    pass: &'a mut Pass<'b>,
    row: usize,
    first: usize,
    column: usize,
    count: usize,
}

impl WithSimd for Pixels<'_, '_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        match self.count {
            1 => self.run::<S, 1>(simd),
            2 => self.run::<S, 2>(simd),
            3 => self.run::<S, 3>(simd),
            4 => self.run::<S, 4>(simd),
            5 => self.run::<S, 5>(simd),
            6 => self.run::<S, 6>(simd),
            7 => self.run::<S, 7>(simd),
            _ => self.run::<S, 8>(simd),
        }
    }
}

impl Pixels<'_, '_> {
    #[inline(always)]
    fn run<S: Simd, const P: usize>(self, simd: S) {
        let Pass {
            slide,
            filters,
            picture,
            w,
            is_turned,
            bias,
            relu: with_relu,
            out,
        } = self.pass;
        let (window, filters, first) = (slide.window, *filters, self.first);
        let [down, across] = window.size;
        let line = slide.padded_width() * filters;
        let corner =
            self.row * window.stride[0] * line + self.column * window.stride[1] * filters + first;
        let (pixel, step) = (window.stride[1] * filters, window.dilation[1] * filters);
        let below = window.dilation[0] * line;
        let last = reach([
            (1, corner),
            (P - 1, pixel),
            (down - 1, below),
            (across - 1, step),
            (1, S::F32_LANES),
        ]);
        assert!(last <= picture.len(), "the taps lie in the picture");
        let mut sums = [simd.splat_f32s(0.0); P];
        for y in 0..down {
            for x in 0..across {
                let tap = y * across + x;
                let tap = if *is_turned {
                    down * across - 1 - tap
                } else {
                    tap
                };
                let w = load_part(simd, &w[tap * filters + first..]);
                let from = corner + y * below + x * step;
                for (p, sum) in sums.iter_mut().enumerate() {
                    // SAFETY: the last vector was asserted to be inside.
                    let x = unsafe { load(simd, picture.as_ptr().add(from + p * pixel)) };
                    *sum = mul_add(simd, x, w, *sum);
                }
            }
        }
        if let Some(bias) = bias {
            let bias = load_part(simd, &bias[first..]);
            for sum in &mut sums {
                *sum = simd.add_f32s(*sum, bias);
            }
        }
        let used = S::F32_LANES.min(filters - first);
        let at = (self.row * slide.columns + self.column) * filters + first;
        for (p, sum) in sums.iter().enumerate() {
            let sum = if *with_relu { relu(simd, *sum) } else { *sum };
            store_part(simd, &mut out[at + p * filters..][..used], sum);
        }
    }
}

/// The gradient of the input.
pub struct DepthwiseInput<'a> {
    pub sizes: Sizes,
    /// The convolution that gives it, if there is one ([`turned`](super::turned)).
    pub turned: Option<Sizes>,
    pub dz: &'a [f32],
    pub w: &'a [f32],
    /// Overwritten.
    pub dx: &'a mut [f32],
}

impl Kernel for DepthwiseInput<'_> {
    type Scratch = super::Scratch;

    #[inline(always)]
    fn run<S: Simd>(self, simd: S, scratch: &mut Self::Scratch) {
        let s = self.sizes;
        let is_single = s.outputs() == 1;
        let copies = s.slide.height * s.slide.width * s.filters;
        let copies = scratch.patches.take(if is_single { 0 } else { copies });
        let images = (self.dz.chunks_exact(s.output_length()))
            .zip(self.dx.chunks_exact_mut(s.input_length()));
        for (dz, dx) in images {
            let to = if is_single { &mut *dx } else { &mut *copies };
            if let Some(turned) = &self.turned {
                let slide = &turned.slide;
                let length = slide.padded_height() * slide.padded_width() * s.filters;
                let picture = scratch.picture.zeroed(length + SLACK);
                slide.embed(dz, s.filters, picture);
                let pass = Pass {
                    slide,
                    filters: s.filters,
                    picture,
                    w: self.w,
                    is_turned: true,
                    bias: None,
                    relu: false,
                    out: to,
                };
                pass.run(simd);
            } else {
                let length = s.slide.padded_height() * s.slide.padded_width() * s.filters;
                let picture = scratch.picture.zeroed(length);
                scatter(&s, dz, self.w, picture);
                s.slide.extract(picture, s.filters, to);
            }
            if !is_single {
                gather(&s, copies, dx);
            }
        }
    }
}

/// Adds every output's gradient to the pixels that it was computed from.
#[inline(always)]
fn scatter(s: &Sizes, dz: &[f32], w: &[f32], picture: &mut [f32]) {
    let window = s.slide.window;
    let line = s.slide.padded_width() * s.filters;
    for (pixel, dz) in dz.chunks_exact(s.filters).enumerate() {
        let (row, column) = (pixel / s.slide.columns, pixel % s.slide.columns);
        let corner = row * window.stride[0] * line + column * window.stride[1] * s.filters;
        for (tap, w) in w.chunks_exact(s.filters).enumerate() {
            let (y, x) = (tap / window.size[1], tap % window.size[1]);
            let at = corner + y * window.dilation[0] * line + x * window.dilation[1] * s.filters;
            let sums = &mut picture[at..at + s.filters];
            for ((sum, dz), w) in sums.iter_mut().zip(dz).zip(w) {
                *sum += dz * w;
            }
        }
    }
}

/// The gradients of weights and biases.
pub struct DepthwiseWeights<'a> {
    pub sizes: Sizes,
    pub x: &'a [f32],
    pub dz: &'a [f32],
    /// `(taps, filters)`, overwritten.
    pub dw: &'a mut [f32],
    /// Overwritten.
    pub db: Option<&'a mut [f32]>,
}

impl Kernel for DepthwiseWeights<'_> {
    type Scratch = super::Scratch;

    #[inline(always)]
    fn run<S: Simd>(self, simd: S, scratch: &mut Self::Scratch) {
        let s = self.sizes;
        let length = s.slide.padded_height() * s.slide.padded_width() * s.filters;
        let picture = scratch.picture.zeroed(length + SLACK);
        self.dw.fill(0.0);
        let mut db = self.db.map(|db| {
            db.fill(0.0);
            Pieces::new(db)
        });
        let images =
            (self.x.chunks_exact(s.input_length())).zip(self.dz.chunks_exact(s.output_length()));
        for (x, dz) in images {
            spread(&s, x, picture);
            if let Some(db) = &mut db {
                add_bias(dz, s.filters, &(0..s.filters), db);
            }
            for first in (0..s.filters).step_by(S::F32_LANES) {
                for y in 0..s.slide.window.size[0] {
                    for share in shares(s.slide.window.size[1], 5) {
                        simd.vectorize(Taps {
                            s: &s,
                            picture,
                            dz,
                            first,
                            y,
                            x: share.start,
                            count: share.len(),
                            dw: &mut *self.dw,
                        });
                    }
                }
            }
        }
    }
}

/// Some neighbouring places of the kernel and a vector of filters.
struct Taps<'a> {
    s: &'a Sizes,
    picture: &'a [f32],
    dz: &'a [f32],
    first: usize,
    y: usize,
    x: usize,
    count: usize,
    dw: &'a mut [f32],
}

impl WithSimd for Taps<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        match self.count {
            1 => self.run::<S, 1>(simd),
            2 => self.run::<S, 2>(simd),
            3 => self.run::<S, 3>(simd),
            4 => self.run::<S, 4>(simd),
            _ => self.run::<S, 5>(simd),
        }
    }
}

impl Taps<'_> {
    #[inline(always)]
    fn run<S: Simd, const K: usize>(self, simd: S) {
        let Self {
            s,
            picture,
            dz,
            first,
            ..
        } = self;
        let (slide, window, filters) = (&s.slide, s.slide.window, s.filters);
        let line = slide.padded_width() * filters;
        let step = window.dilation[1] * filters;
        let pixel = window.stride[1] * filters;
        let corner = self.y * window.dilation[0] * line + self.x * step + first;
        let last = reach([
            (1, corner),
            (slide.rows - 1, window.stride[0] * line),
            (slide.columns - 1, pixel),
            (K - 1, step),
            (1, S::F32_LANES),
        ]);
        assert!(last <= picture.len(), "the taps lie in the picture");
        let mut sums = [simd.splat_f32s(0.0); K];
        for (row, dz) in dz.chunks_exact(slide.columns * filters).enumerate() {
            let from = corner + row * window.stride[0] * line;
            for (column, dz) in dz.chunks_exact(filters).enumerate() {
                // Not beyond the pixel: the lanes behind are dropped.
                let dz = load_part(simd, &dz[first..]);
                for (k, sum) in sums.iter_mut().enumerate() {
                    let at = from + column * pixel + k * step;
                    // SAFETY: the last vector was asserted to be inside; rows and columns are those of the gradient.
                    let x = unsafe { load(simd, picture.as_ptr().add(at)) };
                    *sum = mul_add(simd, x, dz, *sum);
                }
            }
        }
        let used = S::F32_LANES.min(filters - first);
        for (k, sum) in sums.iter().enumerate() {
            let tap = self.y * window.size[1] + self.x + k;
            let dw = &mut self.dw[tap * filters + first..][..used];
            let sum = simd.add_f32s(load_part(simd, dw), *sum);
            store_part(simd, dw, sum);
        }
    }
}
