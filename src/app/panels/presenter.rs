//! The row of what a teacher does for the class: pen, spotlight, zoom, a frozen and a black picture, and the clock. It stands on the
//! teacher's window; the keys are heard in the projector's too.

use crate::app::model::action::{Action, LessonAction, StageAction};
use crate::app::model::lesson_steps::{lesson, route, step};
use crate::app::model::stage::Tool;
use crate::app::model::state::State;
use crate::app::widgets;
use crate::app::widgets::keys::{self, Command};
use crate::app::widgets::theme;
use eframe::egui::{self, Area, Color32, Id, Label, Order, Panel, RichText, Sense};
use std::time::Duration;

/// Below this room in points the clock is in figures alone.
const ROOM_FOR_CLOCK: f32 = 270.0;

/// The row, while a class looks on.
pub fn show(ui: &mut egui::Ui, state: &State, actions: &mut Vec<Action>) {
    if !state.presents() {
        return;
    }
    Panel::top("presenter")
        .frame(theme::bar_frame(ui))
        .show(ui, |ui| {
            widgets::tab_order::region(ui, widgets::tab_order::Region::Presenter);
            ui.horizontal_wrapped(|ui| {
                tools(ui, state, actions);
                if state.preferences.lesson.is_open {
                    ui.separator();
                    clock(ui, state, actions);
                }
            });
        });
}

fn tools(ui: &mut egui::Ui, state: &State, actions: &mut Vec<Action>) {
    let words = &state.text().stage;
    let stage = &state.stage;
    let mut ask = |wanted| actions.push(Action::Stage(wanted));
    for (tool, name, hint) in [
        (Tool::Pen, words.pen, words.pen_hint),
        (Tool::Highlighter, words.highlighter, words.highlighter_hint),
    ] {
        let is_held = stage.tool == Some(tool);
        if theme::choice(ui, is_held, name)
            .on_hover_text(hint)
            .clicked()
        {
            ask(StageAction::Take((!is_held).then_some(tool)));
        }
    }
    let has_marks = stage.marks(state.preferences.view).next().is_some();
    for (wanted, label, name, hint) in [
        (
            StageAction::Undo,
            words.undo_short,
            words.undo,
            words.undo_hint,
        ),
        (
            StageAction::Clear,
            words.clear_short,
            words.clear,
            words.clear_hint,
        ),
    ] {
        let button = ui.add_enabled(has_marks, egui::Button::new(label));
        theme::name(&button, name);
        if button.on_hover_text(hint).clicked() {
            ask(wanted);
        }
    }
    let is_zoomed = stage.zoom.is_some() || stage.tool == Some(Tool::Zoom);
    let zoom = if is_zoomed {
        StageAction::LetGo
    } else {
        StageAction::Take(Some(Tool::Zoom))
    };
    let spotlight = StageAction::Spotlight(!stage.has_spotlight);
    let freeze = StageAction::Freeze(!stage.is_frozen);
    let black = StageAction::Black(!stage.is_black);
    for (wanted, is_on, name, hint) in [
        (
            spotlight,
            stage.has_spotlight,
            words.spotlight,
            words.spotlight_hint,
        ),
        (zoom, is_zoomed, words.zoom, words.zoom_hint),
        (freeze, stage.is_frozen, words.freeze, words.freeze_hint),
        (black, stage.is_black, words.black, words.black_hint),
    ] {
        // The only screen cannot stand still while the teacher goes on.
        let is_freeze = matches!(wanted, StageAction::Freeze(_));
        if is_freeze && !state.projects {
            continue;
        }
        if theme::choice(ui, is_on, name).on_hover_text(hint).clicked() {
            ask(wanted);
        }
    }
}

/// How long the lesson has gone on, and this step of its minutes.
fn clock(ui: &mut egui::Ui, state: &State, actions: &mut Vec<Action>) {
    let Some(step) = step(state) else { return };
    let text = state.text();
    let clock = &state.lesson.clock;
    let now = ui.input(|input| input.time);
    let (sign, name) = if clock.is_going() {
        ("■", text.stage.hold_clock)
    } else {
        ("▶", text.stage.run_clock)
    };
    let button = ui.button(sign).on_hover_text(name);
    theme::name(&button, name);
    if button.clicked() {
        actions.push(Action::Lesson(LessonAction::ToggleClock));
    }
    let spent = clock.step(&step.name, now);
    let planned = step.minutes;
    let in_all = route(state).map(|route| lesson(state).minutes(route));
    let is_tight = ui.available_size_before_wrap().x < ROOM_FOR_CLOCK;
    let lesson = (clock.lesson(now), in_all);
    let words = text.clock(lesson, (spent, planned), is_tight);
    let is_late = planned.is_some_and(|planned| spent > 60.0 * planned as f64);
    let ink = if is_late {
        theme::warning(ui)
    } else {
        ui.visuals().text_color()
    };
    let label = Label::new(RichText::new(words).color(ink)).extend();
    ui.add(label).on_hover_text(text.stage.clock_hint);
    if clock.is_going() {
        ui.ctx().request_repaint_after(Duration::from_secs(1));
    }
}

/// Its keys, heard before the view's.
pub fn shortcuts(ui: &egui::Ui, state: &State, actions: &mut Vec<Action>) {
    if !state.presents() {
        return;
    }
    let stage = &state.stage;
    let pressed = |command| keys::pressed(ui.ctx(), command);
    let mut ask = |wanted| actions.push(Action::Stage(wanted));
    for (command, tool) in [
        (Command::Pen, Tool::Pen),
        (Command::Highlighter, Tool::Highlighter),
    ] {
        if pressed(command) {
            ask(StageAction::Take(
                (stage.tool != Some(tool)).then_some(tool),
            ));
        }
    }
    if pressed(Command::Spotlight) {
        ask(StageAction::Spotlight(!stage.has_spotlight));
    }
    if pressed(Command::Zoom) {
        let around = widgets::stage::pointed_at(ui.ctx());
        ask(StageAction::Zoom(stage.zoom.is_none().then_some(around)));
    }
    if state.projects && pressed(Command::Freeze) {
        ask(StageAction::Freeze(!stage.is_frozen));
    }
    if pressed(Command::Black) {
        ask(StageAction::Black(!stage.is_black));
    }
    if stage.tool.is_some() {
        if pressed(Command::UndoMark) {
            ask(StageAction::Undo);
        }
        if pressed(Command::ClearMarks) {
            ask(StageAction::Clear);
        }
    }
    if stage.is_used() && pressed(Command::LetGo) {
        ask(StageAction::LetGo);
    }
}

/// The class's screen, black; a click ends it.
pub fn black(ui: &egui::Ui, state: &State, actions: &mut Vec<Action>) {
    let room = ui.ctx().content_rect();
    let area = Area::new(Id::unique(("black", ui.ctx().viewport_id())))
        .order(Order::Tooltip)
        .fixed_pos(room.min);
    area.show(ui.ctx(), |ui| {
        let (rect, response) = ui.allocate_exact_size(room.size(), Sense::click());
        theme::name(&response, state.text().stage.back);
        ui.painter().rect_filled(rect, 0.0, Color32::BLACK);
        if response.clicked() {
            actions.push(Action::Stage(StageAction::Black(false)));
        }
    });
}
