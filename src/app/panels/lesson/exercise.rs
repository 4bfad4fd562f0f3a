//! Predict, run, reveal.

use crate::app::model::action::{Action, LessonAction};
use crate::app::model::lesson::ExerciseRuns;
use crate::app::model::state::State;
use crate::app::panels::lesson::sight;
use crate::app::widgets::keys::{self, Command};
use crate::app::widgets::markdown::untorn;
use crate::app::{panels, widgets};
use crate::text::Text;
use convlens_core::lessons::{Exercise, Guess, Outcome, Predicted, Step, Trend};
use convlens_core::network::NetworkSpec;
use eframe::egui::{self, Align, Button, DragValue, RichText};

/// Frames until a result stands where it stays.
const SETTLING: u8 = 3;

/// Largest difference of accuracies that can be predicted, in percentage points.
const MOST_POINTS: f64 = 50.0;

pub fn show(
    ui: &mut egui::Ui,
    state: &State,
    step: &Step,
    exercise: &Exercise,
    is_next: bool,
    asked: &mut Vec<LessonAction>,
) {
    let text = state.text();
    let fresh = ExerciseRuns::default();
    let runs = state.lesson.exercises.get(&step.name).unwrap_or(&fresh);
    let outcome = runs.outcome();
    ui.add_space(8.0);
    widgets::theme::card_frame(ui).show(ui, |ui| {
        ui.set_width(ui.available_width());
        let top = ui.label(widgets::theme::heading(text.lesson.predict));
        ui.label(untorn(&exercise.question));
        // While they train the class has the question before it.
        let under_way = egui::Id::unique(("under way", &step.name));
        let before = ui.data_mut(|data| {
            let before = data.get_temp_mut_or_default(under_way);
            std::mem::replace(before, runs.is_under_way())
        });
        if runs.is_under_way() && !before {
            top.scroll_to_me(Some(Align::Min));
        }
        let may_guess = may_guess(state, step);
        let mut top_of_time = top.rect.min.y;
        ui.add_enabled_ui(may_guess, |ui| {
            let (guess, below) = prediction(ui, text, runs.guess);
            top_of_time = below;
            if let Some(guess) = guess {
                asked.push(LessonAction::Guess(guess));
            }
        });
        // What is to be predicted next: all of it, or the rest.
        let top_of_next = if runs.guess.accuracy.is_some() {
            top_of_time
        } else {
            top.rect.min.y
        };
        if may_guess && is_next {
            sight::keep(ui, state, &exercise.question, top_of_next);
        }
        start(ui, state, exercise, runs, outcome.is_some(), asked);
        let seen = egui::Id::unique(("revealed", &step.name));
        let frames = ui.data(|data| data.get_temp::<u8>(seen)).unwrap_or(0);
        if outcome.is_none() {
            ui.data_mut(|data| data.remove_temp::<u8>(seen));
        }
        if let Some(outcome) = outcome {
            let top = ui.separator();
            // It comes some while after the click, and below what is seen in a low window; in the first frames what is above it still moves.
            if frames < SETTLING {
                top.scroll_to_me(Some(Align::Min));
                ui.data_mut(|data| data.insert_temp(seen, frames + 1));
                ui.ctx().request_repaint();
            }
            reveal(ui, text, runs.guess, &outcome);
            ui.label(widgets::theme::heading(text.lesson.why));
            widgets::markdown::show(ui, "why", &exercise.why);
        }
    });
}

/// Whether there is something to predict: who has seen the result predicts no more.
pub fn may_guess(state: &State, step: &Step) -> bool {
    let runs = state.lesson.exercises.get(&step.name);
    !runs.is_some_and(|runs| runs.is_under_way() || runs.outcome().is_some())
}

/// The digits predict, one after the other.
pub fn predict_by_keys(ui: &egui::Ui, state: &State, step: &Step, actions: &mut Vec<Action>) {
    let runs = state.lesson.exercises.get(&step.name);
    let mut guess = runs.map(|runs| runs.guess).unwrap_or_default();
    if !may_guess(state, step) {
        return;
    }
    // Who has predicted everything begins anew.
    if guess.is_complete() {
        let points = guess.points;
        guess = Guess {
            points,
            ..Guess::default()
        };
    }
    let open = Predicted::ALL
        .into_iter()
        .find(|it| guess.of(*it).is_none());
    let Some(open) = open else { return };
    for (place, trend) in Trend::ALL.into_iter().enumerate() {
        if keys::pressed(ui.ctx(), Command::Answer(place)) {
            *guess.of_mut(open) = Some(trend);
            actions.push(Action::Lesson(LessonAction::Guess(guess)));
            sight::bring(ui.ctx());
            return;
        }
    }
}

