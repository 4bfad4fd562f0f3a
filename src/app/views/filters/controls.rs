//! What stands above the filters: layer, convolution number, the scale of the colours, and whether
//! any filter is off.

use crate::app::model::action::Action;
use crate::app::model::state::State;
use crate::app::model::test_set::{Kind, QuestionStatus};
use crate::app::views::filters::Shown;
use crate::app::widgets;
use crate::app::widgets::keys::{self, Command};
use crate::text::Text;
use convlens_core::explore::Target;
use convlens_core::render::ValueRange;
use eframe::egui::{
    self, Align2, ComboBox, Rect, RichText, Role, Sense, TextStyle, WidgetInfo, pos2, vec2,
};

/// Most convolutions that stand side by side, a button each.
const MOST_BUTTONS: usize = 4;

/// Height of the second row, whatever stands in it.
const ROW: f32 = 24.0;

/// Length of the colour scale.
const SCALE: f32 = 120.0;

pub fn show(
    ui: &mut egui::Ui,
    state: &State,
    shown: &Shown<'_>,
    (all_slices, own_scale): (&mut bool, &mut Option<bool>),
    actions: &mut Vec<Action>,
) {
    let text = state.text();
    widgets::stage::for_room(ui, |ui| {
        scale(ui, text, shown.range(shown.filter), shown.common.is_none());
    });
    widgets::stage::for_teacher(ui, |ui| {
        rows(ui, state, shown, (all_slices, own_scale), actions);
    });
    widgets::convolution_number::shortcuts(ui, state, shown.kernels.filters, actions);
    if !shown.are_templates && keys::pressed(ui.ctx(), Command::ToggleFilter) {
        let mut ablation = state.test_set.ablation.clone();
        let is_off = ablation.contains(shown.layer, shown.filter);
        ablation.set(shown.layer, shown.filter, !is_off);
        actions.push(Action::SetAblation(ablation));
    }
}

/// The controls, and how far what is computed has got.
fn rows(
    ui: &mut egui::Ui,
    state: &State,
    shown: &Shown<'_>,
    (all_slices, own_scale): (&mut bool, &mut Option<bool>),
    actions: &mut Vec<Action>,
) {
    let text = state.text();
    let mut settings = state.preferences.maps.clone();
    ui.horizontal_wrapped(|ui| {
        layers(ui, state, shown, actions);
        ui.separator();
        widgets::convolution_number::show(ui, text, &mut settings, shown.kernels.filters);
        ui.separator();
        scale(ui, text, shown.range(shown.filter), shown.common.is_none());
    });
    let kind = watched(state, shown.layer);
    let is_settled = matches!(state.test_set.status_of(kind), QuestionStatus::Settled);
    let mut asked = Vec::new();
    let left = |ui: &mut egui::Ui| {
        if shown.kernels.channels > 1 {
            ui.checkbox(all_slices, text.filters.all_slices)
                .on_hover_text(text.filters.all_slices_hint);
        }
        let mut own = shown.common.is_none();
        let each = ui.checkbox(&mut own, text.filters.own_scale);
        if each.on_hover_text(text.filters.own_scale_hint).changed() {
            *own_scale = Some(own);
        }
        if !shown.are_templates {
            let mut all = state.filters.shows_preferred;
            let known = (0..shown.kernels.filters).filter(|filter| {
                let target = Target {
                    layer: shown.layer,
                    channel: *filter,
                };
                state.preferred_beside(shown.whose, target).is_some()
            });
            let name = if all {
                text.preferred_of_all(known.count(), shown.kernels.filters)
            } else {
                text.filters.preferred_of_all.to_owned()
            };
            let sheet = ui.checkbox(&mut all, name);
            if sheet
                .on_hover_text(text.filters.preferred_of_all_hint)
                .changed()
            {
                asked.push(Action::ShowPreferred(all));
            }
        }
        let off = &state.test_set.ablation;
        if !off.is_empty() {
            let notice = format!("{} {}", text.filters_off(off.len()), text.filters.only_here);
            ui.label(RichText::new(notice).color(widgets::theme::warning(ui)));
        }
        if is_settled {
            // Settled, it asks for nothing.
            widgets::test_set_bar::show(ui, state, kind, &mut Vec::new());
        }
    };
    // Words give way to the bar. Boxes do not: what is too wide is cut, lest the row widen the view while the bar is there.
    let right = |ui: &mut egui::Ui| widgets::test_set_bar::brief(ui, state, kind, actions);
    let room = vec2(ui.available_width(), ROW.max(ui.spacing().interact_size.y));
    let (rect, _) = ui.allocate_exact_size(room, Sense::hover());
    let mut row = ui.new_child(egui::UiBuilder::new().max_rect(rect));
    row.shrink_clip_rect(rect.expand(2.0));
    egui::Sides::new()
        .height(rect.height())
        .shrink_left()
        .truncate()
        .show(&mut row, left, right);
    actions.append(&mut asked);
    if settings != state.preferences.maps {
        actions.push(Action::SetMaps(settings));
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
fn scale(ui: &mut egui::Ui, text: &Text, range: ValueRange, is_own: bool) {
    let size = vec2(SCALE, 26.0);
    let (rect, response) = ui.allocate_exact_size(size, Sense::hover());
    let painter = ui.painter();
    let bar = Rect::from_min_size(rect.min, vec2(SCALE, 9.0));
    let colormap = widgets::theme::diverging(ui);
    for step in 0..SCALE as usize {
        let [r, g, b] = colormap.at(step as f32 / (SCALE - 1.0));
        let left = pos2(bar.min.x + step as f32, bar.min.y);
        // Broader than its place: no gaps between them at any size of the window.
        let stripe = Rect::from_min_size(left, vec2(2.0, bar.height())).intersect(bar);
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
    response.on_hover_text(if is_own {
        text.filters.own_legend_hint
    } else {
        text.filters.legend_hint
    });
}

/// Which convolution.
fn layers(ui: &mut egui::Ui, state: &State, shown: &Shown<'_>, actions: &mut Vec<Action>) {
    let text = state.text();
    let layers = state.snapshot.model.layers().iter().enumerate();
    let convolutions = layers.filter(|(_, layer)| layer.kind.is_conv());
    let label = ui.label(text.maps.layer);
    let mut asked = None;
    if convolutions.clone().count() <= MOST_BUTTONS {
        for (index, layer) in convolutions {
            let chosen = index == shown.layer;
            let button = widgets::theme::choice(ui, chosen, &layer.name);
            let words = format!("{} {}", text.maps.layer, layer.name);
            button.widget_info(|| WidgetInfo::selected(Role::Button, true, chosen, &words));
            if button.clicked() && !chosen {
                asked = Some(layer.name.clone());
            }
        }
    } else {
        let name = |index: usize| state.snapshot.model.layers()[index].name.as_str();
        ComboBox::from_id_salt("layer of filters")
            .selected_text(name(shown.layer))
            .width(84.0)
            .height(340.0)
            .show_ui(ui, |ui| {
                for (index, layer) in convolutions {
                    let chosen = index == shown.layer;
                    if ui.selectable_label(chosen, &layer.name).clicked() && !chosen {
                        asked = Some(layer.name.clone());
                    }
                }
            })
            .response
            .labelled_by(label.id);
    }
    actions.extend(asked.map(Action::SetFiltersLayer));
}
