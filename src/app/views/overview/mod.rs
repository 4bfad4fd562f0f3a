//! The whole network in one picture: a column a layer, a map a channel, lines for what each hands on to the next; or the gradient, the other
//! way.

mod back;
mod columns;
mod lines;
mod node;
mod pixel;
mod sum;
mod term;

use crate::app::model::action::Action;
use crate::app::model::overview::{BackFrom, MOST, Overlooked, OverviewSettings};
use crate::app::model::state::State;
use crate::app::views::ViewPanel;
use crate::app::widgets;
use crate::app::widgets::keys::{self, Command};
use crate::app::widgets::tab_order::{Region, region};
use crate::app::widgets::textures::Textures;
use crate::app::widgets::thumb::Thumbs;
use columns::Places;
use eframe::egui::{self, ComboBox, Label, RichText, ScrollArea, Slider, vec2};
use node::Node;

/// Room below the picture for the sum of a node, or for what the lines mean.
const SUM: f32 = 178.0;
const CHAIN_RULE: f32 = 48.0;
const PIXEL: f32 = 220.0;
const WORDS: f32 = 50.0;

/// Least height of the picture.
const LEAST: f32 = 160.0;

/// Textures kept before all are freed and those in view made anew.
const MOST_TEXTURES: usize = 1200;

/// The view with what it keeps.
#[derive(Default)]
pub struct OverviewView {
    textures: Textures,
    thumbs: Thumbs,
    sum: sum::SumPanel,
    pixel: pixel::PixelPanel,
    back: back::BackPanel,
    /// The node under the pointer or with the keyboard, by column and place.
    pointed: Option<(usize, usize)>,
}

impl ViewPanel for OverviewView {
    fn show(&mut self, ui: &mut egui::Ui, state: &State, actions: &mut Vec<Action>) {
        let text = state.text();
        let Some(answer) = state.overlooked.answer().cloned() else {
            ui.label(text.data.opening_data);
            return;
        };
        self.textures.bound(MOST_TEXTURES);
        let mut settings = state.overview.clone();
        self.controls(ui, state, &mut settings, actions);
        let chosen = node_of(&answer, &settings);
        let is_back = answer.overview.gradient.is_some();
        let below = match (chosen, &settings.weight) {
            (None, _) => WORDS,
            (Some(_), Some(_)) if is_back => SUM + CHAIN_RULE,
            (Some(_), _) if settings.pixel.is_some() && !is_back => PIXEL,
            (Some(_), _) => SUM,
        };
        let height = (ui.available_height() - below).max(LEAST);
        ScrollArea::both()
            .id_salt("overview")
            .max_height(height)
            .auto_shrink(false)
            .show(ui, |ui| {
                region(ui, Region::Pictures);
                self.picture(ui, state, &answer, chosen, height, &mut settings);
            });
        if let Some(place) = chosen {
            let node = Node::new(&answer, place);
            ui.separator();
            if is_back {
                (self.back).show(ui, state, node, &mut settings);
            } else if settings.pixel.is_some() {
                (self.pixel).show(ui, state, node, &mut settings);
            } else {
                (self.sum).show(ui, state, node, &mut settings, actions);
            }
            if keys::pressed(ui.ctx(), Command::Close) && settings.pixel.take().is_none() {
                settings.chosen = None;
                settings.weight = None;
            }
        } else {
            let truth = if is_back {
                text.overview.back_truth
            } else {
                text.overview.truth
            };
            let words = RichText::new(truth).small().weak();
            ui.add(Label::new(words).wrap());
        }
        if settings != state.overview {
            actions.push(Action::SetOverview(settings));
        }
    }
}

/// The node whose sum is shown, if it is still there.
fn node_of(answer: &Overlooked, settings: &OverviewSettings) -> Option<(usize, usize)> {
    let (layer, channel) = settings.chosen.as_ref()?;
    let columns = &answer.overview.columns;
    let column = columns.iter().position(|column| column.name == *layer)?;
    let nodes = &columns[column].nodes;
    let place = nodes.iter().position(|node| node.channel == *channel)?;
    Some((column, place))
}

