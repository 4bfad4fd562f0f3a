//! A plot that stands still, and what is read on pointing at it its view's own affair.

use eframe::egui::Sense;
use egui_plot::Plot;
use std::fmt::Debug;
use std::hash::Hash;

/// Nothing of it is dragged, zoomed or scrolled.
pub fn still_plot<'a>(id: impl Hash + Debug) -> Plot<'a> {
    Plot::new(id)
        .allow_scroll(false)
        .allow_drag(false)
        .allow_zoom(false)
        .allow_axis_zoom_drag(false)
        .allow_boxed_zoom(false)
        .allow_double_click_reset(false)
        .show_x(false)
        .show_y(false)
        .sense(Sense::hover())
}
