//! The Maps view: the notebook's figure, alive. Rows are test images, columns layers, or one
//! layer's maps side by side.

mod controls;
pub mod inspector;
mod map;
mod outlines;
mod row_head;

use crate::app::model::action::Action;
use crate::app::model::maps::MapsAnswer;
use crate::app::model::state::State;
use crate::app::views::ViewPanel;
use crate::app::views::maps::map::Spot;
use crate::app::views::maps::row_head::RowHead;
use crate::app::widgets::tab_order::{Region, region};
use crate::app::widgets::textures::Textures;
use crate::app::{views, widgets};
use convlens_core::explore::Place;
use convlens_core::figures::{Column, cell, columns};
use eframe::egui::{self, Button, Rect, RichText, ScrollArea, Sense, UiBuilder, pos2, vec2};

/// In less width than this the pictures that a class looks at need the room beside the head of a row.
pub const SCARCE: f32 = 440.0;

/// Room for title and shape above a column.
const TITLE_HEIGHT: f32 = 42.0;

/// Room for the range below a map.
const CAPTION_HEIGHT: f32 = 20.0;

const GAP: f32 = 10.0;

/// Room between columns before a class where there are more than so many.
const CLOSE: f32 = 5.0;
const MANY: usize = 4;

/// Smallest side of a map on screen; below it the view scrolls.
const SMALLEST_MAP: f32 = 56.0;

const LARGEST_MAP: f32 = 420.0;

/// Largest side of maps of more columns than there is width for.
const SCROLLED_MAP: f32 = 120.0;

/// Height of a row without maps: room for its words at least.
const ALONE: std::ops::RangeInclusive<f32> = 64.0..=170.0;

/// Largest width of such a row.
const WIDEST_ALONE: f32 = 440.0;

/// Sides of a map that can be chosen.
pub const SIDES: std::ops::RangeInclusive<f32> = SMALLEST_MAP..=LARGEST_MAP;

/// All rows are shown at once where that takes no more than this share from the maps' side, or leaves them this large.
const ALL_AT_ONCE: Fitting = Fitting {
    share: 0.5,
    large: 150.0,
    smallest: SMALLEST_MAP,
};

/// A class sees all of three rows and four columns sooner: nobody there can scroll.
const FOR_A_CLASS: Fitting = Fitting {
    share: 0.3,
    large: SMALLEST_MAP,
    smallest: 34.0,
};

/// When all rows are shown at once, and how small maps may become.
#[derive(Clone, Copy)]
struct Fitting {
    share: f32,
    large: f32,
    smallest: f32,
}

/// What depends on how much room there is.
#[derive(Clone, Copy)]
struct Spaces {
    /// Width of the head of a row, and its least height.
    head: (f32, f32),
    /// Above a column.
    title: f32,
    /// Between two rows.
    gap: f32,
    /// Between two columns.
    across: f32,
}

/// Whether a class looks at them in a window that is low for what it shows.
fn is_for_class(state: &State, ctx: &egui::Context) -> bool {
    state.preferences.display.needs_height(ctx) || widgets::stage::is_for_room(ctx)
}

impl Spaces {
    fn of(state: &State, ui: &egui::Ui, columns: &[Column]) -> Self {
        if is_for_class(state, ui.ctx()) {
            let is_clamped = columns.iter().any(|column| column.clamped);
            let is_scarce = ui.available_width() < SCARCE;
            Self {
                head: if is_scarce && !columns.is_empty() {
                    row_head::NARROW
                } else {
                    row_head::WIDE
                },
                title: match columns {
                    [] => 0.0,
                    _ if is_clamped => TITLE_HEIGHT,
                    // The name alone: the shape is on the network's card.
                    _ => 26.0,
                },
                gap: 4.0,
                across: if columns.len() > MANY { CLOSE } else { GAP },
            }
        } else {
            Self {
                head: row_head::WIDE,
                title: if columns.is_empty() {
                    0.0
                } else {
                    TITLE_HEIGHT
                },
                gap: GAP,
                across: GAP,
            }
        }
    }
}

/// The view; it owns its textures.
#[derive(Default)]
pub struct MapsView {
    textures: Textures,
    size: Size,
    /// Height of the inspector, which may lie over the last rows.
    inspector: f32,
    /// Maps are laid over their pictures.
    over_picture: bool,
}

/// How large the maps are.
#[derive(Default)]
pub struct Size {
    /// As chosen; else they fit the view.
    chosen: Option<f32>,
    /// Now.
    side: f32,
}

impl ViewPanel for MapsView {
    fn show(&mut self, ui: &mut egui::Ui, state: &State, actions: &mut Vec<Action>) {
        let Some(maps) = state.maps.answer().cloned() else {
            ui.centered_and_justified(|ui| ui.label(state.text().data.opening_data));
            return;
        };
        let look = (&mut self.size, &mut self.over_picture);
        views::maps::controls::show(ui, state, &maps, look, actions);
        let columns = columns(&maps.set, &state.preferences.maps);
        if columns.is_empty() {
            ui.add_space(20.0);
            ui.label(state.text().maps.no_maps);
        }
        ui.add_space(4.0);
        let shown = ScrollArea::both().auto_shrink(false).show(ui, |ui| {
            region(ui, Region::Pictures);
            self.grid(ui, state, &maps, &columns, actions)
        });
        let places = (shown.inner_rect, shown.inner);
        self.inspector = views::maps::inspector::show(ui, state, places, actions);
    }
}

