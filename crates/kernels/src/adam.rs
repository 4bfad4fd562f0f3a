//! Adam (Kingma and Ba, 2015), one fused pass in place over each variable.

use super::gradients::{Gradient, Gradients};
use super::matmul::WeightGradient;
use super::simd::Buffer;
use super::tensor::with_floats;
use super::unit::dispatch;
use candle_core::{CpuStorage, InplaceOp1, Layout, Result, Tensor, Var, bail};
use pulp::{Simd, WithSimd};
use std::sync::Mutex;

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

    /// One step along the sum of `shards`' gradients. Large variables are split over the threads of the current rayon pool, which
    /// does not change the result. A variable without gradient stays as it is.
    ///
    /// # Errors
    /// If a gradient is not f32 on the CPU or does not have its variable's shape.
    pub fn step(&mut self, shards: &[Gradients]) -> Result<()> {
        self.state.steps = self.state.steps.saturating_add(1);
        let AdamConfig {
            learning_rate,
            beta1,
            beta2,
            epsilon,
        } = self.config;
        let steps = self.state.steps as f64;
        let rate = learning_rate * (1.0 - beta2.powf(steps)).sqrt() / (1.0 - beta1.powf(steps));
        let constants = Constants {
            rate: rate as f32,
            beta1: beta1 as f32,
            beta2: beta2 as f32,
            epsilon: epsilon as f32,
        };
        for (variable, moments) in self.variables.iter().zip(&mut self.state.moments) {
            let parts: Vec<&Gradient> = shards
                .iter()
                .flat_map(|shard| shard.parts(variable))
                .collect();
            if !parts.is_empty() {
                let moments = Mutex::new(moments);
                variable.inplace_op1(&Update {
                    moments,
                    gradient: Summands::new(variable, &parts)?,
                    constants,
                })?;
            }
        }
        Ok(())
    }
}

#[derive(Clone, Copy)]
struct Constants {
    rate: f32,
    beta1: f32,
    beta2: f32,
    epsilon: f32,
}

/// What a variable's gradient is the sum of.
enum Summands {
    Whole(Vec<Tensor>),
    /// Pairs of x and dz, see [`Gradient::Product`].
    Products(Vec<[Tensor; 2]>),
}

impl Summands {
    fn new(variable: &Var, parts: &[&Gradient]) -> Result<Self> {
        let products = parts.iter().map(|part| match part {
            Gradient::Product { x, dz } => Some((x, dz)),
            Gradient::Whole(_) => None,
        });
        if let Some(products) = products.collect::<Option<Vec<_>>>() {
            let contiguous = products.into_iter().map(|(x, dz)| {
                let (x, dz) = (x.flatten_from(1)?.contiguous()?, dz.contiguous()?);
                if x.dim(0)? != dz.dim(0)? || [x.dim(1)?, dz.dim(1)?] != *variable.dims() {
                    bail!(
                        "adam: factors {:?} and {:?} of the gradient of a variable {:?}",
                        x.shape(),
                        dz.shape(),
                        variable.shape()
                    );
                }
                Ok([x, dz])
            });
            return Ok(Self::Products(contiguous.collect::<Result<_>>()?));
        }
        let contiguous = parts.iter().map(|part| {
            let gradient = part.tensor()?.contiguous()?;
            if gradient.shape() != variable.shape() {
                bail!(
                    "adam: gradient {:?} of a variable {:?}",
                    gradient.shape(),
                    variable.shape()
                );
            }
            Ok(gradient)
        });
        Ok(Self::Whole(contiguous.collect::<Result<_>>()?))
    }
}

struct Update<'a> {
    /// Candle lends the operator immutably.
    moments: Mutex<&'a mut Moments>,
    gradient: Summands,
    constants: Constants,
}

impl InplaceOp1 for Update<'_> {
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
        let weights = &mut weights[from..to];
        let mut moments = self
            .moments
            .lock()
            .map_err(|_| candle_core::Error::Msg("adam: a thread panicked".into()))?;
        let Moments { mean, square } = &mut **moments;
        let constants = self.constants;
        let all = Part {
            weights,
            mean,
            square,
        };
        match &self.gradient {
            Summands::Whole(gradients) => with_floats("adam", gradients, |gradients| {
                all.each_chunk(1, |first, part| {
                    let gradients = gradients
                        .iter()
                        .map(|gradient| &gradient[first..][..part.weights.len()])
                        .collect();
                    dispatch(Pass {
                        part,
                        gradients,
                        constants,
                    });
                });
            }),
            Summands::Products(factors) => {
                with_floats("adam", factors.iter().flatten(), |slices| {
                    let outputs = factors.first().map_or(1, |[_, dz]| dz.dims()[1]);
                    all.each_chunk(outputs, |first, part| {
                        let factors = slices
                            .chunks_exact(2)
                            .map(|pair| [pair[0], pair[1]])
                            .collect();
                        dispatch(ProductPass {
                            part,
                            first: first / outputs,
                            outputs,
                            factors,
                            constants,
                        });
                    });
                })
            }
        }
    }
}

