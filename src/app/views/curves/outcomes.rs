//! What the curves of each run come to: its lowest test loss, the gap at its end, its best accuracy.

use crate::app::model::curves::CurveAxis;
use crate::app::widgets;
use crate::app::widgets::curves::drawn::{losses, outcome};
use crate::app::widgets::curves::look::{mark, run_colour};
use crate::app::widgets::curves::series::Series;
use crate::text::Text;
use eframe::egui::{self, Grid, Label, ScrollArea};

/// Below this width in points a single run is not named.
const ROOM_FOR_NAME: f32 = 760.0;

/// A row a run that is over and has been measured.
pub fn show(ui: &mut egui::Ui, series: &[Series<'_>], axis: CurveAxis, text: &Text) {
    let curves = losses(series, axis);
    let found = series.iter().enumerate();
    let found = found.filter(|(_, run)| !run.is_live);
    let found = found.filter_map(|(index, run)| Some((run, outcome(&curves, index)?)));
    let found: Vec<_> = found.collect();
    if found.is_empty() {
        return;
    }
    let words = &text.curves;
    // Of a single run the line above says which it is.
    let names_run = series.len() > 1 || ui.available_width() >= ROOM_FOR_NAME;
    ScrollArea::horizontal().show(ui, |ui| {
        Grid::new("outcomes of runs").striped(true).show(ui, |ui| {
            for [heading, hint] in [
                [if names_run { words.run } else { "" }, ""],
                [words.lowest, words.lowest_hint],
                [words.last, words.last_hint],
                [words.gap, words.gap_hint],
                [words.best_accuracy, words.best_accuracy_hint],
            ] {
                let mut heading = widgets::theme::strong(heading);
                if !names_run {
                    heading = heading.small();
                }
                let label = ui.add(Label::new(heading).extend());
                if !hint.is_empty() {
                    label.on_hover_text(hint);
                }
            }
            ui.end_row();
            for (run, outcome) in found {
                ui.horizontal(|ui| {
                    mark(run).show(ui, run_colour(ui, run));
                    if names_run {
                        ui.add(Label::new(&run.name).extend());
                    }
                });
                let lowest = outcome.lowest;
                let epoch = lowest.epoch.unwrap_or_default();
                ui.label(text.at_epoch(&text.loss(lowest.point[1]), epoch));
                let last = run.epochs.last();
                let last = last.and_then(|last| Some((last.test_loss?, last.epoch)));
                ui.label(last.map_or(String::new(), |(loss, epoch)| {
                    text.at_epoch(&text.loss(loss), epoch)
                }));
                let gap = outcome.gap.last();
                ui.label(gap.map_or(String::new(), |[_, training, test]| {
                    text.signed_loss(test - training)
                }));
                let measured = run.epochs.iter();
                let measured =
                    measured.filter_map(|epoch| Some((epoch.test_accuracy?, epoch.epoch)));
                let best = measured.reduce(|best, next| if next.0 > best.0 { next } else { best });
                ui.label(best.map_or(String::new(), |(accuracy, epoch)| {
                    text.at_epoch(&text.percent(accuracy, 2), epoch)
                }));
                ui.end_row();
            }
        });
    });
}
