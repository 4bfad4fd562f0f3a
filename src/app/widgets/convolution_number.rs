//! The convolution number, the same in every view.

use crate::app::model::action::Action;
use crate::app::model::state::State;
use crate::app::widgets::keys::{self, Command, Way};
use crate::text::Text;
use convlens_core::figures::MapsSettings;
use eframe::egui::{self, DragValue, Label, RichText, Slider};

/// A slider, a field, and the number in words.
pub fn show(ui: &mut egui::Ui, text: &Text, settings: &mut MapsSettings, channels: usize) {
    let label = ui.label(text.maps.convolution);
    let last = channels.saturating_sub(1);
    let mut number = settings.convolution.min(last);
    ui.spacing_mut().slider_width = 90.0;
    let slider = Slider::new(&mut number, 0..=last).show_value(false);
    let slider = ui.add(slider).labelled_by(label.id);
    let field = DragValue::new(&mut number).range(0..=last).speed(0.2);
    let typed = ui.add(field).labelled_by(label.id);
    if slider.changed() || typed.changed() {
        settings.convolution = number;
    }
    // One piece, which does not break where the row does.
    let words = RichText::new(text.of_channels(channels)).weak();
    ui.add(Label::new(words).extend());
}

/// [ and ] change the convolution number; so do ← and → unless a control has the keys: on a map they move the pin.
pub fn shortcuts(ui: &egui::Ui, state: &State, channels: usize, actions: &mut Vec<Action>) {
    let no_focus = ui.ctx().memory(|memory| memory.focused().is_none());
    let mut steps = keys::steps(
        ui.ctx(),
        Command::PreviousConvolution,
        Command::NextConvolution,
    );
    if no_focus {
        let arrow = Command::ArrowConvolution;
        steps += keys::steps(ui.ctx(), arrow(Way::Left), arrow(Way::Right));
    }
    let mut settings = state.preferences.maps.clone();
    let last = channels.saturating_sub(1);
    let now = settings.convolution.min(last);
    if steps != 0 {
        settings.convolution = now.saturating_add_signed(steps).min(last);
    }
    if settings.convolution != state.preferences.maps.convolution {
        actions.push(Action::SetMaps(settings));
    }
}
