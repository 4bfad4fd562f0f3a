//! Messages: over a corner of the window, where nothing makes room for them, and in a list to be read again.
//! Toasts of a crate, such as egui-notify, are pictures of words: without answers to be clicked, and silent for
//! screen readers.

use crate::app::model::action::{Action, RunAction};
use crate::app::model::notices::{Notice, Offer, Told};
use crate::app::model::save::Target;
use crate::app::model::state::State;
use crate::app::widgets;
use crate::app::widgets::tab_order::{Region, region};
use crate::text::Text;
use convlens_core::network::import::Scaled;
use eframe::egui::accesskit::Live;
use eframe::egui::containers::menu::MenuButton;
use eframe::egui::{self, Align2, Area, Button, Frame, Id, Label, Order, RichText, ScrollArea};

const WIDTH: f32 = 320.0;

/// Messages for whose number the button has room.
const MANY: usize = 88;

/// From the window's edge.
const GAP: f32 = 10.0;

impl Offer {
    fn label(&self, text: &Text) -> String {
        match self {
            Self::ReplaceFile(..) | Self::ReplaceLesson(_) => text.export.replace.to_owned(),
            Self::OpenAs(_, network, accuracy) => match accuracy {
                Some(accuracy) => format!(
                    "{}: {}",
                    network.label_and_input(),
                    text.percent(*accuracy, 1)
                ),
                None => network.label_and_input(),
            },
            Self::Scale(_, Scaled { scaling, accuracy }) => {
                format!("{}: {}", scaling.name(), text.percent(*accuracy, 1))
            }
            Self::Restore(_) => text.runs.bring_back.to_owned(),
        }
    }

    fn action(&self) -> Action {
        match self {
            Self::ReplaceFile(what, path) => Action::Save(*what, Target::File(path.clone())),
            Self::ReplaceLesson(path) => Action::ReplaceLesson(path.clone()),
            Self::OpenAs(path, network, _) => Action::OpenModelAs(path.clone(), network.clone()),
            Self::Scale(file, scaled) => Action::ScaleOpened(file.clone(), scaled.scaling),
            Self::Restore(runs) => Action::Runs(RunAction::Restore(runs.clone())),
        }
    }
}

/// Those in the corner below the top bar, over the panels; `ui` is what the bar leaves.
pub fn show(ui: &egui::Ui, state: &State, actions: &mut Vec<Action>) {
    if state.notices.in_corner().next().is_none() {
        return;
    }
    if let Some(left) = state.notices.next_expires_in() {
        ui.ctx().request_repaint_after(left);
    }
    let below = ui.available_rect_before_wrap().min.y - ui.ctx().content_rect().min.y;
    let shown = Area::new(Id::unique("messages"))
        .order(Order::Middle)
        .anchor(Align2::RIGHT_TOP, [-GAP, below + GAP])
        .show(ui.ctx(), |ui| {
            region(ui, Region::Notices);
            ui.set_width(WIDTH.min(ui.ctx().content_rect().width() - 2.0 * GAP));
            for told in state.notices.in_corner() {
                let frame = Frame::popup(ui.style()).show(ui, |ui| {
                    ui.push_id(told.number, |ui| toast(ui, state.text(), told, actions));
                });
                let live = if told.notice.is_error {
                    Live::Assertive
                } else {
                    Live::Polite
                };
                let id = frame.response.id;
                ui.ctx()
                    .accesskit_node_builder(id, |node| node.set_live(live));
            }
        });
    let focused = ui.memory(egui::Memory::focused);
    let has_keys = focused.is_some_and(|id| {
        let layer = |widget: &egui::WidgetRect| widget.layer_id == shown.response.layer_id;
        ui.ctx()
            .viewport(|viewport| viewport.this_pass.widgets.get(id).is_some_and(layer))
    });
    if has_keys || shown.response.contains_pointer() {
        actions.push(Action::HoldNotices);
    }
}

fn toast(ui: &mut egui::Ui, text: &Text, told: &Told, actions: &mut Vec<Action>) {
    ui.horizontal_top(|ui| {
        mark(ui, &told.notice);
        let room = ui.available_width() - 30.0;
        ui.vertical(|ui| {
            ui.set_width(room);
            message(ui, &told.notice);
            offers(ui, text, told, actions);
        });
        let close = ui.button("×").on_hover_text(text.window.dismiss);
        widgets::theme::name(&close, text.window.dismiss);
        if close.clicked() {
            actions.push(Action::Dismiss(told.number));
        }
    });
}

/// What it says; what it tells on request is told to whoever points at it.
fn message(ui: &mut egui::Ui, notice: &Notice) {
    let said = ui.add(Label::new(&notice.message).wrap());
    if let Some(details) = &notice.details {
        said.on_hover_text(details);
    }
}

fn mark(ui: &mut egui::Ui, notice: &Notice) {
    let (mark, color) = if notice.is_error {
        ("⚠", widgets::theme::error_color(ui))
    } else if notice.waits() {
        ("?", widgets::theme::accent(ui))
    } else {
        ("✓", widgets::theme::good_color(ui))
    };
    ui.label(RichText::new(mark).color(color));
}

/// What can be answered to a message.
fn offers(ui: &mut egui::Ui, text: &Text, told: &Told, actions: &mut Vec<Action>) {
    if told.notice.offers.is_empty() {
        return;
    }
    ui.horizontal_wrapped(|ui| {
        for offer in &told.notice.offers {
            if ui.button(offer.label(text)).clicked() {
                actions.push(Action::Answered(told.number));
                actions.push(offer.action());
            }
        }
    });
}

/// The button of the list, and the list, newest first.
pub fn list(ui: &mut egui::Ui, state: &State, actions: &mut Vec<Action>) {
    let text = state.text();
    let count = state.notices.all().len();
    // As wide as with many: what stands beside it does not move with each that comes.
    let width = widgets::theme::button_width(ui, &text.messages(MANY));
    let button = Button::new(text.messages(count)).small();
    let button = button.min_size(egui::vec2(width, 0.0));
    let (button, _) = MenuButton::from_button(button).ui(ui, |ui| {
        ui.set_width(WIDTH);
        if count == 0 {
            ui.label(text.status.no_messages);
            return;
        }
        if ui.button(text.status.forget).clicked() {
            actions.push(Action::ForgetNotices);
            ui.close();
        }
        ScrollArea::vertical().max_height(360.0).show(ui, |ui| {
            for told in state.notices.all().rev() {
                ui.separator();
                ui.horizontal_top(|ui| {
                    mark(ui, &told.notice);
                    ui.vertical(|ui| {
                        message(ui, &told.notice);
                        ui.push_id(told.number, |ui| offers(ui, text, told, actions));
                    });
                });
            }
        });
    });
    button.on_hover_text(text.status.messages_hint);
}
