//! Loss and accuracy as the run goes.

mod series;

use crate::app::model::action::Action;
use crate::app::model::curves::CurveAxis;
use crate::app::model::state::State;
use crate::app::panels::curves::series::Series;
use crate::app::{panels, widgets};
use crate::text::Text;
use convlens_core::training::EpochMetrics;
use eframe::egui::{self, Align, Color32, Layout, Response, RichText, Role, Sense, WidgetInfo};
use egui_plot::{
    AxisHints, GridInput, HoverPosition, Line, LineStyle, MarkerShape, Plot, PlotPoints, Points,
    uniform_grid_spacer,
};

/// Points drawn of one curve: more than the panel has pixels, few enough for every frame.
const DRAWN: usize = 2000;

/// Less room than this and what is said about the curves is said on pointing at their heading.
const ROOM_FOR_NOTE: f32 = 430.0;

const ROW_OF_KEY: f32 = 16.0;

pub fn show(ui: &mut egui::Ui, state: &State, actions: &mut Vec<Action>) {
    let text = state.text();
    let has_room = ui.available_height() > ROOM_FOR_NOTE;
    let series = panels::curves::series::all(state);
    // Where there are several runs, the shelf below tells whose colour is whose.
    let has_key = series.len() == 1;
    let key = if has_key {
        2.0 * (ROW_OF_KEY + ui.spacing().item_spacing.y)
    } else {
        0.0
    };
    let others = key + if has_room { 148.0 } else { 84.0 };
    let height = ((ui.available_height() - others) / 2.0).clamp(84.0, 300.0);
    let axis = state.preferences.curve_axis;
    egui::ScrollArea::vertical().show(ui, |ui| {
        ui.horizontal(|ui| {
            ui.label(widgets::theme::heading(text.curves.loss));
            axis_choice(ui, state, actions);
        });
        let (own, test) = (widgets::theme::training(ui), widgets::theme::second(ui));
        let words = &text.curves;
        if has_key {
            let raw = ui.visuals().weak_text_color();
            let names = [
                (raw, "·", words.each_batch),
                (own, "—", words.training_smoothed),
                (test, "◆", words.test),
            ];
            key_row(ui, &names);
        }
        loss(ui, &series, axis, text, height);
        ui.label(widgets::theme::heading(text.curves.accuracy))
            .on_hover_text(text.curves.accuracy_note);
        if has_key {
            let mut names = vec![(own, "●", words.training_running), (test, "◆", words.test)];
            if has_held_out(&series) {
                names.push((widgets::theme::good_color(ui), "◆", words.validation));
            }
            key_row(ui, &names);
        }
        accuracy(ui, &series, axis, text, height);
        if has_room {
            let note = RichText::new(text.curves.accuracy_note).small().weak();
            ui.add(egui::Label::new(note).wrap());
        }
    });
}

/// What the colours and marks of the curves below stand for; beside the plot, which it would cover.
fn key_row(ui: &mut egui::Ui, names: &[(Color32, &str, &str)]) {
    ui.allocate_ui(egui::vec2(ui.available_width(), ROW_OF_KEY), |ui| {
        ui.horizontal(|ui| {
            ui.spacing_mut().item_spacing.x = 3.0;
            ui.spacing_mut().interact_size.y = ROW_OF_KEY;
            for &(color, mark, name) in names {
                ui.label(RichText::new(mark).small().color(color));
                ui.label(RichText::new(name).small().weak());
                ui.add_space(5.0);
            }
        });
    });
}

/// Whether the one run has an accuracy of held-out pictures.
fn has_held_out(series: &[Series<'_>]) -> bool {
    let mut epochs = series.iter().flat_map(|run| run.epochs);
    epochs.any(|epoch| epoch.validation_accuracy.is_some())
}

/// What the curves are drawn over.
fn axis_choice(ui: &mut egui::Ui, state: &State, actions: &mut Vec<Action>) {
    let text = state.text();
    ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
        ui.spacing_mut().item_spacing.x = 2.0;
        for axis in [CurveAxis::Second, CurveAxis::Epoch, CurveAxis::Batch] {
            let chosen = axis == state.preferences.curve_axis;
            let name = RichText::new(axis_name(text, axis)).small();
            let button = widgets::theme::choice(ui, chosen, name);
            if button.on_hover_text(text.curves.axis_hint).clicked() {
                actions.push(Action::SetCurveAxis(axis));
            }
        }
    });
}

fn axis_name(text: &Text, axis: CurveAxis) -> &'static str {
    match axis {
        CurveAxis::Batch => text.curves.batch,
        CurveAxis::Epoch => text.curves.epoch,
        CurveAxis::Second => text.curves.second,
    }
}

