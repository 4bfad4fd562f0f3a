//! A second window for the projector: the view and nothing else. The controls, the lesson and the
//! teacher's notes stay in the first one.

use crate::app::model::action::Action;
use crate::app::widgets::keys::{self, Command};
use crate::app::{Content, middle};
use crate::app::{panels, widgets};
use eframe::egui::{self, CentralPanel, ViewportBuilder, ViewportId};
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
    let is_closed = ctx.show_viewport_immediate(id, builder, |ui, _| {
        let Content { state, middle, .. } = &mut *content.borrow_mut();
        let state = &*state;
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
