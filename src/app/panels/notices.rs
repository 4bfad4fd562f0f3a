//! The strip that tells what the user should know; it is never modal.

use crate::app::model::action::Action;
use crate::app::model::notices::{Notice, Offer, TOLD_FOR};
use crate::app::model::save::Target;
use crate::app::model::state::State;
use crate::app::widgets;
use crate::app::widgets::tab_order::{Region, region};
use crate::text::Text;
use eframe::egui::{self, RichText};

impl Offer {
    fn label(&self, text: &Text) -> String {
        match self {
            Self::ReplaceFile(..) | Self::ReplaceLesson(_) => text.export.replace.to_owned(),
            Self::OpenAs(_, network) => network.label(),
        }
    }

    fn action(&self) -> Action {
        match self {
            Self::ReplaceFile(what, path) => Action::Save(*what, Target::File(path.clone())),
            Self::ReplaceLesson(path) => Action::ReplaceLesson(path.clone()),
            Self::OpenAs(path, network) => Action::OpenModelAs(path.clone(), network.clone()),
        }
    }
}

/// Messages shown at once; the newest.
const SHOWN: usize = 3;

/// The strip below the top bar, where there is something to say.
pub fn show(ui: &mut egui::Ui, state: &State, actions: &mut Vec<Action>) {
    if state.notices.is_empty() {
        return;
    }
    if let Some(next) = state
        .notices
        .iter()
        .filter(|notice| notice.passes())
        .map(|n| n.since)
        .min()
    {
        let left = TOLD_FOR.saturating_sub(next.elapsed());
        ui.ctx().request_repaint_after(left);
    }
    let text = state.text();
    egui::Panel::top("notices")
        .frame(widgets::theme::bar_frame(ui))
        .show(ui, |ui| {
            region(ui, Region::Notices);
            let first = state.notices.len().saturating_sub(SHOWN);
            for (index, notice) in state.notices.iter().enumerate().skip(first) {
                ui.horizontal(|ui| {
                    let close = ui.button("×").on_hover_text(text.window.dismiss);
                    widgets::theme::name(&close, text.window.dismiss);
                    if close.clicked() {
                        actions.push(Action::Dismiss(index));
                    }
                    let (mark, color) = if notice.is_error {
                        ("⚠", widgets::theme::error_color(ui))
                    } else if !notice.offers.is_empty() {
                        ("?", widgets::theme::accent(ui))
                    } else {
                        ("✓", widgets::theme::good_color(ui))
                    };
                    ui.label(RichText::new(mark).color(color));
                    if notice.offers.len() == 1 {
                        offers(ui, text, index, notice, actions);
                    }
                    let message = ui.add(egui::Label::new(&notice.message).wrap());
                    if let Some(details) = &notice.details {
                        message.on_hover_text(details);
                    }
                });
                // Several may be wider than the window.
                if notice.offers.len() > 1 {
                    ui.horizontal_wrapped(|ui| offers(ui, text, index, notice, actions));
                }
            }
        });
}

/// What can be answered to a notice.
pub fn offers(
    ui: &mut egui::Ui,
    text: &Text,
    index: usize,
    notice: &Notice,
    actions: &mut Vec<Action>,
) {
    for offer in &notice.offers {
        if ui.button(offer.label(text)).clicked() {
            actions.push(Action::Dismiss(index));
            actions.push(offer.action());
        }
    }
}
