//! Activations: what they do to a number, and to a gradient.
//!
//! Each is written once, a number at a time without branches, and the compiler makes vectors of it for every unit.

use super::kernel::Kernel;
use super::pieces::Pieces;
use pulp::Simd;

/// What is done to every number of a layer's output, as Keras 3 defines it.
#[derive(Clone, Copy, Debug, Default, PartialEq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Activation {
    /// Nothing.
    #[default]
    None,
    /// max(0, z).
    Relu,
    /// z, and `slope` · z where it is negative.
    LeakyRelu {
        /// Keras 0.3 as a layer and 0.2 as a function, PyTorch 0.01.
        slope: f32,
    },
    /// min(max(0, z), 6).
    Relu6,
    /// z, and `alpha` · (eᶻ − 1) where it is negative.
    Elu {
        /// Usually 1.
        alpha: f32,
    },
    /// ELU of α = 1.67326…, times 1.05070….
    Selu,
    /// z · Φ(z), with the error function.
    Gelu,
    /// ½ z (1 + tanh(√(2/π) (z + 0.044715 z³))).
    GeluTanh,
    /// z · sigmoid(z), also called swish.
    Silu,
    /// tanh z.
    Tanh,
    /// 1 / (1 + e⁻ᶻ).
    Sigmoid,
    /// ReLU6(z + 3) / 6.
    HardSigmoid,
    /// z · hard sigmoid(z).
    HardSilu,
    /// z, no less than −1 and no more than 1.
    HardTanh,
}

impl Activation {
    /// Whether the output alone says what the gradient is.
    pub(crate) fn is_known_by_output(self) -> bool {
        match self {
            Self::LeakyRelu { slope } => slope >= 0.0,
            Self::Elu { alpha } => alpha > 0.0,
            Self::Gelu | Self::GeluTanh | Self::Silu | Self::HardSilu => false,
            _ => true,
        }
    }

    /// The same as two straight pieces and a ceiling, where it is.
    pub(crate) fn bend(self) -> Option<Bend> {
        let bend = |low, cap| Some(Bend { low, cap });
        match self {
            Self::None => bend(1.0, f32::INFINITY),
            Self::Relu => bend(0.0, f32::INFINITY),
            Self::LeakyRelu { slope } if slope >= 0.0 => bend(slope, f32::INFINITY),
            Self::Relu6 => bend(0.0, 6.0),
            _ => None,
        }
    }

    /// Whether its parameter is a number.
    pub(crate) fn is_finite(self) -> bool {
        match self {
            Self::LeakyRelu { slope: number } | Self::Elu { alpha: number } => number.is_finite(),
            _ => true,
        }
    }
}

/// `min(z, cap)`, and `low · z` where z is negative.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Bend {
    pub low: f32,
    pub cap: f32,
}

/// Nothing is bent.
pub const STRAIGHT: Bend = Bend {
    low: 1.0,
    cap: f32::INFINITY,
};

impl Bend {
    /// What is not a number stays so, as −∞ becomes none where `low` is zero: a diverged run is seen.
    #[inline(always)]
    pub fn value(self, z: f32) -> f32 {
        let z = if z > 0.0 { z } else { self.low * z };
        if z > self.cap { self.cap } else { z }
    }

    /// The derivative, by the output.
    #[inline(always)]
    pub fn slope(self, y: f32) -> f32 {
        let above = if y < self.cap { 1.0 } else { 0.0 };
        if y > 0.0 { above } else { self.low }
    }
}

/// One activation: its value, and its derivative by z or, where that says it, by the output.
trait Function: Copy {
    fn value(self, z: f32) -> f32;
    fn slope(self, at: f32) -> f32;
}

/// What is done with a function, once for each kind of it.
trait Visit {
    fn visit<F: Function>(self, function: F);
}

