//! The accuracy over the whole test set against how far its images are changed.

use crate::app::model::action::Action;
use crate::app::model::compare::Other;
use crate::app::model::state::State;
use crate::app::model::test_set::{Kind, QuestionStatus};
use crate::app::model::transform::TransformSettings;
use crate::app::widgets;
use crate::app::widgets::run_look::Mark;
use crate::app::widgets::still_plot::{NUMBERS_APART, steps_up, still_plot};
use convlens_core::explore::Way;
use eframe::egui::{
    self, Color32, ComboBox, Label, Rangef, Response, RichText, Role, Tooltip, WidgetInfo,
};
use egui_plot::{AxisHints, GridMark, Line, PlotPoint, PlotPoints, uniform_grid_spacer};

/// Height of the plot, in points, and the least of it.
const HEIGHT: f32 = 150.0;
const LEAST: f32 = 110.0;

/// Room between the labels of two amounts in which the second begins to show, and in which it shows, in points.
const LABELS: Rangef = Rangef {
    min: 34.0,
    max: 42.0,
};

/// How near the pointer must be to an amount, in points.
const NEAR: f32 = 24.0;

/// A network's accuracies, the smallest amount first.
struct Curve {
    name: String,
    points: Vec<[f64; 2]>,
    mark: Mark,
    colour: Color32,
}

/// Which way, which second network, and the plot of both, down to `bottom` where a class is to see all of it.
pub fn show(
    ui: &mut egui::Ui,
    state: &State,
    bottom: Option<f32>,
    settings: &mut TransformSettings,
    actions: &mut Vec<Action>,
) {
    let text = state.text();
    let words = &text.transform;
    ui.add(Label::new(widgets::theme::strong(words.accuracy)).wrap());
    widgets::stage::for_teacher(ui, |ui| {
        ui.horizontal_wrapped(|ui| {
            ui.spacing_mut().item_spacing.x = 5.0;
            let label = widgets::layout::label_before(ui, words.against, 84.0);
            ComboBox::from_id_salt("accuracy against")
                .selected_text(text.way(settings.way)[0])
                .width(84.0)
                .show_ui(ui, |ui| {
                    for way in Way::ALL {
                        let [name, hint] = text.way(way);
                        ui.selectable_value(&mut settings.way, way, name)
                            .on_hover_text(hint);
                    }
                })
                .response
                .labelled_by(label.id);
        });
        ui.horizontal_wrapped(|ui| {
            ui.spacing_mut().item_spacing.x = 5.0;
            let other = (&mut settings.other, false);
            widgets::other_network::menu(ui, "second network", state, other);
        });
    });
    let way = state.transform.way;
    ui.horizontal(|ui| {
        ui.set_min_height(20.0);
        widgets::stage::for_teacher(ui, |ui| {
            ui.checkbox(&mut settings.measures, words.measure)
                .on_hover_text(words.measure_hint);
        });
        let second = Kind::OtherChanged(way);
        let waits = |kind| state.test_set.status_of(kind) != QuestionStatus::Settled;
        let is_second = !waits(Kind::Changed(way)) && waits(second);
        let kind = if is_second {
            second
        } else {
            Kind::Changed(way)
        };
        widgets::test_set_bar::brief(ui, state, kind, actions);
        other_moment(ui, state, way);
    });
    let mut curves = curves(ui, state, way);
    if !settings.measures {
        curves.clear();
    }
    let room =
        |ui: &egui::Ui| bottom.map_or(HEIGHT, |bottom| (bottom - ui.cursor().min.y).max(LEAST));
    if curves.is_empty() {
        let height = room(ui);
        ui.allocate_ui(egui::vec2(ui.available_width(), height), |ui| {
            ui.set_min_height(height);
            widgets::stage::for_teacher(ui, |ui| {
                ui.add(Label::new(words.measured_first).wrap());
            });
        });
        return;
    }
    key(ui, &curves);
    let height = room(ui);
    plot(ui, state, (way, height), &curves);
}

/// Of a run that trains the accuracies are some batches older than the picture above.
fn other_moment(ui: &mut egui::Ui, state: &State, way: Way) {
    let slot = state.test_set.changed.get(&way).zip(state.moved.whose());
    let moment = slot.and_then(|(slot, above)| state.other_moment(slot, above));
    if let Some(moment) = moment {
        let words = RichText::new(state.text().test_set_of(&moment));
        ui.add(Label::new(words.small().weak()).truncate());
    }
}

