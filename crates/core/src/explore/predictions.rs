//! What a network says about every picture of a set.

use rayon::ThreadPool;

use super::confusion::ConfusionMatrix;
use super::test_set::{Progress, TestSetError, over_test_set};
use crate::dataset::Pictures;
use crate::network::Model;

/// Pictures a forward pass.
const CHUNK: usize = 50;

/// What a network says about one picture.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Prediction {
    /// The true class.
    pub label: u8,
    /// The likeliest class; the first of equals.
    pub predicted: u8,
    /// The network's probability of the predicted class, 0 to 1.
    pub probability: f32,
    /// Its probability of the true class.
    pub label_probability: f32,
}

impl Prediction {
    /// Whether the network is right.
    #[must_use]
    pub fn is_right(&self) -> bool {
        self.label == self.predicted
    }
}

/// What a network says about every picture of a set.
#[derive(Clone, Debug, PartialEq)]
pub struct Predictions {
    /// Classes of the data set.
    pub labels: usize,
    /// Classes the network tells apart.
    pub classes: usize,
    /// In the pictures' order.
    pub all: Vec<Prediction>,
}

impl Predictions {
    /// Share of the pictures that the network is right about, 0 to 1.
    #[must_use]
    pub fn accuracy(&self) -> f64 {
        let right = self.all.iter().filter(|p| p.is_right()).count();
        right as f64 / self.all.len().max(1) as f64
    }

    /// How many pictures of each class are taken for which.
    #[must_use]
    pub fn confusion(&self) -> ConfusionMatrix {
        let pairs = self.all.iter().map(|p| (p.label, p.predicted));
        ConfusionMatrix::of(self.labels, self.classes, pairs)
    }

    /// Indices of the pictures the network is wrong about, those it is surest of first, equals by
    /// index.
    #[must_use]
    pub fn mistakes(&self) -> Vec<usize> {
        self.surest_first(|p| !p.is_right())
    }

    /// Indices of the pictures of class `label` that are taken for `predicted`: one cell of the
    /// confusion matrix. Those the network is surest of come first, equals by index.
    #[must_use]
    pub fn cell(&self, label: u8, predicted: u8) -> Vec<usize> {
        self.surest_first(|p| (p.label, p.predicted) == (label, predicted))
    }

    fn surest_first(&self, wanted: impl Fn(&Prediction) -> bool) -> Vec<usize> {
        let mut found: Vec<usize> = (0..self.all.len())
            .filter(|&i| wanted(&self.all[i]))
            .collect();
        let sure = |i: usize| self.all[i].probability;
        found.sort_by(|&a, &b| sure(b).total_cmp(&sure(a)).then(a.cmp(&b)));
        found
    }
}

/// Runs the network over all pictures. The result does not depend on the number of threads.
///
/// # Errors
/// The computation was cancelled.
pub fn predictions(
    model: &Model,
    pictures: &Pictures,
    pool: &ThreadPool,
    progress: &Progress,
) -> Result<Predictions, TestSetError> {
    let chunks = over_test_set(model, pictures, CHUNK, pool, progress, |x, labels| {
        let logits = model.logits(&x)?.to_vec2::<f32>()?; // (images, classes)
        let pairs = logits.iter().zip(labels);
        Ok(pairs
            .map(|(row, &label)| predict(row, label))
            .collect::<Vec<_>>())
    })?;
    Ok(Predictions {
        labels: pictures.classes(),
        classes: model.spec().classes,
        all: chunks.concat(),
    })
}

/// Softmax of the logits, without overflow.
fn predict(logits: &[f32], label: u8) -> Prediction {
    let mut best = 0;
    for (class, value) in logits.iter().enumerate() {
        if *value > logits[best] {
            best = class;
        }
    }
    let exp = |class: usize| {
        let value = logits.get(class).copied();
        value.map_or(0.0, |v| f64::from(v - logits[best]).exp())
    };
    let sum: f64 = (0..logits.len()).map(exp).sum();
    Prediction {
        label,
        predicted: best as u8,
        probability: (exp(best) / sum) as f32,
        label_probability: (exp(usize::from(label)) / sum) as f32,
    }
}
