//! Optimizers, one fused pass in place over each variable.

use super::pieces::{Pieces, Raw};
use super::simd::{load_part, store_part};
use candle_core::{CpuStorage, InplaceOp1, Layout, Result, Var, bail};
use pulp::Simd;
use std::cell::RefCell;

/// How weights move by their gradient *g*; α is the learning rate.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Rule {
    /// Kingma and Ba, 2015: `m ← β₁ m + (1 − β₁) g`, `v ← β₂ v + (1 − β₂) g²`,
    /// `p ← p − α √(1 − β₂ᵗ) / (1 − β₁ᵗ) · m / (√v + ε)`.
    Adam {
        /// Decay of the mean of the gradients.
        beta1: f64,
        /// Decay of the mean of their squares.
        beta2: f64,
        /// Added to the root of the squares, as Keras does: before the correction of the start.
        epsilon: f64,
    },
    /// `m ← μ m + g`, `p ← p − α m`, as PyTorch has it; with Nesterov's way `p ← p − α (g + μ m)`.
    Sgd {
        /// μ; 0 for none.
        momentum: f64,
        /// Whether to look ahead.
        nesterov: bool,
    },
    /// `v ← ρ v + (1 − ρ) g²`, `m ← μ m + α g / √(v + ε)`, `p ← p − m`, as Keras has it.
    RmsProp {
        /// Decay of the mean of the squares.
        rho: f64,
        /// μ; usually 0.
        momentum: f64,
        /// Added to the squares.
        epsilon: f64,
    },
}

/// The hyper-parameters; the defaults are those of Keras's Adam.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct OptimizerConfig {
    /// How weights move.
    pub rule: Rule,
    /// The step size α.
    pub learning_rate: f64,
    /// λ of a penalty `λ Σ w²` on the weights of convolutions and dense layers: `g ← g + 2 λ w`.
    pub l2: f64,
    /// Share by which these weights shrink in a step, times α, whatever their gradient: `p ← p − α λ p`. With Adam it is AdamW.
    pub decay: f64,
}

impl Default for OptimizerConfig {
    fn default() -> Self {
        Self {
            rule: Rule::Adam {
                beta1: 0.9,
                beta2: 0.999,
                epsilon: 1e-7,
            },
            learning_rate: 1e-3,
            l2: 0.0,
            decay: 0.0,
        }
    }
}

impl OptimizerConfig {
    /// Stochastic gradient descent.
    #[must_use]
    pub fn sgd(learning_rate: f64, momentum: f64, nesterov: bool) -> Self {
        Self {
            rule: Rule::Sgd { momentum, nesterov },
            learning_rate,
            ..Self::default()
        }
    }

    /// RMSprop with Keras's defaults.
    #[must_use]
    pub fn rms_prop(learning_rate: f64) -> Self {
        Self {
            rule: Rule::RmsProp {
                rho: 0.9,
                momentum: 0.0,
                epsilon: 1e-7,
            },
            learning_rate,
            ..Self::default()
        }
    }
}

/// What [`Optimizer`] remembers of one variable: running means of its gradients and of their squares. A rule that does not use one
/// leaves it zero.
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
pub struct Optimizer {
    variables: Vec<Var>,
    config: OptimizerConfig,
    state: AdamState,
}

