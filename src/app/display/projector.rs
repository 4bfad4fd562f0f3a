//! A second window for the projector: the view and nothing else. The controls, the lesson and the
//! teacher's notes stay in the first one.

use eframe::egui::{self, CentralPanel, Key, Modifiers, ViewportBuilder, ViewportId};

use super::pointer;
use crate::app::action::Action;
use crate::app::state::State;
use crate::app::theme;
use crate::app::views::{self, Views};
use crate::app::{lesson, training_controls};

/// Draws the second window if it is wanted and the platform has one. None floats in the first: the
/// same maps cannot stand twice in one window.
pub fn show(ctx: &egui::Context, state: &State, views: &mut Views, actions: &mut Vec<Action>) {
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
            .frame(theme::center_frame(ui))
            .show(ui, |ui| views.show_alone(ui, state, actions));
        // Whichever window has the keyboard, the keys do the same.
        views::shortcuts(ui, state, actions);
        training_controls::shortcuts(ui, state, actions);
        lesson::shortcuts(ui, state, actions);
        if state.preferences.display.presenter {
            pointer::emphasize(ui.ctx());
        }
        if ui.input_mut(|input| input.consume_key(Modifiers::NONE, Key::F11)) {
            super::toggle_full_screen(ui.ctx());
        }
        let by_key = ui.input_mut(|input| input.consume_key(Modifiers::NONE, Key::F6));
        by_key || ui.input(|input| input.viewport().close_requested())
    });
    if is_closed {
        actions.push(Action::SetProjects(false));
    }
}