/// A plot of `height`, its vertical axis numbered by `number`, which takes a value and the step
/// to the next.
fn plot<'a>(
    id: &str,
    height: f32,
    axis: CurveAxis,
    text: &'static Text,
    number: impl Fn(f64, f64) -> String + 'a,
) -> Plot<'a> {
    // Left to itself the plot fades numbers that stand close, below what can be read, and in a
    // small plot leaves out all but one.
    let apart = match axis {
        CurveAxis::Epoch => 20.0,
        CurveAxis::Batch | CurveAxis::Second => 44.0,
    };
    let across = AxisHints::new_x()
        .label(axis_name(text, axis))
        .formatter(move |mark, _| {
            let is_part_of_epoch = axis == CurveAxis::Epoch && mark.step_size < 1.0;
            if is_part_of_epoch {
                return String::new();
            }
            text.axis_number(mark.value, mark.step_size)
        })
        .label_spacing(apart..=apart + 0.1);
    let up = AxisHints::new_y()
        .min_thickness(34.0)
        .formatter(move |mark, _| number(mark.value, mark.step_size))
        .label_spacing(14.0..=14.1);
    // Another axis is another plot: its bounds are not to be animated from the old one's.
    Plot::new((id, axis))
        .height(height)
        .allow_scroll(false)
        .allow_drag(false)
        .allow_zoom(false)
        .allow_axis_zoom_drag(false)
        .allow_boxed_zoom(false)
        .sense(Sense::hover())
        .set_margin_fraction(egui::vec2(0.02, 0.06))
        .include_x(0.0)
        .include_x(1.0)
        .custom_x_axes(vec![across])
        .custom_y_axes(vec![up])
        .x_grid_spacer(uniform_grid_spacer(|grid| steps(&grid, 5.0)))
        .y_grid_spacer(uniform_grid_spacer(|grid| steps(&grid, 2.0)))
}

/// Distances between marks: a power of ten that can be told apart, `between` of it, ten of it.
fn steps(grid: &GridInput, between: f64) -> [f64; 3] {
    let unit = 10.0_f64.powf(grid.base_step_size.log10().ceil());
    [unit, between * unit, 10.0 * unit]
}

