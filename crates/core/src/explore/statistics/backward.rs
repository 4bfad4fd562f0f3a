//! The gradient of the loss with respect to the weights.

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
    let logits = tracked.logits(x)?; // (images, classes)
    let (loss, by_logits) = cross_entropy(&logits.to_vec2()?, labels, images);
    let by_logits = Tensor::from_vec(by_logits, logits.shape(), &Device::Cpu)?;
    // The sum has this gradient with respect to the logits.
    let back = (logits * by_logits)?.sum_all()?.backward()?;
    let of_layer = |weighted: &Weighted| {
        let Some(parameters) = tracked.parameters(weighted.layer) else {
            return Ok(Vec::new());
        };
        match back.get(&parameters.weight) {
            Some(gradient) => gradient.flatten_all()?.to_vec1(),
            // The loss does not depend on it.
            None => Ok(vec![0.0; parameters.weight.elem_count()]),
        }
    };
    let gradients = weighted.iter().map(of_layer).collect::<Result<_>>()?;
    Ok((loss, gradients))
}

/// What the pictures add to the mean cross-entropy over `images`, and its gradient with respect to their logits.
fn cross_entropy(logits: &[Vec<f32>], labels: &[u8], images: usize) -> (f64, Vec<f32>) {
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
            let truth = f64::from(u8::from(is_label));
            gradient.push((share * (above.exp() / sum - truth)) as f32);
        }
    }
    (loss, gradient)
}
