//! The backward pass of a convolution, visiting only the gradients that are not zero.
//!
//! `ReLU` stops about half of the gradient, 2×2 max-pooling behind it nine tenths: at most one value of four is a maximum and some
//! windows are dead. Every gradient `g` of an output pixel and filter that is left contributes
//! `dw[tap] += g · x[pixel + tap]` and `dx[pixel + tap] += g · w[tap]`. Both are the same loop, [`accumulate`]: a block of numbers
//! kept in registers gains scaled blocks gathered from elsewhere. For `dw` the block is one filter's taps, for `dx` the patch below a pixel.
#![allow(unsafe_code)] // The gathered loads of the innermost loop; each block is checked before it is read.

use super::direct::add_border;
use super::geometry::Geometry;
use super::pool::DEAD;
use super::simd::{Buffer, dispatch, load, mul_add, store, vectors};
use pulp::{Simd, WithSimd};
use std::cell::RefCell;

/// Which outputs let gradient through.
#[derive(Clone, Copy)]
pub enum Alive<'a> {
    /// No pooling: where the output is positive.
    Positive(&'a [f32]),
    /// Pooling: at the position of the maximum, by the codes of [`pool_rows`](super::pool::pool_rows).
    Maximum(&'a [u8]),
}

/// The gradients of `x (images, height, width, channels)`, `w (kernel, kernel, channels, filters)` and `b (filters,)`.
pub struct Backward<'a> {
    pub geometry: Geometry,
    pub x: &'a [f32],
    pub w: &'a [f32],
    pub dy: &'a [f32],
    pub alive: Alive<'a>,
    /// Overwritten.
    pub dx: Option<&'a mut [f32]>,
    /// Overwritten.
    pub dw: &'a mut [f32],
    /// Overwritten.
    pub db: &'a mut [f32],
}

/// A gradient that is not zero, and where the block that it scales starts.
#[derive(Clone, Copy, Default)]
struct Entry {
    start: u32,
    value: f32,
}

/// Lists of entries of equal capacity in one allocation.
#[derive(Default)]
struct Lists {
    entries: Vec<Entry>,
    lengths: Vec<usize>,
    capacity: usize,
}

impl Lists {
    fn reset(&mut self, lists: usize, capacity: usize) {
        self.capacity = capacity;
        self.lengths.clear();
        self.lengths.resize(lists, 0);
        if self.entries.len() < lists * capacity {
            self.entries.resize(lists * capacity, Entry::default());
        }
    }

    fn list(&self, index: usize) -> &[Entry] {
        &self.entries[index * self.capacity..][..self.lengths[index]]
    }

    /// Fills list `index` with the `Some` of `candidates`, at most `capacity` of them, without a branch.
    #[inline(always)]
    fn fill(&mut self, index: usize, candidates: impl Iterator<Item = (bool, Entry)>) {
        let list = &mut self.entries[index * self.capacity..][..self.capacity];
        let mut length = 0;
        for (keep, entry) in candidates {
            if length < list.len() {
                list[length] = entry;
            }
            length += usize::from(keep);
        }
        self.lengths[index] = length.min(self.capacity);
    }
}

#[derive(Default)]
struct Scratch {
    bordered: Buffer,
    x: Buffer,
    dx: Buffer,
    w: Buffer,
    dw: Buffer,
    by_filter: Lists,
    by_pixel: Lists,
}

thread_local! {
    static SCRATCH: RefCell<Scratch> = RefCell::default();
}

impl Backward<'_> {
    /// Computes on this thread.
    pub fn run(self) {
        SCRATCH.with_borrow_mut(|scratch| {
            dispatch(Kernel {
                backward: self,
                scratch,
            });
        });
    }
}

struct Kernel<'a> {
    backward: Backward<'a>,
    scratch: &'a mut Scratch,
}

