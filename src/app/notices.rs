//! What the user should know: errors and things done, on a strip that is never modal.

use std::path::PathBuf;
use std::time::{Duration, Instant};

use eframe::egui::{self, RichText};

use super::action::Action;
use super::save::{SaveAs, Target};
use super::state::State;
use super::tab_order::{Region, region};
use super::theme;

/// One message.
pub struct Notice {
    pub message: String,
    pub is_error: bool,
    /// When it came.
    since: Instant,
    /// What is replaced if the answer is yes.
    replaces: Option<Replaces>,
}

/// What a user is asked about before it is replaced.
#[derive(Clone, Debug)]
pub enum Replaces {
    /// A file by what is saved.
    File(SaveAs, PathBuf),
    /// A lesson by that of this `.convlens` file.
    Lesson(PathBuf),
}

impl Replaces {
    fn action(&self) -> Action {
        match self {
            Self::File(what, path) => Action::Save(*what, Target::File(path.clone())),
            Self::Lesson(path) => Action::ReplaceLesson(path.clone()),
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
            replaces: None,
        }
    }

    /// Whether to replace something; it stays until it is answered.
    pub fn question(message: String, replaces: Replaces) -> Self {
        Self {
            replaces: Some(replaces),
            ..Self::done(message)
        }
    }

    /// Whether it goes away by itself.
    fn passes(&self) -> bool {
        !self.is_error && self.replaces.is_none()
    }

    pub fn done(message: String) -> Self {
        Self {
            message,
            is_error: false,
            since: Instant::now(),
            replaces: None,
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
                    } else if notice.replaces.is_some() {
                        ("?", theme::accent(ui))
                    } else {
                        ("✓", theme::good_color(ui))
                    };
                    ui.label(RichText::new(mark).color(color));
                    if let Some(replaces) = &notice.replaces
                        && ui.button(text.export.replace).clicked()
                    {
                        actions.push(Action::Dismiss(index));
                        actions.push(replaces.action());
                    }
                    ui.add(egui::Label::new(&notice.message).wrap());
                });
            }
        });
}
