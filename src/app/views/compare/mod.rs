//! The Compare view: how alike the maps of several images are, each with each; two of them and
//! their difference; the same images in another network.

mod matrix;
mod pair;
mod question;

use std::sync::Arc;

use eframe::egui::{self, ComboBox, DragValue, RichText, ScrollArea};

use super::convolution_number;
use super::thumb::Thumbs;
use crate::app::action::Action;
use crate::app::state::State;
use crate::app::theme;
use crate::dataset::Classes;
use crate::explore::{ClassMeans, ImageSet, Likeness};
use crate::text::Text;
use question::{Compare, Other};

pub use question::{CompareAsked, Compared};

/// Largest number that draws a random set.
const MOST_SEED: u64 = 9999;

/// The view with its choices.
pub struct CompareView {
    compare: Compare,
    class: u8,
    seed: u64,
    /// The layer by name; the first where there is none of that name.
    layer: Option<String>,
    all_channels: bool,
    /// Pearson's r instead of the cosine.
    by_pearson: bool,
    other: Other,
    /// Row and column of the chosen cell.
    chosen: (usize, usize),
    thumbs: Thumbs,
    pair: pair::PairPanel,
    /// The answer on screen, and its number.
    shown: Option<Arc<Compared>>,
    number: u64,
    /// What the lesson has asked for so far.
    rows_asked: u64,
}

impl Default for CompareView {
    fn default() -> Self {
        Self {
            compare: Compare::Set(ImageSet::ShoesAndShirts),
            class: 9,
            seed: 1,
            layer: None,
            all_channels: false,
            by_pearson: false,
            other: Other::None,
            chosen: (0, 1),
            thumbs: Thumbs::default(),
            pair: pair::PairPanel::default(),
            shown: None,
            number: 0,
            rows_asked: 0,
        }
    }
}

impl CompareView {
    /// Asks for what the view shows.
    pub fn request(&self, state: &mut State) {
        question::request(self, state);
    }

    /// Whether the images compared are those of Maps.
    pub fn shows_rows(&self) -> bool {
        self.compare == Compare::Rows
    }

    /// The class of a random set, of so many.
    fn class_among(&self, count: usize) -> u8 {
        self.class.min((count - 1) as u8)
    }

    pub fn show(&mut self, ui: &mut egui::Ui, state: &State, actions: &mut Vec<Action>) {
        let text = state.text();
        if self.rows_asked != state.compares_rows {
            self.rows_asked = state.compares_rows;
            self.compare = Compare::Rows;
            self.layer.clone_from(&state.preferences.maps.layer);
            self.all_channels = true;
        }
        let Some(compared) = state.compared.answer().cloned() else {
            ui.centered_and_justified(|ui| ui.label(text.data.opening_data));
            return;
        };
        if self
            .shown
            .as_ref()
            .is_none_or(|shown| !Arc::ptr_eq(shown, &compared))
        {
            self.shown = Some(compared.clone());
            self.number += 1;
        }
        let classes = &compared.maps.gallery.dataset.classes;
        self.compare = self.compare.among(classes);
        self.class = self.class_among(classes.count());
        self.controls(ui, state, &compared, actions);
        let Some(similarity) = &compared.matrix else {
            ui.label(text.maps.no_maps);
            return;
        };
        let images = &compared.maps.images;
        if images.len() < 2 {
            ui.label(text.compare.too_few);
            return;
        }
        let last = images.len() - 1;
        self.chosen = (self.chosen.0.min(last), self.chosen.1.min(last));
        ScrollArea::both().auto_shrink(false).show(ui, |ui| {
            ui.horizontal_top(|ui| {
                ui.vertical(|ui| {
                    let matrix = matrix::Matrix {
                        maps: &compared.maps,
                        similarity,
                        by_pearson: self.by_pearson,
                    };
                    matrix.show(ui, text, &mut self.thumbs, &mut self.chosen);
                    let gallery = &compared.maps.gallery;
                    let classes: Vec<_> = images.iter().map(|&id| gallery.label(id)).collect();
                    means(ui, text, similarity.class_means(&classes), self.by_pearson);
                    if self.compare == Compare::Set(ImageSet::Notebook) {
                        let classes: Vec<u8> = classes.into_iter().flatten().collect();
                        note(ui, &text.notebook_shoes(&classes));
                    }
                });
                ui.add_space(10.0);
                ui.vertical(|ui| {
                    let names = [text.compare.this_network.to_owned(), self.other_name(state)];
                    self.pair
                        .show(ui, state, &compared, self.chosen, self.number, &names);
                });
            });
        });
    }

