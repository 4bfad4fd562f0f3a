//! "Why this class?": which parts of a picture speak for a class, by covering them and by
//! Grad-CAM.

mod overlay;

use crate::app::model::action::Action;
use crate::app::model::explain::{Explained, Way};
use crate::app::model::state::State;
use crate::app::views::ViewPanel;
use crate::app::views::explain::overlay::{Overlay, Shade};
use crate::app::widgets::tab_order::{Region, region};
use crate::app::widgets::thumb::Thumbs;
use crate::app::{views, widgets};
use crate::text::Text;
use convlens_core::explore::{OcclusionPatch, Saliency, SaliencyMethod};
use convlens_core::render::{Colormap, ValueRange};
use eframe::egui::{self, Align, ComboBox, DragValue, Layout, RichText, ScrollArea, Vec2, vec2};
/// Room for what is said above and below a picture.
const ROOM_FOR_WORDS: f32 = 180.0;

/// Height of what stands above a picture.
const HEADING: f32 = 28.0;

/// Least longer side of a picture, in points.
const LEAST_SIDE: f32 = 140.0;

/// Widest lines of words below a picture that is narrower.
const MOST_WORDS: f32 = 260.0;

/// Something that is drawn where it belongs.
type Part<'a> = &'a mut dyn FnMut(&mut egui::Ui);

/// The view with its choices.
#[derive(Default)]
pub struct ExplainView {
    overlay: Overlay,
    thumbs: Thumbs,
    /// The number of the answer on screen, and the names of its network's classes.
    number: u64,
    outputs: Option<&'static Text>,
}

