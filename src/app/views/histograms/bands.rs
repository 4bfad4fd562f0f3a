//! Quantiles of a layer's numbers over the moments of a training: darker bands hold the middle ones.

use super::words;
use crate::app::model::histograms::{Moment, Quantity, Subject};
use crate::app::model::state::State;
use crate::app::widgets::still_plot::still_plot;
use crate::app::widgets::theme;
use convlens_core::explore::statistics::QUANTILES;
use convlens_core::training::runs::Checkpoint;
use eframe::egui::{self, Color32, Role, Sense, Stroke, Tooltip, WidgetInfo};
use egui_plot::{AxisHints, FilledArea, GridMark, Line, PlotPoint, PlotPoints, VLine};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// The bands, the widest first: which quantiles they lie between, and how strong they are.
const BANDS: [([usize; 2], f32); 4] = [
    ([0, 8], 0.13),
    ([1, 7], 0.24),
    ([2, 6], 0.4),
    ([3, 5], 0.62),
];

/// Most moments named below the plot.
const NAMED: usize = 8;

/// Half the width of a moment that has none beside it.
const ALONE: f64 = 0.3;

/// The quantiles at a moment, whose place it is among all.
type Known = (f64, [f64; QUANTILES.len()]);

/// The plot; the moment that was clicked.
pub fn show(
    ui: &mut egui::Ui,
    state: &State,
    subject: &Subject,
    shown: &Arc<Moment>,
    (layer, height): (&str, f32),
) -> Option<Checkpoint> {
    let text = state.text();
    let quantity = state.histograms.settings.quantity;
    let [name, _] = words(text, quantity);
    let known = state.histograms.known(subject)?;
    // Some that are known may be kept no more.
    let kept = subject.moments.iter().map(|moment| moment.step);
    let steps: BTreeSet<u64> = kept.chain(known.keys().copied()).collect();
    let steps: Vec<u64> = steps.into_iter().collect();
    let pieces = pieces(known, &steps, quantity, layer);
    let place = |step: u64| steps.binary_search(&step).unwrap_or_default() as f64;
    let now = place(shown.whose.step);
    let (colour, accent) = (theme::amount(ui), theme::accent(ui));
    let ink = ui.visuals().strong_text_color();
    let numbers = steps.clone();
    let hints = AxisHints::new_x()
        .label(text.histograms.batch)
        .label_spacing(48.0..=48.1);
    let up = AxisHints::new_y()
        .min_thickness(52.0)
        .formatter(|mark, _| text.value(mark.value as f32))
        .label_spacing(14.0..=14.1);
    let plot = still_plot(("bands", layer, quantity as u8))
        .height(height)
        .custom_x_axes(vec![hints])
        .custom_y_axes(vec![up])
        .show_grid([false, true])
        .x_grid_spacer(marks(steps.len()))
        .x_axis_formatter(move |mark, _| {
            let is_whole = mark.value.fract() == 0.0 && mark.value >= 0.0;
            let step = numbers.get(mark.value as usize).filter(|_| is_whole);
            step.map_or(String::new(), |step| text.integer(*step as usize))
        })
        .show(ui, |plot| {
            let last = (steps.len().max(1) - 1) as f64;
            let [low, high] = frame(&pieces);
            plot.set_plot_bounds_x(-0.5..=last + 0.5);
            plot.set_plot_bounds_y(low..=high);
            for piece in &pieces {
                draw(plot, piece, [colour, ink]);
            }
            let line = VLine::new("", now).allow_hover(false);
            plot.vline(line.color(accent).width(1.5));
        });
    let said = text.bands_in_words(layer, name, known.len());
    plot.response
        .widget_info(|| WidgetInfo::labeled(Role::Image, true, &said));
    let step = plot.response.hover_pos().and_then(|pointer| {
        let at = plot.transform.value_from_position(pointer).x.round();
        steps.get((at >= 0.0).then_some(at as usize)?)
    });
    // By keyboard the training history does it.
    let id = plot.response.id.with("moment");
    let place = ui.interact(plot.response.rect, id, Sense::CLICK);
    let moment = subject.moments.iter().find(|at| Some(&at.step) == step);
    // What lies under the pointer, in words.
    if let Some(moment) = step.and_then(|step| known.get(step)) {
        let found = moment.statistics.layers.iter().find(|of| of.name == layer);
        let tooltip = Tooltip::for_widget(&plot.response).at_pointer();
        tooltip.gap(12.0).show(|ui| {
            ui.set_max_width(280.0);
            if let Some(when) = state.moment_of(&moment.whose) {
                ui.label(theme::strong(when));
            }
            if let Some(spread) = found.and_then(|layer| quantity.of(layer)) {
                ui.label(text.spread(layer, name, spread));
            }
        });
    }
    moment.copied().filter(|_| place.clicked())
}

