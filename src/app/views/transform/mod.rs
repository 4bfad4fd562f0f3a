//! A picture changed by hand, live: what becomes of it, of its maps, and of the accuracy over the whole test set.

mod accuracy;
mod controls;
mod maps;

use crate::app::model::action::Action;
use crate::app::model::state::State;
use crate::app::model::transform::{MovedPicture, TransformSettings};
use crate::app::views::ViewPanel;
use crate::app::widgets;
use crate::app::widgets::tab_order::{Region, region};
use crate::app::widgets::textures::{Textures, fill};
use crate::app::widgets::thumb::Thumbs;
use convlens_core::dataset::Picture;
use convlens_core::explore::most_likely;
use convlens_core::figures::picture_pixels;
use eframe::egui::{
    self, Align, Id, Layout, Rect, RichText, Role, ScrollArea, Sense, StrokeKind, UiBuilder,
    WidgetInfo, vec2,
};

/// Room for the sliders, and in how narrow a view they are shorter.
const CONTROLS: f32 = 220.0;
const SHORT_CONTROLS: f32 = 212.0;
const NARROW: f32 = 660.0;

/// Least room for the classes.
const CLASSES: f32 = 226.0;

/// Side of a picture on screen, the least of it before a class.
const LEAST: f32 = 56.0;
const SMALLEST: f32 = 84.0;
const LARGEST: f32 = 150.0;

/// Room beside the accuracy where a class sees it beside all else: in the only window, and in the projector's.
const BESIDE_ACCURACY: f32 = 440.0;
const BESIDE_ACCURACY_FOR_ROOM: f32 = 570.0;

/// Room for the accuracy there.
const ACCURACY: (f32, f32) = (160.0, 340.0);

/// Room for the bar of what scrolls.
const SCROLL_BAR: f32 = 8.0;

/// Room between two columns.
const GAP: f32 = 12.0;

/// Largest share of the height that a picture takes before a class on the only screen.
const PICTURE_FOR_CLASS: f32 = 0.2;

/// The view with what it keeps.
#[derive(Default)]
pub struct TransformView {
    textures: Textures,
    thumbs: Thumbs,
    maps: maps::MovedMapsPanel,
    /// The shift where a drag of the picture began, and how far it is, in points.
    drag: Option<([f32; 2], egui::Vec2)>,
}

impl ViewPanel for TransformView {
    fn show(&mut self, ui: &mut egui::Ui, state: &State, actions: &mut Vec<Action>) {
        let text = state.text();
        let Some(answer) = state.moved.answer().cloned() else {
            ui.label(text.data.opening_data);
            return;
        };
        let mut settings = state.transform.clone();
        let is_for_room = widgets::stage::is_for_room(ui.ctx());
        let is_for_class = state.preferences.display.needs_height(ui.ctx()) && !state.projects;
        let room = ui.available_size();
        ScrollArea::vertical().auto_shrink(false).show(ui, |ui| {
            // A class sees the accuracy beside all else: nobody there can scroll.
            // To the room there is nothing of it before it is measured.
            let shows_accuracy = settings.measures || !is_for_room;
            let is_beside = (is_for_class || is_for_room) && shows_accuracy;
            let bottom = ui.cursor().min.y + room.y;
            let beside = is_beside.then(|| {
                let others = if is_for_room {
                    BESIDE_ACCURACY_FOR_ROOM
                } else {
                    BESIDE_ACCURACY
                };
                let width = (room.x - others).clamp(ACCURACY.0, ACCURACY.1);
                let corner = ui.max_rect().min + vec2(room.x - width, 0.0);
                ui.set_max_width(room.x - width - GAP);
                Rect::from_min_size(corner, vec2(width, room.y))
            });
            ui.horizontal_top(|ui| {
                ui.spacing_mut().item_spacing.x = GAP;
                // The room sees what is done to the picture, not the sliders.
                widgets::stage::for_teacher(ui, |ui| {
                    let is_narrow = ui.available_width() < NARROW;
                    let width = if is_narrow { SHORT_CONTROLS } else { CONTROLS };
                    column(ui, width, |ui| {
                        ui.spacing_mut().slider_width = if is_narrow { 78.0 } else { 92.0 };
                        let look = (&mut self.thumbs, is_for_class);
                        controls::show(ui, state, look, &mut settings, actions);
                    });
                });
                let side = if is_for_class {
                    (ui.available_width() - GAP) / 2.0
                } else {
                    ((ui.available_width() - CLASSES) / 2.0 - GAP).max(SMALLEST)
                };
                let width = side.clamp(LEAST, LARGEST).floor();
                // The maps below are what it is about.
                let side = if is_for_class {
                    width.min(PICTURE_FOR_CLASS * room.y)
                } else {
                    width
                };
                self.pictures(ui, state, &answer, (width, side), &mut settings);
                // The class itself stands below its picture.
                widgets::stage::visible_if(ui, !is_for_class, |ui| {
                    column(ui, ui.available_width() - SCROLL_BAR, |ui| {
                        let outputs = state.outputs_of(&answer.asked.whose);
                        if let Some(changed) = answer.moved.activations.probabilities.get(1) {
                            widgets::class_bars::show(ui, outputs, changed);
                        }
                    });
                });
            });
            ui.separator();
            region(ui, Region::Pictures);
            maps::controls(ui, state, &answer, &mut settings, actions);
            ui.horizontal_top(|ui| {
                ui.spacing_mut().item_spacing.x = GAP;
                let top = ui.cursor().min.y;
                let room_for_maps = match beside {
                    None if shows_accuracy => {
                        vec2(maps::width(ui.available_width()), f32::INFINITY)
                    }
                    _ => vec2(ui.available_width(), bottom - top),
                };
                column(ui, room_for_maps.x, |ui| {
                    self.maps.show(ui, state, &answer, room_for_maps.y);
                });
                let place = beside.unwrap_or_else(|| ui.available_rect_before_wrap());
                let bottom = beside.map(|place| place.max.y);
                widgets::stage::visible_if(ui, shows_accuracy, |ui| {
                    ui.scope_builder(UiBuilder::new().max_rect(place), |ui| {
                        column(ui, place.width(), |ui| {
                            accuracy::show(ui, state, bottom, &mut settings, actions);
                        });
                    });
                });
            });
        });
        if settings != state.transform {
            actions.push(Action::SetTransform(settings));
        }
    }
}

