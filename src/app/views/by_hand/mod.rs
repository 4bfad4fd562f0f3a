//! Convolution by hand: a window slides over a picture, step by step, and the output grows.

mod arithmetic;
mod controls;
mod filters;
mod grid;

use crate::app::model::action::Action;
use crate::app::model::state::State;
use crate::app::views::ViewPanel;
use crate::app::views::by_hand::grid::{Cells, Colours};
use crate::app::widgets::playing::Playing;
use crate::app::widgets::tab_order::{Region, region};
use crate::app::widgets::thumb::Thumbs;
use crate::app::{views, widgets};
use convlens_core::explore::by_hand::{Operation, Picture, Position, Sliding};
use convlens_core::lessons::{ByHand, HandKernel, HandPicture};
use eframe::egui::{self, ScrollArea, vec2};

/// Smallest side of a cell, that which need not be seen as a whole, and the largest, in points.
const CELL: (f32, f32, f32) = (5.0, 30.0, 120.0);

/// A picture of more cells a side is seen as a whole: no numbers stand in them.
const MOST_NUMBERED: usize = 8;

/// In less height than this the products stand beside the kernel where there is room, so that their sum is in sight.
const LOW: f32 = 360.0;

/// Height of what stands above and below the pictures.
const AROUND: f32 = 170.0;

/// Of which the buttons have so much, which the room does not see.
const BUTTONS: f32 = 40.0;

const GAP: f32 = 22.0;

/// The view; it owns where the window stands and whether it moves.
#[derive(Default)]
pub struct ByHandView {
    playing: Playing<ByHand>,
    thumbs: Thumbs,
}

/// What every part of the view looks at.
pub struct Shown<'a> {
    setup: &'a ByHand,
    picture: Picture,
    sliding: Sliding,
    /// The whole output.
    output: Picture,
    /// Place in the output of the window.
    place: usize,
    /// What happens there.
    position: Position,
}

impl ViewPanel for ByHandView {
    fn show(&mut self, ui: &mut egui::Ui, state: &State, actions: &mut Vec<Action>) {
        let text = state.text();
        let mut setup = state.preferences.by_hand.clone();
        widgets::stage::for_teacher(ui, |ui| {
            views::by_hand::controls::show(ui, state, &mut setup, &mut self.thumbs);
        });
        let shown = self.look(state);
        if let Some(shown) = &shown {
            ScrollArea::both().show(ui, |ui| {
                region(ui, Region::Pictures);
                self.playing.show(ui, text);
                let (place, width) = (shown.place, shown.output.width);
                let count = shown.output.values.len();
                ui.label(text.position_of(place + 1, count, place / width, place % width));
                self.pictures(ui, state, shown, &mut setup);
                ui.add_space(8.0);
                views::by_hand::arithmetic::show(ui, state, shown);
            });
        } else if state.hand_kernels.is_settled() {
            ui.add_space(20.0);
            ui.label(text.by_hand.no_filter);
        }
        if setup != state.preferences.by_hand {
            actions.push(Action::SetByHand(setup));
        }
    }
}