    fn controls(
        &mut self,
        ui: &mut egui::Ui,
        state: &State,
        compared: &Compared,
        actions: &mut Vec<Action>,
    ) {
        let text = state.text();
        let words = &text.compare;
        let layers = &compared.maps.activations.layers;
        let shown = layers.get(compared.layer);
        let channels = shown.map_or(1, |layer| layer.channels);
        ui.horizontal_wrapped(|ui| {
            self.set_menu(ui, text, &compared.maps.gallery.dataset.classes);
            let label = ui.label(text.maps.layer);
            let mut name = shown.map(|layer| layer.name.clone()).unwrap_or_default();
            ComboBox::from_id_salt("layer of comparison")
                .selected_text(&name)
                .width(64.0)
                .show_ui(ui, |ui| {
                    for layer in layers {
                        ui.selectable_value(&mut name, layer.name.clone(), &layer.name);
                    }
                })
                .response
                .labelled_by(label.id);
            if shown.is_some_and(|layer| layer.name != name) {
                self.layer = Some(name);
            }
            ui.checkbox(&mut self.all_channels, words.all_channels)
                .on_hover_text(words.all_channels_hint);
        });
        ui.horizontal_wrapped(|ui| {
            ui.selectable_value(&mut self.by_pearson, false, words.cosine)
                .on_hover_text(words.cosine_hint);
            ui.selectable_value(&mut self.by_pearson, true, words.pearson)
                .on_hover_text(words.pearson_hint);
            ui.separator();
            self.other_menu(ui, state);
            if !self.all_channels && shown.is_some() {
                let mut settings = state.preferences.maps.clone();
                convolution_number::show(ui, text, &mut settings, channels);
                if settings != state.preferences.maps {
                    actions.push(Action::SetMaps(settings));
                }
            }
        });
        convolution_number::shortcuts(ui, state, channels, actions);
        ui.add_space(4.0);
    }

    /// Which images; of a random set also of which class, and which draw.
    fn set_menu(&mut self, ui: &mut egui::Ui, text: &Text, classes: &Classes) {
        let words = &text.compare;
        let label = ui.label(words.images).on_hover_text(words.images_hint);
        ComboBox::from_id_salt("images compared")
            .selected_text(compare_words(text, self.compare).0)
            .width(136.0)
            .show_ui(ui, |ui| {
                let sets = ImageSet::of(classes).map(Compare::Set);
                for compare in [Compare::Rows].into_iter().chain(sets) {
                    let (name, hint) = compare_words(text, compare);
                    ui.selectable_value(&mut self.compare, compare, name)
                        .on_hover_text(hint);
                }
            })
            .response
            .labelled_by(label.id);
        if !matches!(self.compare, Compare::Set(set) if set.is_random()) {
            return;
        }
        let class = ComboBox::from_id_salt("class compared")
            .selected_text(text.class_name(self.class))
            .width(84.0)
            .height(320.0)
            .show_ui(ui, |ui| {
                for class in (0..=u8::MAX).take(text.classes.len()) {
                    ui.selectable_value(&mut self.class, class, text.class_name(class));
                }
            })
            .response;
        theme::name_as(&class, egui::Role::ComboBox, words.class);
        let label = ui.label(words.seed);
        let seed = DragValue::new(&mut self.seed)
            .range(0..=MOST_SEED)
            .speed(0.1);
        let seed = ui.add(seed).labelled_by(label.id);
        seed.on_hover_text(words.seed_hint);
    }

    fn other_menu(&mut self, ui: &mut egui::Ui, state: &State) {
        let words = &state.text().compare;
        let label = ui
            .label(words.other_network)
            .on_hover_text(words.other_network_hint);
        ComboBox::from_id_salt("other network")
            .selected_text(self.other_name(state))
            .width(104.0)
            .show_ui(ui, |ui| {
                ui.selectable_value(&mut self.other, Other::None, words.none);
                ui.selectable_value(&mut self.other, Other::BuiltIn, words.built_in);
                for run in &state.runs.list {
                    ui.selectable_value(&mut self.other, Other::Run(run.id), &run.name);
                }
            })
            .response
            .labelled_by(label.id);
    }

    fn other_name(&self, state: &State) -> String {
        let words = &state.text().compare;
        match self.other {
            Other::None => words.none.to_owned(),
            Other::BuiltIn => words.built_in.to_owned(),
            Other::Run(run) => state
                .runs
                .summary(run)
                .map_or_else(|| words.none.to_owned(), |run| run.name.clone()),
        }
    }
}

fn compare_words(text: &Text, compare: Compare) -> (&'static str, &'static str) {
    let words = &text.compare;
    match compare {
        Compare::Rows => (words.rows, words.rows_hint),
        Compare::Set(ImageSet::AnkleBoots) => (words.ankle_boots, words.ankle_boots_hint),
        Compare::Set(ImageSet::Notebook) => (words.notebook, words.notebook_hint),
        Compare::Set(ImageSet::ShoesAndShirts) => {
            (words.shoes_and_shirts, words.shoes_and_shirts_hint)
        }
        Compare::Set(ImageSet::SameClass) => (words.same_class, words.same_class_hint),
        Compare::Set(ImageSet::OtherClasses) => (words.other_classes, words.other_classes_hint),
    }
}

/// The measure that is shown.
fn measure(of: Likeness, by_pearson: bool) -> Option<f64> {
    if by_pearson { of.pearson } else { of.cosine }
}

/// Means within a class and between classes.
fn means(ui: &mut egui::Ui, text: &Text, means: ClassMeans, by_pearson: bool) {
    ui.horizontal(|ui| {
        for (name, of) in [
            (text.compare.within, means.within),
            (text.compare.between, means.between),
        ] {
            let mean = measure(of.mean, by_pearson);
            ui.label(name).on_hover_text(text.compare.means_hint);
            ui.label(theme::strong(text.mean_of_pairs(mean, of.pairs)));
            ui.add_space(6.0);
        }
    });
    note(ui, text.compare.undefined);
}

fn note(ui: &mut egui::Ui, words: &str) {
    ui.set_max_width(ui.min_rect().width().max(260.0));
    ui.add(egui::Label::new(RichText::new(words).small().weak()).wrap());
}
