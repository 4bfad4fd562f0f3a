//! The inspector: the pinned value with all its arithmetic. It lies over the maps, away from the row it is about, so
//! that nothing moves under the pointer that pins.

mod branches;
mod conv;
mod dense;
pub mod number_grid;
mod pool;
mod single;
mod sums;

use crate::app::model::action::Action;
use crate::app::model::maps::Inspected;
use crate::app::model::pin::Pin;
use crate::app::model::state::State;
use crate::app::widgets::keys::{self, Command};
use crate::app::widgets::tab_order::{Region, region};
use crate::app::{views, widgets};
use convlens_core::explore::Arithmetic;
use convlens_core::network::with_maps;
use eframe::egui::{self, Align2, Area, Button, Id, Order, Pos2, Rect, RichText, ScrollArea};

/// Least and largest height that it may have, in points.
const HEIGHTS: (f32, f32) = (130.0, 420.0);

/// Room between it and the row it is about.
const GAP: f32 = 4.0;

/// Draws it over the `maps` if a value is pinned, in `row`; how high it is. Escape unpins.
pub fn show(
    ui: &egui::Ui,
    state: &State,
    (maps, row): (Rect, Option<Rect>),
    actions: &mut Vec<Action>,
) -> f32 {
    let Some(pin) = &state.pin else {
        return 0.0;
    };
    if keys::pressed(ui.ctx(), Command::Close) {
        actions.push(Action::SetPin(None));
    }
    let bottom = widgets::layout::bottom(ui).min(ui.ctx().content_rect().max.y);
    let room = maps.intersect(ui.clip_rect()).with_max_y(bottom);
    let (pivot, corner, most) = place(room, row);
    let frame = widgets::theme::card_frame(ui).shadow(ui.visuals().popup_shadow);
    let width = room.width() - frame.total_margin().sum().x;
    let area = Area::new(Id::unique("inspector"))
        .order(Order::Middle)
        .movable(false)
        .constrain(false)
        .pivot(pivot)
        .fixed_pos(corner)
        .show(ui.ctx(), |ui| {
            region(ui, Region::Inspector);
            frame.show(ui, |ui| {
                ui.set_width(width);
                ui.set_max_height(most - frame.total_margin().sum().y);
                content(ui, state, pin, actions);
            });
        });
    let height = area.response.rect.height();
    let id = Id::unique(("inspector's height", ui.ctx().viewport_id()));
    let before = ui.data(|data| data.get_temp::<f32>(id));
    if before.is_some_and(|before| (before - height).abs() > 0.5) {
        // It hangs by its lower edge, whose place is known only now.
        ui.ctx().request_discard("the inspector has another height");
    }
    ui.data_mut(|data| data.insert_temp(id, height));
    height
}

/// Where it hangs in this room, by which corner, and how high it may be: below the row it is about or above it,
/// wherever there is more room.
fn place(room: Rect, row: Option<Rect>) -> (Align2, Pos2, f32) {
    let row = row.filter(|row| room.intersects(*row));
    let (above, below) = row.map_or((0.0, room.height()), |row| {
        (row.min.y - room.min.y - GAP, room.max.y - row.max.y - GAP)
    });
    let most = above.max(below).min(HEIGHTS.1);
    let most = most.max(HEIGHTS.0.min(room.height()));
    if below >= above {
        (Align2::LEFT_BOTTOM, room.left_bottom(), most)
    } else {
        (Align2::LEFT_TOP, room.left_top(), most)
    }
}

fn content(ui: &mut egui::Ui, state: &State, pin: &Pin, actions: &mut Vec<Action>) {
    let known = pin.place(state.snapshot.model.layers()).is_some();
    // Beside maps of the same weights only.
    let shown = state.maps.whose().unwrap_or(&state.whose);
    let inspected = state.beside(&state.inspected, shown).filter(|_| known);
    header(ui, state, pin, inspected.map(|i| &**i), known, actions);
    let Some(inspected) = inspected else { return };
    ScrollArea::both()
        .id_salt("arithmetic")
        .auto_shrink([false, true])
        .show(ui, |ui| match &inspected.inspection.arithmetic {
            Arithmetic::Conv(sum) => {
                views::maps::inspector::conv::show(ui, state, inspected, sum, actions);
            }
            Arithmetic::Pool(choice) => {
                views::maps::inspector::pool::show(ui, state, inspected, choice, actions);
            }
            Arithmetic::Mean(mean) => {
                views::maps::inspector::pool::show_mean(ui, state, inspected, mean);
            }
            Arithmetic::Norm(sum) => {
                views::maps::inspector::single::norm(ui, state, inspected, sum, actions);
            }
            Arithmetic::Activation(of) => {
                views::maps::inspector::single::activation(ui, state, inspected, of, actions);
            }
            Arithmetic::Dropout(passed) => {
                views::maps::inspector::single::dropout(ui, state, inspected, *passed, actions);
            }
            Arithmetic::Branches(handed) => {
                views::maps::inspector::branches::show(ui, state, inspected, handed, actions);
            }
            Arithmetic::Dense(sum) => {
                views::maps::inspector::dense::show(ui, state, inspected, sum, actions);
            }
        });
}

