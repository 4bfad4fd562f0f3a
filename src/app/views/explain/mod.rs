//! "Why this class?": which parts of a picture speak for a class, by covering them and by
//! Grad-CAM.

mod overlay;

use crate::app::model::action::Action;
use crate::app::model::explain::Explained;
use crate::app::model::state::State;
use crate::app::views::ViewPanel;
use crate::app::views::explain::overlay::{Overlay, Shade};
use crate::app::{views, widgets};
use crate::text::Text;
use convlens_core::dataset::IMAGE_SIDE;
use convlens_core::explore::OcclusionPatch;
use convlens_core::render::{Colormap, ValueRange};
use eframe::egui::{self, Align, ComboBox, DragValue, Layout, RichText, ScrollArea, vec2};
/// Room for what is said above and below a picture.
const ROOM_FOR_WORDS: f32 = 190.0;

/// Widest lines of words below a picture that is narrower.
const MOST_WORDS: f32 = 260.0;

/// The view with its choices.
#[derive(Default)]
pub struct ExplainView {
    overlay: Overlay,
    /// The number of the answer on screen.
    number: u64,
}

impl ViewPanel for ExplainView {
    fn show(&mut self, ui: &mut egui::Ui, state: &State, actions: &mut Vec<Action>) {
        let text = state.text();
        controls(ui, state, actions);
        let Some(explained) = state.explained.answer().cloned() else {
            ui.label(text.data.opening_data);
            return;
        };
        self.number = state.explained.version();
        let outputs = state.outputs_of(&explained.asked.whose);
        ui.label(widgets::theme::heading(outputs.asked_class(
            explained.class as u8,
            f64::from(explained.occlusion.probability),
            explained.predicted as u8,
        )));
        ScrollArea::vertical().auto_shrink(false).show(ui, |ui| {
            let room = (ui.available_width() - 32.0) / 3.0;
            let width = room.min(ui.available_height() - ROOM_FOR_WORDS);
            let width = width.clamp(150.0, 380.0);
            let width = (width / IMAGE_SIDE as f32).floor() * IMAGE_SIDE as f32;
            ui.horizontal_top(|ui| {
                // Words may be wider than what they are about: fewer lines.
                let widths = (width, room.clamp(width, width.max(MOST_WORDS)));
                self.picture(ui, text, &explained, widths);
                self.occlusion(ui, text, &explained, widths);
                self.grad_cam(ui, text, &explained, widths);
            });
        });
    }
}

impl ExplainView {
    /// Picture, class, patch.
    fn picture(
        &mut self,
        ui: &mut egui::Ui,
        text: &Text,
        explained: &Explained,
        (width, words_width): (f32, f32),
    ) {
        let image = explained.asked.image;
        column(ui, words_width, |ui| {
            ui.label(widgets::theme::strong(text.explain.picture));
            let name = text.image_and_class(image, explained.label);
            self.overlay
                .show(ui, (self.number, "picture"), width, explained, None, &name);
            note(ui, &name);
        });
    }

    fn occlusion(
        &mut self,
        ui: &mut egui::Ui,
        text: &Text,
        explained: &Explained,
        (width, words_width): (f32, f32),
    ) {
        let OcclusionPatch { size, stride, fill } = explained.occlusion.patch;
        let drops = &explained.drops;
        let range = ValueRange::of(drops);
        let shade = Shade {
            cells: (0..drops.len())
                .map(|pixel| (pixel / IMAGE_SIDE, pixel % IMAGE_SIDE))
                .map(|(y, x)| [y, x, y + 1, x + 1].map(|at| at as f32))
                .collect(),
            values: drops,
            range: range.symmetric(),
            colormap: Colormap::Diverging,
        };
        column(ui, words_width, |ui| {
            ui.label(widgets::theme::strong(text.explain.occlusion));
            let words = text.largest_drop(range.max, range.min);
            let name = format!("{}: {words}", text.explain.occlusion);
            let place = (self.number, "occlusion");
            self.overlay
                .show(ui, place, width, explained, Some(&shade), &name);
            note(ui, &words);
            note(ui, &text.patch(size, stride, fill));
            ui.add(egui::Label::new(text.explain.occlusion_truth).wrap());
        });
    }

