//! The network's own kernels, for the demonstration.

use crate::app::model::state::State;
use convlens_core::explore::by_hand::Kernel;
use convlens_core::network::LayerKind;

/// How many filters there are to choose from.
pub fn filters(state: &State) -> usize {
    let layers = state.snapshot.model.layers();
    let first = layers
        .iter()
        .find(|layer| matches!(layer.kind, LayerKind::Conv { .. }));
    first
        .and_then(convlens_core::network::Layer::map_shape)
        .map_or(0, |(channels, _, _)| channels)
}

/// The kernel of a filter, the last one if there are fewer.
pub fn filter(state: &State, number: usize) -> Option<Kernel> {
    let answer = state.hand_kernels.answer()?;
    let kernels = answer.as_ref().as_ref()?;
    let number = number.min(kernels.filters.checked_sub(1)?);
    Kernel::new(
        kernels
            .filter(number)
            .iter()
            .copied()
            .map(f64::from)
            .collect(),
    )
}
