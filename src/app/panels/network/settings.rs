//! The settings of the next run.

use crate::app::model::action::{Action, Edit};
use crate::app::model::state::State;
use crate::app::widgets;
use convlens_core::training::RunConfig;
use eframe::egui::{self, DragValue, RichText};

/// Share of the room that the left one of two columns has: the words of the right one are longer.
const LEFT: f32 = 0.44;

/// The heading, with how long an epoch will take at its end.
pub fn heading(ui: &mut egui::Ui, state: &State) {
    let text = state.text();
    let seconds = state.trainable().and_then(|dataset| {
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

pub fn show(
    ui: &mut egui::Ui,
    state: &State,
    thumbs: &mut widgets::thumb::Thumbs,
    actions: &mut Vec<Action>,
) {
    let numbers = state.text();
    let text = &numbers.training;
    let old = &state.preferences.config;
    let mut config = old.clone();
    let mut changed = None;
    // The label at the left and the field at the right of its column, so that fields stand below one another.
    let mut field = |ui: &mut egui::Ui, label: &str, hint: &str, field: DragValue<'_>| {
        let field = |ui: &mut egui::Ui| ui.add(field);
        let label = |ui: &mut egui::Ui| ui.label(label);
        let row = egui::Sides::new().shrink_left().truncate();
        let (label, response) = row.show(ui, label, field);
        let response = response.labelled_by(label.id).on_hover_text(hint);
        if response.changed() {
            changed = Some(response.id);
        }
    };
    // Close together, as the cards are: all of it is to stand beside the maps.
    let spacing = ui.spacing_mut();
    spacing.item_spacing.y = 3.0;
    spacing.item_spacing.x = 6.0;
    spacing.interact_size = egui::vec2(40.0, 22.0);
    spacing.button_padding.y = 2.5;
    two_columns(ui, |left, right| {
        let epochs = DragValue::new(&mut config.epochs);
        let epochs = epochs.range(1..=RunConfig::MAX_EPOCHS).speed(0.1);
        field(left, text.epochs, text.epochs_hint, epochs);
        let batch = DragValue::new(&mut config.batch_size).range(1..=RunConfig::MAX_BATCH_SIZE);
        field(right, text.batch_size, text.batch_size_hint, batch);
        let seed = DragValue::new(&mut config.seed).range(0..=u64::from(u32::MAX));
        field(left, text.seed, text.seed_hint, seed);
        let validation = DragValue::new(&mut config.validation_percent)
            .range(0..=RunConfig::MAX_VALIDATION_PERCENT)
            .speed(0.1)
            .suffix("\u{a0}%");
        field(right, text.validation, text.validation_hint, validation);
    });
    let rate = DragValue::new(&mut config.learning_rate)
        .range(0.000_01..=1.0)
        .speed(0.000_05)
        .max_decimals(5)
        .custom_formatter(|value, _| numbers.shortest(value, 5))
        .custom_parser(|typed| numbers.typed_number(typed));
    field(ui, text.learning_rate, text.learning_rate_hint, rate);
    let optimization = super::optimization::show(ui, state, &mut config);
    let augmentation = super::augmentation::show(ui, state, &mut config, thumbs);
    if let Some(dataset) = state.trainable() {
        let all = dataset.train.len();
        let before = config.images.unwrap_or(all).min(all);
        let mut images = before;
        let drag = DragValue::new(&mut images).range(1..=all).speed(100.0);
        field(ui, text.training_images, text.training_images_hint, drag);
        // A share that is larger than this data set stays as it was wished.
        if images != before {
            config.images = (images < all).then_some(images);
        }
    }
    // Last, as it comes and goes with what it watches.
    if config.validation_percent > 0 {
        let mut epochs = config.patience.unwrap_or(0);
        let drag = DragValue::new(&mut epochs).range(0..=RunConfig::MAX_EPOCHS);
        let unit = format!("\u{a0}{}", text.patience_unit);
        let drag = drag.speed(0.1).suffix(unit);
        field(ui, text.patience, text.patience_hint, drag);
        config.patience = (epochs > 0).then_some(epochs);
    } else {
        config.patience = None;
    }
    if config != *old
        && let Some(field) = changed.or(optimization).or(augmentation)
    {
        actions.push(Action::Edit(Edit::Field { config, field }));
    }
}

/// Two columns, each as wide as its words need.
fn two_columns(ui: &mut egui::Ui, content: impl FnOnce(&mut egui::Ui, &mut egui::Ui)) {
    let room = ui.available_rect_before_wrap();
    let (left, gap) = (LEFT * room.width(), ui.spacing().item_spacing.x);
    let columns = [
        room.with_max_x(room.min.x + left - gap / 2.0),
        room.with_min_x(room.min.x + left + gap / 2.0),
    ];
    let [mut left, mut right] = columns.map(|column| {
        let layout = egui::Layout::top_down(egui::Align::Min);
        ui.new_child(egui::UiBuilder::new().max_rect(column).layout(layout))
    });
    content(&mut left, &mut right);
    let used = left.min_rect().union(right.min_rect());
    ui.advance_cursor_after_rect(used.with_min_x(room.min.x).with_max_x(room.max.x));
}