impl TransformView {
    /// The picture, and what it has been changed to, which can be dragged.
    fn pictures(
        &mut self,
        ui: &mut egui::Ui,
        state: &State,
        answer: &MovedPicture,
        (width, side): (f32, f32),
        settings: &mut TransformSettings,
    ) {
        let text = state.text();
        let outputs = state.outputs_of(&answer.asked.whose);
        let pictures = [
            (text.transform.picture, &answer.picture, Sense::hover()),
            (text.transform.changed, &answer.changed, Sense::drag()),
        ];
        for (place, (name, picture, sense)) in pictures.into_iter().enumerate() {
            column(ui, width, |ui| {
                ui.label(widgets::theme::strong(name));
                let said = answer.moved.activations.probabilities.get(place);
                let said = said.map_or_else(String::new, |probabilities| {
                    let class = most_likely(probabilities);
                    outputs.said_of_picture(class as u8, probabilities[class])
                });
                let words = format!("{name}: {said}");
                let id = Id::unique(("transformed", place));
                let version = (state.moved.version(), place);
                let rect = self.picture(ui, picture, side, (id, version), sense, &words);
                let (rect, response) = rect;
                if place == 1 {
                    let unit = rect.width() / picture.size().width.max(1) as f32;
                    self.drag(&response, unit, settings);
                    response.on_hover_cursor(egui::CursorIcon::Grab);
                }
                ui.label(said);
                if place == 0 {
                    let name = text.image_and_class(answer.asked.image, answer.label);
                    ui.label(RichText::new(name).small().weak());
                }
            });
        }
    }

    fn picture(
        &mut self,
        ui: &mut egui::Ui,
        picture: &Picture,
        side: f32,
        (id, version): (Id, (u64, usize)),
        sense: Sense,
        words: &str,
    ) -> (Rect, egui::Response) {
        let size = picture.size();
        let shape = vec2(size.width as f32, size.height as f32);
        let shown = shape * (side / shape.max_elem());
        let (rect, response) = ui.allocate_exact_size(shown, sense);
        response.widget_info(|| WidgetInfo::labeled(Role::Image, true, words));
        let texture = (self.textures).get(ui.ctx(), id, version, || picture_pixels(picture));
        let painter = ui.painter();
        fill(painter, &texture, rect);
        let line = if response.has_focus() || response.dragged() {
            egui::Stroke::new(2.0, widgets::theme::accent(ui))
        } else {
            ui.visuals().widgets.noninteractive.bg_stroke
        };
        ui.painter()
            .rect_stroke(rect, 0.0, line, StrokeKind::Outside);
        (rect, response)
    }

    /// Whole pixels from where the drag began.
    fn drag(&mut self, response: &egui::Response, unit: f32, settings: &mut TransformSettings) {
        if response.drag_started() {
            self.drag = Some((settings.transform.shift, egui::Vec2::ZERO));
        }
        if let Some((from, way)) = self.drag.as_mut().filter(|_| response.dragged()) {
            *way += response.drag_delta();
            let [down, right] = [way.y, way.x].map(|points| (points / unit).round());
            let limits = controls::MOST_SHIFT;
            settings.transform.shift = [
                (from[0] + down).clamp(-limits, limits),
                (from[1] + right).clamp(-limits, limits),
            ];
        }
        if response.drag_stopped() {
            self.drag = None;
        }
    }
}

/// A column of the view.
fn column(ui: &mut egui::Ui, width: f32, content: impl FnOnce(&mut egui::Ui)) {
    let layout = Layout::top_down(Align::Min);
    ui.allocate_ui_with_layout(vec2(width, 0.0), layout, |ui| {
        ui.set_width(width);
        content(ui);
    });
}
