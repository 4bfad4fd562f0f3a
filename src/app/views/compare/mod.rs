//! The Compare view: how alike the maps of several images are, each with each; two of them and
//! their difference; the same images in another network.

mod matrix;
mod networks;
mod pair;

use crate::app::model::action::Action;
use crate::app::model::compare::{Compare, CompareSettings, Compared, MOST_SEED, Other};
use crate::app::model::state::State;
use crate::app::views::ViewPanel;
use crate::app::widgets::tab_order::{Region, region};
use crate::app::widgets::thumb::Thumbs;
use crate::app::{views, widgets};
use crate::text::Text;
use convlens_core::dataset::Classes;
use convlens_core::explore::{ClassMeans, ImageSet, Likeness};
use eframe::egui::{self, ComboBox, DragValue, RichText, ScrollArea, TextStyle};

/// Between the matrix and the pair, in points.
const APART: f32 = 10.0;

/// The view; its choices are the state's, [`CompareSettings`].
#[derive(Default)]
pub struct CompareView {
    thumbs: Thumbs,
    pair: views::compare::pair::PairPanel,
    networks: views::compare::networks::NetworksPanel,
}

impl ViewPanel for CompareView {
    fn show(&mut self, ui: &mut egui::Ui, state: &State, actions: &mut Vec<Action>) {
        let text = state.text();
        let Some(compared) = state.compared.answer().cloned() else {
            ui.centered_and_justified(|ui| ui.label(text.data.opening_data));
            return;
        };
        let classes = &compared.maps.gallery.dataset.classes;
        let fitting = state.preferences.compare.clone().among(classes);
        let mut settings = fitting.clone();
        controls(ui, state, &compared, &mut settings, actions);
        if settings.networks {
            let panel = &mut self.networks;
            panel.show(ui, state, &compared, &mut settings, actions);
        } else {
            self.compared(ui, state, &compared, &mut settings);
        }
        if settings != fitting {
            actions.push(Action::SetCompare(settings));
        }
    }
}

impl CompareView {
    /// The matrix, and two of its images.
    fn compared(
        &mut self,
        ui: &mut egui::Ui,
        state: &State,
        compared: &Compared,
        settings: &mut CompareSettings,
    ) {
        let text = state.text();
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
        let mut chosen = (settings.chosen.0.min(last), settings.chosen.1.min(last));
        let before = chosen;
        ScrollArea::both().auto_shrink(false).show(ui, |ui| {
            region(ui, Region::Pictures);
            let names = views::compare::matrix::names(ui, text, &compared.maps);
            let beside = APART + views::compare::pair::COLUMN;
            let room = ui.available_size();
            let cell = views::compare::matrix::cell_size(room, names, beside, images.len());
            ui.horizontal_top(|ui| {
                ui.vertical(|ui| {
                    let matrix = views::compare::matrix::Matrix {
                        maps: &compared.maps,
                        similarity,
                        by_pearson: settings.by_pearson,
                        names,
                        cell,
                    };
                    // The words below it have the width that it has, and what the pair leaves.
                    let left = ui.available_width() - beside;
                    ui.set_max_width(matrix.width().max(left));
                    matrix.show(ui, text, &mut self.thumbs, &mut chosen);
                    let gallery = &compared.maps.gallery;
                    let classes: Vec<_> = images.iter().map(|&id| gallery.label(id)).collect();
                    means(
                        ui,
                        text,
                        similarity.class_means(&classes),
                        settings.by_pearson,
                    );
                    if settings.images == Compare::Set(ImageSet::Notebook) {
                        let classes: Vec<u8> = classes.into_iter().flatten().collect();
                        note(ui, &text.notebook_shoes(&classes));
                    }
                });
                ui.add_space(APART);
                ui.vertical(|ui| {
                    let names = [
                        text.compare.this_network.to_owned(),
                        widgets::other_network::name(asked_other(state), state),
                    ];
                    self.pair.show(ui, state, compared, chosen, &names);
                });
            });
        });
        if chosen != before {
            settings.chosen = chosen;
        }
    }
}

fn controls(
    ui: &mut egui::Ui,
    state: &State,
    compared: &Compared,
    settings: &mut CompareSettings,
    actions: &mut Vec<Action>,
) {
    let layers = &compared.maps.activations.layers;
    let shown = layers.get(compared.layer);
    let channels = shown.map_or(1, |layer| layer.channels);
    widgets::stage::for_room(ui, |ui| {
        if let Some(layer) = shown.filter(|_| !settings.networks) {
            in_words(ui, state, &layer.name, channels, settings);
        }
    });
    widgets::stage::for_teacher(ui, |ui| rows(ui, state, compared, settings, actions));
    widgets::convolution_number::shortcuts(ui, state, channels, actions);
    ui.add_space(4.0);
}