/// Of this network, and of the second one if it is chosen.
fn curves(ui: &egui::Ui, state: &State, way: Way) -> Vec<Curve> {
    let sorted = |accuracies: &[f64]| {
        let amounts = way.usual().iter().map(|amount| f64::from(*amount));
        let points = amounts.zip(accuracies.iter().copied());
        let mut points: Vec<[f64; 2]> = points.map(|(amount, share)| [amount, share]).collect();
        points.sort_by(|a, b| a[0].total_cmp(&b[0]));
        points
    };
    let above = state.moved.whose();
    let this = state.test_set.changed.get(&way).zip(above);
    let this = this.and_then(|(slot, above)| Some((state.beside(slot, above)?, slot.whose()?)));
    let this = this.map(|(accuracies, whose)| Curve {
        name: state.name_of(whose),
        points: sorted(accuracies),
        mark: Mark::of(0, false),
        colour: widgets::theme::accent(ui),
    });
    let other = state.other_beside(state.transform.other, false);
    let second = state.test_set.other_changed.get(&way);
    let second = second.filter(|_| other != Other::None).and_then(|slot| {
        // Of the one chosen before nothing is shown.
        let is_its = slot.whose()?.owner == state.second_network(other)?.owner;
        slot.answer()
            .filter(|accuracies| is_its && !accuracies.is_empty())
    });
    let second = second.map(|accuracies| Curve {
        name: widgets::other_network::name(other, state),
        points: sorted(accuracies),
        mark: Mark::of(1, false),
        colour: widgets::theme::second(ui),
    });
    this.into_iter().chain(second).collect()
}

/// Whose a curve is.
fn key(ui: &mut egui::Ui, curves: &[Curve]) {
    ui.horizontal_wrapped(|ui| {
        for curve in curves {
            curve.mark.show(ui, curve.colour);
            ui.label(&curve.name);
        }
    });
}

/// The amounts themselves: where there is little room every other one is labelled, which says how far it is from the one before the last.
fn marks(amounts: &[f64]) -> Vec<GridMark> {
    let span = amounts.last().zip(amounts.first());
    let span = span.map_or(0.0, |(last, first)| last - first);
    let mark = |(index, value): (usize, &f64)| {
        let before = index.checked_sub(if index % 2 == 0 { 2 } else { 1 });
        GridMark {
            value: *value,
            step_size: before.map_or(span, |before| value - amounts[before]),
        }
    };
    amounts.iter().enumerate().map(mark).collect()
}

fn plot(ui: &mut egui::Ui, state: &State, (way, height): (Way, f32), curves: &[Curve]) {
    let text = state.text();
    let ground = ui.visuals().extreme_bg_color;
    let mut amounts: Vec<f64> = way.usual().iter().map(|it| f64::from(*it)).collect();
    amounts.sort_by(f64::total_cmp);
    let hints = AxisHints::new_x()
        .label(text.way(way)[0])
        .label_spacing(LABELS);
    let up = AxisHints::new_y()
        .min_thickness(44.0)
        .label_spacing(NUMBERS_APART)
        .formatter(|mark, _| match mark.value {
            0.0..=1.0 => text.percent(mark.value, 0),
            _ => String::new(),
        });
    let shown = still_plot(("accuracy against", way))
        .height(height)
        .include_y(0.0)
        .include_y(1.0)
        .custom_x_axes(vec![hints])
        .custom_y_axes(vec![up])
        .x_grid_spacer(move |_| marks(&amounts))
        .y_grid_spacer(uniform_grid_spacer(|grid| steps_up(&grid)))
        .x_axis_formatter(move |mark, _| text.way_amount(way, mark.value))
        .show(ui, |plot| {
            for curve in curves {
                let line = Line::new("", PlotPoints::from(curve.points.clone()));
                plot.line(line.color(curve.colour).width(2.0).allow_hover(false));
                curve
                    .mark
                    .plot(plot, &curve.points, 4.0, curve.colour, ground);
            }
        });
    let in_words = |curve: &Curve| {
        let points = curve.points.iter().map(|[amount, share]| (*amount, *share));
        text.accuracies_in_words(way, &curve.name, points)
    };
    let words: Vec<String> = curves.iter().map(in_words).collect();
    shown
        .response
        .widget_info(|| WidgetInfo::labeled(Role::Image, true, words.join("; ")));
    let at = |amount: f64| {
        shown
            .transform
            .position_from_point(&PlotPoint::new(amount, 0.0))
            .x
    };
    let amounts = curves
        .iter()
        .flat_map(|curve| curve.points.iter().map(|[amount, _]| *amount));
    let nearest = shown.response.hover_pos().and_then(|pointer| {
        let apart = |amount: &f64| (at(*amount) - pointer.x).abs();
        let nearest = amounts.min_by(|a, b| apart(a).total_cmp(&apart(b)))?;
        (apart(&nearest) < NEAR).then_some(nearest)
    });
    if let Some(amount) = nearest {
        read(&shown.response, state, way, amount, curves);
    }
}

/// The accuracies at an amount, under the pointer.
fn read(response: &Response, state: &State, way: Way, amount: f64, curves: &[Curve]) {
    let text = state.text();
    let tooltip = Tooltip::for_widget(response).at_pointer();
    tooltip.gap(12.0).show(|ui| {
        ui.label(widgets::theme::strong(text.way_amount(way, amount)));
        for curve in curves {
            let is_it = |point: &&[f64; 2]| point[0].total_cmp(&amount).is_eq();
            let share = curve.points.iter().find(is_it);
            if let Some([_, share]) = share {
                ui.label(format!("{}: {}", curve.name, text.percent(*share, 2)));
            }
        }
    });
}
