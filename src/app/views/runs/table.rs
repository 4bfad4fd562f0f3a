//! The table of what differs between runs and what came of it, sorted by any column.

use crate::app::model::action::{Action, RunAction};
use crate::app::model::state::State;
use crate::app::widgets;
use crate::app::widgets::run_look::{self, Mark};
use convlens_core::training::runs::{Column, Comparison, Value};
use eframe::egui::{self, Align, Button, Layout, RichText};

/// Most room of a name and its mark.
const NAME: f32 = 190.0;

pub fn show(ui: &mut egui::Ui, state: &State, actions: &mut Vec<Action>) {
    let text = state.text();
    let table = state.runs.comparison(state.run.as_ref());
    let sort = state.runs.sort;
    widgets::theme::show_scroll_bars(ui);
    egui::ScrollArea::horizontal().show(ui, |ui| {
        // Other columns have other widths: the grid measures them before it shows them.
        let grid = egui::Grid::new(("comparison", &table.columns))
            .striped(true)
            .spacing([8.0, 5.0]);
        grid.show(ui, |ui| {
            ui.label(widgets::theme::strong(text.runs.run));
            let order = shown_first(&table.columns);
            for &index in &order {
                let column = &table.columns[index];
                let (name, hint) = text.run_column(*column);
                let arrow = match sort {
                    Some((sorted, true)) if sorted == *column => " ▼",
                    Some((sorted, false)) if sorted == *column => " ▲",
                    _ => "",
                };
                let heading = widgets::theme::strong(format!("{}{arrow}", in_two_lines(name)));
                let button = ui.with_layout(side_of(&table, index), |ui| {
                    widgets::theme::bare_button(ui, Button::new(heading))
                });
                let button = button.inner;
                widgets::theme::name(&button, &text.sort_by(name));
                if button.on_hover_text(hint).clicked() {
                    actions.push(Action::Runs(RunAction::Sort(*column)));
                }
            }
            ui.end_row();
            for row in &table.rows {
                let is_baseline = table.baseline == Some(row.id);
                let run = state.runs.summary(row.id);
                let name = run.map_or(row.name.as_str(), |run| state.runs.name(run));
                let colour = run.map_or(0, |run| run.colour);
                ui.horizontal(|ui| {
                    ui.spacing_mut().item_spacing.x = 5.0;
                    ui.set_max_width(NAME);
                    Mark::of(colour, is_baseline).show(ui, run_look::colour(ui, colour));
                    let words = if is_baseline {
                        widgets::theme::strong(name)
                    } else {
                        RichText::new(name)
                    };
                    let open = widgets::theme::bare_button(ui, Button::new(words).truncate());
                    // What is cut off where the results need the room.
                    let hint = format!("{name}\n{}", text.open_run_hint(row.id.number()));
                    if open.on_hover_text(hint).clicked() {
                        actions.push(Action::Runs(RunAction::Open(row.id)));
                    }
                });
                for &index in &order {
                    let (column, value) = (&table.columns[index], &row.values[index]);
                    let words = text.run_value(*column, value);
                    ui.with_layout(side_of(&table, index), |ui| {
                        if *column == Column::Gain && is_baseline {
                            ui.label(RichText::new(text.runs.baseline).weak());
                        } else {
                            ui.label(words);
                        }
                    });
                }
                ui.end_row();
            }
        });
    });
}

/// The side that a column keeps to: numbers to the right, where digits of one size, and the points before the last of
/// them, stand below one another.
fn side_of(table: &Comparison, index: usize) -> Layout {
    let mut values = table.rows.iter().map(|row| &row.values[index]);
    if values.any(|value| matches!(value, Value::Text(_))) {
        Layout::left_to_right(Align::Center)
    } else {
        Layout::right_to_left(Align::Center)
    }
}

/// Places of the columns as they are shown: what a class asks for first, then the table's own order,
/// and last the figures of training, which the curves show too.
fn shown_first(columns: &[Column]) -> Vec<usize> {
    let mut order: Vec<usize> = (0..columns.len()).collect();
    order.sort_by_key(|&index| match columns[index] {
        Column::TestAccuracy => 0,
        Column::Gain => 1,
        Column::TrainLoss | Column::TrainAccuracy | Column::TestLoss => 3,
        _ => 2,
    });
    order
}

/// A long name broken at the space nearest to its middle, so that all columns have room side by side.
fn in_two_lines(name: &str) -> String {
    const SHORT: usize = 10;
    let spaces = name.match_indices(' ').map(|(place, _)| place);
    let middle = spaces.min_by_key(|&place| place.abs_diff(name.len() / 2));
    match middle {
        Some(place) if name.chars().count() > SHORT => {
            format!("{}\n{}", &name[..place], &name[place + 1..])
        }
        _ => name.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_names_break_near_their_middle() {
        assert_eq!(in_two_lines("test accuracy"), "test\naccuracy");
        assert_eq!(in_two_lines("pérdida de entren."), "pérdida\nde entren.");
        assert_eq!(in_two_lines("a gain"), "a gain");
        assert_eq!(in_two_lines("parameters"), "parameters");
    }

    #[test]
    fn accuracy_and_gain_come_first_and_the_rest_keeps_its_order() {
        let columns = [
            Column::Network,
            Column::TrainLoss,
            Column::TestAccuracy,
            Column::Gain,
            Column::Seconds,
        ];
        assert_eq!(shown_first(&columns), [2, 3, 0, 4, 1]);
        assert_eq!(shown_first(&columns[..2]), [0, 1]);
    }
}
