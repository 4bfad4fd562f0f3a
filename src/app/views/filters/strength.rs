//! How strong each slice of a later layer's filter is, by input channel, and the strongest slices, large enough to be read.

use crate::app::views::filters::{Shown, block_title};
use crate::app::widgets::textures::Textures;
use crate::app::{views, widgets};
use crate::text::Text;
use convlens_core::render::mosaic_columns;
use eframe::egui::{self, Rect, RichText, Role, Sense, StrokeKind, WidgetInfo, vec2};

/// Slices drawn large, and how many of them in a row.
const LARGE: (usize, usize) = (6, 3);

/// Highest cell of the strengths.
const CELL: f32 = 14.0;

pub fn show(
    ui: &mut egui::Ui,
    text: &'static Text,
    shown: &Shown<'_>,
    width: f32,
    textures: &mut Textures,
) {
    let words = &text.filters;
    block_title(ui, words.strength, Some(words.strength_hint));
    let strengths = shown.kernels.strengths(shown.filter);
    grid(ui, text, &strengths, width);
    ui.add_space(4.0);
    block_title(ui, words.strongest, Some(words.strongest_hint));
    let (count, in_a_row) = LARGE;
    let side = (width - 2.0 * 8.0) / in_a_row as f32;
    for row in shown
        .kernels
        .strongest(shown.filter, count)
        .chunks(in_a_row)
    {
        ui.horizontal(|ui| {
            for channel in row {
                ui.vertical(|ui| {
                    ui.spacing_mut().item_spacing.y = 1.0;
                    ui.set_width(side);
                    views::filters::kernel::show(ui, text, shown, &[*channel], side, textures);
                    ui.label(RichText::new(channel.to_string()).small().weak());
                });
            }
        });
    }
}

/// A cell for each input channel, in reading order.
fn grid(ui: &mut egui::Ui, text: &Text, strengths: &[f32], width: f32) {
    let columns = mosaic_columns(strengths.len()).max(1);
    let rows = strengths.len().div_ceil(columns);
    let cell = vec2(width / columns as f32, (width / columns as f32).min(CELL));
    let size = vec2(width, rows as f32 * cell.y);
    let (area, response) = ui.allocate_exact_size(size, Sense::hover());
    let most = strengths.iter().copied().fold(f32::MIN_POSITIVE, f32::max);
    let place = |channel: usize| {
        let at = vec2((channel % columns) as f32, (channel / columns) as f32);
        Rect::from_min_size(area.min + at * cell, cell)
    };
    let ground = ui.visuals().panel_fill;
    let full = widgets::theme::amount(ui);
    for (channel, strength) in strengths.iter().enumerate() {
        let fill = ground.lerp_to_gamma(full, strength / most);
        ui.painter()
            .rect_filled(place(channel).shrink(0.5), 0.0, fill);
    }
    let line = ui.visuals().widgets.noninteractive.bg_stroke;
    ui.painter()
        .rect_stroke(area, 0.0, line, StrokeKind::Outside);
    response.widget_info(|| WidgetInfo::labeled(Role::Image, true, text.filters.strength));
    let pointed_at = response
        .hover_pos()
        .and_then(|at| (0..strengths.len()).find(|&channel| place(channel).contains(at)));
    if let Some(channel) = pointed_at {
        let name = text.channel_name(&channel.to_string());
        let words = format!("{name}: {}", text.value(strengths[channel]));
        response.on_hover_text_at_pointer(words);
    }
}
