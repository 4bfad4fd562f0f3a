//! The selected filter: its switch, what it does over the test set, its kernel, the chosen images
//! with and without the filters that are off, the images that excite it most and least, and those found by gradient ascent.

use crate::app::model::action::Action;
use crate::app::model::filters::Probabilities;
use crate::app::model::state::State;
use crate::app::views::filters::{Shown, block_title};
use crate::app::widgets::textures::Textures;
use crate::app::widgets::thumb::Thumbs;
use crate::app::{views, widgets};
use crate::text::Text;
use convlens_core::dataset::Dataset;
use convlens_core::explore::{Excitation, Region, receptive_field};
use convlens_core::lessons::ShownPart;
use eframe::egui::{self, Align, Button, Id, Layout, Rect, RichText, pos2, vec2};
use std::sync::Arc;

/// Images of each kind, three in a row.
const IMAGES: usize = 9;

/// Side of one of them.
const THUMB: f32 = 56.0;

/// Width of a block.
const BLOCK: f32 = 184.0;

/// Height of what stands above and below the kernel before a class, and its least side.
const AROUND_KERNEL: f32 = 178.0;
const LEAST_KERNEL: f32 = 96.0;

/// Room for a chosen image with its likeliest classes.
const CHOSEN: egui::Vec2 = vec2(222.0, 48.0);

/// Classes listed for a chosen image: those that matter most before or after.
const CLASSES: usize = 3;

/// Seconds in which what stands above a part may still come.
const STILL_COMING: f64 = 20.0;

/// The part that was scrolled to: which wish, since when, where it stood, and whether a held run had filled it.
#[derive(Clone, Copy)]
struct Seen {
    number: u64,
    since: f64,
    top: f32,
    was_filled: bool,
}

/// The part of the view at the right.
#[derive(Default)]
pub struct Selected {
    kernel: Textures,
    change: views::filters::change::Change,
    next_step: views::filters::next_step::NextStep,
    thumbs: Thumbs,
    ranked: Option<Ranked>,
}

/// The images that excite a filter most and least.
struct Ranked {
    /// The answer's number, and the filter.
    of: (u64, usize),
    most: Vec<Excitation>,
    least: Vec<Excitation>,
}

