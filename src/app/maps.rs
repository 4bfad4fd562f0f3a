//! The Maps view: the notebook's figure, alive. Rows are test images, columns layers, or one
//! layer's maps side by side.

use eframe::egui::{
    self, Button, ComboBox, DragValue, ProgressBar, Rect, RichText, Role, ScrollArea, Sense,
    Slider, Stroke, StrokeKind, WidgetInfo, pos2, vec2,
};

use super::action::Action;
use super::explore::MapsAnswer;
use super::state::State;
use super::textures::Textures;
use super::theme;
use crate::dataset::{Dataset, IMAGE_SIDE};
use crate::figures::{Cell, Column, MapSet, MapsSettings, cell, columns, most_likely};
use crate::render::{RangeMode, ValueRange, grey_picture, heatmap};
use crate::text::Text;

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
}

impl MapsView {
    pub fn show(&mut self, ui: &mut egui::Ui, state: &State, actions: &mut Vec<Action>) {
        let (Some(maps), Some(dataset)) = (state.maps.clone(), state.dataset.clone()) else {
            ui.centered_and_justified(|ui| ui.label(state.text().opening_data));
            return;
        };
        controls(ui, state, &maps, actions);
        let columns = columns(&maps.set, &state.preferences.maps);
        if columns.is_empty() {
            ui.add_space(20.0);
            ui.label(state.text().no_maps);
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
            self.row_head(ui, state, maps, dataset, row, head, actions);
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
            text.all_zero.to_owned()
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

    /// Picture, index, class and prediction.
    #[expect(
        clippy::too_many_arguments,
        reason = "place, content and context of one drawing"
    )]
    fn row_head(
        &mut self,
        ui: &mut egui::Ui,
        state: &State,
        maps: &MapsAnswer,
        dataset: &Dataset,
        row: usize,
        rect: Rect,
        actions: &mut Vec<Action>,
    ) {
        let text = state.text();
        let index = maps.set.images[row];
        if index >= dataset.test.len() {
            return;
        }
        let Some(probabilities) = maps.set.activations.probabilities.get(row) else {
            return;
        };
        let predicted = most_likely(probabilities);
        let label = dataset.test.label(index);
        let thumb = Rect::from_min_size(rect.min, vec2(56.0, 56.0));
        let id = egui::Id::unique(("picture", row));
        let version = (maps.asked.dataset, index);
        let texture = self.textures.get(ui.ctx(), id, version, || {
            grey_picture(IMAGE_SIDE, IMAGE_SIDE, dataset.test.image(index))
        });
        let whole = Rect::from_min_max(pos2(0.0, 0.0), pos2(1.0, 1.0));
        ui.painter()
            .image(texture.id(), thumb, whole, egui::Color32::WHITE);
        let words = Rect::from_min_max(pos2(thumb.max.x + 8.0, rect.min.y), rect.max);
        let mut head = ui.new_child(egui::UiBuilder::new().max_rect(words).id_salt(row));
        head.spacing_mut().item_spacing.y = 2.0;
        head.horizontal(|ui| {
            ui.label(theme::strong(format!("#{index}")));
            if maps.set.images.len() > 1 {
                let close = ui.add(Button::new("×").frame(false));
                theme::name(&close, &text.remove_image(index));
                if close.on_hover_text(text.remove_image(index)).clicked() {
                    let mut settings = state.preferences.maps.clone();
                    settings.toggle(index);
                    actions.push(Action::SetMaps(settings));
                }
            }
        });
        head.label(text.class_name(label));
        let right = predicted == usize::from(label);
        let (mark, color) = if right {
            ("✓", theme::good_color(&head))
        } else {
            ("✗", theme::error_color(&head))
        };
        let probability = probabilities[predicted];
        let words = text.prediction(predicted as u8, f64::from(probability));
        head.add(
            egui::Label::new(
                RichText::new(format!("{mark} {words}"))
                    .small()
                    .color(color),
            )
            .wrap(),
        );
        head.add(
            ProgressBar::new(probability)
                .desired_height(5.0)
                .fill(color),
        );
    }
}

