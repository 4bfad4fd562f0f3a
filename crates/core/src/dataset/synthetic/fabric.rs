//! What a garment is made of: how bright each place of it is.

use std::ops::Range;

use rand::Rng;

/// A shade of grey with a pattern and an unevenness.
#[derive(Clone, Copy)]
pub struct Fabric {
    /// Brightness, 0 to 1.
    pub tone: f32,
    pattern: Pattern,
    /// How much the pattern takes from the brightness, 0 to 1.
    depth: f32,
    /// How uneven the brightness is, 0 to 1.
    grain: f32,
    seed: u32,
}

/// Lengths in pixels.
#[derive(Clone, Copy)]
enum Pattern {
    Plain,
    Stripes { period: f32 },
    Plaid { period: f32 },
    Flowers { size: f32 },
}

impl Fabric {
    /// A plain fabric.
    pub fn plain(rng: &mut impl Rng, tones: Range<f32>) -> Self {
        Self {
            tone: rng.random_range(tones),
            pattern: Pattern::Plain,
            depth: 0.0,
            grain: rng.random_range(0.05..0.25),
            seed: rng.random(),
        }
    }

    /// A fabric with a pattern, in a share `patterned` of cases.
    pub fn random(rng: &mut impl Rng, tones: Range<f32>, patterned: f64) -> Self {
        let plain = Self::plain(rng, tones);
        if !rng.random_bool(patterned) {
            return plain;
        }
        let pattern = match rng.random_range(0..3) {
            0 => Pattern::Stripes {
                period: rng.random_range(2.5..6.0),
            },
            1 => Pattern::Plaid {
                period: rng.random_range(3.0..6.0),
            },
            _ => Pattern::Flowers {
                size: rng.random_range(1.2..2.5),
            },
        };
        Self {
            pattern,
            depth: rng.random_range(0.2..0.6),
            ..plain
        }
    }

    /// The same fabric, `factor` times as bright.
    pub fn times(self, factor: f32) -> Self {
        Self {
            tone: (self.tone * factor).min(1.0),
            ..self
        }
    }

    /// Brightness at a place, in pixels from the upper left corner.
    pub fn shade(&self, x: f32, y: f32) -> f32 {
        let band = |at: f32, period: f32| f32::from(u8::from((at / period).fract() < 0.5));
        let pattern = match self.pattern {
            Pattern::Plain => 0.0,
            Pattern::Stripes { period } => band(y, period),
            Pattern::Plaid { period } => f32::midpoint(band(x, period), band(y, period)),
            Pattern::Flowers { size } => (4.0 * self.noise(x, y, size) - 1.5).clamp(0.0, 1.0),
        };
        // Creases run downwards; the weave is as fine as the pixels.
        let weave = scatter(self.seed, x as u32, y as u32);
        let uneven = 1.3 * (self.noise(x, y / 4.0, 2.0) - 0.5) + 0.5 * (weave - 0.5);
        self.tone * (1.0 - self.depth * pattern) * (1.0 + self.grain * uneven)
    }

    /// Value noise from 0 to 1: random at whole multiples of `size`, smooth between.
    fn noise(&self, x: f32, y: f32, size: f32) -> f32 {
        let (x, y) = (x / size, y / size);
        let (column, row) = (x as u32, y as u32);
        let (right, down) = (x.fract(), y.fract());
        let at = |column, row| scatter(self.seed, column, row);
        let upper = at(column, row) * (1.0 - right) + at(column + 1, row) * right;
        let lower = at(column, row + 1) * (1.0 - right) + at(column + 1, row + 1) * right;
        upper * (1.0 - down) + lower * down
    }
}

/// A tone that stands out from `tone`: dark on bright, bright on dark.
pub fn contrast(tone: f32) -> f32 {
    if tone > 0.55 { tone * 0.35 } else { 0.85 }
}

/// A number from 0 to 1 that looks random (finaliser of `MurmurHash3`, A. Appleby).
fn scatter(seed: u32, column: u32, row: u32) -> f32 {
    let mut hash = seed ^ column.wrapping_mul(0x9e37_79b9) ^ row.wrapping_mul(0x85eb_ca6b);
    hash = (hash ^ (hash >> 16)).wrapping_mul(0x85eb_ca6b);
    hash = (hash ^ (hash >> 13)).wrapping_mul(0xc2b2_ae35);
    (hash >> 8) as f32 / (1 << 24) as f32
}