/// Forward, or backward and from what.
fn way(ui: &mut egui::Ui, state: &State, settings: &mut OverviewSettings) {
    let words = &state.text().overview;
    let is_back = settings.backward.is_some();
    let forward = widgets::theme::choice(ui, !is_back, words.forward);
    if forward.on_hover_text(words.forward_hint).clicked() {
        settings.backward = None;
    }
    let backward = widgets::theme::choice(ui, is_back, words.backward);
    if backward.on_hover_text(words.backward_hint).clicked() && !is_back {
        settings.backward = Some(BackFrom::default());
    }
    let Some(from) = &mut settings.backward else {
        return;
    };
    let outputs = state.outputs_of(&state.whose);
    let name = |from: BackFrom| match from {
        BackFrom::Loss => words.the_loss,
        BackFrom::Class(class) => outputs.class_name(class),
    };
    let label = widgets::layout::label_before(ui, words.back_from, 100.0);
    ComboBox::from_id_salt("backward from")
        .selected_text(name(*from))
        .width(100.0)
        .show_ui(ui, |ui| {
            let classes = (0..outputs.classes.len() as u8).map(BackFrom::Class);
            for choice in [BackFrom::Loss].into_iter().chain(classes) {
                ui.selectable_value(from, choice, name(choice));
            }
        })
        .response
        .labelled_by(label.id);
}

/// Backward, what is derived.
fn gradient(ui: &mut egui::Ui, state: &State) {
    let back = state.overlooked.answer();
    let back = back.and_then(|answer| Some((answer, answer.overview.gradient?)));
    if let Some((answer, (of, value))) = back {
        let outputs = state.outputs_of(&answer.asked.whose);
        let words = state.text().gradient_of(outputs, of, value);
        ui.label(widgets::theme::strong(words));
    }
}

impl OverviewView {
    fn controls(
        &mut self,
        ui: &mut egui::Ui,
        state: &State,
        settings: &mut OverviewSettings,
        actions: &mut Vec<Action>,
    ) {
        let words = &state.text().overview;
        let row = |ui: &mut egui::Ui| {
            let at_hand = Some(state.image_at_hand());
            if let Some(image) = widgets::picker::show(ui, state, &mut self.thumbs, at_hand) {
                actions.push(Action::SetImage(image));
            }
            let label = ui.label(words.most).on_hover_text(words.most_hint);
            ui.spacing_mut().slider_width = 90.0;
            let slider = Slider::new(&mut settings.most, MOST);
            ui.add(slider).labelled_by(label.id);
            way(ui, state, settings);
        };
        widgets::stage::for_teacher(ui, |ui| {
            ui.horizontal_wrapped(row);
        });
        gradient(ui, state);
    }

    fn picture(
        &mut self,
        ui: &mut egui::Ui,
        state: &State,
        answer: &Overlooked,
        chosen: Option<(usize, usize)>,
        height: f32,
        settings: &mut OverviewSettings,
    ) {
        let overview = &answer.overview;
        let room = vec2(ui.available_width(), height);
        let places = Places::new(overview, room);
        let (whole, _) = ui.allocate_exact_size(places.size, egui::Sense::hover());
        let stands_out = self.pointed.or(chosen);
        lines::draw(ui, overview, &places, whole.min, stands_out);
        let version = state.overlooked.version();
        let drawn = columns::Drawn {
            state,
            answer,
            places: &places,
            origin: whole.min,
            version,
            stands_out,
        };
        let (pointed, clicked) = drawn.show(ui, &mut self.textures);
        lines::kernels(
            ui,
            overview,
            &places,
            whole.min,
            self.pointed,
            &mut self.textures,
            version,
        );
        if pointed != self.pointed {
            self.pointed = pointed;
            ui.ctx().request_repaint();
        }
        if let Some((column, place)) = clicked {
            let column = &overview.columns[column];
            let node = (column.name.clone(), column.nodes[place].channel);
            let is_chosen = settings.chosen.as_ref() == Some(&node);
            settings.chosen = (!is_chosen).then_some(node);
            settings.weight = None;
            settings.pixel = None;
        }
    }
}
