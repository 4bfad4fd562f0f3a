//! The Filters view: the kernels of a convolution, what each filter does over the whole test set,
//! and what the network is without some of them.

mod controls;
mod grid;
mod kernel;
mod selected;

use crate::app::model::action::Action;
use crate::app::model::state::State;
use crate::app::model::whose::Whose;
use crate::app::views::ViewPanel;
use crate::app::widgets::textures::Textures;
use crate::app::{views, widgets};
use convlens_core::explore::{Kernels, has_templates};
use convlens_core::render::{Colormap, ValueRange, mosaic};
use eframe::egui::{self, Color32, Id, Rect, ScrollArea, pos2};

/// Share of the width that the grid of all filters has.
const GRID: f32 = 0.42;

/// The view; it owns its textures.
#[derive(Default)]
pub struct FiltersView {
    grid: Textures,
    selected: views::filters::selected::Selected,
}

/// What every part of the view looks at.
pub struct Shown<'a> {
    kernels: &'a Kernels,
    /// Index of the layer in the network.
    layer: usize,
    /// The filter selected.
    filter: usize,
    /// The scale of the colours: the same for all filters of the layer, symmetric about zero.
    range: ValueRange,
    /// Whose they are.
    whose: &'a Whose,
    /// Whether they are templates of a dense layer, which has neither maps nor a place where it answers.
    are_templates: bool,
    /// Colour of the lines between slices.
    gap: [u8; 3],
}

impl Shown<'_> {
    /// A filter's slices side by side; `place` tells where from elsewhere, and how bright.
    fn paint(
        &self,
        ui: &egui::Ui,
        filter: usize,
        rect: Rect,
        (place, tint): (Id, Color32),
        textures: &mut Textures,
    ) {
        let kernels = self.kernels;
        let version = (self.whose.version, self.layer, filter, self.gap);
        let texture = textures.get(ui.ctx(), place, version, || {
            let (slices, side) = (kernels.filter(filter), kernels.side);
            mosaic(slices, side, self.range, Colormap::Diverging, self.gap)
        });
        let whole = Rect::from_min_max(pos2(0.0, 0.0), pos2(1.0, 1.0));
        ui.painter().image(texture.id(), rect, whole, tint);
    }
}

/// Heading of a block.
pub fn block_title(ui: &mut egui::Ui, title: &str, hint: Option<&str>) {
    let label = ui.label(widgets::theme::strong(title));
    if let Some(hint) = hint {
        label.on_hover_text(hint);
    }
}

impl ViewPanel for FiltersView {
    fn show(&mut self, ui: &mut egui::Ui, state: &State, actions: &mut Vec<Action>) {
        let text = state.text();
        let Some(layer) = state.filters_layer() else {
            ui.add_space(20.0);
            ui.label(text.filters.no_filters);
            return;
        };
        let Some(answer) = state.filters.kernels.answer().cloned() else {
            return;
        };
        let kernels = &answer.kernels;
        if answer.layer != layer || kernels.filters == 0 {
            return;
        }
        let visuals = ui.visuals();
        // A line that is told from white, which is a weight of zero.
        let line = if visuals.dark_mode {
            visuals.faint_bg_color
        } else {
            visuals
                .weak_text_color()
                .lerp_to_gamma(visuals.panel_fill, 0.6)
        };
        let shown = Shown {
            kernels,
            layer,
            filter: state.preferences.maps.convolution.min(kernels.filters - 1),
            range: Colormap::Diverging.span(answer.range),
            whose: &answer.whose,
            are_templates: state
                .snapshot
                .model
                .layers()
                .get(layer)
                .is_some_and(has_templates),
            gap: [line.r(), line.g(), line.b()],
        };
        views::filters::controls::show(ui, state, &shown, actions);
        ui.add_space(4.0);
        let width = ui.available_width();
        let height = ui.available_height();
        ui.horizontal_top(|ui| {
            ui.vertical(|ui| {
                ui.set_width(width * GRID);
                ui.set_height(height);
                views::filters::grid::show(ui, state, &shown, &mut self.grid, actions);
            });
            ui.separator();
            ui.vertical(|ui| {
                ScrollArea::vertical()
                    .id_salt("selected filter")
                    .auto_shrink([false, false])
                    .show(ui, |ui| self.selected.show(ui, state, &shown, actions));
            });
        });
    }
}
