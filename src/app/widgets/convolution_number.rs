//! The convolution number, the same in every view.

use crate::app::model::action::Action;
use crate::app::model::state::State;
use crate::app::widgets::keys::{self, Command, Way};
use crate::app::widgets::{layout, theme};
use crate::text::Text;
use convlens_core::figures::MapsSettings;
use eframe::egui::{self, DragValue, Label, RichText, Slider, TextStyle};

/// Length of the slider, in points.
const SLIDER: f32 = 90.0;

/// A slider, a field, and the number in words.
pub fn show(ui: &mut egui::Ui, text: &Text, settings: &mut MapsSettings, channels: usize) {
    let last = channels.saturating_sub(1);
    let of = text.of_channels(channels);
    // They go to the next row of a narrow view together.
    let field = ui.spacing().interact_size.x;
    let gaps = 2.0 * ui.spacing().item_spacing.x;
    let room = SLIDER + field + theme::width(ui, &TextStyle::Body, &of) + gaps;
    let label = layout::label_before(ui, text.maps.convolution, room);
    let mut number = settings.convolution.min(last);
    ui.spacing_mut().slider_width = SLIDER;
    let slider = Slider::new(&mut number, 0..=last).show_value(false);
    let slider = ui.add(slider).labelled_by(label.id);
    let field = DragValue::new(&mut number).range(0..=last).speed(0.2);
    let typed = ui.add(field).labelled_by(label.id);
    if slider.changed() || typed.changed() {
        settings.convolution = number;
    }
    // One piece, which does not break where the row does.
    ui.add(Label::new(RichText::new(of).weak()).extend());
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
