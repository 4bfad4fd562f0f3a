//! The Maps view: the notebook's figure, alive. Rows are test images, columns layers, or one
//! layer's maps side by side.

mod controls;
mod question;
mod row_head;
mod save_menu;

use eframe::egui::{
    self, Button, Rect, RichText, Role, ScrollArea, Sense, Stroke, StrokeKind, WidgetInfo, pos2,
    vec2,
};

use crate::app::action::Action;
use crate::app::state::State;
use crate::app::textures::Textures;
use crate::app::theme;
use crate::dataset::Dataset;
use crate::figures::{Cell, Column, cell, columns};
use crate::render::{ValueRange, heatmap};

pub use question::{MapsAnswer, MapsAsked, request};

/// Room for the head of a row: picture and prediction.
const HEAD_WIDTH: f32 = 176.0;
/// Room for title and shape above a column.
const TITLE_HEIGHT: f32 = 38.0;
/// Room for the range below a map.
const CAPTION_HEIGHT: f32 = 20.0;
const GAP: f32 = 10.0;
/// Smallest side of a map on screen; below it the view scrolls.
const SMALLEST_MAP: f32 = 72.0;
const LARGEST_MAP: f32 = 420.0;

/// The view; it owns its textures.
#[derive(Default)]
pub struct MapsView {
    textures: Textures,
    save_menu: save_menu::SaveMenu,
}

impl MapsView {
    pub fn show(&mut self, ui: &mut egui::Ui, state: &State, actions: &mut Vec<Action>) {
        let (Some(maps), Some(dataset)) = (state.maps.answer().cloned(), state.dataset.clone())
        else {
            ui.centered_and_justified(|ui| ui.label(state.text().data.opening_data));
            return;
        };
        controls::show(ui, state, &maps, &mut self.save_menu, actions);
        let columns = columns(&maps.set, &state.preferences.maps);
        if columns.is_empty() {
            ui.add_space(20.0);
            ui.label(state.text().maps.no_maps);
        }
        ui.add_space(4.0);
        ScrollArea::both().show(ui, |ui| {
            self.grid(ui, state, &maps, &dataset, &columns, actions);
        });
    }

    fn grid(
        &mut self,
        ui: &mut egui::Ui,
        state: &State,
        maps: &MapsAnswer,
        dataset: &Dataset,
        columns: &[Column],
        actions: &mut Vec<Action>,
    ) {
        let rows = maps.set.images.len();
        let side = map_side(ui.available_size(), rows, columns.len());
        let width = HEAD_WIDTH + columns.len() as f32 * (side + GAP);
        let height = TITLE_HEIGHT + rows as f32 * (side + CAPTION_HEIGHT + GAP);
        let (area, _) = ui.allocate_exact_size(vec2(width, height), Sense::hover());
        let left = |column: usize| area.min.x + HEAD_WIDTH + column as f32 * (side + GAP);
        for (number, column) in columns.iter().enumerate() {
            let corner = pos2(left(number), area.min.y);
            let rect = Rect::from_min_size(corner, vec2(side, TITLE_HEIGHT));
            column_title(ui, state, maps, *column, rect, actions);
        }
        for row in 0..rows {
            let top = area.min.y + TITLE_HEIGHT + row as f32 * (side + CAPTION_HEIGHT + GAP);
            let head = Rect::from_min_size(pos2(area.min.x, top), vec2(HEAD_WIDTH - GAP, side));
            row_head::show(
                ui,
                state,
                maps,
                dataset,
                row,
                head,
                &mut self.textures,
                actions,
            );
            for (number, column) in columns.iter().enumerate() {
                let rect = Rect::from_min_size(pos2(left(number), top), vec2(side, side));
                if let Some(cell) = cell(&maps.set, &state.preferences.maps, *column, row) {
                    self.map(ui, state, maps, &cell, *column, (row, number), rect);
                }
            }
        }
    }

