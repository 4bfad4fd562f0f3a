//! The gradient of the loss with respect to the weights.

use candle_core::backprop::GradStore;
use candle_core::{Device, Result, Tensor};

use super::units::Weighted;
use crate::network::Model;

/// What some of the probe's `images` pictures add to the mean loss, and to its gradient with respect to each layer's weights. `tracked` has
/// variables for weights.
pub fn gradients(
    tracked: &Model,
    weighted: &[Weighted],
    x: &Tensor,
    labels: &[u8],
    images: usize,
) -> Result<(f64, Vec<Vec<f32>>)> {
    let (loss, back) = back(tracked, x, (labels, images, 0.0))?;
    let of_layer = |weighted: &Weighted| by_weights(tracked, weighted.layer, &back);
    let gradients = weighted.iter().map(of_layer).collect::<Result<_>>()?;
    Ok((loss, gradients))
}

/// The gradient of the mean loss over a batch by the weights of one layer, in their own order. `smoothing`: share of the truth that goes to all
/// classes alike.
pub fn weight_gradients(
    model: &Model,
    x: &Tensor,
    labels: &[u8],
    layer: usize,
    smoothing: f64,
) -> Result<Vec<f32>> {
    let (tracked, _variables) = model.trainable()?;
    let (_, back) = back(&tracked, x, (labels, labels.len(), smoothing))?;
    by_weights(&tracked, layer, &back)
}

fn back(
    tracked: &Model,
    x: &Tensor,
    (labels, images, smoothing): (&[u8], usize, f64),
) -> Result<(f64, GradStore)> {
    let logits = tracked.logits(x)?; // (images, classes)
    let (loss, by_logits) = cross_entropy(&logits.to_vec2()?, labels, (images, smoothing));
    let by_logits = Tensor::from_vec(by_logits, logits.shape(), &Device::Cpu)?;
    // The sum has this gradient with respect to the logits.
    Ok((loss, (logits * by_logits)?.sum_all()?.backward()?))
}

fn by_weights(tracked: &Model, layer: usize, back: &GradStore) -> Result<Vec<f32>> {
    let Some(parameters) = tracked.parameters(layer) else {
        return Ok(Vec::new());
    };
    match back.get(&parameters.weight) {
        Some(gradient) => gradient.flatten_all()?.to_vec1(),
        // The loss does not depend on it.
        None => Ok(vec![0.0; parameters.weight.elem_count()]),
    }
}

/// What the pictures add to the mean cross-entropy over `images`, and its gradient with respect to their logits.
fn cross_entropy(
    logits: &[Vec<f32>],
    labels: &[u8],
    (images, smoothing): (usize, f64),
) -> (f64, Vec<f32>) {
    let share = 1.0 / images as f64;
    let mut loss = 0.0;
    let mut gradient = Vec::new();
    for (row, &label) in logits.iter().zip(labels) {
        let largest = row.iter().copied().fold(f32::NEG_INFINITY, f32::max);
        let above = row.iter().map(|z| f64::from(*z) - f64::from(largest));
        let sum: f64 = above.clone().map(f64::exp).sum();
        for (class, above) in above.enumerate() {
            let is_label = class == usize::from(label);
            if is_label {
                loss += share * (sum.ln() - above);
            }
            let of_all = smoothing / row.len().max(1) as f64;
            let truth = (1.0 - smoothing) * f64::from(u8::from(is_label)) + of_all;
            gradient.push((share * (above.exp() / sum - truth)) as f32);
        }
    }
    (loss, gradient)
}
