//! The sheet of keys: what can be done without a mouse.

use eframe::egui::{self, Align2, Grid, Key, Modifiers, ScrollArea, Window};

use crate::app::state::State;
use crate::app::theme;
use crate::app::typing;
use crate::text::Text;

/// The sheet, opened by ? and by the Display menu.
#[derive(Default)]
pub struct KeysSheet {
    pub is_open: bool,
}

impl KeysSheet {
    pub fn show(&mut self, ui: &egui::Ui, state: &State) {
        let text = state.text();
        // Where ? is on the keyboard, only the text it types tells.
        let asked = !typing::is_under_way(ui.ctx())
            && ui.input(|input| {
                let mut events = input.events.iter();
                events.any(|event| matches!(event, egui::Event::Text(typed) if typed == "?"))
            });
        if asked {
            self.is_open = !self.is_open;
        }
        if !self.is_open {
            return;
        }
        if ui.input_mut(|input| input.consume_key(Modifiers::NONE, Key::Escape)) {
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
                ScrollArea::vertical()
                    .max_height(room.height() - 120.0)
                    .min_scrolled_height(room.height() - 120.0)
                    .show(ui, |ui| table(ui, text));
            });
    }
}

/// The groups in two columns, the first of them alone in its own.
fn table(ui: &mut egui::Ui, text: &Text) {
    let groups = text.keys.groups();
    let (first, others) = groups.split_at(1);
    ui.horizontal_top(|ui| {
        for column in [first, others] {
            ui.vertical(|ui| {
                for (title, rows) in column {
                    group(ui, title, rows);
                }
            });
            ui.add_space(16.0);
        }
    });
}

fn group(ui: &mut egui::Ui, title: &str, rows: &[(&str, &str)]) {
    ui.label(theme::heading(title));
    Grid::new(title)
        .num_columns(2)
        .min_col_width(110.0)
        .min_row_height(18.0)
        .spacing([12.0, 2.0])
        .show(ui, |ui| {
            for (keys, does) in rows {
                ui.label(theme::strong(*keys));
                ui.label(*does);
                ui.end_row();
            }
        });
    ui.add_space(6.0);
}
