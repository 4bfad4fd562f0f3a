//! The pictures that the selected filter answers to most, found by gradient ascent, and what they reach.

use crate::app::model::action::Action;
use crate::app::model::filters::PreferredFrom;
use crate::app::model::state::State;
use crate::app::model::test_set::{Kind, QuestionStatus};
use crate::app::views::filters::{Shown, block_title};
use crate::app::widgets;
use crate::app::widgets::thumb::Thumbs;
use convlens_core::explore::{PreferredInput, Target};
use eframe::egui::{
    self, Align2, ComboBox, Id, Label, ProgressBar, RichText, Role, Sense, StrokeKind, TextStyle,
    WidgetInfo, vec2,
};

/// Side of a picture: two stand in a block.
const SIDE: f32 = 86.0;

/// Height of the row that says what they reach or how far the search is.
const ROW: f32 = 32.0;

pub fn show(
    ui: &mut egui::Ui,
    state: &State,
    shown: &Shown<'_>,
    thumbs: &mut Thumbs,
    actions: &mut Vec<Action>,
) {
    let words = &state.text().filters;
    block_title(ui, words.preferred, Some(words.preferred_hint));
    widgets::stage::for_teacher(ui, |ui| from(ui, state, actions));
    let target = Target {
        layer: shown.layer,
        channel: shown.filter,
    };
    let found = state.preferred_beside(shown.whose, target);
    let neuron = found.map(|found| &found.neuron);
    let channel = found.map(|found| &found.channel);
    ui.horizontal(|ui| {
        for (input, name, hint) in [
            (neuron, words.at_one_place, words.at_one_place_hint),
            (channel, words.over_the_map, words.over_the_map_hint),
        ] {
            ui.vertical(|ui| {
                ui.set_width(SIDE);
                ui.spacing_mut().item_spacing.y = 1.0;
                picture(ui, state, shown, (input, name, hint), thumbs);
                ui.label(RichText::new(name).small().weak())
                    .on_hover_text(hint);
            });
        }
    });
    let width = ui.available_width();
    ui.allocate_ui(vec2(width, ROW), |ui| {
        ui.set_min_size(vec2(width, ROW));
        standing(ui, state, shown, neuron, actions);
    });
    let note = RichText::new(words.preferred_note).small().weak();
    ui.add(Label::new(note).wrap());
}

/// Where the search begins.
fn from(ui: &mut egui::Ui, state: &State, actions: &mut Vec<Action>) {
    let text = state.text();
    let words = &text.filters;
    let image = state.image_at_hand();
    let name = |from: PreferredFrom| match from {
        PreferredFrom::Grey => words.from_grey.to_owned(),
        PreferredFrom::Noise => words.from_noise.to_owned(),
        PreferredFrom::Image(image) => text.image_number(image),
    };
    let before = state.filters.preferred_from;
    let mut chosen = before;
    ui.horizontal(|ui| {
        let label = ui.label(RichText::new(words.begins_from).small());
        ComboBox::from_id_salt("start of preferred inputs")
            .selected_text(RichText::new(name(before)).small())
            .width(70.0)
            .show_ui(ui, |ui| {
                let mut starts = vec![PreferredFrom::Grey, PreferredFrom::Noise];
                starts.push(PreferredFrom::Image(image));
                for start in starts {
                    ui.selectable_value(&mut chosen, start, name(start));
                }
            })
            .response
            .labelled_by(label.id);
    });
    if chosen != before {
        actions.push(Action::SetPreferredFrom(chosen));
    }
}

/// One of them, or a plain place while there is none.
fn picture(
    ui: &mut egui::Ui,
    state: &State,
    shown: &Shown<'_>,
    (input, name, hint): (Option<&PreferredInput>, &'static str, &str),
    thumbs: &mut Thumbs,
) {
    let text = state.text();
    let (rect, response) = ui.allocate_exact_size(vec2(SIDE, SIDE), Sense::hover());
    let filter = text.filter_name(&shown.kernels.name, shown.filter, false, false);
    let whole = format!("{}: {filter}, {name}", text.filters.preferred);
    response.widget_info(|| WidgetInfo::labeled(Role::Image, true, &whole));
    // A picture may be as white as the ground.
    let line = ui.visuals().widgets.noninteractive.bg_stroke;
    match input {
        Some(input) if !input.is_dead => {
            let size = input.picture.size();
            let of = (shown.whose.version, input.target, name);
            let place = Id::unique(("preferred input", name));
            let painted = thumbs.paint(ui, rect, place, of, size, || input.picture.clone());
            ui.painter()
                .rect_stroke(painted, 0.0, line, StrokeKind::Inside);
        }
        _ => {
            let painter = ui.painter();
            painter.rect_stroke(rect, 0.0, line, StrokeKind::Inside);
            if input.is_some() {
                let font = TextStyle::Small.resolve(ui.style());
                let ink = widgets::theme::error_color(ui);
                let word = text.filters.dead;
                painter.text(rect.center(), Align2::CENTER_CENTER, word, font, ink);
            }
        }
    }
    response.on_hover_text(hint);
}

/// What the picture of one place reaches beside the strongest test image, or how far the search is.
fn standing(
    ui: &mut egui::Ui,
    state: &State,
    shown: &Shown<'_>,
    found: Option<&PreferredInput>,
    actions: &mut Vec<Action>,
) {
    let text = state.text();
    let target = Target {
        layer: shown.layer,
        channel: shown.filter,
    };
    let kind = Kind::Preferred(target);
    match state.test_set.status_of(kind) {
        QuestionStatus::Settled => {
            let Some(found) = found else { return };
            let known = state.excitations_beside(shown.whose, shown.layer);
            let strongest = known.and_then(|known| known.filters.get(shown.filter));
            let mut words = if found.is_dead {
                text.filters.preferred_dead.to_owned()
            } else {
                text.preferred_reaches(found.reached.largest, strongest.map(|s| s.maximum))
            };
            let slot = state.test_set.preferred.get(&target);
            if let Some(moment) = slot.and_then(|slot| state.other_moment(slot, shown.whose)) {
                words = format!("{words} ({moment})");
            }
            ui.add(Label::new(RichText::new(words).small()).wrap());
        }
        QuestionStatus::UnderWay(share) => {
            ui.horizontal(|ui| {
                let bar = ui.add(
                    ProgressBar::new(share)
                        .desired_width(60.0)
                        .desired_height(8.0),
                );
                let words = text.filters.preferred_search;
                widgets::theme::name_as(&bar, Role::ProgressIndicator, words);
                bar.on_hover_text(words);
                widgets::test_set_bar::cancel(ui, state, kind, text.test_set.cancel, actions);
            });
        }
        QuestionStatus::GivenUp => {
            let again = ui.small_button(text.test_set.compute);
            if again.on_hover_text(text.test_set.given_up).clicked() {
                actions.push(Action::ResumeTestSet(kind));
            }
        }
    }
}
