//! The middle of the window: one view at a time, chosen by tabs, all of them looking at the same
//! weights ([`State::snapshot`]), images and convolution number.
//!
//! A view is a struct that owns only what it alone needs (textures, a zoom); it reads the state and
//! answers with actions. What it needs computed it asks for in its `request`, which runs once a
//! frame while the view is on screen, through a [`Slot`](super::slot::Slot).

pub mod by_hand;
mod channels;
pub mod compare;
mod convolution_number;
pub mod draw;
mod errors;
pub mod explain;
pub mod filters;
mod image_strip;
pub mod maps;
mod runs;
mod test_set_bar;
mod thumb;

use eframe::egui::{self, Key, Modifiers};
use serde::{Deserialize, Serialize};

use super::action::Action;
use super::state::State;
use super::tab_order::{Region, region};
use super::theme;
use super::typing;
use crate::text::Text;

/// A view of the middle.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum View {
    /// The notebook's figure.
    #[default]
    Maps,
    /// All channels of a layer.
    Channels,
    /// The kernels, and what each filter does over the test set.
    Filters,
    /// How alike maps are.
    Compare,
    /// The confusion matrix.
    Errors,
    /// A picture of one's own.
    Draw,
    /// What speaks for a class.
    Explain,
    /// Runs side by side.
    Runs,
    /// Convolution step by step.
    ByHand,
}

/// A view with less room than this, in points, scrolls.
const LEAST_ROOM: egui::Vec2 = egui::vec2(400.0, 240.0);

impl View {
    /// Every view, in the order of the tabs.
    pub const ALL: [Self; 9] = [
        Self::Maps,
        Self::Channels,
        Self::Filters,
        Self::Compare,
        Self::Errors,
        Self::Draw,
        Self::Explain,
        Self::Runs,
        Self::ByHand,
    ];
    /// The keys that choose them.
    const KEYS: [Key; 9] = [
        Key::Num1,
        Key::Num2,
        Key::Num3,
        Key::Num4,
        Key::Num5,
        Key::Num6,
        Key::Num7,
        Key::Num8,
        Key::Num9,
    ];

    /// Its name, and what it is for.
    fn words(self, text: &Text) -> (&'static str, &'static str) {
        match self {
            Self::Maps => (text.views.maps, text.views.maps_hint),
            Self::Channels => (text.views.channels, text.views.channels_hint),
            Self::Filters => (text.views.filters, text.views.filters_hint),
            Self::Compare => (text.views.compare, text.views.compare_hint),
            Self::Draw => (text.views.draw, text.views.draw_hint),
            Self::Explain => (text.views.explain, text.views.explain_hint),
            Self::Errors => (text.views.errors, text.views.errors_hint),
            Self::Runs => (text.views.runs, text.views.runs_hint),
            Self::ByHand => (text.views.by_hand, text.views.by_hand_hint),
        }
    }

    /// Whether the view shows chosen test images, so that the strip to choose them belongs below.
    fn has_images(self) -> bool {
        match self {
            Self::Maps | Self::Channels | Self::Compare | Self::Explain => true,
            Self::Filters | Self::Errors | Self::Draw | Self::Runs | Self::ByHand => false,
        }
    }
}

/// The views with what each of them keeps.
#[derive(Default)]
pub struct Views {
    maps: maps::MapsView,
    channels: channels::ChannelsView,
    filters: filters::FiltersView,
    compare: compare::CompareView,
    errors: errors::ErrorsView,
    draw: draw::DrawView,
    explain: explain::ExplainView,
    runs: runs::RunsView,
    by_hand: by_hand::ByHandView,
    strip: image_strip::ImageStrip,
}

impl Views {
    /// Tabs, the chosen view, and the strip of test images where the view has use for it.
    pub fn show(&mut self, ui: &mut egui::Ui, state: &State, actions: &mut Vec<Action>) {
        let view = state.preferences.view;
        // The maps need the strip's room while the inspector has theirs.
        let is_crowded = view == View::Maps && state.pin.is_some();
        let display = state.preferences.display;
        let gives_way = display.hides_strip(ui.available_height(), is_crowded);
        let has_strip = match view {
            // A ready-made set has its images.
            View::Compare => state.preferences.compare.images == compare::Compare::Rows,
            _ => view.has_images(),
        };
        if has_strip && !gives_way {
            egui::Panel::bottom("test images")
                .frame(theme::bar_frame(ui))
                .resizable(false)
                .show(ui, |ui| {
                    region(ui, Region::Strip);
                    self.strip.show(ui, state, actions);
                });
        }
        egui::CentralPanel::default()
            .frame(theme::center_frame(ui))
            .show(ui, |ui| {
                if !display.folds_tabs(ui.ctx()) {
                    tabs(ui, state, actions);
                }
                let room = ui.available_size();
                if room.x >= LEAST_ROOM.x && room.y >= LEAST_ROOM.y {
                    self.show_alone(ui, state, actions);
                } else {
                    self.show_scrolled(ui, state, actions);
                }
            });
    }

