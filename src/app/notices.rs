//! What the user should know: errors and things done, on a strip that is never modal.

use eframe::egui::{self, RichText};

use super::action::Action;
use super::state::State;
use super::theme;

/// One message.
pub struct Notice {
    pub message: String,
    pub is_error: bool,
}

/// Messages shown at once; the newest.
const SHOWN: usize = 3;

impl Notice {
    pub fn error(message: String) -> Self {
        Self {
            message,
            is_error: true,
        }
    }

    pub fn done(message: String) -> Self {
        Self {
            message,
            is_error: false,
        }
    }
}

/// The strip below the top bar, where there is something to say.
pub fn show(ui: &mut egui::Ui, state: &State, actions: &mut Vec<Action>) {
    if state.notices.is_empty() {
        return;
    }
    let text = state.text();
    egui::Panel::top("notices")
        .frame(theme::bar_frame(ui))
        .show(ui, |ui| {
            let first = state.notices.len().saturating_sub(SHOWN);
            for (index, notice) in state.notices.iter().enumerate().skip(first) {
                ui.horizontal(|ui| {
                    let close = ui.button("×").on_hover_text(text.window.dismiss);
                    theme::name(&close, text.window.dismiss);
                    if close.clicked() {
                        actions.push(Action::Dismiss(index));
                    }
                    let (mark, color) = if notice.is_error {
                        ("⚠", theme::error_color(ui))
                    } else {
                        ("✓", theme::good_color(ui))
                    };
                    ui.label(RichText::new(mark).color(color));
                    ui.add(egui::Label::new(&notice.message).wrap());
                });
            }
        });
}
