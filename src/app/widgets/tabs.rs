//! The views to choose from: a row of tabs, or a menu where there is no room for them.

use eframe::egui;

use super::keys::{self, Command};
use super::theme;
use crate::app::model::action::Action;
use crate::app::model::view::View;
use crate::text::Text;

/// A view by name, in the order of the tabs.
pub struct Tab {
    pub view: View,
    pub name: &'static str,
    /// What it is for.
    pub hint: &'static str,
}

impl Tab {
    /// What it is for, and the key that chooses it.
    fn hint_with_key(&self, place: usize) -> String {
        match keys::shown(Command::View(place)) {
            Some(key) => format!("{} ({key})", self.hint),
            None => self.hint.to_owned(),
        }
    }
}

/// The row of tabs.
pub fn row(ui: &mut egui::Ui, tabs: &[Tab], chosen: View, actions: &mut Vec<Action>) {
    ui.horizontal_wrapped(|ui| {
        // All of them in one row of a window of 1280 points, in the longer language too.
        let spacing = ui.spacing_mut();
        spacing.item_spacing.x = 2.0;
        spacing.button_padding.x = 6.0;
        items(ui, tabs, chosen, true, actions);
    });
    ui.separator();
}

/// A menu of the views, in place of the tabs.
pub fn menu(ui: &mut egui::Ui, text: &Text, tabs: &[Tab], chosen: View, actions: &mut Vec<Action>) {
    let Some(now) = tabs.iter().find(|tab| tab.view == chosen) else {
        return;
    };
    // As wide as the longest name: what stands beside it does not move with the view.
    let widths = tabs.iter().map(|tab| theme::button_width(ui, tab.name));
    let width = widths.fold(96.0, f32::max) + 24.0;
    let menu = egui::ComboBox::from_id_salt("views")
        .selected_text(theme::strong(now.name))
        .width(width)
        .height(400.0)
        .show_ui(ui, |ui| items(ui, tabs, chosen, false, actions));
    let words = format!("{}: {}", text.views.view, now.name);
    theme::name_as(&menu.response, egui::Role::ComboBox, &words);
    menu.response.on_hover_text(now.hint);
}

fn items(ui: &mut egui::Ui, tabs: &[Tab], chosen: View, strong: bool, actions: &mut Vec<Action>) {
    for (place, tab) in tabs.iter().enumerate() {
        let is_chosen = tab.view == chosen;
        let item = if strong {
            theme::choice(ui, is_chosen, theme::strong(tab.name))
        } else {
            ui.selectable_label(is_chosen, tab.name)
        };
        let item = item.on_hover_text(tab.hint_with_key(place));
        if item.clicked() && !is_chosen {
            actions.push(Action::SetView(tab.view));
        }
    }
}