impl Selected {
    pub fn show(
        &mut self,
        ui: &mut egui::Ui,
        state: &State,
        shown: &Shown<'_>,
        actions: &mut Vec<Action>,
    ) {
        if shown.are_templates {
            self.template(ui, state, shown);
            return;
        }
        header(ui, state, shown, actions);
        ui.add_space(4.0);
        // To the room they say something once a filter is off.
        let says_something = !state.test_set.ablation.is_empty();
        let is_visible = says_something || !widgets::stage::is_for_room(ui.ctx());
        // Before a class there is room for them or for the kernel, which comes first until then.
        let is_below = !says_something && state.preferences.display.presenter;
        let chosen = |ui: &mut egui::Ui, thumbs: &mut Thumbs| {
            widgets::stage::visible_if(ui, is_visible, |ui| {
                chosen_images(ui, state, shown, thumbs);
            });
        };
        if !is_below {
            chosen(ui, &mut self.thumbs);
        }
        let columns = ((ui.available_width() / BLOCK) as usize).clamp(1, 4);
        let gap =
            (ui.available_width() - columns as f32 * BLOCK).clamp(0.0, BLOCK) / columns as f32;
        let origin = ui.min_rect().min.y;
        let mut is_first = true;
        // What changes a filter is the teacher's alone.
        let is_for_room = widgets::stage::is_for_room(ui.ctx());
        let is_visible = |block: usize| block != 4 || !is_for_room;
        // What the lesson has looked up comes first, with what its text sets beside it.
        let is_asked = asked_for(state, 2).is_some();
        let mut blocks = if is_asked {
            &[2, 1, 3, 0, 4, 5][..]
        } else {
            &[0, 4, 5, 1, 2, 3]
        };
        while !blocks.is_empty() {
            let mut seen = 0;
            let fit = blocks.iter().take_while(|block| {
                seen += usize::from(is_visible(**block));
                seen <= columns
            });
            let (row, others) = blocks.split_at(fit.count());
            blocks = others;
            ui.add_space(6.0);
            let top = ui.cursor().min.y;
            let height = Id::unique(("height of blocks", row.first()));
            let known = ui.data(|data| data.get_temp::<f32>(height)).unwrap_or(0.0);
            let is_wanted = row.iter().any(|block| asked_for(state, *block).is_some());
            // Nobody there can scroll: what would be cut is left out.
            let is_whole = is_first || is_wanted || top + known <= ui.clip_rect().bottom();
            widgets::stage::visible_if(ui, is_whole || !is_for_room, |ui| {
                let row = ui.horizontal_top(|ui| {
                    ui.spacing_mut().item_spacing.x = gap;
                    for &block in row {
                        if block == 4 {
                            widgets::stage::for_teacher(ui, |ui| {
                                ui.vertical(|ui| {
                                    ui.set_width(BLOCK);
                                    ui.spacing_mut().item_spacing.x = 8.0;
                                    self.change.show(ui, state, shown, actions);
                                });
                            });
                            continue;
                        }
                        let place = ui.vertical(|ui| {
                            ui.set_width(BLOCK);
                            ui.spacing_mut().item_spacing.x = 8.0;
                            match block {
                                0 => self.kernel(ui, state, shown),
                                2 => views::filters::preferred::show(
                                    ui,
                                    state,
                                    shown,
                                    &mut self.thumbs,
                                    actions,
                                ),
                                5 => self.next_step.show(ui, state, shown, actions),
                                1 => self.exciting(ui, state, shown, true, actions),
                                _ => self.exciting(ui, state, shown, false, actions),
                            }
                        });
                        if let Some(number) = asked_for(state, block) {
                            bring_into_sight(ui, state, number, (origin, place.response.rect));
                        }
                    }
                });
                let seen = row.response.rect.height();
                ui.data_mut(|data| data.insert_temp(height, seen));
            });
            // What the lesson speaks of is not torn apart.
            let is_place = if is_asked {
                blocks.is_empty()
            } else {
                is_first
            };
            if is_below && is_place {
                ui.add_space(6.0);
                chosen(ui, &mut self.thumbs);
            }
            is_first = false;
        }
    }

    /// A unit of a dense layer: its weights as large as there is room.
    fn template(&mut self, ui: &mut egui::Ui, state: &State, shown: &Shown<'_>) {
        let text = state.text();
        let kernels = shown.kernels;
        let title = text.template_title(&kernels.name, shown.filter, kernels);
        ui.label(widgets::theme::heading(title));
        ui.add(egui::Label::new(text.filters.templates).wrap());
        ui.add_space(4.0);
        let side = ui.available_width().min(ui.available_height() - 30.0);
        let all: Vec<usize> = (0..kernels.channels).collect();
        views::filters::kernel::show(ui, text, shown, &all, side.max(BLOCK), &mut self.kernel);
        let bias = text.bias_of(kernels.biases[shown.filter]);
        ui.label(RichText::new(bias).small().weak());
    }

    fn kernel(&mut self, ui: &mut egui::Ui, state: &State, shown: &Shown<'_>) {
        let text = state.text();
        let kernels = shown.kernels;
        let all: Vec<usize> = (0..kernels.channels).collect();
        // A class sees all rows of it.
        let most = if state.preferences.display.presenter {
            (ui.clip_rect().height() - AROUND_KERNEL).max(LEAST_KERNEL)
        } else {
            BLOCK
        };
        let side = (BLOCK - 10.0).min(most);
        if shown.in_colour && !shown.all_slices {
            block_title(
                ui,
                text.filters.in_colour,
                Some(text.filters.in_colour_hint),
            );
            views::filters::kernel::show(ui, text, shown, &all, side, &mut self.kernel);
            ui.add_space(4.0);
            block_title(ui, text.filters.red_green_blue, None);
            let third = (side - 16.0) / 3.0;
            ui.horizontal(|ui| {
                for channel in &all {
                    views::filters::kernel::show(
                        ui,
                        text,
                        shown,
                        &[*channel],
                        third,
                        &mut self.kernel,
                    );
                }
            });
        } else if kernels.channels > 1 && !shown.all_slices {
            views::filters::strength::show(ui, text, shown, side, &mut self.kernel);
        } else {
            block_title(ui, text.filters.kernel, None);
            views::filters::kernel::show(ui, text, shown, &all, side, &mut self.kernel);
        }
        let slices = text.kernel_slices(kernels);
        let bias = text.bias_of(kernels.biases[shown.filter]);
        ui.label(RichText::new(format!("{slices} · {bias}")).small().weak());
    }

