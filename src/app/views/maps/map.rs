//! One map of the grid: its picture, its range, the cell pointed at, and the pin moved by keys.

use crate::app::model::action::Action;
use crate::app::model::maps::MapsAnswer;
use crate::app::model::pin::Pin;
use crate::app::model::state::State;
use crate::app::widgets;
use crate::app::widgets::keys;
use crate::app::widgets::textures::{Textures, fill};
use convlens_core::dataset::Picture;
use convlens_core::figures::{Cell, Column, picture_pixels};
use convlens_core::render::{ValueRange, heatmap};
use eframe::egui::{
    self, Align2, Color32, EventFilter, Rect, Response, Role, Sense, Stroke, StrokeKind,
    WidgetInfo, pos2, vec2,
};

/// Where a map stands in the grid.
#[derive(Clone, Copy)]
pub struct Spot {
    pub row: usize,
    pub number: usize,
    pub rect: Rect,
    /// Where its cells lie, if the picture is shown behind them.
    pub over: Option<Rect>,
    pub column: Column,
}

impl Spot {
    /// Where its cells lie.
    pub fn cells(&self) -> Rect {
        self.over.unwrap_or(self.rect)
    }
}

/// How much of a map that lies over its picture is seen, of 255.
const OVER: u8 = 165;

/// Draws the map; the cell (row, column) pointed at.
pub fn show(
    ui: &mut egui::Ui,
    state: &State,
    maps: &MapsAnswer,
    cell: &Cell<'_>,
    spot: Spot,
    textures: &mut Textures,
    actions: &mut Vec<Action>,
) -> Option<(usize, usize)> {
    let text = state.text();
    let image = maps.set.images[spot.row];
    let version = (
        (maps.asked.whose.version, maps.asked.pictures, image),
        (
            spot.column.layer,
            cell.channel,
            state.preferences.maps.before_relu,
        ),
        (cell.range.min.to_bits(), cell.range.max.to_bits()),
    );
    let id = egui::Id::unique(("map", spot.row, spot.number));
    let colormap = widgets::theme::shown_colormap(ui, cell.colormap);
    let texture = textures.get(ui.ctx(), id, (version, colormap), || {
        heatmap(cell.width, cell.height, cell.values, cell.range, colormap)
    });
    let layer = &maps.set.activations.layers[spot.column.layer];
    let response = ui.interact(spot.rect, id, Sense::click());
    let words = text.map_name(&layer.name, cell.channel, image);
    let painter = ui.painter();
    let mut tint = Color32::WHITE;
    if spot.over.is_some() {
        let id = id.with("picture");
        let behind = textures.get(ui.ctx(), id, (maps.asked.pictures, image), || {
            let picture = maps.set.gallery.picture(image);
            let size = maps.snapshot.model.spec().input;
            picture_pixels(&picture.unwrap_or_else(|| Picture::blank(size)))
        });
        fill(painter, &behind, spot.rect);
        tint = Color32::from_white_alpha(OVER);
    }
    let whole = Rect::from_min_max(pos2(0.0, 0.0), pos2(1.0, 1.0));
    let inside = painter.with_clip_rect(spot.rect.intersect(ui.clip_rect()));
    inside.image(texture.id(), spot.cells(), whole, tint);
    let line = if response.has_focus() {
        Stroke::new(3.0, widgets::theme::accent(ui))
    } else {
        ui.visuals().widgets.noninteractive.bg_stroke
    };
    painter.rect_stroke(spot.rect, 0.0, line, StrokeKind::Outside);

    let caption = if cell.own_range == ValueRange::default() {
        text.maps.all_zero.to_owned()
    } else {
        text.range(cell.own_range)
    };
    response.widget_info(|| WidgetInfo::labeled(Role::Image, true, format!("{words}: {caption}")));
    // On a small map fewer digits have room, on a tiny one the highest value alone.
    let [rough, roughest] = [2, 1].map(|digits| text.short_range(cell.own_range, digits));
    let highest = roughest
        .split_once('…')
        .map(|(_, highest)| format!("≤ {highest}"));
    let ways = [caption, rough, roughest].into_iter().chain(highest);
    let style = egui::TextStyle::Small;
    let words_below = widgets::layout::fitting(ui, &style, ways.collect(), spot.rect.width() + 1.0);
    let below = pos2(spot.rect.center().x, spot.rect.max.y + 3.0);
    let (font, ink) = (style.resolve(ui.style()), ui.visuals().weak_text_color());
    painter.text(below, Align2::CENTER_TOP, words_below, font, ink);

    let here = Pin {
        image,
        layer: layer.name.clone(),
        // As chosen, though the layer may have fewer: the pin follows the choice.
        channel: if spot.column.clamped {
            state.preferences.maps.convolution
        } else {
            cell.channel
        },
        row: 0,
        column: 0,
    };
    pin(ui, state, cell, (&response, spot.cells()), here, actions);
    let at = response.hover_pos()?;
    let (row, column) = cell_at(spot.cells(), cell, at);
    let value = cell.values[row * cell.width + column];
    response.on_hover_text_at_pointer(text.map_value(&words, row, column, value));
    Some((row, column))
}

