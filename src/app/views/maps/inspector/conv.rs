//! A convolution: patch × kernel = products, their sum, the bias, ReLU. Of a later one the input channels that
//! contribute most, and the rest as one figure.

use crate::app::model::action::Action;
use crate::app::model::maps::Inspected;
use crate::app::model::state::State;
use crate::app::views::maps::inspector::go_to;
use crate::app::views::maps::inspector::number_grid::Look;
use crate::app::{views, widgets};
use crate::text::Text;
use convlens_core::explore::{ChannelSum, ConvSum};
use convlens_core::render::{Colormap, ValueRange};
use eframe::egui::{self, Button, RichText, vec2};

/// Room between two input channels.
const GAP: f32 = 18.0;

/// Room for the sign between patch and kernel.
const SIGN: f32 = 18.0;

/// Room between two rows of them.
const BETWEEN: f32 = 16.0;

/// Rows of input channels: more would hide the maps, for parts that hardly count.
const MOST_ROWS: usize = 2;

/// Height of the name of an input channel.
const TITLE: f32 = 20.0;

/// Ranges of the colours, the same for every channel drawn.
struct Ranges {
    patch: ValueRange,
    kernel: ValueRange,
    products: ValueRange,
}

pub fn show(
    ui: &mut egui::Ui,
    state: &State,
    inspected: &Inspected,
    sum: &ConvSum,
    actions: &mut Vec<Action>,
) {
    let text = state.text();
    let one_channel = sum.channels.len() == 1;
    let (in_a_row, drawn) = if one_channel {
        (1, 1)
    } else {
        let grid = views::maps::inspector::number_grid::size(sum.rows.max(sum.columns));
        let room = ui.available_size() - vec2(views::maps::inspector::sums::WIDTH, 0.0);
        let wide = (room.x / (2.0 * grid.x + SIGN + GAP)) as usize;
        let high = (room.y / (grid.y + TITLE + BETWEEN)) as usize;
        let wide = wide.max(1);
        (
            wide,
            (wide * high.clamp(1, MOST_ROWS)).min(sum.channels.len()),
        )
    };
    let products = sum.channels[..drawn].iter().flat_map(products);
    let ranges = Ranges {
        patch: ValueRange::of(sum.channels[..drawn].iter().flat_map(|c| &c.patch))
            .union(ValueRange::default()),
        kernel: ValueRange::of(sum.channels.iter().flat_map(|c| &c.kernel)),
        products: ValueRange::of(&products.collect::<Vec<f32>>()),
    };
    ui.horizontal_top(|ui| {
        if one_channel {
            ui.horizontal(|ui| {
                slice(ui, text, inspected, sum, &sum.channels[0], &ranges, true);
            });
            ui.add_space(GAP);
        } else {
            ui.vertical(|ui| {
                for row in sum.channels[..drawn].chunks(in_a_row) {
                    ui.horizontal(|ui| {
                        ui.spacing_mut().item_spacing.x = GAP;
                        for channel in row {
                            ui.vertical(|ui| {
                                title(ui, state, inspected, sum, channel, actions);
                                ui.horizontal(|ui| {
                                    slice(ui, text, inspected, sum, channel, &ranges, false);
                                });
                            });
                        }
                    });
                }
            });
            ui.add_space(GAP);
        }
        ui.vertical(|ui| {
            let shown: f64 = sum.channels[..drawn]
                .iter()
                .map(|channel| channel.sum)
                .sum();
            let names = (
                text.channels_shown(drawn),
                text.other_channels(sum.channels.len() - drawn),
            );
            let mut lines: Vec<views::maps::inspector::sums::Line<'_>> = Vec::new();
            if !one_channel {
                lines.push((&names.0, shown));
                lines.push((&names.1, sum.sum - shown));
            }
            lines.push((text.inspector.sum, sum.sum));
            lines.push((text.inspector.bias, f64::from(sum.bias)));
            let before = text.before_activation(sum.activation);
            lines.push((&before, sum.before_relu));
            let result = text.activation(sum.activation);
            views::maps::inspector::sums::show(ui, text, &lines, result, &inspected.inspection);
        });
    });
}

/// Channel and its part of the sum; a click goes to its map.
fn title(
    ui: &mut egui::Ui,
    state: &State,
    inspected: &Inspected,
    sum: &ConvSum,
    channel: &ChannelSum,
    actions: &mut Vec<Action>,
) {
    let text = state.text();
    let words = text.channel_sum(channel.channel, channel.sum);
    let button = Button::new(RichText::new(words).small()).min_size(vec2(0.0, TITLE - 4.0));
    let button = widgets::theme::bare_button(ui, button);
    if button.on_hover_text(text.inspector.go_to_channel).clicked() {
        let middle = sum.cell(sum.rows / 2 * sum.columns + sum.columns / 2);
        let (height, width) = inspected.input_size;
        let at = |place: isize, count: usize| (place.max(0) as usize).min(count.saturating_sub(1));
        let cell = (at(middle.0, height), at(middle.1, width));
        go_to(state, inspected, channel.channel, cell, actions);
    }
}

fn products(channel: &ChannelSum) -> Vec<f32> {
    let pairs = channel.patch.iter().zip(&channel.kernel);
    pairs.map(|(x, weight)| x * weight).collect()
}

/// Patch and kernel of one channel, and their products if asked for.
fn slice(
    ui: &mut egui::Ui,
    text: &Text,
    inspected: &Inspected,
    sum: &ConvSum,
    channel: &ChannelSum,
    ranges: &Ranges,
    with_products: bool,
) {
    let (height, width) = inspected.input_size;
    let is_padding = |index: usize| {
        let (row, column) = sum.cell(index);
        !(0..height as isize).contains(&row) || !(0..width as isize).contains(&column)
    };
    let look = Look {
        name: text.inspector.patch,
        columns: sum.columns,
        range: ranges.patch,
        colormap: Colormap::Grey,
        marked: None,
        is_wide: with_products,
        is_padding: &is_padding,
    };
    let signed = Look {
        colormap: Colormap::Diverging,
        is_padding: &|_| false,
        ..look
    };
    ui.spacing_mut().item_spacing.x = 4.0;
    views::maps::inspector::number_grid::show(ui, text, &channel.patch, look);
    ui.label(widgets::theme::strong("×"));
    let kernel = Look {
        name: text.inspector.kernel,
        range: ranges.kernel,
        ..signed
    };
    views::maps::inspector::number_grid::show(ui, text, &channel.kernel, kernel);
    if with_products {
        ui.label(widgets::theme::strong("="));
        let look = Look {
            name: text.inspector.products,
            range: ranges.products,
            ..signed
        };
        views::maps::inspector::number_grid::show(ui, text, &products(channel), look);
    }
}
