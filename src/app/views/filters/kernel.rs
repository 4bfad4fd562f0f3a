//! One filter, or some of its slices; the weight under the pointer, or all of them where there are few.

use crate::app::views::filters::Shown;
use crate::app::widgets;
use crate::app::widgets::textures::Textures;
use crate::text::Text;
use convlens_core::render::mosaic_columns;
use eframe::egui::{
    self, Align2, Color32, FontId, Id, Rect, Role, Sense, Stroke, StrokeKind, WidgetInfo, vec2,
};

/// Least size of a weight, in points, at which its value is written into it.
const WRITTEN: f32 = 40.0;

/// Draws these slices of the selected filter, about `side` points wide.
pub fn show(
    ui: &mut egui::Ui,
    text: &Text,
    shown: &Shown<'_>,
    channels: &[usize],
    side: f32,
    textures: &mut Textures,
) {
    let kernels = shown.kernels;
    let slices = kernels.slices(shown.filter, channels);
    let step = kernels.side + 1;
    let columns = mosaic_columns(channels.len()).max(1);
    let rows = channels.len().div_ceil(columns).max(1);
    let (width, height) = (columns * step - 1, rows * step - 1);
    let unit = (side / width as f32).floor().max(1.0);
    let size = vec2(width as f32, height as f32) * unit;
    let (rect, response) = ui.allocate_exact_size(size, Sense::hover());
    let words = match channels {
        [channel] if kernels.channels > 1 => text.channel_name(&channel.to_string()),
        _ => text.filter_title(&kernels.name, shown.filter, kernels.side, kernels.channels),
    };
    response.widget_info(|| WidgetInfo::labeled(Role::Image, true, &words));
    let place = (Id::unique(("kernel", channels.first())), Color32::WHITE);
    shown.paint(ui, (shown.filter, channels), rect, place, textures);
    let painter = ui.painter();
    let line = ui.visuals().widgets.noninteractive.bg_stroke;
    painter.rect_stroke(rect, 0.0, line, StrokeKind::Outside);
    if unit >= WRITTEN && channels.len() == 1 {
        for (place, &value) in slices.iter().enumerate() {
            let cell = vec2((place % kernels.side) as f32, (place / kernels.side) as f32);
            let middle = rect.min + (cell + vec2(0.5, 0.5)) * unit;
            let [r, g, b] = shown.colormap.color(value, shown.range);
            let ink = widgets::theme::ink_on(Color32::from_rgb(r, g, b));
            let font = FontId::proportional(12.5);
            painter.text(middle, Align2::CENTER_CENTER, text.value(value), font, ink);
        }
    }
    let Some(at) = response.hover_pos() else {
        return;
    };
    let at = (at - rect.min) / unit;
    let (x, y) = (
        (at.x as usize).min(width - 1),
        (at.y as usize).min(height - 1),
    );
    let (column, row) = (x % step, y % step);
    let channel = y / step * columns + x / step;
    let Some(&channel) = channels.get(channel) else {
        return;
    };
    if column == kernels.side || row == kernels.side {
        return;
    }
    let corner = rect.min + vec2(x as f32, y as f32) * unit;
    let cell = Rect::from_min_size(corner, vec2(unit, unit));
    let edge = Stroke::new(2.0, widgets::theme::accent(ui));
    painter.rect_stroke(cell, 0.0, edge, StrokeKind::Outside);
    let weights = kernels.filter(shown.filter);
    let value = weights[(channel * kernels.side + row) * kernels.side + column];
    response.on_hover_text_at_pointer(text.weight_at(channel, row, column, value));
}
