//! How training pictures are changed: one line that says it, and a menu to change it and see it.

use super::optimization::{menu_button, number};
use crate::app::model::state::State;
use crate::app::widgets;
use crate::app::widgets::thumb::Thumbs;
use crate::text::Text;
use convlens_core::network::Real;
use convlens_core::training::{Amount, Augmentation, RunConfig};
use eframe::egui::{self, Id, Popup, PopupCloseBehavior, Role, Sense, WidgetInfo, vec2};

/// Pictures that are shown as examples, each as an epoch meets it.
const EXAMPLES: usize = 5;
/// How large, in points.
const SIDE: f32 = 48.0;

/// The id of what was changed.
pub fn show(
    ui: &mut egui::Ui,
    state: &State,
    config: &mut RunConfig,
    thumbs: &mut Thumbs,
) -> Option<Id> {
    let text = state.text();
    let short = in_short(text, &config.augmentation);
    let words = (text.training.augmentation, text.training.augmentation_hint);
    let button = menu_button(ui, words, &short);
    let mut changed = None;
    Popup::from_toggle_button_response(&button)
        .close_behavior(PopupCloseBehavior::CloseOnClickOutside)
        .show(|ui| {
            ui.set_min_width(SIDE * EXAMPLES as f32 + 16.0);
            ui.spacing_mut().item_spacing.y = 4.0;
            let before = config.augmentation;
            menu(ui, state, &mut config.augmentation);
            examples(ui, state, config, thumbs);
            changed = (config.augmentation != before).then(|| ui.scope_id());
        });
    changed
}

/// The field's words for one way, and what it does.
fn words(text: &Text, amount: Amount) -> (&'static str, &'static str) {
    let text = &text.training;
    match amount {
        Amount::Shift => (text.shift, text.shift_hint),
        Amount::Turn => (text.turn, text.turn_hint),
        Amount::Zoom => (text.zoom, text.zoom_hint),
        Amount::Brightness => (text.brightness, text.brightness_hint),
        Amount::Cutout => (text.cutout, text.cutout_hint),
    }
}

fn in_short(text: &Text, augmentation: &Augmentation) -> String {
    let mut parts = Vec::new();
    if augmentation.flip {
        parts.push(text.training.flip.to_lowercase());
    }
    for way in Amount::ALL {
        let value = f64::from(augmentation.amount(way).get());
        if value > 0.0 {
            let (name, _) = words(text, way);
            let value = text.shortest(value, 3);
            parts.push(format!("{} {value}", name.to_lowercase()));
        }
    }
    if parts.is_empty() {
        return text.training.no_augmentation.to_owned();
    }
    parts.join(", ")
}

fn menu(ui: &mut egui::Ui, state: &State, augmentation: &mut Augmentation) {
    let text = state.text();
    ui.checkbox(&mut augmentation.flip, text.training.flip)
        .on_hover_text(text.training.flip_hint);
    for way in Amount::ALL {
        let speed = if way == Amount::Turn { 0.5 } else { 0.005 };
        let most = f64::from(way.most());
        let value = augmentation.amount_mut(way);
        let (name, hint) = words(text, way);
        let is_on = value.get() > 0.0;
        let mut wanted = is_on;
        let left = |ui: &mut egui::Ui| ui.checkbox(&mut wanted, name).on_hover_text(hint);
        let right = |ui: &mut egui::Ui| {
            ui.add_enabled_ui(is_on, |ui| {
                let field = number(ui, state, (speed, most), value);
                widgets::theme::name_as(&field, Role::SpinButton, &text.amount_of(name));
            });
        };
        let row = egui::Sides::new().shrink_left().truncate();
        row.show(ui, left, right);
        if wanted != is_on {
            *value = if wanted { way.usual() } else { Real::default() };
        }
    }
}

/// The first training picture, as it is met in the first epochs.
fn examples(ui: &mut egui::Ui, state: &State, config: &RunConfig, thumbs: &mut Thumbs) {
    let text = state.text();
    let Some(dataset) = state.trainable() else {
        return;
    };
    ui.add(egui::Label::new(egui::RichText::new(text.training.as_met).small().weak()).wrap());
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = 4.0;
        for epoch in 1..=EXAMPLES {
            let (room, response) = ui.allocate_exact_size(vec2(SIDE, SIDE), Sense::hover());
            let name = format!("{} {epoch}", text.curves.epoch);
            response.widget_info(|| WidgetInfo::labeled(Role::Image, true, &name));
            let version = (dataset.id(), config.augmentation, config.seed);
            let place = Id::unique(("augmented", epoch));
            thumbs.paint(ui, room, place, version, dataset.size(), || {
                let train = &dataset.train;
                config.augmentation.picture(train, 0, config.seed, epoch)
            });
            response.on_hover_text(name);
        }
    });
}
