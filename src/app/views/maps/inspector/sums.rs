//! The column of figures that add up.

use crate::app::widgets;
use crate::text::Text;
use convlens_core::explore::Inspection;
use eframe::egui::{self, RichText};

/// Width of the column.
pub const WIDTH: f32 = 190.0;

/// A figure and its name.
pub type Line<'a> = (&'a str, f64);

/// Draws the lines, then the value in the map and what float32 rounded away.
pub fn show(ui: &mut egui::Ui, text: &Text, lines: &[Line<'_>], result: &str, of: &Inspection) {
    ui.spacing_mut().interact_size.y = 14.0;
    ui.spacing_mut().item_spacing.y = 1.0;
    let mut line = |name: RichText, value: RichText, hint: Option<&str>| {
        let row = ui.horizontal(|ui| {
            ui.set_width(WIDTH - 14.0);
            ui.label(name);
            let right = egui::Layout::right_to_left(egui::Align::Center);
            ui.with_layout(right, |ui| ui.label(value));
        });
        if let Some(hint) = hint {
            row.response.on_hover_text(hint);
        }
    };
    for (name, value) in lines {
        let value = RichText::new(text.signed(*value, 4)).small();
        line(RichText::new(*name).small(), value, None);
    }
    let value = text.decimal(f64::from(of.value), 4);
    line(
        widgets::theme::strong(result),
        widgets::theme::strong(value),
        None,
    );
    let difference = text.value(of.difference() as f32);
    line(
        RichText::new(text.inspector.rounding).small().weak(),
        RichText::new(difference).small().weak(),
        Some(text.inspector.rounding_hint),
    );
}
