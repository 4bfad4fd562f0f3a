//! The network's own kernels, for the demonstration: asked of the explorer's thread.

use crate::app::model::state::State;
use crate::app::threads::Threads;
use crate::app::threads::{Answer, Question};
use convlens_core::explore::kernels;
use convlens_core::lessons::HandKernel;
use convlens_core::network::Shape;

/// Asks for the kernels if one is chosen.
pub fn request(state: &mut State, threads: &mut Threads) {
    let wants_filter = matches!(state.preferences.by_hand.kernel, HandKernel::Filter(_));
    let whose = state.whose.clone();
    if !wants_filter || !state.hand_kernels.asks(&whose) {
        return;
    }
    let snapshot = state.snapshot.clone();
    let job = move || -> Answer {
        let layers = snapshot.model.layers();
        let first = layers.iter().enumerate().position(|(index, layer)| {
            layer.kind.is_conv()
                && (index == 0 || matches!(layer.input, Shape::Maps { channels: 1, .. }))
        });
        let found = first.and_then(|layer| kernels(&snapshot.model, layer).ok());
        Box::new(move |state: &mut State, _threads: &mut Threads| {
            state.hand_kernels.take(whose, found);
        })
    };
    threads.explorer.ask(Question::HandKernels, Box::new(job));
}
