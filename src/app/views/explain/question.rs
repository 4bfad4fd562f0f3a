//! What the view asks of the explorer's thread.

use super::ExplainView;
use crate::app::explore::{Answer, Question};
use crate::app::notices::Notice;
use crate::app::state::{PicturesKey, State};
use convlens_core::dataset::ImageId;
use convlens_core::explore::{
    GradCam, OcclusionMap, OcclusionPatch, Region, activations, grad_cam, occlusion,
    uncut_receptive_field,
};
use convlens_core::figures::most_likely;
use convlens_core::network::Model;

/// Everything that the answer depends on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExplainAsked {
    weights: u64,
    pictures: PicturesKey,
    pub image: ImageId,
    /// `None`: the predicted one.
    class: Option<usize>,
    patch: OcclusionPatch,
}

/// What speaks for a class.
pub struct Explained {
    pub asked: ExplainAsked,
    /// 28×28 bytes.
    pub pixels: Vec<u8>,
    pub label: Option<u8>,
    pub predicted: usize,
    pub class: usize,
    pub occlusion: OcclusionMap,
    /// The mean drop over each pixel.
    pub drops: Vec<f32>,
    pub grad_cam: Option<GradCam>,
    /// What each cell of the Grad-CAM sees of the picture, row by row.
    pub fields: Vec<Region>,
}

/// The picture that the view is about: the one chosen, or else the first row.
pub fn image(view: &ExplainView, state: &State) -> ImageId {
    let rows = &state.preferences.maps.images;
    let chosen = view.image.filter(|image| rows.contains(image));
    chosen
        .or_else(|| rows.first().copied())
        .unwrap_or(ImageId::Test(0))
}

/// Asks for the explanation on screen unless it is there or on its way.
pub fn request(view: &ExplainView, state: &mut State) {
    let Some(gallery) = state.gallery() else {
        return;
    };
    let image = image(view, state);
    let wanted = ExplainAsked {
        weights: state.snapshot.version,
        pictures: state.pictures_key(&[image]),
        image,
        class: view.class,
        patch: view.patch,
    };
    if !state.explained.asks(&wanted) {
        return;
    }
    let snapshot = state.snapshot.clone();
    let job = move || -> Answer {
        let pixels = gallery.pixels(image).unwrap_or_default();
        let label = gallery.label(image);
        let explained = explain(&snapshot.model, pixels, label, &wanted);
        Box::new(move |state: &mut State| match explained {
            Ok(explained) => state.explained.take(wanted, explained),
            Err(error) => {
                state.explained.give_up();
                let message = state.text().not_computed(&error);
                state.notices.push(Notice::error(message));
            }
        })
    };
    state.explorer.ask(Question::Explanation, Box::new(job));
}

fn explain(
    model: &Model,
    pixels: &[u8],
    label: Option<u8>,
    asked: &ExplainAsked,
) -> candle_core::Result<Explained> {
    let probabilities = activations(model, [pixels])?.probabilities;
    let predicted = probabilities.first().map_or(0, |row| most_likely(row));
    let class = asked.class.unwrap_or(predicted);
    let class = class.min(model.spec().classes - 1);
    let occlusion = occlusion(model, pixels, class, asked.patch)?;
    let grad_cam = grad_cam(model, pixels, class)?;
    let fields = grad_cam.as_ref().map(|cam| fields(model, cam));
    Ok(Explained {
        asked: asked.clone(),
        pixels: pixels.to_vec(),
        label,
        predicted,
        class,
        drops: occlusion.per_pixel(),
        occlusion,
        grad_cam,
        fields: fields.unwrap_or_default(),
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
