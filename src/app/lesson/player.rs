//! "Show me": a step's actions, carried out on the window.

use super::memento::Memento;
use crate::app::action::set_maps;
use crate::app::edits::{self, Edit};
use crate::app::runs::{self, Moments, RunWish, Subject};
use crate::app::state::State;
use crate::app::views::View;
use convlens_core::dataset::ImageId;
use convlens_core::figures::MapsSettings;
use convlens_core::lessons::{MAX_IMAGES, Settings, Show, ShownView, ShownWeights};
use convlens_core::render::RangeMode;
use convlens_core::training::RunConfig;
use convlens_core::training::runs::NewRun;

const _: () = assert!(MAX_IMAGES == convlens_core::figures::MAX_IMAGES);

/// Carries out the actions of the step on screen; all of them together can be undone.
pub fn show_me(state: &mut State, now_secs: f64) {
    let Some(step) = super::step(state).cloned() else {
        return;
    };
    // Pressed twice, it is still what was there before the first time that comes back.
    let is_again = |memento: &Memento| memento.step == step.name;
    if !state.lesson.memento.as_ref().is_some_and(is_again) {
        state.lesson.memento = Some(Memento::of(state, step.name.clone()));
    }
    for show in step.show {
        carry_out(state, show, &step.title, now_secs);
    }
}

/// Carries out one action; runs that it queues bear the title.
pub fn carry_out(state: &mut State, show: Show, title: &str, now_secs: f64) {
    match show {
        Show::Network(network) => edits::apply(state, Edit::Network(network), now_secs),
        Show::Settings(settings) => set(state, &settings, now_secs),
        Show::Train(settings) => {
            set(state, &settings, now_secs);
            if state.why_not_train().is_none() {
                let config = state.preferences.config.clone();
                runs::start(state, config, NewRun::default(), None);
            }
        }
        Show::Runs(experiment) => {
            let configs = experiment.configs(&base(state));
            state.runs.queue.set(title.to_owned(), configs);
        }
        Show::Weights(weights) => look_at(state, weights, now_secs),
        Show::View(view) => {
            state.preferences.view = view_of(view);
            if view == ShownView::Compare {
                let layer = state.preferences.maps.layer.clone();
                state.preferences.compare.show_rows(layer);
            }
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
            set_maps(state, maps);
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

/// What a lesson's runs start from: the notebook's settings, this machine's threads, and not more
/// images than the command line allows.
pub fn base(state: &State) -> RunConfig {
    RunConfig {
        images: state.most_images,
        ..RunConfig::default()
    }
}

/// So many training images, or all, but not more than the command line allows.
pub fn at_most(state: &State, images: Option<usize>) -> Option<usize> {
    [images, state.most_images].into_iter().flatten().min()
}

fn set(state: &mut State, settings: &Settings, now_secs: f64) {
    let mut config = settings.applied(&state.preferences.config);
    config.images = at_most(state, config.images);
    edits::apply(state, Edit::All(config), now_secs);
}

fn look_at(state: &mut State, weights: ShownWeights, now_secs: f64) {
    let epochs = match weights {
        ShownWeights::BuiltIn => {
            runs::look_at(state, Subject::BuiltIn);
            return;
        }
        ShownWeights::Newest => None,
        ShownWeights::Start => Some(0),
        ShownWeights::Epoch(epochs) => Some(epochs),
    };
    runs::look_at(state, Subject::Live);
    if state.run.is_none()
        && let Some(last) = state.runs.list.last().map(|run| run.id)
    {
        runs::apply(state, RunWish::Open(last), now_secs);
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
        runs::apply(state, RunWish::Scrub(run, moment), now_secs);
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
    }
}
