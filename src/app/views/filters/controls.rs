//! What stands above the filters: layer, convolution number, the scale of the colours, and whether
//! any filter is off.

use crate::app::model::action::Action;
use crate::app::model::state::State;
use crate::app::model::test_set::{Kind, QuestionStatus};
use crate::app::views::filters::Shown;
use crate::app::widgets;
use crate::app::widgets::keys::{self, Command};
use crate::text::Text;
use convlens_core::explore::Ablation;
use convlens_core::network::LayerKind;
use convlens_core::render::{Colormap, ValueRange};
use eframe::egui::{self, Align2, Rect, RichText, Role, Sense, TextStyle, WidgetInfo, pos2, vec2};

/// Length of the colour scale.
const SCALE: f32 = 120.0;

pub fn show(ui: &mut egui::Ui, state: &State, shown: &Shown<'_>, actions: &mut Vec<Action>) {
    let text = state.text();
    let mut settings = state.preferences.maps.clone();
    ui.horizontal_wrapped(|ui| {
        ui.label(text.maps.layer);
        for (index, layer) in state.snapshot.model.layers().iter().enumerate() {
            let is_conv = matches!(layer.kind, LayerKind::Conv { .. });
            if !is_conv {
                continue;
            }
            let chosen = index == shown.layer;
            let button = ui.selectable_label(chosen, &layer.name);
            let words = format!("{} {}", text.maps.layer, layer.name);
            button.widget_info(|| WidgetInfo::selected(Role::Button, true, chosen, &words));
            if button.clicked() && !chosen {
                actions.push(Action::SetFiltersLayer(layer.name.clone()));
            }
        }
        ui.separator();
        widgets::convolution_number::show(ui, text, &mut settings, shown.kernels.filters);
        ui.separator();
        scale(ui, text, shown.range);
    });
    ui.horizontal(|ui| {
        let off = &state.test_set.ablation;
        if !off.is_empty() {
            let notice = format!("{} {}", text.filters_off(off.len()), text.filters.only_here);
            ui.label(RichText::new(notice).color(widgets::theme::accent(ui)));
            if ui.button(text.filters.all_on).clicked() {
                actions.push(Action::SetAblation(Ablation::default()));
            }
        }
        widgets::test_set_bar::show(ui, state, watched(state, shown.layer), actions);
    });
    if settings != state.preferences.maps {
        actions.push(Action::SetMaps(settings));
    }
    widgets::convolution_number::shortcuts(ui, state, shown.kernels.filters, actions);
    if !shown.are_templates && keys::pressed(ui.ctx(), Command::ToggleFilter) {
        let mut ablation = state.test_set.ablation.clone();
        let is_off = ablation.contains(shown.layer, shown.filter);
        ablation.set(shown.layer, shown.filter, !is_off);
        actions.push(Action::SetAblation(ablation));
    }
}

/// The question whose progress is shown: the one that is not answered.
fn watched(state: &State, layer: usize) -> Kind {
    let kinds = [Kind::Ablated, Kind::Excitations(layer), Kind::Predictions];
    let open = |kind: &Kind| match state.test_set.status_of(*kind) {
        QuestionStatus::UnderWay(_) => true,
        QuestionStatus::GivenUp => *kind != Kind::Ablated || !state.test_set.ablation.is_empty(),
        QuestionStatus::Settled => false,
    };
    kinds.into_iter().find(open).unwrap_or(Kind::Predictions)
}

/// The colours of the weights with the values at their ends and middle.
fn scale(ui: &mut egui::Ui, text: &Text, range: ValueRange) {
    let size = vec2(SCALE, 26.0);
    let (rect, response) = ui.allocate_exact_size(size, Sense::hover());
    let painter = ui.painter();
    let bar = Rect::from_min_size(rect.min, vec2(SCALE, 9.0));
    for step in 0..SCALE as usize {
        let [r, g, b] = Colormap::Diverging.at(step as f32 / (SCALE - 1.0));
        let left = pos2(bar.min.x + step as f32, bar.min.y);
        let stripe = Rect::from_min_size(left, vec2(1.0, bar.height()));
        painter.rect_filled(stripe, 0.0, egui::Color32::from_rgb(r, g, b));
    }
    let font = TextStyle::Small.resolve(ui.style());
    let ink = ui.visuals().weak_text_color();
    for (x, align, value) in [
        (bar.min.x, Align2::LEFT_TOP, range.min),
        (bar.center().x, Align2::CENTER_TOP, 0.0),
        (bar.max.x, Align2::RIGHT_TOP, range.max),
    ] {
        let at = pos2(x, bar.max.y + 2.0);
        painter.text(at, align, text.value(value), font.clone(), ink);
    }
    response.on_hover_text(text.filters.legend_hint);
}
