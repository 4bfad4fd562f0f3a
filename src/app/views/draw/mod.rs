//! The Draw view: a pad of 28×28 pixels, what becomes of it on the way to the network, and what
//! the network says, after every stroke.

mod answer;
mod canvas;
mod open_menu;
mod steps;

use crate::app::model::action::{Action, DrawAction};
use crate::app::model::state::State;
use crate::app::views::ViewPanel;
use crate::app::widgets::keys::{self, Command};
use crate::app::{views, widgets};
use convlens_core::dataset::{Brush, ImageId};
use eframe::egui::{self, Button, RichText, ScrollArea, Slider};

/// The view; it owns brush, cursor and textures.
pub struct DrawView {
    brush: Brush,
    open_menu: views::draw::open_menu::OpenMenu,
    pad: views::draw::canvas::CanvasWidget,
    steps: views::draw::steps::StepsRow,
    answer: views::draw::answer::AnswerPanel,
}

impl Default for DrawView {
    fn default() -> Self {
        Self {
            brush: Brush {
                radius: 1.5,
                erases: false,
            },
            open_menu: views::draw::open_menu::OpenMenu::default(),
            pad: views::draw::canvas::CanvasWidget::default(),
            steps: views::draw::steps::StepsRow::default(),
            answer: views::draw::answer::AnswerPanel::default(),
        }
    }
}

impl ViewPanel for DrawView {
    fn show(&mut self, ui: &mut egui::Ui, state: &State, actions: &mut Vec<Action>) {
        self.tools(ui, state, actions);
        self.shortcuts(ui, actions);
        ui.add_space(2.0);
        ScrollArea::vertical().auto_shrink(false).show(ui, |ui| {
            ui.horizontal_top(|ui| {
                ui.vertical(|ui| {
                    let side = pad_side(ui);
                    ui.set_width(side);
                    self.pad.show(ui, state, self.brush, side, actions);
                    note(ui, state.text().draw.pad_help);
                    self.steps.show(ui, state, actions);
                });
                ui.add_space(12.0);
                ui.vertical(|ui| self.answer.show(ui, state));
            });
        });
    }
}

impl DrawView {
    /// B and E choose brush and eraser, wherever the focus is: E would otherwise train an epoch. Ctrl+Z and
    /// Ctrl+Y go back and forth; a picture in the clipboard is pasted.
    fn shortcuts(&mut self, ui: &egui::Ui, actions: &mut Vec<Action>) {
        if widgets::typing::is_under_way(ui.ctx()) {
            return;
        }
        let pressed = |command| keys::pressed(ui.ctx(), command);
        for (command, erases) in [(Command::Brush, false), (Command::Eraser, true)] {
            if pressed(command) {
                self.brush.erases = erases;
            }
        }
        if pressed(Command::RedoStroke) {
            actions.push(Action::Draw(DrawAction::Redo));
        } else if pressed(Command::UndoStroke) {
            actions.push(Action::Draw(DrawAction::Undo));
        }
        ui.input(|input| {
            for event in &input.events {
                if let egui::Event::PasteImage(image) = event {
                    actions.push(Action::PastePicture(image.clone()));
                }
            }
        });
    }

    /// Brush, size, steps back, pictures from elsewhere.
    fn tools(&mut self, ui: &mut egui::Ui, state: &State, actions: &mut Vec<Action>) {
        let words = &state.text().draw;
        let drawing = state.canvas.drawing();
        ui.horizontal_wrapped(|ui| {
            widgets::theme::choose(ui, &mut self.brush.erases, false, words.brush)
                .on_hover_text(words.brush_hint);
            widgets::theme::choose(ui, &mut self.brush.erases, true, words.eraser)
                .on_hover_text(words.eraser_hint);
            let label = ui.label(words.size);
            ui.spacing_mut().slider_width = 80.0;
            let slider = Slider::new(&mut self.brush.radius, Brush::RADII)
                .step_by(0.25)
                .show_value(false);
            let slider = ui.add(slider).labelled_by(label.id);
            slider.on_hover_text(words.size_hint);
            ui.separator();
            for (name, hint, enabled, action) in [
                (
                    words.undo,
                    words.undo_hint,
                    drawing.can_undo(),
                    DrawAction::Undo,
                ),
                (
                    words.redo,
                    words.redo_hint,
                    drawing.can_redo(),
                    DrawAction::Redo,
                ),
                (
                    words.clear,
                    words.clear_hint,
                    !drawing.is_blank(),
                    DrawAction::Clear,
                ),
            ] {
                let button = ui.add_enabled(enabled, Button::new(name));
                if button.on_hover_text(hint).clicked() {
                    actions.push(Action::Draw(action));
                }
            }
            ui.separator();
            self.open_menu.show(ui, state, actions);
            let mut is_row = state.preferences.maps.images.contains(&ImageId::Drawing);
            let row = ui
                .checkbox(&mut is_row, words.as_row)
                .on_hover_text(words.as_row_hint);
            if row.changed() {
                let mut settings = state.preferences.maps.clone();
                if is_row {
                    settings.bring_up(ImageId::Drawing);
                } else {
                    settings.toggle(ImageId::Drawing);
                }
                actions.push(Action::SetMaps(settings));
            }
        });
    }
}

/// Whole pixels a cell, as large as the window allows.
fn pad_side(ui: &egui::Ui) -> f32 {
    let room = (ui.available_width() * 0.48).min(ui.clip_rect().height() * 0.62);
    (room / 28.0).floor().clamp(8.0, 20.0) * 28.0
}

/// A line that explains.
pub fn note(ui: &mut egui::Ui, words: &str) {
    ui.add(egui::Label::new(RichText::new(words).small().weak()).wrap());
}

/// Title of a part.
pub fn title(ui: &mut egui::Ui, words: &str) {
    ui.label(widgets::theme::heading(words));
}
