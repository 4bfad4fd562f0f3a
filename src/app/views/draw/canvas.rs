//! The pad itself, drawn on with the pointer or, cell by cell, with the keyboard.

use crate::app::model::action::{Action, DrawAction};
use crate::app::model::state::State;
use crate::app::widgets;
use crate::app::widgets::keys::{self, Command};
use crate::app::widgets::thumb::Thumbs;
use convlens_core::dataset::{Brush, PictureSize};
use eframe::egui::{
    self, Color32, EventFilter, Rect, Response, Role, Sense, Stroke, StrokeKind, WidgetInfo, pos2,
    vec2,
};

/// The widget with where pointer and cursor are.
#[derive(Default)]
pub struct CanvasWidget {
    thumbs: Thumbs,
    /// Where the stroke under way has come to, in pixels of the picture.
    stroke: Option<(f32, f32)>,
    /// Row and column of the keyboard's cell; the middle before it has moved.
    cursor: Option<(usize, usize)>,
}

impl CanvasWidget {
    pub fn show(
        &mut self,
        ui: &mut egui::Ui,
        state: &State,
        brush: Brush,
        unit: f32,
        actions: &mut Vec<Action>,
    ) {
        let pad = state.canvas.drawing().pad();
        let size = pad.size();
        let room = vec2(size.width as f32, size.height as f32) * unit;
        let (rect, _) = ui.allocate_exact_size(room, Sense::hover());
        let id = widgets::typing::canvas_id();
        let response = ui.interact(rect, id, Sense::click_and_drag());
        let version = state.canvas.version();
        self.thumbs
            .paint(ui, rect, id, version, size, || pad.clone());
        grid(ui, rect, unit);
        self.pointer(ui, &response, brush, (unit, size), actions);
        if response.has_focus() {
            self.keyboard(ui, &response, brush, size, actions);
            self.mark_cursor(ui, rect, unit, size);
        }
        let edge = if response.has_focus() {
            Stroke::new(3.0, widgets::theme::accent(ui))
        } else {
            ui.visuals().widgets.noninteractive.bg_stroke
        };
        ui.painter()
            .rect_stroke(rect, 0.0, edge, StrokeKind::Outside);
        let (row, column) = self.cursor(size);
        let ink = &pad.bytes()[(row * size.width + column) * size.channels..][..size.channels];
        let words = state.text().pad_name(row, column, ink);
        response.widget_info(|| WidgetInfo::labeled(Role::Canvas, true, words.clone()));
    }

    fn cursor(&self, size: PictureSize) -> (usize, usize) {
        let (row, column) = self.cursor.unwrap_or((size.height / 2, size.width / 2));
        (row.min(size.height - 1), column.min(size.width - 1))
    }

    /// A stroke goes on as long as the button is held.
    fn pointer(
        &mut self,
        ui: &egui::Ui,
        response: &Response,
        brush: Brush,
        (unit, size): (f32, PictureSize),
        actions: &mut Vec<Action>,
    ) {
        let rect = response.rect;
        let place = |at: egui::Pos2| ((at.x - rect.min.x) / unit, (at.y - rect.min.y) / unit);
        let held = response.is_pointer_button_down_on();
        if let Some(at) = response.interact_pointer_pos().filter(|_| held) {
            let to = place(at);
            match self.stroke {
                None => {
                    response.request_focus();
                    actions.push(Action::Draw(DrawAction::Begin(to, brush)));
                }
                Some(from) if from != to => {
                    actions.push(Action::Draw(DrawAction::Stroke(from, to, brush)));
                }
                Some(_) => {}
            }
            self.stroke = Some(to);
            let cell = |at: f32, count: usize| (at.max(0.0) as usize).min(count - 1);
            self.cursor = Some((cell(to.1, size.height), cell(to.0, size.width)));
        } else {
            self.stroke = None;
        }
        if let Some(at) = response.hover_pos() {
            let mark = Stroke::new(1.5, widgets::theme::POINTER_MARK);
            let painter = ui.painter().with_clip_rect(rect);
            painter.circle_stroke(at, brush.radius * unit, mark);
        }
    }

    /// Arrows move the cell, Space draws.
    fn keyboard(
        &mut self,
        ui: &egui::Ui,
        response: &Response,
        brush: Brush,
        size: PictureSize,
        actions: &mut Vec<Action>,
    ) {
        let arrows = EventFilter {
            horizontal_arrows: true,
            vertical_arrows: true,
            ..EventFilter::default()
        };
        ui.memory_mut(|memory| memory.set_focus_lock_filter(response.id, arrows));
        if let Some((down, right)) = keys::walked(ui.ctx()) {
            let (row, column) = self.cursor(size);
            let step = |at: usize, by, count: usize| at.saturating_add_signed(by).min(count - 1);
            self.cursor = Some((
                step(row, down, size.height),
                step(column, right, size.width),
            ));
        }
        if keys::pressed(ui.ctx(), Command::Dot) {
            let (row, column) = self.cursor(size);
            let at = (column as f32 + 0.5, row as f32 + 0.5);
            actions.push(Action::Draw(DrawAction::Begin(at, brush)));
        }
    }

    fn mark_cursor(&self, ui: &egui::Ui, rect: Rect, unit: f32, size: PictureSize) {
        let (row, column) = self.cursor(size);
        let corner = rect.min + vec2(column as f32 * unit, row as f32 * unit);
        let cell = Rect::from_min_size(corner, vec2(unit, unit));
        ui.painter().rect_stroke(
            cell,
            0.0,
            Stroke::new(3.5, Color32::BLACK),
            StrokeKind::Outside,
        );
        ui.painter().rect_stroke(
            cell,
            0.0,
            Stroke::new(1.5, widgets::theme::mark()),
            StrokeKind::Outside,
        );
    }
}

/// Faint lines, four pixels apart.
fn grid(ui: &egui::Ui, rect: Rect, unit: f32) {
    let line = Stroke::new(1.0, Color32::from_white_alpha(18));
    let painter = ui.painter();
    let step = 4.0 * unit;
    for number in 1..(rect.width() / step).ceil() as usize {
        let x = rect.min.x + number as f32 * step;
        painter.line_segment([pos2(x, rect.min.y), pos2(x, rect.max.y)], line);
    }
    for number in 1..(rect.height() / step).ceil() as usize {
        let y = rect.min.y + number as f32 * step;
        painter.line_segment([pos2(rect.min.x, y), pos2(rect.max.x, y)], line);
    }
}
