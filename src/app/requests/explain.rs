//! What the view asks of the explorer's thread.

use crate::app::model::explain::{ExplainAsked, Explained, Way};
use crate::app::model::notices::Notice;
use crate::app::model::state::State;
use crate::app::threads::Threads;
use crate::app::threads::{Answer, Question};
use convlens_core::dataset::Picture;
use convlens_core::explore::most_likely;
use convlens_core::explore::{
    ClassQuestion, GradCam, Region, activations, grad_cam, occlusion, saliency, smallest_change,
    uncut_receptive_field,
};
use convlens_core::network::{Model, with_maps};

/// Asks for the explanation on screen unless it is there or on its way.
pub fn request(state: &mut State, threads: &mut Threads) {
    let Some(gallery) = state.gallery() else {
        return;
    };
    let settings = &state.explain;
    let image = state.image_at_hand();
    let wanted = ExplainAsked {
        whose: state.whose.clone(),
        pictures: state.pictures_key(&[image]),
        image,
        class: settings.class,
        against: settings.against,
        patch: settings.patch,
        layer: settings.layer.clone(),
        way: settings.way,
    };
    if !state.explained.asks(&wanted) {
        return;
    }
    let snapshot = state.snapshot.clone();
    let job = move || -> Answer {
        let size = gallery.dataset.size();
        let picture = gallery.picture(image);
        let picture = picture.unwrap_or_else(|| Picture::blank(size));
        let label = gallery.label(image);
        let explained = explain(&snapshot.model, picture, label, &wanted);
        Box::new(
            move |state: &mut State, _threads: &mut Threads| match explained {
                Ok(explained) => state.explained.take(wanted, explained),
                Err(error) => {
                    state.explained.give_up();
                    let message = state.text().not_computed(&error);
                    state.notices.push(Notice::error(message));
                }
            },
        )
    };
    threads.explorer.ask(Question::Explanation, Box::new(job));
}

fn explain(
    model: &Model,
    picture: Picture,
    label: Option<u8>,
    asked: &ExplainAsked,
) -> candle_core::Result<Explained> {
    let pixels = picture.bytes();
    let probabilities = activations(model, [pixels])?.probabilities;
    let predicted = probabilities.first().map_or(0, |row| most_likely(row));
    let class = asked.class.unwrap_or(predicted);
    let probability = |class: usize| {
        let row = probabilities.first();
        row.and_then(|row| row.get(class)).copied().unwrap_or(0.0)
    };
    let last = model.spec().classes - 1;
    let class = class.min(last);
    // None is held against itself.
    let against = asked.against.map(|against| against.min(last));
    let against = against.filter(|against| *against != class);
    let question = ClassQuestion { class, against };
    let occlusion = occlusion(model, pixels, question, asked.patch)?;
    let layer = (asked.layer.as_ref()).and_then(|name| with_maps(model.layers(), name));
    let grad_cam = grad_cam(model, pixels, question, layer)?;
    let by_pixel = match asked.way {
        Way::Pixels(method) => Some(saliency(model, pixels, question, method)?),
        Way::GradCam | Way::Change => None,
    };
    let change = match asked.way {
        Way::Change => smallest_change(model, pixels, against)?,
        Way::GradCam | Way::Pixels(_) => None,
    };
    let fields = grad_cam.as_ref().map(|cam| fields(model, cam));
    Ok(Explained {
        asked: asked.clone(),
        label,
        predicted,
        class,
        against: against.map(|against| (against, probability(against))),
        drops: occlusion.per_pixel(),
        occlusion,
        grad_cam,
        saliency: by_pixel,
        change,
        fields: fields.unwrap_or_default(),
        picture,
    })
}

fn fields(model: &Model, cam: &GradCam) -> Vec<Region> {
    let cells = (0..cam.height).flat_map(|y| (0..cam.width).map(move |x| (y, x)));
    cells
        .filter_map(|(y, x)| {
            uncut_receptive_field(model.layers(), cam.layer_index, Region::cell(y, x))
        })
        .collect()
}