/// Colours of a run's own curve and of the test set's: two where there is one run, else the run's.
fn colours(ui: &egui::Ui, series: &[Series<'_>], run: &Series<'_>) -> (Color32, Color32) {
    if series.len() == 1 {
        return (widgets::theme::training(ui), widgets::theme::second(ui));
    }
    let colour = run.colour.map_or(widgets::theme::training(ui), |colour| {
        widgets::theme::run_colour(ui, colour)
    });
    (colour, colour)
}

/// Marks of a run's own curve and of the test set's: two where there is one run, else the run's.
fn marks(series: &[Series<'_>], run: &Series<'_>) -> (MarkerShape, MarkerShape) {
    if series.len() == 1 {
        return (MarkerShape::Circle, MarkerShape::Diamond);
    }
    let mark = widgets::theme::run_mark(run.colour.unwrap_or_default(), run.is_baseline);
    (mark, mark)
}

/// The name of a curve: what it is where there is one run, else whose it is.
fn curve_name<'a>(series: &[Series<'_>], run: &'a Series<'_>, name: &'a str) -> &'a str {
    if series.len() == 1 { name } else { &run.name }
}

/// Loss of every batch, raw behind its smoothed line.
fn loss(
    ui: &mut egui::Ui,
    series: &[Series<'_>],
    axis: CurveAxis,
    text: &'static Text,
    height: f32,
) {
    let raw = ui.visuals().weak_text_color().gamma_multiply(0.55);
    let has_others = series.len() > 1;
    let colours: Vec<_> = series.iter().map(|run| colours(ui, series, run)).collect();
    let number = |value, step| text.axis_number(value, step);
    let shown = plot("loss", height, axis, text, number)
        .include_y(0.0)
        .include_y(1.0)
        .label_formatter(move |hover| Some(hovered(text, hover, axis, false, has_others)))
        .show(ui, |plot| {
            for (run, (own, test_colour)) in series.iter().zip(colours) {
                let placed = |points: &[[f64; 2]]| -> Vec<[f64; 2]> {
                    thinned(points)
                        .map(|[step, loss]| [run.clock.place(axis, step), loss])
                        .collect()
                };
                if series.len() == 1 {
                    let points = PlotPoints::from(placed(run.loss));
                    let points = Points::new(text.curves.each_batch, points);
                    plot.points(points.color(raw).radius(1.0));
                }
                let name = curve_name(series, run, text.curves.training_smoothed);
                let smooth = placed(run.smoothed_loss);
                if let Some(end) = smooth.last().copied().filter(|_| has_others) {
                    let end = Points::new(name, vec![end]).shape(marks(series, run).0);
                    plot.points(end.color(own).radius(4.0));
                }
                let smooth = PlotPoints::from(smooth);
                plot.line(Line::new(name, smooth).color(own).width(2.0));
                let test = run.epochs.iter();
                let test =
                    test.map(|epoch| [run.clock.epoch_end(axis, epoch.epoch), epoch.test_loss]);
                let name = curve_name(series, run, text.curves.test);
                both(
                    plot,
                    name,
                    test.collect(),
                    test_colour,
                    marks(series, run).1,
                );
            }
        });
    say(&shown.response, series, axis, text, false);
}

/// Accuracy of each epoch.
fn accuracy(
    ui: &mut egui::Ui,
    series: &[Series<'_>],
    axis: CurveAxis,
    text: &'static Text,
    height: f32,
) {
    let colours: Vec<_> = series.iter().map(|run| colours(ui, series, run)).collect();
    let third = widgets::theme::good_color(ui);
    let has_others = series.len() > 1;
    let number = |value, _| text.percent(value, 0);
    let shown = plot("accuracy", height, axis, text, number)
        .include_y(1.0)
        .include_y(0.8)
        .label_formatter(move |hover| Some(hovered(text, hover, axis, true, has_others)))
        .show(ui, |plot| {
            for (run, (own, test_colour)) in series.iter().zip(colours) {
                let curve = |value: fn(&EpochMetrics) -> Option<f64>| -> Vec<[f64; 2]> {
                    let epochs = run.epochs.iter();
                    epochs
                        .filter_map(|epoch| {
                            Some([run.clock.epoch_end(axis, epoch.epoch), value(epoch)?])
                        })
                        .collect()
                };
                let name = curve_name(series, run, text.curves.training_running);
                let train = curve(|epoch| Some(epoch.train_accuracy));
                let line = Line::new(name, PlotPoints::from(train.clone()));
                plot.line(line.color(own).width(2.0));
                let (own_mark, test_mark) = marks(series, run);
                let train = Points::new(name, train).shape(own_mark);
                plot.points(train.color(own).radius(if has_others { 4.5 } else { 3.0 }));
                let held_out = curve(|epoch| epoch.validation_accuracy);
                if series.len() == 1 && !held_out.is_empty() {
                    both(plot, text.curves.validation, held_out, third, test_mark);
                }
                let name = curve_name(series, run, text.curves.test);
                let test = curve(|epoch| Some(epoch.test_accuracy));
                both(plot, name, test, test_colour, test_mark);
            }
        });
    say(&shown.response, series, axis, text, true);
}

/// What the curves come to, for those who do not see them.
fn say(plot: &Response, series: &[Series<'_>], axis: CurveAxis, text: &Text, is_share: bool) {
    plot.widget_info(|| {
        let runs = series.iter();
        let runs = runs.map(|run| (run.name.as_str(), run.epochs.last()));
        let words = text.curves_in_words(axis_name(text, axis), is_share, runs);
        WidgetInfo::labeled(Role::Image, true, words)
    });
}

/// The test set's curve: dashed, with its marks, so that colour is not all that tells it apart.
fn both(
    plot: &mut egui_plot::PlotUi<'_>,
    name: &str,
    points: Vec<[f64; 2]>,
    color: Color32,
    mark: MarkerShape,
) {
    let line = Line::new(name, points.clone()).style(LineStyle::dashed_dense());
    plot.line(line.color(color).width(2.0));
    let marks = Points::new(name, points).shape(mark);
    plot.points(marks.color(color).radius(4.5));
}

/// A point of a curve; whose, where there are several runs.
fn hovered(
    text: &Text,
    hover: &HoverPosition<'_>,
    axis: CurveAxis,
    is_share: bool,
    has_others: bool,
) -> String {
    let (HoverPosition::NearDataPoint { position, .. } | HoverPosition::Elsewhere { position }) =
        hover;
    let point = text.curve_point(axis_name(text, axis), position.x, position.y, is_share);
    match hover {
        HoverPosition::NearDataPoint { plot_name, .. } if has_others => {
            format!("{plot_name}\n{point}")
        }
        _ => point,
    }
}

/// At most twice [`DRAWN`] of the points: every 1st, 2nd, 4th, …, so that those drawn stay the same
/// while more arrive; and the newest.
fn thinned(points: &[[f64; 2]]) -> impl Iterator<Item = [f64; 2]> {
    let stride = (points.len() / DRAWN).max(1).next_power_of_two();
    points.iter().step_by(stride).chain(points.last()).copied()
}
