//! The two plots: lines, marks, axes, and what is read on pointing at them.

use crate::app::model::curves::CurveAxis;
use crate::app::widgets;
use crate::app::widgets::curves::drawn::{self, Curve, Of, Outcome, Reading, Span};
use crate::app::widgets::curves::look::{axis_name, look, name_of, run_colour};
use crate::app::widgets::curves::series::Series;
use crate::app::widgets::layout;
use crate::app::widgets::run_look::Mark;
use crate::app::widgets::still_plot::{NUMBERS_APART, steps, steps_up, still_plot};
use crate::text::Text;
use eframe::egui::{
    self, Align2, Color32, Response, RichText, Role, Sense, Stroke, TextStyle, WidgetInfo,
};
use egui_plot::{
    AxisHints, FilledArea, GridInput, GridMark, Line, LineStyle, Plot, PlotPoint, PlotPoints,
    PlotResponse, PlotUi, Points, VLine, uniform_grid_spacer,
};

/// Room right of the last point, so that its number on the axis is not cut.
const RIGHT: f32 = 22.0;

/// Width of the numbers at the left.
const NUMBERS: f32 = 40.0;

/// Height of the numbers and the name of the horizontal axis.
const BELOW: f32 = 36.0;

/// Room for the name of a run where one points, in points: a network's with branches is longer than the window.
const NAME: f32 = 240.0;

/// Points of a curve that are all marked where several runs are drawn; of more the last is.
const MARKED: usize = 6;

/// Radius of the ring around the lowest test loss, in points.
const RING: f32 = 8.0;

/// What both plots share.
pub struct Chart<'a> {
    pub series: &'a [Series<'a>],
    pub axis: CurveAxis,
    pub text: &'static Text,
    pub height: f32,
    /// Whether the lowest test loss is marked and, of a single run, the gap between the losses filled.
    pub is_large: bool,
    /// Whether the first steep fall of the loss is left out, so that a class sees what comes after it.
    pub leaves_out_fall: bool,
}

