//! The gradient of the input where the window moves by more than one, by Winograd's tiles.
//!
//! As in [`phases`](super::phases), pixels that meet the same taps have a convolution of their own, which moves by one. All of them read the
//! same tiles of the output's gradient: here they are one convolution, whose filters are the channels of each, one after the other.

use super::super::kernel::Kernel;
use super::super::pieces::Pieces;
use super::super::tensor::product;
use super::super::tile::ALL;
use super::super::winograd::cut::Cut;
use super::super::winograd::{self, Interleaving, Shape};
use super::{MANY, Scratch, Sizes};
use pulp::Simd;
use std::ops::Range;

/// The gradient of the input as one convolution.
#[derive(Clone, Copy)]
pub struct Interleaved {
    /// Of the window.
    size: [usize; 2],
    shape: Shape,
    cut: Cut,
}

impl Interleaved {
    /// Where it is the faster way.
    pub fn new(sizes: &Sizes, lanes: usize) -> Option<Self> {
        let (slide, window) = (sizes.slide, sizes.slide.window);
        let (stride, size) = (window.stride, window.size);
        let filters = slide.channels.next_multiple_of(lanes);
        let taps = [0, 1].map(|axis| size[axis].div_ceil(stride[axis]));
        let sides = [slide.height, slide.width];
        let [rows, columns] =
            [0, 1].map(|axis| (window.before[axis] + sides[axis]).div_ceil(stride[axis]));
        let shape = Shape {
            images: MANY,
            height: slide.rows,
            width: slide.columns,
            channels: sizes.filters,
            filters: product(&stride).saturating_mul(filters),
            kernel: taps,
            stride: [1; 2],
            dilation: [1; 2],
            before: taps.map(|taps| taps - 1),
            rows,
            columns,
            pool: false,
            interleaving: Some(Interleaving {
                stride,
                before: window.before,
                height: slide.height,
                width: slide.width,
                channels: slide.channels,
            }),
        };
        // Taps beyond the window are zeros, and pixels of the padding nobody's, which the direct way leaves out.
        let all = product(&[slide.height, slide.width, sizes.taps()]);
        let direct = all / product(&[stride, stride].concat());
        // A patch transformed serves the filters of every phase, which makes the transforms cheaper: of 5×5 at a stride of 2 a quarter of
        // the time was saved where half of the multiplications were left (AVX-512), a third on AVX2.
        let direct = direct / 4 * 5;
        let suits = sizes.groups == 1
            && product(&stride) > 1
            && window.dilation == [1, 1]
            && slide.channels >= 8
            && shape.pays_against(direct);
        suits.then_some(Self {
            size,
            shape,
            cut: Cut::new(&shape),
        })
    }

    /// Numbers of its weights at one tap.
    pub const fn of_tap(&self) -> usize {
        self.shape.channels * self.shape.filters
    }

    pub fn taps(&self) -> usize {
        product(&self.shape.kernel)
    }

    /// Its weights at one tap, `(filters, stride · channels)`, from `w (taps, channels, filters)`.
    pub fn turn(&self, w: &[f32], tap: usize, out: &mut [f32]) {
        let (size, filters) = (self.size, self.shape.channels);
        let Some(Interleaving {
            stride, channels, ..
        }) = self.shape.interleaving
        else {
            unreachable!("it is made with one")
        };
        let [high, wide] = self.shape.kernel;
        let back = [high - 1 - tap / wide, wide - 1 - tap % wide];
        let phases = product(&stride);
        let padded = self.shape.filters / phases;
        for phase in 0..phases {
            let row = phase / stride[1] + back[0] * stride[0];
            let column = phase % stride[1] + back[1] * stride[1];
            let is_inside = row < size[0] && column < size[1];
            let from = (row * size[1] + column) * channels * filters;
            for (filter, to) in out.chunks_exact_mut(self.shape.filters).enumerate() {
                let to = &mut to[phase * padded..][..padded];
                to.fill(0.0);
                if is_inside {
                    let from = w[from + filter..].iter().step_by(filters);
                    (to[..channels].iter_mut().zip(from)).for_each(|(to, from)| *to = *from);
                }
            }
        }
    }

    /// Parts that its weights are laid out in.
    pub fn parts(&self, lanes: usize) -> usize {
        winograd::parts(self.cut, &self.shape, lanes)
    }

    /// Where a part lies.
    pub fn place(&self, lanes: usize, part: usize) -> Range<usize> {
        winograd::place(self.cut, &self.shape, lanes, part)
    }

    /// Numbers of all parts.
    pub fn length(&self, lanes: usize) -> usize {
        winograd::length(self.cut, &self.shape, lanes)
    }

    /// The gradients of the pictures in `dx`, of which each number is written.
    #[inline(always)]
    pub fn run<S: Simd>(
        &self,
        simd: S,
        dz: &[f32],
        weights: &[f32],
        dx: &mut [f32],
        scratch: &mut Scratch,
    ) {
        let images = dz.len() / self.shape.input_length();
        let forward = winograd::Forward {
            shape: Shape {
                images,
                ..self.shape
            },
            relu: false,
            zeros_stay: false,
            x: dz,
            weights,
            bias: None,
            out: Pieces::new(dx),
            codes: None,
            blocks: ALL,
        };
        winograd::run(simd, self.cut, forward, &mut scratch.tiles);
    }
}

/// Lays out one part of its weights, turned.
pub struct LayOutInterleaved<'a> {
    pub interleaved: Interleaved,
    pub turned: &'a [f32],
    pub part: usize,
    /// The part's place, overwritten.
    pub out: &'a mut [f32],
}

impl Kernel for LayOutInterleaved<'_> {
    type Scratch = ();

    #[inline(always)]
    fn run<S: Simd>(self, simd: S, (): &mut ()) {
        let Interleaved { shape, cut, .. } = self.interleaved;
        winograd::lay_out(simd, cut, &shape, self.turned, self.part, self.out);
    }
}
