//! What the Maps view asks of the explorer's thread.

use std::sync::Arc;
use std::time::Instant;

use crate::app::explore::{Answer, Question};
use crate::app::notices::Notice;
use crate::app::state::{PicturesKey, State};
use convlens_core::dataset::ImageId;
use convlens_core::figures::{self, MapSet};
use convlens_core::network::Model;
use convlens_core::training::Snapshot;

use super::{ahead, inspector};

/// Which maps.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MapsAsked {
    pub version: u64,
    /// The weights that the colours' ranges belong to, if others.
    pub frozen: Option<u64>,
    pub pictures: PicturesKey,
    pub images: Vec<ImageId>,
}

/// The feature maps of the chosen pictures.
pub struct MapsAnswer {
    pub asked: MapsAsked,
    /// The weights they belong to.
    pub snapshot: Arc<Snapshot>,
    pub set: MapSet,
}

/// Asks for the maps on screen unless they are there or on their way, and for the pinned value's arithmetic.
pub fn request(state: &mut State) {
    inspector::request(state);
    request_maps(state);
    ahead::request(state);
}

fn request_maps(state: &mut State) {
    let Some(gallery) = state.gallery() else {
        return;
    };
    let wanted = MapsAsked {
        version: state.snapshot.version,
        frozen: state.runs.frozen.as_ref().map(|frozen| frozen.version),
        pictures: state.pictures_key(&state.preferences.maps.images),
        images: state.preferences.maps.images.clone(),
    };
    if !state.maps.asks(&wanted) {
        return;
    }
    // Maps that follow the weights unasked may take their time.
    let attentive = state.pace.is_attentive().then(Instant::now);
    let asked = state.runs.scrubbed.take().or(attentive);
    if let Some(maps) = state.maps_ahead.get(&wanted) {
        state.performance.maps_arrived(asked);
        state.performance.moment_arrived(maps.snapshot.step);
        state.maps.take_shared(wanted, maps);
        return;
    }
    let snapshot = state.snapshot.clone();
    let frozen = state.runs.frozen.clone();
    // The maps that the ranges are from are the same while the moments change.
    let known = state.maps.answer().filter(|last| {
        let of = |asked: &MapsAsked| (asked.frozen, asked.pictures, asked.images.clone());
        of(&last.asked) == of(&wanted)
    });
    let known = known.and_then(|last| last.set.frozen.clone());
    let job = move || -> Answer {
        let maps_of = |model: &Model| figures::map_set(model, &gallery, &wanted.images);
        let set = maps_of(&snapshot.model).and_then(|set| {
            let frozen = match (known, frozen) {
                (Some(known), _) => Some(known),
                (None, Some(frozen)) => Some(Arc::new(maps_of(&frozen.model)?)),
                (None, None) => None,
            };
            Ok(MapSet { frozen, ..set })
        });
        let answer = set.map(|set| MapsAnswer {
            asked: wanted.clone(),
            snapshot,
            set,
        });
        Box::new(move |state: &mut State| match answer {
            Ok(maps) => {
                state.performance.maps_arrived(asked);
                state.performance.moment_arrived(maps.snapshot.step);
                state.maps.take(wanted, maps);
            }
            Err(error) => {
                state.maps.give_up();
                let message = state.text().not_computed(&error);
                state.notices.push(Notice::error(message));
            }
        })
    };
    state.explorer.ask(Question::Maps, Box::new(job));
}
