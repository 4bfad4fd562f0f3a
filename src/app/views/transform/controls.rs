//! Which picture, and what is done to it.

use crate::app::model::action::Action;
use crate::app::model::state::State;
use crate::app::model::transform::TransformSettings;
use crate::app::widgets;
use crate::app::widgets::thumb::Thumbs;
use convlens_core::dataset::picture::Transform;
use eframe::egui::{self, Grid, Slider};
use std::ops::RangeInclusive;

/// Pixels, either way.
pub const MOST_SHIFT: f32 = 14.0;

/// One slider.
struct Control<'a> {
    name: &'static str,
    hint: &'static str,
    value: &'a mut f32,
    range: RangeInclusive<f32>,
    step: f64,
    unit: &'static str,
    /// How many times as large it is shown as it is.
    shown: f64,
}

/// Before a class there are only so many.
const FEW: usize = 4;

/// The picture, a slider for each way or the first few, and back to how it was.
pub fn show(
    ui: &mut egui::Ui,
    state: &State,
    (thumbs, are_few): (&mut Thumbs, bool),
    settings: &mut TransformSettings,
    actions: &mut Vec<Action>,
) {
    let text = state.text();
    let words = &text.transform;
    ui.horizontal_wrapped(|ui| {
        if let Some(image) = widgets::picker::show(ui, state, thumbs, Some(state.image_at_hand())) {
            actions.push(Action::SetImage(image));
        }
        let changed = !settings.transform.is_none();
        let reset = ui.add_enabled(changed, egui::Button::new(words.reset));
        if reset.on_hover_text(words.reset_hint).clicked() {
            settings.transform = Transform::default();
        }
    });
    let Transform {
        shift: [down, right],
        turn,
        zoom,
        light,
        noise,
        cover,
    } = &mut settings.transform;
    let control = |name, hint, value, range, step| Control {
        name,
        hint,
        value,
        range,
        step,
        unit: "",
        shown: 1.0,
    };
    let shift = -MOST_SHIFT..=MOST_SHIFT;
    let percent = |control| Control {
        unit: "\u{a0}%",
        shown: 100.0,
        ..control
    };
    let pixels = |control| Control {
        unit: "\u{a0}px",
        ..control
    };
    let controls = [
        pixels(control(
            words.right,
            words.right_hint,
            right,
            shift.clone(),
            1.0,
        )),
        pixels(control(words.down, words.down_hint, down, shift, 1.0)),
        Control {
            unit: "°",
            ..control(words.turn, words.turn_hint, turn, -180.0..=180.0, 5.0)
        },
        Control {
            unit: "×",
            ..control(words.zoom, words.zoom_hint, zoom, 0.5..=2.0, 0.05)
        },
        percent(control(
            words.light,
            words.light_hint,
            light,
            -1.0..=1.0,
            0.05,
        )),
        percent(control(
            words.noise,
            words.noise_hint,
            noise,
            0.0..=1.0,
            0.02,
        )),
        percent(control(
            words.cover,
            words.cover_hint,
            cover,
            0.0..=0.9,
            0.05,
        )),
    ];
    let count = if are_few { FEW } else { controls.len() };
    Grid::new("transform controls")
        .num_columns(2)
        .spacing([8.0, 2.0])
        .show(ui, |ui| {
            ui.spacing_mut().interact_size.y = 20.0;
            for Control {
                name,
                hint,
                value,
                range,
                step,
                unit,
                shown,
            } in controls.into_iter().take(count)
            {
                let label = ui.label(name).on_hover_text(hint);
                let slider = Slider::new(value, range)
                    .step_by(step)
                    .suffix(unit)
                    .custom_formatter(|value, _| text.shortest(value * shown, 2))
                    .custom_parser(|typed| {
                        let typed = typed.trim().trim_end_matches(unit.trim());
                        Some(text.typed_number(typed)? / shown)
                    });
                ui.add(slider).labelled_by(label.id).on_hover_text(hint);
                ui.end_row();
            }
        });
}
