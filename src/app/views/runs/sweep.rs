//! One experiment: the network at hand with several numbers of filters, trained one after another.

use crate::app::model::action::{Action, RunAction};
use crate::app::model::state::State;
use convlens_core::network::MAX_FILTERS;
use eframe::egui::{self, Button, TextEdit};

/// Most runs of one experiment.
const MOST: usize = 20;

/// The form; it owns what is typed.
pub struct SweepForm {
    typed: String,
}

impl Default for SweepForm {
    fn default() -> Self {
        Self {
            typed: "16, 32, 64".to_owned(),
        }
    }
}

impl SweepForm {
    pub fn show(&mut self, ui: &mut egui::Ui, state: &State, actions: &mut Vec<Action>) {
        let text = state.text();
        ui.horizontal_wrapped(|ui| {
            let label = ui.label(text.runs.sweep);
            let field = TextEdit::singleline(&mut self.typed).desired_width(110.0);
            ui.add(field)
                .labelled_by(label.id)
                .on_hover_text(text.runs.sweep_hint);
            let filters = filters(&self.typed);
            let why_not = match (&filters, state.why_not_train()) {
                (_, Some(reason)) => Some(reason),
                (None, None) => Some(text.sweep_not(MAX_FILTERS, MOST)),
                (Some(_), None) => None,
            };
            let start = ui
                .add_enabled(why_not.is_none(), Button::new(text.runs.sweep_start))
                .on_hover_text(text.runs.sweep_start_hint)
                .on_disabled_hover_text(why_not.as_deref().unwrap_or_default());
            if start.clicked()
                && let Some(filters) = filters
            {
                actions.push(Action::Runs(RunAction::Sweep(filters)));
            }
            if !state.runs.queue.is_empty() {
                let (waiting, planned) = (state.runs.queue.len(), state.runs.queue.planned);
                ui.label(text.sweep_progress(planned - waiting, planned));
                if ui.button(text.runs.sweep_cancel).clicked() {
                    actions.push(Action::Runs(RunAction::ClearQueue));
                }
            }
        });
    }
}

/// The numbers typed, separated by anything; `None` unless they are all possible, and not too many.
fn filters(typed: &str) -> Option<Vec<usize>> {
    let words = typed.split(|c: char| !c.is_ascii_digit());
    let words: Vec<&str> = words.filter(|word| !word.is_empty()).collect();
    let filters: Vec<usize> = words.iter().filter_map(|word| word.parse().ok()).collect();
    let all_possible = filters.len() == words.len()
        && filters
            .iter()
            .all(|count| (1..=MAX_FILTERS).contains(count));
    (all_possible && (1..=MOST).contains(&filters.len())).then_some(filters)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_read_however_they_are_separated() {
        assert_eq!(filters("16, 32;64"), Some(vec![16, 32, 64]));
        assert_eq!(filters(" 8 "), Some(vec![8]));
        assert_eq!(filters(""), None);
        assert_eq!(filters("16, 0"), None);
        assert_eq!(filters("513"), None);
        assert_eq!(filters("99999999999999999999999"), None);
        assert_eq!(filters(&"1,".repeat(MOST + 1)), None);
    }
}
