//! "Show me": a step's actions, carried out on the window.

use crate::app::model::action::{Edit, RunAction};
use crate::app::model::lesson::ShownBefore;
use crate::app::model::lesson_steps;
use crate::app::model::moments::Moments;
use crate::app::model::state::State;
use crate::app::model::view::View;
use crate::app::model::weights_of::WeightsOf;
use crate::app::threads::Threads;
use crate::app::update;
use convlens_core::dataset::ImageId;
use convlens_core::figures::MapsSettings;
use convlens_core::lessons::{MAX_IMAGES, Settings, Show, ShownView, ShownWeights};
use convlens_core::render::RangeMode;
use convlens_core::training::runs::NewRun;

const _: () = assert!(MAX_IMAGES == convlens_core::figures::MAX_IMAGES);

/// Carries out the actions of the step on screen; all of them together can be undone.
pub fn show_me(state: &mut State, threads: &mut Threads, now_secs: f64) {
    let Some(step) = crate::app::model::lesson_steps::step(state).cloned() else {
        return;
    };
    let trains = step.show.iter().any(|show| matches!(show, Show::Train(_)));
    let asked = state.lesson.asks_to_end.take();
    if trains && state.live_run().is_some() && asked.as_ref() != Some(&step.name) {
        state.lesson.asks_to_end = Some(step.name);
        return;
    }
    // Pressed twice, it is still what was there before the first time that comes back.
    let is_again = |shown_before: &ShownBefore| shown_before.step == step.name;
    if !state.lesson.shown_before.as_ref().is_some_and(is_again) {
        state.lesson.shown_before = Some(ShownBefore::of(state, step.name.clone()));
    }
    for show in step.show {
        carry_out(state, threads, show, &step.title, now_secs);
    }
    if step.exercise.is_some() && state.live_run().is_none() {
        // Its own run, or the course's network before there is one: not what ran last, which would be another exercise's.
        let own = lesson_steps::runs_of_exercise(state)[0];
        let subject = own.map_or(WeightsOf::BuiltIn, |run| WeightsOf::Kept {
            run,
            step: None,
        });
        update::weights::look_at(state, threads, subject);
    }
}

/// Carries out one action; runs that it queues bear the title.
pub fn carry_out(state: &mut State, threads: &mut Threads, show: Show, title: &str, now_secs: f64) {
    match show {
        Show::Network(network) => update::edits::apply(state, Edit::Network(network), now_secs),
        Show::Settings(settings) => set(state, &settings, now_secs),
        Show::Train(settings) => {
            set(state, &settings, now_secs);
            if state.why_not_train().is_none() {
                let config = state.preferences.config.clone();
                update::training::start(state, threads, config, NewRun::default());
            }
        }
        Show::Runs(experiment) => {
            let configs = experiment.configs(&lesson_steps::base(state));
            state.runs.queue.set(title.to_owned(), configs);
        }
        Show::Weights(weights) => look_at(state, threads, weights, now_secs),
        Show::View(view) => {
            state.preferences.view = view_of(view);
            if view == ShownView::Compare {
                let layer = state.preferences.maps.layer.clone();
                state.preferences.compare.show_rows(layer);
            }
        }
        Show::LookAt(part) => {
            let number = state.filters.look_at.map_or(0, |(_, number)| number + 1);
            state.filters.look_at = Some((part, number));
            state.preferences.view = View::Filters;
        }
        Show::Class(class) => {
            state.preferences.strip_class = class;
            state.keep_strip_class();
        }
        Show::Images(_)
        | Show::Layer(_)
        | Show::Convolution(_)
        | Show::Range(_)
        | Show::BeforeRelu(_) => {
            let mut maps = state.preferences.maps.clone();
            if let Show::Layer(layer) = &show {
                state.preferences.compare.layer.clone_from(layer);
            }
            change(&mut maps, show);
            state.set_maps(maps);
        }
        Show::ByHand(setup) => {
            state.preferences.by_hand = setup;
            state.preferences.view = View::ByHand;
        }
    }
}

/// The actions on the maps.
fn change(maps: &mut MapsSettings, show: Show) {
    match show {
        Show::Images(images) => maps.images = images.into_iter().map(ImageId::Test).collect(),
        Show::Layer(layer) => maps.layer = layer,
        Show::Convolution(number) => maps.convolution = number,
        Show::Range(range) => {
            if let RangeMode::Fixed(ends) = range {
                maps.fixed = ends;
            }
            maps.range = range;
        }
        Show::BeforeRelu(before) => maps.before_relu = before,
        _ => {}
    }
}

fn set(state: &mut State, settings: &Settings, now_secs: f64) {
    let mut config = settings.applied(&state.preferences.config);
    config.images = lesson_steps::at_most(state, config.images);
    update::edits::apply(state, Edit::All(config), now_secs);
}

fn look_at(state: &mut State, threads: &mut Threads, weights: ShownWeights, now_secs: f64) {
    let epochs = match weights {
        ShownWeights::BuiltIn => {
            update::weights::look_at(state, threads, WeightsOf::BuiltIn);
            return;
        }
        ShownWeights::Newest => None,
        ShownWeights::Start => Some(0),
        ShownWeights::Epoch(epochs) => Some(epochs),
    };
    update::weights::look_at(state, threads, WeightsOf::Live);
    if state.run.is_none()
        && let Some(last) = state.runs.list.last().map(|run| run.id)
    {
        update::runs::apply(state, threads, RunAction::Open(last), now_secs);
    }
    let moment = epochs.and_then(|epochs| {
        let moments = Moments::of(state)?;
        let nearest = moments
            .checkpoints
            .iter()
            .min_by_key(|moment| (moment.epochs.abs_diff(epochs), moment.step))?;
        Some((moments.run, *nearest))
    });
    if let Some((run, moment)) = moment {
        update::runs::apply(state, threads, RunAction::Scrub(run, moment), now_secs);
    }
}

fn view_of(view: ShownView) -> View {
    match view {
        ShownView::Maps => View::Maps,
        ShownView::Channels => View::Channels,
        ShownView::Filters => View::Filters,
        ShownView::Compare => View::Compare,
        ShownView::Errors => View::Errors,
        ShownView::Draw => View::Draw,
        ShownView::Explain => View::Explain,
        ShownView::Runs => View::Runs,
        ShownView::ByHand => View::ByHand,
        ShownView::Transform => View::Transform,
        ShownView::Overview => View::Overview,
        ShownView::Embedding => View::Embedding,
        ShownView::Curves => View::Curves,
        ShownView::Histograms => View::Histograms,
    }
}
