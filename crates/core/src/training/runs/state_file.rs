//! `state.safetensors`: all that a run needs to go on. It is a weights file
//! ([`crate::network::weights`]) with more tensors: `adam.mean.0`, `adam.square.0`, … (float32,
//! flat, in the order and layout of [`Model::trainable`]'s variables), `adam.steps` (u64), and
//! `position` (u64): epoch, batch, step, then images, hits and the bits of loss and seconds that
//! the epoch under way has added up. Where pictures are held out there is `best` (u64) too: the epoch with the smallest loss on them,
//! and the bits of that loss.

use std::fs;
use std::io::Write as _;
use std::path::Path;

use safetensors::SafeTensors;
use safetensors::tensor::Dtype;

use super::error::RunError;
use super::manifest::read_bounded;
use crate::files;
use crate::network::MAX_PARAMETERS;
use crate::network::weights::{self, ExtraTensor};
use crate::training::{BestEpoch, EpochSums, TrainingState};
use convlens_kernels::{AdamState, Moments};

/// Largest file that is read: weights and two moments of the largest network, and a header.
const MAX_BYTES: u64 = 12 * MAX_PARAMETERS as u64 + (1 << 20);

pub(super) fn write(path: &Path, state: &TrainingState) -> Result<(), RunError> {
    let bytes = to_bytes(state).map_err(|source| weights::WeightsError::Candle {
        path: path.into(),
        source,
    })?;
    files::replace_own(path, |file| file.write_all(&bytes)).map_err(RunError::io(path))
}

/// `None` where there is no such file: the run was killed before it was first written.
pub(super) fn read(path: &Path) -> Result<Option<TrainingState>, RunError> {
    if !fs::exists(path).map_err(RunError::io(path))? {
        return Ok(None);
    }
    from_bytes(&read_bounded(path, MAX_BYTES)?, path).map(Some)
}

fn to_bytes(state: &TrainingState) -> candle_core::Result<Vec<u8>> {
    let mut extra = Vec::new();
    for (index, moments) in state.optimizer.moments.iter().enumerate() {
        for (kind, values) in [("mean", &moments.mean), ("square", &moments.square)] {
            extra.push(ExtraTensor {
                name: format!("adam.{kind}.{index}"),
                dtype: Dtype::F32,
                bytes: values.iter().flat_map(|v| v.to_le_bytes()).collect(),
            });
        }
    }
    let sums = state.sums;
    let position = [
        state.epoch as u64,
        state.batch as u64,
        state.step,
        sums.images as u64,
        sums.hits as u64,
        sums.loss.to_bits(),
        sums.seconds.to_bits(),
    ];
    let best = state.best;
    let best = best.map(|best| [best.epoch as u64, best.loss.to_bits()]);
    for (name, numbers) in [
        ("adam.steps", &[state.optimizer.steps][..]),
        ("position", &position[..]),
        ("best", best.as_ref().map_or(&[][..], |best| &best[..])),
    ] {
        if numbers.is_empty() {
            continue;
        }
        extra.push(ExtraTensor {
            name: name.into(),
            dtype: Dtype::U64,
            bytes: numbers.iter().flat_map(|n| n.to_le_bytes()).collect(),
        });
    }
    weights::to_bytes_with(&state.model, extra)
}

pub(super) fn from_bytes(bytes: &[u8], path: &Path) -> Result<TrainingState, RunError> {
    let model = weights::from_bytes(bytes, path)?;
    let (file, _) = weights::parse(bytes).map_err(|reason| RunError::damaged(path, reason))?;
    let missing = |name: &str| RunError::damaged(path, format!("`{name}` is missing or misshapen"));
    let numbers = |name: &str, count: usize| {
        u64s(&file, name)
            .filter(|numbers| numbers.len() == count)
            .ok_or_else(|| missing(name))
    };
    let steps = numbers("adam.steps", 1)?;
    let position = numbers("position", 7)?;
    // Runs of earlier versions have none.
    let best = match u64s(&file, "best").as_deref() {
        None => None,
        Some(&[epoch, loss]) => Some(BestEpoch {
            epoch: epoch as usize,
            loss: f64::from_bits(loss),
        }),
        Some(_) => return Err(missing("best")),
    };
    let mut moments = Vec::new();
    for (index, variable) in model.tensors().into_iter().enumerate() {
        let size = variable.elem_count();
        let floats = |kind: &str| {
            let name = format!("adam.{kind}.{index}");
            f32s(&file, &name)
                .filter(|values| values.len() == size && values.iter().all(|v| v.is_finite()))
                .ok_or_else(|| missing(&name))
        };
        let (mean, square) = (floats("mean")?, floats("square")?);
        if square.iter().any(|v| *v < 0.0) {
            return Err(RunError::damaged(path, "a mean of squares below zero"));
        }
        moments.push(Moments { mean, square });
    }
    Ok(TrainingState {
        model,
        optimizer: AdamState {
            steps: steps[0],
            moments,
        },
        epoch: position[0] as usize,
        batch: position[1] as usize,
        step: position[2],
        sums: EpochSums {
            images: position[3] as usize,
            hits: position[4] as usize,
            loss: f64::from_bits(position[5]),
            seconds: f64::from_bits(position[6]),
        },
        best,
    })
}

fn f32s(file: &SafeTensors<'_>, name: &str) -> Option<Vec<f32>> {
    let view = file.tensor(name).ok().filter(|v| v.dtype() == Dtype::F32)?;
    let words = view.data().as_chunks::<4>().0.iter();
    Some(words.map(|bytes| f32::from_le_bytes(*bytes)).collect())
}

fn u64s(file: &SafeTensors<'_>, name: &str) -> Option<Vec<u64>> {
    let view = file.tensor(name).ok().filter(|v| v.dtype() == Dtype::U64)?;
    let words = view.data().as_chunks::<8>().0.iter();
    Some(words.map(|bytes| u64::from_le_bytes(*bytes)).collect())
}
