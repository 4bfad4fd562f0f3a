//! How weights are moved: one line that says it, and a menu to change it.

use crate::app::model::state::State;
use crate::app::widgets;
use convlens_core::network::Real;
use convlens_core::training::{Optimization, OptimizerKind, RunConfig, Schedule};
use eframe::egui::{self, Button, DragValue, Id, Popup, PopupCloseBehavior, Response, vec2};

/// Width of a menu's button, in points.
const BUTTON: f32 = 118.0;

/// The id of what was changed.
pub fn show(ui: &mut egui::Ui, state: &State, config: &mut RunConfig) -> Option<Id> {
    let text = &state.text().training;
    let short = config.optimization.to_string();
    let button = menu_button(ui, (text.optimizer, text.optimizer_hint), &short);
    let mut changed = None;
    Popup::from_toggle_button_response(&button)
        .close_behavior(PopupCloseBehavior::CloseOnClickOutside)
        .show(|ui| {
            ui.set_min_width(240.0);
            ui.spacing_mut().item_spacing.y = 4.0;
            changed = menu(ui, state, &mut config.optimization);
        });
    changed
}

/// The button of a menu, which says in short what is chosen there. As wide whatever it says: the menu is not to move with it.
pub fn menu_button(ui: &mut egui::Ui, (name, hint): (&str, &str), short: &str) -> Response {
    let row = egui::Sides::new().shrink_right().truncate();
    let button = |ui: &mut egui::Ui| {
        let size = vec2(
            BUTTON.min(ui.available_width()),
            ui.spacing().interact_size.y,
        );
        ui.add_sized(size, Button::new(short).truncate())
    };
    let (_, button) = row.show(ui, |ui| ui.label(name), button);
    widgets::theme::name(&button, &format!("{name}: {short}"));
    button.on_hover_text(hint)
}

fn menu(ui: &mut egui::Ui, state: &State, optimization: &mut Optimization) -> Option<Id> {
    let text = &state.text().training;
    let before = *optimization;
    let mut chosen = optimization.optimizer;
    ui.horizontal_wrapped(|ui| {
        for kind in OptimizerKind::ALL {
            let hint = match kind {
                OptimizerKind::Adam => text.adam_is,
                OptimizerKind::AdamW => text.adamw_is,
                OptimizerKind::Sgd => text.sgd_is,
                OptimizerKind::RmsProp => text.rmsprop_is,
            };
            widgets::theme::choose(ui, &mut chosen, kind, kind.name()).on_hover_text(hint);
        }
    });
    if chosen != optimization.optimizer {
        *optimization = optimization.with(chosen);
    }
    if chosen.takes_momentum() {
        share(
            ui,
            state,
            (text.momentum, text.momentum_hint),
            0.01,
            &mut optimization.momentum,
        );
    }
    if chosen == OptimizerKind::Sgd {
        let has_momentum = optimization.momentum.get() > 0.0;
        ui.add_enabled_ui(has_momentum, |ui| {
            ui.checkbox(&mut optimization.nesterov, text.nesterov)
                .on_hover_text(text.nesterov_hint);
        });
        optimization.nesterov &= has_momentum;
    }
    for (words, speed, value) in [
        (
            (text.weight_decay, text.weight_decay_hint),
            0.0005,
            &mut optimization.weight_decay,
        ),
        ((text.l2, text.l2_hint), 0.0001, &mut optimization.l2),
        (
            (text.smoothing, text.smoothing_hint),
            0.01,
            &mut optimization.label_smoothing,
        ),
    ] {
        share(ui, state, words, speed, value);
    }
    // Without a decay it would be another optimizer, which the menu says.
    if chosen == OptimizerKind::AdamW && optimization.weight_decay.get() == 0.0 {
        *optimization = optimization.with(OptimizerKind::Adam);
    }
    ui.label(text.schedule);
    ui.horizontal_wrapped(|ui| {
        for schedule in Schedule::ALL {
            let (name, hint) = match schedule {
                Schedule::Constant => (text.constant, text.constant_hint),
                Schedule::WarmUp => (text.warm_up, text.warm_up_hint),
                Schedule::Step => (text.stepped, text.stepped_hint),
                Schedule::Cosine => (text.cosine, text.cosine_hint),
                Schedule::OneCycle => (text.one_cycle, text.one_cycle_hint),
            };
            widgets::theme::choose(ui, &mut optimization.schedule, schedule, name)
                .on_hover_text(hint);
        }
    });
    (*optimization != before).then(|| ui.scope_id())
}

/// A number from 0 to below 1.
fn share(
    ui: &mut egui::Ui,
    state: &State,
    (name, hint): (&str, &str),
    speed: f64,
    value: &mut Real,
) {
    let label = |ui: &mut egui::Ui| ui.label(name);
    let row = egui::Sides::new().shrink_left().truncate();
    let field = |ui: &mut egui::Ui| number(ui, state, (speed, 0.999), value);
    let (label, field) = row.show(ui, label, field);
    field.labelled_by(label.id).on_hover_text(hint);
}

/// The field of a number from 0 to `most`.
pub fn number(
    ui: &mut egui::Ui,
    state: &State,
    (speed, most): (f64, f64),
    value: &mut Real,
) -> Response {
    let numbers = state.text();
    let mut shown = f64::from(value.get());
    let field = DragValue::new(&mut shown)
        .range(0.0..=most)
        .speed(speed)
        .max_decimals(6)
        .custom_formatter(|value, _| numbers.shortest(value, 6))
        .custom_parser(|typed| numbers.typed_number(typed));
    let response = ui.add(field);
    if response.changed() {
        *value = Real::new(shown as f32);
    }
    response
}