    fn grad_cam(
        &mut self,
        ui: &mut egui::Ui,
        text: &Text,
        explained: &Explained,
        (width, words_width): (f32, f32),
    ) {
        column(ui, words_width, |ui| {
            ui.label(widgets::theme::strong(text.explain.grad_cam));
            let Some(cam) = &explained.grad_cam else {
                ui.add(egui::Label::new(text.explain.no_convolution).wrap());
                return;
            };
            let range = ValueRange::of(&cam.values);
            let shade = Shade {
                cells: views::explain::overlay::tiles(&explained.fields, cam.width),
                values: &cam.values,
                range: ValueRange::new(0.0, range.max),
                colormap: Colormap::Inferno,
            };
            let words = if range.max > 0.0 {
                text.range(shade.range)
            } else {
                text.explain.nothing_for.to_owned()
            };
            let words = format!("{} {}×{} · {words}", cam.layer, cam.height, cam.width);
            let name = format!("{}: {words}", text.explain.grad_cam);
            let place = (self.number, "grad-cam");
            self.overlay
                .show(ui, place, width, explained, Some(&shade), &name);
            note(ui, &words);
            ui.add(egui::Label::new(text.explain.grad_cam_truth).wrap());
        });
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

fn note(ui: &mut egui::Ui, words: &str) {
    ui.add(egui::Label::new(RichText::new(words).small().weak()).wrap());
}

/// Which picture, which class, which patch.
fn controls(ui: &mut egui::Ui, state: &State, actions: &mut Vec<Action>) {
    let text = state.text();
    let words = &text.explain;
    let outputs = state.outputs_of(&state.whose);
    let mut settings = state.explain.clone();
    let image = settings.image_among(&state.preferences.maps.images);
    ui.horizontal_wrapped(|ui| {
        let label = ui.label(words.image).on_hover_text(words.image_hint);
        let mut chosen = image;
        ComboBox::from_id_salt("image explained")
            .selected_text(text.image_number(image))
            .width(64.0)
            .show_ui(ui, |ui| {
                for &other in &state.preferences.maps.images {
                    ui.selectable_value(&mut chosen, other, text.image_number(other));
                }
            })
            .response
            .labelled_by(label.id);
        settings.image = Some(chosen).filter(|_| chosen != image).or(settings.image);
        let label = ui.label(words.class).on_hover_text(words.class_hint);
        let name = |class: Option<usize>| {
            class.map_or(words.predicted, |class| outputs.class_name(class as u8))
        };
        ComboBox::from_id_salt("class explained")
            .selected_text(name(settings.class))
            .width(116.0)
            .height(340.0)
            .show_ui(ui, |ui| {
                let classes = (0..state.whose.outputs).map(Some);
                for class in [None].into_iter().chain(classes) {
                    ui.selectable_value(&mut settings.class, class, name(class));
                }
            })
            .response
            .labelled_by(label.id);
        ui.separator();
        let sides = 1..=IMAGE_SIDE;
        let patch = &mut settings.patch;
        for (name, hint, field) in [
            (
                words.size,
                words.size_hint,
                DragValue::new(&mut patch.size).range(sides.clone()),
            ),
            (
                words.stride,
                words.stride_hint,
                DragValue::new(&mut patch.stride).range(sides),
            ),
            (
                words.fill,
                words.fill_hint,
                DragValue::new(&mut patch.fill).range(0..=255),
            ),
        ] {
            let label = ui.label(name);
            ui.add(field.speed(0.2))
                .labelled_by(label.id)
                .on_hover_text(hint);
        }
    });
    ui.add_space(4.0);
    if settings != state.explain {
        actions.push(Action::SetExplain(settings));
    }
}
