//! How a question about the whole test set stands: whose weights it is about, how far it is.

use crate::app::model::action::Action;
use crate::app::model::state::State;
use crate::app::model::test_set::{Kind, QuestionStatus};
use crate::app::widgets;
use convlens_core::dataset::Origin;
use eframe::egui::{self, ProgressBar, RichText};
use std::time::Duration;

/// How often a bar moves.
const REDRAW: Duration = Duration::from_millis(100);

/// Shows the standing in a row of constant height, so that nothing below it jumps.
pub fn show(ui: &mut egui::Ui, state: &State, kind: Kind, actions: &mut Vec<Action>) {
    let text = state.text();
    match state.test_set.status_of(kind) {
        QuestionStatus::Settled => {
            let weights = state.test_set.weights();
            let (built_in, epochs) = (state.test_set.is_built_in(), weights.epochs);
            let mut words = match state.opened_model(weights.version) {
                Some(opened) => text.model_shown(&opened.name),
                None => text.weights_judged(built_in, epochs, weights.step),
            };
            if state
                .dataset
                .as_ref()
                .is_some_and(|d| d.origin == Origin::Synthetic)
            {
                words = format!("{words} · {}", text.data.synthetic);
            }
            let label = egui::Label::new(RichText::new(&words).small().weak());
            ui.add(label.truncate());
        }
        QuestionStatus::UnderWay(share) => {
            ui.ctx().request_repaint_after(REDRAW);
            let bar = ProgressBar::new(share).desired_width(110.0);
            ui.add(bar.desired_height(8.0));
            ui.label(RichText::new(text.test_set.computing).small().weak());
            if ui.small_button(text.test_set.cancel).clicked() {
                actions.push(Action::CancelTestSet(kind));
            }
        }
        QuestionStatus::GivenUp => {
            ui.label(RichText::new(text.test_set.given_up).small().weak());
            if ui.small_button(text.test_set.compute).clicked() {
                actions.push(Action::ResumeTestSet(kind));
            }
        }
    }
}

/// The same at the end of a row, nothing once it is settled; what is right comes first.
pub fn brief(ui: &mut egui::Ui, state: &State, kind: Kind, actions: &mut Vec<Action>) {
    let words = &state.text().test_set;
    match state.test_set.status_of(kind) {
        QuestionStatus::Settled => {}
        QuestionStatus::UnderWay(share) => {
            ui.ctx().request_repaint_after(REDRAW);
            let cancel = ui.small_button("×").on_hover_text(words.cancel);
            widgets::theme::name(&cancel, words.cancel);
            if cancel.clicked() {
                actions.push(Action::CancelTestSet(kind));
            }
            let bar = ProgressBar::new(share).desired_width(60.0);
            ui.add(bar.desired_height(8.0))
                .on_hover_text(words.computing);
        }
        QuestionStatus::GivenUp => {
            let again = ui.small_button(words.compute);
            if again.on_hover_text(words.given_up).clicked() {
                actions.push(Action::ResumeTestSet(kind));
            }
        }
    }
}
