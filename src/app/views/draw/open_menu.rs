//! Which picture to open: a path typed here, or a native dialog.

use crate::app::model::action::Action;
use crate::app::model::state::State;
use crate::app::widgets;
use crate::app::widgets::path_menu::path_field;
use eframe::egui::{self, Popup, PopupCloseBehavior};

/// The menu; it owns the path being typed.
#[derive(Default)]
pub struct OpenMenu {
    path: String,
}

impl OpenMenu {
    pub fn show(&mut self, ui: &mut egui::Ui, state: &State, actions: &mut Vec<Action>) {
        let text = state.text();
        let button = ui
            .button(format!("{} ▼", text.draw.open))
            .on_hover_text(text.draw.open_hint);
        widgets::theme::name(&button, text.draw.open);
        Popup::menu(&button)
            .close_behavior(PopupCloseBehavior::CloseOnClickOutside)
            .show(|ui| {
                ui.vertical(|ui| {
                    ui.set_width(360.0);
                    let words = (text.maps.figure_path, text.data.open);
                    if let Some(path) = path_field(ui, words, 220.0, &mut self.path) {
                        actions.push(Action::OpenPicture(path));
                        ui.close();
                    }
                    ui.small(text.draw.formats);
                    if ui.button(text.maps.choose_file).clicked() {
                        actions.push(Action::ChoosePicture);
                        ui.close();
                    }
                });
            });
    }
}
