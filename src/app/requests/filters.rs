//! What the Filters view asks of the explorer's thread: kernels, and the probabilities of the chosen
//! images with and without the filters that are off. What it asks about the whole test set is
//! another thread's: see [`test_set`].

use crate::app::model::filters::{
    KernelsAnswer, KernelsAsked, NextStepAsked, Probabilities, ProbabilitiesAsked,
};
use crate::app::model::notices::Notice;
use crate::app::model::state::State;
use crate::app::model::test_set::{Kind, QuestionStatus};
use crate::app::requests;
use crate::app::threads::Threads;
use crate::app::threads::{Answer, Question};
use convlens_core::dataset::{Gallery, ImageId};
use convlens_core::explore::{
    StepWith, Target, TestSetError, ablated, activations, filter_step, has_templates, kernels,
    step_can_be_told,
};
use convlens_core::network::Model;
use convlens_core::render::ValueRange;
use convlens_core::training::Trainer;

/// Asks for what the view shows.
pub fn request(state: &mut State, threads: &mut Threads) {
    requests::test_set::request_predictions(state, threads);
    requests::test_set::request_ablated(state, threads);
    request_probabilities(state, threads);
    if let Some(layer) = state.filters_layer() {
        request_kernels(state, threads, layer);
        request_next_step(state, threads, layer);
        if !has_templates(&state.snapshot.model, layer) {
            requests::test_set::request_excitations(state, threads, layer);
            let filters = state.snapshot.model.layers()[layer].output.channels();
            let channel = state
                .preferences
                .maps
                .convolution
                .min(filters.saturating_sub(1));
            let target = next_preferred(state, layer, channel, filters);
            requests::test_set::request_preferred(state, threads, target);
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

/// The filter whose preferred input is looked for: the one selected first, then, where those of all are shown, the next that is not known.
fn next_preferred(state: &State, layer: usize, selected: usize, filters: usize) -> Target {
    let target = |channel| Target { layer, channel };
    let is_open = |channel: &usize| {
        let kind = Kind::Preferred(target(*channel));
        let is_known = state
            .preferred_beside(&state.whose, target(*channel))
            .is_some();
        !is_known && !matches!(state.test_set.status_of(kind), QuestionStatus::GivenUp)
    };
    if !state.filters.shows_preferred || is_open(&selected) {
        return target(selected);
    }
    target((0..filters).find(is_open).unwrap_or(selected))
}

/// Asks what the next batch does to the filter, of the run under way if it holds and its weights are looked at.
fn request_next_step(state: &mut State, threads: &mut Threads, layer: usize) {
    let held = threads.trainer.as_ref().and_then(Trainer::held);
    let held = held.filter(|held| held.version == state.snapshot.version);
    let (Some(held), Some(dataset), Some(run)) = (held, state.dataset.clone(), &state.run) else {
        return;
    };
    let trains_on_it = state
        .data
        .as_ref()
        .is_some_and(|data| data.is_same(&run.data));
    let can_be_told = trains_on_it && !held.between.augments && !held.between.rows.is_empty();
    let model = &state.snapshot.model;
    if !can_be_told || !step_can_be_told(model) || has_templates(model, layer) {
        return;
    }
    let filters = model.layers()[layer].output.channels();
    let filter = state
        .preferences
        .maps
        .convolution
        .min(filters.saturating_sub(1));
    let wanted = NextStepAsked {
        whose: state.whose.clone(),
        layer,
        filter,
    };
    if !state.filters.next_step.asks(&wanted) {
        return;
    }
    let snapshot = state.snapshot.clone();
    let job = move || -> Answer {
        let between = &held.between;
        let with = StepWith {
            optimizer: between.optimizer,
            state: &between.state,
            label_smoothing: between.label_smoothing,
        };
        let batch = (&dataset.train, &between.rows[..]);
        let step = filter_step(&snapshot.model, batch, with, (layer, filter));
        Box::new(
            move |state: &mut State, _threads: &mut Threads| match step {
                Ok(step) => state.filters.next_step.take(wanted, step),
                Err(error) => {
                    state.filters.next_step.give_up();
                    tell(state, &error);
                }
            },
        )
    };
    threads.explorer.ask(Question::NextStep, Box::new(job));
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
