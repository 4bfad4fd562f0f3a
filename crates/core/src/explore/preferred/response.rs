//! How strongly a picture is answered to, be it found or of a data set.

use candle_core::Tensor;
use rayon::ThreadPool;

use crate::dataset::{Picture, Pictures};
use crate::explore::test_set::{Progress, TestSetError, over_test_set};
use crate::network::{Channel, Model};

/// Pictures a forward pass.
const CHUNK: usize = 20;

/// A target's answer. Of a unit or a class both numbers are its value before the activation.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Response {
    /// Mean of the filter's map after ReLU, 0 and above.
    pub mean: f32,
    /// Largest value of the map before its activation.
    pub largest: f32,
}

/// The strongest answer of each channel of a layer to any picture of a set, each number of a [`Response`] by itself.
///
/// # Errors
/// The layer has no sums; the computation was cancelled.
pub fn strongest_responses(
    model: &Model,
    layer: usize,
    pictures: &Pictures,
    pool: &ThreadPool,
    progress: &Progress,
) -> Result<Vec<Response>, TestSetError> {
    let targets = super::targets(model, layer)?;
    let chunks = over_test_set(model, pictures, CHUNK, pool, progress, |x, _| {
        let sums = model.sums(layer, &model.input_of(layer, &x)?)?;
        Ok(responses(&sums)?)
    })?;
    let nothing = Response {
        mean: f32::NEG_INFINITY,
        largest: f32::NEG_INFINITY,
    };
    let mut strongest = vec![nothing; targets.len()];
    for response in chunks.iter().flat_map(|chunk| chunk.chunks(targets.len())) {
        for (most, found) in strongest.iter_mut().zip(response) {
            most.mean = most.mean.max(found.mean);
            most.largest = most.largest.max(found.largest);
        }
    }
    Ok(strongest)
}

/// A target's answer to a picture.
pub fn of_picture(
    model: &Model,
    layer: usize,
    channel: &Channel,
    picture: &Picture,
) -> candle_core::Result<Response> {
    let x = model.input_of(layer, &model.input([picture.bytes()])?)?;
    let found = responses(&channel.sums(&x)?)?;
    found
        .first()
        .copied()
        .ok_or_else(|| candle_core::Error::msg("no picture"))
}

/// Of sums `(images, rows, columns, channels)` or `(images, channels)`: `(images, channels)`.
fn responses(sums: &Tensor) -> candle_core::Result<Vec<Response>> {
    let channels = sums.dims().last().copied().unwrap_or(1);
    let places = sums.elem_count() / (sums.dim(0)? * channels).max(1);
    let is_map = sums.rank() == 4;
    let values: Vec<f32> = sums.flatten_all()?.to_vec1()?;
    let of_image = |map: &[f32]| -> Vec<Response> {
        let of_channel = |channel: usize| {
            let cells = map.iter().skip(channel).step_by(channels);
            let above_zero: f32 = cells.clone().map(|v| v.max(0.0)).sum();
            let largest = cells.copied().fold(f32::NEG_INFINITY, f32::max);
            let mean = if is_map {
                above_zero / places as f32
            } else {
                largest
            };
            Response { mean, largest }
        };
        (0..channels).map(of_channel).collect()
    };
    let images = values.chunks_exact((places * channels).max(1));
    Ok(images.flat_map(of_image).collect())
}
