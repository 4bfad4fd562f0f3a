//! What the network makes of the drawing: classes and maps.

use crate::app::model::drawn::DrawnAsked;
use crate::app::model::notices::Notice;
use crate::app::model::state::State;
use crate::app::threads::Threads;
use crate::app::threads::{Answer, Question};
use convlens_core::dataset::ImageId;
use convlens_core::figures::{self};

/// Asks for maps and classes of the drawing unless they are there or on their way.
pub fn request(state: &mut State, threads: &mut Threads) {
    let Some(gallery) = state.gallery() else {
        return;
    };
    let wanted = DrawnAsked {
        whose: state.whose.clone(),
        drawing: state.canvas.version(),
    };
    if !state.drawn.asks(&wanted) {
        return;
    }
    let snapshot = state.snapshot.clone();
    let job = move || -> Answer {
        let maps = figures::map_set(&snapshot.model, &gallery, &[ImageId::Drawing]);
        Box::new(
            move |state: &mut State, _threads: &mut Threads| match maps {
                Ok(maps) => state.drawn.take(wanted, maps),
                Err(error) => {
                    state.drawn.give_up();
                    let message = state.text().not_computed(&error);
                    state.notices.push(Notice::error(message));
                }
            },
        )
    };
    threads.explorer.ask(Question::Drawing, Box::new(job));
}
