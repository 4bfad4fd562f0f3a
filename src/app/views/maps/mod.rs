//! The Maps view: the notebook's figure, alive. Rows are test images, columns layers, or one
//! layer's maps side by side.

mod controls;
mod inspector;
mod map;
mod outlines;
mod row_head;

use crate::app::model::action::Action;
use crate::app::model::maps::MapsAnswer;
use crate::app::model::state::State;
use crate::app::views::ViewPanel;
use crate::app::views::maps::map::Spot;
use crate::app::views::maps::row_head::RowHead;
use crate::app::widgets::textures::Textures;
use crate::app::{views, widgets};
use convlens_core::explore::Place;
use convlens_core::figures::{Column, cell, columns};
use eframe::egui::{self, Button, Rect, RichText, ScrollArea, Sense, pos2, vec2};

/// Room for the head of a row: picture and prediction.
const HEAD_WIDTH: f32 = 176.0;

/// Room for title and shape above a column.
const TITLE_HEIGHT: f32 = 42.0;

/// Room for the range below a map.
const CAPTION_HEIGHT: f32 = 20.0;

const GAP: f32 = 10.0;

/// Smallest side of a map on screen; below it the view scrolls.
const SMALLEST_MAP: f32 = 56.0;

const LARGEST_MAP: f32 = 420.0;

/// Heights that depend on how much there is of it.
#[derive(Clone, Copy)]
struct Spaces {
    /// Above a column.
    title: f32,
    /// Between two rows.
    gap: f32,
}

impl Spaces {
    fn of(state: &State, ctx: &egui::Context, columns: &[Column]) -> Self {
        if state.preferences.display.needs_height(ctx) {
            let is_clamped = columns.iter().any(|column| column.clamped);
            Self {
                // Else the name alone: the shape is on the network's card.
                title: if is_clamped { TITLE_HEIGHT } else { 26.0 },
                gap: 4.0,
            }
        } else {
            Self {
                title: TITLE_HEIGHT,
                gap: GAP,
            }
        }
    }
}

/// The view; it owns its textures.
#[derive(Default)]
pub struct MapsView {
    textures: Textures,
}

impl ViewPanel for MapsView {
    fn show(&mut self, ui: &mut egui::Ui, state: &State, actions: &mut Vec<Action>) {
        let Some(maps) = state.maps.answer().cloned() else {
            ui.centered_and_justified(|ui| ui.label(state.text().data.opening_data));
            return;
        };
        views::maps::controls::show(ui, state, &maps, actions);
        let columns = columns(&maps.set, &state.preferences.maps);
        if columns.is_empty() {
            ui.add_space(20.0);
            ui.label(state.text().maps.no_maps);
        }
        ui.add_space(4.0);
        views::maps::inspector::show(ui, state, actions);
        ScrollArea::both().show(ui, |ui| {
            self.grid(ui, state, &maps, &columns, actions);
        });
    }
}

