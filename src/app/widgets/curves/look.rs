//! Names, colours and marks of the curves.

use crate::app::model::curves::CurveAxis;
use crate::app::widgets;
use crate::app::widgets::curves::drawn::Of;
use crate::app::widgets::curves::series::Series;
use crate::app::widgets::run_look::{self, Mark};
use crate::text::Text;
use eframe::egui::{self, Color32};
use egui_plot::MarkerShape;

pub fn axis_name(text: &Text, axis: CurveAxis) -> &'static str {
    match axis {
        CurveAxis::Batch => text.curves.batch,
        CurveAxis::Epoch => text.curves.epoch,
        CurveAxis::Second => text.curves.second,
    }
}

pub fn run_colour(ui: &egui::Ui, run: &Series<'_>) -> Color32 {
    run.colour.map_or(widgets::theme::training(ui), |colour| {
        run_look::colour(ui, colour)
    })
}

pub fn mark(run: &Series<'_>) -> Mark {
    Mark::of(run.colour.unwrap_or_default(), run.is_baseline)
}

/// Colour and mark of a curve: of what it is where there is one run, else of whose it is.
pub fn look(ui: &egui::Ui, series: &[Series<'_>], run: &Series<'_>, of: Of) -> (Color32, Mark) {
    if series.len() > 1 {
        return (run_colour(ui, run), mark(run));
    }
    match of {
        Of::Training => (
            widgets::theme::training(ui),
            Mark::filled(MarkerShape::Circle),
        ),
        Of::Test => (
            widgets::theme::second(ui),
            Mark::filled(MarkerShape::Diamond),
        ),
        Of::Validation => (
            widgets::theme::good_color(ui),
            Mark::filled(MarkerShape::Diamond),
        ),
    }
}

/// What a curve is called.
pub fn name_of(text: &Text, of: Of) -> &'static str {
    match of {
        Of::Training => text.curves.training_running,
        Of::Test => text.curves.test,
        Of::Validation => text.curves.validation,
    }
}
