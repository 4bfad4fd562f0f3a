//! The backward pass of a convolution, visiting only the gradients that are not zero.
//!
//! `ReLU` stops about half of the gradient, 2×2 max-pooling behind it nine tenths: at most one value of four is a maximum and some
//! windows are dead. Every gradient `g` of an output pixel and filter that is left contributes
//! `dw[tap] += g · x[pixel + tap]` and `dx[pixel + tap] += g · w[tap]`. Both are the same loop, [`Pass`]: a block of numbers
//! kept in registers gains scaled blocks gathered from elsewhere. For `dw` the block is one filter's taps, for `dx` the patch below a pixel.
#![allow(unsafe_code)] // The gathered loads of the innermost loop; each block is checked before it is read.

use super::backward::{Alive, Backward};
use super::geometry::Geometry;
use super::lists::{Entry, Lists, Sites};
use super::simd::{Buffer, load, load_part, mul_add, reach, store, store_part, vectors};
use pulp::{Simd, WithSimd};

/// Memory kept between calls.
#[derive(Default)]
pub struct Scratch {
    x: Buffer,
    dx: Buffer,
    w: Buffer,
    dw: Buffer,
    lists: Lists,
    corners: Vec<u32>,
}

/// Bytes of x that should stay in the first cache, beside the lists.
const X_BYTES: usize = 24 * 1024;
/// Entries of all lists by filter that should stay in the cache.
const ENTRIES: usize = 6 * 1024;

/// Computes on this thread; an input gradient behind a pool only: without one, [`transposed`](super::transposed) is faster.
#[inline(always)]
pub fn run<S: Simd>(simd: S, backward: Backward<'_>, scratch: &mut Scratch) {
    let Backward {
        geometry: g,
        x,
        w,
        dy,
        alive,
        mut dx,
        dw,
        db,
    } = backward;
    let layout = Layout::new::<S>(&g);
    let (rows, columns) = g.output();
    let step = if g.pool { 2 } else { 1 };
    // Several small images at a time, so that a filter's list is long beside its sums; or a large one in bands of rows.
    let image_bytes = layout.pixels * layout.pitch * 4;
    let together = (X_BYTES / image_bytes).clamp(1, g.images.max(1));
    let fit = if image_bytes > X_BYTES {
        (X_BYTES * layout.pixels / image_bytes / layout.width).saturating_sub(g.kernel - 1) / step
    } else {
        usize::MAX
    };
    let band = fit.min(ENTRIES / (g.filters * columns)).max(1);

    let x_blocks = scratch.x.zeroed(layout.map_length(together));
    let dw_blocks = scratch.dw.zeroed(layout.weights_length(&g));
    if dx.is_some() {
        let w_blocks = scratch.w.zeroed(layout.weights_length(&g));
        layout.each_weight(&g, |from, to| w_blocks[to] = w[from]);
    }
    db.fill(0.0);
    for first in (0..g.images).step_by(together) {
        let images = together.min(g.images - first);
        for image in 0..images {
            let picture = &x[(first + image) * g.input_length()..][..g.input_length()];
            layout.spread(simd, &g, picture, image, together, x_blocks);
        }
        if dx.is_some() {
            scratch.dx.zeroed(layout.map_length(together));
        }
        for top in (0..images * rows).step_by(band) {
            let bottom = (top + band).min(images * rows);
            scratch.corners.clear();
            for line in top..bottom {
                let start = line / rows * layout.pixels + step * (line % rows) * layout.width;
                let corners = (0..columns).map(|x| ((start + step * x) * layout.pitch) as u32);
                scratch.corners.extend(corners);
            }
            let from = (first * rows + top) * columns * g.filters;
            let numbers = from..from + (bottom - top) * columns * g.filters;
            let below = layout.width;
            let sites = Sites {
                dy: &dy[numbers.clone()],
                alive: match alive {
                    Alive::Positive(y) => Alive::Positive(&y[numbers]),
                    Alive::Maximum(codes) => Alive::Maximum(&codes[numbers]),
                },
                filters: g.filters,
                corners: &scratch.corners,
                positions: [0, 1, below, below + 1, 0].map(|pixel| (pixel * layout.pitch) as u32),
            };
            let taps = layout.taps(&g);
            simd.vectorize(ByFilter {
                sites: &sites,
                lists: &mut scratch.lists,
                taps,
                db: &mut *db,
            });
            for block in 0..layout.blocks {
                let pass = Pass {
                    sums: &mut dw_blocks[block * g.filters * taps..][..g.filters * taps],
                    sums_row: layout.row,
                    source: layout.block(block, together, x_blocks),
                    source_row: layout.width * layout.pitch,
                    lists: &scratch.lists,
                };
                layout.add(simd, &g, pass);
            }
            let (Alive::Maximum(codes), Some(_)) = (sites.alive, &dx) else {
                continue;
            };
            simd.vectorize(ByPixel {
                sites: &sites,
                codes,
                lists: &mut scratch.lists,
                taps,
            });
            let dx_blocks = scratch.dx.take(layout.map_length(together));
            let w_blocks = scratch.w.take(layout.weights_length(&g));
            for block in 0..layout.blocks {
                let pass = Pass {
                    sums: layout.block_mut(block, together, dx_blocks),
                    sums_row: layout.width * layout.pitch,
                    source: &w_blocks[block * g.filters * taps..][..g.filters * taps],
                    source_row: layout.row,
                    lists: &scratch.lists,
                };
                layout.add(simd, &g, pass);
            }
        }
        if let Some(dx) = dx.as_deref_mut() {
            let dx_blocks = scratch.dx.take(layout.map_length(together));
            for image in 0..images {
                let picture = &mut dx[(first + image) * g.input_length()..][..g.input_length()];
                layout.collect(simd, &g, dx_blocks, image, together, picture);
            }
        }
    }
    layout.each_weight(&g, |to, from| dw[to] = dw_blocks[from]);
}

