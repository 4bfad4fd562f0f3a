//! The menu of how the window is shown, and what is drawn over everything else.

pub mod about;
pub mod keys_sheet;
pub mod pointer;

use crate::app::model::action::{Action, LessonAction};
use crate::app::model::display::{Beside, Display, Foldable};
use crate::app::model::state::State;
use crate::app::panels::display::about::About;
use crate::app::panels::display::keys_sheet::KeysSheet;
use crate::app::widgets::keys::{self, Command};
use crate::app::widgets::layout::{is_called, is_narrow, shows_sides};
use crate::app::widgets::{fold, tab_order};
use crate::app::{panels, widgets};
use crate::text::Language;
use eframe::egui::{self, Popup, PopupCloseBehavior, ViewportCommand};

/// What lies over everything else when it is asked for.
#[derive(Default)]
pub struct Sheets {
    keys: KeysSheet,
    about: About,
}

impl Sheets {
    /// Takes the keys that belong to what lies over everything else.
    pub fn take_keys(&mut self, ctx: &egui::Context) {
        self.keys.take_keys(ctx);
    }
}

/// The menu of the top bar.
pub fn menu(ui: &mut egui::Ui, state: &State, sheets: &mut Sheets, actions: &mut Vec<Action>) {
    let text = &state.text().display;
    let button = ui
        .button(format!("{} ▼", text.display))
        .on_hover_text(text.display_hint);
    widgets::theme::name(&button, text.display);
    Popup::menu(&button)
        .close_behavior(PopupCloseBehavior::CloseOnClickOutside)
        .show(|ui| {
            ui.set_width(270.0);
            content(ui, state, sheets, actions);
        });
}

fn content(ui: &mut egui::Ui, state: &State, sheets: &mut Sheets, actions: &mut Vec<Action>) {
    let text = state.text();
    let mut display = state.preferences.display;
    if is_narrow(ui.ctx()) {
        ui.horizontal(|ui| theme_and_language(ui, state, actions));
    }
    ui.horizontal(|ui| {
        ui.label(text.display.scale);
        let smaller = ui.button("−").on_hover_text(text.display.smaller);
        widgets::theme::name(&smaller, text.display.smaller);
        if smaller.clicked() {
            display = display.smaller();
        }
        ui.label(text.percent(f64::from(display.scale), 0));
        let larger = ui.button("+").on_hover_text(text.display.larger);
        widgets::theme::name(&larger, text.display.larger);
        if larger.clicked() {
            display = display.larger();
        }
    });
    let mut presenter = display.presenter;
    let checkbox = ui.checkbox(&mut presenter, text.display.presenter);
    if checkbox
        .on_hover_text(text.display.presenter_hint)
        .changed()
    {
        display = display.presenting(presenter);
    }
    ui.checkbox(&mut display.reduced_motion, text.display.reduced_motion)
        .on_hover_text(text.display.reduced_motion_hint);
    ui.label(text.display.panels);
    ui.indent("panels", |ui| {
        for panel in Foldable::ALL {
            let toggled = display.toggled(panel, is_called(state, ui.ctx(), panel));
            let mut is_shown = is_shown(ui.ctx(), state, panel);
            if ui
                .checkbox(&mut is_shown, fold::name(text, panel))
                .changed()
            {
                display = toggled;
            }
        }
    });
    if display != state.preferences.display {
        actions.push(Action::SetDisplay(display));
    }
    let mut is_shown = state.performance.is_shown;
    let performance = ui
        .checkbox(&mut is_shown, text.performance.title)
        .on_hover_text(text.performance.title_hint);
    if performance.changed() {
        actions.push(Action::ShowPerformance(is_shown));
    }
    let mut projects = state.projects;
    let second = ui
        .checkbox(&mut projects, text.display.second_window)
        .on_hover_text(text.display.second_window_hint);
    if second.changed() {
        actions.push(Action::SetProjects(projects));
    }
    let full_screen = ui
        .button(text.display.full_screen)
        .on_hover_text(text.display.full_screen_hint);
    if full_screen.clicked() {
        toggle_full_screen(ui.ctx());
        ui.close();
    }
    let keys = ui
        .button(text.keys.title)
        .on_hover_text(text.display.keys_hint);
    if keys.clicked() {
        sheets.keys.is_open = true;
        ui.close();
    }
    let about = ui
        .button(text.about.title)
        .on_hover_text(text.about.title_hint);
    if about.clicked() {
        sheets.about.open();
        ui.close();
    }
}

