//! A pool: the values of its window, and which won, or their mean.

use crate::app::model::action::Action;
use crate::app::model::maps::Inspected;
use crate::app::model::state::State;
use crate::app::views;
use crate::app::views::maps::inspector::go_to;
use crate::app::views::maps::inspector::number_grid::Look;
use crate::text::Text;
use convlens_core::explore::{PoolChoice, PoolMean};
use convlens_core::render::{Colormap, ValueRange};
use eframe::egui;

pub fn show(
    ui: &mut egui::Ui,
    state: &State,
    inspected: &Inspected,
    choice: &PoolChoice,
    actions: &mut Vec<Action>,
) {
    let text = state.text();
    ui.horizontal_top(|ui| {
        window(
            ui,
            text,
            &choice.candidates,
            choice.window.width,
            Some(choice.winner),
        );
        ui.vertical(|ui| {
            let Some((row, column)) = choice.window.cells().nth(choice.winner) else {
                return;
            };
            ui.label(text.pool_winner(row, column, choice.equals));
            views::maps::inspector::sums::show(
                ui,
                text,
                &[],
                text.inspector.largest,
                &inspected.inspection,
            );
            if ui.button(text.inspector.go_to_winner).clicked() {
                let channel = inspected.inspection.place.channel;
                go_to(state, inspected, channel, (row, column), actions);
            }
        });
    });
}

/// Most values of a window that are written out.
const WRITTEN: usize = 64;

/// The values of a window, where they are few enough to be read.
fn window(ui: &mut egui::Ui, text: &Text, values: &[f32], columns: usize, marked: Option<usize>) {
    if values.len() > WRITTEN {
        return;
    }
    let look = Look {
        name: text.inspector.candidates,
        columns: columns.max(1),
        range: ValueRange::of(values).union(ValueRange::default()),
        colormap: Colormap::Inferno,
        marked,
        is_wide: true,
        is_padding: &|_| false,
    };
    views::maps::inspector::number_grid::show(ui, text, values, look);
    ui.add_space(14.0);
}

/// A pool of means.
pub fn show_mean(ui: &mut egui::Ui, state: &State, inspected: &Inspected, mean: &PoolMean) {
    let text = state.text();
    ui.horizontal_top(|ui| {
        window(ui, text, &mean.values, mean.window.width, None);
        ui.vertical(|ui| {
            let lines = [
                (text.inspector.sum_of_values, mean.sum),
                (text.inspector.divided_by, mean.count as f64),
            ];
            let result = text.editing.mean;
            views::maps::inspector::sums::show(ui, text, &lines, result, &inspected.inspection);
        });
    });
}
