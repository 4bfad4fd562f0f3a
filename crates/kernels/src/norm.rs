//! Batch normalization (Ioffe and Szegedy, 2015), channel by channel.
//!
//! Means are sums over the whole batch. Each of some fixed parts of it leaves its sums, the squares around its own mean, and they are
//! put together first to last in float64 (Chan, Golub and LeVeque, 1979): no bit depends on who added what, and no mean far from zero
//! swallows the variance.

use super::activation::Bend;
use super::kernel::Kernel;
use super::simd::Buffer;
use pulp::Simd;

/// Memory kept between calls.
#[derive(Default)]
pub struct Scratch {
    sums: Buffer,
    parameters: Buffer,
}

/// Numbers that are taken as one row: a few channels would leave vectors empty, and a short row's loop costs as much as what it does.
const ROW: usize = 256;

/// Numbers of a row: whole pixels.
pub fn row(channels: usize) -> usize {
    (ROW / channels).max(1) * channels
}

/// Writes a number of each channel as often as a row has pixels.
#[inline(always)]
fn repeat(channels: &[f32], row: &mut [f32]) {
    for row in row.chunks_exact_mut(channels.len()) {
        row.copy_from_slice(channels);
    }
}

/// Adds up what the pixels of a row have left of each channel.
#[inline(always)]
fn fold(row: &[f32], channels: &mut [f32]) {
    channels.fill(0.0);
    for row in row.chunks_exact(channels.len()) {
        for (sum, number) in channels.iter_mut().zip(row) {
            *sum += number;
        }
    }
}

/// Mean and sum of squares around it, of one part of the batch.
pub struct Measure<'a> {
    pub x: &'a [f32],
    /// A number a channel each, overwritten.
    pub mean: &'a mut [f32],
    pub squares: &'a mut [f32],
}

impl Kernel for Measure<'_> {
    type Scratch = Scratch;

    #[inline(always)]
    fn run<S: Simd>(self, _: S, scratch: &mut Self::Scratch) {
        let Self { x, mean, squares } = self;
        let channels = mean.len();
        let row = row(channels);
        let both = scratch.sums.zeroed(2 * row);
        let (sums, means) = both.split_at_mut(row);
        for x in x.chunks(row) {
            for (sum, x) in sums.iter_mut().zip(x) {
                *sum += x;
            }
        }
        fold(sums, mean);
        let share = 1.0 / (x.len() / channels).max(1) as f32;
        for mean in mean.iter_mut() {
            *mean *= share;
        }
        repeat(mean, means);
        sums.fill(0.0);
        for x in x.chunks(row) {
            for ((sum, x), mean) in sums.iter_mut().zip(x).zip(&*means) {
                let off = x - mean;
                *sum += off * off;
            }
        }
        fold(sums, squares);
    }
}

/// What the parts come to.
pub struct Collect<'a> {
    /// Of part after part, a number a channel each.
    pub means: &'a [f32],
    pub squares: &'a [f32],
    /// Pixels of each part.
    pub counts: &'a dyn Fn(usize) -> usize,
    pub epsilon: f64,
    pub gamma: &'a [f32],
    /// Overwritten.
    pub statistics: Statistics<&'a mut [f32]>,
    /// Whether the variance to remember is that of a sample: divided by one less.
    pub is_unbiased: bool,
}

/// Four numbers of each channel.
pub struct Statistics<T> {
    pub mean: T,
    /// One over the root of the variance and ε.
    pub inverse: T,
    /// γ times that.
    pub scale: T,
    /// The variance to remember.
    pub variance: T,
}