    /// One map with its range below.
    #[expect(
        clippy::too_many_arguments,
        reason = "place, content and context of one drawing"
    )]
    fn map(
        &mut self,
        ui: &mut egui::Ui,
        state: &State,
        maps: &MapsAnswer,
        cell: &Cell<'_>,
        column: Column,
        place: (usize, usize),
        rect: Rect,
    ) {
        let text = state.text();
        let settings = &state.preferences.maps;
        let version = (
            (
                maps.asked.version,
                maps.asked.dataset,
                maps.set.images[place.0],
            ),
            (column.layer, cell.channel, settings.before_relu),
            (cell.range.min.to_bits(), cell.range.max.to_bits()),
        );
        let id = egui::Id::unique(("map", place));
        let texture = self.textures.get(ui.ctx(), id, version, || {
            heatmap(
                cell.width,
                cell.height,
                cell.values,
                cell.range,
                cell.colormap,
            )
        });
        let layer = &maps.set.activations.layers[column.layer];
        let response = ui.interact(rect, id, Sense::hover());
        let words = text.map_name(&layer.name, cell.channel, maps.set.images[place.0]);
        let painter = ui.painter();
        let whole = Rect::from_min_max(pos2(0.0, 0.0), pos2(1.0, 1.0));
        painter.image(texture.id(), rect, whole, egui::Color32::WHITE);
        let line = ui.visuals().widgets.noninteractive.bg_stroke;
        painter.rect_stroke(rect, 0.0, line, StrokeKind::Outside);

        let all_zero = cell.own_range == ValueRange::default();
        let caption = if all_zero {
            text.maps.all_zero.to_owned()
        } else {
            text.range(cell.own_range)
        };
        response
            .widget_info(|| WidgetInfo::labeled(Role::Image, true, format!("{words}: {caption}")));
        let below = pos2(rect.center().x, rect.max.y + 3.0);
        let color = ui.visuals().weak_text_color();
        let font = egui::TextStyle::Small.resolve(ui.style());
        painter.text(below, egui::Align2::CENTER_TOP, caption, font, color);
        if let Some(at) = response.hover_pos() {
            let x = ((at.x - rect.min.x) / rect.width() * cell.width as f32) as usize;
            let y = ((at.y - rect.min.y) / rect.height() * cell.height as f32) as usize;
            let (x, y) = (x.min(cell.width - 1), y.min(cell.height - 1));
            let unit = vec2(
                rect.width() / cell.width as f32,
                rect.height() / cell.height as f32,
            );
            let corner = rect.min + vec2(x as f32 * unit.x, y as f32 * unit.y);
            let hovered = Rect::from_min_size(corner, unit);
            let mark = Stroke::new(2.0, theme::second(ui));
            painter.rect_stroke(hovered, 0.0, mark, StrokeKind::Outside);
            let value = cell.values[y * cell.width + x];
            response.on_hover_text_at_pointer(text.map_value(&words, y, x, value));
        }
    }
}

/// Title and shape of a column; clicking shows its layer alone, or all again.
fn column_title(
    ui: &mut egui::Ui,
    state: &State,
    maps: &MapsAnswer,
    column: Column,
    rect: Rect,
    actions: &mut Vec<Action>,
) {
    let text = state.text();
    let layer = &maps.set.activations.layers[column.layer];
    let alone = state.preferences.maps.layer.is_some();
    let title = if alone {
        format!("{} · {}", layer.name, column.channel)
    } else {
        layer.name.clone()
    };
    let mut shape = format!("{}×{}×{}", layer.channels, layer.height, layer.width);
    if column.clamped {
        shape = text.clamped(column.channel, layer.channels);
    }
    let mut child = ui.new_child(
        egui::UiBuilder::new()
            .max_rect(rect)
            .layout(egui::Layout::top_down(egui::Align::Center))
            .id_salt(("title", column.layer, column.channel)),
    );
    child.spacing_mut().item_spacing.y = 0.0;
    let hint = if alone {
        text.maps.show_all_layers
    } else {
        text.maps.show_layer_alone
    };
    let button = child
        .add(Button::new(theme::strong(title)).frame(false))
        .on_hover_text(hint);
    let color = if column.clamped {
        theme::accent(ui)
    } else {
        ui.visuals().weak_text_color()
    };
    child.label(RichText::new(shape).small().color(color));
    if button.clicked() {
        let mut settings = state.preferences.maps.clone();
        settings.layer = (!alone).then(|| layer.name.clone());
        actions.push(Action::SetMaps(settings));
    }
}

/// The side that makes the grid fit, within limits.
fn map_side(room: egui::Vec2, rows: usize, columns: usize) -> f32 {
    let (rows, columns) = (rows.max(1) as f32, columns.max(1) as f32);
    let wide = (room.x - HEAD_WIDTH) / columns - GAP;
    let high = (room.y - TITLE_HEIGHT) / rows - CAPTION_HEIGHT - GAP;
    wide.min(high).clamp(SMALLEST_MAP, LARGEST_MAP).floor()
}
