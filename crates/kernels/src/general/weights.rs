//! The gradient of the weights of a convolution of any kind.
//!
//! `dw (depth, filters) = patchesᵀ · dz`, over the patches of some rows of pixels at a time; of many channels where they lie ([`in_place`]), and of
//! 3×3 kernels by Winograd's [`gradient`].

use super::super::kernel::Kernel;
use super::super::simd::vectors;
use super::super::tile::{ALL, Right, Rows, Start, Target, multiply};
use super::super::winograd::gradient;
use super::patches::{pack_columns, pack_row};
use super::{SLACK, WeightGradient, add_bias, few, in_place};
use pulp::Simd;

/// Numbers of the patches at a time: as many as stay in the first cache.
const PATCHES: usize = 6 * 1024;

impl Kernel for WeightGradient<'_> {
    type Scratch = super::Scratch;

    #[inline(always)]
    fn run<S: Simd>(mut self, simd: S, scratch: &mut Self::Scratch) {
        let s = self.sizes;
        let (slide, lanes) = (s.slide, S::F32_LANES);
        let (depth, outputs, columns) = (s.depth(), s.outputs(), slide.columns);
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
        if s.groups == 1 && gradient::suits(&slide, s.filters) && !self.x.is_empty() {
            let images = self.dz.chunks_exact(s.output_length());
            if let Some(db) = &mut self.db {
                images.for_each(|dz| add_bias(dz, s.filters, &some, db));
            }
            let tiles = gradient::Tiles {
                slide,
                filters: s.filters,
                some,
                x: self.x,
                dz: self.dz,
            };
            let room = gradient::Room {
                picture: &mut scratch.picture,
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
        if in_place::suits(&s) {
            in_place::run(simd, self, scratch);
            return;
        }
        let length = slide.padded_height() * slide.padded_width() * slide.channels;
        let picture = scratch.picture.zeroed(length + SLACK);
        let band = (PATCHES / (columns * depth)).clamp(1, slide.rows);
        let mut start = Start::Zero;
        let images =
            (self.x.chunks_exact(s.input_length())).zip(self.dz.chunks_exact(s.output_length()));
        for (x, dz) in images {
            slide.embed(x, slide.channels, picture);
            if let Some(db) = &mut self.db {
                add_bias(dz, s.filters, &some, db);
            }
            for first in (0..slide.rows).step_by(band) {
                let rows = first..slide.rows.min(first + band);
                let pixels = rows.len() * columns;
                let dz = &dz[first * columns * s.filters..][..pixels * s.filters];
                for (group, blocks) in s.groups_of(lanes, &self.blocks) {
                    let patches = scratch.patches.take(pixels * depth + SLACK);
                    for (row, at) in rows.clone().zip((0_usize..).step_by(columns * depth)) {
                        let room = columns * depth + SLACK;
                        let patches = &mut patches[at..][..room];
                        pack_row(simd, &s, picture, row, group, patches, depth);
                    }
                    let left = Rows {
                        data: patches,
                        row: 1,
                        segment: 0,
                        segments: 1,
                        length: pixels,
                        step: depth,
                    };
                    let mut target = Target {
                        data: self.dw.reborrow(group * outputs),
                        row: s.filters,
                        columns: outputs,
                        blocks,
                        relu: false,
                    };
                    if s.groups == 1 && outputs.is_multiple_of(lanes) {
                        let right = Right::Plain(dz, s.filters);
                        multiply(simd, left, depth, right, start, &mut target);
                        continue;
                    }
                    // Each block on its own: they need not be packed all.
                    for block in target.blocks.clone() {
                        let from = 2 * block * lanes;
                        let used = (2 * lanes).min(outputs - from);
                        let width = vectors::<S>(used) * lanes;
                        let packed = scratch.packed.take(pixels * width);
                        pack_columns(dz, s.filters, group * outputs + from, used, width, packed);
                        let mut target = Target {
                            data: target.data.reborrow(from),
                            row: s.filters,
                            columns: used,
                            blocks: ALL,
                            relu: false,
                        };
                        let right = Right::Packed(packed);
                        multiply(simd, left, depth, right, start, &mut target);
                    }
                }
                start = Start::Target;
            }
        }
    }
}
