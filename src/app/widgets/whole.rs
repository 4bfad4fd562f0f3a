//! Words below what a class looks at.

use eframe::egui::{self, RichText, TextStyle, TextWrapMode, WidgetText};

use crate::app::model::state::State;
use crate::app::widgets::stage;

/// They are seen whole or not at all, as nobody there can scroll.
pub fn for_class(ui: &mut egui::Ui, state: &State, words: RichText) {
    let ctx = ui.ctx();
    let is_for_class = state.preferences.display.needs_height(ctx) || stage::is_for_room(ctx);
    let width = ui.available_width();
    let words = WidgetText::from(words);
    let words = words.into_galley(ui, Some(TextWrapMode::Wrap), width, TextStyle::Body);
    let is_cut = ui.cursor().min.y + words.size().y > ui.clip_rect().bottom();
    stage::visible_if(ui, !(is_for_class && is_cut), |ui| {
        ui.label(words);
    });
}
