//! What the next batch of a run that holds will do to a filter: the gradient by each of its weights, what the optimizer makes of that, and
//! where the weight goes. The same arithmetic as the training step's, by another way: candle's operators in place of the compiled kernels.

use candle_core::{Device, Tensor};

use super::statistics::weight_gradients;
use super::test_set::{TestSetError, is_conv, not_a_convolution};
use crate::dataset::Pictures;
use crate::network::{LayerKind, Model};
use convlens_kernels::{AdamState, OptimizerConfig, Rule};

/// What the next step is taken with.
#[derive(Clone, Copy)]
pub struct StepWith<'a> {
    /// The hyper-parameters, the learning rate as the schedule has it there.
    pub optimizer: OptimizerConfig,
    /// What the optimizer remembers.
    pub state: &'a AdamState,
    /// Share of the truth that goes to all classes alike.
    pub label_smoothing: f32,
}

/// What happens to one weight.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct WeightStep {
    /// Before the step.
    pub weight: f64,
    /// Of the mean loss over the batch, with L2's part.
    pub gradient: f64,
    /// m, the running mean of the gradients, or the velocity of SGD and `RMSprop` with momentum: before and after.
    pub mean: [f64; 2],
    /// v, the running mean of their squares: before and after.
    pub square: [f64; 2],
    /// Behind it.
    pub next: f64,
}

/// What happens to a filter.
#[derive(Clone, Debug, PartialEq)]
pub struct FilterStep {
    /// `(channels, height, width)`, as [`Kernels::filter`](super::Kernels::filter).
    pub weights: Vec<WeightStep>,
    /// Pictures of the batch.
    pub images: usize,
}

/// Whether the next step of a network can be told before it is taken: without dropout, whose choice is drawn in the step, and without batch
/// normalization, which takes the batch's own mean.
#[must_use]
pub fn step_can_be_told(model: &Model) -> bool {
    model.layers().iter().all(|layer| {
        !matches!(
            layer.kind,
            LayerKind::Dropout { .. } | LayerKind::BatchNorm { .. }
        )
    })
}

/// What a batch of these pictures, as they are, does to a filter of a convolution; `model` is the network before it.
///
/// # Errors
/// The layer is no convolution, there is no such filter, or the state is of another network.
pub fn filter_step(
    model: &Model,
    (pictures, rows): (&Pictures, &[u32]),
    with: StepWith<'_>,
    (layer, filter): (usize, usize),
) -> Result<FilterStep, TestSetError> {
    let found = model.layers().get(layer).filter(|layer| is_conv(layer));
    let Some((found, parameters)) = found.zip(model.parameters(layer)) else {
        return Err(not_a_convolution(model, &(layer + 1).to_string()));
    };
    if filter >= found.output.channels() {
        return Err(TestSetError::NoSuchFilter {
            layer: found.name.clone(),
            filter,
            filters: found.output.channels(),
        });
    }
    let rows = rows.iter().map(|row| *row as usize);
    let images = rows.clone().map(|row| pictures.image(row));
    let labels: Vec<u8> = rows.map(|row| pictures.labels()[row]).collect();
    let x = model.input(images)?;
    let smoothing = f64::from(with.label_smoothing);
    let gradients = weight_gradients(model, &x, &labels, layer, smoothing)?;
    // Weight and bias of each layer before it.
    let before = (0..layer).filter_map(|other| model.parameters(other));
    let variable: usize = before
        .map(|other| 1 + usize::from(other.bias.is_some()))
        .sum();
    let dims = parameters.weight.dims();
    let of_filter = |values: Vec<f32>| -> candle_core::Result<Vec<f32>> {
        let all = Tensor::from_vec(values, dims, &Device::Cpu)?;
        all.permute((3, 2, 0, 1))?
            .get(filter)?
            .flatten_all()?
            .to_vec1()
    };
    let moments = with.state.moments.get(variable);
    let moments = moments.ok_or_else(|| candle_core::Error::msg("a state of another network"))?;
    let weights = of_filter(parameters.weight.flatten_all()?.to_vec1()?)?;
    let gradients = of_filter(gradients)?;
    let means = of_filter(moments.mean.clone())?;
    let squares = of_filter(moments.square.clone())?;
    let steps = with.state.steps.saturating_add(1);
    let of_weight = |place: usize| {
        let remembered = [means[place], squares[place]].map(f64::from);
        let [weight, gradient] = [weights[place], gradients[place]].map(f64::from);
        weight_step(&with.optimizer, steps, [weight, gradient], remembered)
    };
    Ok(FilterStep {
        weights: (0..weights.len()).map(of_weight).collect(),
        images: labels.len(),
    })
}

/// The rule of the optimizer, as [`Rule`] says it.
fn weight_step(
    optimizer: &OptimizerConfig,
    steps: u64,
    [weight, gradient]: [f64; 2],
    [mean, square]: [f64; 2],
) -> WeightStep {
    let rate = optimizer.learning_rate;
    let gradient = gradient + 2.0 * optimizer.l2 * weight;
    let (new_mean, new_square, step) = match optimizer.rule {
        Rule::Adam {
            beta1,
            beta2,
            epsilon,
        } => {
            let new_mean = beta1 * mean + (1.0 - beta1) * gradient;
            let new_square = beta2 * square + (1.0 - beta2) * gradient * gradient;
            let steps = steps as f64;
            let corrected = rate * (1.0 - beta2.powf(steps)).sqrt() / (1.0 - beta1.powf(steps));
            let step = corrected * new_mean / (new_square.sqrt() + epsilon);
            (new_mean, new_square, step)
        }
        Rule::Sgd { momentum, nesterov } => {
            let new_mean = momentum * mean + gradient;
            let along = if nesterov {
                gradient + momentum * new_mean
            } else {
                new_mean
            };
            (new_mean, square, rate * along)
        }
        Rule::RmsProp {
            rho,
            momentum,
            epsilon,
        } => {
            let new_square = rho * square + (1.0 - rho) * gradient * gradient;
            let step = momentum * mean + rate * gradient / (new_square + epsilon).sqrt();
            (step, new_square, step)
        }
    };
    WeightStep {
        weight,
        gradient,
        mean: [mean, new_mean],
        square: [square, new_square],
        next: weight - step - rate * optimizer.decay * weight,
    }
}