    fn exciting(
        &mut self,
        ui: &mut egui::Ui,
        state: &State,
        shown: &Shown<'_>,
        most: bool,
        actions: &mut Vec<Action>,
    ) {
        let text = state.text();
        let words = &text.filters;
        if most {
            block_title(ui, words.excite_most, Some(words.excite_most_hint));
        } else {
            block_title(ui, words.excite_least, Some(words.excite_least_hint));
        }
        let Some(from) = state.excitations_beside(shown.whose, shown.layer) else {
            return;
        };
        let Some(dataset) = state
            .dataset
            .as_ref()
            .filter(|d| d.test.len() == from.images)
        else {
            return;
        };
        if shown.filter >= from.filters.len() {
            return;
        }
        let of = (
            state.test_set.excitations_version(shown.layer),
            shown.filter,
        );
        if self.ranked.as_ref().is_none_or(|ranked| ranked.of != of) {
            self.ranked = Some(Ranked {
                of,
                most: from.most(shown.filter, IMAGES),
                least: from.least(shown.filter, IMAGES),
            });
        }
        let Some(ranked) = &self.ranked else { return };
        self.thumbs.forget_some();
        let list = if most { &ranked.most } else { &ranked.least };
        ui.spacing_mut().item_spacing = vec2(4.0, 4.0);
        for row in list.chunks(3) {
            ui.horizontal(|ui| {
                for &excitation in row {
                    image(
                        ui,
                        state,
                        dataset,
                        shown.layer,
                        excitation,
                        &mut self.thumbs,
                        actions,
                    );
                }
            });
        }
        let ends = list.first().zip(list.last());
        if let Some((first, last)) = ends {
            let value = |e: &Excitation| text.value(e.before_relu);
            let mut range = format!("{} … {}", value(first), value(last));
            if let Some(moment) = other_moment(state, shown) {
                range = format!("{range} ({moment})");
            }
            ui.label(RichText::new(range).small().weak());
        }
    }
}

/// The number of the lesson's wish to see this block, if it is the one wished for.
fn asked_for(state: &State, block: usize) -> Option<u64> {
    let (wanted, number) = state.filters.look_at?;
    let wanted = match wanted {
        ShownPart::Preferred => 2,
        ShownPart::NextBatch => 5,
    };
    (wanted == block).then_some(number)
}

/// Scrolls to a part that the lesson speaks of, in each window: at once, again while what stands above it is still coming, and where a run
/// that now holds has filled it.
fn bring_into_sight(ui: &egui::Ui, state: &State, number: u64, (origin, place): (f32, Rect)) {
    let seen = Id::unique(("part of the filters", ui.ctx().viewport_id()));
    let (now, top) = (ui.input(|input| input.time), place.min.y - origin);
    let is_filled = state.filters.next_step.answer().is_some();
    let before = ui.data(|data| data.get_temp::<Seen>(seen));
    let before = before.filter(|before| before.number == number);
    let since = before.map_or(now, |before| before.since);
    let is_same = before.is_some_and(|before| {
        let has_moved = (before.top - top).abs() > 1.0 && now - since < STILL_COMING;
        !has_moved && (before.was_filled || !is_filled)
    });
    if is_same {
        return;
    }
    let was_filled = is_filled || before.is_some_and(|before| before.was_filled);
    let seen_now = Seen {
        number,
        since,
        top,
        was_filled,
    };
    ui.data_mut(|data| data.insert_temp(seen, seen_now));
    ui.scroll_to_rect(place, Some(Align::Min));
}

