//! The gradient of the weights of a convolution of any kind.
//!
//! `dw (depth, filters) = patchesᵀ · dz`, over some rows of pixels at a time, or by Winograd's [`gradient`] of 3×3 kernels. Patches are read
//! where they lie: what a number of a patch's run meets under all pixels is one row of the left matrix, as those of a pixel and the
//! next are as far apart as their channels are many.

use super::super::kernel::Kernel;
use super::super::simd::vectors;
use super::super::tile::{ALL, Right, Rows, Start, Target, multiply};
use super::super::winograd::gradient;
use super::patches::pack_columns;
use super::{PIXELS, Scratch, WeightGradient, add_bias, few};
use pulp::Simd;

impl Kernel for WeightGradient<'_> {
    type Scratch = super::Scratch;

    #[inline(always)]
    fn run<S: Simd>(mut self, simd: S, scratch: &mut Self::Scratch) {
        let s = self.sizes;
        let (lanes, depth) = (S::F32_LANES, s.depth());
        let some = s.filters_of(lanes, &self.blocks);
        if let Some(db) = &mut self.db {
            db.piece(some.start, some.len()).fill(0.0);
        }
        if self.x.is_empty() {
            for row in 0..depth {
                let row = row * s.filters + some.start;
                self.dw.piece(row, some.len()).fill(0.0);
            }
        }
        let images = self.x.len() / s.input_length();
        if let Some(shape) = s.gradient_tiles(images)
            && images > 0
        {
            let images = self.dz.chunks_exact(s.output_length());
            if let Some(db) = &mut self.db {
                images.for_each(|dz| add_bias(dz, s.filters, &some, db));
            }
            let tiles = gradient::Tiles {
                shape,
                some,
                x: self.x,
                dz: self.dz,
            };
            let room = gradient::Room {
                patches: &mut scratch.patches,
                gradients: &mut scratch.packed,
                sums: &mut scratch.sums,
            };
            tiles.run(simd, &mut self.dw, room);
            return;
        }
        if few::suits_weights(&s, lanes) && !self.x.is_empty() {
            few::weights(simd, self, scratch);
            return;
        }
        in_place(simd, self, scratch);
    }
}

#[inline(always)]
fn in_place<S: Simd>(simd: S, mut gradient: WeightGradient<'_>, scratch: &mut Scratch) {
    let s = gradient.sizes;
    let (slide, window, lanes) = (s.slide, s.slide.window, S::F32_LANES);
    let (inputs, outputs, columns) = (s.inputs(), s.outputs(), slide.columns);
    let some = s.filters_of(lanes, &gradient.blocks);
    let runs = s.runs(slide.channels);
    let line = slide.padded_width() * slide.channels;
    let length = slide.padded_height() * line;
    let is_padded = length > s.input_length();
    let picture = scratch.picture.zeroed(if is_padded { length } else { 0 });
    let band = (PIXELS / columns).clamp(1, slide.rows);
    let mut start = Start::Zero;
    let images = (gradient.x.chunks_exact(s.input_length()))
        .zip(gradient.dz.chunks_exact(s.output_length()));
    for (mut x, dz) in images {
        if is_padded {
            slide.embed(x, slide.channels, picture);
            x = picture;
        }
        if let Some(db) = &mut gradient.db {
            add_bias(dz, s.filters, &some, db);
        }
        for first in (0..slide.rows).step_by(band) {
            let rows = band.min(slide.rows - first);
            let pixels = rows * columns;
            let dz = &dz[first * columns * s.filters..][..pixels * s.filters];
            let x = &x[first * window.stride[0] * line..];
            for (group, blocks) in s.groups_of(lanes, &gradient.blocks) {
                for block in blocks {
                    let from = 2 * block * lanes;
                    let used = (2 * lanes).min(outputs - from);
                    let width = vectors::<S>(used) * lanes;
                    let column = group * outputs + from;
                    let right = if column + width <= s.filters {
                        Right::Plain(&dz[column..], s.filters)
                    } else {
                        let packed = scratch.packed.take(pixels * width);
                        pack_columns(dz, s.filters, column, used, width, packed);
                        Right::Packed(packed)
                    };
                    let starts = runs.starts(&window, line, slide.channels);
                    for (run, at) in starts.enumerate() {
                        let left = Rows {
                            data: &x[at + group * inputs..],
                            row: 1,
                            segment: window.stride[0] * line,
                            segments: rows,
                            length: columns,
                            step: window.stride[1] * slide.channels,
                        };
                        let place = run * runs.length * s.filters + column;
                        let mut target = Target {
                            data: gradient.dw.reborrow(place),
                            row: s.filters,
                            columns: used,
                            blocks: ALL,
                            relu: false,
                        };
                        multiply(simd, left, runs.length, right, start, &mut target);
                    }
                }
            }
            start = Start::Target;
        }
    }
}
