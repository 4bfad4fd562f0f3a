//! Where to save the figure: a path typed here, or a native dialog.

use std::path::PathBuf;

use eframe::egui::{self, Button, Popup, PopupCloseBehavior, TextEdit};

use crate::app::action::Action;
use crate::app::dialog::with_png_ending;
use crate::app::state::State;
use crate::app::theme;

/// The menu; it owns the path being typed.
#[derive(Default)]
pub struct SaveMenu {
    path: String,
}

impl SaveMenu {
    pub fn show(&mut self, ui: &mut egui::Ui, state: &State, actions: &mut Vec<Action>) {
        let text = state.text();
        let label = format!("{} ▼", text.maps.save_figure_button);
        let button = ui
            .add(Button::new(label).small())
            .on_hover_text(text.maps.save_figure_hint);
        theme::name(&button, text.maps.save_figure_button);
        if self.path.is_empty() {
            let folder = state.preferences.figure_folder.clone();
            let folder = folder
                .or_else(|| etcetera::home_dir().ok())
                .unwrap_or_default();
            self.path = folder.join(text.maps.figure_file).display().to_string();
        }
        Popup::menu(&button)
            .close_behavior(PopupCloseBehavior::CloseOnClickOutside)
            .show(|ui| {
                ui.vertical(|ui| {
                    ui.set_width(400.0);
                    self.content(ui, state, actions);
                });
            });
    }

    fn content(&mut self, ui: &mut egui::Ui, state: &State, actions: &mut Vec<Action>) {
        let text = state.text();
        ui.horizontal(|ui| {
            let label = ui.label(text.maps.figure_path);
            let field = ui
                .add(TextEdit::singleline(&mut self.path).desired_width(240.0))
                .labelled_by(label.id);
            let entered = field.lost_focus() && ui.input(|i| i.key_pressed(egui::Key::Enter));
            let named = !self.path.trim().is_empty();
            let save = ui.add_enabled(named, Button::new(text.maps.save));
            if named && (entered || save.clicked()) {
                let path = with_png_ending(PathBuf::from(self.path.trim()));
                actions.push(Action::SaveFigure(path));
                ui.close();
            }
        });
        ui.small(text.maps.overwrites_hint);
        if ui.button(text.maps.choose_file).clicked() {
            actions.push(Action::ChooseFigureFile);
            ui.close();
        }
    }
}
