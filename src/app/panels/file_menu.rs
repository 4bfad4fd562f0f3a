//! The File menu: open anything, save anything.

use crate::app::model::action::Action;
use crate::app::model::dialog::Dialog;
use crate::app::model::save::{SaveAs, Target};
use crate::app::model::state::State;
use crate::app::widgets;
use crate::app::widgets::path_menu::{ProposedPath, path_field};
use eframe::egui::{self, Align, Button, Layout, Popup, PopupCloseBehavior, ScrollArea};

/// Width of one of the two columns of things to save.
const COLUMN_WIDTH: f32 = 232.0;

const PATH_WIDTH: f32 = 230.0;

/// Height of what stands above and below the choices, and least height of these.
const AROUND: f32 = 270.0;
const LEAST: f32 = 120.0;

/// The menu; it owns what is chosen and the paths being typed.
pub struct FileMenu {
    what: SaveAs,
    open: String,
    save: ProposedPath,
}

impl Default for FileMenu {
    fn default() -> Self {
        Self {
            what: SaveAs::FigurePng,
            open: String::new(),
            save: ProposedPath::default(),
        }
    }
}

impl FileMenu {
    pub fn show(&mut self, ui: &mut egui::Ui, state: &State, actions: &mut Vec<Action>) {
        let text = state.text();
        let label = format!("{} ▼", text.export.button);
        let button = ui
            .add(Button::new(label).min_size(egui::vec2(0.0, 28.0)))
            .on_hover_text(text.export.button_hint);
        widgets::theme::name(&button, text.export.button);
        Popup::menu(&button)
            .close_behavior(PopupCloseBehavior::CloseOnClickOutside)
            .show(|ui| {
                // A menu justifies its widgets, and with them the words of a long label.
                ui.vertical(|ui| {
                    ui.set_width(2.0 * COLUMN_WIDTH + 16.0);
                    self.open(ui, state, actions);
                    ui.separator();
                    // In a low window they scroll, and what is done with them stays in sight.
                    let room = ui.ctx().content_rect().height() - AROUND;
                    ScrollArea::vertical()
                        .max_height(room.max(LEAST))
                        .show(ui, |ui| self.choices(ui, state));
                    ui.separator();
                    self.target(ui, state, actions);
                });
            });
    }

    fn open(&mut self, ui: &mut egui::Ui, state: &State, actions: &mut Vec<Action>) {
        let words = &state.text().export;
        ui.label(widgets::theme::heading(words.open));
        ui.horizontal(|ui| {
            let named = (words.path, words.open_button);
            if let Some(path) = path_field(ui, named, PATH_WIDTH, &mut self.open) {
                actions.push(Action::OpenFile(path));
                ui.close();
            }
            let choose = ui.button(words.choose);
            widgets::theme::name(&choose, words.choose_to_open);
            if choose.clicked() {
                actions.push(Action::Dialog(Dialog::Open {
                    title: words.open.to_owned(),
                }));
                ui.close();
            }
        });
        ui.small(words.open_hint);
    }

    /// What can be saved, in two columns.
    fn choices(&mut self, ui: &mut egui::Ui, state: &State) {
        let words = &state.text().export;
        ui.horizontal_top(|ui| {
            for groups in [
                &[
                    (words.pictures, &SaveAs::PICTURES[..]),
                    (words.network, &SaveAs::NETWORKS[..]),
                ][..],
                &[
                    (words.numbers, &SaveAs::NUMBERS[..]),
                    (words.program, &SaveAs::PROGRAMS[..]),
                    (words.paper, &SaveAs::PAPERS[..]),
                ],
            ] {
                // Each choice can be clicked over the whole width of its column.
                let column = Layout::top_down_justified(Align::Min);
                ui.allocate_ui_with_layout(egui::vec2(COLUMN_WIDTH, 0.0), column, |ui| {
                    ui.set_width(COLUMN_WIDTH);
                    for (heading, group) in groups {
                        ui.label(widgets::theme::heading(*heading));
                        for &what in *group {
                            self.choice(ui, state, what);
                        }
                        ui.add_space(4.0);
                    }
                });
            }
        });
    }

    fn choice(&mut self, ui: &mut egui::Ui, state: &State, what: SaveAs) {
        let why_not = what.why_not(state);
        let [label, hint, _] = what.words(state.text());
        let button = Button::selectable(self.what == what, label);
        let button = ui
            .add_enabled(why_not.is_none(), button)
            .on_hover_text(hint)
            .on_disabled_hover_text(why_not.unwrap_or_default());
        if button.clicked() {
            self.what = what;
        }
    }

    /// Where the chosen thing goes.
    fn target(&mut self, ui: &mut egui::Ui, state: &State, actions: &mut Vec<Action>) {
        let (text, what) = (state.text(), self.what);
        let words = &text.export;
        let [label, hint, _] = what.words(text);
        let why_not = what.why_not(state);
        ui.label(widgets::theme::heading(label));
        ui.add(egui::Label::new(why_not.unwrap_or(hint)).wrap());
        self.save.propose(state, what);
        ui.horizontal(|ui| {
            let may = why_not.is_none();
            let named = (words.path, words.save_button);
            let save = ui.add_enabled_ui(may, |ui| {
                path_field(ui, named, PATH_WIDTH, &mut self.save.typed)
            });
            if let Some(path) = save.inner.filter(|_| may) {
                let path = what.with_ending(self.save.taken(path));
                actions.push(Action::SaveAs(what, path));
                ui.close();
            }
            let choose = ui.add_enabled(may, Button::new(words.choose));
            widgets::theme::name(&choose, words.choose_to_save);
            if choose.clicked() {
                actions.push(Action::ChooseFile(what));
                ui.close();
            }
            if what.can_be_copied() {
                let copy = ui
                    .add_enabled(may, Button::new(words.copy))
                    .on_hover_text(words.copy_hint);
                if copy.clicked() {
                    actions.push(Action::Save(what, Target::Clipboard));
                    ui.close();
                }
            }
        });
    }
}
