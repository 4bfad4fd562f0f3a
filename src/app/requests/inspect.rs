//! What the inspector asks of the explorer's thread.

use crate::app::model::maps::{InspectAsked, Inspected};
use crate::app::model::notices::Notice;
use crate::app::model::pin::Pin;
use crate::app::model::state::State;
use crate::app::threads::Threads;
use crate::app::threads::{Answer, Question};
use convlens_core::explore::{InspectError, inspect};
use convlens_core::network::{Shape, origin};

/// Asks for the pinned value's arithmetic unless it is there or on its way.
pub fn request(state: &mut State, threads: &mut Threads) {
    if let Some(pin) = state.pin.clone() {
        ask(state, threads, pin);
    }
}

/// Asks for the arithmetic of any value unless it is there or on its way.
pub fn ask(state: &mut State, threads: &mut Threads, pin: Pin) {
    let Some(gallery) = state.gallery() else {
        return;
    };
    let snapshot = state.snapshot.clone();
    let place = pin.place(snapshot.model.layers());
    let Some(place) = place.filter(|_| gallery.pixels(pin.image).is_some()) else {
        return;
    };
    let wanted = InspectAsked {
        whose: state.whose.clone(),
        pictures: state.pictures_key(&[pin.image]),
        pin,
    };
    if !state.inspected.asks(&wanted) {
        return;
    }
    let job = move || -> Answer {
        let picture = gallery.pixels(wanted.pin.image).unwrap_or_default();
        let inspection = inspect(&snapshot.model, picture, place);
        let layers = snapshot.model.layers();
        let before = origin(layers, layers[place.layer].inputs[0]);
        let layer_before = before.map(|before| layers[before].name.clone());
        let input_size = match layers[place.layer].input {
            Shape::Maps { height, width, .. } => (height, width),
            Shape::Vector(units) => (1, units),
        };
        Box::new(
            move |state: &mut State, _threads: &mut Threads| match inspection {
                Ok(inspection) => state.inspected.take(
                    wanted.clone(),
                    Inspected {
                        asked: wanted,
                        inspection,
                        layer_before,
                        input_size,
                    },
                ),
                Err(error) => {
                    state.inspected.give_up();
                    let message = match error {
                        InspectError::Network(error) => state.text().not_computed(&error),
                        // The place was looked up in this very network.
                        other => other.to_string(),
                    };
                    state.notices.push(Notice::error(message));
                }
            },
        )
    };
    threads.explorer.ask(Question::Inspect, Box::new(job));
}
