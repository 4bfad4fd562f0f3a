//! How the window is shown: size of everything, presenter mode, little motion, full screen.

mod keys_sheet;
mod pointer;
pub mod projector;

use eframe::egui::style::ScrollAnimation;
use eframe::egui::{self, Key, Modifiers, Popup, PopupCloseBehavior, ViewportCommand, gui_zoom};
use serde::{Deserialize, Serialize};

use super::action::Action;
use super::state::State;
use super::theme;
use crate::text::Language;

pub use keys_sheet::KeysSheet;

/// Sizes that the keys and buttons step through, 1 being the designed one.
const SCALES: [f32; 10] = [0.75, 0.9, 1.0, 1.1, 1.25, 1.5, 1.75, 2.0, 2.5, 3.0];
/// Presenter mode makes everything larger by this, on top of the chosen size.
const PRESENTER: f32 = 1.3;
/// Below this width in points the panel at the right gives way to the presenter's pictures.
const ROOM_FOR_CURVES: f32 = 1150.0;
/// Below this width in points the rarer buttons of the top bar give way; their keys remain.
const ROOM_FOR_ALL_BUTTONS: f32 = 1100.0;
/// Below this height of the middle, in points, not everything fits at once.
const LOW_MIDDLE: f32 = 700.0;
/// Below this height of the middle, in points, a view needs all of it.
const LOWEST_MIDDLE: f32 = 420.0;
/// Below this width in points there is room for one panel beside the middle, and none for tabs.
const NARROW_WINDOW: f32 = 900.0;
/// Below this height in points the presenter's pictures need the rows of the tabs.
const LOW_WINDOW: f32 = 640.0;

/// What stands beside the middle of a narrow window.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Beside {
    #[default]
    Nothing,
    Network,
    Curves,
}

/// What is chosen.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Display {
    /// Size of everything: 0.75 to 3.
    pub scale: f32,
    /// For a projector: larger, with fewer controls, the pointer marked, the teacher's notes shown.
    pub presenter: bool,
    /// Nothing fades or glides.
    pub reduced_motion: bool,
    /// In a narrow window.
    pub beside: Beside,
}

impl Default for Display {
    fn default() -> Self {
        Self {
            scale: 1.0,
            presenter: false,
            reduced_motion: false,
            beside: Beside::Nothing,
        }
    }
}

impl Display {
    /// The same with an impossible size put back.
    #[must_use]
    pub fn repaired(mut self) -> Self {
        let (least, most) = (SCALES[0], SCALES[SCALES.len() - 1]);
        self.scale = if self.scale.is_finite() {
            self.scale.clamp(least, most)
        } else {
            1.0
        };
        self
    }

    /// One size larger.
    #[must_use]
    pub fn larger(mut self) -> Self {
        let next = SCALES.into_iter().find(|scale| *scale > self.scale + 0.01);
        self.scale = next.unwrap_or(self.scale);
        self
    }

    /// One size smaller.
    #[must_use]
    pub fn smaller(mut self) -> Self {
        let mut smaller = SCALES.into_iter().rev();
        let next = smaller.find(|scale| *scale < self.scale - 0.01);
        self.scale = next.unwrap_or(self.scale);
        self
    }

    /// Whether there is room for the network beside the middle.
    pub fn shows_network(self, ctx: &egui::Context) -> bool {
        !self.presenter && (!is_narrow(ctx) || self.beside == Beside::Network)
    }

    /// Whether there is room for the curves beside the middle.
    pub fn shows_curves(self, ctx: &egui::Context) -> bool {
        if is_narrow(ctx) {
            return !self.presenter && self.beside == Beside::Curves;
        }
        !self.presenter || ctx.content_rect().width() >= ROOM_FOR_CURVES
    }

    /// Whether there is room for buttons that are seldom pressed.
    pub fn shows_all_buttons(self, ctx: &egui::Context) -> bool {
        !self.presenter && ctx.content_rect().width() >= ROOM_FOR_ALL_BUTTONS
    }

    /// Whether the views are chosen from a menu in the top bar, as there is no room for tabs.
    pub fn folds_tabs(self, ctx: &egui::Context) -> bool {
        is_narrow(ctx) || self.needs_height(ctx)
    }

