//! The Draw view: a pad of a picture's pixels, what becomes of it on the way to the network, and what
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
use convlens_core::dataset::{Brush, ImageId, PictureSize};
use eframe::egui::{
    self, Button, Color32, RichText, Role, ScrollArea, Sense, Slider, Stroke, StrokeKind,
    WidgetInfo, vec2,
};

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
                colour: [255; 3],
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
        widgets::stage::for_teacher(ui, |ui| self.tools(ui, state, actions));
        self.shortcuts(ui, actions);
        ui.add_space(2.0);
        ScrollArea::vertical().auto_shrink(false).show(ui, |ui| {
            ui.horizontal_top(|ui| {
                ui.vertical(|ui| {
                    let size = state.canvas.drawing().size();
                    let unit = pad_unit(ui, size);
                    ui.set_width(unit * size.width as f32);
                    self.pad.show(ui, state, self.brush, unit, actions);
                    widgets::stage::for_teacher(ui, |ui| note(ui, state.text().draw.pad_help));
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
            if drawing.size().is_colour() {
                self.colours(ui, state);
            }
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

impl DrawView {
    /// The colours, for pictures that have some.
    fn colours(&mut self, ui: &mut egui::Ui, state: &State) {
        ui.spacing_mut().item_spacing.x = 4.0;
        for (colour, name) in COLOURS
            .into_iter()
            .zip(state.text().draw.colours.split(' '))
        {
            let chosen = self.brush.colour == colour;
            let (rect, swatch) = ui.allocate_exact_size(vec2(SWATCH, SWATCH), Sense::click());
            swatch.widget_info(|| WidgetInfo::selected(Role::RadioButton, true, chosen, name));
            let [red, green, blue] = colour;
            let painter = ui.painter();
            painter.rect_filled(rect, 3.0, Color32::from_rgb(red, green, blue));
            let edge = if chosen {
                Stroke::new(3.0, widgets::theme::accent(ui))
            } else if swatch.has_focus() || swatch.hovered() {
                Stroke::new(2.0, widgets::theme::pointed_at(ui))
            } else {
                ui.visuals().widgets.inactive.fg_stroke
            };
            painter.rect_stroke(rect, 3.0, edge, StrokeKind::Outside);
            if swatch.on_hover_text(name).clicked() {
                self.brush.colour = colour;
                self.brush.erases = false;
            }
        }
    }
}

/// Least and largest side of the pad.
const PAD: std::ops::RangeInclusive<f32> = 224.0..=560.0;

/// Points a pixel, as large as the window allows; whole ones where a pixel has more than one.
fn pad_unit(ui: &egui::Ui, size: PictureSize) -> f32 {
    let room = (ui.available_width() * 0.48).min(ui.clip_rect().height() * 0.62);
    let unit = room.clamp(*PAD.start(), *PAD.end()) / size.width.max(size.height) as f32;
    if unit >= 1.0 { unit.floor() } else { unit }
}

/// Colours to paint with, in the order of their names.
const COLOURS: [[u8; 3]; 9] = [
    [255, 255, 255],
    [220, 30, 30],
    [255, 140, 0],
    [250, 220, 40],
    [40, 160, 60],
    [40, 90, 220],
    [130, 60, 170],
    [120, 75, 40],
    [0, 0, 0],
];

/// Side of a colour to choose, in points.
const SWATCH: f32 = 20.0;

/// A line that explains.
pub fn note(ui: &mut egui::Ui, words: &str) {
    ui.add(egui::Label::new(RichText::new(words).small().weak()).wrap());
}

/// Title of a part.
pub fn title(ui: &mut egui::Ui, words: &str) {
    ui.label(widgets::theme::heading(words));
}