/// How maps and weights are laid out: in blocks of one vector of channels, or as they are if there are fewer channels than that.
///
/// Maps are `(blocks, images, pixels, pitch)`, weights `(blocks, filters, kernel rows, row)`, where a row is a kernel row's taps,
/// `pitch` numbers each, filled up to whole vectors.
struct Layout {
    blocks: usize,
    pitch: usize,
    row: usize,
    /// Of a picture with its border.
    width: usize,
    pixels: usize,
    /// Numbers behind each block of a map: rows of taps are read and written as whole vectors.
    slack: usize,
}

impl Layout {
    fn new<S: Simd>(g: &Geometry) -> Self {
        let lanes = S::F32_LANES;
        let pitch = g.channels.min(lanes);
        let row = (g.kernel * pitch).next_multiple_of(lanes);
        Self {
            blocks: vectors::<S>(g.channels),
            pitch,
            row,
            width: g.padded_width(),
            pixels: g.padded_height() * g.padded_width(),
            slack: (row - g.kernel * pitch).next_multiple_of(lanes),
        }
    }

    /// Numbers of one filter's taps in one block.
    fn taps(&self, g: &Geometry) -> usize {
        g.kernel * self.row
    }

    fn weights_length(&self, g: &Geometry) -> usize {
        self.blocks * g.filters * self.taps(g)
    }

    /// Numbers of one block of a map of `images`; whole lines, so that every block is aligned like the first.
    fn block_length(&self, images: usize) -> usize {
        (images * self.pixels * self.pitch + self.slack).next_multiple_of(16)
    }

    fn map_length(&self, images: usize) -> usize {
        self.blocks * self.block_length(images)
    }