    /// Whether everything that is not looked at from afar gives way to the presenter's pictures.
    pub fn needs_height(self, ctx: &egui::Context) -> bool {
        self.presenter && ctx.content_rect().height() < LOW_WINDOW
    }

    /// Whether the strip of test images gives way to what is above it, in a middle of this height:
    /// where that needs the room, and where it is to be seen from afar.
    pub fn hides_strip(self, height: f32, is_crowded: bool) -> bool {
        height < LOWEST_MIDDLE || (self.presenter || is_crowded) && height < LOW_MIDDLE
    }

    /// Makes egui show it so. `is_dear`: a frame costs too much for one to be drawn for every step of a fade.
    pub fn apply(self, ctx: &egui::Context, is_dear: bool) {
        // egui's own keys go from 0.2 to 5, where nothing can be read or found.
        ctx.options_mut(|options| options.zoom_with_keyboard = false);
        let presenter = if self.presenter { PRESENTER } else { 1.0 };
        ctx.set_zoom_factor(self.scale * presenter);
        let animation_secs = if self.reduced_motion || is_dear {
            0.0
        } else {
            egui::Style::default().animation_time
        };
        let scrolling = if self.reduced_motion {
            ScrollAnimation::none()
        } else {
            ScrollAnimation::default()
        };
        ctx.all_styles_mut(|style| {
            style.animation_time = animation_secs;
            style.scroll_animation = scrolling;
        });
    }
}

/// Whether the window has no room for panels at both sides.
pub fn is_narrow(ctx: &egui::Context) -> bool {
    ctx.content_rect().width() < NARROW_WINDOW
}

/// The menu of the top bar.
pub fn menu(ui: &mut egui::Ui, state: &State, sheet: &mut KeysSheet, actions: &mut Vec<Action>) {
    let text = &state.text().display;
    let button = ui
        .button(format!("{} ▼", text.display))
        .on_hover_text(text.display_hint);
    theme::name(&button, text.display);
    Popup::menu(&button)
        .close_behavior(PopupCloseBehavior::CloseOnClickOutside)
        .show(|ui| {
            ui.set_width(270.0);
            content(ui, state, sheet, actions);
        });
}

fn content(ui: &mut egui::Ui, state: &State, sheet: &mut KeysSheet, actions: &mut Vec<Action>) {
    let text = state.text();
    let mut display = state.preferences.display;
    if is_narrow(ui.ctx()) {
        ui.horizontal(|ui| theme_and_language(ui, state, actions));
    }
    ui.horizontal(|ui| {
        ui.label(text.display.scale);
        let smaller = ui.button("−").on_hover_text(text.display.smaller);
        theme::name(&smaller, text.display.smaller);
        if smaller.clicked() {
            display = display.smaller();
        }
        ui.label(text.percent(f64::from(display.scale), 0));
        let larger = ui.button("+").on_hover_text(text.display.larger);
        theme::name(&larger, text.display.larger);
        if larger.clicked() {
            display = display.larger();
        }
    });
    ui.checkbox(&mut display.presenter, text.display.presenter)
        .on_hover_text(text.display.presenter_hint);
    ui.checkbox(&mut display.reduced_motion, text.display.reduced_motion)
        .on_hover_text(text.display.reduced_motion_hint);
    if display != state.preferences.display {
        actions.push(Action::SetDisplay(display));
    }
    let mut is_shown = state.performance.is_shown;
    let performance = ui
        .checkbox(&mut is_shown, text.performance.title)
        .on_hover_text(text.performance.title_hint);
    if performance.changed() {
        actions.push(Action::ShowPerformance(is_shown));
    }
    let mut projects = state.projects;
    let second = ui
        .checkbox(&mut projects, text.display.second_window)
        .on_hover_text(text.display.second_window_hint);
    if second.changed() {
        actions.push(Action::SetProjects(projects));
    }
    let full_screen = ui
        .button(text.display.full_screen)
        .on_hover_text(text.display.full_screen_hint);
    if full_screen.clicked() {
        toggle_full_screen(ui.ctx());
        ui.close();
    }
    let keys = ui
        .button(text.keys.title)
        .on_hover_text(text.display.keys_hint);
    if keys.clicked() {
        sheet.is_open = true;
        ui.close();
    }
}