/// Which filter, whether it is on, what it does, what the network is without it.
fn header(ui: &mut egui::Ui, state: &State, shown: &Shown<'_>, actions: &mut Vec<Action>) {
    let text = state.text();
    let kernels = shown.kernels;
    let title = text.filter_title(&kernels.name, shown.filter, kernels);
    ui.horizontal_wrapped(|ui| {
        ui.label(widgets::theme::heading(title));
        widgets::stage::for_teacher(ui, |ui| {
            let mut on = !state.test_set.ablation.contains(shown.layer, shown.filter);
            let switch = ui
                .checkbox(&mut on, text.filters.on)
                .on_hover_text(text.filters.on_hint);
            if switch.changed() {
                let mut ablation = state.test_set.ablation.clone();
                ablation.set(shown.layer, shown.filter, !on);
                actions.push(Action::SetAblation(ablation));
            }
            many(ui, state, shown, actions);
        });
    });
    let known = state.excitations_beside(shown.whose, shown.layer);
    let known = known.and_then(|known| Some((known.filters.get(shown.filter)?, known.images)));
    match known {
        Some((filter, images)) if filter.is_dead() => {
            let words = RichText::new(text.dead_filter(images));
            ui.label(words.color(widgets::theme::error_color(ui)));
        }
        Some((filter, images)) => {
            let mut words =
                text.filter_statistics(filter.maximum, filter.mean, filter.alive, images);
            if let Some(moment) = other_moment(state, shown) {
                words = format!("{words} ({moment})");
            }
            ui.add(egui::Label::new(RichText::new(words).weak()).wrap());
        }
        None => {
            ui.label(RichText::new(text.test_set.computing).weak());
        }
    }
    ui.horizontal_wrapped(|ui| {
        ui.label(text.filters.test_accuracy);
        let before = state.verdict_beside(shown.whose);
        let before = before.map(|verdict| verdict.accuracy);
        let words = match (before, state.test_set.ablated()) {
            // A class that is not among the network's own is never found.
            _ if !state.tells_its_classes(shown.whose) => "–".to_owned(),
            (None, _) => "…".to_owned(),
            (Some(before), _) if state.test_set.ablation.is_empty() => text.percent(before, 2),
            (Some(before), None) => format!("{} → …", text.percent(before, 2)),
            (Some(before), Some(after)) => text.before_after(before, after.accuracy, 2),
        };
        ui.label(widgets::theme::heading(words));
        if let Some(moment) = state.other_moment(&state.test_set.verdict, shown.whose) {
            ui.label(RichText::new(format!("({moment})")).small().weak());
        }
    });
}

/// The moment of what is known of a layer's filters, where it is an earlier one of a run that trains on.
fn other_moment(state: &State, shown: &Shown<'_>) -> Option<String> {
    let known = state.test_set.excitations.get(&shown.layer)?;
    state.other_moment(known, shown.whose)
}

/// All filters of the layer at once: on, off, or only the one selected.
fn many(ui: &mut egui::Ui, state: &State, shown: &Shown<'_>, actions: &mut Vec<Action>) {
    let words = &state.text().filters;
    let off = &state.test_set.ablation;
    let count = shown.kernels.filters;
    let has_off = off.of_layer(shown.layer).count();
    let is_on = !off.contains(shown.layer, shown.filter);
    let mut switch = |label, hint, enabled, is_off: &dyn Fn(usize) -> bool| {
        let button = ui.add_enabled(enabled, Button::new(label));
        if button.on_hover_text(hint).clicked() {
            let mut ablation = off.clone();
            for filter in 0..count {
                ablation.set(shown.layer, filter, is_off(filter));
            }
            actions.push(Action::SetAblation(ablation));
        }
    };
    let is_alone = is_on && has_off + 1 == count;
    switch(
        words.only_this,
        words.only_this_hint,
        !is_alone,
        &|filter| filter != shown.filter,
    );
    switch(words.all_on, words.all_on_hint, has_off > 0, &|_| false);
    switch(words.all_off, words.all_off_hint, has_off < count, &|_| {
        true
    });
}

