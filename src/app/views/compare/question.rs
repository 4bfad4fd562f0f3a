//! What the Compare view asks of the explorer's thread.

use super::settings::{Compare, Other};
use crate::app::explore::{Answer, Question};
use crate::app::notices::Notice;
use crate::app::runs::RunReader;
use crate::app::state::{PicturesKey, State};
use convlens_core::dataset::{Gallery, ImageId};
use convlens_core::explore::{SimilarityMatrix, similarity};
use convlens_core::figures::{self, MapSet};
use convlens_core::network::{Model, weights};
use convlens_core::training::runs::RunError;

/// Everything that the answer depends on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CompareAsked {
    weights: u64,
    pictures: PicturesKey,
    images: Vec<ImageId>,
    layer: Option<String>,
    /// `None`: all channels as one vector.
    channel: Option<usize>,
    other: Other,
    /// How far that network is, if it is a run's: it may be the one that trains.
    other_step: Option<u64>,
}

/// The maps compared, and how alike they are.
pub struct Compared {
    pub maps: MapSet,
    /// Index into the maps' layers of the one compared.
    pub layer: usize,
    /// `None`: all channels as one vector.
    pub channel: Option<usize>,
    /// `None` where the network has no maps.
    pub matrix: Option<SimilarityMatrix>,
    /// The same images in another network, if one was asked for.
    pub other: Option<MapSet>,
}

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
pub fn request(state: &mut State) {
    let Some(gallery) = state.gallery() else {
        return;
    };
    let images = images(state, &gallery);
    let channel = state.preferences.maps.convolution;
    let settings = &state.preferences.compare;
    let other = settings.other.if_there(state);
    let wanted = CompareAsked {
        weights: state.snapshot.version,
        pictures: state.pictures_key(&images),
        images,
        layer: settings.layer.clone(),
        channel: (!settings.all_channels).then_some(channel),
        other,
        other_step: match other {
            Other::Run(run) => state.runs.summary(run).map(|run| run.step),
            Other::None | Other::BuiltIn => None,
        },
    };
    if !state.compared.asks(&wanted) {
        return;
    }
    let snapshot = state.snapshot.clone();
    let runs = state.runs.reader();
    let job = move || -> Answer {
        let compared = compare(&snapshot.model, &gallery, &wanted, &runs);
        Box::new(move |state: &mut State| match compared {
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
        })
    };
    state.explorer.ask(Question::Similarity, Box::new(job));
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

fn compare(
    model: &Model,
    gallery: &Gallery,
    wanted: &CompareAsked,
    runs: &RunReader,
) -> Result<Compared, CompareError> {
    let maps = figures::map_set(model, gallery, &wanted.images)?;
    let layers = &maps.activations.layers;
    let named = |name: &String| layers.iter().position(|layer| layer.name == *name);
    let layer = wanted.layer.as_ref().and_then(named).unwrap_or(0);
    let shown = layers.get(layer);
    let channel = shown.and_then(|l| wanted.channel.map(|c| c.min(l.channels - 1)));
    let matrix = shown.and_then(|layer| similarity(layer, maps.images.len(), channel));
    let maps_in = |model: &Model| figures::map_set(model, gallery, &wanted.images);
    let other = match wanted.other {
        Other::None => None,
        Other::BuiltIn => Some(maps_in(&weights::built_in()?)?),
        Other::Run(run) => {
            let snapshot = runs.newest(run)?;
            Some(maps_in(&snapshot.model)?)
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

impl Compared {
    /// The channel that maps are shown of: the one compared, or the convolution number.
    pub fn shown_channel(&self, convolution: usize) -> usize {
        let layer = &self.maps.activations.layers[self.layer];
        self.channel.unwrap_or(convolution).min(layer.channels - 1)
    }
}
