//! Adam (Kingma and Ba, 2015), one fused pass in place over each variable.

use super::pieces::Raw;
use super::simd::{load_part, store_part};
use candle_core::{CpuStorage, InplaceOp1, Layout, Result, Var, bail};
use pulp::Simd;
use std::cell::RefCell;

/// The hyper-parameters; the defaults are Keras's.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct AdamConfig {
    /// The step size α.
    pub learning_rate: f64,
    /// Decay of the mean of the gradients.
    pub beta1: f64,
    /// Decay of the mean of their squares.
    pub beta2: f64,
    /// Added to the root of the squares, as Keras does: before the correction of the start.
    pub epsilon: f64,
}

impl Default for AdamConfig {
    fn default() -> Self {
        Self {
            learning_rate: 1e-3,
            beta1: 0.9,
            beta2: 0.999,
            epsilon: 1e-7,
        }
    }
}

/// What [`Adam`] remembers of one variable: running means of its gradients and of their squares.
#[derive(Clone, Debug, PartialEq)]
pub struct Moments {
    /// m.
    pub mean: Vec<f32>,
    /// v.
    pub square: Vec<f32>,
}

/// What a saved run needs to continue to the bit: steps taken, and the moments of each variable in order.
#[derive(Clone, Debug, PartialEq)]
pub struct AdamState {
    /// t.
    pub steps: u64,
    /// One of each variable.
    pub moments: Vec<Moments>,
}

/// The optimizer and the variables that it changes.
///
/// `m ← β₁ m + (1 − β₁) g`, `v ← β₂ v + (1 − β₂) g²`, `p ← p − α √(1 − β₂ᵗ) / (1 − β₁ᵗ) · m / (√v + ε)`.
pub struct Adam {
    variables: Vec<Var>,
    config: AdamConfig,
    state: AdamState,
}

impl Adam {
    /// An optimizer that has taken no step.
    #[must_use]
    pub fn new(variables: Vec<Var>, config: AdamConfig) -> Self {
        let zeros = |variable: &Var| vec![0.0; variable.elem_count()];
        let moments = variables
            .iter()
            .map(|variable| Moments {
                mean: zeros(variable),
                square: zeros(variable),
            })
            .collect();
        Self {
            variables,
            config,
            state: AdamState { steps: 0, moments },
        }
    }

    /// An optimizer that continues from `state`.
    ///
    /// # Errors
    /// If `state` was not exported by an optimizer of variables of the same sizes.
    pub fn resume(variables: Vec<Var>, config: AdamConfig, state: AdamState) -> Result<Self> {
        let sizes: Vec<_> = variables
            .iter()
            .map(|variable| variable.elem_count())
            .collect();
        let fits = |(moments, size): (&Moments, &usize)| {
            moments.mean.len() == *size && moments.square.len() == *size
        };
        if state.moments.len() != sizes.len() || !state.moments.iter().zip(&sizes).all(fits) {
            bail!("adam: the saved state does not fit variables of sizes {sizes:?}");
        }
        Ok(Self {
            variables,
            config,
            state,
        })
    }

    /// What [`Adam::resume`] needs.
    #[must_use]
    pub fn state(&self) -> &AdamState {
        &self.state
    }

    /// The hyper-parameters, which may change between steps.
    pub fn config_mut(&mut self) -> &mut AdamConfig {
        &mut self.config
    }

    /// The variables, in order.
    #[must_use]
    pub fn variables(&self) -> &[Var] {
        &self.variables
    }

    /// Counts a step; what [`update`] needs to take it.
    pub(crate) fn begin(&mut self) -> Constants {
        self.state.steps = self.state.steps.saturating_add(1);
        let AdamConfig {
            learning_rate,
            beta1,
            beta2,
            epsilon,
        } = self.config;
        let steps = self.state.steps as f64;
        let rate = learning_rate * (1.0 - beta2.powf(steps)).sqrt() / (1.0 - beta1.powf(steps));
        Constants {
            rate: rate as f32,
            beta1: beta1 as f32,
            beta2: beta2 as f32,
            epsilon: epsilon as f32,
        }
    }

    /// Takes a step back that was begun and not taken.
    pub(crate) fn abandon(&mut self) {
        self.state.steps -= 1;
    }

