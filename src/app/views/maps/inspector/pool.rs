//! A pool: the four candidates, and which won.

use crate::app::model::action::Action;
use crate::app::model::maps::Inspected;
use crate::app::model::state::State;
use crate::app::views;
use crate::app::views::maps::inspector::go_to;
use crate::app::views::maps::inspector::number_grid::Look;
use convlens_core::explore::PoolChoice;
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
        let look = Look {
            name: text.inspector.candidates,
            columns: 2,
            range: ValueRange::of(&choice.candidates).union(ValueRange::default()),
            colormap: Colormap::Inferno,
            marked: Some(choice.winner),
            is_wide: true,
            is_padding: &|_| false,
        };
        views::maps::inspector::number_grid::show(ui, text, &choice.candidates, look);
        ui.add_space(14.0);
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