/// What is taken apart, and how to stop.
fn header(
    ui: &mut egui::Ui,
    state: &State,
    pin: &Pin,
    inspected: Option<&Inspected>,
    known: bool,
    actions: &mut Vec<Action>,
) {
    let text = state.text();
    // What does not fit stands on a second line: a wider header would push the arithmetic out of the window.
    ui.horizontal_wrapped(|ui| {
        let close = widgets::theme::bare_button(ui, Button::new("×"));
        widgets::theme::name(&close, text.inspector.unpin);
        if close.on_hover_text(text.inspector.unpin).clicked() {
            actions.push(Action::SetPin(None));
        }
        let Some(inspected) = inspected else {
            if !known {
                ui.label(text.no_layer(&pin.layer));
            }
            return;
        };
        let inspection = &inspected.inspection;
        let place = inspection.place;
        let image = inspected.asked.pin.image;
        let outputs = state.outputs_of(&inspected.asked.whose);
        let (name, at) = match &inspection.arithmetic {
            Arithmetic::Dense(sum) if sum.classes.is_some() => {
                (outputs.class_score(place.channel as u8, image), None)
            }
            // Of a vector there is a unit and no place.
            _ if inspection.uncut_field.is_none() => {
                (text.unit_of(&inspection.name, place.channel, image), None)
            }
            _ => (
                text.map_name(&inspection.name, place.channel, image),
                Some(text.row_and_column(place.row, place.column)),
            ),
        };
        let title = at.map_or_else(|| name.clone(), |at| format!("{name} · {at}"));
        ui.label(widgets::theme::strong(title));
        if let Some(field) = inspection.uncut_field {
            let words = text.sees(field.height, field.width);
            ui.label(RichText::new(words).small().weak());
        }
    });
}

/// Pins a value of the layer before, and shows its map.
pub fn go_to(
    state: &State,
    inspected: &Inspected,
    channel: usize,
    (row, column): (usize, usize),
    actions: &mut Vec<Action>,
) {
    if let Some(layer) = inspected.layer_before.clone() {
        go_to_layer(state, inspected, layer, channel, (row, column), actions);
    }
}

/// The same of any layer.
pub fn go_to_layer(
    state: &State,
    inspected: &Inspected,
    layer: String,
    channel: usize,
    (row, column): (usize, usize),
    actions: &mut Vec<Action>,
) {
    if with_maps(state.snapshot.model.layers(), &layer).is_some() {
        let mut maps = state.preferences.maps.clone();
        maps.convolution = channel;
        maps.layer = maps.layer.is_some().then(|| layer.clone());
        actions.push(Action::SetMaps(maps));
    }
    actions.push(Action::SetPin(Some(Pin {
        image: inspected.asked.pin.image,
        layer,
        channel,
        row,
        column,
    })));
}

#[cfg(test)]
mod tests {
    use super::*;
    use eframe::egui::{pos2, vec2};

    #[test]
    fn it_leaves_the_row_it_is_about_free() {
        let room = Rect::from_min_size(pos2(0.0, 100.0), vec2(700.0, 500.0));
        for top in [120.0, 240.0, 360.0, 460.0] {
            let row = Rect::from_min_size(pos2(0.0, top), vec2(700.0, 110.0));
            let (pivot, corner, most) = place(room, Some(row));
            let size = vec2(700.0, most);
            let inspector = pivot.anchor_size(corner, size);
            assert!(room.contains_rect(inspector), "{inspector}");
            assert!(!inspector.intersects(row), "{inspector} is over {row}");
        }
        // A row that has scrolled away needs nothing.
        let away = Rect::from_min_size(pos2(0.0, -400.0), vec2(700.0, 110.0));
        assert_eq!(place(room, Some(away)), place(room, None));
    }
}
