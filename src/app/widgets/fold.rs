//! Panels that are put away: the button that does it, and the edge that is left to bring one back.

use eframe::egui::{
    self, Align2, Button, Layout, Rect, Response, Sense, TextStyle, UiBuilder, WidgetInfo, vec2,
};

use super::keys::{Command, shown};
use super::layout::is_called;
use super::theme;
use crate::app::model::action::Action;
use crate::app::model::display::Foldable;
use crate::app::model::state::State;
use crate::text::Text;

/// Breadth of the edge that is left of a panel.
const EDGE: f32 = 18.0;

/// A panel's name, and the key that puts it away.
pub fn name(text: &Text, panel: Foldable) -> String {
    let name = match panel {
        Foldable::Network => text.network.network,
        Foldable::Curves => text.display.curves,
        Foldable::History => text.timeline.history,
        Foldable::Images => text.display.images,
    };
    match shown(Command::Fold(panel)) {
        Some(key) => format!("{name} ({key})"),
        None => name.to_owned(),
    }
}

/// What puts a panel away, or brings it back.
pub fn toggle(ctx: &egui::Context, state: &State, panel: Foldable) -> Action {
    let is_called = is_called(state, ctx, panel);
    Action::SetDisplay(state.preferences.display.toggled(panel, is_called))
}

/// The button that puts a panel away, in the margin at the start of its `ui`, or at its end for the one at the left.
pub fn button(ui: &mut egui::Ui, state: &State, panel: Foldable, actions: &mut Vec<Action>) {
    if is_called(state, ui.ctx(), panel) {
        // It has its button in the top bar, and its key.
        return;
    }
    let text = state.text();
    let (symbol, left) = match panel {
        Foldable::Network => ("◀", ui.max_rect().max.x - 1.0),
        Foldable::Curves => ("▶", ui.max_rect().min.x - 12.0),
        Foldable::History | Foldable::Images => ("▼", ui.max_rect().min.x - 12.0),
    };
    let height = ui.spacing().interact_size.y;
    let top = match panel {
        // A bar of one row: in the middle of it, as all else there.
        Foldable::History => ui.max_rect().center().y - height / 2.0,
        Foldable::Network | Foldable::Curves | Foldable::Images => ui.cursor().min.y,
    };
    let rect = Rect::from_min_size(egui::pos2(left, top), vec2(12.0, height));
    let symbol = egui::RichText::new(symbol).size(8.0).weak();
    let layout = Layout::centered_and_justified(egui::Direction::TopDown);
    let builder = UiBuilder::new().max_rect(rect).layout(layout);
    let mut margin = ui.new_child(builder.id_salt("fold"));
    margin.set_clip_rect(ui.clip_rect().expand(12.0));
    margin.spacing_mut().button_padding = egui::Vec2::ZERO;
    let words = format!("{}: {}", text.display.hide, name(text, panel));
    let response = theme::bare_button(&mut margin, Button::new(symbol));
    theme::name(&response, &words);
    if response.on_hover_text(words).clicked() {
        actions.push(toggle(ui.ctx(), state, panel));
    }
}

/// The edge of a panel that is put away, which brings it back.
pub fn edge(ui: &mut egui::Ui, state: &State, panel: Foldable, actions: &mut Vec<Action>) {
    let text = state.text();
    let (id, symbol) = match panel {
        Foldable::Network => ("network edge", "▶"),
        Foldable::Curves => ("curves edge", "◀"),
        Foldable::History => ("history edge", "▲"),
        Foldable::Images => ("images edge", "▲"),
    };
    let is_upright = matches!(panel, Foldable::Network | Foldable::Curves);
    let frame = egui::Frame::new().fill(ui.visuals().faint_bg_color);
    let side = match panel {
        Foldable::Network => egui::Panel::left(id),
        Foldable::Curves => egui::Panel::right(id),
        Foldable::History | Foldable::Images => egui::Panel::bottom(id),
    };
    side.frame(frame)
        .exact_size(EDGE)
        .resizable(false)
        .show(ui, |ui| {
            let (rect, response) = ui.allocate_exact_size(ui.available_size(), Sense::click());
            let words = format!("{}: {}", text.display.show, name(text, panel));
            response.widget_info(|| WidgetInfo::labeled(egui::Role::Button, true, words.clone()));
            paint(
                ui,
                rect,
                &response,
                symbol,
                if is_upright { "" } else { &words },
            );
            if response.on_hover_text(words).clicked() {
                actions.push(toggle(ui.ctx(), state, panel));
            }
        });
}

fn paint(ui: &egui::Ui, rect: Rect, response: &Response, symbol: &str, words: &str) {
    let is_met = response.hovered() || response.has_focus();
    let ink = if is_met {
        ui.visuals().text_color()
    } else {
        ui.visuals().weak_text_color()
    };
    let font = TextStyle::Small.resolve(ui.style());
    let painter = ui.painter();
    if words.is_empty() {
        let at = rect.center_top() + vec2(0.0, 18.0);
        painter.text(at, Align2::CENTER_CENTER, symbol, font, ink);
    } else {
        let at = rect.left_center() + vec2(14.0, 0.0);
        painter.text(
            at,
            Align2::LEFT_CENTER,
            format!("{symbol}  {words}"),
            font,
            ink,
        );
    }
    if response.has_focus() {
        let line = egui::Stroke::new(1.5, theme::accent(ui));
        painter.rect_stroke(rect.shrink(1.0), 2.0, line, egui::StrokeKind::Inside);
    }
}