impl Collect<'_> {
    pub fn run(self) {
        let channels = self.gamma.len();
        for channel in 0..channels {
            let (mut count, mut mean, mut squares) = (0.0, 0.0, 0.0);
            let parts = self.means[channel..].iter().step_by(channels);
            let parts = parts.zip(self.squares[channel..].iter().step_by(channels));
            for (part, (&m, &s)) in parts.enumerate() {
                let more = (self.counts)(part) as f64;
                if more == 0.0 {
                    continue;
                }
                let (off, all) = (f64::from(m) - mean, count + more);
                mean += off * more / all;
                squares += f64::from(s) + off * off * count * more / all;
                count = all;
            }
            let variance = squares / count.max(1.0);
            let inverse = 1.0 / (variance + self.epsilon).sqrt();
            self.statistics.mean[channel] = mean as f32;
            self.statistics.inverse[channel] = inverse as f32;
            self.statistics.scale[channel] = (inverse * f64::from(self.gamma[channel])) as f32;
            let less = if self.is_unbiased { 1.0 } else { 0.0 };
            self.statistics.variance[channel] = (squares / (count - less).max(1.0)) as f32;
        }
    }
}

/// `bend((x − mean) · scale + β)`, a number a channel each.
#[derive(Clone, Copy)]
pub struct Normal<'a> {
    pub mean: &'a [f32],
    pub scale: &'a [f32],
    pub beta: &'a [f32],
    pub bend: Bend,
}

impl Normal<'_> {
    /// A row of each of mean, scale and β.
    #[inline(always)]
    pub fn rows<'r>(&self, to: &'r mut [f32]) -> [&'r [f32]; 3] {
        let (means, rest) = to.split_at_mut(to.len() / 3);
        let (scales, betas) = rest.split_at_mut(means.len());
        repeat(self.mean, means);
        repeat(self.scale, scales);
        repeat(self.beta, betas);
        [means, scales, betas]
    }

    /// Of a number that is so far off the mean.
    #[inline(always)]
    pub fn output(&self, off: f32, scale: f32, beta: f32) -> f32 {
        self.bend.value(off * scale + beta)
    }

    /// What share of the output's gradient comes through. The output is computed once more, with the same bits, as it would be a third
    /// matrix to fetch.
    #[inline(always)]
    fn slope(&self, off: f32, scale: f32, beta: f32) -> f32 {
        self.bend.slope(self.output(off, scale, beta))
    }
}

/// What a batch normalization puts out.
pub struct Normalize<'a> {
    pub x: &'a [f32],
    pub normal: Normal<'a>,
    /// Overwritten.
    pub y: &'a mut [f32],
}

impl Kernel for Normalize<'_> {
    type Scratch = Scratch;

    #[inline(always)]
    fn run<S: Simd>(self, _: S, scratch: &mut Self::Scratch) {
        let Self { x, normal, y } = self;
        let row = row(normal.mean.len());
        let [means, scales, betas] = normal.rows(scratch.parameters.take(3 * row));
        for (y, x) in y.chunks_mut(row).zip(x.chunks(row)) {
            let parameters = means.iter().zip(scales).zip(betas);
            for ((y, x), ((mean, scale), beta)) in y.iter_mut().zip(x).zip(parameters) {
                *y = normal.output(x - mean, *scale, *beta);
            }
        }
    }
}

/// γ over the root of a given variance and ε.
pub fn scale(gamma: &[f32], variance: &[f32], epsilon: f64, scale: &mut [f32]) {
    for ((scale, gamma), variance) in scale.iter_mut().zip(gamma).zip(variance) {
        let inverse = 1.0 / (f64::from(*variance) + epsilon).sqrt();
        *scale = (inverse * f64::from(*gamma)) as f32;
    }
}

/// The same with given statistics, as in testing.
pub struct Given<'a> {
    pub x: &'a [f32],
    /// γ, β, mean and variance.
    pub parameters: [&'a [f32]; 4],
    pub epsilon: f64,
    pub bend: Bend,
    /// Overwritten.
    pub y: &'a mut [f32],
}

impl Kernel for Given<'_> {
    type Scratch = Scratch;

    #[inline(always)]
    fn run<S: Simd>(self, simd: S, scratch: &mut Self::Scratch) {
        let [gamma, beta, mean, variance] = self.parameters;
        let mut sums = std::mem::take(&mut scratch.sums);
        let scales = sums.take(gamma.len());
        scale(gamma, variance, self.epsilon, scales);
        let normalize = Normalize {
            x: self.x,
            normal: Normal {
                mean,
                scale: scales,
                beta,
                bend: self.bend,
            },
            y: self.y,
        };
        normalize.run(simd, scratch);
        scratch.sums = sums;
    }
}