    /// The chosen view in more room than there is, to be scrolled.
    fn show_scrolled(&mut self, ui: &mut egui::Ui, state: &State, actions: &mut Vec<Action>) {
        let size = ui.available_size().max(LEAST_ROOM);
        egui::ScrollArea::both()
            .id_salt("small middle")
            .show(ui, |ui| {
                ui.allocate_ui(size, |ui| {
                    ui.set_min_size(size);
                    self.show_alone(ui, state, actions);
                });
            });
    }

    /// The chosen view without anything around it.
    pub fn show_alone(&mut self, ui: &mut egui::Ui, state: &State, actions: &mut Vec<Action>) {
        match state.preferences.view {
            View::Maps => self.maps.show(ui, state, actions),
            View::Channels => self.channels.show(ui, state, actions),
            View::Filters => self.filters.show(ui, state, actions),
            View::Compare => self.compare.show(ui, state, actions),
            View::Draw => self.draw.show(ui, state, actions),
            View::Explain => self.explain.show(ui, state, actions),
            View::Errors => self.errors.show(ui, state, actions),
            View::Runs => self.runs.show(ui, state, actions),
            View::ByHand => self.by_hand.show(ui, state, actions),
        }
    }

    /// Asks for what the chosen view needs.
    pub fn request(&self, state: &mut State) {
        match state.preferences.view {
            View::Maps => maps::request(state),
            View::Channels => self.channels.request(state),
            View::Filters => filters::request(state),
            View::Compare => compare::request(state),
            View::Draw => draw::request(state),
            View::Explain => self.explain.request(state),
            View::Errors => errors::request(state),
            View::Runs => {}
            View::ByHand => by_hand::request(state),
        }
    }
}

/// The keys 1, 2, … choose the view, unless what has the focus takes digits: so they come after it.
pub fn shortcuts(ui: &egui::Ui, state: &State, actions: &mut Vec<Action>) {
    if typing::is_under_way(ui.ctx()) {
        return;
    }
    for (view, key) in View::ALL.into_iter().zip(View::KEYS) {
        let pressed = ui.input_mut(|input| input.consume_key(Modifiers::NONE, key));
        if pressed && view != state.preferences.view {
            actions.push(Action::SetView(view));
        }
    }
}

/// A menu of the views, in place of the tabs.
pub fn menu(ui: &mut egui::Ui, state: &State, actions: &mut Vec<Action>) {
    let text = state.text();
    let (name, hint) = state.preferences.view.words(text);
    let menu = egui::ComboBox::from_id_salt("views")
        .selected_text(theme::strong(name))
        .width(96.0)
        .height(400.0)
        .show_ui(ui, |ui| {
            for (view, key) in View::ALL.into_iter().zip(View::KEYS) {
                let chosen = view == state.preferences.view;
                let (name, hint) = view.words(text);
                let item = ui
                    .selectable_label(chosen, name)
                    .on_hover_text(format!("{hint} ({})", key.name()));
                if item.clicked() && !chosen {
                    actions.push(Action::SetView(view));
                }
            }
        });
    let words = format!("{}: {name}", text.views.view);
    theme::name_as(&menu.response, egui::Role::ComboBox, &words);
    menu.response.on_hover_text(hint);
}

/// The row of tabs.
fn tabs(ui: &mut egui::Ui, state: &State, actions: &mut Vec<Action>) {
    let text = state.text();
    ui.horizontal_wrapped(|ui| {
        // All of them in one row of a window of 1280 points, in the longer language too.
        ui.spacing_mut().item_spacing.x = 2.0;
        for (view, key) in View::ALL.into_iter().zip(View::KEYS) {
            let chosen = view == state.preferences.view;
            let (name, hint) = view.words(text);
            let tab = ui
                .selectable_label(chosen, theme::strong(name))
                .on_hover_text(format!("{hint} ({})", key.name()));
            if tab.clicked() && !chosen {
                actions.push(Action::SetView(view));
            }
        }
    });
    ui.separator();
}