impl ByHandView {
    /// Works out what is to be seen; `None` while the network's filter is not there.
    fn look<'a>(&mut self, state: &'a State) -> Option<Shown<'a>> {
        let setup = &state.preferences.by_hand;
        let picture = match &setup.picture {
            HandPicture::Test(index) => {
                let test = &state.dataset.as_ref()?.test;
                Picture::of(&test.picture((*index).min(test.len().checked_sub(1)?)))
            }
            _ => setup.small_picture()?,
        };
        let filter = match setup.kernel {
            HandKernel::Filter(number) => filters::filter(state, number),
            _ => None,
        };
        let sliding = setup.sliding(filter.as_ref())?;
        let output = sliding.apply(&picture);
        let count = output.values.len();
        // Nobody steps through hundreds of places to see what a kernel makes of a garment.
        let first = if picture.width > MOST_NUMBERED {
            count.saturating_sub(1)
        } else {
            0
        };
        let place = self.playing.place(setup, first, count)?;
        let position = sliding.at(&picture, place / output.width, place % output.width);
        Some(Shown {
            setup,
            picture,
            sliding,
            output,
            place,
            position,
        })
    }

    /// Picture, kernel and output side by side.
    fn pictures(
        &mut self,
        ui: &mut egui::Ui,
        state: &State,
        shown: &Shown<'_>,
        setup: &mut ByHand,
    ) {
        let text = state.text();
        let border = shown.sliding.border();
        let padded = shown.picture.width + 2 * border;
        let is_for_room = widgets::stage::is_for_room(ui.ctx());
        // For the room the output is as large as the picture.
        let beside = if is_for_room {
            padded
        } else {
            shown.output.width
        };
        let columns = padded + beside;
        let is_low = ui.available_height() < LOW;
        let kernel_room = views::by_hand::grid::kernel_size(ui, shown.position.side).x + GAP;
        let all = ui.available_width() - GAP - 8.0;
        let is_beside = is_low && all - 2.0 * kernel_room >= CELL.0 * columns as f32;
        let kernels = if is_beside { 2.0 } else { 1.0 };
        let room = all - kernels * kernel_room;
        let around = if is_for_room {
            AROUND - BUTTONS
        } else {
            AROUND
        };
        let high = (ui.available_height() - around) / padded as f32;
        let least = if padded > MOST_NUMBERED {
            CELL.0
        } else {
            CELL.1
        };
        let most = high.clamp(least, CELL.2);
        let cell = (room / columns as f32).min(most).floor().max(CELL.0);
        let look = (cell, !is_low && !is_for_room);
        ui.horizontal_top(|ui| {
            ui.spacing_mut().item_spacing = vec2(GAP, 4.0);
            ui.vertical(|ui| {
                // The hint below breaks its lines, or it would push the output out of sight.
                ui.set_max_width(cell * padded as f32);
                ui.label(widgets::theme::strong(text.by_hand.picture));
                let dragged = views::by_hand::grid::picture(ui, text, shown, look, setup);
                if let Some(place) = dragged {
                    self.playing.go_to(place);
                }
            });
            let products = |ui: &mut egui::Ui| {
                ui.label(widgets::theme::strong(text.by_hand.products));
                views::by_hand::grid::products(ui, text, &shown.position);
            };
            ui.vertical(|ui| match &shown.sliding.operation {
                Operation::Convolution(kernel) => {
                    ui.label(widgets::theme::strong(text.by_hand.kernel));
                    views::by_hand::grid::kernel(ui, text, kernel, setup);
                    if !is_beside {
                        ui.add_space(6.0);
                        ui.vertical(products);
                    }
                }
                Operation::MaxPool => {
                    ui.label(widgets::theme::strong(text.by_hand.window));
                    views::by_hand::grid::candidates(ui, text, &shown.position);
                }
            });
            if is_beside && matches!(shown.sliding.operation, Operation::Convolution(_)) {
                ui.vertical(products);
            }
            ui.vertical(|ui| {
                ui.label(widgets::theme::strong(text.by_hand.output));
                let colours = match shown.sliding.operation {
                    Operation::Convolution(_) => Colours::diverging(ui, &shown.output.values),
                    Operation::MaxPool => Colours::grey(&shown.picture.values),
                };
                let cells = Cells {
                    name: text.by_hand.output,
                    picture: &shown.output,
                    border: 0,
                    colours,
                    cell: cell * (beside as f32 / shown.output.width as f32),
                    shown: shown.place + 1,
                };
                let (rect, response) = cells.show(ui, text);
                let one = (
                    shown.place / shown.output.width,
                    shown.place % shown.output.width,
                );
                cells.frame(ui, rect, (one.0 as isize, one.1 as isize), 1);
                if let Some(at) = response.interact_pointer_pos() {
                    let (row, column) = cells.at(rect, at);
                    self.playing.go_to(row * shown.output.width + column);
                }
            });
        });
    }
}
