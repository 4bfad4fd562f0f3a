//! The network's own kernels, for the demonstration.

use crate::app::model::state::State;
use convlens_core::explore::by_hand::Kernel;

/// How many filters there are to choose from.
pub fn filters(state: &State) -> usize {
    let layers = state.snapshot.model.layers();
    let first = layers.iter().find(|layer| layer.kind.is_conv());
    first
        .and_then(convlens_core::network::Layer::map_shape)
        .map_or(0, |(channels, _, _)| channels)
}

/// The kernel of a filter, the last one if there are fewer. Of a filter over pictures in colour the sum of its three slices: so it
/// weighs a picture in grey, whose three channels are the same.
pub fn filter(state: &State, number: usize) -> Option<Kernel> {
    let answer = state.hand_kernels.answer()?;
    let kernels = answer.as_ref().as_ref()?;
    let number = number.min(kernels.filters.checked_sub(1)?);
    let slices = kernels.filter(number).chunks_exact(kernels.slice_len());
    let mut sum = vec![0.0; kernels.slice_len()];
    for slice in slices {
        for (sum, weight) in sum.iter_mut().zip(slice) {
            *sum += f64::from(*weight);
        }
    }
    Kernel::new(sum)
}
