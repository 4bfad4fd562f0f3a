//! The arithmetic in words: the size by its formula, the products and their sum.

use crate::app::model::state::State;
use crate::app::views::by_hand::Shown;
use crate::app::widgets;
use convlens_core::explore::by_hand::Operation;
use eframe::egui::{self, RichText};

pub fn show(ui: &mut egui::Ui, state: &State, shown: &Shown<'_>) {
    let text = state.text();
    let position = &shown.position;
    // Adding 0 takes the sign from −0.
    let number = |value: f64| text.shortest(value + 0.0, 3);
    let signed = |value: f64| {
        let words = number(value);
        if value < 0.0 {
            format!("({words})")
        } else {
            words
        }
    };
    let sum = match &shown.sliding.operation {
        Operation::Convolution(kernel) => {
            let terms = position.patch.iter().zip(kernel.values());
            let terms: Vec<String> = terms
                .map(|(value, weight)| {
                    format!("{} × {}", number(value.unwrap_or(0.0)), signed(*weight))
                })
                .collect();
            format!("{} = ", terms.join(" + "))
        }
        Operation::MaxPool => {
            let values = position.patch.iter().flatten();
            let values: Vec<String> = values.map(|value| number(*value)).collect();
            format!("max({}) = ", values.join("; "))
        }
    };
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing.x = 0.0;
        ui.label(sum);
        let result =
            widgets::theme::strong(number(position.value)).color(widgets::theme::accent(ui));
        ui.label(result);
    });
    ui.add_space(4.0);
    let (n, p) = (shown.picture.width, shown.sliding.border());
    let (k, s) = (shown.sliding.side(), shown.sliding.stride);
    let formula = text.output_size(n, p, k, s, shown.output.width);
    ui.label(formula);
    let hint = match shown.sliding.operation {
        Operation::Convolution(_) => text.by_hand.not_flipped,
        Operation::MaxPool => text.by_hand.pool_keeps,
    };
    let hint = RichText::new(hint).color(ui.visuals().weak_text_color());
    widgets::whole::for_class(ui, state, hint);
}
