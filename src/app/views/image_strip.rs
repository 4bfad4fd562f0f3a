//! All test images in one strip, of which only the visible ones exist as textures; or the training images, where training changes them.

use crate::app::model::action::Action;
use crate::app::model::state::State;
use crate::app::widgets;
use crate::app::widgets::textures::{Textures, fill};
use convlens_core::dataset::{Dataset, DatasetId, Origin};
use convlens_core::figures::MapsSettings;
use convlens_core::figures::picture_pixels;
use convlens_core::training::Augmentation;
use eframe::egui::{
    self, Button, ComboBox, DragValue, Rect, Role, ScrollArea, Sense, Stroke, StrokeKind,
    WidgetInfo, vec2,
};

/// Side of one picture on screen, a multiple of the 28 pixels of Fashion-MNIST's.
const THUMB: f32 = 56.0;

/// Room between two pictures.
const GAP: f32 = 4.0;

/// Textures kept before all are freed and those in view made anew.
const MOST_TEXTURES: usize = 600;

/// The strip; it owns the textures and the row of indices of the class chosen.
#[derive(Default)]
pub struct ImageStrip {
    textures: Textures,
    /// Indices shown, and what they were chosen by.
    indices: Vec<usize>,
    chosen_by: Option<(DatasetId, Option<u8>, bool)>,
    number: usize,
    /// Scroll to this place in `indices` at the next frame.
    go_to: Option<usize>,
    random: u64,
    /// Training images as they are changed, in place of the test images.
    as_trained: bool,
}

/// How training images are changed.
#[derive(Clone, Copy)]
struct Changed {
    augmentation: Augmentation,
    seed: u64,
    epoch: usize,
}

impl Changed {
    /// As in the epoch under way, or as they will be in the first one; `None` where they stay as they are.
    fn of(state: &State) -> Option<Self> {
        let run = state.run.as_ref().filter(|run| run.is_live());
        let config = run.map_or(&state.preferences.config, |run| &run.config);
        let changed = Self {
            augmentation: config.augmentation,
            seed: config.seed,
            epoch: run.map_or(1, |run| run.epochs.len() + 1),
        };
        (!changed.augmentation.is_none()).then_some(changed)
    }
}

impl ImageStrip {
    pub fn show(&mut self, ui: &mut egui::Ui, state: &State, actions: &mut Vec<Action>) {
        let Some(dataset) = state.dataset.clone() else {
            ui.label(state.text().data.opening_data);
            return;
        };
        let changed = Changed::of(state);
        self.as_trained &= changed.is_some();
        self.controls(ui, state, &dataset, changed, actions);
        self.choose_indices(state.preferences.strip_class, &dataset);
        let changed = changed.filter(|_| self.as_trained);
        self.strip(ui, state, &dataset, changed, actions);
    }

    fn controls(
        &mut self,
        ui: &mut egui::Ui,
        state: &State,
        dataset: &Dataset,
        changed: Option<Changed>,
        actions: &mut Vec<Action>,
    ) {
        let text = state.text();
        let settings = &state.preferences.maps;
        let count = dataset.test.len();
        ui.horizontal_wrapped(|ui| {
            let mut title = match changed.filter(|_| self.as_trained) {
                Some(changed) => text.training_images_in(dataset.train.len(), changed.epoch),
                None => text.test_images(count),
            };
            if dataset.origin == Origin::Synthetic {
                title = format!("{title} · {}", text.data.synthetic);
            }
            ui.label(widgets::theme::heading(title));
            if changed.is_some() {
                ui.checkbox(&mut self.as_trained, text.images.as_trained)
                    .on_hover_text(text.images.as_trained_hint);
            }
            if self.as_trained {
                self.class_menu(ui, state, actions);
                return;
            }
            let field = DragValue::new(&mut self.number)
                .range(0..=count.saturating_sub(1))
                .prefix("#");
            let number = ui.add(field).on_hover_text(text.images.index);
            widgets::theme::name_as(&number, Role::SpinButton, text.images.index);
            let add = ui
                .button(text.images.add)
                .on_hover_text(text.images.add_hint);
            let entered = number.lost_focus() && ui.input(|i| i.key_pressed(egui::Key::Enter));
            if (add.clicked() || entered) && !settings.images.contains(&self.number.into()) {
                let mut maps = settings.clone();
                maps.toggle(self.number);
                actions.push(Action::SetMaps(maps));
                self.go_to = Some(self.number);
            }
            let random = ui
                .button(text.images.random)
                .on_hover_text(text.images.random_hint);
            if random.clicked() && !self.indices.is_empty() {
                let place = self.next_random() % self.indices.len();
                let index = self.indices[place];
                let mut maps = settings.clone();
                // The newest row makes room for the next random picture.
                if maps.images.len() >= convlens_core::figures::MAX_IMAGES {
                    maps.images.pop();
                }
                if !maps.images.contains(&index.into()) {
                    maps.toggle(index);
                }
                actions.push(Action::SetMaps(maps));
                self.go_to = Some(index);
            }
            self.class_menu(ui, state, actions);
            let notebook = ui
                .add(Button::new(text.images.notebook_images))
                .on_hover_text(text.images.notebook_images_hint);
            if notebook.clicked() {
                let mut maps = settings.clone();
                maps.images = MapsSettings::default().images;
                maps.keep_below(count);
                actions.push(Action::SetMaps(maps));
                self.go_to = Some(0);
            }
        });
    }