#[inline(always)]
fn dispatch<V: Visit>(activation: Activation, visitor: V) {
    match activation {
        Activation::None => visitor.visit(Bent(STRAIGHT)),
        Activation::Relu => visitor.visit(Relu),
        Activation::LeakyRelu { slope } => visitor.visit(LeakyRelu(slope)),
        Activation::Relu6 => visitor.visit(Clamped {
            scale: 1.0,
            shift: 0.0,
            low: 0.0,
            high: 6.0,
        }),
        Activation::Elu { alpha } => visitor.visit(Elu {
            alpha,
            scale: 1.0,
            by_output: alpha > 0.0,
        }),
        Activation::Selu => visitor.visit(Elu {
            alpha: 1.673_263_2,
            scale: 1.050_701,
            by_output: true,
        }),
        Activation::Gelu => visitor.visit(Gelu),
        Activation::GeluTanh => visitor.visit(GeluTanh),
        Activation::Silu => visitor.visit(Silu),
        Activation::Tanh => visitor.visit(Tanh),
        Activation::Sigmoid => visitor.visit(Sigmoid),
        Activation::HardSigmoid => visitor.visit(Clamped {
            scale: 1.0 / 6.0,
            shift: 0.5,
            low: 0.0,
            high: 1.0,
        }),
        Activation::HardSilu => visitor.visit(HardSilu),
        Activation::HardTanh => visitor.visit(Clamped {
            scale: 1.0,
            shift: 0.0,
            low: -1.0,
            high: 1.0,
        }),
    }
}

#[derive(Clone, Copy)]
struct Bent(Bend);

impl Function for Bent {
    #[inline(always)]
    fn value(self, z: f32) -> f32 {
        self.0.value(z)
    }

    #[inline(always)]
    fn slope(self, y: f32) -> f32 {
        self.0.slope(y)
    }
}

#[derive(Clone, Copy)]
struct Relu;

impl Function for Relu {
    #[inline(always)]
    fn value(self, z: f32) -> f32 {
        if z <= 0.0 { 0.0 } else { z }
    }

    #[inline(always)]
    fn slope(self, y: f32) -> f32 {
        if y > 0.0 { 1.0 } else { 0.0 }
    }
}

#[derive(Clone, Copy)]
struct LeakyRelu(f32);

impl Function for LeakyRelu {
    #[inline(always)]
    fn value(self, z: f32) -> f32 {
        if z > 0.0 { z } else { self.0 * z }
    }

    #[inline(always)]
    fn slope(self, at: f32) -> f32 {
        if at > 0.0 { 1.0 } else { self.0 }
    }
}

/// `scale · z + shift`, no less than `low` and no more than `high`.
#[derive(Clone, Copy)]
struct Clamped {
    scale: f32,
    shift: f32,
    low: f32,
    high: f32,
}

impl Function for Clamped {
    #[inline(always)]
    fn value(self, z: f32) -> f32 {
        clamp(z * self.scale + self.shift, self.low, self.high)
    }

    #[inline(always)]
    fn slope(self, y: f32) -> f32 {
        let below = if y < self.high { self.scale } else { 0.0 };
        if y > self.low { below } else { 0.0 }
    }
}

#[derive(Clone, Copy)]
struct Elu {
    alpha: f32,
    scale: f32,
    /// Whether the derivative is asked for by the output, which for no positive α says it.
    by_output: bool,
}

impl Function for Elu {
    #[inline(always)]
    fn value(self, z: f32) -> f32 {
        let low = self.alpha * (exp(z) - 1.0);
        self.scale * if z > 0.0 { z } else { low }
    }

    #[inline(always)]
    fn slope(self, at: f32) -> f32 {
        let alpha = self.scale * self.alpha;
        let low = if self.by_output {
            at + alpha
        } else {
            alpha * exp(at)
        };
        if at > 0.0 { self.scale } else { low }
    }
}

#[derive(Clone, Copy)]
struct Gelu;

impl Function for Gelu {
    #[inline(always)]
    fn value(self, z: f32) -> f32 {
        z * normal(z)
    }