/// A click pins the cell pointed at, Enter the strongest one; then the arrows move the pin.
fn pin(
    ui: &egui::Ui,
    state: &State,
    cell: &Cell<'_>,
    (response, cells): (&Response, Rect),
    here: Pin,
    actions: &mut Vec<Action>,
) {
    if response.clicked() {
        response.request_focus();
        let (row, column) = response
            .interact_pointer_pos()
            .map_or_else(|| strongest(cell), |at| cell_at(cells, cell, at));
        actions.push(Action::SetPin(Some(Pin {
            row,
            column,
            ..here
        })));
        return;
    }
    if !response.has_focus() {
        return;
    }
    let arrows = EventFilter {
        horizontal_arrows: true,
        vertical_arrows: true,
        ..EventFilter::default()
    };
    ui.memory_mut(|memory| memory.set_focus_lock_filter(response.id, arrows));
    if let Some((down, right)) = keys::walked(ui.ctx()) {
        let pinned = state.pin.as_ref().filter(|pin| {
            (pin.image, pin.channel) == (here.image, here.channel) && pin.layer == here.layer
        });
        let (row, column) = match pinned {
            Some(pin) => (
                step(pin.row, down, cell.height),
                step(pin.column, right, cell.width),
            ),
            None => strongest(cell),
        };
        actions.push(Action::SetPin(Some(Pin {
            row,
            column,
            ..here.clone()
        })));
    }
}

fn step(from: usize, by: isize, len: usize) -> usize {
    from.saturating_add_signed(by).min(len - 1)
}

/// Row and column under a point of the map.
fn cell_at(rect: Rect, cell: &Cell<'_>, at: egui::Pos2) -> (usize, usize) {
    let place = |at: f32, len: usize| ((at.max(0.0) * len as f32) as usize).min(len - 1);
    (
        place((at.y - rect.min.y) / rect.height(), cell.height),
        place((at.x - rect.min.x) / rect.width(), cell.width),
    )
}

/// Row and column of the largest value.
fn strongest(cell: &Cell<'_>) -> (usize, usize) {
    let values = cell.values.iter().enumerate();
    let place = values
        .reduce(|best, next| if next.1 > best.1 { next } else { best })
        .map_or(0, |(place, _)| place);
    (place / cell.width, place % cell.width)
}

/// The part of a map of `height × width` cells drawn in `rect`.
pub fn part(
    rect: Rect,
    (height, width): (usize, usize),
    region: convlens_core::explore::Region,
) -> Rect {
    let unit = vec2(rect.width() / width as f32, rect.height() / height as f32);
    let corner = vec2(region.column as f32 * unit.x, region.row as f32 * unit.y);
    let size = vec2(region.width as f32 * unit.x, region.height as f32 * unit.y);
    Rect::from_min_size(rect.min + corner, size)
}