/// Whether a panel is there, if the view has use for it.
fn is_shown(ctx: &egui::Context, state: &State, panel: Foldable) -> bool {
    let display = state.preferences.display;
    let [shows_network, shows_curves] = shows_sides(state, ctx);
    let has_room = match panel {
        Foldable::Network => shows_network,
        Foldable::Curves => shows_curves,
        Foldable::History | Foldable::Images => true,
    };
    has_room && (is_called(state, ctx, panel) || !display.has_folded(panel))
}

/// Dark or light, and the language.
pub fn theme_and_language(ui: &mut egui::Ui, state: &State, actions: &mut Vec<Action>) {
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
        let button = widgets::theme::choice(ui, chosen, language.code().to_uppercase())
            .on_hover_text(language.name());
        if button.clicked() {
            actions.push(Action::SetLanguage(language));
        }
    }
}

/// In a narrow window: which panel stands beside the middle.
pub fn beside(ui: &mut egui::Ui, state: &State, actions: &mut Vec<Action>) {
    let text = state.text();
    let display = state.preferences.display;
    for (beside, name) in [
        (Beside::Network, text.network.network),
        (Beside::Curves, text.display.curves),
    ] {
        let is_shown = display.beside == beside;
        let button =
            widgets::theme::choice(ui, is_shown, name).on_hover_text(text.display.beside_hint);
        if button.clicked() {
            let beside = if is_shown { Beside::Nothing } else { beside };
            actions.push(Action::SetDisplay(Display { beside, ..display }));
        }
    }
}

/// The keys of the whole window that belong here; what is drawn over everything else.
pub fn over_everything(
    ui: &egui::Ui,
    state: &State,
    sheets: &mut Sheets,
    actions: &mut Vec<Action>,
) {
    let display = state.preferences.display;
    let mut wanted = display;
    let pressed = |command| keys::pressed(ui.ctx(), command);
    if pressed(Command::DesignedSize) {
        wanted.scale = 1.0;
    }
    if pressed(Command::Larger) {
        wanted = wanted.larger();
    }
    if pressed(Command::Smaller) {
        wanted = wanted.smaller();
    }
    if pressed(Command::Presenter) {
        wanted = wanted.presenting(!wanted.presenter);
    }
    for panel in Foldable::ALL {
        if !pressed(Command::Fold(panel)) {
            continue;
        }
        if panel == Foldable::Curves && panels::stage::is_on_this_screen(state, ui.ctx()) {
            let shown = state.lesson.hides_curves;
            actions.push(Action::Lesson(LessonAction::ShowCurves(shown)));
        } else {
            wanted = wanted.toggled(panel, is_called(state, ui.ctx(), panel));
        }
    }
    if pressed(Command::PreviousPart) {
        tab_order::go_to_part(ui.ctx(), false);
    }
    if pressed(Command::NextPart) {
        tab_order::go_to_part(ui.ctx(), true);
    }
    if pressed(Command::Projector) {
        actions.push(Action::SetProjects(!state.projects));
    }
    if pressed(Command::FullScreen) {
        toggle_full_screen(ui.ctx());
    }
    if pressed(Command::Performance) {
        actions.push(Action::ShowPerformance(!state.performance.is_shown));
    }
    if wanted != display {
        actions.push(Action::SetDisplay(wanted));
    }
    sheets.keys.show(ui, state);
    sheets.about.show(ui, state);
    if display.presenter && !state.stage.is_black {
        panels::display::pointer::emphasize(ui.ctx());
    }
}

/// Fills the screen, or no more.
pub fn toggle_full_screen(ctx: &egui::Context) {
    let is_full = ctx.input(|input| input.viewport().fullscreen.unwrap_or(false));
    ctx.send_viewport_cmd(ViewportCommand::Fullscreen(!is_full));
}
