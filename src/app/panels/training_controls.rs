//! The training controls of the top bar: buttons, progress, keys.

use crate::app::model::action::Action;
use crate::app::model::run::RunStatus;
use crate::app::model::state::State;
use crate::app::widgets;
use crate::app::widgets::keys::{self, Command};
use crate::app::widgets::layout::fitting;
use crate::text::{ProgressWords, Text};
use eframe::egui::{self, Align, Button, Layout, ProgressBar, RichText, TextStyle};

/// Epochs that can be added with one click.
const MORE_EPOCHS: [usize; 4] = [1, 2, 5, 10];

/// Height of the progress bar.
const BAR: f32 = 26.0;

/// Train, pause, resume, one batch, one epoch, more epochs, stop.
pub fn buttons(ui: &mut egui::Ui, state: &State, actions: &mut Vec<Action>) {
    let text = &state.text().training;
    let status = state.live_run().map(|run| run.status);
    ui.spacing_mut().item_spacing.x = 5.0;
    primary(ui, state, status, actions);
    // In presenter mode and in a narrow window there are fewer; the keys S and E remain.
    if state.preferences.display.shows_all_buttons(ui.ctx()) {
        steps(ui, state, status, actions);
    }
    if secondary(ui, text.stop, text.stop_hint, status.is_some()) {
        actions.push(Action::Stop);
    }
}

/// One batch, one epoch, more epochs.
fn steps(ui: &mut egui::Ui, state: &State, status: Option<RunStatus>, actions: &mut Vec<Action>) {
    let text = &state.text().training;
    let may_step = status.is_some() || state.why_not_train().is_none();
    for (label, hint, enabled, action) in [
        (text.step, text.step_hint, may_step, Action::Step),
        (
            text.step_epoch,
            text.step_epoch_hint,
            may_step,
            Action::StepEpoch,
        ),
    ] {
        if secondary(ui, label, hint, enabled) {
            actions.push(action);
        }
    }
    more_epochs(ui, state, actions);
}

/// The one button that starts, holds and goes on.
fn primary(ui: &mut egui::Ui, state: &State, status: Option<RunStatus>, actions: &mut Vec<Action>) {
    let text = &state.text().training;
    let why_not = state.why_not_train();
    let (label, hint, enabled, action) = match status {
        Some(RunStatus::Paused) => (text.resume, text.pause_hint, true, Action::Resume),
        Some(_) => (text.pause, text.pause_hint, true, Action::Pause),
        None => (
            text.train,
            text.train_hint,
            why_not.is_none(),
            Action::Train,
        ),
    };
    let (fill, ink) = widgets::theme::primary();
    let button = Button::new(widgets::theme::strong(label).color(ink))
        .fill(fill)
        .min_size(egui::vec2(92.0, 28.0));
    let button = ui
        .add_enabled(enabled, button)
        .on_hover_text(hint)
        .on_disabled_hover_text(why_not.as_deref().unwrap_or_default());
    if button.clicked() {
        actions.push(action);
    }
}

fn secondary(ui: &mut egui::Ui, label: &str, hint: &str, enabled: bool) -> bool {
    let button = Button::new(label).min_size(egui::vec2(0.0, 28.0));
    ui.add_enabled(enabled, button)
        .on_hover_text(hint)
        .clicked()
}