/// A part of a variable and its moments.
struct Part<'a> {
    weights: &'a mut [f32],
    mean: &'a mut [f32],
    square: &'a mut [f32],
}

/// Numbers below which another thread costs more than it saves.
const SMALLEST_CHUNK: usize = 16 * 1024;

impl Part<'_> {
    /// Runs `work(start, part)` on about as many parts as there are threads, each a multiple of `unit` numbers long.
    fn each_chunk(self, unit: usize, work: impl Fn(usize, Part<'_>) + Send + Sync) {
        let chunk = self
            .weights
            .len()
            .div_ceil(rayon::current_num_threads())
            .max(SMALLEST_CHUNK)
            .next_multiple_of(unit);
        let parts = self
            .weights
            .chunks_mut(chunk)
            .zip(self.mean.chunks_mut(chunk))
            .zip(self.square.chunks_mut(chunk))
            .enumerate();
        rayon::scope(|scope| {
            for (index, ((weights, mean), square)) in parts {
                let work = &work;
                scope.spawn(move |_| {
                    work(
                        index * chunk,
                        Part {
                            weights,
                            mean,
                            square,
                        },
                    );
                });
            }
        });
    }
}

/// The pass over a part of a dense layer's weights, from row `first`: its gradient exists only a few rows at a time.
struct ProductPass<'a> {
    part: Part<'a>,
    first: usize,
    outputs: usize,
    factors: Vec<[&'a [f32]; 2]>,
    constants: Constants,
}

impl WithSimd for ProductPass<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        let Self {
            part,
            first,
            outputs,
            factors,
            constants,
        } = self;
        let mut products: Vec<_> = factors
            .iter()
            .map(|[x, dz]| WeightGradient::new(simd, x, dz, outputs))
            .collect();
        // As many rows as leave their gradient, weights and moments in the first cache.
        let rows = (2048 / outputs).max(1).next_multiple_of(14);
        let mut gradient = Buffer::default();
        let block = rows * outputs;
        let parts = part
            .weights
            .chunks_mut(block)
            .zip(part.mean.chunks_mut(block))
            .zip(part.square.chunks_mut(block));
        for (index, ((weights, mean), square)) in parts.enumerate() {
            let gradient = gradient.take(weights.len());
            for (summand, product) in products.iter_mut().enumerate() {
                product.rows(simd, first + index * rows, summand > 0, gradient);
            }
            pass(
                Part {
                    weights,
                    mean,
                    square,
                },
                constants,
                gradient.iter().copied(),
            );
        }
    }
}

/// The fused pass over a part of any other variable.
struct Pass<'a> {
    part: Part<'a>,
    gradients: Vec<&'a [f32]>,
    constants: Constants,
}

impl WithSimd for Pass<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, _: S) {
        let Self {
            part,
            gradients,
            constants,
        } = self;
        match gradients[..] {
            [a] => pass(part, constants, a.iter().copied()),
            [a, b] => pass(part, constants, a.iter().zip(b).map(|(a, b)| a + b)),
            _ => {
                let length = part.weights.len();
                pass(
                    part,
                    constants,
                    (0..length).map(|i| gradients.iter().map(|gradient| gradient[i]).sum()),
                );
            }
        }
    }
}

/// A plain loop: the compiler vectorises it for the unit it is compiled for.
#[inline(always)]
fn pass(part: Part<'_>, constants: Constants, gradients: impl Iterator<Item = f32>) {
    let Constants {
        rate,
        beta1,
        beta2,
        epsilon,
    } = constants;
    for (((weight, mean), square), gradient) in part
        .weights
        .iter_mut()
        .zip(part.mean)
        .zip(part.square)
        .zip(gradients)
    {
        // Means that no longer receive gradient would decay into denormal numbers, a hundred times slower; what is set to zero
        // here is too small to move a weight.
        let m = beta1 * *mean + (1.0 - beta1) * gradient;
        let m = if m.abs() < 1e-25 { 0.0 } else { m };
        let v = beta2 * *square + (1.0 - beta2) * gradient * gradient;
        let v = if v < 1e-32 { 0.0 } else { v };
        *mean = m;
        *square = v;
        *weight -= rate * m / (v.sqrt() + epsilon);
    }
}
