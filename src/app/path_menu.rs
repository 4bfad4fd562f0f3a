//! A button that saves something: to a path typed in its menu, or chosen in a native dialog. Paths
//! can be typed everywhere, as not every system has dialogs.

use std::path::PathBuf;

use eframe::egui::{self, Button, Popup, PopupCloseBehavior, TextEdit};

use super::action::Action;
use super::state::State;
use super::theme;
use crate::text::Text;

/// What is saved.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SaveAs {
    /// The maps on screen, as PNG.
    Figure,
    /// The table of the compared runs, as CSV.
    Table,
    /// The maps at every moment of a run, as animated GIF.
    Animation,
}

impl SaveAs {
    /// Ending of its files.
    pub fn ending(self) -> &'static str {
        match self {
            Self::Figure => "png",
            Self::Table => "csv",
            Self::Animation => "gif",
        }
    }

    /// Label, what it is for, and a file name.
    pub fn words(self, text: &Text) -> [&'static str; 3] {
        match self {
            Self::Figure => [
                text.maps.save_figure,
                text.maps.save_figure_hint,
                text.maps.figure_file,
            ],
            Self::Table => [
                text.runs.save_table,
                text.runs.save_table_hint,
                text.runs.table_file,
            ],
            Self::Animation => [
                text.timeline.save,
                text.timeline.save_hint,
                text.timeline.file,
            ],
        }
    }

    /// The path with this ending, unless it has it.
    pub fn with_ending(self, path: PathBuf) -> PathBuf {
        let has_it = path
            .extension()
            .is_some_and(|ending| ending.eq_ignore_ascii_case(self.ending()));
        if has_it {
            return path;
        }
        let mut name = path.into_os_string();
        name.push(".");
        name.push(self.ending());
        name.into()
    }
}

/// The menu; it owns the path being typed.
#[derive(Default)]
pub struct PathMenu {
    path: String,
}

impl PathMenu {
    pub fn show(
        &mut self,
        ui: &mut egui::Ui,
        state: &State,
        what: SaveAs,
        actions: &mut Vec<Action>,
    ) {
        let text = state.text();
        let [label, hint, file] = what.words(text);
        let button = ui
            .add(Button::new(format!("{label} ▼")))
            .on_hover_text(hint);
        theme::name(&button, label);
        if self.path.is_empty() {
            let folder = state.preferences.figure_folder.clone();
            let folder = folder.or_else(|| etcetera::home_dir().ok());
            self.path = folder.unwrap_or_default().join(file).display().to_string();
        }
        Popup::menu(&button)
            .close_behavior(PopupCloseBehavior::CloseOnClickOutside)
            .show(|ui| {
                ui.vertical(|ui| {
                    ui.set_width(400.0);
                    self.content(ui, text, what, actions);
                });
            });
    }

    fn content(&mut self, ui: &mut egui::Ui, text: &Text, what: SaveAs, actions: &mut Vec<Action>) {
        let words = (text.maps.figure_path, text.maps.save);
        if let Some(path) = path_field(ui, words, 240.0, &mut self.path) {
            actions.push(Action::SaveAs(what, what.with_ending(path)));
            ui.close();
        }
        ui.small(text.maps.overwrites_hint);
        if ui.button(text.maps.choose_file).clicked() {
            actions.push(Action::ChooseFile(what));
            ui.close();
        }
    }
}

/// A field for a path between its label and the button that takes it; Enter takes it too.
pub fn path_field(
    ui: &mut egui::Ui,
    (label, button): (&str, &str),
    width: f32,
    typed: &mut String,
) -> Option<PathBuf> {
    ui.horizontal(|ui| {
        let label = ui.label(label);
        let field = ui
            .add(TextEdit::singleline(typed).desired_width(width))
            .labelled_by(label.id);
        let entered = field.lost_focus() && ui.input(|i| i.key_pressed(egui::Key::Enter));
        let path = typed.trim();
        let taken = ui.add_enabled(!path.is_empty(), Button::new(button));
        let is_taken = !path.is_empty() && (entered || taken.clicked());
        is_taken.then(|| PathBuf::from(path))
    })
    .inner
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_get_their_ending_once() {
        let name = |what: SaveAs, name: &str| what.with_ending(name.into()).display().to_string();
        assert_eq!(name(SaveAs::Table, "runs"), "runs.csv");
        assert_eq!(name(SaveAs::Table, "runs.CSV"), "runs.CSV");
        assert_eq!(name(SaveAs::Animation, "v1.2"), "v1.2.gif");
    }
}