impl WithSimd for Kernel<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        let Self { backward, scratch } = self;
        let vectors = vectors::<S>(backward.geometry.channels);
        let wide = S::REGISTER_COUNT >= 32;
        // Vectors of channels worked on together, as many as leave the block in registers and waste none.
        match backward.geometry.kernel {
            1 if vectors.is_multiple_of(4) => run::<S, 1, 4>(simd, backward, scratch, 4),
            1 if vectors.is_multiple_of(2) => run::<S, 1, 2>(simd, backward, scratch, 2),
            1 => run::<S, 1, 1>(simd, backward, scratch, 1),
            3 if vectors.is_multiple_of(2) && wide => run::<S, 3, 6>(simd, backward, scratch, 2),
            3 => run::<S, 3, 3>(simd, backward, scratch, 1),
            5 if vectors.is_multiple_of(4) && wide => run::<S, 1, 20>(simd, backward, scratch, 4),
            5 if vectors.is_multiple_of(2) => run::<S, 1, 10>(simd, backward, scratch, 2),
            5 => run::<S, 1, 5>(simd, backward, scratch, 1),
            _ if vectors.is_multiple_of(2) && wide => run::<S, 1, 14>(simd, backward, scratch, 2),
            _ => run::<S, 1, 7>(simd, backward, scratch, 1),
        }
    }
}

fn run<S: Simd, const R: usize, const J: usize>(
    simd: S,
    backward: Backward<'_>,
    scratch: &mut Scratch,
    block: usize,
) {
    simd.vectorize(Blocked::<'_, R, J> {
        backward,
        scratch,
        block,
    });
}

/// [`Backward`] with `block` vectors of channels at a time; the kernel's rows are taken `R` at a time, each `J` vectors long.
struct Blocked<'a, const R: usize, const J: usize> {
    backward: Backward<'a>,
    scratch: &'a mut Scratch,
    block: usize,
}

impl<const R: usize, const J: usize> WithSimd for Blocked<'_, R, J> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        let Self {
            backward,
            scratch,
            block,
            ..
        } = self;
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
        let lanes = block * S::F32_LANES;
        let blocks = g.channels.div_ceil(lanes);
        let taps = g.kernel * g.kernel;
        let (height, width) = (g.padded_height(), g.padded_width());
        let pixels = height * width;
        let (rows, columns) = g.output();
        let step = if g.pool { 2 } else { 1 };
        // Rows of a band: its part of x should stay in the first cache.
        let fit = 24 * 1024 / (width * lanes * 4);
        let band = (fit.saturating_sub(g.kernel - 1) / step).clamp(1, rows);

        let bordered = scratch.bordered.zeroed(pixels * g.channels);
        let x_blocks = scratch.x.zeroed(blocks * pixels * lanes);
        let dw_blocks = scratch.dw.zeroed(blocks * g.filters * taps * lanes);
        let w_blocks = scratch.w.zeroed(if dx.is_some() {
            blocks * g.filters * taps * lanes
        } else {
            0
        });
        let dx_blocks = scratch.dx.take(if dx.is_some() {
            blocks * pixels * lanes
        } else {
            0
        });
        if dx.is_some() {
            to_filter_blocks(w, g.channels, g.filters, lanes, w_blocks);
        }
        db.fill(0.0);
        for image in 0..g.images {
            add_border(
                &g,
                &x[image * g.input_length()..][..g.input_length()],
                bordered,
            );
            to_channel_blocks(bordered, g.channels, lanes, x_blocks);
            dx_blocks.fill(0.0);
            for first in (0..rows).step_by(band) {
                let last = rows.min(first + band);
                let sites = first * columns..last * columns;
                let gradients = Gradients {
                    g: &g,
                    dy,
                    alive,
                    image,
                    width,
                    columns,
                    step,
                };
                scratch.by_filter.reset(g.filters, sites.len());
                for (filter, db) in db.iter_mut().enumerate() {
                    gradients.of_filter(&mut scratch.by_filter, filter, sites.clone(), lanes);
                    *db += scratch
                        .by_filter
                        .list(filter)
                        .iter()
                        .map(|entry| entry.value)
                        .sum::<f32>();
                }
                for c in 0..blocks {
                    let x = &x_blocks[c * pixels * lanes..][..pixels * lanes];
                    for filter in 0..g.filters {
                        let block = &mut dw_blocks[(c * g.filters + filter) * taps * lanes..]
                            [..taps * lanes];
                        let list = scratch.by_filter.list(filter);
                        for r in (0..g.kernel).step_by(R) {
                            let source = &x[r * width * lanes..];
                            accumulate::<S, R, J>(
                                simd,
                                &mut block[r * g.kernel * lanes..],
                                g.kernel * lanes,
                                source,
                                width * lanes,
                                list,
                            );
                        }
                    }
                }
                if dx.is_none() {
                    continue;
                }
                scratch.by_pixel.reset(sites.len() * step * step, g.filters);
                for (index, site) in sites.clone().enumerate() {
                    gradients.of_site(&mut scratch.by_pixel, index, site, taps * lanes);
                }
                for c in 0..blocks {
                    let w = &w_blocks[c * g.filters * taps * lanes..][..g.filters * taps * lanes];
                    let dx = &mut dx_blocks[c * pixels * lanes..][..pixels * lanes];
                    for (index, site) in sites.clone().enumerate() {
                        for position in 0..step * step {
                            let list = scratch.by_pixel.list(index * step * step + position);
                            if list.is_empty() {
                                continue;
                            }
                            let start = gradients.pixel(site, position) * lanes;
                            for r in (0..g.kernel).step_by(R) {
                                let patch = &mut dx[start + r * width * lanes..];
                                accumulate::<S, R, J>(
                                    simd,
                                    patch,
                                    width * lanes,
                                    &w[r * g.kernel * lanes..],
                                    g.kernel * lanes,
                                    list,
                                );
                            }
                        }
                    }
                }
            }
            if let Some(dx) = dx.as_deref_mut() {
                from_channel_blocks(
                    dx_blocks,
                    &g,
                    lanes,
                    &mut dx[image * g.input_length()..][..g.input_length()],
                );
            }
        }
        from_filter_blocks(dw_blocks, g.channels, g.filters, lanes, dw);
    }
}

