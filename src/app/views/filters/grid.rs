//! All filters of the layer; clicking one makes it the convolution number. Only the rows in view
//! are painted.

use crate::app::model::action::Action;
use crate::app::model::state::State;
use crate::app::views::filters::Shown;
use crate::app::widgets;
use crate::app::widgets::textures::Textures;
use crate::app::widgets::thumb::Thumbs;
use convlens_core::explore::Target;
use eframe::egui::{
    self, Align2, Color32, Id, Rect, Role, ScrollArea, Sense, Stroke, StrokeKind, TextStyle, Vec2,
    WidgetInfo, pos2, vec2,
};

/// Least and largest side of a filter on screen, about: as large as they all fit.
const SIDE: (f32, f32) = (62.0, 150.0);

/// The least for the room, which cannot scroll.
const SIDE_FOR_ROOM: f32 = 24.0;

const GAP: f32 = 6.0;

/// Room for the number below a filter.
const CAPTION: f32 = 16.0;

pub fn show(
    ui: &mut egui::Ui,
    state: &State,
    shown: &Shown<'_>,
    (textures, thumbs): (&mut Textures, &mut Thumbs),
    actions: &mut Vec<Action>,
) {
    let kernels = shown.kernels;
    // A weight is a whole number of points wide, so that all are equally large.
    let (height, width, _) = shown.extent(&shown.on_tile(0));
    let longest = width.max(height) as f32;
    let bar = ui.spacing().scroll.bar_width + ui.spacing().scroll.bar_inner_margin;
    let room = ui.available_size() - vec2(bar, 0.0);
    let columns = |size: Vec2| (room.x / (size.x + GAP)).max(1.0) as usize;
    let fits = |size: &Vec2| {
        let rows = kernels.filters.div_ceil(columns(*size));
        size.x <= room.x && rows as f32 * (size.y + CAPTION + GAP) <= room.y
    };
    let sized = |points: f32| vec2(width as f32, height as f32) * points;
    let points = |side: f32| (side / longest).floor().max(1.0) as usize;
    let is_for_room = widgets::stage::is_for_room(ui.ctx());
    let least_side = if is_for_room { SIDE_FOR_ROOM } else { SIDE.0 };
    let (least, most) = (points(least_side), points(SIDE.1));
    let mut sizes = (least..=most).rev().map(|points| sized(points as f32));
    let size = if longest > SIDE.1 {
        sized(SIDE.1 / longest)
    } else {
        sizes.find(fits).unwrap_or(sized(least as f32))
    };
    let columns = columns(size);
    let rows = kernels.filters.div_ceil(columns);
    let height = size.y + CAPTION + GAP;
    ScrollArea::vertical()
        .id_salt(("filters", shown.layer))
        .auto_shrink([false, false])
        .show_viewport(ui, |ui, viewport| {
            widgets::tab_order::only_in_sight(ui);
            ui.set_width(columns as f32 * (size.x + GAP));
            ui.set_height(rows as f32 * height);
            // Both windows have the same tiles, in sight or not: by these one finds what is pointed at in the other.
            let (first, last) = if state.projects {
                (0, rows)
            } else {
                let first = (viewport.min.y / height).max(0.0) as usize;
                (first, ((viewport.max.y / height) as usize + 1).min(rows))
            };
            let origin = ui.min_rect().min + vec2(4.0, 4.0);
            for filter in first * columns..(last * columns).min(kernels.filters) {
                let (row, column) = (filter / columns, filter % columns);
                let corner = vec2(column as f32 * (size.x + GAP), row as f32 * height);
                let rect = Rect::from_min_size(origin + corner, size);
                tile(
                    ui,
                    state,
                    shown,
                    (filter, rect),
                    (textures, thumbs),
                    actions,
                );
            }
        });
}

fn tile(
    ui: &mut egui::Ui,
    state: &State,
    shown: &Shown<'_>,
    (filter, rect): (usize, Rect),
    (textures, thumbs): (&mut Textures, &mut Thumbs),
    actions: &mut Vec<Action>,
) {
    let text = state.text();
    let kernels = shown.kernels;
    let is_off = state.test_set.ablation.contains(shown.layer, filter);
    let known = state.excitations_beside(shown.whose, shown.layer);
    let is_dead = known.is_some_and(|known| known.is_dead(filter));
    let chosen = filter == shown.filter;
    let words = text.filter_name(&kernels.name, filter, is_dead, is_off);
    let id = ui.scope_id().with((shown.layer, filter));
    let tile = ui.interact(rect, id, Sense::click()).on_hover_text(&words);
    tile.widget_info(|| WidgetInfo::selected(Role::Button, true, chosen, &words));
    if tile.clicked() {
        let mut settings = state.preferences.maps.clone();
        settings.convolution = filter;
        actions.push(Action::SetMaps(settings));
    }
    if !ui.is_rect_visible(rect) {
        return;
    }
    let painter = ui.painter();
    let tint = if is_off {
        Color32::from_gray(90)
    } else {
        Color32::WHITE
    };
    let channels = shown.on_tile(filter);
    if state.filters.shows_preferred && !shown.are_templates {
        preferred(ui, state, shown, (filter, rect), thumbs);
    } else {
        shown.paint(ui, (filter, &channels), rect, (id, tint), textures);
    }
    if is_off {
        let cross = Stroke::new(2.0, widgets::theme::error_color(ui));
        painter.line_segment([rect.left_top(), rect.right_bottom()], cross);
        painter.line_segment([rect.right_top(), rect.left_bottom()], cross);
    }
    let edge = if chosen {
        Stroke::new(3.0, widgets::theme::accent(ui))
    } else if tile.has_focus() || tile.hovered() {
        Stroke::new(2.0, widgets::theme::pointed_at(ui))
    } else {
        ui.visuals().widgets.noninteractive.bg_stroke
    };
    painter.rect_stroke(rect, 0.0, edge, StrokeKind::Outside);
    let mut caption = filter.to_string();
    let mut ink = ui.visuals().weak_text_color();
    let font = TextStyle::Small.resolve(ui.style());
    for (holds, word) in [(is_dead, text.filters.dead), (is_off, text.filters.off)] {
        if holds {
            ink = widgets::theme::error_color(ui);
            // Where there is no room for the word the tile is crossed out, and the word is read on hover.
            let longer = format!("{caption} {word}");
            let galley = painter.layout_no_wrap(longer.clone(), font.clone(), ink);
            if galley.size().x < rect.width() + GAP {
                caption = longer;
            } else {
                painter.line_segment(
                    [rect.left_bottom(), rect.right_top()],
                    Stroke::new(1.5, ink),
                );
            }
        }
    }
    let below = pos2(rect.center().x, rect.max.y + 3.0);
    painter.text(below, Align2::CENTER_TOP, caption, font, ink);
}

/// What a filter answers to most, over its whole map; an empty place while that is not known.
fn preferred(
    ui: &egui::Ui,
    state: &State,
    shown: &Shown<'_>,
    (filter, rect): (usize, Rect),
    thumbs: &mut Thumbs,
) {
    let target = Target {
        layer: shown.layer,
        channel: filter,
    };
    let found = state.preferred_beside(shown.whose, target);
    let input = found.map(|found| &found.channel);
    let Some(input) = input.filter(|input| !input.is_dead) else {
        let ground = ui.visuals().extreme_bg_color;
        ui.painter().rect_filled(rect, 0.0, ground);
        return;
    };
    let size = input.picture.size();
    let of = (shown.whose.version, input.target);
    let place = Id::unique(("preferred input of tile", filter));
    thumbs.paint(ui, rect, place, of, size, || input.picture.clone());
}
