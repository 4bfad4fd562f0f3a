//! What the Filters view asks of the explorer's thread: kernels, and the probabilities of the chosen
//! images with and without the filters that are off. What it asks about the whole test set is
//! another thread's: see [`test_set`].

use crate::app::explore::{Answer, Question};
use crate::app::notices::Notice;
use crate::app::slot::Slot;
use crate::app::state::{PicturesKey, State};
use crate::app::test_set;
use convlens_core::dataset::{Gallery, ImageId};
use convlens_core::explore::{
    Ablation, Kernels, TestSetError, ablated, activations, conv_layer, kernels,
};
use convlens_core::network::{LayerKind, Model};
use convlens_core::render::ValueRange;

/// The newest answers.
#[derive(Default)]
pub struct FiltersAnswers {
    pub kernels: Slot<(u64, usize), KernelsAnswer>,
    pub probabilities: Slot<ProbabilitiesAsked, Probabilities>,
}

impl FiltersAnswers {
    /// Whether every question is answered.
    pub fn is_settled(&self) -> bool {
        self.kernels.is_settled() && self.probabilities.is_settled()
    }
}

/// The kernels of a layer.
pub struct KernelsAnswer {
    /// Version of the weights.
    pub version: u64,
    /// Index into the network's layers.
    pub layer: usize,
    pub kernels: Kernels,
    /// Lowest and highest weight of all filters.
    pub range: ValueRange,
}

/// Which probabilities.
#[derive(Clone, Debug, PartialEq)]
pub struct ProbabilitiesAsked {
    version: u64,
    pictures: PicturesKey,
    images: Vec<ImageId>,
    ablation: Ablation,
}

/// Class probabilities of the chosen images.
pub struct Probabilities {
    pub images: Vec<ImageId>,
    pub gallery: Gallery,
    /// A row an image, of the whole network.
    pub before: Vec<Vec<f32>>,
    /// Without the filters that are off; `None` if all are on.
    pub after: Option<Vec<Vec<f32>>>,
}

/// Index of the layer shown: the one chosen, or else the first convolution.
pub fn layer(state: &State) -> Option<usize> {
    let model = &state.snapshot.model;
    let is_conv = |kind| matches!(kind, LayerKind::Conv { .. });
    conv_layer(model, &state.preferences.filters_layer)
        .ok()
        .or_else(|| model.layers().iter().position(|layer| is_conv(layer.kind)))
}

/// Asks for what the view shows.
pub fn request(state: &mut State) {
    test_set::request_predictions(state);
    test_set::request_ablated(state);
    request_probabilities(state);
    if let Some(layer) = layer(state) {
        request_kernels(state, layer);
        test_set::request_excitations(state, layer);
    }
}

fn request_kernels(state: &mut State, layer: usize) {
    let wanted = (state.snapshot.version, layer);
    if !state.filters.kernels.asks(&wanted) {
        return;
    }
    let snapshot = state.snapshot.clone();
    let job = move || -> Answer {
        let found = kernels(&snapshot.model, layer);
        let answer = found.map(|kernels| KernelsAnswer {
            version: snapshot.version,
            layer,
            range: ValueRange::of(&kernels.weights),
            kernels,
        });
        Box::new(move |state: &mut State| match answer {
            Ok(answer) => state.filters.kernels.take(wanted, answer),
            Err(error) => {
                state.filters.kernels.give_up();
                tell(state, &error);
            }
        })
    };
    state.explorer.ask(Question::Kernels, Box::new(job));
}

fn request_probabilities(state: &mut State) {
    let Some(gallery) = state.gallery() else {
        return;
    };
    let wanted = ProbabilitiesAsked {
        version: state.snapshot.version,
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
        Box::new(move |state: &mut State| match both {
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
        })
    };
    state.explorer.ask(Question::WithoutFilters, Box::new(job));
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