impl Optimizer {
    /// An optimizer that has taken no step.
    #[must_use]
    pub fn new(variables: Vec<Var>, config: OptimizerConfig) -> Self {
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
    pub fn resume(variables: Vec<Var>, config: OptimizerConfig, state: AdamState) -> Result<Self> {
        let sizes: Vec<_> = variables
            .iter()
            .map(|variable| variable.elem_count())
            .collect();
        let fits = |(moments, size): (&Moments, &usize)| {
            moments.mean.len() == *size && moments.square.len() == *size
        };
        if state.moments.len() != sizes.len() || !state.moments.iter().zip(&sizes).all(fits) {
            bail!("optimizer: the saved state does not fit variables of sizes {sizes:?}");
        }
        Ok(Self {
            variables,
            config,
            state,
        })
    }

    /// What [`Optimizer::resume`] needs.
    #[must_use]
    pub fn state(&self) -> &AdamState {
        &self.state
    }

    /// The hyper-parameters, which may change between steps.
    pub fn config_mut(&mut self) -> &mut OptimizerConfig {
        &mut self.config
    }

    /// The step size from the next step on.
    pub fn set_learning_rate(&mut self, learning_rate: f64) {
        self.config.learning_rate = learning_rate;
    }

    /// The variables, in order.
    #[must_use]
    pub fn variables(&self) -> &[Var] {
        &self.variables
    }

    /// Counts a step; what [`update`] needs to take it.
    pub(crate) fn begin(&mut self) -> Constants {
        self.state.steps = self.state.steps.saturating_add(1);
        let OptimizerConfig {
            rule,
            learning_rate,
            l2,
            decay,
        } = self.config;
        let mut rate = learning_rate;
        if let Rule::Adam { beta1, beta2, .. } = rule {
            let steps = self.state.steps as f64;
            rate *= (1.0 - beta2.powf(steps)).sqrt() / (1.0 - beta1.powf(steps));
        }
        Constants {
            rule: match rule {
                Rule::Adam {
                    beta1,
                    beta2,
                    epsilon,
                } => Move::Adam {
                    beta1: beta1 as f32,
                    beta2: beta2 as f32,
                    epsilon: epsilon as f32,
                },
                Rule::Sgd { momentum, nesterov } => Move::Sgd {
                    momentum: momentum as f32,
                    nesterov,
                },
                Rule::RmsProp {
                    rho,
                    momentum,
                    epsilon,
                } => Move::RmsProp {
                    rho: rho as f32,
                    momentum: momentum as f32,
                    epsilon: epsilon as f32,
                },
            },
            rate: rate as f32,
            l2: (2.0 * l2) as f32,
            shrink: (learning_rate * decay) as f32,
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
        "optimizer"
    }

    fn cpu_fwd(&self, storage: &mut CpuStorage, layout: &Layout) -> Result<()> {
        let CpuStorage::F32(weights) = storage else {
            bail!("optimizer: a variable must be f32")
        };
        let Some((from, to)) = layout.contiguous_offsets() else {
            bail!("optimizer: a variable must be contiguous")
        };
        (self.0.borrow_mut())(&mut weights[from..to])
    }
}

/// What all weights of a step have in common.
#[derive(Clone, Copy, Default)]
pub struct Constants {
    rule: Move,
    rate: f32,
    /// Times the weight, added to the gradient.
    l2: f32,
    /// Times the weight, taken from it.
    shrink: f32,
}

/// A [`Rule`] as the kernels take it.
#[derive(Clone, Copy)]
enum Move {
    Adam {
        beta1: f32,
        beta2: f32,
        epsilon: f32,
    },
    Sgd {
        momentum: f32,
        nesterov: bool,
    },
    RmsProp {
        rho: f32,
        momentum: f32,
        epsilon: f32,
    },
}

impl Default for Move {
    fn default() -> Self {
        Self::Sgd {
            momentum: 0.0,
            nesterov: false,
        }
    }
}

impl Constants {
    /// For biases and batch normalization, which nothing draws to zero.
    pub fn undrawn(self) -> Self {
        Self {
            l2: 0.0,
            shrink: 0.0,
            ..self
        }
    }
}

/// A part of a variable and its moments.
pub struct Part<'a> {
    pub weights: &'a mut [f32],
    pub mean: &'a mut [f32],
    pub square: &'a mut [f32],
}

impl<'a> Part<'a> {
    /// Some numbers of a variable, from `start` on.
    #[inline(always)]
    pub fn of(variable: &'a mut [Pieces<'_, f32>; 3], start: usize, length: usize) -> Self {
        let [weights, mean, square] = variable;
        Self {
            weights: weights.piece(start, length),
            mean: mean.piece(start, length),
            square: square.piece(start, length),
        }
    }
}

/// Means that no longer receive gradient would decay into denormal numbers, a hundred times slower; what is set to zero here is too
/// small to move a weight.
#[inline(always)]
fn without_tiny<S: Simd>(simd: S, mean: S::f32s, least: f32) -> S::f32s {
    let tiny = simd.less_than_f32s(simd.abs_f32s(mean), simd.splat_f32s(least));
    simd.select_f32s(tiny, simd.splat_f32s(0.0), mean)
}

