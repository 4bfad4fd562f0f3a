//! The lesson's panel: a step at a time, its text, what it shows, its question.

mod exercise;
mod sight;

use crate::app::model::action::{Action, LessonAction};
use crate::app::model::lesson_steps::{lesson, neighbour, route, step};
use crate::app::model::state::State;
use crate::app::widgets::keys::{self, Command, Way};
use crate::app::widgets::layout::shows_lesson;
use crate::app::widgets::markdown::untorn;
use crate::app::widgets::path_menu::path_field;
use crate::app::widgets::tab_order::{Region, region_at_hand};
use crate::app::{panels, widgets};
use crate::text::Text;
use convlens_core::dataset::Classes;
use convlens_core::lessons::{Check, Step, Trend};
use eframe::egui::{
    self, Button, ComboBox, DragValue, Popup, PopupCloseBehavior, RichText, ScrollArea, vec2,
};

/// Below this width the head names the step in figures alone, lest it widen what it heads.
const ROOM_FOR_PLACE: f32 = 192.0;

/// Points by which an arrow scrolls the step.
const SCROLL: f32 = 60.0;

/// Most hands of a choice: of a large hall.
const MOST_HANDS: u32 = 999;

/// The panel; it owns the paths being typed.
#[derive(Default)]
pub struct LessonPanel {
    path: String,
    /// Where the built-in lesson is copied to.
    copy: String,
    /// The step that was shown last: another one opens at its top.
    shown: String,
}

impl LessonPanel {
    pub fn show(&mut self, ui: &mut egui::Ui, state: &State, actions: &mut Vec<Action>) {
        let Some(step) = step(state) else { return };
        let asked = &mut Vec::new();
        head(ui, state, step, asked);
        // A teacher's own lesson may be about them.
        let classes = state.dataset.as_ref().map(|dataset| &dataset.classes);
        let is_other = classes.is_some_and(|classes| *classes != Classes::FashionMnist);
        if is_other && state.lesson.own.is_none() {
            let words = RichText::new(state.text().lesson.other_data).small();
            ui.label(words.color(widgets::theme::accent(ui)));
        }
        ui.separator();
        let mut area = ScrollArea::vertical()
            .id_salt(&step.name)
            .auto_shrink([false, false]);
        if self.shown != step.name {
            self.shown.clone_from(&step.name);
            area = area.vertical_scroll_offset(0.0);
        }
        area.show(ui, |ui| {
            let by_keys = ui.data_mut(|data| data.remove_temp::<f32>(scrolled()));
            if let Some(down) = by_keys {
                ui.scroll_with_delta(vec2(0.0, -down));
            }
            widgets::markdown::show(ui, &step.name, &step.body);
            if let Some(check) = &step.check {
                question(ui, state, step, check, asked);
            }
            if let Some(exercise) = &step.exercise {
                let is_next = is_answered(state, step);
                panels::lesson::exercise::show(ui, state, step, exercise, is_next, asked);
            }
            // On the only screen the class would read them too.
            let is_teacher = state.projects || state.lesson.shows_notes;
            let may_ask = state.preferences.display.presenter || state.lesson.shows_notes;
            if may_ask && !state.projects && !step.notes.is_empty() {
                let mut shown = state.lesson.shows_notes;
                let words = state.text().lesson.show_notes;
                if ui.checkbox(&mut shown, words).changed() {
                    asked.push(LessonAction::ShowNotes(shown));
                }
            }
            if is_teacher && !step.notes.is_empty() {
                notes(ui, state, step);
            }
            sight::end_frame(ui.ctx());
            ui.add_space(10.0);
            self.own_lesson(ui, state, asked);
        });
        actions.extend(asked.drain(..).map(Action::Lesson));
    }

