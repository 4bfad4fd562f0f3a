//! Predict, run, reveal.

use eframe::egui::{self, Button, DragValue, Grid, RichText};

use super::LessonWish;
use super::exercise::ExerciseRuns;
use crate::app::markdown;
use crate::app::state::State;
use crate::app::theme;
use crate::lessons::{Exercise, Guess, Outcome, Step, Trend};
use crate::text::Text;

/// Largest difference of accuracies that can be predicted, in percentage points.
const MOST_POINTS: f64 = 50.0;

pub fn show(
    ui: &mut egui::Ui,
    state: &State,
    step: &Step,
    exercise: &Exercise,
    wishes: &mut Vec<LessonWish>,
) {
    let text = state.text();
    let fresh = ExerciseRuns::default();
    let runs = state.lesson.exercises.get(&step.name).unwrap_or(&fresh);
    let outcome = runs.outcome();
    ui.add_space(8.0);
    theme::card_frame(ui).show(ui, |ui| {
        ui.set_width(ui.available_width());
        ui.label(theme::heading(text.lesson.predict));
        ui.label(&exercise.question);
        // Who has seen the result predicts no more.
        let may_guess = outcome.is_none() && !runs.is_under_way();
        ui.add_enabled_ui(may_guess, |ui| {
            if let Some(guess) = prediction(ui, text, runs.guess) {
                wishes.push(LessonWish::Guess(guess));
            }
        });
        start(ui, state, exercise, runs, outcome.is_some(), wishes);
        if let Some(outcome) = outcome {
            ui.separator();
            reveal(ui, text, runs.guess, &outcome);
            ui.label(theme::heading(text.lesson.why));
            markdown::show(ui, "why", &exercise.why);
        }
    });
}

/// The two questions; what is chosen, if that has changed.
fn prediction(ui: &mut egui::Ui, text: &Text, guess: Guess) -> Option<Guess> {
    let mut chosen = guess;
    ui.label(text.lesson.accuracy_asked);
    ui.horizontal_wrapped(|ui| {
        for trend in Trend::ALL {
            let is_chosen = chosen.accuracy == Some(trend);
            let radio = ui.radio(is_chosen, text.accuracy_trend(trend));
            name(
                &radio,
                text.lesson.accuracy_asked,
                text.accuracy_trend(trend),
            );
            if radio.clicked() {
                chosen.accuracy = Some(trend);
            }
        }
    });
    ui.horizontal_wrapped(|ui| {
        let label = ui.label(text.lesson.by_points);
        let points = DragValue::new(&mut chosen.points)
            .range(0.0..=MOST_POINTS)
            .speed(0.1)
            .max_decimals(1)
            .custom_formatter(|value, _| text.decimal(value, 1));
        ui.add(points).labelled_by(label.id);
    });
    ui.label(text.lesson.time_asked);
    ui.horizontal_wrapped(|ui| {
        for trend in Trend::ALL {
            let is_chosen = chosen.time == Some(trend);
            let radio = ui.radio(is_chosen, text.time_trend(trend));
            name(&radio, text.lesson.time_asked, text.time_trend(trend));
            if radio.clicked() {
                chosen.time = Some(trend);
            }
        }
    });
    (chosen != guess).then_some(chosen)
}

/// Says for screen readers which question an answer is to.
fn name(radio: &egui::Response, question: &str, answer: &str) {
    theme::name_as(
        radio,
        egui::Role::RadioButton,
        &format!("{question}: {answer}"),
    );
}

/// The button that runs both networks, or how far they are.
fn start(
    ui: &mut egui::Ui,
    state: &State,
    exercise: &Exercise,
    runs: &ExerciseRuns,
    has_result: bool,
    wishes: &mut Vec<LessonWish>,
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
    let has_predicted = runs.guess.accuracy.is_some() && runs.guess.time.is_some();
    let is_free = state.live_run().is_none() && state.dataset.is_some();
    let (label, hint, seeds) = if has_result {
        (text.lesson.run_more, text.lesson.run_more_hint, 2)
    } else {
        let seeds = exercise.experiment.seeds.len();
        (text.lesson.run, text.lesson.run_hint, seeds)
    };
    let button = ui
        .add_enabled(has_predicted && is_free, Button::new(theme::strong(label)))
        .on_hover_text(hint);
    if button.clicked() {
        wishes.push(LessonWish::Run(seeds));
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
    let words = text.exercise_runs(experiment.images, experiment.epochs, seeds);
    say(ui, &words);
}

/// The prediction beside what was measured.
fn reveal(ui: &mut egui::Ui, text: &Text, guess: Guess, outcome: &Outcome) {
    let mark = |is_right: bool| if is_right { "✓" } else { "✗" };
    let accuracy = (guess.accuracy, outcome.accuracy_trend());
    let time = (guess.time, outcome.time_trend());
    Grid::new("reveal")
        .num_columns(3)
        .striped(true)
        .spacing([8.0, 4.0])
        .show(ui, |ui| {
            ui.label("");
            ui.label(theme::strong(text.lesson.prediction));
            ui.label(theme::strong(text.lesson.measured));
            ui.end_row();
            ui.label(text.lesson.accuracy_asked);
            if let (Some(guessed), measured) = accuracy {
                let words = text.accuracy_trend(guessed);
                ui.label(format!("{} {words}", mark(guessed == measured)));
                ui.label(theme::strong(text.accuracy_trend(measured)));
            }
            ui.end_row();
            ui.label(text.lesson.time_asked);
            if let (Some(guessed), measured) = time {
                let words = text.time_trend(guessed);
                ui.label(format!("{} {words}", mark(guessed == measured)));
                ui.label(theme::strong(text.time_trend(measured)));
            }
            ui.end_row();
        });
    ui.label(format!(
        "{}: {}",
        text.lesson.accuracy_asked,
        text.measured_accuracy(outcome)
    ));
    ui.label(text.points_guessed(guess.points));
    ui.label(format!(
        "{}: {}",
        text.lesson.time_asked,
        text.measured_time(outcome)
    ));
    if let Some(caution) = text.caution(outcome) {
        ui.label(RichText::new(format!("⚠ {caution}")).color(theme::error_color(ui)));
    }
}