    #[inline(always)]
    fn slope(self, z: f32) -> f32 {
        const DENSITY: f32 = 0.398_942_3; // 1 / √(2π)
        normal(z) + z * DENSITY * exp(-0.5 * z * z)
    }
}

#[derive(Clone, Copy)]
struct GeluTanh;

impl GeluTanh {
    const ROOT: f32 = 0.797_884_6; // √(2/π)
    const CUBE: f32 = 0.044_715;
}

impl Function for GeluTanh {
    #[inline(always)]
    fn value(self, z: f32) -> f32 {
        0.5 * z * (1.0 + tanh(Self::ROOT * (z + Self::CUBE * z * z * z)))
    }

    #[inline(always)]
    fn slope(self, z: f32) -> f32 {
        let t = tanh(Self::ROOT * (z + Self::CUBE * z * z * z));
        let inner = Self::ROOT * (1.0 + 3.0 * Self::CUBE * z * z);
        0.5 * (1.0 + t) + 0.5 * z * (1.0 - t * t) * inner
    }
}

#[derive(Clone, Copy)]
struct Silu;

impl Function for Silu {
    #[inline(always)]
    fn value(self, z: f32) -> f32 {
        z * sigmoid(z)
    }

    #[inline(always)]
    fn slope(self, z: f32) -> f32 {
        let s = sigmoid(z);
        s * (1.0 + z * (1.0 - s))
    }
}

#[derive(Clone, Copy)]
struct Tanh;

impl Function for Tanh {
    #[inline(always)]
    fn value(self, z: f32) -> f32 {
        tanh(z)
    }

    #[inline(always)]
    fn slope(self, y: f32) -> f32 {
        1.0 - y * y
    }
}

#[derive(Clone, Copy)]
struct Sigmoid;

impl Function for Sigmoid {
    #[inline(always)]
    fn value(self, z: f32) -> f32 {
        sigmoid(z)
    }

    #[inline(always)]
    fn slope(self, y: f32) -> f32 {
        y * (1.0 - y)
    }
}

#[derive(Clone, Copy)]
struct HardSilu;

impl Function for HardSilu {
    #[inline(always)]
    fn value(self, z: f32) -> f32 {
        z * clamp(z * (1.0 / 6.0) + 0.5, 0.0, 1.0)
    }

    #[inline(always)]
    fn slope(self, z: f32) -> f32 {
        let between = z * (1.0 / 3.0) + 0.5;
        let below = if z > -3.0 { between } else { 0.0 };
        if z < 3.0 { below } else { 1.0 }
    }
}

/// What is not a number stays so.
#[inline(always)]
fn clamp(x: f32, low: f32, high: f32) -> f32 {
    let x = if x < low { low } else { x };
    if x > high { high } else { x }
}

/// eˣ, to the last bit but one (Cephes's polynomial); what is beyond e⁸⁸ stays there.
#[inline(always)]
fn exp(x: f32) -> f32 {
    // Adding it rounds to a whole number, which is then in the lowest bits.
    const ROUND: f32 = 12_582_912.0;
    let clamped = clamp(x, -87.0, 88.0);
    let whole = clamped * std::f32::consts::LOG2_E + ROUND;
    let n = whole - ROUND;
    let r = clamped - n * 0.693_359_4 - n * -2.121_944_4e-4;
    let mut p = 1.987_569_2e-4;
    for coefficient in [
        1.398_2e-3,
        8.333_452e-3,
        4.166_579_6e-2,
        1.666_666_5e-1,
        5.000_000_3e-1,
    ] {
        p = p * r + coefficient;
    }
    let p = p * r * r + r + 1.0;
    let power = f32::from_bits(p.to_bits().wrapping_add(whole.to_bits() << 23));
    if x.is_nan() { x } else { power }
}

#[inline(always)]
fn sigmoid(x: f32) -> f32 {
    1.0 / (1.0 + exp(-x))
}

