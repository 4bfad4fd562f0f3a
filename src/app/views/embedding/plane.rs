//! The plane that the points lie in.

use crate::app::model::embedding::{Layout, Points};
use crate::app::model::state::State;
use crate::app::widgets::run_look::{self, Mark};
use crate::app::widgets::theme;
use crate::app::widgets::thumb::Thumbs;
use convlens_core::dataset::ImageId;
use eframe::egui::{self, Role, Sense, Tooltip, WidgetInfo};
use egui_plot::{Plot, PlotPoint};

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
    thumbs: &mut Thumbs,
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
    let shown = Plot::new("embedding")
        .height(ui.available_height())
        .data_aspect(1.0)
        .allow_scroll(false)
        .allow_drag(false)
        .allow_zoom(false)
        .allow_axis_zoom_drag(false)
        .allow_boxed_zoom(false)
        .show_x(false)
        .show_y(false)
        // A place of t-SNE is no number.
        .show_axes(points.layout == Layout::Pca)
        .show_grid(points.layout == Layout::Pca)
        .sense(Sense::click())
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
    let pointer = shown.response.hover_pos()?;
    let apart = |place: &[f64; 2]| {
        let at = shown
            .transform
            .position_from_point(&PlotPoint::new(place[0], place[1]));
        at.distance(pointer)
    };
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