/// The two questions; what is chosen, if that has changed, and where the second one begins.
fn prediction(ui: &mut egui::Ui, text: &Text, guess: Guess) -> (Option<Guess>, f32) {
    let mut chosen = guess;
    trends(ui, text, Predicted::Accuracy, &mut chosen);
    ui.horizontal_wrapped(|ui| {
        let label = ui.label(text.lesson.by_points);
        let points = DragValue::new(&mut chosen.points)
            .range(0.0..=MOST_POINTS)
            .speed(0.1)
            .max_decimals(1)
            .custom_formatter(|value, _| text.decimal(value, 1))
            .custom_parser(|typed| text.typed_number(typed));
        ui.add(points).labelled_by(label.id);
    });
    let below = ui.cursor().min.y;
    trends(ui, text, Predicted::Time, &mut chosen);
    ((chosen != guess).then_some(chosen), below)
}

/// A question and its answers, each of which says for screen readers what it answers.
fn trends(ui: &mut egui::Ui, text: &Text, predicted: Predicted, guess: &mut Guess) {
    let question = text.predicted(predicted);
    let chosen = guess.of_mut(predicted);
    ui.label(question);
    ui.horizontal_wrapped(|ui| {
        for (place, trend) in Trend::ALL.into_iter().enumerate() {
            let answer = text.trend(predicted, trend);
            let numbered = format!("{}\u{2002}{answer}", place + 1);
            let radio = ui.radio(*chosen == Some(trend), numbered);
            let name = format!("{question}: {answer}");
            widgets::theme::name_as(&radio, egui::Role::RadioButton, &name);
            if radio.clicked() {
                *chosen = Some(trend);
            }
        }
    });
}

/// The button that runs both networks, or how far they are.
fn start(
    ui: &mut egui::Ui,
    state: &State,
    exercise: &Exercise,
    runs: &ExerciseRuns,
    has_result: bool,
    asked: &mut Vec<LessonAction>,
) {
    let text = state.text();
    if runs.is_under_way() {
        let (left, all) = runs.progress();
        ui.horizontal(|ui| {
            ui.spinner();
            ui.label(text.runs_left(left, all));
        });
        return;
    }
    let has_predicted = runs.guess.is_complete();
    let is_free = state.live_run().is_none() && state.dataset.is_some();
    let (label, hint, seeds) = if has_result {
        (text.lesson.run_more, text.lesson.run_more_hint, 2)
    } else {
        let seeds = exercise.experiment.seeds.len();
        (text.lesson.run, text.lesson.run_hint, seeds)
    };
    let is_ready = has_predicted && is_free;
    let button = ui
        .add_enabled(is_ready, Button::new(widgets::theme::strong(label)))
        .on_hover_text(hint);
    if button.clicked() {
        asked.push(LessonAction::Run(seeds));
    }
    // Who predicted by keys goes on by Enter, if need be once the last exercise has ended.
    let is_by_keys = ui.memory(|memory| memory.focused().is_none());
    if is_ready && is_by_keys && state.presents() && !has_result {
        button.request_focus();
    }
    let weak = ui.visuals().weak_text_color();
    let say = |ui: &mut egui::Ui, words: &str| ui.label(RichText::new(words).color(weak));
    if runs.was_broken_off {
        say(ui, text.lesson.no_result);
    }
    if !has_predicted {
        say(ui, text.lesson.predict_to_run);
    } else if !is_free {
        say(ui, text.lesson.wait_for_run);
    }
    let experiment = &exercise.experiment;
    let images = crate::app::model::lesson_steps::at_most(state, experiment.images);
    let networks = experiment.networks.iter().map(NetworkSpec::label);
    let words = text.exercise_runs(networks, images, experiment.epochs, seeds);
    say(ui, &words);
}

/// The prediction beside what was measured.
fn reveal(ui: &mut egui::Ui, text: &Text, guess: Guess, outcome: &Outcome) {
    for predicted in Predicted::ALL {
        ui.label(widgets::theme::strong(text.measured(predicted, outcome)));
        if let Some(judged) = panels::stage::judged(ui, text, guess, predicted, outcome) {
            ui.label(judged);
        }
        // Who typed none predicted none.
        if predicted == Predicted::Accuracy && guess.points > 0.0 {
            ui.label(text.points_guessed(guess.points));
        }
    }
    let cautions = [text.caution(outcome), text.time_caution(outcome)];
    for caution in cautions.into_iter().flatten() {
        ui.label(RichText::new(format!("⚠ {caution}")).color(widgets::theme::error_color(ui)));
    }
}