    /// A teacher's own folder, typed or chosen; and the beginning for the next group.
    fn own_lesson(&mut self, ui: &mut egui::Ui, state: &State, asked: &mut Vec<LessonAction>) {
        let text = state.text();
        ui.separator();
        let again = ui.button(text.lesson.restart);
        if again.on_hover_text(text.lesson.restart_hint).clicked() {
            asked.push(LessonAction::Restart);
        }
        let button = ui
            .button(text.lesson.own_folder)
            .on_hover_text(text.lesson.own_folder_hint);
        Popup::menu(&button)
            .close_behavior(PopupCloseBehavior::CloseOnClickOutside)
            .show(|ui| {
                ui.set_width(320.0);
                let words = (text.lesson.folder, text.lesson.open);
                if let Some(folder) = path_field(ui, words, 180.0, &mut self.path) {
                    asked.push(LessonAction::Folder(folder));
                    ui.close();
                }
                ui.separator();
                ui.label(text.lesson.copy_hint);
                let words = (text.lesson.new_folder, text.lesson.copy);
                if let Some(folder) = path_field(ui, words, 180.0, &mut self.copy) {
                    asked.push(LessonAction::Copy(folder));
                    ui.close();
                }
                ui.separator();
                if ui.button(text.lesson.choose).clicked() {
                    asked.push(LessonAction::ChooseFolder);
                    ui.close();
                }
                if state.lesson.own.is_some() && ui.button(text.lesson.built_in).clicked() {
                    asked.push(LessonAction::BuiltIn);
                    ui.close();
                }
            });
    }
}

/// Which step this is, the way to the others, and what it can show.
fn head(ui: &mut egui::Ui, state: &State, step: &Step, asked: &mut Vec<LessonAction>) {
    let text = state.text();
    let steps = &lesson(state).steps;
    let number = state.preferences.lesson.step.min(steps.len() - 1);
    let taken = route(state);
    ui.horizontal(|ui| {
        let before = neighbour(state, false);
        let previous = ui
            .add_enabled(before.is_some(), Button::new("◀"))
            .on_hover_text(text.lesson.previous_hint);
        widgets::theme::name(&previous, text.lesson.previous);
        if previous.clicked() {
            asked.extend(before.map(LessonAction::Step));
        }
        let place = text.step_of(number + 1, steps.len());
        let is_tight = ui.available_width() < ROOM_FOR_PLACE;
        let shown = if is_tight {
            format!("{} / {}", number + 1, steps.len())
        } else {
            place.clone()
        };
        let list = ComboBox::from_id_salt("steps")
            .width(if is_tight {
                0.0
            } else {
                ui.spacing().combo_width
            })
            .selected_text(shown)
            .show_ui(ui, |ui| {
                routes(ui, state, asked);
                for (index, other) in steps.iter().enumerate() {
                    let title = format!("{} · {}", index + 1, other.title);
                    let mut title = RichText::new(title);
                    if !other.is_in(taken) {
                        title = title.weak();
                    }
                    if ui.selectable_label(index == number, title).clicked() {
                        asked.push(LessonAction::Step(index));
                    }
                }
            });
        widgets::theme::name_as(&list.response, egui::Role::ComboBox, &place);
        list.response.on_hover_text(text.lesson.steps);
        let after = neighbour(state, true);
        let next = ui
            .add_enabled(after.is_some(), Button::new("▶"))
            .on_hover_text(text.lesson.next_hint);
        widgets::theme::name(&next, text.lesson.next);
        if next.clicked() {
            asked.extend(after.map(LessonAction::Step));
        }
        ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
            let close = ui.button("×").on_hover_text(text.lesson.close);
            widgets::theme::name(&close, text.lesson.close);
            if close.clicked() {
                asked.push(LessonAction::Open(false));
            }
        });
    });
    ui.add_space(2.0);
    ui.label(widgets::theme::strong(&step.title).size(17.0));
    ui.horizontal_wrapped(|ui| {
        let (fill, ink) = widgets::theme::primary();
        let label = widgets::theme::strong(text.lesson.show_me).color(ink);
        let show = Button::new(label).fill(fill);
        let show = ui
            .add_enabled(!step.show.is_empty(), show)
            .on_hover_text(text.lesson.show_me_hint);
        if show.clicked() {
            asked.push(LessonAction::ShowMe);
            sight::bring(ui.ctx());
        }
        let can_undo = state.lesson.shown_before.is_some();
        let undo = ui
            .add_enabled(can_undo, Button::new(text.lesson.undo))
            .on_hover_text(text.lesson.undo_hint);
        // The network panel has an Undo too.
        let name = format!("{}: {}", text.lesson.undo, text.lesson.show_me);
        widgets::theme::name(&undo, &name);
        if undo.clicked() {
            asked.push(LessonAction::Undo);
        }
        if let Some(minutes) = step.minutes {
            let minutes = RichText::new(text.minutes(minutes));
            let minutes = minutes.color(ui.visuals().weak_text_color());
            ui.add(egui::Label::new(minutes).extend());
        }
    });
    if state.lesson.asks_to_end.as_ref() == Some(&step.name) && state.live_run().is_some() {
        let words = RichText::new(text.lesson.ends_training);
        ui.label(words.color(widgets::theme::warning(ui)));
    }
}

