//! Retraining while the network is edited: the switch, what the newest try came to, and the button
//! that trains in full.

use crate::app::model::action::Action;
use crate::app::model::state::State;
use eframe::egui::{self, Button, RichText};

/// Where a run is under way that trains with another learning rate or decay than stands above, and could train with these.
fn change_run(ui: &mut egui::Ui, state: &State, actions: &mut Vec<Action>) {
    let (Some(change), Some(run)) = (state.change_of_run(), state.live_run()) else {
        return;
    };
    let text = state.text();
    let words = text.change_run(&state.run_in_a_word(run), change.learning_rate);
    let button = ui.add(Button::new(words).wrap());
    if button
        .on_hover_text(text.training.change_run_hint)
        .clicked()
    {
        actions.push(Action::ChangeRun);
    }
}

pub fn show(ui: &mut egui::Ui, state: &State, actions: &mut Vec<Action>) {
    let text = state.text();
    change_run(ui, state, actions);
    let mut retrains = state.preferences.retrains;
    let switch = ui
        .checkbox(&mut retrains, text.training.retrain)
        .on_hover_text(text.training.retrain_hint);
    if switch.changed() {
        actions.push(Action::SetRetrains(retrains));
    }
    let (Some(dataset), true) = (&state.dataset, retrains) else {
        return;
    };
    let all = state.preferences.config.images.unwrap_or(usize::MAX);
    let all = all.min(dataset.train.len());
    let draft = state.run.as_ref().filter(|run| run.is_draft());
    let words = match draft {
        Some(run) => {
            let images = run.config.images.unwrap_or(all).min(all);
            let accuracy = run.epochs.last().and_then(|epoch| epoch.test_accuracy);
            text.draft(images, all, accuracy)
        }
        None if state.live_run().is_some() => text.training.retrain_waits.to_owned(),
        None => match state.draft_config() {
            Some(config) => text.draft(config.images.unwrap_or(all), all, None),
            None => return,
        },
    };
    ui.add(egui::Label::new(RichText::new(words).small()).wrap());
    if draft.is_some() {
        let in_full = ui.add(Button::new(text.training.in_full).small());
        if in_full.on_hover_text(text.training.in_full_hint).clicked() {
            actions.push(Action::Train);
        }
    }
}