/// Dark or light, and the language.
pub fn theme_and_language(ui: &mut egui::Ui, state: &State, actions: &mut Vec<Action>) {
    let text = state.text();
    let dark = state.preferences.dark;
    let (label, hint) = if dark {
        (text.window.light, text.window.light_theme)
    } else {
        (text.window.dark, text.window.dark_theme)
    };
    let theme_button = ui.button(label).on_hover_text(hint);
    if theme_button.clicked() {
        actions.push(Action::SetDark(!dark));
    }
    for language in [Language::En, Language::Es] {
        let chosen = language == state.preferences.language;
        let button = ui
            .selectable_label(chosen, language.code().to_uppercase())
            .on_hover_text(language.name());
        if button.clicked() {
            actions.push(Action::SetLanguage(language));
        }
    }
}

/// In a narrow window: which panel stands beside the middle.
pub fn beside(ui: &mut egui::Ui, state: &State, actions: &mut Vec<Action>) {
    let text = state.text();
    let display = state.preferences.display;
    for (beside, name) in [
        (Beside::Network, text.network.network),
        (Beside::Curves, text.display.curves),
    ] {
        let is_shown = display.beside == beside;
        let button = ui
            .selectable_label(is_shown, name)
            .on_hover_text(text.display.beside_hint);
        if button.clicked() {
            let beside = if is_shown { Beside::Nothing } else { beside };
            actions.push(Action::SetDisplay(Display { beside, ..display }));
        }
    }
}

/// The keys of the whole window that belong here; what is drawn over everything else.
pub fn over_everything(
    ui: &egui::Ui,
    state: &State,
    sheet: &mut KeysSheet,
    actions: &mut Vec<Action>,
) {
    let display = state.preferences.display;
    let mut wanted = display;
    {
        use gui_zoom::kb_shortcuts::{ZOOM_IN, ZOOM_IN_SECONDARY, ZOOM_OUT, ZOOM_RESET};
        let pressed = |shortcut| ui.input_mut(|input| input.consume_shortcut(shortcut));
        if pressed(&ZOOM_RESET) {
            wanted.scale = 1.0;
        }
        if pressed(&ZOOM_IN) || pressed(&ZOOM_IN_SECONDARY) {
            wanted = wanted.larger();
        }
        if pressed(&ZOOM_OUT) {
            wanted = wanted.smaller();
        }
    }
    let pressed = |key| ui.input_mut(|input| input.consume_key(Modifiers::NONE, key));
    if pressed(Key::F5) {
        wanted.presenter = !wanted.presenter;
    }
    if pressed(Key::F6) {
        actions.push(Action::SetProjects(!state.projects));
    }
    if pressed(Key::F11) {
        toggle_full_screen(ui.ctx());
    }
    if wanted != display {
        actions.push(Action::SetDisplay(wanted));
    }
    sheet.show(ui, state);
    if display.presenter {
        pointer::emphasize(ui.ctx());
    }
}

fn toggle_full_screen(ctx: &egui::Context) {
    let is_full = ctx.input(|input| input.viewport().fullscreen.unwrap_or(false));
    ctx.send_viewport_cmd(ViewportCommand::Fullscreen(!is_full));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_step_within_bounds() {
        let mut display = Display::default();
        for _ in 0..20 {
            display = display.larger();
        }
        assert!((display.scale - 3.0).abs() < 1e-6);
        for _ in 0..20 {
            display = display.smaller();
        }
        assert!((display.scale - 0.75).abs() < 1e-6);
        display.scale = f32::NAN;
        assert!((display.repaired().scale - 1.0).abs() < 1e-6);
        display.scale = 40.0;
        assert!((display.repaired().scale - 3.0).abs() < 1e-6);
    }

    #[test]
    fn with_reduced_motion_nothing_fades_or_glides() {
        let ctx = egui::Context::default();
        let moves = |reduced_motion| {
            let display = Display {
                reduced_motion,
                ..Display::default()
            };
            display.apply(&ctx, false);
            let style = ctx.global_style();
            let glides = style.scroll_animation.duration.max > 0.0;
            (style.animation_time > 0.0, glides)
        };
        assert_eq!(moves(false), (true, true));
        assert_eq!(moves(true), (false, false));
    }
}
