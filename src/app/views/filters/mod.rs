//! The Filters view: the kernels of a convolution, what each filter does over the whole test set,
//! and what the network is without some of them.

mod change;
mod controls;
mod grid;
mod kernel;
mod next_step;
mod preferred;
mod selected;
mod strength;

use crate::app::model::action::Action;
use crate::app::model::state::State;
use crate::app::model::whose::Whose;
use crate::app::views::ViewPanel;
use crate::app::widgets::tab_order::{Region, region};
use crate::app::widgets::textures::Textures;
use crate::app::widgets::thumb::Thumbs;
use crate::app::{views, widgets};
use convlens_core::explore::{Kernels, has_templates};
use convlens_core::render::{Colormap, ValueRange, colour_kernel, mosaic, mosaic_columns};
use eframe::egui::{self, Color32, Id, Rect, ScrollArea, pos2};

/// Slices of a filter that its tile shows: as many as are large enough to be read.
const ON_A_TILE: usize = 4;

/// Share of the width that the grid of all filters has, and for the room, which sees more beside it.
const GRID: f32 = 0.42;
const GRID_FOR_ROOM: f32 = 0.35;
const GRID_FOR_CLASS: f32 = 0.4;

/// The view; it owns its textures.
#[derive(Default)]
pub struct FiltersView {
    grid: Textures,
    preferred: Thumbs,
    /// Every slice of a later layer's filters, small, instead of the strongest ones.
    all_slices: bool,
    /// Whether each filter has a scale of its own; where nobody chose, it has if one would blank the others.
    own_scale: Option<bool>,
    selected: views::filters::selected::Selected,
}

/// What every part of the view looks at.
pub struct Shown<'a> {
    kernels: &'a Kernels,
    /// Index of the layer in the network.
    layer: usize,
    /// The filter selected.
    filter: usize,
    /// The scale of the colours that all filters of the layer share, symmetric about zero; `None` where each has one of its own.
    common: Option<ValueRange>,
    /// Whose they are.
    whose: &'a Whose,
    /// Whether they are templates of a dense layer, which has neither maps nor a place where it answers.
    are_templates: bool,
    colormap: Colormap,
    /// Colour of the lines between slices.
    gap: [u8; 3],
    all_slices: bool,
    /// Whether the layer looks at pictures in colour, so that its three slices make one.
    in_colour: bool,
}

impl Shown<'_> {
    /// Input channels of the slices that stand for a filter on its tile.
    fn on_tile(&self, filter: usize) -> Vec<usize> {
        if self.all_slices || self.in_colour {
            (0..self.kernels.channels).collect()
        } else {
            self.kernels.strongest(filter, ON_A_TILE)
        }
    }

    /// The scale of a filter's colours, symmetric about zero.
    fn range(&self, filter: usize) -> ValueRange {
        self.common
            .unwrap_or_else(|| ValueRange::of(self.kernels.filter(filter)).symmetric())
    }

    /// Whether these slices are painted as one picture in colour.
    fn is_one(&self, channels: &[usize]) -> bool {
        self.in_colour && !self.all_slices && channels.len() == 3
    }

    /// Rows and columns of what stands for these slices, and how many stand side by side.
    fn extent(&self, channels: &[usize]) -> (usize, usize, usize) {
        let Kernels { height, width, .. } = *self.kernels;
        if self.is_one(channels) {
            return (height, width, 1);
        }
        let columns = mosaic_columns(channels.len()).max(1);
        let rows = channels.len().div_ceil(columns).max(1);
        let extent = |count: usize, side: usize| count * (side + 1) - 1;
        (extent(rows, height), extent(columns, width), columns)
    }

    /// Slices of a filter side by side; `place` tells where from elsewhere, and how bright.
    fn paint(
        &self,
        ui: &egui::Ui,
        (filter, channels): (usize, &[usize]),
        rect: Rect,
        (place, tint): (Id, Color32),
        textures: &mut Textures,
    ) {
        let kernels = self.kernels;
        let is_one = self.is_one(channels);
        let of = (self.whose.version, self.layer, filter, channels);
        let of = (of, self.common.is_none());
        let range = self.range(filter);
        let texture = textures.get(ui.ctx(), place, (of, self.gap, is_one), || {
            let slices = kernels.slices(filter, channels);
            let size = (kernels.height, kernels.width);
            if is_one {
                return colour_kernel(&slices, size, range);
            }
            mosaic(&slices, size, range, self.colormap, self.gap)
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
        let own_scale = self.own_scale;
        let own_scale = own_scale.unwrap_or_else(|| kernels.one_outshines_the_others());
        // A line that is told from the ground, which is a weight of zero.
        let line = ui.visuals().widgets.noninteractive.bg_stroke.color;
        let shown = Shown {
            kernels,
            layer,
            filter: state.preferences.maps.convolution.min(kernels.filters - 1),
            common: (!own_scale).then(|| answer.range.symmetric()),
            whose: &answer.whose,
            are_templates: has_templates(&state.snapshot.model, layer),
            colormap: widgets::theme::diverging(ui),
            gap: [line.r(), line.g(), line.b()],
            all_slices: self.all_slices,
            in_colour: layer == 0 && state.snapshot.model.spec().input.is_colour(),
        };
        let look = (&mut self.all_slices, &mut self.own_scale);
        views::filters::controls::show(ui, state, &shown, look, actions);
        ui.add_space(4.0);
        // Boxes and notices that do not get shorter may make the row above wider than the window: what is below stays in it.
        let in_sight = ui.clip_rect().right() - ui.cursor().left();
        let width = ui.available_width().min(in_sight);
        ui.set_max_width(width);
        let height = ui.available_height();
        ui.horizontal_top(|ui| {
            ui.vertical(|ui| {
                region(ui, Region::Pictures);
                let is_for_room = widgets::stage::is_for_room(ui.ctx());
                let share = if is_for_room {
                    GRID_FOR_ROOM
                } else if state.preferences.display.needs_height(ui.ctx()) {
                    GRID_FOR_CLASS
                } else {
                    GRID
                };
                ui.set_width(width * share);
                ui.set_height(height);
                let textures = (&mut self.grid, &mut self.preferred);
                views::filters::grid::show(ui, state, &shown, textures, actions);
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
