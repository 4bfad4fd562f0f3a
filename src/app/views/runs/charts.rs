//! Accuracy against what it cost: time, and parameters.

use crate::app::model::state::State;
use crate::app::widgets;
use convlens_core::training::runs::RunSummary;
use eframe::egui::{self, Align2, Pos2, RichText, Role, Sense, WidgetInfo};
use egui_plot::{AxisHints, Plot, PlotPoint, Points};

/// Least height.
const HEIGHT: f32 = 220.0;

/// Room for what is said below.
const NOTE: f32 = 40.0;

/// Room above and below the accuracies, so that a single run has an axis, and a narrow one no noise.
const AROUND: f64 = 0.005;

/// Height of a name, and room for its length.
const LINE: f32 = 13.0;

const NAME: f32 = 110.0;

pub fn show(ui: &mut egui::Ui, state: &State, runs: &[RunSummary]) {
    let text = state.text();
    let measured: Vec<(&RunSummary, f64)> = runs
        .iter()
        .filter_map(|run| Some((run, run.test_accuracy()?)))
        .collect();
    if measured.is_empty() {
        return;
    }
    ui.label(widgets::theme::heading(text.runs.cost));
    ui.columns(2, |columns| {
        let [left, right] = columns else { return };
        chart(
            left,
            state,
            "time",
            text.runs.seconds_axis,
            &measured,
            |run| run.seconds,
            |run| text.duration(run.seconds),
        );
        chart(
            right,
            state,
            "parameters",
            text.network.parameters,
            &measured,
            |run| run.parameters as f64,
            |run| text.parameters(run.parameters),
        );
    });
    ui.add(egui::Label::new(RichText::new(text.runs.cost_note).small().weak()).wrap());
}

fn chart(
    ui: &mut egui::Ui,
    state: &State,
    id: &str,
    axis: &'static str,
    runs: &[(&RunSummary, f64)],
    cost: impl Fn(&RunSummary) -> f64,
    in_words: impl Fn(&RunSummary) -> String,
) {
    let text = state.text();
    let marks: Vec<_> = runs
        .iter()
        .map(|(run, accuracy)| {
            let colour = widgets::theme::run_colour(ui, run.colour);
            (*run, [cost(run), *accuracy], colour)
        })
        .collect();
    let dearest = marks
        .iter()
        .map(|(_, [cost, _], _)| *cost)
        .fold(0.0, f64::max);
    let accuracies = || runs.iter().map(|(_, accuracy)| *accuracy);
    let lowest = accuracies().fold(1.0, f64::min);
    let highest = accuracies().fold(0.0, f64::max);
    // The default leaves a chart of half the middle with nothing but its zero.
    let hints = AxisHints::new_x().label(axis).label_spacing(22.0..=38.0);
    let shown = Plot::new(id)
        .height((ui.available_height() - NOTE).max(HEIGHT))
        .allow_scroll(false)
        .allow_drag(false)
        .allow_zoom(false)
        .allow_axis_zoom_drag(false)
        .allow_boxed_zoom(false)
        .sense(Sense::hover())
        .set_margin_fraction(egui::vec2(0.16, 0.16))
        .include_x(0.0)
        .include_y(lowest - AROUND)
        .include_y(highest + AROUND)
        .custom_x_axes(vec![hints])
        .y_axis_min_width(44.0)
        .x_axis_formatter(|mark, _| {
            // There is room left of the first run, but nothing costs less than nothing.
            if mark.value < 0.0 {
                String::new()
            } else {
                text.axis_count(mark.value, mark.step_size)
            }
        })
        .y_axis_formatter(|mark, _| text.percent(mark.value, 1))
        .show(ui, |plot| {
            let mut taken = Vec::new();
            for (run, [x, y], colour) in marks {
                let shape = widgets::theme::run_mark(run.colour, run.is_baseline);
                let point = Points::new(&run.name, vec![[x, y]]);
                plot.points(point.color(colour).radius(6.0).shape(shape));
                // To the side where there is room, and not on another name.
                let (words, anchor) = if x > dearest / 2.0 {
                    (format!("{}  ", run.name), Align2::RIGHT_CENTER)
                } else {
                    (format!("  {}", run.name), Align2::LEFT_CENTER)
                };
                let at = plot.screen_from_plot(PlotPoint::new(x, y));
                let at = egui::pos2(at.x, at.y + down(at, anchor, &taken));
                taken.push((at, anchor));
                let words = RichText::new(words).small();
                let name = egui_plot::Text::new(&run.name, plot.plot_from_screen(at), words);
                plot.text(name.color(colour).anchor(anchor));
            }
        });
    shown.response.widget_info(|| {
        let runs = runs.iter();
        let runs = runs.map(|(run, accuracy)| (run.name.as_str(), *accuracy, in_words(run)));
        let words = text.costs_in_words(axis, runs);
        WidgetInfo::labeled(Role::Image, true, words)
    });
}

/// How far down a name goes so that it does not lie on one that is there, in points.
fn down(at: Pos2, anchor: Align2, taken: &[(Pos2, Align2)]) -> f32 {
    let is_free = |down: &f32| {
        taken.iter().all(|(other, to)| {
            let is_beside = *to != anchor || (other.x - at.x).abs() > NAME;
            is_beside || (other.y - at.y - down).abs() >= LINE
        })
    };
    let places = [0.0, LINE, -LINE, 2.0 * LINE, -2.0 * LINE];
    places.into_iter().find(is_free).unwrap_or(0.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_close_runs_make_room_for_each_other() {
        let (left, right) = (Align2::LEFT_CENTER, Align2::RIGHT_CENTER);
        let at = egui::pos2(100.0, 50.0);
        let there = [(at, left)];
        assert!(down(at, left, &[]).abs() < 1e-6);
        assert!((down(at, left, &there) - LINE).abs() < 1e-6);
        assert!(down(at, right, &there).abs() < 1e-6, "on the other side");
        let far = egui::pos2(300.0, 50.0);
        assert!(down(far, left, &there).abs() < 1e-6);
        let above = egui::pos2(100.0, 45.0);
        let moved = above.y + down(above, left, &there);
        assert!((moved - at.y).abs() >= LINE);
    }
}
