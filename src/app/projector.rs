//! A second window for the projector: the view and nothing else. The controls, the lesson and the
//! teacher's notes stay in the first one.

use crate::app::middle::{self, Middle};
use crate::app::model::action::Action;
use crate::app::model::state::State;
use crate::app::widgets::keys::{self, Command};
use crate::app::{panels, widgets};
use eframe::egui::{self, CentralPanel, ViewportBuilder, ViewportId};

/// Draws the second window if it is wanted and the platform has one. None floats in the first: the
/// same maps cannot stand twice in one window.
pub fn show(ctx: &egui::Context, state: &State, middle: &mut Middle, actions: &mut Vec<Action>) {
    if !state.projects || ctx.embed_viewports() {
        return;
    }
    let builder = ViewportBuilder::default()
        .with_title(state.text().display.projector)
        .with_app_id("convlens")
        .with_inner_size([1280.0, 720.0]);
    let id = ViewportId::from_hash_of("projector");
    let is_closed = ctx.show_viewport_immediate(id, builder, |ui, _| {
        CentralPanel::default()
            .frame(widgets::theme::center_frame(ui))
            .show(ui, |ui| middle.show_alone(ui, state, actions));
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
    if is_closed {
        actions.push(Action::SetProjects(false));
    }
}
