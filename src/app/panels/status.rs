//! The status line above every view: whose figures these are, the way back to the current run, and the messages.

use crate::app::model::action::{Action, RunAction};
use crate::app::model::state::State;
use crate::app::model::view::View;
use crate::app::model::weights_of::WeightsOf;
use crate::app::model::whose::Shown;
use crate::app::panels::notices;
use crate::app::widgets::layout::fitting;
use crate::app::widgets::stage::for_teacher;
use crate::app::widgets::theme;
use convlens_core::lessons::HandKernel;
use eframe::egui::{self, Label, RichText, Role, TextStyle, WidgetInfo};

/// Height of the line, whatever stands in it: nothing below it moves.
const HEIGHT: f32 = 26.0;

/// The line, and the view below in what room is left. Figures of others than those asked for are faint.
pub fn show(ui: &mut egui::Ui, state: &State, shown: Option<Shown>, actions: &mut Vec<Action>) {
    let is_lent = matches!(state.preferences.by_hand.kernel, HandKernel::Filter(_));
    let has_network = is_lent || state.preferences.view != View::ByHand;
    let shown = shown.unwrap_or_else(|| Shown {
        is_old: has_network && state.is_anothers(&state.whose),
        whose: state.whose.clone(),
    });
    let line = has_network.then(|| state.status_ways(&shown));
    let row = egui::Sides::new().height(HEIGHT).shrink_left().truncate();
    row.show(
        ui,
        |ui| {
            if let Some(ways) = line.clone() {
                words(ui, state, &shown, ways);
            } else {
                // A kernel that is no network's, on a picture.
                let words = RichText::new(state.text().status.no_network).small();
                ui.add(Label::new(words).truncate());
            }
        },
        |ui| {
            for_teacher(ui, |ui| {
                notices::list(ui, state, actions);
                let shortest = line.as_ref().and_then(|ways| ways.last());
                back(ui, state, shortest.map_or("", |line| line), actions);
            });
        },
    );
    if shown.is_old {
        ui.multiply_opacity(0.4);
    }
}

fn words(ui: &mut egui::Ui, state: &State, shown: &Shown, ways: [String; 4]) {
    let text = state.text();
    let whole = ways[0].clone();
    let words = fitting(ui, &TextStyle::Small, ways.into(), ui.available_width());
    let is_whole = words == whole;
    let is_read = whole.clone();
    let line = ui.add(Label::new(RichText::new(words).small()).truncate());
    // All of it for who hears it.
    line.widget_info(|| WidgetInfo::labeled(Role::Label, true, &is_read));
    let line = if is_whole {
        line
    } else {
        line.on_hover_text(whole)
    };
    if !state.tells_its_classes(&shown.whose) {
        line.on_hover_text(text.status.other_classes_hint);
    } else if state.is_of_other_data(&shown.whose.owner) {
        line.on_hover_text(text.status.other_data_hint);
    }
}

/// The way back, where others' weights are looked at than the current run's: a sign where whose these are, `line`, needs the room.
fn back(ui: &mut egui::Ui, state: &State, line: &str, actions: &mut Vec<Action>) {
    let text = state.text();
    let is_elsewhere = match state.runs.weights_of {
        WeightsOf::Live => false,
        // With nothing trained yet, these are the only ones.
        WeightsOf::BuiltIn => state.run.is_some(),
        WeightsOf::Kept { .. } | WeightsOf::File => true,
    };
    let back = if state.run.is_some() {
        text.timeline.back_to_live
    } else {
        text.timeline.back_to_built_in
    };
    if !is_elsewhere {
        return;
    }
    let needed = theme::width(ui, &TextStyle::Small, line)
        + theme::button_width(ui, back)
        + 2.0 * ui.spacing().item_spacing.x;
    let is_narrow = ui.available_width() < needed;
    let mut button = ui.small_button(if is_narrow { "↩" } else { back });
    if is_narrow {
        theme::name(&button, back);
        button = button.on_hover_text(back);
    }
    if button.clicked() {
        actions.push(Action::Runs(RunAction::BackToLive));
    }
}
