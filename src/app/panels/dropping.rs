//! What is dragged over the window and dropped on it: it is opened.

use crate::app::model::action::Action;
use crate::app::widgets;
use crate::text::Text;
use eframe::egui::{self, Align2, Area, Frame, Id, Order};
use std::path::Path;

/// What was dropped.
pub fn dropped(ctx: &egui::Context) -> Option<Action> {
    ctx.input(|input| {
        let file = input.raw.dropped_files.first()?;
        Some(Action::OpenFile(file.path().to_path_buf()))
    })
}

/// Says what dropping it will do, as long as something is over the window.
pub fn show(ui: &egui::Ui, text: &Text) {
    let path = ui.input(|input| input.raw.hovered_files.first()?.path.clone());
    let Some(path) = path else { return };
    let words = text.drop_to_open(&name(&path));
    Area::new(Id::unique("dropping"))
        .order(Order::Foreground)
        .anchor(Align2::CENTER_CENTER, egui::Vec2::ZERO)
        .interactable(false)
        .show(ui.ctx(), |ui| {
            Frame::popup(ui.style()).inner_margin(16.0).show(ui, |ui| {
                ui.label(widgets::theme::heading(words));
            });
        });
}

fn name(path: &Path) -> String {
    let name = path.file_name().unwrap_or(path.as_os_str());
    name.to_string_lossy().into_owned()
}
