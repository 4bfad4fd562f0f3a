//! Loss and accuracy as the run goes.

use eframe::egui::{self, RichText};
use egui_plot::{HoverPosition, Legend, Line, LineStyle, MarkerShape, Plot, PlotPoints, Points};

use super::run::Run;
use super::state::State;
use super::theme;
use crate::text::Text;

/// Points drawn of one curve: more than the panel has pixels, few enough for every frame.
const DRAWN: usize = 2000;

pub fn show(ui: &mut egui::Ui, state: &State) {
    let text = state.text();
    let height = ((ui.available_height() - 130.0) / 2.0).clamp(120.0, 300.0);
    egui::ScrollArea::vertical().show(ui, |ui| {
        ui.label(theme::heading(text.curves.loss));
        loss(ui, state.run.as_ref(), text, height);
        ui.add_space(6.0);
        ui.label(theme::heading(text.curves.accuracy));
        accuracy(ui, state.run.as_ref(), text, height);
        ui.add(egui::Label::new(RichText::new(text.curves.accuracy_note).small().weak()).wrap());
    });
}

fn plot<'a>(id: &str, height: f32) -> Plot<'a> {
    Plot::new(id)
        .height(height)
        .allow_scroll(false)
        .allow_drag(false)
        .allow_zoom(false)
        .allow_boxed_zoom(false)
        .set_margin_fraction(egui::vec2(0.02, 0.06))
        .legend(Legend::default().background_alpha(0.6))
        .y_axis_min_width(34.0)
}

/// Loss of every batch, raw behind its smoothed line, over epochs.
fn loss(ui: &mut egui::Ui, run: Option<&Run>, text: &'static Text, height: f32) {
    let (accent, raw) = (
        theme::accent(ui),
        ui.visuals().weak_text_color().gamma_multiply(0.55),
    );
    let second = theme::second(ui);
    plot("loss", height)
        .include_y(0.0)
        .include_y(1.0)
        .include_x(0.0)
        .include_x(1.0)
        .x_axis_label(text.curves.epoch)
        .x_axis_formatter(|mark, _| text.axis_number(mark.value, mark.step_size))
        .y_axis_formatter(|mark, _| text.axis_number(mark.value, mark.step_size))
        .label_formatter(|hover| Some(hovered(text, hover, false)))
        .show(ui, |plot| {
            let Some(run) = run else { return };
            let per_epoch = run.batches_per_epoch.max(1) as f64;
            let over_epochs = |points: &[[f64; 2]]| -> Vec<[f64; 2]> {
                thinned(points)
                    .map(|[step, loss]| [step / per_epoch, loss])
                    .collect()
            };
            let raw_points = PlotPoints::from(over_epochs(&run.loss));
            plot.points(
                Points::new(text.curves.each_batch, raw_points)
                    .color(raw)
                    .radius(1.0),
            );
            let smooth = PlotPoints::from(over_epochs(&run.smoothed_loss));
            plot.line(
                Line::new(text.curves.training_smoothed, smooth)
                    .color(accent)
                    .width(2.0),
            );
            let test: Vec<_> = run
                .epochs
                .iter()
                .map(|epoch| [epoch.epoch as f64, epoch.test_loss])
                .collect();
            both(plot, text.curves.test, test, second);
        });
}

/// Accuracy of each epoch.
fn accuracy(ui: &mut egui::Ui, run: Option<&Run>, text: &'static Text, height: f32) {
    let (accent, second) = (theme::accent(ui), theme::second(ui));
    plot("accuracy", height)
        .include_x(0.0)
        .include_x(1.0)
        .include_y(1.0)
        .include_y(0.8)
        .x_axis_label(text.curves.epoch)
        .x_axis_formatter(|mark, _| text.axis_number(mark.value, mark.step_size))
        .y_axis_formatter(|mark, _| text.percent(mark.value, 0))
        .label_formatter(|hover| Some(hovered(text, hover, true)))
        .show(ui, |plot| {
            let Some(run) = run else { return };
            let curve = |value: fn(&crate::training::EpochMetrics) -> f64| -> Vec<[f64; 2]> {
                let epochs = run.epochs.iter();
                epochs
                    .map(|epoch| [epoch.epoch as f64, value(epoch)])
                    .collect()
            };
            let train = curve(|epoch| epoch.train_accuracy);
            let line = PlotPoints::from(train.clone());
            plot.line(
                Line::new(text.curves.training_running, line)
                    .color(accent)
                    .width(2.0),
            );
            plot.points(
                Points::new(text.curves.training_running, train)
                    .color(accent)
                    .radius(3.5),
            );
            both(
                plot,
                text.curves.test,
                curve(|epoch| epoch.test_accuracy),
                second,
            );
        });
}

/// The test set's curve: dashed, with diamonds, so that colour is not all that tells it apart.
fn both(plot: &mut egui_plot::PlotUi<'_>, name: &str, points: Vec<[f64; 2]>, color: egui::Color32) {
    let line = Line::new(name, points.clone()).style(LineStyle::dashed_dense());
    plot.line(line.color(color).width(2.0));
    let marks = Points::new(name, points).shape(MarkerShape::Diamond);
    plot.points(marks.color(color).radius(4.0));
}

fn hovered(text: &Text, hover: &HoverPosition<'_>, is_share: bool) -> String {
    let (HoverPosition::NearDataPoint { position, .. } | HoverPosition::Elsewhere { position }) =
        hover;
    text.curve_point(position.x, position.y, is_share)
}

/// At most twice [`DRAWN`] of the points: every 1st, 2nd, 4th, …, so that those drawn stay the same
/// while more arrive; and the newest.
fn thinned(points: &[[f64; 2]]) -> impl Iterator<Item = [f64; 2]> {
    let stride = (points.len() / DRAWN).max(1).next_power_of_two();
    points.iter().step_by(stride).chain(points.last()).copied()
}