/// The controls.
fn rows(
    ui: &mut egui::Ui,
    state: &State,
    compared: &Compared,
    settings: &mut CompareSettings,
    actions: &mut Vec<Action>,
) {
    let text = state.text();
    let words = &text.compare;
    let layers = &compared.maps.activations.layers;
    let shown = layers.get(compared.layer);
    let channels = shown.map_or(1, |layer| layer.channels);
    // Before a class it has room in the second row.
    let is_for_class = state.preferences.display.needs_height(ui.ctx());
    let all_channels = |ui: &mut egui::Ui, settings: &mut CompareSettings| {
        ui.checkbox(&mut settings.all_channels, words.all_channels)
            .on_hover_text(words.all_channels_hint);
    };
    ui.horizontal_wrapped(|ui| {
        for (networks, name, hint) in [
            (false, words.among_images, words.among_images_hint),
            (true, words.networks, words.networks_hint),
        ] {
            let button = widgets::theme::choose(ui, &mut settings.networks, networks, name);
            let is_chosen = button.on_hover_text(hint).clicked() && networks;
            // A run beside its own start, where nobody has chosen yet.
            if is_chosen
                && settings.other == Other::None
                && let Some(run) = state.run_looked_at()
            {
                settings.other = Other::Run(run);
                settings.other_step = Some(0);
            }
        }
        ui.separator();
        let classes = &compared.maps.gallery.dataset.classes;
        set_menu(ui, text, classes, settings);
        if settings.networks {
            return;
        }
        let label = widgets::layout::label_before(ui, text.maps.layer, 64.0);
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
            settings.layer = Some(name);
        }
        if !is_for_class {
            all_channels(ui, settings);
        }
    });
    ui.horizontal_wrapped(|ui| {
        if !settings.networks {
            widgets::theme::choose(ui, &mut settings.by_pearson, false, words.cosine)
                .on_hover_text(words.cosine_hint);
            widgets::theme::choose(ui, &mut settings.by_pearson, true, words.pearson)
                .on_hover_text(words.pearson_hint);
            if is_for_class {
                all_channels(ui, settings);
            } else {
                ui.separator();
            }
        }
        let before = settings.other;
        let other = (&mut settings.other, true);
        widgets::other_network::menu(ui, "other network", state, other);
        if settings.other != before {
            settings.other_step = None;
        } else if let Some(other) = &compared.other {
            networks::moment(ui, text, other, settings);
        }
        if !settings.networks && !settings.all_channels && shown.is_some() {
            let mut maps = state.preferences.maps.clone();
            widgets::convolution_number::show(ui, text, &mut maps, channels);
            if maps != state.preferences.maps {
                actions.push(Action::SetMaps(maps));
            }
        }
    });
}

/// What the room is told: what is compared, of which maps.
fn in_words(
    ui: &mut egui::Ui,
    state: &State,
    layer: &str,
    channels: usize,
    settings: &CompareSettings,
) {
    let text = state.text();
    let words = &text.compare;
    let kind = if settings.by_pearson {
        words.pearson
    } else {
        words.cosine
    };
    let which = if settings.all_channels {
        words.all_channels.to_owned()
    } else {
        let number = state.preferences.maps.convolution;
        let number = number.min(channels.saturating_sub(1));
        format!("{} {number}", text.maps.convolution)
    };
    ui.label(RichText::new(format!("{kind} · {layer} · {which}")).weak());
}

/// Which images; of a random set also of which class, and which draw.
fn set_menu(ui: &mut egui::Ui, text: &Text, classes: &Classes, settings: &mut CompareSettings) {
    let words = &text.compare;
    let label =
        widgets::layout::label_before(ui, words.images, 136.0).on_hover_text(words.images_hint);
    ComboBox::from_id_salt("images compared")
        .selected_text(compare_words(text, settings.images).0)
        .width(136.0)
        .show_ui(ui, |ui| {
            let sets = ImageSet::of(classes).map(Compare::Set);
            for compare in [Compare::Rows].into_iter().chain(sets) {
                let (name, hint) = compare_words(text, compare);
                ui.selectable_value(&mut settings.images, compare, name)
                    .on_hover_text(hint);
            }
        })
        .response
        .labelled_by(label.id);
    if !matches!(settings.images, Compare::Set(set) if set.is_random()) {
        return;
    }
    let class = ComboBox::from_id_salt("class compared")
        .selected_text(text.class_name(settings.class))
        .width(84.0)
        .height(320.0)
        .show_ui(ui, |ui| {
            for class in (0..=u8::MAX).take(text.classes.len()) {
                ui.selectable_value(&mut settings.class, class, text.class_name(class));
            }
        })
        .response;
    widgets::theme::name_as(&class, egui::Role::ComboBox, words.class);
    let label = ui.label(words.seed);
    let seed = DragValue::new(&mut settings.seed)
        .range(0..=MOST_SEED)
        .speed(0.1);
    let seed = ui.add(seed).labelled_by(label.id);
    seed.on_hover_text(words.seed_hint);
}

/// The network that the answer compares with; another may just have been chosen.
fn asked_other(state: &State) -> Other {
    state
        .compared
        .key()
        .map_or(Other::None, |asked| asked.other)
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
pub fn measure(of: Likeness, by_pearson: bool) -> Option<f64> {
    if by_pearson { of.pearson } else { of.cosine }
}

/// Means within a class and between classes.
fn means(ui: &mut egui::Ui, text: &Text, means: ClassMeans, by_pearson: bool) {
    ui.horizontal_wrapped(|ui| {
        for (name, of) in [
            (text.compare.within, means.within),
            (text.compare.between, means.between),
        ] {
            let of = if by_pearson { of.pearson } else { of.cosine };
            let mean = text.mean_of_pairs(of.mean, of.pairs);
            let width = widgets::theme::width(ui, &TextStyle::Body, &mean);
            widgets::layout::label_before(ui, name, width).on_hover_text(text.compare.means_hint);
            ui.label(widgets::theme::strong(mean));
        }
    });
    note(ui, text.compare.undefined);
}

pub fn note(ui: &mut egui::Ui, words: &str) {
    ui.set_max_width(ui.min_rect().width().max(260.0));
    ui.add(egui::Label::new(RichText::new(words).small().weak()).wrap());
}