/// Which way through the lesson, where it knows several.
fn routes(ui: &mut egui::Ui, state: &State, asked: &mut Vec<LessonAction>) {
    let text = state.text();
    let (routes, taken) = (lesson(state).routes(), route(state));
    if routes.is_empty() {
        return;
    }
    ui.horizontal(|ui| {
        for route in [None].into_iter().chain(routes.into_iter().map(Some)) {
            let name = route.map_or_else(|| text.lesson.whole.to_owned(), |it| text.route(it));
            let choice = widgets::theme::choice(ui, route == taken, name);
            if choice.on_hover_text(text.lesson.route_hint).clicked() {
                asked.push(LessonAction::Route(route));
            }
        }
    });
    ui.separator();
}

/// A question, its choices, and after an answer whether and why it is right.
fn question(
    ui: &mut egui::Ui,
    state: &State,
    step: &Step,
    check: &Check,
    asked: &mut Vec<LessonAction>,
) {
    let text = state.text();
    ui.add_space(8.0);
    widgets::theme::card_frame(ui).show(ui, |ui| {
        ui.set_width(ui.available_width());
        let top = ui.label(widgets::theme::heading(text.lesson.check));
        ui.label(untorn(&check.question));
        let chosen = state.lesson.answers.get(&step.name).copied();
        for (index, choice) in check.choices.iter().enumerate() {
            let is_chosen = chosen == Some(index);
            let numbered = format!("{}\u{2002}{}", index + 1, untorn(choice));
            let radio = ui.radio(is_chosen, numbered);
            widgets::theme::name_as(&radio, egui::Role::RadioButton, choice);
            if radio.clicked() {
                asked.push(LessonAction::Answer(index));
            }
        }
        if !is_answered(state, step) {
            sight::keep(ui, state, &check.question, top.rect.min.y);
        }
        if state.preferences.display.presenter || state.projects {
            ui.separator();
            hands(ui, state, step, check, asked);
            ui.separator();
        }
        // It comes below what is seen in a low window.
        let seen = egui::Id::unique(("answered", &step.name));
        let Some(chosen) = chosen else {
            ui.data_mut(|data| data.remove_temp::<usize>(seen));
            return;
        };
        let verdict = ui.scope(|ui| {
            verdict(ui, text, check, chosen);
        });
        let before = ui.data_mut(|data| {
            let before = data.get_temp::<usize>(seen);
            data.insert_temp(seen, chosen);
            before
        });
        if before != Some(chosen) {
            verdict.response.scroll_to_me(None);
        }
    });
}

/// Whether an answer is right, and why it is or is not.
fn verdict(ui: &mut egui::Ui, text: &Text, check: &Check, chosen: usize) {
    if chosen == check.right {
        let right = format!("✓ {}", text.lesson.right);
        ui.label(widgets::theme::strong(right).color(widgets::theme::good_color(ui)));
        ui.label(untorn(&check.why));
    } else {
        let wrong = format!("✗ {}", text.lesson.wrong);
        ui.label(widgets::theme::strong(wrong).color(widgets::theme::error_color(ui)));
        if let Some(hint) = check.hint(chosen) {
            ui.label(untorn(hint));
        }
    }
}

/// The class's show of hands, typed in for each choice; the class sees it when it is shown.
fn hands(
    ui: &mut egui::Ui,
    state: &State,
    step: &Step,
    check: &Check,
    asked: &mut Vec<LessonAction>,
) {
    let text = state.text();
    let words = &text.lesson;
    ui.label(words.hands).on_hover_text(words.hands_hint);
    let known = state.preferences.lesson.hands.get(&step.name);
    let count = |choice: usize| known.and_then(|known| known.get(choice)).copied();
    let all = known.map_or(0, |known| known.iter().sum());
    ui.horizontal_wrapped(|ui| {
        for choice in 0..check.choices.len() {
            let label = ui.label((choice + 1).to_string());
            let mut hands = count(choice).unwrap_or(0);
            let field = ui.add(DragValue::new(&mut hands).range(0..=MOST_HANDS).speed(0.2));
            let field = field.labelled_by(label.id);
            if field.changed() {
                asked.push(LessonAction::Hands {
                    choice,
                    count: hands,
                });
            }
        }
        let mut shown = state.lesson.shows_hands;
        if ui.checkbox(&mut shown, words.show_hands).changed() {
            asked.push(LessonAction::ShowHands(shown));
        }
    });
    // On the only screen it is the class's too.
    if state.lesson.shows_hands && !state.projects {
        for choice in 0..check.choices.len() {
            ui.horizontal(|ui| {
                ui.label((choice + 1).to_string());
                panels::stage::tally(ui, text, count(choice).unwrap_or(0), all);
            });
        }
    }
}

