//! How a question about the whole test set stands: whose weights it is about, how far it is.

use crate::app::model::action::Action;
use crate::app::model::state::State;
use crate::app::model::test_set::{Kind, QuestionStatus};
use crate::app::widgets;
use eframe::egui::{self, ProgressBar, RichText};
use std::time::Duration;

/// How often a bar moves.
const REDRAW: Duration = Duration::from_millis(100);

/// Shows the standing in a row of constant height, so that nothing below it jumps.
pub fn show(ui: &mut egui::Ui, state: &State, kind: Kind, actions: &mut Vec<Action>) {
    let text = state.text();
    match state.test_set.status_of(kind) {
        // Whose figures these are, the status line says; of a run that trains they are some batches older.
        QuestionStatus::Settled => {
            let judged = &state.test_set.weights.whose;
            if let Some(moment) = state.moment_of(judged).filter(|_| *judged != state.whose) {
                let words = RichText::new(text.test_set_of(&moment)).small().weak();
                ui.add(egui::Label::new(words).truncate());
            }
        }
        QuestionStatus::UnderWay(share) => {
            ui.ctx().request_repaint_after(REDRAW);
            let bar = ProgressBar::new(share).desired_width(110.0);
            ui.add(bar.desired_height(8.0));
            ui.label(RichText::new(text.test_set.computing).small().weak());
            cancel(ui, state, kind, text.test_set.cancel, actions);
        }
        QuestionStatus::GivenUp => {
            ui.label(RichText::new(text.test_set.given_up).small().weak());
            if ui.small_button(text.test_set.compute).clicked() {
                actions.push(Action::ResumeTestSet(kind));
            }
        }
    }
}

/// The button that gives a question up, with this on it.
pub fn cancel(
    ui: &mut egui::Ui,
    state: &State,
    kind: Kind,
    on_it: &str,
    actions: &mut Vec<Action>,
) {
    let name = state.text().test_set.cancel;
    widgets::stage::for_teacher(ui, |ui| {
        let button = ui.small_button(on_it).on_hover_text(name);
        widgets::theme::name(&button, name);
        if button.clicked() {
            actions.push(Action::CancelTestSet(kind));
        }
    });
}

/// The same at the end of a row, nothing once it is settled; what is right comes first.
pub fn brief(ui: &mut egui::Ui, state: &State, kind: Kind, actions: &mut Vec<Action>) {
    let words = &state.text().test_set;
    match state.test_set.status_of(kind) {
        QuestionStatus::Settled => {}
        QuestionStatus::UnderWay(share) => {
            ui.ctx().request_repaint_after(REDRAW);
            cancel(ui, state, kind, "×", actions);
            let bar = ProgressBar::new(share).desired_width(60.0);
            let bar = ui.add(bar.desired_height(8.0));
            widgets::theme::name_as(&bar, egui::Role::ProgressIndicator, words.computing);
            bar.on_hover_text(words.computing);
        }
        QuestionStatus::GivenUp => {
            let again = ui.small_button(words.compute);
            if again.on_hover_text(words.given_up).clicked() {
                actions.push(Action::ResumeTestSet(kind));
            }
        }
    }
}