    fn block<'a>(&self, block: usize, images: usize, map: &'a [f32]) -> &'a [f32] {
        &map[block * self.block_length(images)..][..self.block_length(images)]
    }

    fn block_mut<'a>(&self, block: usize, images: usize, map: &'a mut [f32]) -> &'a mut [f32] {
        &mut map[block * self.block_length(images)..][..self.block_length(images)]
    }

    /// Calls `f(index in (taps, channels, filters), index in the blocks)` for every weight.
    #[inline(always)]
    fn each_weight(&self, g: &Geometry, mut f: impl FnMut(usize, usize)) {
        for tap in 0..g.kernel * g.kernel {
            for channel in 0..g.channels {
                let (block, lane) = (channel / self.pitch, channel % self.pitch);
                let from = (tap * g.channels + channel) * g.filters;
                let to = block * g.filters * self.taps(g)
                    + tap / g.kernel * self.row
                    + tap % g.kernel * self.pitch
                    + lane;
                for filter in 0..g.filters {
                    f(from + filter, to + filter * self.taps(g));
                }
            }
        }
    }

    /// Copies a picture to its place in a map whose borders are zero.
    #[inline(always)]
    fn spread<S: Simd>(
        &self,
        simd: S,
        g: &Geometry,
        picture: &[f32],
        image: usize,
        images: usize,
        map: &mut [f32],
    ) {
        for block in 0..self.blocks {
            let channel = block * self.pitch;
            let used = self.pitch.min(g.channels - channel);
            let to = self.block_mut(block, images, map);
            for (y, line) in picture.chunks_exact(g.width * g.channels).enumerate() {
                let start = image * self.pixels + (y + g.border) * self.width + g.border;
                let pixels = to[start * self.pitch..].chunks_exact_mut(self.pitch);
                for (to, from) in pixels.zip(line.chunks_exact(g.channels)) {
                    store_part(simd, to, load_part(simd, &from[channel..][..used]));
                }
            }
        }
    }

    /// The inverse of [`Layout::spread`].
    #[inline(always)]
    fn collect<S: Simd>(
        &self,
        simd: S,
        g: &Geometry,
        map: &[f32],
        image: usize,
        images: usize,
        picture: &mut [f32],
    ) {
        for block in 0..self.blocks {
            let channel = block * self.pitch;
            let used = self.pitch.min(g.channels - channel);
            let from = self.block(block, images, map);
            for (y, line) in picture.chunks_exact_mut(g.width * g.channels).enumerate() {
                let start = image * self.pixels + (y + g.border) * self.width + g.border;
                let pixels = from[start * self.pitch..].chunks_exact(self.pitch);
                for (to, from) in line.chunks_exact_mut(g.channels).zip(pixels) {
                    store_part(simd, &mut to[channel..][..used], load_part(simd, from));
                }
            }
        }
    }

    /// Runs `pass` with the taps in registers: all rows of them at once if they fit, else row by row.
    #[inline(always)]
    fn add<S: Simd>(&self, simd: S, g: &Geometry, pass: Pass<'_>) {
        macro_rules! shapes {
            ($($kernel:literal: $($vectors:literal)*;)*) => {
                match (g.kernel, self.row / S::F32_LANES) {
                    $($(($kernel, $vectors) => if $kernel * $vectors + 4 <= S::REGISTER_COUNT {
                        simd.vectorize(Shaped::<'_, 1, $kernel, $vectors>(pass))
                    } else {
                        simd.vectorize(Shaped::<'_, $kernel, 1, $vectors>(pass))
                    },)*)*
                    _ => unreachable!("a row of taps is at most a vector a tap"),
                }
            };
        }
        shapes!(1: 1; 3: 1 2 3; 5: 1 2 3 4 5; 7: 1 2 3 4 5 6 7;);
    }
}

struct ByFilter<'a> {
    sites: &'a Sites<'a>,
    lists: &'a mut Lists,
    taps: usize,
    db: &'a mut [f32],
}

impl WithSimd for ByFilter<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, _: S) {
        self.sites.by_filter(self.lists, self.taps, self.db);
    }
}