fn notes(ui: &mut egui::Ui, state: &State, step: &Step) {
    ui.add_space(8.0);
    widgets::theme::card_frame(ui).show(ui, |ui| {
        ui.set_width(ui.available_width());
        let heading =
            widgets::theme::heading(state.text().lesson.notes).color(widgets::theme::accent(ui));
        ui.label(heading);
        widgets::markdown::show(ui, "notes", &step.notes);
    });
}

/// How far the keys scroll the step, in points: down, in the next frame.
fn scrolled() -> egui::Id {
    egui::Id::unique("step scrolled by keys")
}

/// Whether the step's question, if it has one, is answered right.
fn is_answered(state: &State, step: &Step) -> bool {
    let answer = state.lesson.answers.get(&step.name);
    (step.check.as_ref()).is_none_or(|check| answer == Some(&check.right))
}

/// What the step asks next, and how many choices that has.
fn next_question<'a>(state: &State, step: &'a Step) -> Option<(&'a str, usize)> {
    if let Some(check) = step.check.as_ref().filter(|_| !is_answered(state, step)) {
        return Some((&check.question, check.choices.len()));
    }
    let exercise = step.exercise.as_ref();
    let exercise = exercise.filter(|_| exercise::may_guess(state, step))?;
    Some((&exercise.question, Trend::ALL.len()))
}

/// The digits answer the step's question, before they choose a view: until it is answered right, and then predict, where the lesson has
/// the keyboard or a class looks on.
pub fn answers(ui: &egui::Ui, state: &State, actions: &mut Vec<Action>) {
    let open = step(state).filter(|_| state.preferences.lesson.is_open);
    let Some(step) = open else { return };
    if !state.presents() && region_at_hand(ui.ctx()) != Some(Region::Lesson) {
        return;
    }
    let digit = |place: usize| keys::pressed(ui.ctx(), Command::Answer(place));
    if let Some((question, choices)) = next_question(state, step)
        && !sight::is_seen(ui.ctx(), state, question)
    {
        // What nobody has read yet is shown first.
        if (0..choices).any(digit) {
            sight::bring(ui.ctx());
        }
        return;
    }
    let check = step.check.as_ref();
    let Some(check) = check.filter(|_| !is_answered(state, step)) else {
        if step.exercise.is_some() {
            panels::lesson::exercise::predict_by_keys(ui, state, step, actions);
        }
        return;
    };
    for choice in 0..check.choices.len() {
        if digit(choice) {
            actions.push(Action::Lesson(LessonAction::Answer(choice)));
        }
    }
}

/// The lesson's keys.
pub fn shortcuts(ui: &egui::Ui, state: &State, actions: &mut Vec<Action>) {
    let place = &state.preferences.lesson;
    let pressed = |command| keys::pressed(ui.ctx(), command);
    let mut ask = |wanted| actions.push(Action::Lesson(wanted));
    if pressed(Command::Lesson) {
        ask(LessonAction::Open(!shows_lesson(state, ui.ctx())));
    }
    if !place.is_open {
        return;
    }
    // What has the keyboard goes on by the arrows itself.
    let has_focus = ui.memory(|memory| memory.focused().is_some());
    if !has_focus {
        let (up, down) = (Command::Go(Way::Up), Command::Go(Way::Down));
        let steps = keys::steps(ui.ctx(), up, down);
        if steps != 0 {
            ui.data_mut(|data| data.insert_temp(scrolled(), SCROLL * steps as f32));
        }
    }
    for (command, forwards) in [(Command::NextStep, true), (Command::PreviousStep, false)] {
        if pressed(command)
            && let Some(step) = neighbour(state, forwards)
        {
            ask(LessonAction::Step(step));
        }
    }
    if pressed(Command::Notes) {
        ask(LessonAction::ShowNotes(!state.lesson.shows_notes));
    }
    if pressed(Command::ShowMe) {
        ask(LessonAction::ShowMe);
        sight::bring(ui.ctx());
    }
    if state.lesson.shown_before.is_some() && pressed(Command::UndoShowMe) {
        ask(LessonAction::Undo);
    }
}
