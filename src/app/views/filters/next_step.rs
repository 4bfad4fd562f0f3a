//! What the next batch does to the selected filter, while the run holds: its weights, the gradient by each, and the optimizer's numbers at one.

use crate::app::model::action::Action;
use crate::app::model::run::RunStatus;
use crate::app::model::state::State;
use crate::app::views::filters::{Shown, block_title};
use crate::app::widgets::little::Little;
use crate::app::widgets::stage;
use crate::app::widgets::textures::Textures;
use crate::app::widgets::theme;
use convlens_core::explore::{FilterStep, WeightStep};
use convlens_core::render::ValueRange;
use eframe::egui::{self, Grid, Label, RichText, Vec2};
use std::time::Duration;

/// Side of a picture: three stand in a block.
const SIDE: f32 = 56.0;

/// Between two batches, where one looks on.
const SLOW: Duration = Duration::from_secs(1);

/// The block; it owns which weight is looked at.
#[derive(Default)]
pub struct NextStep {
    textures: Textures,
    /// Row and column; the one with the largest gradient where nobody chose.
    chosen: Option<[usize; 2]>,
    /// One batch after another, and when the last was asked for, in seconds.
    slowly: bool,
    asked: f64,
}

impl NextStep {
    pub fn show(
        &mut self,
        ui: &mut egui::Ui,
        state: &State,
        shown: &Shown<'_>,
        actions: &mut Vec<Action>,
    ) {
        let words = &state.text().filters;
        block_title(ui, words.next_batch, Some(words.next_batch_hint));
        let known = state.filters.next_step.key();
        let is_of_this = known.is_some_and(|known| {
            (known.layer, known.filter) == (shown.layer, shown.filter)
                && known.whose.version == shown.whose.version
        });
        let step = state.filters.next_step.answer().filter(|_| is_of_this);
        let holds = (state.live_run()).is_some_and(|run| run.status == RunStatus::Paused);
        if let Some(step) = step {
            self.pictures(ui, state, shown, step);
        } else {
            let is_live = holds && state.whose.owner == state.runs.live.whose.owner;
            let why = if is_live && state.filters.next_step.is_settled() {
                words.cannot_be_told
            } else {
                words.hold_to_see
            };
            ui.add(Label::new(RichText::new(why).small().weak()).wrap());
        }
        self.batches(ui, state, holds, actions);
    }

    /// One batch, or one after another, slow enough to be watched.
    fn batches(
        &mut self,
        ui: &mut egui::Ui,
        state: &State,
        holds: bool,
        actions: &mut Vec<Action>,
    ) {
        let text = state.text();
        let may_step = holds || (state.live_run().is_none() && state.why_not_train().is_none());
        stage::for_teacher(ui, |ui| {
            let slowly = ui
                .add_enabled(
                    may_step || self.slowly,
                    egui::Checkbox::new(&mut self.slowly, text.filters.slowly),
                )
                .on_hover_text(text.filters.slowly_hint);
            if slowly.changed() {
                self.asked = f64::NEG_INFINITY;
            }
        });
        // Beside other weights the run's loss would be taken for theirs.
        let run = state.run.as_ref();
        let run = run.filter(|run| run.owner() == state.whose.owner);
        let loss = run.and_then(|run| run.loss.last());
        let loss = loss.map_or("–".to_owned(), |[_, loss]| text.loss(*loss));
        let words = format!("{}: {loss}", text.filters.loss_of_batch);
        ui.add(Label::new(RichText::new(words).small().weak()).wrap());
        if !self.slowly || ui.ctx().viewport_id() != egui::ViewportId::ROOT {
            return;
        }
        if state.live_run().is_none() && self.asked.is_finite() {
            // The run is over.
            self.slowly = false;
            return;
        }
        let now = ui.input(|input| input.time);
        if may_step && now - self.asked >= SLOW.as_secs_f64() {
            self.asked = now;
            actions.push(Action::Step);
        }
        ui.ctx().request_repaint_after(SLOW / 4);
    }

