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
use super::typing;
use super::views;

pub fn show(
    ui: &mut egui::Ui,
    state: &State,
    (data_menu, file_menu): (&mut DataMenu, &mut FileMenu),
    sheet: &mut KeysSheet,
    actions: &mut Vec<Action>,
) {
    if display::is_narrow(ui.ctx()) {
        narrow(ui, state, (data_menu, file_menu), sheet, actions);
    } else {
        wide(ui, state, (data_menu, file_menu), sheet, actions);
    }
    let quit = ui.input_mut(|input| input.consume_key(Modifiers::COMMAND, Key::Q));
    if quit && !typing::is_under_way(ui.ctx()) {
        ui.ctx().send_viewport_cmd(egui::ViewportCommand::Close);
    }
}

/// All in one row, the progress bar in what room is left.
fn wide(
    ui: &mut egui::Ui,
    state: &State,
    (data_menu, file_menu): (&mut DataMenu, &mut FileMenu),
    sheet: &mut KeysSheet,
    actions: &mut Vec<Action>,
) {
    let display = state.preferences.display;
    let folds = display.folds_tabs(ui.ctx());
    ui.horizontal(|ui| {
        if folds {
            views::menu(ui, state, actions);
        } else {
            let title = theme::strong("convlens")
                .size(18.0)
                .color(theme::accent(ui));
            ui.label(title);
            file_menu.show(ui, state, actions);
        }
        data_menu.show(ui, state, folds, actions);
        ui.separator();
        training_controls::buttons(ui, state, actions);
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            display::theme_and_language(ui, state, actions);
            display::menu(ui, state, sheet, actions);
            lesson(ui, state, actions);
            training_controls::progress(ui, state);
        });
    });
}

/// In as many rows as it takes; theme and language are in the menu Display.
fn narrow(
    ui: &mut egui::Ui,
    state: &State,
    (data_menu, file_menu): (&mut DataMenu, &mut FileMenu),
    sheet: &mut KeysSheet,
    actions: &mut Vec<Action>,
) {
    let is_presenter = state.preferences.display.presenter;
    ui.horizontal_wrapped(|ui| {
        views::menu(ui, state, actions);
        training_controls::buttons(ui, state, actions);
        if !is_presenter {
            display::beside(ui, state, actions);
        }
        lesson(ui, state, actions);
        display::menu(ui, state, sheet, actions);
        data_menu.show(ui, state, true, actions);
        if !is_presenter {
            file_menu.show(ui, state, actions);
        }
    });
    if state.run.is_some() {
        training_controls::progress(ui, state);
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
