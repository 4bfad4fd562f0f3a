//! Changing the selected filter by hand: each weight of a slice, the whole slice, the bias.

use crate::app::model::action::Action;
use crate::app::model::edited::HandAction;
use crate::app::model::state::State;
use crate::app::views::filters::{Shown, block_title};
use crate::app::widgets;
use crate::text::Text;
use convlens_core::explore::Kernels;
use convlens_core::explore::by_hand::{Kernel, NamedKernel};
use convlens_core::network::{ChangedTo, WeightChange};
use eframe::egui::scroll_area::ScrollBarVisibility;
use eframe::egui::{
    self, Button, ComboBox, DragValue, Grid, Label, RichText, ScrollArea, TextStyle,
};

/// Longest side of a kernel whose weights can be typed: more fields have no room.
const LARGEST: usize = 7;

/// Room to the next block, in points: the fields would stand at its words.
const APART: f32 = 6.0;

/// Between two fields, in points.
const GAP: f32 = 2.0;

/// Least width of a field: "−0.08" in small letters.
const NARROWEST: f32 = 34.0;

/// Width below which the letters are small: "−0.083" in those of other fields.
const ROOM_FOR_LETTERS: f32 = 50.0;

/// Before and after the number in a field.
const PADDING: f32 = 0.5;

/// The block; it keeps which slice is changed.
#[derive(Default)]
pub struct Change {
    channel: usize,
}

impl Change {
    pub fn show(
        &mut self,
        ui: &mut egui::Ui,
        state: &State,
        shown: &Shown<'_>,
        actions: &mut Vec<Action>,
    ) {
        let text = state.text();
        let words = &text.filters;
        let kernels = shown.kernels;
        ui.set_max_width(ui.available_width() - APART);
        block_title(ui, words.change, Some(words.change_hint));
        self.channel = self.channel.min(kernels.channels.saturating_sub(1));
        let mut changed = Vec::new();
        if kernels.channels > 1 {
            ui.horizontal(|ui| {
                let label = ui.label(words.slice);
                let most = kernels.channels - 1;
                let field = DragValue::new(&mut self.channel).range(0..=most).speed(0.1);
                ui.add(field).labelled_by(label.id);
            });
        }
        let channel = self.channel;
        let slice = kernels.slices(shown.filter, &[channel]);
        if kernels.height.max(kernels.width) <= LARGEST {
            // What is wider than the block is scrolled: it stays within it. A bar would stand at the view's lower edge.
            let fields = ScrollArea::horizontal()
                .id_salt("weights by hand")
                .scroll_bar_visibility(ScrollBarVisibility::AlwaysHidden);
            let fields = fields.show(ui, |ui| fields_of(ui, text, kernels, channel, &slice));
            changed.extend(fields.inner);
        }
        ui.horizontal_wrapped(|ui| {
            let label = ui.label(words.bias);
            let own = kernels.biases[shown.filter];
            let mut bias = own;
            let written = |value| text.value(value);
            let field = field(&mut bias, text, &written);
            let response = ui.add(field).labelled_by(label.id);
            if response.changed() && is_another(text, bias, &written(own)) {
                changed.push(ChangedTo::Bias(bias));
            }
        });
        changed.extend(replaced(ui, state, shown, channel));
        let changes = changed.into_iter().map(|to| WeightChange {
            layer: shown.layer,
            filter: shown.filter,
            to,
        });
        actions.extend(changes.map(|change| Action::ByHand(HandAction::Change(change))));
        history(ui, state, actions);
    }
}

/// The fields of a slice, as wide as the block where their numbers fit; what was typed.
fn fields_of(
    ui: &mut egui::Ui,
    text: &'static Text,
    kernels: &Kernels,
    channel: usize,
    slice: &[f32],
) -> Option<ChangedTo> {
    let width = (ui.available_width() + GAP) / kernels.width as f32 - GAP;
    let width = width.max(NARROWEST);
    ui.spacing_mut().button_padding.x = PADDING;
    ui.spacing_mut().interact_size.x = width;
    let style = if width < ROOM_FOR_LETTERS {
        TextStyle::Small
    } else {
        TextStyle::Button
    };
    let written = widgets::layout::written(ui, &style, text, width - 2.0 * PADDING);
    ui.style_mut().drag_value_text_style = style;
    let grid = Grid::new("weights by hand").spacing([GAP, GAP]);
    let grid = grid.min_col_width(0.0).show(ui, |ui| {
        let mut changed = None;
        for (place, &weight) in slice.iter().enumerate() {
            let tap = [place / kernels.width, place % kernels.width];
            let mut value = weight;
            let field = field(&mut value, text, &written);
            let name = text.weight_at(channel, tap[0], tap[1], weight);
            let response = ui.add_sized([width, 20.0], field);
            ui.ctx()
                .accesskit_node_builder(response.id, |node| node.set_label(name));
            if response.changed() && is_another(text, value, &written(weight)) {
                changed = Some(ChangedTo::Weight {
                    channel,
                    tap,
                    value,
                });
            }
            if tap[1] + 1 == kernels.width {
                ui.end_row();
            }
        }
        changed
    });
    grid.inner
}

