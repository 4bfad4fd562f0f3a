//! Loss and accuracy over a whole set of pictures.

use candle_core::Result;
use rayon::ThreadPool;

use crate::dataset::Pictures;
use crate::network::{Model, over_pictures};

/// Pictures a forward pass: large enough to keep the operators busy, small enough for the cache.
const CHUNK: usize = 50;

/// How well a network does on a set.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Evaluation {
    /// Mean cross-entropy, in nats.
    pub loss: f64,
    /// Share classified correctly, 0 to 1.
    pub accuracy: f64,
}

/// Loss and accuracy over `pictures`, on the threads of `pool`. The result does not depend on
/// their number.
///
/// # Errors
/// Those of the operators; none for a model of this program and pictures of 28×28.
pub fn evaluate(model: &Model, pictures: &Pictures, pool: &ThreadPool) -> Result<Evaluation> {
    let sums = over_chunks(model, pictures, pool, loss_and_hits)?;
    Ok(mean(sums, pictures.len()))
}

/// The same, given up within a few pictures once `is_unwanted` says so: `None` then.
///
/// # Errors
/// As [`evaluate`].
pub fn evaluate_unless(
    model: &Model,
    pictures: &Pictures,
    pool: &ThreadPool,
    is_unwanted: impl Fn() -> bool + Sync,
) -> Result<Option<Evaluation>> {
    let sums = over_pictures(pictures, CHUNK, pool, |x, labels| {
        if is_unwanted() {
            return Err(Ended::Unwanted);
        }
        let logits = model.logits(&x)?.to_vec2::<f32>()?; // (images, classes)
        Ok(loss_and_hits(&logits, labels))
    });
    match sums {
        Ok(sums) => Ok(Some(mean(sums, pictures.len()))),
        Err(Ended::Unwanted) => Ok(None),
        Err(Ended::Refused(error)) => Err(error),
    }
}

/// Why an evaluation has no result.
enum Ended {
    Unwanted,
    Refused(candle_core::Error),
}

impl From<candle_core::Error> for Ended {
    fn from(error: candle_core::Error) -> Self {
        Self::Refused(error)
    }
}

/// Sum of the losses of some pictures, and how many are classified correctly.
fn loss_and_hits(logits: &[Vec<f32>], labels: &[u8]) -> (f64, usize) {
    let mut loss = 0.0;
    let mut hits = 0;
    for (row, &label) in logits.iter().zip(labels) {
        loss += cross_entropy(row, usize::from(label));
        hits += usize::from(argmax(row) == usize::from(label));
    }
    (loss, hits)
}

/// Of the sums of all chunks, in order.
fn mean(sums: Vec<(f64, usize)>, pictures: usize) -> Evaluation {
    let count = pictures.max(1) as f64;
    let (loss, hits) = sums
        .into_iter()
        .fold((0.0, 0), |(l, h), (loss, hits)| (l + loss, h + hits));
    Evaluation {
        loss: loss / count,
        accuracy: hits as f64 / count,
    }
}

/// The class the network finds most likely, for each picture.
///
/// # Errors
/// As [`evaluate`].
pub fn classify(model: &Model, pictures: &Pictures, pool: &ThreadPool) -> Result<Vec<u8>> {
    let chunks = over_chunks(model, pictures, pool, |logits, _| {
        logits
            .iter()
            .map(|row| argmax(row) as u8)
            .collect::<Vec<_>>()
    })?;
    Ok(chunks.concat())
}

/// Runs the network over chunks of pictures and `f` over their logits and labels; the results in
/// the pictures' order.
fn over_chunks<T: Send>(
    model: &Model,
    pictures: &Pictures,
    pool: &ThreadPool,
    f: impl Fn(&[Vec<f32>], &[u8]) -> T + Sync,
) -> Result<Vec<T>> {
    over_pictures(pictures, CHUNK, pool, |x, labels| {
        let logits = model.logits(&x)?.to_vec2::<f32>()?; // (images, classes)
        Ok(f(&logits, labels))
    })
}

/// −log softmax(logits)[label], without overflow.
fn cross_entropy(logits: &[f32], label: usize) -> f64 {
    let max = logits.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    let sum: f32 = logits.iter().map(|v| (v - max).exp()).sum();
    logits
        .get(label)
        .map_or(f64::INFINITY, |v| f64::from(sum.ln() + max - v))
}

/// Index of the first largest value.
fn argmax(values: &[f32]) -> usize {
    let mut best = 0;
    for (index, value) in values.iter().enumerate() {
        if *value > values[best] {
            best = index;
        }
    }
    best
}
