//! The confusion matrix: a row for each true class, a column for each predicted one.

use crate::app::model::state::State;
use crate::app::model::whose::Whose;
use crate::app::widgets;
use crate::app::widgets::tab_order::{Region, region};
use crate::text::Text;
use convlens_core::explore::ConfusionMatrix;
use eframe::egui::epaint::TextShape;
use eframe::egui::{
    self, Align2, Color32, FontId, Rect, Role, Sense, Stroke, StrokeKind, TextStyle, WidgetInfo,
    pos2, vec2,
};
use std::f32::consts::FRAC_PI_2;

/// Room for the names of the true classes.
const NAMES: f32 = 92.0;

/// Room for the names of the predicted classes, which stand upright.
const HEADS: f32 = 84.0;

/// Room for a class's accuracy.
const ACCURACY: f32 = 78.0;

const LARGEST_CELL: f32 = 90.0;

const SMALLEST_CELL: f32 = 30.0;

const HIGHEST_CELL: f32 = 60.0;

const LOWEST_CELL: f32 = 22.0;

/// What rows and columns are called.
pub struct Names {
    text: &'static Text,
    outputs: &'static Text,
    /// Whether both are the same classes, so that there is right and wrong.
    are_alike: bool,
}

impl Names {
    pub fn of(state: &State, whose: &Whose) -> Self {
        Self {
            text: state.text(),
            outputs: state.outputs_of(whose),
            are_alike: state.tells_its_classes(whose),
        }
    }
}

/// The least room that the matrix of so many classes needs.
pub fn least_size(classes: usize) -> egui::Vec2 {
    let classes = classes as f32;
    vec2(
        NAMES + classes * SMALLEST_CELL + ACCURACY,
        HEADS + classes * LOWEST_CELL,
    )
}

/// The matrix with what is chosen in it.
#[derive(Default)]
pub struct Matrix {
    /// True and predicted class of the chosen cell.
    pub chosen: Option<(u8, u8)>,
    as_rates: bool,
}

impl Matrix {
    /// Counts or rates.
    pub fn unit_buttons(&mut self, ui: &mut egui::Ui, text: &Text) {
        widgets::theme::choose(ui, &mut self.as_rates, false, text.errors.counts)
            .on_hover_text(text.errors.counts_hint);
        widgets::theme::choose(ui, &mut self.as_rates, true, text.errors.rates)
            .on_hover_text(text.errors.rates_hint);
    }

    /// Draws it and leaves some room below, if it can.
    pub fn show(
        &mut self,
        ui: &mut egui::Ui,
        names: &Names,
        matrix: &ConfusionMatrix,
        room_below: f32,
    ) {
        let rows = matrix.counts.len();
        let columns = matrix.counts.first().map_or(0, Vec::len);
        let room = ui.available_width() - NAMES - ACCURACY;
        let width = (room / columns.max(1) as f32).clamp(SMALLEST_CELL, LARGEST_CELL);
        let room = ui.available_height() - HEADS - room_below;
        let height = (room / rows.max(1) as f32).clamp(LOWEST_CELL, HIGHEST_CELL);
        // Broader than high, as numbers are, but where it would have to scroll.
        let height = height.min(width.max(LOWEST_CELL));
        let size = vec2(
            NAMES + columns as f32 * width + ACCURACY,
            HEADS + rows as f32 * height,
        );
        egui::ScrollArea::horizontal()
            .id_salt("confusion matrix")
            .show(ui, |ui| {
                region(ui, Region::Pictures);
                let (area, _) = ui.allocate_exact_size(size, Sense::hover());
                heads(ui, names, area, columns, width);
                for label in 0..rows {
                    let top = area.min.y + HEADS + label as f32 * height;
                    row_ends(ui, names, matrix, label, area, top + height / 2.0);
                    for predicted in 0..columns {
                        let left = area.min.x + NAMES + predicted as f32 * width;
                        let rect = Rect::from_min_size(pos2(left, top), vec2(width, height));
                        self.cell(ui, names, matrix, (label, predicted), rect.shrink(1.0));
                    }
                }
            });
    }

