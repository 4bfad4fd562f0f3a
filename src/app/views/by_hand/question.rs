//! The network's own kernels, for the demonstration: asked of the explorer's thread.

use crate::app::explore::{Answer, Question};
use crate::app::slot::Slot;
use crate::app::state::State;
use convlens_core::explore::by_hand::Kernel;
use convlens_core::explore::{Kernels, kernels};
use convlens_core::lessons::HandKernel;
use convlens_core::network::{LayerKind, Shape};

/// The kernels of the first convolution by version of the weights; `None` if there is none on one channel.
pub type HandKernels = Slot<u64, Option<Kernels>>;

/// Asks for the kernels if one is chosen.
pub fn request(state: &mut State) {
    let wants_filter = matches!(state.preferences.by_hand.kernel, HandKernel::Filter(_));
    let version = state.snapshot.version;
    if !wants_filter || !state.hand_kernels.asks(&version) {
        return;
    }
    let snapshot = state.snapshot.clone();
    let job = move || -> Answer {
        let layers = snapshot.model.layers();
        let first = layers.iter().position(|layer| {
            let is_conv = matches!(layer.kind, LayerKind::Conv { .. });
            is_conv && matches!(layer.input, Shape::Maps { channels: 1, .. })
        });
        let found = first.and_then(|layer| kernels(&snapshot.model, layer).ok());
        Box::new(move |state: &mut State| state.hand_kernels.take(version, found))
    };
    state.explorer.ask(Question::HandKernels, Box::new(job));
}

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