impl MapsView {
    /// All rows; where the one is that has the pinned cell.
    fn grid(
        &mut self,
        ui: &mut egui::Ui,
        state: &State,
        maps: &MapsAnswer,
        columns: &[Column],
        actions: &mut Vec<Action>,
    ) -> Option<Rect> {
        let rows = maps.set.images.len();
        let spaces = Spaces::of(state, ui, columns);
        let Spaces {
            mut head,
            title,
            gap,
            across,
        } = spaces;
        let all_at_once = if is_for_class(state, ui.ctx()) {
            FOR_A_CLASS
        } else {
            ALL_AT_ONCE
        };
        let fitting = || {
            map_side(
                ui.available_size(),
                (rows, columns.len()),
                spaces,
                all_at_once,
            )
        };
        let is_narrow = head.0 < row_head::WIDE.0;
        let mut picture = if is_narrow {
            row_head::NARROW_PICTURE
        } else {
            row_head::PICTURE
        };
        let side = if columns.is_empty() {
            // The pictures alone, as large as all of them can be.
            let pitch = ui.available_height() / rows.max(1) as f32 - GAP;
            let alone = pitch.clamp(*ALONE.start(), *ALONE.end()).floor();
            head = (ui.available_width().clamp(head.0, WIDEST_ALONE), alone);
            picture = picture.max(alone - CAPTION_HEIGHT);
            alone - CAPTION_HEIGHT
        } else {
            self.size.chosen.unwrap_or_else(fitting)
        };
        self.size.side = side;
        let width = head.0 + columns.len() as f32 * (side + across);
        // The head of a row may be higher than its maps.
        let pitch = (side + CAPTION_HEIGHT + gap).max(head.1 + gap);
        let height = title + rows as f32 * pitch;
        let size = vec2(width, height + self.inspector);
        let (area, _) = ui.allocate_exact_size(size, Sense::hover());
        let left = |column: usize| area.min.x + head.0 + column as f32 * (side + across);
        // The heads stay at the left edge; the maps scroll away behind them.
        let edge = area.min.x.max(ui.clip_rect().min.x);
        let mut beside = ui.new_child(UiBuilder::new().max_rect(area).id_salt("maps"));
        beside.shrink_clip_rect(Rect::everything_right_of(edge + head.0 - GAP));
        let mut row_with_pin = None;
        for row in 0..rows {
            let top = area.min.y + title + row as f32 * pitch;
            let whole = vec2(width, side.max(head.1) + CAPTION_HEIGHT);
            let whole = Rect::from_min_size(pos2(area.min.x, top), whole);
            if state
                .pin
                .as_ref()
                .is_some_and(|pin| pin.image == maps.set.images[row])
            {
                row_with_pin = Some(whole);
            }
            let head = RowHead {
                row,
                is_narrow,
                side: picture,
                rect: Rect::from_min_size(pos2(edge, top), vec2(head.0 - GAP, side)),
                textures: &mut self.textures,
            };
            let picture = head.show(ui, state, maps, actions);
            let spots: Vec<Spot> = (columns.iter().enumerate())
                .map(|(number, &column)| {
                    let rect = Rect::from_min_size(pos2(left(number), top), vec2(side, side));
                    let over = self.over_picture.then(|| over_picture(maps, column, rect));
                    Spot {
                        row,
                        number,
                        rect,
                        over: over.flatten(),
                        column,
                    }
                })
                .collect();
            let mut pointed_at = None;
            for &spot in &spots {
                if let Some(cell) = cell(&maps.set, &state.preferences.maps, spot.column, row) {
                    let at = views::maps::map::show(
                        &mut beside,
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
            let pinned = pinned.and_then(|pin| pin.place(layers));
            let pinned = pinned.map(|place| (place, widgets::theme::PIN_MARK));
            let pointed_at = pointed_at.map(|place| (place, widgets::theme::POINTER_MARK));
            for (place, color) in pinned.into_iter().chain(pointed_at) {
                let on_picture = (ui.painter(), picture);
                let on_maps = (beside.painter(), &spots[..]);
                views::maps::outlines::show(maps, place, on_picture, on_maps, color);
            }
        }
        // Above the rows that scroll away below them.
        let top = area.min.y.max(ui.clip_rect().min.y);
        let band = Rect::from_min_size(pos2(area.min.x, top), vec2(width, title));
        if top > area.min.y {
            let ground = ui.visuals().panel_fill;
            ui.painter()
                .rect_filled(band.expand2(vec2(GAP, 0.0)), 0.0, ground);
        }
        for (number, column) in columns.iter().enumerate() {
            let rect = Rect::from_min_size(pos2(left(number), top), vec2(side, title));
            let rect = rect.expand2(vec2(across / 2.0, 0.0));
            column_title(&mut beside, state, maps, *column, rect, actions);
        }
        row_with_pin
    }
}

/// Where the cells of a column's maps lie on the picture in `rect`.
fn over_picture(maps: &MapsAnswer, column: Column, rect: Rect) -> Option<Rect> {
    let model = &maps.snapshot.model;
    let shown = &maps.set.activations.layers[column.layer];
    let size = (shown.height, shown.width);
    let extent = widgets::over_picture::extent(model.layers(), shown.layer, size)?;
    let input = model.spec().input;
    let unit = vec2(
        rect.width() / input.width as f32,
        rect.height() / input.height as f32,
    );
    let corner = rect.min + extent.min.to_vec2() * unit;
    Some(Rect::from_min_size(corner, extent.size() * unit))
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
    // The layer chosen may be one of another network: then all are shown.
    let alone = state.preferences.maps.layer.as_ref() == Some(&layer.name);
    let title = if alone {
        format!("{} · {}", layer.name, column.channel)
    } else {
        layer.name.clone()
    };
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
    let button = Button::new(widgets::theme::strong(title)).truncate();
    let button = widgets::theme::bare_button(&mut child, button).on_hover_text(hint);
    if column.clamped {
        let whole = text.clamped(column.channel, layer.channels);
        let font = egui::TextStyle::Small.resolve(ui.style());
        let words =
            (child.painter()).layout_no_wrap(whole.clone(), font, widgets::theme::warning(ui));
        let shown = if words.size().x <= child.max_rect().width() {
            whole.clone()
        } else {
            text.clamped_in_short(column.channel)
        };
        let words = RichText::new(shown)
            .small()
            .color(widgets::theme::warning(ui));
        child.label(words).on_hover_text(whole);
    } else {
        let shape = format!("{}×{}×{}", layer.channels, layer.height, layer.width);
        let has_room = rect.height() >= TITLE_HEIGHT;
        widgets::stage::visible_if(&mut child, has_room, |ui| {
            ui.label(RichText::new(shape).small().weak());
        });
    }
    if button.clicked() {
        let mut settings = state.preferences.maps.clone();
        settings.layer = (!alone).then(|| layer.name.clone());
        actions.push(Action::SetMaps(settings));
    }
}

/// The side that makes the grid fill the width, or fit as a whole where that costs little.
fn map_side(
    room: egui::Vec2,
    (rows, columns): (usize, usize),
    spaces: Spaces,
    fitting: Fitting,
) -> f32 {
    let Fitting {
        share,
        large,
        smallest,
    } = fitting;
    let (rows, columns) = (rows.max(1) as f32, columns.max(1) as f32);
    let wide = (room.x - spaces.head.0) / columns - spaces.across;
    let high = (room.y - spaces.title) / rows - CAPTION_HEIGHT - spaces.gap;
    let side = if high >= (share * wide).min(large) {
        wide.min(high)
    } else {
        // Two of them are seen at once, whatever there is to scroll.
        let two = (room.y - spaces.title) / 2.0 - CAPTION_HEIGHT - spaces.gap;
        wide.min(two)
    };
    // Columns that have to be scrolled anyway need not be that small.
    let least = if wide < smallest {
        high.clamp(SMALLEST_MAP, SCROLLED_MAP)
    } else {
        smallest
    };
    side.clamp(least, LARGEST_MAP).floor()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn maps_fill_the_width_unless_all_rows_fit_nearly_as_large() {
        let spaces = Spaces {
            head: row_head::WIDE,
            title: TITLE_HEIGHT,
            gap: GAP,
            across: GAP,
        };
        let side =
            |width, height, rows| map_side(vec2(width, height), (rows, 4), spaces, ALL_AT_ONCE);
        let wide = |width: f32| ((width - row_head::WIDE.0) / 4.0 - GAP).floor();
        // Three rows are seen as a whole, twelve are scrolled.
        assert!(side(1000.0, 650.0, 3) < wide(1000.0));
        assert!((side(1000.0, 700.0, 12) - wide(1000.0)).abs() < 1e-6);
        assert!((side(700.0, 400.0, 12) - wide(700.0)).abs() < 1e-6);
        // In a low view there are still two.
        assert!(2.0 * (side(1000.0, 400.0, 12) + CAPTION_HEIGHT + GAP) + TITLE_HEIGHT <= 400.0);
        // Columns that do not fit the width make use of the height.
        assert!((side(300.0, 400.0, 12) - SMALLEST_MAP).abs() < 1e-6);
        assert!(side(300.0, 400.0, 3) > SMALLEST_MAP);
        assert!((side(300.0, 900.0, 3) - SCROLLED_MAP).abs() < 1e-6);
        // Before a class many columns are small if they all fit then.
        let before_class =
            |columns| map_side(vec2(1000.0, 400.0), (3, columns), spaces, FOR_A_CLASS);
        assert!(before_class(18) < SMALLEST_MAP);
        assert!(before_class(24) > SMALLEST_MAP);
    }
}