/// A menu that adds epochs to the run, whether it trains, has finished or was stopped.
fn more_epochs(ui: &mut egui::Ui, state: &State, actions: &mut Vec<Action>) {
    let text = state.text();
    let why_not_shown = state.why_not_train_shown();
    let can_train_shown = state.live_run().is_none() && why_not_shown.is_none();
    let can_continue = state.to_continue().is_some();
    ui.add_enabled_ui(can_continue || can_train_shown, |ui| {
        let button = Button::new(text.training.more_epochs).min_size(egui::vec2(0.0, 28.0));
        let (response, _) = egui::containers::menu::MenuButton::from_button(button).ui(ui, |ui| {
            if state.live_run().is_none()
                && can_continue
                && ui
                    .button(text.training.to_the_plan)
                    .on_hover_text(text.training.to_the_plan_hint)
                    .clicked()
            {
                actions.push(Action::AddEpochs(0));
                ui.close();
            }
            for epochs in MORE_EPOCHS.iter().copied().filter(|_| can_continue) {
                if ui.button(text.epochs_more(epochs)).clicked() {
                    actions.push(Action::AddEpochs(epochs));
                    ui.close();
                }
            }
            let shown = Button::new(text.training.train_shown);
            let shown = ui
                .add_enabled(can_train_shown, shown)
                .on_hover_text(text.training.train_shown_hint)
                .on_disabled_hover_text(why_not_shown.as_deref().unwrap_or(text.runs.wait_for_run));
            if shown.clicked() {
                actions.push(Action::TrainShown);
                ui.close();
            }
        });
        response
            .on_hover_text(text.training.more_epochs_hint)
            .on_disabled_hover_text(text.training.more_epochs_not);
    });
}

/// The progress bar takes the room that is left; before the first run, as much with what to do.
pub fn progress(ui: &mut egui::Ui, state: &State) {
    let text = state.text();
    let room = ui.available_size_before_wrap().x;
    let Some(run) = &state.run else {
        let ways = [text.training.not_trained_yet, text.training.press_train];
        let ways = ways.map(str::to_owned).into();
        let words = fitting(ui, &TextStyle::Button, ways, room);
        let hint = RichText::new(words).color(ui.visuals().weak_text_color());
        let size = egui::vec2(room, BAR);
        let row = Layout::left_to_right(Align::Center);
        ui.allocate_ui_with_layout(size, row, |ui| {
            ui.set_min_height(BAR);
            ui.add(egui::Label::new(hint).truncate());
        });
        return;
    };
    let share = run.step() as f32 / run.planned_steps().max(1) as f32;
    let words = run.words();
    let room = room - 16.0;
    // The views may show another network than the one that this is about.
    let name = state.name_of_run(run);
    let is_anothers = state.whose.owner != run.owner();
    let mut ways = ways(text, &words);
    if is_anothers {
        let whose = [&name, &state.run_in_a_word(run)];
        let named = |way: &String| whose.map(|whose| format!("{whose}: {way}"));
        ways = ways.iter().flat_map(named).collect();
        ways.push(state.run_in_a_word(run));
    }
    let bar = ProgressBar::new(share)
        .fill(widgets::theme::progress_fill(ui))
        .corner_radius(4)
        .desired_height(BAR)
        .text(format!(
            "\u{a0}{}",
            fitting(ui, &TextStyle::Button, ways, room)
        ));
    // What does not fit in the bar can be read by pointing at it.
    let all = format!(
        "{name}: {} · {}",
        text.progress(&words),
        text.data_name(&run.data)
    );
    ui.add(bar).on_hover_text(all);
}

/// How far the run is, in ever fewer words.
fn ways(text: &Text, words: &ProgressWords) -> Vec<String> {
    let mut words = words.clone();
    let mut ways = vec![text.progress(&words)];
    words.images_per_second = None;
    ways.push(text.progress(&words));
    words.batches = 0;
    ways.push(text.progress(&words));
    // Of a run that is over, how well it does matters more than how long it was.
    if let Some(accuracy) = words.accuracy_at_end() {
        words.epochs = 0;
        ways.push(text.progress(&words));
        ways.push(text.run_accuracy(accuracy, &words));
        ways.push(text.run_accuracy_in_short(accuracy, &words));
    } else {
        words.seconds_left = None;
        ways.push(text.progress(&words));
    }
    ways
}

/// Training by keyboard.
pub fn shortcuts(ui: &egui::Ui, state: &State, actions: &mut Vec<Action>) {
    let train = match state.live_run().map(|run| run.status) {
        Some(RunStatus::Paused) => Action::Resume,
        Some(_) => Action::Pause,
        None => Action::Train,
    };
    for (command, action) in [
        (Command::Train, train),
        (Command::Batch, Action::Step),
        (Command::Epoch, Action::StepEpoch),
        (Command::Stop, Action::Stop),
    ] {
        if keys::pressed(ui.ctx(), command) {
            actions.push(action);
        }
    }
}
