//! Loss and accuracy over a whole set of pictures.

use candle_core::Result;
use rayon::ThreadPool;

use crate::dataset::Pictures;
use crate::network::{Model, compilable, over_pictures};
use convlens_kernels::{Evaluated, Evaluator, Team};

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

/// Loss and accuracy over `pictures`, on the threads of `team`. The result does not depend on
/// their number.
///
/// # Errors
/// Those of the operators; none for a model of this program and pictures of 28×28.
pub fn evaluate(model: &Model, pictures: &Pictures, team: &mut Team) -> Result<Evaluation> {
    let mut evaluator = Evaluator::new(&compilable(model))?;
    let evaluation = evaluate_unless(&mut evaluator, model, pictures, team, || false)?;
    // An evaluation that nobody gives up has an end.
    evaluation.ok_or_else(|| candle_core::Error::Msg("evaluate: given up".into()))
}

/// The same with a network compiled before, given up within a few pictures once `is_unwanted` says so: `None` then.
///
/// # Errors
/// As [`evaluate`].
pub fn evaluate_unless(
    evaluator: &mut Evaluator,
    model: &Model,
    pictures: &Pictures,
    team: &mut Team,
    is_unwanted: impl Fn() -> bool + Sync,
) -> Result<Option<Evaluation>> {
    let set = (pictures.pixels(), pictures.labels());
    let evaluated = evaluator.run(team, &model.tensors(), set, is_unwanted)?;
    let count = pictures.len().max(1) as f64;
    Ok(evaluated.map(|Evaluated { loss, hits }| Evaluation {
        loss: loss / count,
        accuracy: hits as f64 / count,
    }))
}

/// The class the network finds most likely, for each picture.
///
/// # Errors
/// As [`evaluate`].
pub fn classify(model: &Model, pictures: &Pictures, pool: &ThreadPool) -> Result<Vec<u8>> {
    let chunks = over_pictures(model, pictures, CHUNK, pool, |x, _| {
        let logits = model.logits(&x)?.to_vec2::<f32>()?; // (images, classes)
        let classes = logits.iter().map(|row| argmax(row) as u8);
        Ok::<_, candle_core::Error>(classes.collect::<Vec<_>>())
    })?;
    Ok(chunks.concat())
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
