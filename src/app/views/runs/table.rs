//! The table of what differs between runs and what came of it, sorted by any column.

use eframe::egui::{self, Button, RichText};

use crate::app::action::Action;
use crate::app::runs::RunWish;
use crate::app::state::State;
use crate::app::theme;
use crate::training::runs::Column;

pub fn show(ui: &mut egui::Ui, state: &State, actions: &mut Vec<Action>) {
    let text = state.text();
    let table = state.runs.comparison();
    let sort = state.runs.sort;
    egui::ScrollArea::horizontal().show(ui, |ui| {
        let grid = egui::Grid::new("comparison")
            .striped(true)
            .spacing([14.0, 5.0]);
        grid.show(ui, |ui| {
            ui.label(theme::strong(text.runs.run));
            for column in &table.columns {
                let (name, hint) = text.run_column(*column);
                let arrow = match sort {
                    Some((sorted, true)) if sorted == *column => " ▼",
                    Some((sorted, false)) if sorted == *column => " ▲",
                    _ => "",
                };
                let heading = theme::strong(format!("{name}{arrow}"));
                let button = ui.add(Button::new(heading).frame(false));
                theme::name(&button, &text.sort_by(name));
                if button.on_hover_text(hint).clicked() {
                    actions.push(Action::Runs(RunWish::Sort(*column)));
                }
            }
            ui.end_row();
            for row in &table.rows {
                let is_baseline = table.baseline == Some(row.id);
                let colour = state.runs.summary(row.id).map_or(0, |run| run.colour);
                let name = RichText::new(&row.name).color(theme::run_colour(ui, colour));
                let name = if is_baseline { name.strong() } else { name };
                let open = ui.add(Button::new(name).frame(false));
                let hint = text.open_run_hint(row.id.number());
                if open.on_hover_text(hint).clicked() {
                    actions.push(Action::Runs(RunWish::Open(row.id)));
                }
                for (column, value) in table.columns.iter().zip(&row.values) {
                    let words = text.run_value(*column, value);
                    if *column == Column::Gain && is_baseline {
                        ui.label(RichText::new(text.runs.baseline).weak());
                    } else {
                        ui.label(words);
                    }
                }
                ui.end_row();
            }
        });
    });
}
