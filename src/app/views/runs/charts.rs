//! Accuracy vs. what it cost: time, and parameters.

use crate::app::model::state::State;
use crate::app::widgets;
use crate::app::widgets::run_look::{self, Mark};
use crate::app::widgets::still_plot::still_plot;
use convlens_core::training::runs::RunSummary;
use eframe::egui::{self, Align2, Color32, Pos2, Rect, RichText, Role, TextStyle, WidgetInfo};
use egui_plot::{AxisHints, PlotPoint};

/// Least height.
const HEIGHT: f32 = 220.0;

/// Room for what is said below.
const NOTE: f32 = 40.0;

/// Room above and below the accuracies, so that a single run has an axis, and a narrow one no noise.
const AROUND: f64 = 0.005;

/// From the middle of a mark to its name.
const BESIDE: f32 = 10.0;

/// How large a mark is, for what may not lie on it.
const MARK: f32 = 14.0;

/// Most room of a name.
const NAME: f32 = 130.0;

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
            |run| text.short_duration(run.seconds),
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
    let ground = ui.visuals().extreme_bg_color;
    let points: Vec<_> = runs
        .iter()
        .map(|(run, accuracy)| {
            let mark = Mark::of(run.colour, run.is_baseline);
            let colour = run_look::colour(ui, run.colour);
            ([cost(run), *accuracy], mark, colour)
        })
        .collect();
    let accuracies = || runs.iter().map(|(_, accuracy)| *accuracy);
    let lowest = accuracies().fold(1.0, f64::min);
    let highest = accuracies().fold(0.0, f64::max);
    // The default leaves a chart of half the middle with nothing but its zero, or numbers too faint to read.
    let hints = AxisHints::new_x().label(axis).label_spacing(22.0..=22.1);
    let shown = still_plot(id)
        .height((ui.available_height() - NOTE).max(HEIGHT))
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
            for (point, mark, colour) in &points {
                mark.plot(plot, &[*point], 6.0, *colour, ground);
            }
        });
    let at = |[x, y]: [f64; 2]| shown.transform.position_from_point(&PlotPoint::new(x, y));
    let marks: Vec<Pos2> = points.iter().map(|(point, ..)| at(*point)).collect();
    names(ui, state, runs, &marks, *shown.transform.frame());
    let pointed = shown.response.hover_pos().and_then(|pointer| {
        let near = marks.iter().zip(runs);
        let near = near.map(|(mark, (run, accuracy))| (mark.distance(pointer), run, accuracy));
        let nearest = near.min_by(|(one, ..), (other, ..)| one.total_cmp(other))?;
        (nearest.0 < 2.0 * MARK).then_some((nearest.1, nearest.2))
    });
    if let Some((run, accuracy)) = pointed {
        let name = state.runs.name(run);
        let (accuracy, cost) = (text.percent(*accuracy, 2), in_words(run));
        let tooltip = egui::Tooltip::for_widget(&shown.response).at_pointer();
        tooltip
            .gap(12.0)
            .show(|ui| ui.label(format!("{name}\n{accuracy}, {cost}")));
    }
    shown.response.widget_info(|| {
        let runs = runs.iter();
        let runs = runs.map(|(run, accuracy)| (state.runs.name(run), *accuracy, in_words(run)));
        let words = text.costs_in_words(axis, runs);
        WidgetInfo::labeled(Role::Image, true, words)
    });
}

/// The names beside the marks, as many as have room; pointing at a mark tells the others.
fn names(ui: &egui::Ui, state: &State, runs: &[(&RunSummary, f64)], marks: &[Pos2], frame: Rect) {
    let font = TextStyle::Small.resolve(ui.style());
    let ink = ui.visuals().text_color();
    let painter = ui.painter().with_clip_rect(frame);
    let mut taken: Vec<Rect> = marks
        .iter()
        .map(|mark| Rect::from_center_size(*mark, egui::Vec2::splat(MARK)))
        .collect();
    for ((run, _), mark) in runs.iter().zip(marks) {
        let mut words = egui::text::LayoutJob::simple_singleline(
            state.runs.name(run).to_owned(),
            font.clone(),
            ink,
        );
        words.wrap = egui::text::TextWrapping::truncate_at_width(NAME);
        let words = painter.layout_job(words);
        if let Some(place) = free(*mark, words.size(), frame, &taken) {
            taken.push(place);
            painter.galley(place.min, words, Color32::PLACEHOLDER);
        }
    }
}

/// Where a name of this size has room about its mark: beside it, above, below, within the frame and on nothing.
fn free(mark: Pos2, size: egui::Vec2, frame: Rect, taken: &[Rect]) -> Option<Rect> {
    let down = f32::midpoint(size.y, MARK);
    let places = [
        (Align2::LEFT_CENTER, BESIDE, 0.0),
        (Align2::RIGHT_CENTER, -BESIDE, 0.0),
        (Align2::CENTER_CENTER, 0.0, -down),
        (Align2::CENTER_CENTER, 0.0, down),
        (Align2::LEFT_CENTER, BESIDE, -down),
        (Align2::LEFT_CENTER, BESIDE, down),
        (Align2::RIGHT_CENTER, -BESIDE, -down),
        (Align2::RIGHT_CENTER, -BESIDE, down),
    ];
    let places = places.map(|(anchor, x, y)| anchor.anchor_size(mark + egui::vec2(x, y), size));
    let is_free = |place: &Rect| {
        // The mark that it belongs to it may touch.
        let others = taken.iter().filter(|other| other.center() != mark);
        let lies_on = others.into_iter().any(|other| other.intersects(*place));
        frame.contains_rect(*place) && !lies_on
    };
    places.into_iter().find(is_free)
}

#[cfg(test)]
mod tests {
    use super::*;
    use eframe::egui::{pos2, vec2};

    #[test]
    fn names_lie_on_no_other_name_and_no_mark_and_within_the_chart() {
        let frame = Rect::from_min_size(pos2(0.0, 0.0), vec2(300.0, 200.0));
        let size = vec2(80.0, 13.0);
        // In a heap, in the corners and by themselves.
        let marks = [
            (10.0, 100.0),
            (12.0, 102.0),
            (14.0, 98.0),
            (16.0, 104.0),
            (11.0, 95.0),
            (295.0, 5.0),
            (290.0, 195.0),
            (150.0, 100.0),
            (150.0, 108.0),
            (155.0, 92.0),
        ]
        .map(|(x, y)| pos2(x, y));
        let mut taken: Vec<Rect> = marks
            .iter()
            .map(|mark| Rect::from_center_size(*mark, egui::Vec2::splat(MARK)))
            .collect();
        let mut named = 0;
        for mark in marks {
            if let Some(place) = free(mark, size, frame, &taken) {
                assert!(frame.contains_rect(place), "{place}");
                let names = &taken[marks.len()..];
                assert!(
                    !names.iter().any(|other| other.intersects(place)),
                    "{place}"
                );
                taken.push(place);
                named += 1;
            }
        }
        assert!(named >= 6, "{named} of {} have room", marks.len());
        let alone = free(pos2(20.0, 20.0), size, frame, &[]);
        assert_eq!(alone.map(|place| place.min.x), Some(20.0 + BESIDE));
    }
}