/// The gradient of one image, read as lists. A site is an output position: a pixel, or a window of four.
struct Gradients<'a> {
    g: &'a Geometry,
    dy: &'a [f32],
    alive: Alive<'a>,
    image: usize,
    width: usize,
    columns: usize,
    step: usize,
}

impl Gradients<'_> {
    /// The pixel of x under the kernel's first tap.
    #[inline(always)]
    fn pixel(&self, site: usize, position: usize) -> usize {
        let (y, x) = (site / self.columns, site % self.columns);
        (self.step * y + position / 2) * self.width + self.step * x + position % 2
    }

    /// One filter's gradients at `sites`, with the start of the pixel that each scales, of `lanes` numbers.
    #[inline(always)]
    fn of_filter(
        &self,
        lists: &mut Lists,
        filter: usize,
        sites: std::ops::Range<usize>,
        lanes: usize,
    ) {
        let start = self.image * self.g.output_length() + sites.start * self.g.filters + filter;
        let dy = self.dy[start..].iter().step_by(self.g.filters);
        let (mut y, mut x) = (sites.start / self.columns, 0);
        let corners = std::iter::from_fn(|| {
            let corner = self.step * (y * self.width + x);
            x += 1;
            if x == self.columns {
                (x, y) = (0, y + 1);
            }
            Some(corner)
        });
        let sites = dy.take(sites.len()).zip(corners);
        match self.alive {
            Alive::Positive(output) => {
                let output = output[start..].iter().step_by(self.g.filters);
                lists.fill(
                    filter,
                    sites.zip(output).map(|((&value, corner), y)| {
                        (
                            *y > 0.0 && value != 0.0,
                            Entry {
                                start: (corner * lanes) as u32,
                                value,
                            },
                        )
                    }),
                );
            }
            Alive::Maximum(codes) => {
                let codes = codes[start..].iter().step_by(self.g.filters);
                let offset = [0, 1, self.width, self.width + 1, 0];
                lists.fill(
                    filter,
                    sites.zip(codes).map(|((&value, corner), &code)| {
                        let start = (corner + offset[usize::from(code.min(DEAD))]) * lanes;
                        (
                            code < DEAD && value != 0.0,
                            Entry {
                                start: start as u32,
                                value,
                            },
                        )
                    }),
                );
            }
        }
    }

    /// One site's gradients at each of its positions, with the start of the filter that each scales, of `lanes` numbers.
    #[inline(always)]
    fn of_site(&self, lists: &mut Lists, index: usize, site: usize, lanes: usize) {
        let from = self.image * self.g.output_length() + site * self.g.filters;
        let dy = &self.dy[from..][..self.g.filters];
        let entries = dy.iter().enumerate().map(|(filter, &value)| Entry {
            start: (filter * lanes) as u32,
            value,
        });
        match self.alive {
            Alive::Positive(output) => {
                let output = &output[from..][..self.g.filters];
                lists.fill(
                    index,
                    entries
                        .zip(output)
                        .map(|(entry, y)| (*y > 0.0 && entry.value != 0.0, entry)),
                );
            }
            Alive::Maximum(codes) => {
                let codes = &codes[from..][..self.g.filters];
                for position in 0..4 {
                    let entries = entries.clone().zip(codes);
                    lists.fill(
                        4 * index + usize::from(position),
                        entries
                            .map(|(entry, &code)| (code == position && entry.value != 0.0, entry)),
                    );
                }
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
        (R - 1) * sums_row + J * lanes <= sums.len(),
        "the block lies in the sums"
    );
    let last = source.len() - ((R - 1) * source_row + J * lanes);
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

/// `(pixels, channels)` → `(blocks, pixels, lanes)`; what lies beyond the last channel is left as it is.
fn to_channel_blocks(pixels: &[f32], channels: usize, lanes: usize, blocks: &mut [f32]) {
    let count = pixels.len() / channels;
    for (block, to) in blocks.chunks_exact_mut(count * lanes).enumerate() {
        let from = block * lanes;
        let used = lanes.min(channels - from);
        for (to, pixel) in to
            .chunks_exact_mut(lanes)
            .zip(pixels.chunks_exact(channels))
        {
            to[..used].copy_from_slice(&pixel[from..from + used]);
        }
    }
}

/// The inverse of [`to_channel_blocks`], without the border.
fn from_channel_blocks(blocks: &[f32], g: &Geometry, lanes: usize, pixels: &mut [f32]) {
    let (height, width) = (g.padded_height(), g.padded_width());
    for (block, from) in blocks.chunks_exact(height * width * lanes).enumerate() {
        let first = block * lanes;
        let used = lanes.min(g.channels - first);
        for (y, line) in pixels.chunks_exact_mut(g.width * g.channels).enumerate() {
            let from = &from[((y + g.border) * width + g.border) * lanes..];
            for (pixel, from) in line
                .chunks_exact_mut(g.channels)
                .zip(from.chunks_exact(lanes))
            {
                pixel[first..first + used].copy_from_slice(&from[..used]);
            }
        }
    }
}

/// `(taps, channels, filters)` → `(blocks, filters, taps, lanes)`.
fn to_filter_blocks(w: &[f32], channels: usize, filters: usize, lanes: usize, blocks: &mut [f32]) {
    let taps = w.len() / (channels * filters);
    for (index, line) in w.chunks_exact(filters).enumerate() {
        let (tap, channel) = (index / channels, index % channels);
        let (block, lane) = (channel / lanes, channel % lanes);
        for (filter, value) in line.iter().enumerate() {
            blocks[((block * filters + filter) * taps + tap) * lanes + lane] = *value;
        }
    }
}

/// `(blocks, filters, taps, lanes)` → `(taps, channels, filters)`.
fn from_filter_blocks(
    blocks: &[f32],
    channels: usize,
    filters: usize,
    lanes: usize,
    w: &mut [f32],
) {
    let taps = w.len() / (channels * filters);
    for (index, line) in w.chunks_exact_mut(filters).enumerate() {
        let (tap, channel) = (index / channels, index % channels);
        let (block, lane) = (channel / lanes, channel % lanes);
        for (filter, value) in line.iter_mut().enumerate() {
            *value = blocks[((block * filters + filter) * taps + tap) * lanes + lane];
        }
    }
}