/// Convolution number, range, ReLU, layer, saving.
fn controls(ui: &mut egui::Ui, state: &State, maps: &MapsAnswer, actions: &mut Vec<Action>) {
    let text = state.text();
    let mut settings = state.preferences.maps.clone();
    let layers = &maps.set.activations.layers;
    let shown = layers.iter().filter(|layer| {
        settings
            .layer
            .as_ref()
            .is_none_or(|name| *name == layer.name)
    });
    let channels = shown.map(|layer| layer.channels).max();
    ui.horizontal_wrapped(|ui| {
        layer_menu(ui, text, &maps.set, &mut settings);
        ui.separator();
        if let Some(channels) = channels {
            let label = ui.label(text.convolution);
            let mut number = settings.convolution.min(channels - 1);
            ui.spacing_mut().slider_width = 110.0;
            let slider = Slider::new(&mut number, 0..=channels - 1).show_value(false);
            let slider = ui.add(slider).labelled_by(label.id);
            let typed = ui
                .add(
                    DragValue::new(&mut number)
                        .range(0..=channels - 1)
                        .speed(0.2),
                )
                .labelled_by(label.id);
            if slider.changed() || typed.changed() {
                settings.convolution = number;
            }
            ui.label(RichText::new(text.nth_of(number, channels)).weak());
            ui.separator();
        }
        range_menu(ui, text, &mut settings);
        ui.separator();
        ui.checkbox(&mut settings.before_relu, text.before_relu)
            .on_hover_text(text.before_relu_hint);
    });
    let whose = if state.is_built_in {
        text.built_in_network.to_owned()
    } else {
        text.weights_of(maps.snapshot.epochs, maps.snapshot.step)
    };
    ui.horizontal(|ui| {
        let save = ui
            .add(Button::new(text.save_figure_button).small())
            .on_hover_text(text.save_figure_hint);
        if save.clicked() {
            actions.push(Action::ChooseFigureFile);
        }
        ui.label(RichText::new(whose).small().weak());
    });
    if settings != state.preferences.maps {
        actions.push(Action::SetMaps(settings));
    }
    shortcuts(ui, state, channels.unwrap_or(1), actions);
}

fn layer_menu(ui: &mut egui::Ui, text: &Text, maps: &MapSet, settings: &mut MapsSettings) {
    let label = ui.label(text.layer);
    let shown = settings
        .layer
        .clone()
        .unwrap_or_else(|| text.all_layers.to_owned());
    ComboBox::from_id_salt("layer")
        .selected_text(shown)
        .width(96.0)
        .show_ui(ui, |ui| {
            ui.selectable_value(&mut settings.layer, None, text.all_layers);
            for layer in &maps.activations.layers {
                ui.selectable_value(&mut settings.layer, Some(layer.name.clone()), &layer.name);
            }
        })
        .response
        .labelled_by(label.id);
}

fn range_menu(ui: &mut egui::Ui, text: &Text, settings: &mut MapsSettings) {
    let label = ui.label(text.range_label).on_hover_text(text.range_hint);
    ComboBox::from_id_salt("range")
        .selected_text(text.range_mode(settings.range))
        .width(104.0)
        .show_ui(ui, |ui| {
            let modes = [
                RangeMode::PerMap,
                RangeMode::PerColumn,
                RangeMode::PerLayer,
                RangeMode::Fixed(settings.fixed),
            ];
            for mode in modes {
                ui.selectable_value(&mut settings.range, mode, text.range_mode(mode))
                    .on_hover_text(text.range_mode_hint(mode));
            }
        })
        .response
        .labelled_by(label.id);
    if matches!(settings.range, RangeMode::Fixed(_)) {
        let ValueRange { min, max } = settings.fixed;
        let low = DragValue::new(&mut settings.fixed.min).range(-1000.0..=max - 0.01);
        let low = ui.add(low.speed(0.02).max_decimals(2));
        theme::name(&low, text.lowest);
        let high = DragValue::new(&mut settings.fixed.max).range(min + 0.01..=1000.0);
        let high = ui.add(high.speed(0.02).max_decimals(2));
        theme::name(&high, text.highest);
        settings.range = RangeMode::Fixed(settings.fixed);
    }
}

/// ← and → change the convolution number.
fn shortcuts(ui: &egui::Ui, state: &State, channels: usize, actions: &mut Vec<Action>) {
    if ui.ctx().memory(|memory| memory.focused().is_some()) {
        return;
    }
    let pressed = |key| ui.input(|input| input.key_pressed(key));
    let mut settings = state.preferences.maps.clone();
    let last = channels - 1;
    let now = settings.convolution.min(last);
    if pressed(egui::Key::ArrowRight) {
        settings.convolution = (now + 1).min(last);
    }
    if pressed(egui::Key::ArrowLeft) {
        settings.convolution = now.saturating_sub(1);
    }
    if settings.convolution != state.preferences.maps.convolution {
        actions.push(Action::SetMaps(settings));
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
        text.show_all_layers
    } else {
        text.show_layer_alone
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
