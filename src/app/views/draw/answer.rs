//! What the network makes of the drawing: classes and maps.

use crate::app::model::state::State;
use crate::app::widgets;
use crate::app::widgets::textures::{Textures, fill};
use convlens_core::dataset::ImageId;
use convlens_core::figures::{self, MapSet, MapsSettings, cell, columns};
use convlens_core::render::heatmap;
use eframe::egui::{self, Align, Id, Layout, RichText, Role, Sense, StrokeKind, WidgetInfo, vec2};
/// Side of a map on screen.
const SMALLEST_MAP: f32 = 56.0;

const LARGEST_MAP: f32 = 160.0;

/// The panel; it owns its textures.
#[derive(Default)]
pub struct AnswerPanel {
    textures: Textures,
}

impl AnswerPanel {
    pub fn show(&mut self, ui: &mut egui::Ui, state: &State) {
        let text = state.text();
        let Some(maps) = state.drawn.answer().cloned() else {
            ui.label(text.data.opening_data);
            return;
        };
        crate::app::views::draw::title(ui, text.draw.prediction);
        // Here, as what follows says little then.
        if state.canvas.drawing().steps().is_unclear {
            let words = RichText::new(text.draw.unclear_ground);
            let words = words.color(widgets::theme::warning(ui));
            ui.add(egui::Label::new(words).wrap());
        }
        if let Some(probabilities) = maps.activations.probabilities.first() {
            let outputs = state
                .drawn
                .whose()
                .map_or(text, |whose| state.outputs_of(whose));
            widgets::class_bars::show(ui, outputs, probabilities);
        }
        if state.canvas.drawing().is_blank() {
            crate::app::views::draw::note(ui, text.draw.blank);
        }
        ui.add_space(6.0);
        let settings = MapsSettings {
            layer: None,
            ..state.preferences.maps.clone()
        };
        crate::app::views::draw::title(ui, text.maps.figure_title);
        let number = settings.convolution;
        crate::app::views::draw::note(ui, &format!("{} {number}", text.maps.convolution));
        let columns = columns(&maps, &settings);
        let share = ui.available_width() / columns.len().max(1) as f32;
        let gap = ui.spacing().item_spacing.x;
        let side = (share - gap).clamp(SMALLEST_MAP, LARGEST_MAP).floor();
        ui.horizontal_wrapped(|ui| {
            for column in columns {
                self.map(ui, state, &maps, &settings, column, side);
            }
        });
    }

    fn map(
        &mut self,
        ui: &mut egui::Ui,
        state: &State,
        maps: &MapSet,
        settings: &MapsSettings,
        column: figures::Column,
        side: f32,
    ) {
        let Some(cell) = cell(maps, settings, column, 0) else {
            return;
        };
        let text = state.text();
        let layer = &maps.activations.layers[column.layer];
        let layout = Layout::top_down(Align::Center);
        ui.allocate_ui_with_layout(vec2(side, side + 38.0), layout, |ui| {
            ui.spacing_mut().item_spacing.y = 2.0;
            ui.label(widgets::theme::strong(format!(
                "{} · {}",
                layer.name, cell.channel
            )));
            let (rect, response) = ui.allocate_exact_size(vec2(side, side), Sense::hover());
            let name = text.map_name(&layer.name, cell.channel, ImageId::Drawing);
            let range = text.range(cell.own_range);
            response
                .widget_info(|| WidgetInfo::labeled(Role::Image, true, format!("{name}: {range}")));
            let id = Id::unique(("map of drawing", column.layer));
            let version = (state.drawn.version(), cell.channel, settings.before_relu);
            let range_bits = (cell.range.min.to_bits(), cell.range.max.to_bits());
            let texture = self.textures.get(ui.ctx(), id, (version, range_bits), || {
                heatmap(
                    cell.width,
                    cell.height,
                    cell.values,
                    cell.range,
                    cell.colormap,
                )
            });
            fill(ui.painter(), &texture, rect);
            let line = ui.visuals().widgets.noninteractive.bg_stroke;
            ui.painter()
                .rect_stroke(rect, 0.0, line, StrokeKind::Outside);
            ui.label(RichText::new(range).small().weak());
        });
    }
}
