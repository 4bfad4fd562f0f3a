//! A button that saves something: to a path typed in its menu, or chosen in a native dialog. Paths
//! can be typed everywhere, as not every system has dialogs.

use crate::app::model::action::Action;
use crate::app::model::save::SaveAs;
use crate::app::model::state::State;
use crate::app::widgets::{self, typing};
use crate::text::Text;
use eframe::egui::{self, Align2, Button, Popup, PopupCloseBehavior, TextEdit};
use std::path::{Path, PathBuf};

/// The menu; it owns the path being typed.
#[derive(Default)]
pub struct PathMenu {
    path: ProposedPath,
}

/// A path that is proposed and can be typed over.
#[derive(Default)]
pub struct ProposedPath {
    pub typed: String,
    proposed: PathBuf,
}

impl ProposedPath {
    /// Another proposal, for another thing, run, folder or language, takes the place of what was typed.
    pub fn propose(&mut self, state: &State, what: SaveAs) {
        let path = state.folder_to_save_in().join(what.file_name(state));
        if path != self.proposed {
            self.typed = path.display().to_string();
            self.proposed = path;
        }
    }

    /// What was typed as a path: in the folder proposed that folder itself, which need not be text.
    pub fn taken(&self, typed: PathBuf) -> PathBuf {
        let folder = self.proposed.parent().unwrap_or(Path::new(""));
        match typed.strip_prefix(folder.display().to_string()) {
            Ok(name) => folder.join(name),
            Err(_) => typed,
        }
    }
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
        let [label, hint, _] = what.words(text);
        let button = ui
            .add(Button::new(format!("{label} ▼")))
            .on_hover_text(hint);
        widgets::theme::name(&button, label);
        Popup::menu(&button)
            .close_behavior(PopupCloseBehavior::CloseOnClickOutside)
            .show(|ui| {
                self.path.propose(state, what);
                ui.vertical(|ui| {
                    ui.set_width(400.0);
                    self.content(ui, text, what, actions);
                });
            });
    }

    fn content(&mut self, ui: &mut egui::Ui, text: &Text, what: SaveAs, actions: &mut Vec<Action>) {
        let words = (text.maps.figure_path, text.maps.save);
        if let Some(path) = path_field(ui, words, 240.0, &mut self.path.typed) {
            let path = what.with_ending(self.path.taken(path));
            actions.push(Action::SaveAs(what, path));
            ui.close();
        }
        if ui.button(text.maps.choose_file).clicked() {
            actions.push(Action::ChooseFile(what));
            ui.close();
        }
    }
}

/// A field for a path between its label and the button that takes it; Enter takes it too. The first one of a menu
/// has the keyboard as soon as that is open.
pub fn path_field(
    ui: &mut egui::Ui,
    (label, button): (&str, &str),
    width: f32,
    typed: &mut String,
) -> Option<PathBuf> {
    ui.horizontal(|ui| {
        let label = ui.label(label);
        let id = ui.unique_id().with("path");
        let has_just_opened = ui.ctx().read_response(id).is_none();
        let field = ui
            .add(
                TextEdit::singleline(typed)
                    .id(id)
                    .desired_width(width)
                    .align(Align2::LEFT_CENTER),
            )
            .labelled_by(label.id);
        if has_just_opened && typing::is_meant(ui.ctx()) && !ui.ctx().text_edit_focused() {
            field.request_focus();
        }
        let entered = field.lost_focus() && ui.input(|i| i.key_pressed(egui::Key::Enter));
        let path = typed.trim();
        let taken = ui.add_enabled(!path.is_empty(), Button::new(button));
        let is_taken = !path.is_empty() && (entered || taken.clicked());
        is_taken.then(|| PathBuf::from(path))
    })
    .inner
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    #[test]
    fn a_folder_that_is_no_text_is_the_one_proposed() {
        use std::os::unix::ffi::OsStringExt as _;
        let folder = PathBuf::from(std::ffi::OsString::from_vec(b"/caf\xe9".to_vec()));
        let path = ProposedPath {
            typed: folder.join("maps.png").display().to_string(),
            proposed: folder.join("maps.png"),
        };
        assert_eq!(path.taken(path.typed.clone().into()), path.proposed);
        let other = path.typed.replace("maps", "other").into();
        assert_eq!(path.taken(other), folder.join("other.png"));
        assert_eq!(
            path.taken("/tmp/maps.png".into()),
            Path::new("/tmp/maps.png")
        );
    }
}
