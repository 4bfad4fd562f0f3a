//! What the Channels view asks: the same maps as the Maps view, and which filters are dead.

use super::{maps, test_set};
use crate::app::model::channels;
use crate::app::model::state::State;
use crate::app::threads::Threads;

/// Asks for what the view shows.
pub fn request(state: &mut State, threads: &mut Threads) {
    maps::request(state, threads);
    let Some(maps) = state.maps.answer().cloned() else {
        return;
    };
    let shown = channels::layer_shown(&maps, state.channels_layer.as_deref());
    if let Some(layer) = channels::filters_of(&maps, shown) {
        test_set::request_excitations(state, threads, layer);
    }
}