    fn class_menu(&mut self, ui: &mut egui::Ui, state: &State, actions: &mut Vec<Action>) {
        let text = state.text();
        let before = state.preferences.strip_class;
        let mut class = before;
        let shown = class.map_or(text.images.all_classes, |c| text.class_name(c));
        let menu = ComboBox::from_id_salt("class of test images")
            .width(84.0)
            .selected_text(shown)
            .height(320.0)
            .show_ui(ui, |ui| {
                ui.selectable_value(&mut class, None, text.images.all_classes);
                for c in (0..=u8::MAX).take(text.classes.len()) {
                    ui.selectable_value(&mut class, Some(c), text.class_name(c));
                }
            })
            .response;
        widgets::theme::name_as(&menu, Role::ComboBox, text.images.class);
        if class != before {
            actions.push(Action::SetStripClass(class));
            self.go_to = Some(0);
        }
    }

    fn choose_indices(&mut self, class: Option<u8>, dataset: &Dataset) {
        let by = (dataset.id(), class, self.as_trained);
        if self.chosen_by == Some(by) {
            return;
        }
        self.chosen_by = Some(by);
        self.textures = Textures::default();
        let pictures = if self.as_trained {
            &dataset.train
        } else {
            &dataset.test
        };
        let labels = pictures.labels().iter().enumerate();
        self.indices = labels
            .filter(|(_, label)| class.is_none_or(|class| **label == class))
            .map(|(index, _)| index)
            .collect();
    }

    fn strip(
        &mut self,
        ui: &mut egui::Ui,
        state: &State,
        dataset: &Dataset,
        changed: Option<Changed>,
        actions: &mut Vec<Action>,
    ) {
        let step = THUMB + GAP;
        let mut area = ScrollArea::horizontal().id_salt("strip");
        if let Some(index) = self.go_to.take()
            && let Some(place) = self.indices.iter().position(|&i| i >= index)
        {
            let middle = place as f32 * step - ui.available_width() / 2.0;
            area = area.horizontal_scroll_offset(middle.max(0.0));
        }
        let width = self.indices.len() as f32 * step;
        area.show_viewport(ui, |ui, viewport| {
            widgets::tab_order::only_in_sight(ui);
            ui.set_width(width);
            ui.set_height(THUMB + 6.0);
            let first = (viewport.min.x / step).max(0.0) as usize;
            let last = ((viewport.max.x / step) as usize + 1).min(self.indices.len());
            self.textures.bound(MOST_TEXTURES);
            for place in first..last {
                let corner = ui.min_rect().min + vec2(place as f32 * step, 3.0);
                let rect = Rect::from_min_size(corner, vec2(THUMB, THUMB));
                let index = self.indices[place];
                match changed {
                    Some(changed) => self.changed(ui, state, dataset, rect, index, changed),
                    None => self.thumb(ui, state, dataset, rect, index, actions),
                }
            }
        });
    }

    /// A training image as it is changed; there is nothing to choose.
    fn changed(
        &mut self,
        ui: &egui::Ui,
        state: &State,
        dataset: &Dataset,
        rect: Rect,
        index: usize,
        changed: Changed,
    ) {
        let words = state.text().test_image(index, dataset.train.label(index));
        let response = ui
            .interact(rect, ui.scope_id().with(("changed", index)), Sense::hover())
            .on_hover_text(&words);
        response.widget_info(|| WidgetInfo::labeled(Role::Image, true, &words));
        let Changed {
            augmentation,
            seed,
            epoch,
        } = changed;
        let id = egui::Id::unique(("changed", index));
        let version = (augmentation, seed, epoch);
        let texture = self.textures.get(ui.ctx(), id, version, || {
            picture_pixels(&augmentation.picture(&dataset.train, index as u32, seed, epoch))
        });
        let fitted = widgets::thumb::fitted(rect, dataset.size());
        fill(ui.painter(), &texture, fitted);
    }

    fn thumb(
        &mut self,
        ui: &mut egui::Ui,
        state: &State,
        dataset: &Dataset,
        rect: Rect,
        index: usize,
        actions: &mut Vec<Action>,
    ) {
        let text = state.text();
        let settings = &state.preferences.maps;
        let chosen = settings.images.contains(&index.into());
        let words = text.test_image(index, dataset.test.label(index));
        let response = ui
            .interact(rect, ui.scope_id().with(index), Sense::click())
            .on_hover_text(&words);
        response.widget_info(|| WidgetInfo::selected(Role::ListBoxOption, true, chosen, &words));
        let texture = self.textures.get(ui.ctx(), egui::Id::unique(index), 0, || {
            picture_pixels(&dataset.test.picture(index))
        });
        let painter = ui.painter();
        let fitted = widgets::thumb::fitted(rect, dataset.size());
        fill(painter, &texture, fitted);
        let edge = if chosen {
            Stroke::new(3.0, widgets::theme::accent(ui))
        } else if response.has_focus() || response.hovered() {
            Stroke::new(2.0, widgets::theme::pointed_at(ui))
        } else {
            Stroke::NONE
        };
        painter.rect_stroke(rect, 2.0, edge, StrokeKind::Outside);
        if chosen && response.has_focus() {
            let inner = Stroke::new(2.0, widgets::theme::mark());
            painter.rect_stroke(rect, 0.0, inner, StrokeKind::Inside);
        }
        if response.clicked() {
            let mut maps = settings.clone();
            maps.toggle(index);
            actions.push(Action::SetMaps(maps));
        }
    }

    /// Any picture will do: a step of a linear congruential generator (Knuth's constants).
    fn next_random(&mut self) -> usize {
        self.random = self
            .random
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.random >> 33) as usize
    }
}