struct ByPixel<'a> {
    sites: &'a Sites<'a>,
    codes: &'a [u8],
    lists: &'a mut Lists,
    taps: usize,
}

impl WithSimd for ByPixel<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, _: S) {
        self.sites.by_pixel(self.lists, self.taps, self.codes);
    }
}

/// `sums[target + r · sums_row + …] += Σ value · source[start + r · source_row + …]`, over each list's entries.
struct Pass<'a> {
    sums: &'a mut [f32],
    sums_row: usize,
    source: &'a [f32],
    source_row: usize,
    lists: &'a Lists,
}

/// [`Pass`] over blocks of `N · R` rows of `J` vectors, `R` rows at a time.
struct Shaped<'a, const N: usize, const R: usize, const J: usize>(Pass<'a>);

impl<const N: usize, const R: usize, const J: usize> WithSimd for Shaped<'_, N, R, J> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        let Pass {
            sums,
            sums_row,
            source,
            source_row,
            lists,
        } = self.0;
        for (target, entries) in lists.iter() {
            for n in 0..N {
                accumulate::<S, R, J>(
                    simd,
                    &mut sums[target + n * R * sums_row..],
                    sums_row,
                    &source[n * R * source_row..],
                    source_row,
                    entries,
                );
            }
        }
    }
}

/// `sums[r][j] += Σ value · source[start][r][j]` over the entries, for `R` rows of `J` vectors; rows lie `sums_row` and `source_row` apart.
#[inline(always)]
fn accumulate<S: Simd, const R: usize, const J: usize>(
    simd: S,
    sums: &mut [f32],
    sums_row: usize,
    source: &[f32],
    source_row: usize,
    entries: &[Entry],
) {
    let lanes = S::F32_LANES;
    assert!(
        reach([(R - 1, sums_row), (J, lanes)]) <= sums.len(),
        "the block lies in the sums"
    );
    let last = source
        .len()
        .checked_sub(reach([(R - 1, source_row), (J, lanes)]));
    let last = last.expect("the source holds a block");
    // SAFETY: `sums` by the assertion above, `source` by the one on every entry.
    unsafe {
        let sums = sums.as_mut_ptr();
        let mut block: [[S::f32s; J]; R] = std::array::from_fn(|r| {
            std::array::from_fn(|j| load(simd, sums.add(r * sums_row + j * lanes)))
        });
        for entry in entries {
            let start = entry.start as usize;
            assert!(start <= last, "the block lies in the source");
            let value = simd.splat_f32s(entry.value);
            let from = source.as_ptr().add(start);
            for (r, row) in block.iter_mut().enumerate() {
                for (j, sum) in row.iter_mut().enumerate() {
                    *sum = mul_add(
                        simd,
                        load(simd, from.add(r * source_row + j * lanes)),
                        value,
                        *sum,
                    );
                }
            }
        }
        for (r, row) in block.iter().enumerate() {
            for (j, sum) in row.iter().enumerate() {
                store(simd, sums.add(r * sums_row + j * lanes), *sum);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use pulp::Scalar128b;

    #[test]
    #[should_panic(expected = "the source holds a block")]
    fn a_source_shorter_than_a_block_is_not_read() {
        let (mut sums, source) = ([0.0; 8], [1.0; 6]);
        let entries = [Entry {
            start: 0,
            value: 1.0,
        }];
        accumulate::<_, 2, 1>(Scalar128b, &mut sums, 4, &source, 4, &entries);
    }

    #[test]
    #[should_panic(expected = "the block lies in the source")]
    fn an_entry_behind_the_last_block_is_not_read() {
        let (mut sums, source) = ([0.0; 8], [1.0; 9]);
        let entries = [1, 2].map(|start| Entry { start, value: 1.0 });
        accumulate::<_, 2, 1>(Scalar128b, &mut sums, 4, &source, 4, &entries);
    }
}
