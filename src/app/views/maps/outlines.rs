//! The cell pointed at or pinned, and what it sees: its receptive field on the row's picture and on the layer before.

use crate::app::model::maps::MapsAnswer;
use crate::app::views::maps::map::{Spot, part};
use convlens_core::explore::{Place, Region, receptive_field};
use convlens_core::network::{Input, origin};
use eframe::egui::{Color32, Painter, Rect, Stroke, StrokeKind};

/// Outlines a place of a row, on its picture and on its maps, of which each has its painter.
pub fn show(
    maps: &MapsAnswer,
    place: Place,
    (on_picture, picture): (&Painter, Rect),
    (on_maps, spots): (&Painter, &[Spot]),
    color: Color32,
) {
    let layers = maps.snapshot.model.layers();
    let Some(layer) = layers.get(place.layer) else {
        return;
    };
    let cell = Region::cell(place.row, place.column);
    let field = receptive_field(layers, place.layer, cell);
    let outline = |painter: &Painter, rect: Rect| {
        // A dark line beside the bright one, as a map may have any colour.
        let dark = Stroke::new(3.5, Color32::from_black_alpha(150));
        painter.rect_stroke(rect, 0.0, dark, StrokeKind::Outside);
        painter.rect_stroke(rect, 0.0, Stroke::new(2.0, color), StrokeKind::Outside);
    };
    if let Some(&seen) = field.first() {
        let size = maps.snapshot.model.spec().input;
        outline(on_picture, part(picture, (size.height, size.width), seen));
    }
    for spot in spots {
        let shown = &maps.set.activations.layers[spot.column.layer];
        let size = (shown.height, shown.width);
        let same_channel = spot.column.channel == place.channel;
        if shown.layer == place.layer && same_channel {
            outline(on_maps, part(spot.cells(), size, cell));
        }
        // A convolution sees every channel of the layer before, a pool only its own.
        let seen = same_channel || !layer.kind.is_by_channel();
        let is_before = |input: &Input| origin(layers, *input) == Some(shown.layer);
        if layer.inputs.iter().any(is_before)
            && seen
            && let Some(&input) = field.get(shown.layer + 1)
        {
            outline(on_maps, part(spot.cells(), size, input));
        }
    }
}
