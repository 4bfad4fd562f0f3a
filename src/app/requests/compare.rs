//! What the Compare view asks of the explorer's thread.

use crate::app::model::compare::{Compare, CompareAsked, Compared, Other, OtherNetwork};
use crate::app::model::notices::Notice;
use crate::app::model::state::State;
use crate::app::threads::Threads;
use crate::app::threads::disk::RunsFolder;
use crate::app::threads::{Answer, Question};
use convlens_core::dataset::{Gallery, ImageId};
use convlens_core::explore::{kernels, similarity, weight_differences};
use convlens_core::figures::{self};
use convlens_core::network::{Layer, Model, weights};
use convlens_core::training::runs::RunError;

/// Why there is no comparison.
#[derive(Debug, thiserror::Error)]
enum CompareError {
    #[error(transparent)]
    Compute(#[from] candle_core::Error),
    #[error(transparent)]
    Run(#[from] RunError),
    #[error(transparent)]
    BuiltIn(#[from] weights::WeightsError),
}

/// Asks for the comparison on screen unless it is there or on its way.
pub fn request(state: &mut State, threads: &mut Threads) {
    let Some(gallery) = state.gallery() else {
        return;
    };
    let images = images(state, &gallery);
    let channel = state.preferences.maps.convolution;
    let settings = &state.preferences.compare;
    let other = state.other_beside(settings.other, true);
    let wanted = CompareAsked {
        whose: state.whose.clone(),
        pictures: state.pictures_key(&images),
        images,
        layer: settings.layer.clone(),
        channel: (!settings.all_channels).then_some(channel),
        other,
        other_at: settings.other_step,
        other_step: match other {
            Other::Run(run) => state.runs.summary(run).map(|run| run.step),
            Other::None | Other::BuiltIn => None,
        },
    };
    if !state.compared.asks(&wanted) {
        return;
    }
    let snapshot = state.snapshot.clone();
    let runs = threads.runs.clone();
    let job = move || -> Answer {
        let compared = compare(&snapshot.model, &gallery, &wanted, &runs);
        Box::new(
            move |state: &mut State, _threads: &mut Threads| match compared {
                Ok(compared) => state.compared.take(wanted, compared),
                Err(error) => {
                    state.compared.give_up();
                    let text = state.text();
                    let message = match &error {
                        CompareError::Compute(error) => text.not_computed(error),
                        CompareError::Run(error) => text.run_error(error),
                        CompareError::BuiltIn(error) => text.weights_error(error),
                    };
                    state.notices.push(Notice::error(message));
                }
            },
        )
    };
    threads.explorer.ask(Question::Similarity, Box::new(job));
}

/// The images that the view compares.
fn images(state: &State, gallery: &Gallery) -> Vec<ImageId> {
    let labels = gallery.dataset.test.labels();
    let settings = state.preferences.compare.clone();
    let settings = settings.among(&gallery.dataset.classes);
    match settings.images {
        Compare::Rows => state.preferences.maps.images.clone(),
        Compare::Set(set) => {
            let images = set.images(labels, settings.class, settings.seed);
            images.into_iter().map(ImageId::Test).collect()
        }
    }
}

/// A second network beside the first.
fn beside(
    model: &Model,
    other: &Model,
    gallery: &Gallery,
    wanted: &CompareAsked,
) -> Result<OtherNetwork, CompareError> {
    let differences = weight_differences(model, other)?;
    let named = wanted.layer.as_ref();
    let compared = named.and_then(|name| differences.iter().find(|d| d.name == *name));
    let compared = compared.or(differences.first());
    let kernels = compared.and_then(|difference| {
        let of_same_name = |layer: &Layer| layer.name == difference.name;
        let theirs = other.layers().iter().position(of_same_name)?;
        Some([
            kernels(model, difference.layer).ok()?,
            kernels(other, theirs).ok()?,
        ])
    });
    Ok(OtherNetwork {
        maps: figures::map_set(other, gallery, &wanted.images)?,
        moments: Vec::new(),
        moment: 0,
        differences,
        kernels,
    })
}

fn compare(
    model: &Model,
    gallery: &Gallery,
    wanted: &CompareAsked,
    runs: &RunsFolder,
) -> Result<Compared, CompareError> {
    let maps = figures::map_set(model, gallery, &wanted.images)?;
    let layers = &maps.activations.layers;
    let named = |name: &String| layers.iter().position(|layer| layer.name == *name);
    let layer = wanted.layer.as_ref().and_then(named).unwrap_or(0);
    let shown = layers.get(layer);
    let channel = shown.and_then(|l| wanted.channel.map(|c| c.min(l.channels - 1)));
    let matrix = shown.and_then(|layer| similarity(layer, maps.images.len(), channel));
    let other = match wanted.other {
        Other::None => None,
        Other::BuiltIn => weights::built_in_for(gallery.dataset.size())?
            .map(|other| beside(model, &other, gallery, wanted))
            .transpose()?,
        Other::Run(run) => {
            let moments = runs.store().read(run)?.checkpoints;
            let wanted_step = wanted.other_at.unwrap_or(u64::MAX);
            let behind = moments.partition_point(|moment| moment.step <= wanted_step);
            let moment = behind.saturating_sub(1);
            let checkpoint = moments.get(moment).copied();
            let checkpoint = checkpoint.ok_or(RunError::NoWeights(run))?;
            let snapshot = runs.at(run, checkpoint)?;
            let takes = snapshot.model.spec().takes(&gallery.dataset);
            let other = takes.then(|| beside(model, &snapshot.model, gallery, wanted));
            other.transpose()?.map(|other| OtherNetwork {
                moments,
                moment,
                ..other
            })
        }
    };
    Ok(Compared {
        maps,
        layer,
        channel,
        matrix,
        other,
    })
}