impl Chart<'_> {
    /// Loss of every batch, raw behind its smoothed line.
    pub fn loss(&self, ui: &mut egui::Ui, is_log: bool) {
        let text = self.text;
        let curves = drawn::losses(self.series, self.axis);
        let batches = drawn::batches(self.series, self.axis);
        if curves.iter().all(|curve| curve.points.is_empty()) {
            self.nothing(ui, text.curves.no_loss, false);
            return;
        }
        // The line's own values: a single batch may leap.
        let lines = curves.iter().flat_map(|curve| &curve.points);
        let values = lines.map(|point| point[1]);
        let classes = self.series.iter().map(|run| run.classes);
        let classes = classes.fold(2, usize::max);
        let measured = drawn::highest_measured(&curves).filter(|_| self.leaves_out_fall);
        let (mut span, above) = drawn::loss_span(classes, values, measured, is_log);
        if above.is_some() {
            // A strip of its own for what is said of it, above what the axis goes through.
            let strip = ui.text_style_height(&TextStyle::Small) + 6.0;
            let share = strip / (self.height - BELOW - strip).max(strip);
            span.max += (span.max - span.min) * f64::from(share);
        }
        let scale = |value: f64| if is_log { value.log10() } else { value };
        let raw = ui.visuals().weak_text_color().gamma_multiply(0.55);
        let gap_colour = widgets::theme::second(ui).gamma_multiply(0.18);
        let marked = if self.is_large { self.series.len() } else { 0 };
        // Of a run that goes on the lowest loss may still come: a class that votes is not to be told.
        let over = (0..marked).filter(|run| !self.series[*run].is_live);
        let outcomes = over.filter_map(|run| drawn::outcome(&curves, run));
        let outcomes: Vec<Outcome> = outcomes.collect();
        let number = move |value, step| {
            if is_log {
                text.power(value)
            } else {
                text.axis_number(value, step)
            }
        };
        let last = drawn::last_place(&curves);
        let plot = self.plot(if is_log { "log loss" } else { "loss" }, last, number);
        let plot = if is_log {
            plot.y_grid_spacer(|grid| decades(&grid))
        } else {
            plot
        };
        let shown = self.show(ui, plot, span, &curves, scale, |plot| {
            let points = batches.iter().map(|[place, loss]| [*place, scale(*loss)]);
            let points: Vec<_> = points.filter(|point| point[1].is_finite()).collect();
            let points = Points::new("", points).allow_hover(false);
            plot.points(points.color(raw).radius(1.0));
            if let [run] = &outcomes[..] {
                let ends = |end: usize| run.gap.iter().map(move |gap| scale(gap[end]));
                let (training, test): (Vec<f64>, Vec<f64>) = (ends(1).collect(), ends(2).collect());
                let places: Vec<f64> = run.gap.iter().map(|gap| gap[0]).collect();
                let filled = FilledArea::new("", &places, &training, &test).allow_hover(false);
                plot.add(filled.fill_color(gap_colour));
            }
        });
        self.mark_lowest(ui, &shown, &outcomes, scale);
        self.name_changes(ui, &shown);
        if let Some(above) = above {
            let corner = shown.transform.frame().right_top() + egui::vec2(-4.0, 3.0);
            let words = text.loss_above(above);
            let font = TextStyle::Small.resolve(ui.style());
            let ink = ui.visuals().weak_text_color();
            let words = ui.painter().layout_no_wrap(words, font, ink);
            let place = Align2::RIGHT_TOP.anchor_size(corner, words.size());
            let ground = ui.visuals().extreme_bg_color.gamma_multiply(0.7);
            ui.painter().rect_filled(place, 2.0, ground);
            ui.painter().galley(place.min, words, ink);
        }
        self.say(&shown.response, false);
        self.read(ui, &shown, &curves, scale, |value| text.loss(value));
    }

    /// A ring around each run's lowest test loss, and of a single one what it is.
    fn mark_lowest(
        &self,
        ui: &egui::Ui,
        shown: &PlotResponse<()>,
        outcomes: &[Outcome],
        scale: impl Fn(f64) -> f64,
    ) {
        let ink = ui.visuals().text_color();
        let painter = ui.painter().with_clip_rect(*shown.transform.frame());
        for outcome in outcomes {
            let [place, loss] = outcome.lowest.point;
            let at = PlotPoint::new(place, scale(loss));
            let at = shown.transform.position_from_point(&at);
            painter.circle_stroke(at, RING, Stroke::new(1.5, ink));
        }
        let [outcome] = outcomes else { return };
        let Some(epoch) = outcome.lowest.epoch else {
            return;
        };
        let [place, loss] = outcome.lowest.point;
        let at = PlotPoint::new(place, scale(loss));
        let at = shown.transform.position_from_point(&at);
        let words = self.text.lowest_test_loss(loss, epoch);
        let font = TextStyle::Body.resolve(ui.style());
        // At the head of the plot, where no curve crosses it, tied to the ring; below this if that is as high.
        let frame = *shown.transform.frame();
        let width = frame.width() - 8.0;
        let words = ui.fonts_mut(|fonts| fonts.layout(words, font, ink, width));
        let left = (at.x - words.size().x / 2.0)
            .min(frame.max.x - words.size().x - 4.0)
            .max(frame.min.x + 4.0);
        let head = frame.min.y + ui.text_style_height(&TextStyle::Small) + 6.0;
        let (ring, foot) = (at.y - RING, head + words.size().y);
        let top = if ring > foot {
            painter.vline(at.x, foot..=ring, Stroke::new(1.0, ink));
            head
        } else {
            at.y + RING + 4.0
        };
        let at = egui::pos2(left, top);
        let ground = ui.visuals().extreme_bg_color.gamma_multiply(0.7);
        painter.rect_filled(egui::Rect::from_min_size(at, words.size()), 2.0, ground);
        painter.galley(at, words, ink);
    }

    /// What was changed in mid-run, at the head of the line that stands there; one below the other where they stand close.
    fn name_changes(&self, ui: &egui::Ui, shown: &PlotResponse<()>) {
        let frame = *shown.transform.frame();
        let font = TextStyle::Small.resolve(ui.style());
        let mut taken: Vec<egui::Rect> = Vec::new();
        for run in self.series {
            let ink = run_colour(ui, run);
            for [before, change] in run.changes() {
                let place = run.clock.place(self.axis, change.step as f64);
                let x = shown.transform.position_from_point_x(place);
                let words = self.text.settings_changed(&before, &change);
                let words = ui.fonts_mut(|fonts| fonts.layout_no_wrap(words, font.clone(), ink));
                let left = (x + 3.0).min(frame.max.x - words.size().x - 2.0);
                let at = egui::pos2(left.max(frame.min.x), frame.min.y + 3.0);
                let mut place = egui::Rect::from_min_size(at, words.size());
                while let Some(other) = taken.iter().find(|other| other.intersects(place)) {
                    place = place.translate(egui::vec2(0.0, other.max.y - place.min.y + 1.0));
                }
                if place.max.y > frame.max.y {
                    return;
                }
                ui.painter().galley(place.min, words, ink);
                taken.push(place);
            }
        }
    }

    /// Accuracy of each epoch.
    pub fn accuracy(&self, ui: &mut egui::Ui) {
        let text = self.text;
        let curves = drawn::accuracies(self.series, self.axis);
        if curves.is_empty() {
            self.nothing(ui, text.curves.no_accuracy, true);
            return;
        }
        let span = drawn::accuracy_span(&curves);
        let number = move |value: f64, _| {
            // There is room above, but nothing is more than all.
            if value > 1.0 + 1e-9 {
                String::new()
            } else {
                text.percent(value, 0)
            }
        };
        let plot = self.plot("accuracy", drawn::last_place(&curves), number);
        let shown = self.show(ui, plot, span, &curves, |value| value, |_| {});
        self.say(&shown.response, true);
        self.read(
            ui,
            &shown,
            &curves,
            |value| value,
            |value| text.percent(value, 2),
        );
    }

    /// Where there is nothing to draw: no axes with invented numbers, only when there will be.
    fn nothing(&self, ui: &mut egui::Ui, words: &str, is_share: bool) {
        let size = egui::vec2(ui.available_width(), self.height);
        let (rect, response) = ui.allocate_exact_size(size, Sense::hover());
        let visuals = ui.visuals();
        let (line, ink) = (
            visuals.widgets.noninteractive.bg_stroke,
            visuals.weak_text_color(),
        );
        let font = TextStyle::Small.resolve(ui.style());
        let words =
            ui.fonts_mut(|fonts| fonts.layout(words.to_owned(), font, ink, rect.width() - 24.0));
        let corner = Align2::CENTER_CENTER.anchor_size(rect.center(), words.size());
        let painter = ui.painter();
        painter.rect_stroke(rect, 3.0, line, egui::StrokeKind::Inside);
        painter.galley(corner.min, words, ink);
        self.say(&response, is_share);
    }

    /// A plot, its horizontal axis numbered up to `last`, behind which a number would be cut, and its vertical one by `number`, which
    /// takes a value and the step to the next.
    fn plot<'a>(&self, id: &str, last: f64, number: impl Fn(f64, f64) -> String + 'a) -> Plot<'a> {
        let (axis, text) = (self.axis, self.text);
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
                let is_within = (0.0..=last + 1e-9).contains(&mark.value);
                if is_part_of_epoch || !is_within {
                    return String::new();
                }
                text.axis_number(mark.value, mark.step_size)
            })
            .label_spacing(apart..=apart + 0.1);
        let up = AxisHints::new_y()
            .min_thickness(NUMBERS)
            .formatter(move |mark, _| number(mark.value, mark.step_size))
            .label_spacing(NUMBERS_APART);
        // Another axis is another plot: its bounds are not to be animated from the old one's.
        still_plot((id, axis))
            .height(self.height)
            .custom_x_axes(vec![across])
            .custom_y_axes(vec![up])
            .x_grid_spacer(uniform_grid_spacer(|grid| steps(&grid, 5.0)))
            .y_grid_spacer(uniform_grid_spacer(|grid| steps_up(&grid)))
    }

    /// The curves, between the ends of the axes.
    fn show(
        &self,
        ui: &mut egui::Ui,
        plot: Plot<'_>,
        span: Span,
        curves: &[Curve],
        scale: impl Fn(f64) -> f64,
        behind: impl FnOnce(&mut PlotUi<'_>),
    ) -> PlotResponse<()> {
        let ground = ui.visuals().extreme_bg_color;
        let has_others = self.series.len() > 1;
        let looks: Vec<(Color32, Mark)> = curves
            .iter()
            .map(|curve| look(ui, self.series, &self.series[curve.run], curve.of))
            .collect();
        let changes = self.series.iter().flat_map(|run| {
            let colour = run_colour(ui, run);
            let places = run.changes();
            places.map(move |[_, change]| (run.clock.place(self.axis, change.step as f64), colour))
        });
        let changes: Vec<(f64, Color32)> = changes.collect();
        let last = drawn::last_place(curves);
        let width = (ui.available_width() - NUMBERS - RIGHT).max(RIGHT);
        let right = last * f64::from(1.0 + RIGHT / width);
        plot.show(ui, |plot| {
            plot.set_plot_bounds_x(-0.02 * last..=right);
            plot.set_plot_bounds_y(span.min..=span.max);
            behind(plot);
            for (place, colour) in &changes {
                let line = VLine::new("", *place).allow_hover(false);
                let line = line.color(*colour).width(1.5);
                plot.vline(line.style(LineStyle::dotted_dense()));
            }
            for (curve, (colour, mark)) in curves.iter().zip(looks) {
                let points = curve.points.iter();
                let points = points.map(|[place, value]| [*place, scale(*value)]);
                let points: Vec<_> = points.filter(|point| point[1].is_finite()).collect();
                let line = Line::new("", PlotPoints::from(points.clone())).allow_hover(false);
                // Not by its colour alone is the test set told from training.
                let style = match curve.of {
                    Of::Training => LineStyle::Solid,
                    Of::Test | Of::Validation => LineStyle::dashed_dense(),
                };
                plot.line(line.color(colour).width(2.0).style(style));
                // Many marks would hide the lines of the others, and whether they are dashed.
                let has_room = !has_others || points.len() <= MARKED;
                let marked = if curve.first_epoch.is_some() && has_room {
                    &points[..]
                } else if has_others {
                    &points[points.len().saturating_sub(1)..]
                } else {
                    &[]
                };
                mark.plot(plot, marked, 4.5, colour, ground);
            }
        })
    }

    /// What the curves come to, for those who do not see them.
    fn say(&self, plot: &Response, is_share: bool) {
        plot.widget_info(|| {
            let runs = self.series.iter();
            let runs = runs.map(|run| (run.name.as_str(), run.epochs.last()));
            let axis = axis_name(self.text, self.axis);
            let words = self.text.curves_in_words(axis, is_share, runs);
            let changes = self.series.iter().flat_map(Series::changes);
            let changes = changes.map(|[before, change]| {
                let step = self.text.after_batches(change.step);
                format!("; {step}: {}", self.text.settings_changed(&before, &change))
            });
            let words = words + &changes.collect::<String>();
            WidgetInfo::labeled(Role::Image, true, words)
        });
    }

    /// The value of every curve at the place pointed at, by name.
    fn read(
        &self,
        ui: &egui::Ui,
        shown: &PlotResponse<()>,
        curves: &[Curve],
        scale: impl Fn(f64) -> f64,
        in_words: impl Fn(f64) -> String,
    ) {
        let Some(pointer) = shown.response.hover_pos() else {
            return;
        };
        let frame = *shown.transform.frame();
        let place = shown.transform.value_from_position(pointer).x;
        let readings = curves.iter();
        let readings: Vec<(&Curve, Reading)> = readings
            .filter_map(|curve| Some((curve, curve.at(place)?)))
            .collect();
        if readings.is_empty() || !frame.contains(pointer) {
            return;
        }
        let painter = ui.painter().with_clip_rect(frame);
        let line = Stroke::new(1.0, ui.visuals().weak_text_color());
        painter.vline(pointer.x, frame.y_range(), line);
        for (curve, reading) in &readings {
            let [place, value] = reading.point;
            let at = PlotPoint::new(place, scale(value));
            let at = shown.transform.position_from_point(&at);
            let (colour, _) = look(ui, self.series, &self.series[curve.run], curve.of);
            painter.circle_stroke(at, 5.5, Stroke::new(1.5, colour));
        }
        let text = self.text;
        let heading = text.curve_place(axis_name(text, self.axis), place);
        let tooltip = egui::Tooltip::for_widget(&shown.response).at_pointer();
        tooltip.gap(12.0).show(|ui| {
            ui.label(RichText::new(heading).small().weak());
            let readings_in_rows = egui::Grid::new("reading").min_col_width(0.0);
            readings_in_rows.num_columns(3).show(ui, |ui| {
                for (curve, reading) in &readings {
                    let run = &self.series[curve.run];
                    let (colour, mark) = look(ui, self.series, run, curve.of);
                    mark.show(ui, colour);
                    let name = name_of(text, curve.of);
                    let run = layout::cut(ui, &TextStyle::Body, &run.name, NAME);
                    let name = text.curve_name(&run, name, reading.epoch);
                    ui.label(name);
                    ui.label(in_words(reading.point[1]));
                    ui.end_row();
                }
            });
        });
    }
}

/// Marks of a logarithmic axis: powers of ten, and where there is room 2 and 5 of them.
fn decades(grid: &GridInput) -> Vec<GridMark> {
    let (first, last) = (grid.bounds.0.floor() as i32, grid.bounds.1.ceil() as i32);
    // So that a span of many powers is not all lines.
    let every = (grid.base_step_size.ceil() as i32).max(1);
    let powers = (first..=last).filter(|power| power.rem_euclid(every) == 0);
    let marks = powers.flat_map(|power| {
        let power = f64::from(power);
        let whole = GridMark {
            value: power,
            step_size: f64::from(every),
        };
        let parts = [2.0_f64, 5.0].map(|part| GridMark {
            value: power + part.log10(),
            step_size: 0.3,
        });
        let parts = parts.into_iter().filter(move |_| grid.base_step_size < 0.2);
        [whole].into_iter().chain(parts)
    });
    let (least, most) = grid.bounds;
    marks
        .filter(|mark| (least..=most).contains(&mark.value))
        .collect()
}
