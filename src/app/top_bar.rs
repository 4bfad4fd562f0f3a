//! The bar at the top: data set, training controls, progress, language, theme.

use eframe::egui::{self, Align, Button, Key, Layout, Modifiers, ProgressBar, RichText};

use super::action::Action;
use super::data_menu::DataMenu;
use super::run::RunStatus;
use super::state::State;
use super::theme;
use crate::text::Language;

pub fn show(ui: &mut egui::Ui, state: &State, menu: &mut DataMenu, actions: &mut Vec<Action>) {
    ui.horizontal(|ui| {
        let title = theme::strong("convlens")
            .size(18.0)
            .color(theme::accent(ui));
        ui.label(title);
        menu.show(ui, state, actions);
        ui.separator();
        training_buttons(ui, state, actions);
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            settings(ui, state, actions);
            progress(ui, state);
        });
    });
    shortcuts(ui, state, actions);
}

fn training_buttons(ui: &mut egui::Ui, state: &State, actions: &mut Vec<Action>) {
    let text = state.text();
    let status = state.live_run().map(|run| run.status);
    let (fill, ink) = theme::primary();
    let primary = |label: &str| {
        Button::new(theme::strong(label).color(ink))
            .fill(fill)
            .min_size(egui::vec2(104.0, 28.0))
    };
    match status {
        Some(RunStatus::Running | RunStatus::Starting) => {
            let pause = ui
                .add(primary(text.training.pause))
                .on_hover_text(text.training.pause_hint);
            if pause.clicked() {
                actions.push(Action::Pause);
            }
        }
        Some(RunStatus::Paused) => {
            let resume = ui
                .add(primary(text.training.resume))
                .on_hover_text(text.training.pause_hint);
            if resume.clicked() {
                actions.push(Action::Resume);
            }
        }
        _ => {
            let why_not = state.why_not_train();
            let train = ui
                .add_enabled(why_not.is_none(), primary(text.training.train))
                .on_hover_text(text.training.train_hint)
                .on_disabled_hover_text(why_not.as_deref().unwrap_or_default());
            if train.clicked() {
                actions.push(Action::Train);
            }
        }
    }
    let may_step = status.is_some() || state.why_not_train().is_none();
    let step = ui
        .add_enabled(
            may_step,
            Button::new(text.training.step).min_size(egui::vec2(0.0, 28.0)),
        )
        .on_hover_text(text.training.step_hint);
    if step.clicked() {
        actions.push(Action::Step);
    }
    let stop = ui
        .add_enabled(
            status.is_some(),
            Button::new(text.training.stop).min_size(egui::vec2(0.0, 28.0)),
        )
        .on_hover_text(text.training.stop_hint);
    if stop.clicked() {
        actions.push(Action::Stop);
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

/// The progress bar takes the room that is left.
fn progress(ui: &mut egui::Ui, state: &State) {
    let text = state.text();
    let Some(run) = &state.run else {
        let hint =
            RichText::new(text.training.not_trained_yet).color(ui.visuals().weak_text_color());
        ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
            ui.add(egui::Label::new(hint).truncate());
        });
        return;
    };
    let share = run.step() as f32 / run.planned_steps().max(1) as f32;
    let bar = ProgressBar::new(share)
        .fill(theme::progress_fill())
        .corner_radius(4)
        .desired_height(26.0)
        .text(format!("\u{a0}{}", text.progress(&run.words())));
    ui.add(bar);
}

/// Training by keyboard, unless a text field has the keys.
fn shortcuts(ui: &egui::Ui, state: &State, actions: &mut Vec<Action>) {
    if ui.ctx().text_edit_focused() {
        return;
    }
    let pressed = |key| ui.input_mut(|input| input.consume_key(Modifiers::NONE, key));
    let status = state.live_run().map(|run| run.status);
    if pressed(Key::T) {
        actions.push(match status {
            Some(RunStatus::Paused) => Action::Resume,
            Some(_) => Action::Pause,
            None => Action::Train,
        });
    }
    if pressed(Key::S) {
        actions.push(Action::Step);
    }
    if pressed(Key::X) {
        actions.push(Action::Stop);
    }
    if ui.input_mut(|input| input.consume_key(Modifiers::COMMAND, Key::Q)) {
        ui.ctx().send_viewport_cmd(egui::ViewportCommand::Close);
    }
}
