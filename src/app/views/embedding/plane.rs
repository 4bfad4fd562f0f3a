//! The plane that the points lie in.

use super::lasso::Lasso;
use crate::app::model::embedding::{Layout, Points};
use crate::app::model::state::State;
use crate::app::widgets::run_look::{self, Mark};
use crate::app::widgets::still_plot::still_plot;
use crate::app::widgets::theme;
use crate::app::widgets::thumb::Thumbs;
use convlens_core::dataset::ImageId;
use eframe::egui::{self, Pos2, Rect, Role, Sense, Stroke, TextStyle, Tooltip, WidgetInfo, vec2};
use egui_plot::PlotPoint;

/// How near the pointer must be to a point, and the side of the picture that is shown then, in points.
const NEAR: f32 = 14.0;
const PICTURE: f32 = 72.0;

/// Radius of a mark: smaller the more there are.
fn radius(points: usize) -> f32 {
    if points > 1500 { 1.8 } else { 2.6 }
}

/// Draws them, or those of one class; the image that was clicked.
pub fn show(
    ui: &mut egui::Ui,
    state: &State,
    points: &Points,
    alone: Option<u8>,
    (thumbs, lasso): (&mut Thumbs, &mut Lasso),
) -> Option<ImageId> {
    let text = state.text();
    let ground = ui.visuals().extreme_bg_color;
    let is_shown = |label: u8| alone.is_none_or(|alone| alone == label);
    let places = points.plane.iter().map(|place| place.map(f64::from));
    let all: Vec<([f64; 2], u8)> = places.zip(points.labels.iter().copied()).collect();
    let classes = points
        .labels
        .iter()
        .copied()
        .max()
        .map_or(0, |most| most + 1);
    let colours: Vec<_> = (0..classes)
        .map(|class| run_look::colour(ui, class))
        .collect();
    let shown = still_plot("embedding")
        .height(ui.available_height())
        .data_aspect(1.0)
        // A place of t-SNE is no number.
        .show_axes(points.layout == Layout::Pca)
        .show_grid(points.layout == Layout::Pca)
        .sense(Sense::click_and_drag())
        .show(ui, |plot| {
            // All of them, so that the frame stays when one class is shown.
            plot.set_plot_bounds(frame(&all));
            for class in (0..classes).filter(|class| is_shown(*class)) {
                let own = all.iter().filter(|(_, label)| *label == class);
                let own: Vec<[f64; 2]> = own.map(|(place, _)| *place).collect();
                let colour = colours[usize::from(class)];
                let size = radius(all.len());
                Mark::of(class, false).plot(plot, &own, size, colour, ground);
            }
        });
    shown.response.widget_info(|| {
        let words = text.points_of(&points.layer, points.width, points.images.len());
        let words = format!("{words}; {}", text.parted(&points.separation));
        WidgetInfo::labeled(Role::Image, true, words)
    });
    let version = state.test_set.embedded.version();
    let indexed = all.iter().enumerate();
    let in_sight = indexed.filter(|(_, (_, label))| is_shown(*label));
    let in_sight = in_sight.map(|(index, (place, _))| (index, *place));
    lasso.follow(ui, &shown.response, &shown.transform, version, in_sight);
    let at = |place: [f64; 2]| {
        let place = PlotPoint::new(place[0], place[1]);
        shown.transform.position_from_point(&place)
    };
    let ring = Stroke::new(1.5, ui.visuals().strong_text_color());
    for place in lasso.chosen(version) {
        ui.painter().circle_stroke(at(all[*place].0), 5.0, ring);
    }
    names(
        ui,
        state,
        *shown.transform.frame(),
        (0..classes).filter_map(|class| {
            let of_class = all
                .iter()
                .filter(|(_, label)| *label == class && is_shown(class));
            let places: Vec<[f64; 2]> = of_class.map(|(place, _)| *place).collect();
            Some((class, at(middle(&places)?)))
        }),
    );
    if shown.response.dragged() {
        return None;
    }
    let pointer = shown.response.hover_pos()?;
    let apart = |place: &[f64; 2]| at(*place).distance(pointer);
    let near = all
        .iter()
        .enumerate()
        .filter(|(_, (_, label))| is_shown(*label));
    let near = near.map(|(index, (place, _))| (index, apart(place)));
    let (nearest, distance) = near.min_by(|a, b| a.1.total_cmp(&b.1))?;
    if distance > NEAR {
        return None;
    }
    let image = *points.images.get(nearest)?;
    let label = points.labels.get(nearest).copied();
    let id = ImageId::Test(image);
    if let Some(gallery) = state.gallery() {
        let tooltip = Tooltip::for_widget(&shown.response).at_pointer();
        tooltip.gap(12.0).show(|ui| {
            let words = text.image_and_class(id, label);
            thumbs.of_gallery(ui, &gallery, id, PICTURE, &words);
            ui.label(theme::strong(words));
        });
    }
    shown.response.clicked().then_some(id)
}

/// The middle of some points, by the median along each axis: a few that lie far off do not move it.
fn middle(places: &[[f64; 2]]) -> Option<[f64; 2]> {
    let median = |axis: usize| {
        let mut values: Vec<f64> = places.iter().map(|place| place[axis]).collect();
        values.sort_by(f64::total_cmp);
        values.get(values.len() / 2).copied()
    };
    Some([median(0)?, median(1)?])
}

/// The classes' names in the middle of their points, moved down where one would lie on another.
fn names(ui: &egui::Ui, state: &State, frame: Rect, classes: impl Iterator<Item = (u8, Pos2)>) {
    let text = state.text();
    let ink = ui.visuals().strong_text_color();
    let ground = ui.visuals().extreme_bg_color.gamma_multiply(0.75);
    let font = TextStyle::Small.resolve(ui.style());
    let painter = ui.painter().with_clip_rect(frame);
    let mut taken: Vec<Rect> = Vec::new();
    for (class, middle) in classes {
        let name = text.class_name(class).to_owned();
        let name = ui.fonts_mut(|fonts| fonts.layout_no_wrap(name, font.clone(), ink));
        let size = name.size() + vec2(6.0, 2.0);
        let mut place = Rect::from_center_size(middle, size);
        while let Some(other) = taken.iter().find(|other| other.intersects(place)) {
            place = place.translate(vec2(0.0, other.max.y - place.min.y + 1.0));
        }
        painter.rect_filled(place, 3.0, ground);
        painter.galley(place.min + vec2(3.0, 1.0), name, ink);
        taken.push(place);
    }
}

/// A frame around all points, with some room.
fn frame(points: &[([f64; 2], u8)]) -> egui_plot::PlotBounds {
    let ends = |axis: usize| {
        let values = points.iter().map(|(place, _)| place[axis]);
        let least = values.clone().fold(f64::INFINITY, f64::min);
        let most = values.fold(f64::NEG_INFINITY, f64::max);
        let room = 0.04 * (most - least).max(1e-6);
        (least - room, most + room)
    };
    let ((left, right), (bottom, top)) = (ends(0), ends(1));
    egui_plot::PlotBounds::from_min_max([left, bottom], [right, top])
}