/// A field for a weight, which stands there as `written`.
fn field<'a>(
    value: &'a mut f32,
    text: &'static Text,
    written: &'a impl Fn(f32) -> String,
) -> DragValue<'a> {
    DragValue::new(value)
        .speed(0.01)
        .range(-Kernel::MAX..=Kernel::MAX)
        .custom_formatter(|value, _| written(value as f32))
        .custom_parser(|typed| text.typed_number(typed))
        // What is typed counts when it is whole: the weights answer a frame later, and would overwrite it.
        .update_while_editing(false)
}

/// Whether this is not what was written in a field: who goes through it by Tab does not round the weight to that.
fn is_another(text: &Text, value: f32, written: &str) -> bool {
    text.typed_number(written).map(|written| written as f32) != Some(value)
}

/// The menu of kernels that take the slice's place.
fn replaced(
    ui: &mut egui::Ui,
    state: &State,
    shown: &Shown<'_>,
    channel: usize,
) -> Option<ChangedTo> {
    let text = state.text();
    let kernels = shown.kernels;
    let (height, width) = (kernels.height, kernels.width);
    let zeros = vec![0.0; height * width];
    let mut choices = vec![(text.filters.zeros, zeros)];
    if height == width && [3, 5].contains(&height) {
        for (_, named) in NamedKernel::ALL {
            let kernel = named.kernel(height);
            let values = kernel.values().iter().map(|value| *value as f32).collect();
            choices.push((text.named_kernel(named), values));
        }
    }
    let mut chosen = None;
    ui.horizontal_wrapped(|ui| {
        let menu = ComboBox::from_id_salt("replace slice")
            .selected_text(text.filters.replace)
            .width(120.0)
            .show_ui(ui, |ui| {
                for (name, values) in choices {
                    if ui.selectable_label(false, name).clicked() {
                        chosen = Some(ChangedTo::Slices {
                            channel: Some(channel),
                            values,
                        });
                    }
                }
            });
        let name = text.filters.replace;
        widgets::theme::name_as(&menu.response, egui::Role::ComboBox, name);
        menu.response.on_hover_text(text.filters.replace_hint);
        let zeros = ui.button(text.filters.all_zero);
        if zeros.on_hover_text(text.filters.all_zero_hint).clicked() {
            chosen = Some(ChangedTo::Slices {
                channel: None,
                values: vec![0.0; height * width],
            });
        }
    });
    chosen
}

/// Undo, redo, all back; where changes were made.
fn history(ui: &mut egui::Ui, state: &State, actions: &mut Vec<Action>) {
    let text = state.text();
    let edited = state.edited.as_ref();
    let edited = edited.filter(|edited| edited.owner == state.whose.owner);
    let Some(edited) = edited else { return };
    let words = &text.filters;
    let any = !edited.changes().is_empty();
    ui.horizontal_wrapped(|ui| {
        for (name, can, action) in [
            (words.undo_change, any, HandAction::Undo),
            (words.redo_change, edited.can_redo(), HandAction::Redo),
            (words.reset_changes, any, HandAction::Reset),
        ] {
            if ui.add_enabled(can, Button::new(name)).clicked() {
                actions.push(Action::ByHand(action));
            }
        }
        let why_not = state.why_not_train_shown();
        let can = state.live_run().is_none() && why_not.is_none();
        let train = ui
            .add_enabled(can, Button::new(text.training.train_shown))
            .on_hover_text(text.training.train_shown_hint)
            .on_disabled_hover_text(why_not.as_deref().unwrap_or(text.runs.wait_for_run));
        if train.clicked() {
            actions.push(Action::TrainShown);
        }
    });
    let count = RichText::new(text.changes_by_hand(edited.changes().len()));
    ui.add(Label::new(count.small().weak()).wrap());
}
