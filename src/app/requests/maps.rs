//! What the Maps view asks of the explorer's thread.

use crate::app::model::maps::{MapsAnswer, MapsAsked};
use crate::app::model::notices::Notice;
use crate::app::model::state::State;
use crate::app::requests;
use crate::app::threads::Threads;
use crate::app::threads::{Answer, Question};
use convlens_core::figures::{self, MapSet};
use convlens_core::network::Model;
use std::sync::Arc;
use std::time::Instant;

/// Asks for the maps on screen unless they are there or on their way, and for the pinned value's arithmetic.
pub fn request(state: &mut State, threads: &mut Threads) {
    requests::inspect::request(state, threads);
    request_maps(state, threads);
    requests::prefetch::request(state, threads);
}

fn request_maps(state: &mut State, threads: &mut Threads) {
    let Some(gallery) = state.gallery() else {
        return;
    };
    let wanted = MapsAsked {
        whose: state.whose.clone(),
        frozen: state.runs.frozen.as_ref().map(|frozen| frozen.version),
        pictures: state.pictures_key(&state.preferences.maps.images),
        images: state.preferences.maps.images.clone(),
    };
    if !state.maps.asks(&wanted) {
        return;
    }
    // Maps that follow the weights unasked may take their time.
    let attentive = threads.pace.is_attentive().then(Instant::now);
    let asked = state.runs.scrubbed.take().or(attentive);
    if let Some(maps) = state.prefetched_maps.get(&wanted) {
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
        Box::new(
            move |state: &mut State, _threads: &mut Threads| match answer {
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
            },
        )
    };
    threads.explorer.ask(Question::Maps, Box::new(job));
}
