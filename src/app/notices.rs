//! What the user should know: errors and things done, on a strip that is never modal.

use std::path::PathBuf;
use std::time::{Duration, Instant};

use eframe::egui::{self, RichText};

use super::action::Action;
use super::save::{SaveAs, Target};
use super::state::State;
use super::tab_order::{Region, region};
use super::theme;
use crate::text::Text;
use convlens_core::network::NetworkSpec;

/// One message.
pub struct Notice {
    pub message: String,
    pub is_error: bool,
    /// When it came.
    since: Instant,
    /// What can be answered, if it is a question.
    offers: Vec<Offer>,
}

/// What a user is asked about before it is done.
#[derive(Clone, Debug)]
pub enum Offer {
    /// A file is replaced by what is saved.
    ReplaceFile(SaveAs, PathBuf),
    /// A lesson is replaced by that of this `.convlens` file.
    ReplaceLesson(PathBuf),
    /// Weights that fit several networks are opened as this one.
    OpenAs(PathBuf, NetworkSpec),
}

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

/// How long a thing done is told; an error stays until it is dismissed.
const TOLD_FOR: Duration = Duration::from_secs(8);

/// Messages shown at once; the newest.
const SHOWN: usize = 3;

impl Notice {
    pub fn error(message: String) -> Self {
        Self {
            message,
            is_error: true,
            since: Instant::now(),
            offers: Vec::new(),
        }
    }

    /// Asks for one of these; it stays until it is answered.
    pub fn question(message: String, offers: Vec<Offer>) -> Self {
        Self {
            offers,
            ..Self::done(message)
        }
    }

    /// Whether it goes away by itself.
    fn passes(&self) -> bool {
        !self.is_error && self.offers.is_empty()
    }

    pub fn done(message: String) -> Self {
        Self {
            message,
            is_error: false,
            since: Instant::now(),
            offers: Vec::new(),
        }
    }
}

/// Drops what has been told long enough.
pub fn expire(notices: &mut Vec<Notice>) {
    notices.retain(|notice| !notice.passes() || notice.since.elapsed() < TOLD_FOR);
}

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
        .frame(theme::bar_frame(ui))
        .show(ui, |ui| {
            region(ui, Region::Notices);
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
                    } else if !notice.offers.is_empty() {
                        ("?", theme::accent(ui))
                    } else {
                        ("✓", theme::good_color(ui))
                    };
                    ui.label(RichText::new(mark).color(color));
                    if notice.offers.len() == 1 {
                        offers(ui, text, index, notice, actions);
                    }
                    ui.add(egui::Label::new(&notice.message).wrap());
                });
                // Several may be wider than the window.
                if notice.offers.len() > 1 {
                    ui.horizontal_wrapped(|ui| offers(ui, text, index, notice, actions));
                }
            }
        });
}

/// What can be answered to a notice.
fn offers(
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
