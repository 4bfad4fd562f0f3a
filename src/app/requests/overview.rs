//! What the view of the whole network asks of the explorer's thread.

use crate::app::model::notices::Notice;
use crate::app::model::overview::{Overlooked, OverviewAsked};
use crate::app::model::state::State;
use crate::app::threads::{Answer, Question, Threads};
use convlens_core::dataset::Picture;
use convlens_core::explore::overview;

/// Asks for what is on screen unless it is there or on its way.
pub fn request(state: &mut State, threads: &mut Threads) {
    let Some(gallery) = state.gallery() else {
        return;
    };
    let image = state.image_at_hand();
    let wanted = OverviewAsked {
        whose: state.whose.clone(),
        pictures: state.pictures_key(&[image]),
        image,
        most: state.overview.most,
        convolution: state.preferences.maps.convolution,
    };
    if !state.overlooked.asks(&wanted) {
        return;
    }
    let snapshot = state.snapshot.clone();
    let job = move || -> Answer {
        let picture = gallery.picture(image);
        let picture = picture.unwrap_or_else(|| Picture::blank(gallery.dataset.size()));
        let found = overview(&snapshot.model, &picture, wanted.most, wanted.convolution);
        Box::new(
            move |state: &mut State, _threads: &mut Threads| match found {
                Ok(overview) => {
                    let answer = Overlooked {
                        asked: wanted.clone(),
                        overview,
                    };
                    state.overlooked.take(wanted, answer);
                }
                Err(error) => {
                    state.overlooked.give_up();
                    let message = state.text().not_computed(&error);
                    state.notices.push(Notice::error(message));
                }
            },
        )
    };
    threads.explorer.ask(Question::Overview, Box::new(job));
}
