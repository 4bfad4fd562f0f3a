//! Softmax cross-entropy.

use super::gradients::{Gradient, Node, record};
use super::tensor::{Parts, floats, tensor};
use candle_core::{CpuStorage, CustomOp1, Layout, Result, Shape, Tensor, bail};
use std::sync::{Arc, OnceLock};

/// Σ cross-entropy of `logits (images, classes)` to `labels`, divided by `denominator`, as a scalar; and how many of the largest
/// logits (the first of equals) are the label.
///
/// The denominator is the size of the whole batch when `logits` is a thread's share of it, so that the shares add up to the mean.
/// `−log softmax(z)[label] = log Σ exp(z − max z) + max z − z[label]`; its gradient is `softmax(z) − onehot(label)`.
///
/// # Errors
/// If `logits` is not a contiguous f32 tensor of two dimensions on the CPU, has a different number of rows than `labels`, a label
/// is not smaller than the number of classes or `denominator` is 0.
pub fn softmax_cross_entropy(
    logits: &Tensor,
    labels: &[u8],
    denominator: usize,
) -> Result<(Tensor, usize)> {
    let operator = Arc::new(CrossEntropy {
        labels: labels.to_vec(),
        denominator,
        logits: logits.clone(),
        result: OnceLock::new(),
    });
    let recorded = Recorded(Arc::clone(&operator));
    let loss = if logits.track_op() {
        logits.apply_op1(recorded)?
    } else {
        logits.apply_op1_no_bwd(&recorded)?
    };
    record(&loss, &operator);
    Ok((loss, operator.result.get().map_or(0, |result| result.hits)))
}

struct CrossEntropy {
    labels: Vec<u8>,
    denominator: usize,
    logits: Tensor,
    result: OnceLock<Computed>,
}

/// What the forward pass leaves.
struct Computed {
    hits: usize,
    /// Of the loss with respect to the logits.
    gradient: Vec<f32>,
}

impl CrossEntropy {
    fn gradient(&self, upstream: &Tensor) -> Result<Tensor> {
        let upstream = upstream.to_scalar::<f32>()?;
        let Some(result) = self.result.get() else {
            bail!("softmax_cross_entropy: the forward pass has not run")
        };
        tensor(
            result
                .gradient
                .iter()
                .map(|gradient| gradient * upstream)
                .collect(),
            self.logits.shape(),
        )
    }
}

impl Node for CrossEntropy {
    fn backward(&self, _: &Tensor, upstream: &Tensor) -> Result<Vec<(Tensor, Gradient)>> {
        Ok(vec![(
            self.logits.clone(),
            Gradient::Whole(self.gradient(upstream)?),
        )])
    }
}

/// As candle sees it, whose graph keeps it alive.
struct Recorded(Arc<CrossEntropy>);

impl CustomOp1 for Recorded {
    fn name(&self) -> &'static str {
        "softmax_cross_entropy"
    }

    fn cpu_fwd(&self, storage: &CpuStorage, layout: &Layout) -> Result<(CpuStorage, Shape)> {
        let (images, classes) = Parts::two(self.name(), layout.shape())?;
        let CrossEntropy {
            labels,
            denominator,
            ..
        } = &*self.0;
        let logits = floats(self.name(), storage, layout)?;
        if images != labels.len() || *denominator == 0 {
            bail!(
                "{}: {} labels and denominator {} for logits {:?}",
                self.name(),
                labels.len(),
                denominator,
                layout.shape()
            );
        }
        if let Some(label) = labels.iter().find(|label| usize::from(**label) >= classes) {
            bail!("{}: label {label} for {classes} classes", self.name());
        }
        let scale = 1.0 / *denominator as f32;
        let mut gradient = vec![0.0; logits.len()];
        let (mut loss, mut hits) = (0.0_f64, 0);
        for ((z, gradient), label) in logits
            .chunks_exact(classes.max(1))
            .zip(gradient.chunks_exact_mut(classes.max(1)))
            .zip(labels)
        {
            let label = usize::from(*label);
            let (mut best, mut largest) = (0, f32::NEG_INFINITY);
            for (class, z) in z.iter().enumerate() {
                if *z > largest {
                    (best, largest) = (class, *z);
                }
            }
            let mut sum = 0.0;
            for (gradient, z) in gradient.iter_mut().zip(z) {
                *gradient = (z - largest).exp();
                sum += *gradient;
            }
            loss += f64::from(sum.ln() + largest - z[label]);
            hits += usize::from(best == label);
            for gradient in gradient.iter_mut() {
                *gradient *= scale / sum;
            }
            gradient[label] -= scale;
        }
        self.0.result.get_or_init(|| Computed { hits, gradient });
        Ok((
            CpuStorage::F32(vec![(loss / *denominator as f64) as f32]),
            Shape::from(()),
        ))
    }

    fn bwd(&self, _: &Tensor, _: &Tensor, upstream: &Tensor) -> Result<Option<Tensor>> {
        self.0.gradient(upstream).map(Some)
    }
}