impl ViewPanel for ExplainView {
    fn show(&mut self, ui: &mut egui::Ui, state: &State, actions: &mut Vec<Action>) {
        let text = state.text();
        controls(ui, state, &mut self.thumbs, actions);
        let Some(explained) = state.explained.answer().cloned() else {
            ui.label(text.data.opening_data);
            return;
        };
        self.number = state.explained.version();
        let outputs = state.outputs_of(&explained.asked.whose);
        self.outputs = Some(outputs);
        let probability = f64::from(explained.occlusion.probability);
        let class = explained.class as u8;
        let asked = match explained.against {
            Some((other, of_other)) => {
                outputs.class_against((class, probability), (other as u8, f64::from(of_other)))
            }
            None => outputs.asked_class(class, probability, explained.predicted as u8),
        };
        ui.label(widgets::theme::heading(asked));
        ScrollArea::vertical().auto_shrink(false).show(ui, |ui| {
            region(ui, Region::Pictures);
            let room = (ui.available_width() - 32.0) / 3.0;
            let size = explained.picture.size();
            let shape = vec2(size.width as f32, size.height as f32);
            let unit = (vec2(room, ui.available_height() - ROOM_FOR_WORDS) / shape).min_elem();
            // Whole points a pixel, where there is room for more than one.
            let smallest = LEAST_SIDE / shape.max_elem();
            let unit = if unit >= 2.0 { unit.floor() } else { unit };
            let shown = shape * unit.max(smallest);
            ui.horizontal_top(|ui| {
                // Words may be wider than what they are about: fewer lines.
                let widths = (shown, room.clamp(shown.x, shown.x.max(MOST_WORDS)));
                self.picture(ui, text, &explained, widths);
                let fields = &mut |ui: &mut egui::Ui| patch_fields(ui, state, actions);
                self.occlusion(ui, text, &explained, widths, fields);
                let mut chosen = Vec::new();
                let methods = &mut |ui: &mut egui::Ui| method_menu(ui, state, &mut chosen);
                let layers = &mut |ui: &mut egui::Ui| layer_menu(ui, state, &explained, actions);
                self.grad_cam(ui, text, &explained, widths, (methods, layers));
                actions.append(&mut chosen);
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
        (size, words_width): (Vec2, f32),
    ) {
        let image = explained.asked.image;
        column(ui, words_width, |ui| {
            heading(ui, |ui| {
                ui.label(widgets::theme::strong(text.explain.picture));
            });
            let name = text.image_and_class(image, explained.label);
            self.overlay
                .show(ui, (self.number, "picture"), size, explained, None, &name);
            note(ui, &name);
        });
    }

    fn occlusion(
        &mut self,
        ui: &mut egui::Ui,
        text: &Text,
        explained: &Explained,
        (size, words_width): (Vec2, f32),
        fields: &mut dyn FnMut(&mut egui::Ui),
    ) {
        let OcclusionPatch {
            size: side,
            stride,
            fill,
        } = explained.occlusion.patch;
        let columns = explained.picture.size().width;
        let drops = &explained.drops;
        let range = ValueRange::of(drops);
        let shade = Shade {
            cells: overlay::pixels(drops.len(), columns),
            values: drops,
            range: range.symmetric(),
            colormap: widgets::theme::diverging(ui),
        };
        column(ui, words_width, |ui| {
            heading(ui, |ui| {
                ui.label(widgets::theme::strong(text.explain.occlusion));
            });
            let (words, truth) = match explained.against {
                Some(_) => (
                    text.largest_lead_lost(range.max, range.min),
                    text.explain.lead_truth,
                ),
                None => (
                    text.largest_drop(range.max, range.min),
                    text.explain.occlusion_truth,
                ),
            };
            let name = format!("{}: {words}", text.explain.occlusion);
            let place = (self.number, "occlusion");
            self.overlay
                .show(ui, place, size, explained, Some(&shade), &name);
            note(ui, &words);
            fields(ui);
            note(ui, &text.patch(side, stride, fill));
            ui.add(egui::Label::new(truth).wrap());
        });
    }

    fn grad_cam(
        &mut self,
        ui: &mut egui::Ui,
        text: &Text,
        explained: &Explained,
        (size, words_width): (Vec2, f32),
        (methods, layers): (Part<'_>, Part<'_>),
    ) {
        column(ui, words_width, |ui| {
            heading(ui, methods);
            if explained.asked.way == Way::Change {
                self.change(ui, text, explained, size);
                return;
            }
            if let Some(saliency) = &explained.saliency {
                self.saliency(ui, text, explained, saliency, size);
                return;
            }
            let Some(cam) = &explained.grad_cam else {
                ui.add(egui::Label::new(text.explain.no_convolution).wrap());
                return;
            };
            let range = ValueRange::of(&cam.values);
            let shade = Shade {
                cells: views::explain::overlay::tiles(
                    &explained.fields,
                    cam.width,
                    explained.picture.size(),
                ),
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
                .show(ui, place, size, explained, Some(&shade), &name);
            note(ui, &words);
            layers(ui);
            ui.add(egui::Label::new(text.explain.grad_cam_truth).wrap());
        });
    }

    /// What was added to make another class of the picture, and what it is then.
    fn change(&mut self, ui: &mut egui::Ui, text: &Text, explained: &Explained, size: Vec2) {
        let words = &text.explain;
        let Some(change) = &explained.change else {
            ui.add(egui::Label::new(words.no_change).wrap());
            return;
        };
        let columns = explained.picture.size().width;
        let range = ValueRange::of(&change.change).symmetric();
        let shade = Shade {
            cells: overlay::pixels(change.change.len(), columns),
            values: &change.change,
            range,
            colormap: widgets::theme::diverging(ui),
        };
        let sentence = text.changed_to(self.outputs.unwrap_or(text), change);
        let place = (self.number, "grad-cam");
        self.overlay
            .show(ui, place, size, explained, Some(&shade), &sentence);
        note(ui, &text.range(ValueRange::of(&change.change)));
        ui.add(egui::Label::new(sentence).wrap());
        note(ui, &text.on_the_way(self.outputs.unwrap_or(text), change));
        ui.add(egui::Label::new(words.change_truth).wrap());
    }

    /// How the score answers to each pixel.
    fn saliency(
        &mut self,
        ui: &mut egui::Ui,
        text: &Text,
        explained: &Explained,
        saliency: &Saliency,
        size: Vec2,
    ) {
        let columns = explained.picture.size().width;
        let range = ValueRange::of(&saliency.values);
        let shade = Shade {
            cells: overlay::pixels(saliency.values.len(), columns),
            values: &saliency.values,
            range: range.symmetric(),
            colormap: widgets::theme::diverging(ui),
        };
        let words = text.range(range);
        let name = format!("{}: {words}", text.saliency(Some(saliency.method)));
        let place = (self.number, "grad-cam");
        self.overlay
            .show(ui, place, size, explained, Some(&shade), &name);
        note(ui, &words);
        if saliency.method == SaliencyMethod::Integrated {
            note(ui, &text.adds_up(saliency.scores));
        }
        let truth = match saliency.method {
            SaliencyMethod::Gradient => text.explain.gradient_truth,
            SaliencyMethod::SmoothGrad => text.explain.smooth_truth,
            SaliencyMethod::Integrated => text.explain.integrated_truth,
        };
        ui.add(egui::Label::new(truth).wrap());
    }
}

/// What stands above a picture: as high in each column, so that the pictures stand in a row.
fn heading(ui: &mut egui::Ui, content: impl FnOnce(&mut egui::Ui)) {
    ui.horizontal(|ui| {
        ui.set_min_height(HEADING);
        content(ui);
    });
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
fn controls(ui: &mut egui::Ui, state: &State, thumbs: &mut Thumbs, actions: &mut Vec<Action>) {
    let text = state.text();
    let words = &text.explain;
    let outputs = state.outputs_of(&state.whose);
    let mut settings = state.explain.clone();
    ui.horizontal_wrapped(|ui| {
        ui.label(words.image).on_hover_text(words.image_hint);
        let at_hand = Some(state.image_at_hand());
        if let Some(image) = widgets::picker::show(ui, state, thumbs, at_hand) {
            actions.push(Action::SetImage(image));
        }
        let label =
            widgets::layout::label_before(ui, words.class, 116.0).on_hover_text(words.class_hint);
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
        let label = widgets::layout::label_before(ui, words.against, 96.0)
            .on_hover_text(words.against_hint);
        let name = |class: Option<usize>| {
            class.map_or(words.no_other, |class| text.class_name(class as u8))
        };
        ComboBox::from_id_salt("class held against")
            .selected_text(name(settings.against))
            .width(96.0)
            .height(340.0)
            .show_ui(ui, |ui| {
                let classes = (0..text.classes.len()).map(Some);
                for class in [None].into_iter().chain(classes) {
                    ui.selectable_value(&mut settings.against, class, name(class));
                }
            })
            .response
            .labelled_by(label.id);
    });
    if settings != state.explain {
        actions.push(Action::SetExplain(settings));
    }
}

fn way_name(text: &Text, way: Way) -> &'static str {
    match way {
        Way::GradCam => text.saliency(None),
        Way::Pixels(method) => text.saliency(Some(method)),
        Way::Change => text.explain.change,
    }
}

/// What stands in the third column.
fn method_menu(ui: &mut egui::Ui, state: &State, actions: &mut Vec<Action>) {
    let text = state.text();
    let mut settings = state.explain.clone();
    let name = way_name(text, state.explain.way);
    let menu = ComboBox::from_id_salt("method of explaining")
        .selected_text(widgets::theme::strong(name))
        .width(150.0)
        .show_ui(ui, |ui| {
            for way in Way::all() {
                ui.selectable_value(&mut settings.way, way, way_name(text, way));
            }
        });
    widgets::theme::name_as(&menu.response, egui::Role::ComboBox, name);
    if settings != state.explain {
        actions.push(Action::SetExplain(settings));
    }
}

/// The layer whose maps are weighed.
fn layer_menu(ui: &mut egui::Ui, state: &State, explained: &Explained, actions: &mut Vec<Action>) {
    let words = &state.text().explain;
    let mut settings = state.explain.clone();
    ui.horizontal(|ui| {
        let label =
            widgets::layout::label_before(ui, words.layer, 84.0).on_hover_text(words.layer_hint);
        let shown = explained.grad_cam.as_ref().map_or("", |cam| &cam.layer);
        ComboBox::from_id_salt("layer explained")
            .selected_text(shown)
            .width(84.0)
            .height(340.0)
            .show_ui(ui, |ui| {
                let layers = state.snapshot.model.layers().iter();
                for layer in layers.filter(|layer| layer.has_maps()) {
                    let is_shown = layer.name == shown;
                    if ui.selectable_label(is_shown, &layer.name).clicked() {
                        settings.layer = Some(layer.name.clone());
                    }
                }
            })
            .response
            .labelled_by(label.id);
    });
    if settings != state.explain {
        actions.push(Action::SetExplain(settings));
    }
}

/// The patch that covers the picture.
fn patch_fields(ui: &mut egui::Ui, state: &State, actions: &mut Vec<Action>) {
    let words = &state.text().explain;
    let mut settings = state.explain.clone();
    // Names above the fields: the columns of this view are narrow.
    ui.horizontal_top(|ui| {
        ui.spacing_mut().interact_size.x = 34.0;
        let size = state.snapshot.model.spec().input;
        let sides = 1..=size.height.min(size.width);
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
            ui.vertical(|ui| {
                ui.spacing_mut().item_spacing.y = 2.0;
                let label = ui.label(name);
                ui.add(field.speed(0.2))
                    .labelled_by(label.id)
                    .on_hover_text(hint);
            });
        }
    });
    if settings != state.explain {
        actions.push(Action::SetExplain(settings));
    }
}