/// The fused pass over a part of a variable.
#[inline(always)]
pub fn update<S: Simd>(simd: S, part: Part<'_>, constants: Constants, gradient: &[f32]) {
    let splat = |number| simd.splat_f32s(number);
    let Constants {
        rule,
        rate,
        l2,
        shrink,
    } = constants;
    let is_drawn = l2 != 0.0 || shrink != 0.0;
    let (rate, l2, shrink) = (splat(rate), splat(l2), splat(shrink));
    let Part {
        weights,
        mean,
        square,
    } = part;
    // Every vector of the part; a closure would be a function of its own, which leaves the vector unit.
    macro_rules! each {
        (|$w:ident, $g:ident, $mean:ident, $square:ident| $step:block) => {
            let chunks = weights
                .chunks_mut(S::F32_LANES)
                .zip(mean.chunks_mut(S::F32_LANES))
                .zip(square.chunks_mut(S::F32_LANES))
                .zip(gradient.chunks(S::F32_LANES));
            for (((weights, $mean), $square), gradient) in chunks {
                let mut $g = load_part(simd, gradient);
                let mut $w = load_part(simd, weights);
                if is_drawn {
                    $g = simd.add_f32s($g, simd.mul_f32s(l2, $w));
                    $w = simd.sub_f32s($w, simd.mul_f32s(shrink, $w));
                }
                let step = $step;
                store_part(simd, weights, simd.sub_f32s($w, step));
            }
        };
    }
    match rule {
        Move::Adam {
            beta1,
            beta2,
            epsilon,
        } => {
            let (keep1, keep2) = (splat(beta1), splat(beta2));
            let (add1, add2) = (splat(1.0 - beta1), splat(1.0 - beta2));
            let epsilon = splat(epsilon);
            each!(|w, g, mean, square| {
                let m = simd.mul_f32s(keep1, load_part(simd, mean));
                let m = simd.add_f32s(m, simd.mul_f32s(add1, g));
                let v = simd.mul_f32s(keep2, load_part(simd, square));
                let v = simd.add_f32s(v, simd.mul_f32s(simd.mul_f32s(add2, g), g));
                let (m, v) = (without_tiny(simd, m, 1e-25), without_tiny(simd, v, 1e-32));
                store_part(simd, mean, m);
                store_part(simd, square, v);
                let down = simd.add_f32s(simd.sqrt_f32s(v), epsilon);
                simd.div_f32s(simd.mul_f32s(rate, m), down)
            });
        }
        Move::Sgd { momentum, nesterov } => {
            if momentum == 0.0 {
                each!(|w, g, _mean, _square| { simd.mul_f32s(rate, g) });
                return;
            }
            let momentum = splat(momentum);
            each!(|w, g, mean, _square| {
                let m = simd.mul_f32s(momentum, load_part(simd, mean));
                let m = without_tiny(simd, simd.add_f32s(m, g), 1e-25);
                store_part(simd, mean, m);
                let way = if nesterov {
                    simd.add_f32s(g, simd.mul_f32s(momentum, m))
                } else {
                    m
                };
                simd.mul_f32s(rate, way)
            });
        }
        Move::RmsProp {
            rho,
            momentum,
            epsilon,
        } => {
            let with_momentum = momentum != 0.0;
            let (keep, add) = (splat(rho), splat(1.0 - rho));
            let (momentum, epsilon) = (splat(momentum), splat(epsilon));
            each!(|w, g, mean, square| {
                let v = simd.mul_f32s(keep, load_part(simd, square));
                let v = simd.add_f32s(v, simd.mul_f32s(simd.mul_f32s(add, g), g));
                let v = without_tiny(simd, v, 1e-32);
                store_part(simd, square, v);
                let down = simd.sqrt_f32s(simd.add_f32s(v, epsilon));
                let mut step = simd.div_f32s(simd.mul_f32s(rate, g), down);
                if with_momentum {
                    let m = simd.mul_f32s(momentum, load_part(simd, mean));
                    step = without_tiny(simd, simd.add_f32s(m, step), 1e-25);
                    store_part(simd, mean, step);
                }
                step
            });
        }
    }
}