impl MapsView {
    fn grid(
        &mut self,
        ui: &mut egui::Ui,
        state: &State,
        maps: &MapsAnswer,
        columns: &[Column],
        actions: &mut Vec<Action>,
    ) {
        let rows = maps.set.images.len();
        let spaces = Spaces::of(state, ui.ctx(), columns);
        let Spaces { title, gap } = spaces;
        let side = map_side(ui.available_size(), rows, columns.len(), spaces);
        let width = HEAD_WIDTH + columns.len() as f32 * (side + GAP);
        let height = title + rows as f32 * (side + CAPTION_HEIGHT + gap);
        let (area, _) = ui.allocate_exact_size(vec2(width, height), Sense::hover());
        let left = |column: usize| area.min.x + HEAD_WIDTH + column as f32 * (side + GAP);
        for (number, column) in columns.iter().enumerate() {
            let corner = pos2(left(number), area.min.y);
            let rect = Rect::from_min_size(corner, vec2(side, title));
            column_title(ui, state, maps, *column, rect, actions);
        }
        for row in 0..rows {
            let top = area.min.y + title + row as f32 * (side + CAPTION_HEIGHT + gap);
            let head = Rect::from_min_size(pos2(area.min.x, top), vec2(HEAD_WIDTH - GAP, side));
            let head = RowHead {
                row,
                rect: head,
                textures: &mut self.textures,
            };
            let picture = head.show(ui, state, maps, actions);
            let spots: Vec<Spot> = (columns.iter().enumerate())
                .map(|(number, &column)| Spot {
                    row,
                    number,
                    rect: Rect::from_min_size(pos2(left(number), top), vec2(side, side)),
                    column,
                })
                .collect();
            let mut pointed_at = None;
            for &spot in &spots {
                if let Some(cell) = cell(&maps.set, &state.preferences.maps, spot.column, row) {
                    let at = views::maps::map::show(
                        ui,
                        state,
                        maps,
                        &cell,
                        spot,
                        &mut self.textures,
                        actions,
                    );
                    pointed_at = pointed_at.or(at.map(|(row, column)| Place {
                        layer: maps.set.activations.layers[spot.column.layer].layer,
                        channel: cell.channel,
                        row,
                        column,
                    }));
                }
            }
            let image = maps.set.images[row];
            let pinned = state.pin.as_ref().filter(|pin| pin.image == image);
            let layers = maps.snapshot.model.layers();
            if let Some(place) = pinned.and_then(|pin| pin.place(layers)) {
                views::maps::outlines::show(
                    ui,
                    maps,
                    place,
                    &spots,
                    picture,
                    widgets::theme::PIN_MARK,
                );
            }
            if let Some(place) = pointed_at {
                views::maps::outlines::show(
                    ui,
                    maps,
                    place,
                    &spots,
                    picture,
                    widgets::theme::POINTER_MARK,
                );
            }
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
    let mut child = ui.new_child(
        egui::UiBuilder::new()
            .max_rect(rect.expand2(vec2(GAP / 2.0, 0.0)))
            .layout(egui::Layout::top_down(egui::Align::Center))
            .id_salt(("title", column.layer, column.channel)),
    );
    child.spacing_mut().item_spacing.y = 0.0;
    let hint = if alone {
        text.maps.show_all_layers
    } else {
        text.maps.show_layer_alone
    };
    let button = Button::new(widgets::theme::strong(title));
    let button = widgets::theme::bare_button(&mut child, button).on_hover_text(hint);
    if column.clamped {
        let whole = text.clamped(column.channel, layer.channels);
        let font = egui::TextStyle::Small.resolve(ui.style());
        let words =
            (child.painter()).layout_no_wrap(whole.clone(), font, widgets::theme::accent(ui));
        let shown = if words.size().x <= child.max_rect().width() {
            whole.clone()
        } else {
            text.clamped_in_short(column.channel)
        };
        let words = RichText::new(shown)
            .small()
            .color(widgets::theme::accent(ui));
        child.label(words).on_hover_text(whole);
    } else if rect.height() >= TITLE_HEIGHT {
        let shape = format!("{}×{}×{}", layer.channels, layer.height, layer.width);
        child.label(RichText::new(shape).small().weak());
    }
    if button.clicked() {
        let mut settings = state.preferences.maps.clone();
        settings.layer = (!alone).then(|| layer.name.clone());
        actions.push(Action::SetMaps(settings));
    }
}

/// The side that makes the grid fit, within limits.
fn map_side(room: egui::Vec2, rows: usize, columns: usize, spaces: Spaces) -> f32 {
    let (rows, columns) = (rows.max(1) as f32, columns.max(1) as f32);
    let wide = (room.x - HEAD_WIDTH) / columns - GAP;
    let high = (room.y - spaces.title) / rows - CAPTION_HEIGHT - spaces.gap;
    wide.min(high).clamp(SMALLEST_MAP, LARGEST_MAP).floor()
}
