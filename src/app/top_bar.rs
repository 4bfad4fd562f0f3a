//! The bar at the top: data set, training controls, progress, language, theme.

use eframe::egui::{self, Align, Key, Layout, Modifiers};

use super::action::Action;
use super::data_menu::DataMenu;
use super::display::{self, KeysSheet};
use super::file_menu::FileMenu;
use super::lesson::LessonWish;
use super::state::State;
use super::theme;
use super::training_controls;
use crate::text::Language;

pub fn show(
    ui: &mut egui::Ui,
    state: &State,
    (data_menu, file_menu): (&mut DataMenu, &mut FileMenu),
    sheet: &mut KeysSheet,
    actions: &mut Vec<Action>,
) {
    ui.horizontal(|ui| {
        let title = theme::strong("convlens")
            .size(18.0)
            .color(theme::accent(ui));
        ui.label(title);
        file_menu.show(ui, state, actions);
        data_menu.show(ui, state, actions);
        ui.separator();
        training_controls::buttons(ui, state, actions);
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            settings(ui, state, actions);
            display::menu(ui, state, sheet, actions);
            lesson(ui, state, actions);
            training_controls::progress(ui, state);
        });
    });
    let quit = ui.input_mut(|input| input.consume_key(Modifiers::COMMAND, Key::Q));
    if quit && !ui.ctx().text_edit_focused() {
        ui.ctx().send_viewport_cmd(egui::ViewportCommand::Close);
    }
}

/// Opens and closes the lesson.
fn lesson(ui: &mut egui::Ui, state: &State, actions: &mut Vec<Action>) {
    let text = state.text();
    let is_open = state.preferences.lesson.is_open;
    let button = ui
        .selectable_label(is_open, text.lesson.lesson)
        .on_hover_text(text.lesson.lesson_hint);
    if button.clicked() {
        actions.push(Action::Lesson(LessonWish::Open(!is_open)));
    }
}

fn settings(ui: &mut egui::Ui, state: &State, actions: &mut Vec<Action>) {
    let text = state.text();
    let dark = state.preferences.dark;
    let (label, hint) = if dark {
        (text.window.light, text.window.light_theme)
    } else {
        (text.window.dark, text.window.dark_theme)
    };
    let theme_button = ui.button(label).on_hover_text(hint);
    if theme_button.clicked() {
        actions.push(Action::SetDark(!dark));
    }
    for language in [Language::En, Language::Es] {
        let chosen = language == state.preferences.language;
        let button = ui
            .selectable_label(chosen, language.code().to_uppercase())
            .on_hover_text(language.name());
        if button.clicked() {
            actions.push(Action::SetLanguage(language));
        }
    }
}
