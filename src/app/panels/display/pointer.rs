//! A ring around the pointer, to be found from the back of a room.

use crate::app::widgets;
use eframe::egui::{self, Color32, Id, LayerId, Order, Stroke};

/// Radius of the ring in points.
const RADIUS: f32 = 20.0;

pub fn emphasize(ctx: &egui::Context) {
    let Some(at) = ctx.pointer_hover_pos() else {
        return;
    };
    let pressed = ctx.input(|input| input.pointer.any_down());
    let radius = if pressed { RADIUS * 0.7 } else { RADIUS };
    let painter = ctx.layer_painter(LayerId::new(Order::Tooltip, Id::unique("pointer")));
    // Dark around bright, to be seen on any picture and in both themes.
    painter.circle_stroke(at, radius, Stroke::new(5.0, Color32::BLACK));
    painter.circle_stroke(at, radius, Stroke::new(3.0, widgets::theme::mark()));
}
