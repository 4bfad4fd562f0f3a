//! One filter, or some of its slices; the weight under the pointer, or all of them where there are few.

use crate::app::views::filters::Shown;
use crate::app::widgets;
use crate::app::widgets::textures::Textures;
use crate::text::Text;
use eframe::egui::{
    self, Align2, Color32, Id, Rect, Role, Sense, Stroke, StrokeKind, TextStyle, WidgetInfo, vec2,
};

/// Least size of a weight, in points, at which its value is written into it.
const WRITTEN: f32 = 40.0;

/// Around it, on both sides together.
const AROUND_NUMBER: f32 = 1.0;

/// Draws these slices of the selected filter, about `side` points wide.
pub fn show(
    ui: &mut egui::Ui,
    text: &'static Text,
    shown: &Shown<'_>,
    channels: &[usize],
    side: f32,
    textures: &mut Textures,
) {
    let kernels = shown.kernels;
    let slices = kernels.slices(shown.filter, channels);
    let (down, right) = (kernels.height + 1, kernels.width + 1);
    let (height, width, columns) = shown.extent(channels);
    let unit = side / width.max(height) as f32;
    let unit = if unit >= 1.0 { unit.floor() } else { unit };
    let size = vec2(width as f32, height as f32) * unit;
    let (rect, response) = ui.allocate_exact_size(size, Sense::hover());
    let words = match channels {
        [channel] if kernels.channels > 1 => text.channel_name(&channel.to_string()),
        _ => text.filter_title(&kernels.name, shown.filter, kernels),
    };
    response.widget_info(|| WidgetInfo::labeled(Role::Image, true, &words));
    let place = (Id::unique(("kernel", channels)), Color32::WHITE);
    shown.paint(ui, (shown.filter, channels), rect, place, textures);
    let painter = ui.painter();
    let line = ui.visuals().widgets.noninteractive.bg_stroke;
    painter.rect_stroke(rect, 0.0, line, StrokeKind::Outside);
    if unit >= WRITTEN && channels.len() == 1 {
        let style = TextStyle::Body;
        let font = style.resolve(ui.style());
        let written = widgets::layout::written(ui, &style, text, unit - AROUND_NUMBER);
        for (place, &value) in slices.iter().enumerate() {
            let cell = vec2(
                (place % kernels.width) as f32,
                (place / kernels.width) as f32,
            );
            let middle = rect.min + (cell + vec2(0.5, 0.5)) * unit;
            let [r, g, b] = shown.colormap.color(value, shown.range(shown.filter));
            let ink = widgets::theme::ink_on(Color32::from_rgb(r, g, b));
            painter.text(
                middle,
                Align2::CENTER_CENTER,
                written(value),
                font.clone(),
                ink,
            );
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
    let weights = kernels.filter(shown.filter);
    let at = |channel: usize, row: usize, column: usize| {
        weights[(channel * kernels.height + row) * kernels.width + column]
    };
    if shown.is_one(channels) {
        let values = [0, 1, 2].map(|channel| at(channel, y, x));
        response.on_hover_text_at_pointer(text.colour_weights_at(y, x, values));
        return;
    }
    let (column, row) = (x % right, y % down);
    let channel = y / down * columns + x / right;
    let Some(&channel) = channels.get(channel) else {
        return;
    };
    if column == kernels.width || row == kernels.height {
        return;
    }
    let corner = rect.min + vec2(x as f32, y as f32) * unit;
    let cell = Rect::from_min_size(corner, vec2(unit, unit));
    let edge = Stroke::new(2.0, widgets::theme::accent(ui));
    painter.rect_stroke(cell, 0.0, edge, StrokeKind::Outside);
    let value = at(channel, row, column);
    response.on_hover_text_at_pointer(text.weight_at(channel, row, column, value));
}
