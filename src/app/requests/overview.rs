//! What the view of the whole network asks of the explorer's thread.

use crate::app::model::notices::Notice;
use crate::app::model::overview::{BackFrom, Overlooked, OverviewAsked};
use crate::app::model::state::State;
use crate::app::threads::{Answer, Question, Threads};
use convlens_core::dataset::Picture;
use convlens_core::explore::most_likely;
use convlens_core::explore::{GradientOf, Overview, OverviewOptions, overview};
use convlens_core::network::Model;

/// Asks for what is on screen unless it is there or on its way.
pub fn request(state: &mut State, threads: &mut Threads) {
    let Some(gallery) = state.gallery() else {
        return;
    };
    let image = state.image_at_hand();
    if let Some(pin) = (state.overview).pin(image, state.snapshot.model.layers()) {
        super::inspect::ask(state, threads, pin);
    }
    let wanted = OverviewAsked {
        whose: state.whose.clone(),
        pictures: state.pictures_key(&[image]),
        image,
        most: state.overview.most,
        convolution: state.preferences.maps.convolution,
        backward: state.overview.backward,
        weight: (state.overview.weight.clone()).filter(|_| state.overview.backward.is_some()),
    };
    if !state.overlooked.asks(&wanted) {
        return;
    }
    let snapshot = state.snapshot.clone();
    let job = move || -> Answer {
        let picture = gallery.picture(image);
        let picture = picture.unwrap_or_else(|| Picture::blank(gallery.dataset.size()));
        let found = looked_at(&snapshot.model, &picture, gallery.label(image), &wanted);
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

fn looked_at(
    model: &Model,
    picture: &Picture,
    label: Option<u8>,
    asked: &OverviewAsked,
) -> candle_core::Result<Overview> {
    let forward = OverviewOptions::forward(asked.most, asked.convolution);
    let classes = model.spec().classes;
    let label = label.map(usize::from).filter(|label| *label < classes);
    let gradient = match (asked.backward, label) {
        (None, _) => return overview(model, picture, &forward),
        (Some(BackFrom::Loss), Some(label)) => GradientOf::Loss(label),
        (Some(BackFrom::Loss), None) => {
            let logits = model.logits(&model.input([picture.bytes()])?)?;
            GradientOf::Score(most_likely(&logits.flatten_all()?.to_vec1::<f32>()?))
        }
        (Some(BackFrom::Class(class)), _) => GradientOf::Score(usize::from(class).min(classes - 1)),
    };
    let options = OverviewOptions {
        gradient: Some(gradient),
        weight: asked.weight.clone(),
        ..forward
    };
    overview(model, picture, &options)
}
