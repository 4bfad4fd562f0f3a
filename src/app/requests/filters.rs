//! What the Filters view asks of the explorer's thread: kernels, and the probabilities of the chosen
//! images with and without the filters that are off. What it asks about the whole test set is
//! another thread's: see [`test_set`].

use crate::app::model::filters::{KernelsAnswer, KernelsAsked, Probabilities, ProbabilitiesAsked};
use crate::app::model::notices::Notice;
use crate::app::model::state::State;
use crate::app::requests;
use crate::app::threads::Threads;
use crate::app::threads::{Answer, Question};
use convlens_core::dataset::{Gallery, ImageId};
use convlens_core::explore::{Target, TestSetError, ablated, activations, has_templates, kernels};
use convlens_core::network::Model;
use convlens_core::render::ValueRange;

/// Asks for what the view shows.
pub fn request(state: &mut State, threads: &mut Threads) {
    requests::test_set::request_predictions(state, threads);
    requests::test_set::request_ablated(state, threads);
    request_probabilities(state, threads);
    if let Some(layer) = state.filters_layer() {
        request_kernels(state, threads, layer);
        if !has_templates(&state.snapshot.model, layer) {
            requests::test_set::request_excitations(state, threads, layer);
            let filters = state.snapshot.model.layers()[layer].output.channels();
            let channel = state
                .preferences
                .maps
                .convolution
                .min(filters.saturating_sub(1));
            requests::test_set::request_preferred(state, threads, Target { layer, channel });
        }
    }
}

fn request_kernels(state: &mut State, threads: &mut Threads, layer: usize) {
    let wanted = KernelsAsked {
        whose: state.whose.clone(),
        layer,
    };
    if !state.filters.kernels.asks(&wanted) {
        return;
    }
    let snapshot = state.snapshot.clone();
    let job = move || -> Answer {
        let found = kernels(&snapshot.model, layer);
        let answer = found.map(|kernels| KernelsAnswer {
            whose: wanted.whose.clone(),
            layer,
            range: ValueRange::of(&kernels.weights),
            kernels,
        });
        Box::new(
            move |state: &mut State, _threads: &mut Threads| match answer {
                Ok(answer) => state.filters.kernels.take(wanted, answer),
                Err(error) => {
                    state.filters.kernels.give_up();
                    tell(state, &error);
                }
            },
        )
    };
    threads.explorer.ask(Question::Kernels, Box::new(job));
}

fn request_probabilities(state: &mut State, threads: &mut Threads) {
    let Some(gallery) = state.gallery() else {
        return;
    };
    let wanted = ProbabilitiesAsked {
        whose: state.whose.clone(),
        pictures: state.pictures_key(&state.preferences.maps.images),
        images: present(&gallery, &state.preferences.maps.images),
        ablation: state.test_set.ablation.clone(),
    };
    if !state.filters.probabilities.asks(&wanted) {
        return;
    }
    let snapshot = state.snapshot.clone();
    let job = move || -> Answer {
        let of = |model: &Model| -> Result<Vec<Vec<f32>>, TestSetError> {
            let images = wanted.images.iter().filter_map(|&id| gallery.pixels(id));
            Ok(activations(model, images)?.probabilities)
        };
        let after = || {
            let is_whole = wanted.ablation.is_empty();
            let model = (!is_whole).then(|| ablated(&snapshot.model, &wanted.ablation));
            model.map(|model| of(&model?)).transpose()
        };
        let both = of(&snapshot.model).and_then(|before| Ok((before, after()?)));
        Box::new(
            move |state: &mut State, _threads: &mut Threads| match both {
                Ok((before, after)) => {
                    let answer = Probabilities {
                        images: wanted.images.clone(),
                        gallery,
                        before,
                        after,
                    };
                    state.filters.probabilities.take(wanted, answer);
                }
                Err(error) => {
                    state.filters.probabilities.give_up();
                    tell(state, &error);
                }
            },
        )
    };
    threads
        .explorer
        .ask(Question::WithoutFilters, Box::new(job));
}

/// Those of the pictures that there are.
fn present(gallery: &Gallery, images: &[ImageId]) -> Vec<ImageId> {
    let found = images.iter().filter(|&&id| gallery.pixels(id).is_some());
    found.copied().collect()
}

fn tell(state: &mut State, error: &TestSetError) {
    let message = state.text().not_judged(error);
    state.notices.push(Notice::error(message));
}