/// The likeliest classes of each chosen image, before and after.
fn chosen_images(ui: &mut egui::Ui, state: &State, shown: &Shown<'_>, thumbs: &mut Thumbs) {
    let text = state.text();
    let slot = &state.filters.probabilities;
    let (Some(said), Some(asked)) = (state.beside(slot, shown.whose), slot.key()) else {
        return;
    };
    let outputs = state.outputs_of(&asked.whose);
    block_title(ui, text.filters.chosen_images, None);
    // For a moment they are without other filters than those that are off now.
    ui.scope(|ui| {
        if asked.ablation != state.test_set.ablation {
            ui.multiply_opacity(0.3);
        }
        all_chosen(ui, (text, outputs), said, thumbs);
    });
}

fn all_chosen(
    ui: &mut egui::Ui,
    (text, outputs): (&Text, &Text),
    said: &Probabilities,
    thumbs: &mut Thumbs,
) {
    // As wide with no filter off: they stay where they are when one is switched.
    let size = CHOSEN;
    ui.horizontal_wrapped(|ui| {
        for (row, &image) in said.images.iter().enumerate() {
            let before = &said.before[row];
            let after = said.after.as_ref().map(|after| after[row].as_slice());
            ui.allocate_ui_with_layout(size, Layout::left_to_right(Align::Min), |ui| {
                ui.set_min_size(size);
                let words = text.image_and_class(image, said.gallery.label(image));
                thumbs.of_gallery(ui, &said.gallery, image, 44.0, &words);
                ui.vertical(|ui| likeliest(ui, outputs, before, after));
            });
        }
    });
}

/// The classes that matter most for an image, with their probabilities before and after.
fn likeliest(ui: &mut egui::Ui, text: &Text, before: &[f32], after: Option<&[f32]>) {
    let mut classes: Vec<usize> = (0..before.len()).collect();
    let weight = |class: usize| before[class].max(after.map_or(0.0, |after| after[class]));
    classes.sort_by(|&a, &b| weight(b).total_cmp(&weight(a)));
    ui.spacing_mut().item_spacing.y = 0.0;
    for &class in classes.iter().take(CLASSES) {
        let was = f64::from(before[class]);
        let share = match after {
            Some(after) => text.before_after(was, f64::from(after[class]), 1),
            None => text.percent(was, 1),
        };
        let name = text.class_name(class as u8);
        ui.label(RichText::new(format!("{name} {share}")).small());
    }
}

/// One exciting image with the receptive field of its largest activation.
fn image(
    ui: &mut egui::Ui,
    state: &State,
    dataset: &Arc<Dataset>,
    layer: usize,
    excitation: Excitation,
    thumbs: &mut Thumbs,
    actions: &mut Vec<Action>,
) {
    let Excitation {
        image,
        row,
        column,
        before_relu,
    } = excitation;
    let label = dataset.test.label(image);
    let words = state
        .text()
        .excitation(image, label, before_relu, row, column);
    let mark = seen(state, layer, row, column);
    if thumbs
        .show(ui, dataset, image, THUMB, mark, &words)
        .clicked()
    {
        actions.push(Action::OpenInMaps(image.into()));
    }
}

/// What of the picture a cell of a layer's maps sees, in pixels.
fn seen(state: &State, layer: usize, row: usize, column: usize) -> Option<Rect> {
    let layers = state.test_set.weights.snapshot.model.layers();
    let fields = receptive_field(layers, layer, Region::cell(row, column));
    let field = fields.first()?;
    Some(Rect::from_min_size(
        pos2(field.column as f32, field.row as f32),
        vec2(field.width as f32, field.height as f32),
    ))
}