/// Cephes's polynomial near zero, by the exponential elsewhere.
#[inline(always)]
fn tanh(x: f32) -> f32 {
    let square = x * x;
    let mut p = -5.704_988_7e-3;
    for coefficient in [2.063_909e-2, -5.373_971_6e-2, 1.333_144_2e-1, -3.333_328e-1] {
        p = p * square + coefficient;
    }
    let near = p * square * x + x;
    let far = 1.0 - 2.0 / (exp(2.0 * x.abs()) + 1.0);
    if x.abs() < 0.625 {
        near
    } else {
        far.copysign(x)
    }
}

/// The normal distribution Φ: within 1e-7, by the error function of Abramowitz and Stegun, 7.1.26.
#[inline(always)]
fn normal(x: f32) -> f32 {
    let z = x.abs() * std::f32::consts::FRAC_1_SQRT_2;
    let t = 1.0 / (1.0 + 0.327_591_1 * z);
    let mut p = 1.061_405_4_f32;
    for coefficient in [-1.453_152, 1.421_413_7, -0.284_496_74, 0.254_829_6] {
        p = p * t + coefficient;
    }
    let tail = 0.5 * p * t * exp(-z * z);
    if x < 0.0 { tail } else { 1.0 - tail }
}

/// Applies an activation in place to some columns of some rows.
pub struct Activate<'a> {
    pub activation: Activation,
    /// Rows `row` numbers apart.
    pub numbers: Pieces<'a, f32>,
    pub rows: usize,
    pub row: usize,
    pub first: usize,
    /// Columns, from `first` on.
    pub count: usize,
}

impl Kernel for Activate<'_> {
    type Scratch = ();

    #[inline(always)]
    fn run<S: Simd>(self, _: S, (): &mut ()) {
        if self.activation != Activation::None && self.count > 0 {
            dispatch(self.activation, self);
        }
    }
}

impl Visit for Activate<'_> {
    #[inline(always)]
    fn visit<F: Function>(mut self, function: F) {
        if self.count == self.row {
            let all = self.numbers.piece(0, self.rows * self.row);
            for number in all {
                *number = function.value(*number);
            }
            return;
        }
        for row in 0..self.rows {
            let piece = self.numbers.piece(row * self.row + self.first, self.count);
            for number in piece {
                *number = function.value(*number);
            }
        }
    }
}

/// The same from one slice to another.
pub struct ActivateTo<'a> {
    pub activation: Activation,
    pub z: &'a [f32],
    pub y: &'a mut [f32],
}

impl Kernel for ActivateTo<'_> {
    type Scratch = ();

    #[inline(always)]
    fn run<S: Simd>(self, _: S, (): &mut ()) {
        dispatch(self.activation, self);
    }
}

impl Visit for ActivateTo<'_> {
    #[inline(always)]
    fn visit<F: Function>(self, function: F) {
        for (y, z) in self.y.iter_mut().zip(self.z) {
            *y = function.value(*z);
        }
    }
}

/// `dz = dy · f′`.
pub struct Gradient<'a> {
    pub activation: Activation,
    /// The output, if that says the gradient, otherwise what it was computed from.
    pub at: &'a [f32],
    /// What comes from behind, if it is not in `dz` already.
    pub dy: Option<&'a [f32]>,
    pub dz: &'a mut [f32],
}

impl Kernel for Gradient<'_> {
    type Scratch = ();

    #[inline(always)]
    fn run<S: Simd>(self, _: S, (): &mut ()) {
        dispatch(self.activation, self);
    }
}

impl Visit for Gradient<'_> {
    #[inline(always)]
    fn visit<F: Function>(self, function: F) {
        match self.dy {
            Some(dy) => {
                for ((dz, dy), at) in self.dz.iter_mut().zip(dy).zip(self.at) {
                    *dz = dy * function.slope(*at);
                }
            }
            None => {
                for (dz, at) in self.dz.iter_mut().zip(self.at) {
                    *dz *= function.slope(*at);
                }
            }
        }
    }
}
