//! The middle of the window: one view at a time, chosen by tabs, all of them looking at the same
//! weights ([`State::snapshot`]), images and convolution number.

use eframe::egui;

use super::model::action::Action;
use super::model::display::Foldable;
use super::model::state::State;
use super::model::view::View;
use super::panels::{self, status};
use super::requests;
use super::threads::Threads;
use super::view_table::{self, Row, VIEWS};
use super::views::ViewPanel;
use super::views::image_strip::ImageStrip;
use super::widgets::keys::{self, Command};
use super::widgets::tab_order::{Region, region};
use super::widgets::{fold, layout, stage, tabs, theme};

/// A view with less height than this, in points, scrolls.
const LEAST_HEIGHT: f32 = 240.0;

/// Room around a view for the outlines of what stands at its edge, in points.
const OUTLINE: f32 = 4.0;

/// More width than this no view needs before a class, in points, and the maps no more than that: there are curves beside them.
const FOR_A_CLASS: f32 = 560.0;
const MAPS_FOR_A_CLASS: f32 = 350.0;

/// The views with what each of them keeps.
pub struct Middle {
    /// As many as [`VIEWS`].
    views: Vec<Box<dyn ViewPanel>>,
    strip: ImageStrip,
}

impl Default for Middle {
    fn default() -> Self {
        Self {
            views: VIEWS.iter().map(|row| (row.make)()).collect(),
            strip: ImageStrip::default(),
        }
    }
}

/// Place and row of the chosen view.
fn chosen(state: &State) -> (usize, &'static Row) {
    let is_it = |row: &Row| row.view == state.preferences.view;
    let place = VIEWS.iter().position(is_it).unwrap_or(0);
    (place, &VIEWS[place])
}

/// Width that the middle needs beside other things, in points: in less its view scrolls.
pub fn least_width(ui: &egui::Ui, state: &State) -> f32 {
    least_view(ui, state) + theme::center_frame(ui).total_margin().sum().x
}

/// The same of the view alone: what is for a class, on one screen or two, is laid out for less.
fn least_view(ui: &egui::Ui, state: &State) -> f32 {
    let row = chosen(state).1;
    if !state.preferences.display.needs_height(ui.ctx()) && !stage::is_for_room(ui.ctx()) {
        row.least_width
    } else if row.view == View::Maps {
        MAPS_FOR_A_CLASS
    } else {
        row.least_width.min(FOR_A_CLASS)
    }
}

impl Middle {
    /// Tabs, the chosen view, and the strip of test images where the view has use for it.
    pub fn show(&mut self, ui: &mut egui::Ui, state: &State, actions: &mut Vec<Action>) {
        let (_, row) = chosen(state);
        layout::remember_bottom(ui);
        let display = state.preferences.display;
        let gives_way = display.hides_strip(ui.available_height());
        let has_strip = (row.has_images)(state) && !gives_way;
        if has_strip && display.has_folded(Foldable::Images) {
            fold::edge(ui, state, Foldable::Images, actions);
        } else if has_strip {
            egui::Panel::bottom("test images")
                .frame(theme::bar_frame(ui))
                .resizable(false)
                .show(ui, |ui| {
                    region(ui, Region::Strip);
                    fold::button(ui, state, Foldable::Images, actions);
                    self.strip.show(ui, state, actions);
                });
        }
        egui::CentralPanel::default()
            .frame(theme::center_frame(ui))
            .show(ui, |ui| {
                if !display.folds_tabs(ui.ctx()) {
                    tabs::row(ui, state, &view_table::tabs(state.text()), actions);
                }
                let least = egui::vec2(least_view(ui, state), LEAST_HEIGHT);
                if ui.available_size().min(least) == least {
                    self.show_alone(ui, state, actions);
                } else {
                    self.show_scrolled(ui, least, state, actions);
                }
            });
    }

    /// The chosen view in more room than there is, to be scrolled.
    fn show_scrolled(
        &mut self,
        ui: &mut egui::Ui,
        least: egui::Vec2,
        state: &State,
        actions: &mut Vec<Action>,
    ) {
        let size = ui.available_size().max(least);
        egui::ScrollArea::both()
            .id_salt("small middle")
            .show(ui, |ui| {
                ui.allocate_ui(size, |ui| {
                    ui.set_min_size(size);
                    self.show_alone(ui, state, actions);
                });
            });
    }

    /// The chosen view below the line that says whose figures these are, without anything around it.
    pub fn show_alone(&mut self, ui: &mut egui::Ui, state: &State, actions: &mut Vec<Action>) {
        let (place, row) = chosen(state);
        // What is too wide or too high is cut, and not drawn over what stands beside it.
        ui.shrink_clip_rect(ui.max_rect().expand(OUTLINE));
        stage::over(ui, state, actions, |ui, actions| {
            status::show(ui, state, (row.shows)(state), actions);
            if row.needs_pictures && !state.takes_pictures() {
                panels::other_pictures::show(ui, state, actions);
            } else {
                self.views[place].show(ui, state, actions);
            }
        });
    }
}

/// Asks for what the chosen view needs.
pub fn request(state: &mut State, threads: &mut Threads) {
    requests::test_set::let_go(state);
    requests::test_set::follow(state);
    let (_, row) = chosen(state);
    let last_views = &mut state.preferences.last_views;
    last_views.insert(row.view.group(), row.view);
    (row.request)(state, threads);
}

/// The views' keys, most of them digits, choose the view, unless what has the focus takes digits: so they come after it.
pub fn shortcuts(ui: &egui::Ui, state: &State, actions: &mut Vec<Action>) {
    for row in &VIEWS {
        let pressed = keys::pressed(ui.ctx(), Command::View(row.view));
        if !pressed {
            continue;
        }
        // The next key is meant for the view, not for a button pressed before.
        ui.memory_mut(egui::Memory::stop_text_input);
        if row.view != state.preferences.view {
            actions.push(Action::SetView(row.view));
        }
    }
}