    /// Runs `body` on the numbers of every variable and its moments, in order, which nobody else has meanwhile. They are `lent`, which
    /// is empty before and behind.
    pub(crate) fn lend(&mut self, lent: &mut Vec<Lent>, body: &mut Body<'_>) -> Result<()> {
        lend(&self.variables, &mut self.state.moments, lent, body)
    }
}

/// A variable's weights, and the means of its gradients and of their squares.
pub type Lent = [Raw<f32>; 3];

/// What is done with them.
type Body<'a> = dyn FnMut(&[Lent]) + 'a;

/// Lends the first variable and, meanwhile, the others.
fn lend(
    variables: &[Var],
    moments: &mut [Moments],
    lent: &mut Vec<Lent>,
    body: &mut Body<'_>,
) -> Result<()> {
    let (Some((variable, variables)), Some((first, moments))) =
        (variables.split_first(), moments.split_first_mut())
    else {
        body(lent);
        return Ok(());
    };
    variable.inplace_op1(&Lend(RefCell::new(&mut |weights: &mut [f32]| {
        lent.push([weights, &mut first.mean, &mut first.square].map(Raw::new));
        let result = lend(variables, moments, lent, body);
        lent.pop();
        result
    })))
}

type Borrow<'a> = dyn FnMut(&mut [f32]) -> Result<()> + 'a;

struct Lend<'a>(RefCell<&'a mut Borrow<'a>>);

impl InplaceOp1 for Lend<'_> {
    fn name(&self) -> &'static str {
        "adam"
    }

    fn cpu_fwd(&self, storage: &mut CpuStorage, layout: &Layout) -> Result<()> {
        let CpuStorage::F32(weights) = storage else {
            bail!("adam: a variable must be f32")
        };
        let Some((from, to)) = layout.contiguous_offsets() else {
            bail!("adam: a variable must be contiguous")
        };
        (self.0.borrow_mut())(&mut weights[from..to])
    }
}

/// What all weights of a step have in common.
#[derive(Clone, Copy, Default)]
pub struct Constants {
    rate: f32,
    beta1: f32,
    beta2: f32,
    epsilon: f32,
}

/// A part of a variable and its moments.
pub struct Part<'a> {
    pub weights: &'a mut [f32],
    pub mean: &'a mut [f32],
    pub square: &'a mut [f32],
}

/// The fused pass over a part of a variable.
#[inline(always)]
pub fn update<S: Simd>(simd: S, part: Part<'_>, constants: Constants, gradient: &[f32]) {
    let splat = |number| simd.splat_f32s(number);
    let Constants {
        rate,
        beta1,
        beta2,
        epsilon,
    } = constants;
    let (keep1, keep2) = (splat(beta1), splat(beta2));
    let (add1, add2) = (splat(1.0 - beta1), splat(1.0 - beta2));
    let (rate, epsilon, zero) = (splat(rate), splat(epsilon), splat(0.0));
    let Part {
        weights,
        mean,
        square,
    } = part;
    let chunks = weights
        .chunks_mut(S::F32_LANES)
        .zip(mean.chunks_mut(S::F32_LANES))
        .zip(square.chunks_mut(S::F32_LANES))
        .zip(gradient.chunks(S::F32_LANES));
    for (((weights, mean), square), gradient) in chunks {
        let g = load_part(simd, gradient);
        let m = simd.mul_f32s(keep1, load_part(simd, mean));
        let m = simd.add_f32s(m, simd.mul_f32s(add1, g));
        let v = simd.mul_f32s(keep2, load_part(simd, square));
        let v = simd.add_f32s(v, simd.mul_f32s(simd.mul_f32s(add2, g), g));
        // Means that no longer receive gradient would decay into denormal numbers, a hundred times slower; what is set to zero
        // here is too small to move a weight.
        let tiny = simd.less_than_f32s(simd.abs_f32s(m), splat(1e-25));
        let m = simd.select_f32s(tiny, zero, m);
        let v = simd.select_f32s(simd.less_than_f32s(v, splat(1e-32)), zero, v);
        store_part(simd, mean, m);
        store_part(simd, square, v);
        let down = simd.add_f32s(simd.sqrt_f32s(v), epsilon);
        let step = simd.div_f32s(simd.mul_f32s(rate, m), down);
        let w = simd.sub_f32s(load_part(simd, weights), step);
        store_part(simd, weights, w);
    }
}
