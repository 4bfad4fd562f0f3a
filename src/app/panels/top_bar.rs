//! The bar at the top: data set, training controls, progress, language, theme.

use crate::app::model::action::{Action, LessonAction};
use crate::app::model::state::State;
use crate::app::panels::data_menu::DataMenu;
use crate::app::panels::display::Sheets;
use crate::app::panels::file_menu::FileMenu;
use crate::app::widgets::keys::{self, Command};
use crate::app::widgets::tabs::{self, Tab};
use crate::app::{panels, widgets};
use eframe::egui::{self, Align, Layout};

/// Room in points that the progress needs at the end of a row.
const ROOM_FOR_PROGRESS: f32 = 240.0;

pub fn show(
    ui: &mut egui::Ui,
    state: &State,
    (data_menu, file_menu): (&mut DataMenu, &mut FileMenu),
    sheets: &mut Sheets,
    tabs: &[Tab],
    actions: &mut Vec<Action>,
) {
    if widgets::layout::is_narrow(ui.ctx()) {
        narrow(ui, state, (data_menu, file_menu), sheets, tabs, actions);
    } else {
        wide(ui, state, (data_menu, file_menu), sheets, tabs, actions);
    }
    if keys::pressed(ui.ctx(), Command::Quit) {
        ui.ctx().send_viewport_cmd(egui::ViewportCommand::Close);
    }
}

/// All in one row, the progress bar in what room is left.
fn wide(
    ui: &mut egui::Ui,
    state: &State,
    (data_menu, file_menu): (&mut DataMenu, &mut FileMenu),
    sheets: &mut Sheets,
    tabs: &[Tab],
    actions: &mut Vec<Action>,
) {
    let display = state.preferences.display;
    let folds = display.folds_tabs(ui.ctx());
    ui.horizontal(|ui| {
        if folds {
            tabs::menu(ui, state.text(), tabs, state.preferences.view, actions);
        } else {
            let title = widgets::theme::strong("convlens").size(18.0);
            ui.label(title);
            file_menu.show(ui, state, actions);
        }
        data_menu.show(ui, state, folds, actions);
        ui.separator();
        panels::training_controls::buttons(ui, state, actions);
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            panels::display::theme_and_language(ui, state, actions);
            panels::display::menu(ui, state, sheets, actions);
            lesson(ui, state, actions);
            panels::training_controls::progress(ui, state);
        });
    });
}

/// In as many rows as it takes; theme and language are in the menu Display.
fn narrow(
    ui: &mut egui::Ui,
    state: &State,
    (data_menu, file_menu): (&mut DataMenu, &mut FileMenu),
    sheets: &mut Sheets,
    tabs: &[Tab],
    actions: &mut Vec<Action>,
) {
    let is_presenter = state.preferences.display.presenter;
    let row = ui.horizontal_wrapped(|ui| {
        tabs::menu(ui, state.text(), tabs, state.preferences.view, actions);
        panels::training_controls::buttons(ui, state, actions);
        if !is_presenter {
            panels::display::beside(ui, state, actions);
        }
        lesson(ui, state, actions);
        panels::display::menu(ui, state, sheets, actions);
        // Which data set it is stands above the view.
        if !is_presenter {
            data_menu.show(ui, state, true, actions);
            file_menu.show(ui, state, actions);
        }
        let has_room = ui.available_size_before_wrap().x >= ROOM_FOR_PROGRESS;
        if has_room {
            panels::training_controls::progress(ui, state);
        }
        has_room
    });
    // It does not come only with a run: what is below would move.
    if !row.inner && (state.run.is_some() || !widgets::layout::is_low(ui.ctx())) {
        panels::training_controls::progress(ui, state);
    }
}

/// Opens and closes the lesson.
fn lesson(ui: &mut egui::Ui, state: &State, actions: &mut Vec<Action>) {
    let text = state.text();
    let is_open = widgets::layout::shows_lesson(state, ui.ctx());
    let button = widgets::theme::choice(ui, is_open, text.lesson.lesson)
        .on_hover_text(text.lesson.lesson_hint);
    if button.clicked() {
        actions.push(Action::Lesson(LessonAction::Open(!is_open)));
    }
}
