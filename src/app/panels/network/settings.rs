//! The settings of the next run.

use crate::app::model::action::{Action, Edit};
use crate::app::model::state::State;
use crate::app::widgets;
use convlens_core::training::RunConfig;
use eframe::egui::{self, DragValue, RichText};

/// The heading, with how long an epoch will take at its end.
pub fn heading(ui: &mut egui::Ui, state: &State) {
    let text = state.text();
    let seconds = state.dataset.as_ref().and_then(|dataset| {
        let (costs, config) = (&state.runs.costs, &state.preferences.config);
        costs.seconds_per_epoch(config, dataset.train.len())
    });
    egui::Sides::new().shrink_left().truncate().show(
        ui,
        |ui| ui.label(widgets::theme::heading(text.training.training)),
        |ui| {
            if let Some(seconds) = seconds.filter(|_| state.outline.error.is_none()) {
                let words = RichText::new(text.predicted_time(seconds)).small();
                ui.label(words)
                    .on_hover_text(text.prediction_error(state.runs.measured));
            }
        },
    );
}

pub fn show(ui: &mut egui::Ui, state: &State, actions: &mut Vec<Action>) {
    let numbers = state.text();
    let text = &numbers.training;
    let old = &state.preferences.config;
    let mut config = old.clone();
    let mut changed = None;
    let mut field = |ui: &mut egui::Ui, label: &str, hint: &str, field: DragValue<'_>| {
        let label = ui.label(label);
        let response = ui.add(field).labelled_by(label.id).on_hover_text(hint);
        if response.changed() {
            changed = Some(response.id);
        }
    };
    // Close together, as the cards are: all of it is to stand beside the maps.
    let spacing = ui.spacing_mut();
    spacing.item_spacing.y = 3.0;
    spacing.interact_size.y = 22.0;
    spacing.button_padding.y = 2.5;
    egui::Grid::new("counts").num_columns(4).show(ui, |ui| {
        field(
            ui,
            text.epochs,
            text.epochs_hint,
            DragValue::new(&mut config.epochs)
                .range(1..=RunConfig::MAX_EPOCHS)
                .speed(0.1),
        );
        field(
            ui,
            text.batch_size,
            text.batch_size_hint,
            DragValue::new(&mut config.batch_size).range(1..=RunConfig::MAX_BATCH_SIZE),
        );
        ui.end_row();
        field(
            ui,
            text.seed,
            text.seed_hint,
            DragValue::new(&mut config.seed).range(0..=u64::from(u32::MAX)),
        );
        field(
            ui,
            text.validation,
            text.validation_hint,
            DragValue::new(&mut config.validation_percent)
                .range(0..=RunConfig::MAX_VALIDATION_PERCENT)
                .speed(0.1)
                .suffix("\u{a0}%"),
        );
        ui.end_row();
    });
    egui::Grid::new("rates").num_columns(2).show(ui, |ui| {
        field(
            ui,
            text.learning_rate,
            text.learning_rate_hint,
            DragValue::new(&mut config.learning_rate)
                .range(0.000_01..=1.0)
                .speed(0.000_05)
                .max_decimals(5)
                .custom_formatter(|value, _| numbers.shortest(value, 5))
                .custom_parser(|typed| numbers.typed_number(typed)),
        );
        ui.end_row();
        if let Some(dataset) = &state.dataset {
            let all = dataset.train.len();
            let before = config.images.unwrap_or(all).min(all);
            let mut images = before;
            field(
                ui,
                text.training_images,
                text.training_images_hint,
                DragValue::new(&mut images).range(1..=all).speed(100.0),
            );
            // A share that is larger than this data set stays as it was wished.
            if images != before {
                config.images = (images < all).then_some(images);
            }
            ui.end_row();
        }
    });
    if config != *old
        && let Some(field) = changed
    {
        actions.push(Action::Edit(Edit::Field { config, field }));
    }
}