    fn cell(
        &mut self,
        ui: &mut egui::Ui,
        names: &Names,
        matrix: &ConfusionMatrix,
        (label, predicted): (usize, usize),
        rect: Rect,
    ) {
        let text = names.text;
        let count = matrix.count(label, predicted);
        let rate = matrix.rate(label, predicted);
        let here = (label as u8, predicted as u8);
        let chosen = self.chosen == Some(here);
        let id = ui.scope_id().with(("cell", here));
        let words = text.confusion_cell(names.outputs, here, count, rate);
        let cell = ui.interact(rect, id, Sense::click()).on_hover_text(&words);
        cell.widget_info(|| WidgetInfo::selected(Role::Button, true, chosen, &words));
        if cell.clicked() {
            self.chosen = if chosen { None } else { Some(here) };
        }
        let share = rate.unwrap_or(0.0) as f32;
        let (hue, strength) = if names.are_alike && label == predicted {
            (widgets::theme::good_color(ui), share)
        } else {
            (widgets::theme::error_color(ui), share.sqrt())
        };
        let fill = ui.visuals().faint_bg_color.lerp_to_gamma(hue, strength);
        let painter = ui.painter();
        painter.rect_filled(rect, 2.0, fill);
        let number = if self.as_rates {
            rate.map_or_else(|| "–".to_owned(), |rate| text.decimal(rate * 100.0, 1))
        } else {
            text.integer(count)
        };
        let ink = if count == 0 {
            ui.visuals().weak_text_color()
        } else {
            widgets::theme::ink_on(fill)
        };
        let font = TextStyle::Body.resolve(ui.style());
        painter.text(rect.center(), Align2::CENTER_CENTER, number, font, ink);
        let edge = if chosen {
            Stroke::new(3.0, widgets::theme::accent(ui))
        } else if cell.has_focus() || cell.hovered() {
            Stroke::new(2.0, widgets::theme::pointed_at(ui))
        } else {
            return;
        };
        painter.rect_stroke(rect, 2.0, edge, StrokeKind::Outside);
    }
}

/// Names of the predicted classes, upright above their columns.
fn heads(ui: &egui::Ui, names: &Names, area: Rect, columns: usize, width: f32) {
    let text = names.text;
    let painter = ui.painter();
    let (ink, weak) = (ui.visuals().text_color(), ui.visuals().weak_text_color());
    let small = TextStyle::Small.resolve(ui.style());
    for class in 0..columns {
        let name = names.outputs.class_name(class as u8).to_owned();
        let galley = painter.layout_no_wrap(name, FontId::proportional(12.5), ink);
        let left = area.min.x + NAMES + (class as f32 + 0.5) * width - galley.size().y / 2.0;
        let bottom = area.min.y + HEADS - 4.0;
        painter.add(TextShape::new(pos2(left, bottom), galley, ink).with_angle(-FRAC_PI_2));
    }
    let corner = pos2(area.min.x, area.min.y + HEADS - 4.0);
    let words = format!("{} ↓", text.errors.true_class);
    painter.text(corner, Align2::LEFT_BOTTOM, words, small.clone(), weak);
    let corner = pos2(area.min.x, area.min.y + HEADS - 22.0);
    let words = format!("{} →", text.errors.predicted_class);
    painter.text(corner, Align2::LEFT_BOTTOM, words, small.clone(), weak);
    let corner = pos2(area.max.x - ACCURACY + 10.0, area.min.y + HEADS - 4.0);
    let words = text.errors.class_accuracy;
    painter.text(corner, Align2::LEFT_BOTTOM, words, small, weak);
}

/// Name of a true class before its row, and its accuracy behind.
fn row_ends(
    ui: &egui::Ui,
    names: &Names,
    matrix: &ConfusionMatrix,
    label: usize,
    area: Rect,
    middle: f32,
) {
    let text = names.text;
    let painter = ui.painter();
    let ink = ui.visuals().text_color();
    let font = FontId::proportional(12.5);
    let name = pos2(area.min.x + NAMES - 8.0, middle);
    let words = text.class_name(label as u8);
    painter.text(name, Align2::RIGHT_CENTER, words, font.clone(), ink);
    let accuracy = matrix.class(label).accuracy();
    let Some(accuracy) = accuracy.filter(|_| names.are_alike) else {
        return;
    };
    let left = area.max.x - ACCURACY + 10.0;
    let words = text.percent(accuracy, 1);
    painter.text(
        pos2(left, middle - 3.0),
        Align2::LEFT_CENTER,
        words,
        font,
        ink,
    );
    let bar = Rect::from_min_size(pos2(left, middle + 7.0), vec2(ACCURACY - 12.0, 3.0));
    painter.rect_filled(
        bar,
        1.0,
        ui.visuals().widgets.noninteractive.bg_stroke.color,
    );
    let mut full = bar;
    full.set_width(bar.width() * accuracy as f32);
    let fill: Color32 = widgets::theme::amount(ui);
    painter.rect_filled(full, 1.0, fill);
}
