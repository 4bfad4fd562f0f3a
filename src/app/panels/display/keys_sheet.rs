//! The sheet of keys: what can be done without a mouse.

use eframe::egui::{self, Align2, Grid, ScrollArea, Window};

use crate::app::model::state::State;
use crate::app::widgets::keys::{self, Command, Group, SHEET, Way};
use crate::app::widgets::theme;
use crate::text::Text;

/// Width of a window that both columns fit into, in either language.
const TWO_COLUMNS: f32 = 1060.0;

/// Room left and right of it, in points.
const AROUND: f32 = 40.0;

/// Points by which an arrow and a page key scroll it.
const LINE: f32 = 60.0;
const PAGE: f32 = 300.0;

/// The sheet, opened by ? and by the Display menu.
#[derive(Default)]
pub struct KeysSheet {
    pub is_open: bool,
    /// How far the keys have scrolled it since the last frame, in points: down.
    scrolled: f32,
}

impl KeysSheet {
    /// Takes the keys that scroll, which behind it do something else.
    pub fn take_keys(&mut self, ctx: &egui::Context) {
        if !self.is_open {
            return;
        }
        let lines = keys::steps(ctx, Command::Go(Way::Up), Command::Go(Way::Down));
        let pages = keys::steps(ctx, Command::PreviousStep, Command::NextStep);
        self.scrolled += LINE * lines as f32 + PAGE * pages as f32;
    }

    pub fn show(&mut self, ui: &egui::Ui, state: &State) {
        let text = state.text();
        if keys::asked_for_sheet(ui.ctx()) {
            self.is_open = !self.is_open;
        }
        if !self.is_open {
            return;
        }
        if keys::pressed(ui.ctx(), Command::Close) {
            self.is_open = false;
        }
        let room = ui.ctx().content_rect();
        Window::new(text.keys.title)
            .id(egui::Id::unique("keys"))
            .open(&mut self.is_open)
            .collapsible(false)
            .resizable(false)
            .anchor(Align2::CENTER_CENTER, egui::Vec2::ZERO)
            .show(ui.ctx(), |ui| {
                ScrollArea::both()
                    .max_width(room.width() - AROUND)
                    .max_height(room.height() - 120.0)
                    .min_scrolled_width(room.width() - AROUND)
                    .min_scrolled_height(room.height() - 120.0)
                    .show(ui, |ui| {
                        let down = std::mem::take(&mut self.scrolled);
                        if down != 0.0 {
                            ui.scroll_with_delta(egui::vec2(0.0, -down));
                        }
                        table(ui, text, room.width() >= TWO_COLUMNS);
                    });
            });
    }
}

/// The groups in two columns where they fit, the first of them alone in its own; else below one another.
fn table(ui: &mut egui::Ui, text: &Text, side_by_side: bool) {
    let words = &text.keys;
    let groups = [
        (Group::Everywhere, words.everywhere),
        (Group::Training, words.training),
        (Group::Pictures, words.pictures),
        (Group::Lesson, words.lesson),
        (Group::Stage, words.stage),
    ];
    if !side_by_side {
        for (group, title) in groups {
            rows(ui, text, group, title);
        }
        return;
    }
    let (first, others) = groups.split_at(1);
    ui.horizontal_top(|ui| {
        for column in [first, others] {
            ui.vertical(|ui| {
                for (group, title) in column {
                    rows(ui, text, *group, title);
                }
            });
            ui.add_space(16.0);
        }
    });
}

fn rows(ui: &mut egui::Ui, text: &Text, group: Group, title: &str) {
    ui.label(theme::heading(title));
    Grid::new(title)
        .num_columns(2)
        .min_col_width(110.0)
        .min_row_height(18.0)
        .spacing([12.0, 2.0])
        .show(ui, |ui| {
            for row in SHEET.iter().filter(|row| row.group == group) {
                ui.label(theme::strong(row.keys(text)));
                ui.label((row.does)(text));
                ui.end_row();
            }
        });
    ui.add_space(6.0);
}
