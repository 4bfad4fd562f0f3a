//! The rows of Maps as small pictures to choose one from.

use convlens_core::dataset::ImageId;
use eframe::egui::{self, Role, Sense, Stroke, StrokeKind, WidgetInfo, vec2};

use super::theme;
use super::thumb::Thumbs;
use crate::app::model::state::State;

/// Side of a picture on screen, and room around it for its outline: nothing cuts what a picture has of its own.
const SIDE: f32 = 28.0;
const AROUND: f32 = 3.0;

/// The pictures, with `chosen` marked; the one clicked.
pub fn show(
    ui: &mut egui::Ui,
    state: &State,
    thumbs: &mut Thumbs,
    chosen: Option<ImageId>,
) -> Option<ImageId> {
    let gallery = state.gallery()?;
    let mut clicked = None;
    let side = SIDE + 2.0 * AROUND;
    // They stay together, on the next line if need be.
    let all = side * state.preferences.maps.images.len() as f32;
    if ui.layout().main_wrap && ui.available_size_before_wrap().x < all {
        ui.end_row();
    }
    ui.scope(|ui| {
        ui.spacing_mut().item_spacing = vec2(0.0, 0.0);
        for &image in &state.preferences.maps.images {
            let Some(picture) = gallery.picture(image) else {
                continue;
            };
            let (rect, response) = ui.allocate_exact_size(vec2(side, side), Sense::click());
            let rect = rect.shrink(AROUND);
            let is_chosen = chosen == Some(image);
            let words = state.text().image_and_class(image, gallery.label(image));
            response.widget_info(|| WidgetInfo::selected(Role::Button, true, is_chosen, &words));
            let (version, size) = ((image, &picture), picture.size());
            thumbs.paint(ui, rect, response.id, version, size, || picture.clone());
            let edge = if is_chosen {
                Stroke::new(AROUND, theme::accent(ui))
            } else if response.has_focus() || response.hovered() {
                Stroke::new(2.0, theme::pointed_at(ui))
            } else {
                ui.visuals().widgets.inactive.bg_stroke
            };
            ui.painter()
                .rect_stroke(rect, 2.0, edge, StrokeKind::Outside);
            if response.on_hover_text(words).clicked() {
                clicked = Some(image);
            }
        }
    });
    clicked
}
