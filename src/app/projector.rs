//! A second window for the projector: the view, and of an open lesson what the room is to see. The controls, answers and the
//! teacher's notes stay in the first one. Its letters are a share of its height, on any projector.

use crate::app::model::action::Action;
use crate::app::widgets::keys::{self, Command};
use crate::app::{Content, middle};
use crate::app::{panels, widgets};
use eframe::egui::{self, CentralPanel, Id, ViewportBuilder, ViewportId};
use std::cell::RefCell;

/// Draws the second window if it is wanted and the platform has one. None floats in the first: the
/// same maps cannot stand twice in one window.
pub fn show(ctx: &egui::Context, content: &RefCell<Content>, actions: &mut Vec<Action>) {
    let title = {
        let state = &content.borrow().state;
        state.projects.then(|| state.text().display.projector)
    };
    let Some(title) = title.filter(|_| !ctx.embed_viewports()) else {
        return;
    };
    let builder = ViewportBuilder::default()
        .with_title(title)
        .with_app_id("convlens")
        .with_inner_size([1280.0, 720.0]);
    let id = ViewportId::from_hash_of("projector");
    // egui has one zoom for all windows, and takes it when each begins: this one's holds while it is drawn.
    let own = ctx.zoom_factor();
    let measured = Id::unique("projector's height");
    let height = ctx.data(|data| data.get_temp::<f32>(measured));
    let zoom = height.map_or(own, zoom_of);
    ctx.options_mut(|options| options.zoom_factor = zoom);
    let is_closed = ctx.show_viewport_immediate(id, builder, |ui, _| {
        let rect = ui.ctx().content_rect();
        ui.data_mut(|data| data.insert_temp(measured, rect.height() * zoom));
        let Content { state, middle, .. } = &mut *content.borrow_mut();
        let state = &*state;
        CentralPanel::default()
            .frame(widgets::theme::center_frame(ui))
            .show(ui, |ui| {
                panels::stage::show(ui, state, |ui| middle.show_alone(ui, state, actions));
            });
        // Whichever window has the keyboard, the keys do the same.
        middle::shortcuts(ui, state, actions);
        panels::training_controls::shortcuts(ui, state, actions);
        panels::lesson::shortcuts(ui, state, actions);
        if state.preferences.display.presenter {
            panels::display::pointer::emphasize(ui.ctx());
        }
        if keys::pressed(ui.ctx(), Command::FullScreen) {
            panels::display::toggle_full_screen(ui.ctx());
        }
        let by_key = keys::pressed(ui.ctx(), Command::Projector);
        by_key || ui.input(|input| input.viewport().close_requested())
    });
    ctx.options_mut(|options| options.zoom_factor = own);
    if is_closed {
        actions.push(Action::SetProjects(false));
    }
}

/// The zoom with which a window this high, in points without any, is as high as a stage.
fn zoom_of(height: f32) -> f32 {
    (height / panels::stage::HEIGHT).clamp(0.5, 8.0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use eframe::egui::TextStyle;

    /// Letters are at least a fortieth of the height, on every projector.
    #[test]
    fn letters_are_a_share_of_the_height() {
        let ctx = egui::Context::default();
        widgets::theme::install(&ctx);
        let body = TextStyle::Body.resolve(&ctx.global_style()).size;
        for height in [720.0, 1080.0, 2160.0] {
            let letters = body * zoom_of(height);
            assert!(letters >= 0.025 * height, "{letters} of {height}");
        }
    }
}