/// Which of so many moments are named below the plot: as many as there is room for.
fn marks(moments: usize) -> impl Fn(egui_plot::GridInput) -> Vec<GridMark> {
    let every = moments.div_ceil(NAMED).max(1);
    move |_| {
        let named = (0..moments).step_by(every);
        let mark = |place: usize| GridMark {
            value: place as f64,
            // As if they were far apart: each is named.
            step_size: moments as f64,
        };
        named.map(mark).collect()
    }
}

/// The quantiles of the moments, in pieces between those that are not known or have no finite number.
fn pieces(
    known: &BTreeMap<u64, Arc<Moment>>,
    steps: &[u64],
    quantity: Quantity,
    layer: &str,
) -> Vec<Vec<Known>> {
    let mut pieces = vec![Vec::new()];
    for (place, step) in steps.iter().enumerate() {
        let layers = known.get(step).map(|moment| &moment.statistics.layers);
        let layer = layers.and_then(|layers| layers.iter().find(|of| of.name == layer));
        let spread = layer.and_then(|layer| quantity.of(layer));
        match (
            spread.and_then(|spread| spread.quantiles),
            pieces.last_mut(),
        ) {
            (Some(quantiles), Some(piece)) => piece.push((place as f64, quantiles)),
            (None, Some(piece)) if !piece.is_empty() => pieces.push(Vec::new()),
            _ => {}
        }
    }
    pieces
}

/// The ends of the vertical axis: of 98 % of the numbers at any moment, with some room. A single one far away would leave none to the others.
fn frame(pieces: &[Vec<Known>]) -> [f64; 2] {
    let of = |quantile: usize| pieces.iter().flatten().map(move |(_, all)| all[quantile]);
    let least = of(1).fold(f64::INFINITY, f64::min);
    let most = of(7).fold(f64::NEG_INFINITY, f64::max);
    if least > most {
        return [-1.0, 1.0];
    }
    let room = (most - least) * 0.15;
    let room = if room > 0.0 {
        room
    } else {
        least.abs().max(1e-3) * 0.5
    };
    [least - room, most + room]
}

fn draw(plot: &mut egui_plot::PlotUi<'_>, piece: &[Known], [colour, ink]: [Color32; 2]) {
    let Some((first, quantiles)) = piece.first() else {
        return;
    };
    let alone = [-ALONE, ALONE].map(|beside| (first + beside, *quantiles));
    let piece = if piece.len() == 1 { &alone[..] } else { piece };
    let places: Vec<f64> = piece.iter().map(|(place, _)| *place).collect();
    let line =
        |quantile: usize| -> Vec<f64> { piece.iter().map(|(_, all)| all[quantile]).collect() };
    for ([low, high], strength) in BANDS {
        let area = FilledArea::new("", &places, &line(low), &line(high));
        let area = area.fill_color(colour.gamma_multiply(strength));
        plot.add(area.stroke(Stroke::NONE).allow_hover(false));
    }
    let median = piece
        .iter()
        .map(|(place, all)| PlotPoint::new(*place, all[4]));
    let median = Line::new("", PlotPoints::Owned(median.collect()));
    plot.line(median.color(ink).width(1.5).allow_hover(false));
}
