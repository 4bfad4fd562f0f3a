//! Maps of the moments around the one looked at, computed before anybody goes there: a drag along the
//! timeline then shows them in the very frame that sees the pointer move, and not one later.

use crate::app::model::maps::{MapsAnswer, MapsAsked};
use crate::app::model::state::State;
use crate::app::model::whose::Whose;
use crate::app::requests;
use crate::app::threads::Threads;
use crate::app::threads::{Answer, Question};
use convlens_core::figures::{self, MapSet};
use std::sync::Arc;

/// Most bytes of maps that are held: thirty moments of the notebook's network and its three images.
const MOST_BYTES: usize = 48 << 20;

/// Moments computed at a time: who clicks meanwhile waits for no more.
const AT_A_TIME: usize = 4;

/// Asks for maps of the nearest moments whose weights are there and whose maps are not; forgets those
/// that are no use any more.
pub fn request(state: &mut State, threads: &mut Threads) {
    let Some(shown) = state
        .maps
        .answer()
        .filter(|_| state.maps.is_settled())
        .cloned()
    else {
        return;
    };
    let most = MOST_BYTES / bytes(&shown.set).max(1);
    // None unless somebody scrubs.
    let near = requests::runs::near(state, most);
    let asked: Vec<MapsAsked> = near
        .iter()
        .map(|snapshot| MapsAsked {
            whose: Whose::of(shown.asked.whose.owner.clone(), snapshot),
            ..shown.asked.clone()
        })
        .collect();
    let ahead = &mut state.prefetched_maps;
    ahead.known.retain(|maps| asked.contains(&maps.asked));
    let mut missing: Vec<_> = asked.into_iter().zip(near).collect();
    missing.retain(|(asked, _)| ahead.get(asked).is_none());
    missing.truncate(AT_A_TIME);
    if ahead.is_asked || missing.is_empty() {
        return;
    }
    let Some(gallery) = state.gallery() else {
        return;
    };
    state.prefetched_maps.is_asked = true;
    let frozen = shown.set.frozen.clone();
    let job = move || -> Answer {
        let maps = missing.into_iter().filter_map(|(asked, snapshot)| {
            // What cannot be computed is said when it is asked for.
            let set = figures::map_set(&snapshot.model, &gallery, &asked.images).ok()?;
            let frozen = frozen.clone();
            Some(Arc::new(MapsAnswer {
                asked,
                snapshot,
                set: MapSet { frozen, ..set },
            }))
        });
        let maps: Vec<_> = maps.collect();
        Box::new(move |state: &mut State, _threads: &mut Threads| {
            let ahead = &mut state.prefetched_maps;
            ahead.give_up();
            ahead.known.extend(maps);
        })
    };
    threads
        .explorer
        .ask(Question::PrefetchedMaps, Box::new(job));
}

/// What the maps take, those before ReLU included.
fn bytes(set: &MapSet) -> usize {
    let layers = set.activations.layers.iter();
    let values: usize = layers.map(|l| l.channels * l.height * l.width).sum();
    2 * values * set.images.len() * size_of::<f32>()
}