    /// The slice that weighs most: its weights, their gradients, what changes; and the numbers at one weight.
    fn pictures(&mut self, ui: &mut egui::Ui, state: &State, shown: &Shown<'_>, step: &FilterStep) {
        let text = state.text();
        let words = &text.filters;
        let kernels = shown.kernels;
        let slice = kernels.strongest(shown.filter, 1).first().copied();
        let (slice, len) = (slice.unwrap_or(0), kernels.slice_len());
        let Some(weights) = step.weights.get(slice * len..(slice + 1) * len) else {
            return;
        };
        let of = |value: &dyn Fn(&WeightStep) -> f64| -> Vec<f32> {
            weights.iter().map(|weight| value(weight) as f32).collect()
        };
        let now = of(&|weight| weight.weight);
        let gradients = of(&|weight| weight.gradient);
        let changes = of(&|weight| weight.next - weight.weight);
        let largest = (0..len).reduce(|a, b| {
            if gradients[b].abs() > gradients[a].abs() {
                b
            } else {
                a
            }
        });
        let chosen = self
            .chosen
            .map(|[row, column]| row * kernels.width + column);
        let chosen = chosen.filter(|place| *place < len).or(largest).unwrap_or(0);
        let at = [chosen / kernels.width, chosen % kernels.width];
        let version = (shown.whose.version, (shown.layer, shown.filter));
        ui.horizontal_top(|ui| {
            ui.spacing_mut().item_spacing = Vec2::splat(4.0);
            for (index, (name, values)) in [
                (words.weights_now, &now),
                (words.gradient, &gradients),
                (words.change_of, &changes),
            ]
            .into_iter()
            .enumerate()
            {
                ui.vertical(|ui| {
                    ui.set_width(SIDE);
                    ui.add(Label::new(RichText::new(name).small().weak()).extend());
                    let picture = Little {
                        place: ("next step", (index, slice)),
                        values,
                        size: (kernels.width, kernels.height),
                        range: ValueRange::of(values).symmetric(),
                        colormap: theme::diverging(ui),
                        side: SIDE,
                        words: name,
                    };
                    let clicked = picture.cells(ui, &mut self.textures, version, Some(at), |tap| {
                        let value = values[tap[0] * kernels.width + tap[1]];
                        let place = text.row_and_column(tap[0], tap[1]);
                        format!("{name}, {place}: {}", text.value(value))
                    });
                    self.chosen = clicked.or(self.chosen);
                });
            }
        });
        let weight = &weights[chosen];
        let place = text.row_and_column(at[0], at[1]);
        let slice = if kernels.channels > 1 {
            format!("{}, {place}", text.slice_name(slice))
        } else {
            place
        };
        ui.add(Label::new(RichText::new(slice).small().weak()).wrap());
        numbers(ui, state, weight);
    }
}

/// Before and after, at one weight.
fn numbers(ui: &mut egui::Ui, state: &State, weight: &WeightStep) {
    let text = state.text();
    let words = &text.filters;
    let value = |value: f64| text.value(value as f32);
    Grid::new("next step in numbers")
        .num_columns(2)
        .spacing([8.0, 1.0])
        .show(ui, |ui| {
            let mut row = |name: &str, hint: &str, words: String| {
                let label = ui.label(RichText::new(name).small());
                if !hint.is_empty() {
                    label.on_hover_text(hint);
                }
                ui.add(Label::new(RichText::new(words).small()).extend());
                ui.end_row();
            };
            row(words.gradient, "", value(weight.gradient));
            for (name, hint, [before, after]) in [
                ("m", words.mean_of_gradients, weight.mean),
                ("v", words.mean_of_squares, weight.square),
            ] {
                if before.abs() + after.abs() > 0.0 {
                    row(name, hint, format!("{} → {}", value(before), value(after)));
                }
            }
            let next = format!("{} → {}", value(weight.weight), value(weight.next));
            row(words.weight, "", next);
        });
}