/// What a gradient depends on besides that of the output, of a part of the batch.
pub struct Back<'a> {
    pub x: &'a [f32],
    pub normal: Normal<'a>,
    pub inverse: &'a [f32],
}

/// The gradients of β and γ, `Σ dz` and `Σ dz · x̂`, of one part of the batch.
pub struct Sums<'a> {
    pub back: Back<'a>,
    pub dy: &'a [f32],
    /// A number a channel each, overwritten.
    pub beta: &'a mut [f32],
    pub gamma: &'a mut [f32],
}

impl Kernel for Sums<'_> {
    type Scratch = Scratch;

    #[inline(always)]
    fn run<S: Simd>(self, _: S, scratch: &mut Self::Scratch) {
        let Self {
            back,
            dy,
            beta,
            gamma,
        } = self;
        let channels = beta.len();
        let row = row(channels);
        let (betas, gammas) = scratch.sums.zeroed(2 * row).split_at_mut(row);
        let [means, scales, shifts] = back.normal.rows(scratch.parameters.take(3 * row));
        for (dy, x) in dy.chunks(row).zip(back.x.chunks(row)) {
            let sums = betas.iter_mut().zip(&mut *gammas);
            let parameters = means.iter().zip(scales).zip(shifts);
            for (((beta, gamma), ((mean, scale), shift)), (dy, x)) in
                sums.zip(parameters).zip(dy.iter().zip(x))
            {
                let off = x - mean;
                let dz = dy * back.normal.slope(off, *scale, *shift);
                *beta += dz;
                *gamma += dz * off;
            }
        }
        fold(betas, beta);
        fold(gammas, gamma);
        for (gamma, inverse) in gamma.iter_mut().zip(back.inverse) {
            *gamma *= inverse;
        }
    }
}

/// `dx = scale · (dz − Σ dz / n − x̂ Σ (dz · x̂) / n)`.
pub struct Input<'a> {
    pub back: Back<'a>,
    /// The means over the batch, of `dz` and of `dz · x̂`.
    pub means: [&'a [f32]; 2],
    /// What comes from behind, if it is not in `dx` already.
    pub dy: Option<&'a [f32]>,
    /// Overwritten.
    pub dx: &'a mut [f32],
}

impl Kernel for Input<'_> {
    type Scratch = Scratch;

    #[inline(always)]
    fn run<S: Simd>(self, _: S, scratch: &mut Self::Scratch) {
        let Self {
            back,
            means: [dz_mean, dx_mean],
            dy,
            dx,
        } = self;
        let channels = back.inverse.len();
        let row = row(channels);
        let [means, scales, shifts] = back.normal.rows(scratch.parameters.take(3 * row));
        let (dz_means, factors) = scratch.sums.take(2 * row).split_at_mut(row);
        repeat(dz_mean, dz_means);
        repeat(dx_mean, factors);
        for factors in factors.chunks_exact_mut(channels) {
            for (factor, inverse) in factors.iter_mut().zip(back.inverse) {
                *factor *= inverse;
            }
        }
        for (index, (dx, x)) in dx.chunks_mut(row).zip(back.x.chunks(row)).enumerate() {
            if let Some(dy) = dy {
                dx.copy_from_slice(&dy[index * row..][..dx.len()]);
            }
            let bends = means.iter().zip(scales).zip(shifts);
            let parameters = bends.zip(dz_means.iter().zip(&*factors));
            let numbers = dx.iter_mut().zip(x);
            for ((dx, x), (((mean, scale), shift), (dz_mean, factor))) in numbers.zip(parameters) {
                let off = x - mean;
                let dz = *dx * back.normal.slope(off, *scale, *shift);
                *dx = scale * (dz - dz_mean - off * factor);
            }
        }
    }
}
