//! The views to choose from: in a few groups by what one does, or a menu where there is no room for tabs.

use eframe::egui;

use super::keys::{self, Command};
use super::theme;
use crate::app::model::action::Action;
use crate::app::model::state::State;
use crate::app::model::view::{View, ViewGroup};
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
    fn hint_with_key(&self) -> String {
        match keys::shown(Command::View(self.view)) {
            Some(key) => format!("{} ({key})", self.hint),
            None => self.hint.to_owned(),
        }
    }
}

/// The groups, which stay where they are, and the views of the one that is chosen.
pub fn row(ui: &mut egui::Ui, state: &State, tabs: &[Tab], actions: &mut Vec<Action>) {
    let (text, chosen) = (state.text(), state.preferences.view);
    ui.horizontal_wrapped(|ui| {
        // All of them in one row of a window of 1280 points, in the longer language too.
        let spacing = ui.spacing_mut();
        spacing.item_spacing.x = 2.0;
        spacing.button_padding.x = 6.0;
        for group in ViewGroup::ALL {
            let (name, hint) = words(text, group);
            let is_chosen = group == chosen.group();
            let item = ui.selectable_label(is_chosen, name).on_hover_text(hint);
            if item.clicked() && !is_chosen {
                let last = state.preferences.last_views.get(&group).copied();
                actions.push(Action::SetView(last.unwrap_or(group.first())));
            }
        }
        ui.separator();
        let of_group = tabs.iter().filter(|tab| tab.view.group() == chosen.group());
        items(ui, of_group, chosen, true, actions);
    });
    ui.separator();
}

fn words(text: &Text, group: ViewGroup) -> (&'static str, &'static str) {
    let words = &text.views;
    match group {
        ViewGroup::Look => (words.look, words.look_hint),
        ViewGroup::Judge => (words.judge, words.judge_hint),
        ViewGroup::Try => (words.try_out, words.try_out_hint),
        ViewGroup::Learning => (words.learning, words.learning_hint),
    }
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
        .show_ui(ui, |ui| {
            for group in ViewGroup::ALL {
                let of_group = tabs.iter().filter(|tab| tab.view.group() == group);
                items(ui, of_group, chosen, false, actions);
                if Some(&group) != ViewGroup::ALL.last() {
                    ui.separator();
                }
            }
        });
    let words = format!("{}: {}", text.views.view, now.name);
    theme::name_as(&menu.response, egui::Role::ComboBox, &words);
    menu.response.on_hover_text(now.hint);
}

fn items<'a>(
    ui: &mut egui::Ui,
    tabs: impl Iterator<Item = &'a Tab>,
    chosen: View,
    strong: bool,
    actions: &mut Vec<Action>,
) {
    for tab in tabs {
        let is_chosen = tab.view == chosen;
        let item = if strong {
            theme::choice(ui, is_chosen, theme::strong(tab.name))
        } else {
            ui.selectable_label(is_chosen, tab.name)
        };
        let item = item.on_hover_text(tab.hint_with_key());
        if item.clicked() && !is_chosen {
            actions.push(Action::SetView(tab.view));
        }
    }
}
